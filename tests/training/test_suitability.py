"""Phrases that cannot work are refused before anything is trained."""

from __future__ import annotations

import pytest

from training.wake.suitability import UnsuitableError, check, doubts

TALK = ["turn on the kitchen light", "how are you", "what is the time", "hey there", "play some music"] * 1000
TALK += ["the old athena temple"]


@pytest.mark.parametrize(
    ("phrase", "problem"),
    [
        ("stop", "has one syllable"),
        ("kitchen", "it would wake all day"),
        ("how are you", "it would wake all day"),
        ("привет", "cannot pronounce"),
        ("氷", "cannot pronounce"),
        ("...", "has no words"),
        ("", "has no words"),
    ],
)
def test_what_cannot_work_is_refused(phrase: str, problem: str) -> None:
    with pytest.raises(UnsuitableError, match=problem):
        check(doubts(phrase, TALK), anyway=False)
    assert any(problem in text for text in check(doubts(phrase, TALK), anyway=True))


@pytest.mark.parametrize(
    ("phrase", "problem"), [("view glass", "has 2 syllables"), ("athena", "is said now and then")]
)
def test_what_is_merely_doubtful_is_told(phrase: str, problem: str) -> None:
    assert any(problem in text for text in check(doubts(phrase, TALK), anyway=False))


@pytest.mark.parametrize("phrase", ["hey mynah", "Hey Athena", "computer please"])
def test_what_is_fit_is_not_doubted(phrase: str) -> None:
    assert check(doubts(phrase, TALK, ["hey myna"]), anyway=False) == []
