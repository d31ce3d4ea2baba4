"""Thresholds that are moved while the daemon runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from device.audio.pcm import chunked
from device.audio.wav import read
from device.engine.bundle import SHIPPED, Bundle
from device.events import Detection, NotDetected
from device.hearing.thresholds import Thresholds
from device.hearing.wake import WakeWord
from tests.recordings import WAKE_AND_COMMAND


@dataclass
class Word:
    name: str
    threshold: float


def test_a_threshold_that_was_moved_outlasts_the_daemon(tmp_path: Path) -> None:
    file = tmp_path / "state" / "thresholds.json"
    first = Thresholds([word := Word("hey mynah", 0.5)], file)
    assert first.names == {"hey_mynah": "hey mynah"}
    assert first.move("hey_mynah", b"0.73")
    assert (word.threshold, first["hey_mynah"]) == (0.73, "0.73")
    Thresholds([later := Word("hey mynah", 0.5), other := Word("stop", 0.4)], file)
    assert (later.threshold, other.threshold) == (0.73, 0.4)
    Thresholds([retrained := Word("hey mynah", 0.6)], file)
    assert retrained.threshold == 0.6


def test_two_words_of_one_name_move_together() -> None:
    thresholds = Thresholds([one := Word("hey mynah", 0.5), two := Word("hey_mynah", 0.8)])
    assert thresholds.move("hey_mynah", b"0.6")
    assert (one.threshold, two.threshold) == (0.6, 0.6)


@pytest.mark.parametrize("payload", [b"", b"nan", b"0", b"1.5", b"-0.3", b"\xff", b"high"])
def test_what_is_no_threshold_moves_nothing(payload: bytes, caplog: pytest.LogCaptureFixture) -> None:
    thresholds = Thresholds([word := Word("hey mynah", 0.5)])
    assert not thresholds.move("hey_mynah", payload)
    assert not thresholds.move("hey_you", b"0.5")
    assert word.threshold == 0.5
    assert "a number from 0.01 to 0.99" in caplog.text


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"hey_mynah": "x"}', '{"hey_mynah": {"threshold": 7.0, "instead_of": [0.5]}}']
)
def test_a_broken_file_is_passed_over(tmp_path: Path, content: str) -> None:
    file = tmp_path / "thresholds.json"
    file.write_text(content)
    Thresholds([word := Word("hey mynah", 0.5)], file)
    assert word.threshold == 0.5


def test_where_nothing_can_be_kept_it_holds_until_the_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("in the way")
    thresholds = Thresholds([word := Word("hey mynah", 0.5)], tmp_path / "state" / "thresholds.json")
    assert thresholds.move("hey_mynah", b"0.6")
    assert word.threshold == 0.6
    assert "only until the end" in caplog.text


def test_a_wake_word_obeys_its_moved_threshold() -> None:
    wake = WakeWord.load([Bundle.load(SHIPPED / "hey_mynah", "wake")])
    samples = read(WAKE_AND_COMMAND)
    assert isinstance(wake.detect(chunked([samples])), Detection)
    wake.words[0].threshold = 1.1
    assert isinstance(wake.detect(chunked([samples])), NotDetected)
