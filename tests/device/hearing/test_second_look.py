"""The second look: the word's best path on arrays, and what the shipped models make of recordings."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pytest

from device.audio.frontend import Features, features
from device.audio.pcm import chunked
from device.audio.wav import read
from device.engine.bundle import SHIPPED, Bundle
from device.events import Detection, NotDetected
from device.hearing.acoustic import AcousticModel
from device.hearing.second_look import FRAMES, Judgement, SecondLook, best_path, log_odds
from device.hearing.wake import WakeModel, WakeWord
from tests.recordings import WAKE_AND_COMMAND, command

JUDGEMENT = Judgement((("HH", "EY"),), 0.2, 0.1, 0.05, 1.0, 0.5, 2.0, 0.5)


@pytest.fixture(scope="module")
def wake() -> Bundle:
    return Bundle.load(SHIPPED / "hey_mynah", "wake")


@pytest.fixture(scope="module")
def look() -> SecondLook:
    return SecondLook(AcousticModel(Bundle.load(SHIPPED / "english", "hearing")))


def test_the_best_path_takes_each_phone_in_turn() -> None:
    ratios = np.full((6, 3), -5.0, np.float32)
    for frame, phone in ((1, 0), (2, 0), (3, 1), (4, 2)):
        ratios[frame, phone] = -0.5
    assert best_path(ratios) == pytest.approx(-1.5)  # the shortest way through: one frame each


def test_phones_in_the_wrong_order_cost() -> None:
    forward = np.array([[0, -9], [-9, 0]], np.float32)
    assert best_path(forward) == 0.0
    assert best_path(forward[::-1]) == pytest.approx(-18.0)


def test_too_few_frames_have_no_path() -> None:
    assert best_path(np.zeros((1, 2), np.float32)) == -math.inf


def test_the_probability_rises_with_the_score_and_with_the_llr() -> None:
    low = JUDGEMENT.probability(0.3, -10.0)
    assert low < JUDGEMENT.probability(0.9, -10.0) < JUDGEMENT.probability(0.9, -2.0)
    assert JUDGEMENT.probability(0.5, -math.inf) < 1e-9


def test_log_odds_stay_finite() -> None:
    assert log_odds(0.5) == 0.0
    assert log_odds(1.0) == pytest.approx(-log_odds(0.0))
    assert log_odds(1.0) < 20


class Fixed(SecondLook):
    """Always the same llr; remembers what it was shown."""

    def __init__(self, llr: float) -> None:
        self._llr = llr
        self.seen: list[int] = []

    def llr(self, frames: Features, pronunciations: Sequence[Sequence[str]]) -> float:
        self.seen.append(len(frames))
        return self._llr


@pytest.mark.parametrize(("llr", "found"), [(0.0, Detection), (-1000.0, NotDetected)])
def test_the_acoustic_model_has_the_last_word(wake: Bundle, llr: float, found: type) -> None:
    judge = Fixed(llr)
    result = WakeWord.load([wake], second_look=judge).detect(chunked([read(WAKE_AND_COMMAND)]))
    assert isinstance(result, found)
    assert judge.seen
    assert max(judge.seen) <= FRAMES


def test_a_candidate_at_the_very_end_is_looked_at(wake: Bundle) -> None:
    samples = read(WAKE_AND_COMMAND)
    full = WakeWord.load([wake], second_look=Fixed(0.0)).detect(chunked([samples]))
    assert isinstance(full, Detection)
    judge = Fixed(0.0)
    cut = samples[: full.at + 2400]
    assert isinstance(WakeWord.load([wake], second_look=judge).detect(chunked([cut])), Detection)


def test_without_an_acoustic_model_the_own_threshold_holds(wake: Bundle) -> None:
    (word,) = WakeModel(wake).words
    assert word.threshold == wake.decision["words"]["hey mynah"]["threshold"]


def test_a_given_threshold_is_one_of_the_probability(wake: Bundle) -> None:
    deaf = WakeWord.load([wake], {wake.name: 1.1}, Fixed(0.0))
    assert isinstance(deaf.detect(chunked([read(WAKE_AND_COMMAND)])), NotDetected)


def test_the_phrase_itself_is_likelier_than_a_command(wake: Bundle, look: SecondLook) -> None:
    words = Judgement.of(wake.decision["words"]["hey mynah"]["second_look"]).pronunciations
    with_phrase = features(read(WAKE_AND_COMMAND))[:FRAMES]
    assert look.llr(with_phrase, words) > look.llr(features(command()), words) + 5


def test_a_judgement_survives_the_json(wake: Bundle) -> None:
    judgement = Judgement.of(wake.decision["words"]["hey mynah"]["second_look"])
    assert Judgement.of(dataclasses.asdict(judgement)) == judgement
