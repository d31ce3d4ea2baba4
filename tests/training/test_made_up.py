"""A wake word by somebody who has espeak-ng and nothing else: no other engine, and no corpus."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from device.audio.wav import read
from training.corpus import lacks, made_up, synthesis
from training.corpus.manifest import read_manifest
from training.wake.phrases import Phrase
from training.wake.suitability import doubts

ESPEAK = shutil.which("espeak-ng")
needs_espeak = pytest.mark.skipif(ESPEAK is None, reason="espeak-ng is not installed")


SAID = ("turn it on", "the other way round", "what a fine day", "nobody is here")


@pytest.fixture
def espeak_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "espeak-ng").symlink_to(ESPEAK or "")
    monkeypatch.setenv("PATH", str(programs))


@needs_espeak
@pytest.mark.usefixtures("espeak_alone")
def test_espeak_ng_alone_says_the_phrase_and_no_other_engine_is_asked() -> None:
    voices = synthesis.able(synthesis.TRAINING_VOICES)
    assert {voice.engine for voice in voices} == {"espeak-ng"}
    assert len(voices) > 300
    phrase = Phrase("hey mynah")
    assert phrase.spellings(voices[0])
    assert phrase.spellings(synthesis.Voice("flite", "slt")) == ()
    assert list(doubts("hey mynah", ())) == []
    assert any("festival is not installed" in line for line in synthesis.silent())


@needs_espeak
@pytest.mark.usefixtures("espeak_alone")
def test_speech_and_noise_are_made_up_once_and_are_enough_for_a_wake_word(tmp_path: Path) -> None:
    data = tmp_path / "data"
    made_up.make(data, SAID, noises=2)
    lacks.require_for_wake(data)
    spoken, noises = read_manifest(data / made_up.SPEECH), read_manifest(data / "noise")
    assert len(spoken) == 4
    assert all(item.speaker.startswith("made-up/espeak-ng/") and not item.text for item in spoken)
    assert [item.seconds for item in noises] == [10.0, 10.0]
    assert read(spoken[0].path).any()
    made = spoken[0].path.stat().st_mtime_ns
    made_up.make(data, SAID, noises=2)
    assert spoken[0].path.stat().st_mtime_ns == made


def test_noises_differ_and_are_the_same_again() -> None:
    first, second = made_up.noise(1), made_up.noise(2)
    np.testing.assert_array_equal(first, made_up.noise(1))
    assert not np.array_equal(first, second)
    assert all(1_000 < np.abs(noise).max() <= 20_000 for noise in (first, second))
