"""Kokoro's voices as a corpus; the model itself is not needed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from device.errors import MynahError
from device.events import Samples
from training.corpus import kokoro
from training.corpus.manifest import read_manifest
from training.corpus.texts import home_commands

VOICES = ("af_bella", "af_heart", "am_adam", "bf_emma", "bm_george")


class Spoken(kokoro.Kokoro):
    """Speaks a hum as long as the text, and counts."""

    def __init__(self) -> None:
        self.count = 0

    def speak(self, line: kokoro.Line) -> Samples:
        self.count += 1
        return np.full(100 * len(line.text), 100, np.int16)


def test_a_blend_is_of_two_voices_with_one_accent_and_sex() -> None:
    lines = list(kokoro.drawn(["turn it up"] * 200, VOICES, blended=0.5))
    blends = {line.voices for line in lines if len(line.voices) == 2}
    assert blends == {("af_bella", "af_heart")}
    assert {name for line in lines for name in line.voices} == set(VOICES)
    assert all(0.8 <= line.speed <= 1.3 for line in lines)
    assert all(len(line.voices) == 1 for line in kokoro.drawn(["turn it up"] * 50, VOICES, blended=0.0))


def test_the_same_seed_draws_the_same(tmp_path: Path) -> None:
    assert list(kokoro.drawn(["a", "b"], VOICES)) == list(kokoro.drawn(["a", "b"], VOICES))
    assert kokoro.texts_of(tmp_path, 40) == kokoro.texts_of(tmp_path, 40)


def test_what_was_spoken_before_is_not_spoken_again(tmp_path: Path) -> None:
    lines = list(kokoro.drawn(["turn it up", "turn it off"], VOICES))
    engine = Spoken()
    kokoro.record(engine, lines[:1], tmp_path)
    kokoro.record(engine, lines, tmp_path)
    assert engine.count == 2
    assert [item.text for item in read_manifest(tmp_path)] == ["turn it up", "turn it off"]
    speakers = [item.speaker.partition("/")[2] for item in read_manifest(tmp_path)]
    assert speakers == [line.speaker for line in lines]


def test_a_folder_without_the_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(MynahError, match=r"needs kokoro\.onnx"):
        kokoro.Kokoro(tmp_path)


def test_words_that_sound_alike_stand_in_the_same_places() -> None:
    said = set(home_commands(20_000, np.random.default_rng(1)))
    for way in ("on", "off", "up", "down"):
        assert any(text.startswith(f"turn {way} the ") for text in said)
        assert any(text.startswith("turn the ") and text.endswith(f" {way}") for text in said)
