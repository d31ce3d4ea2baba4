"""Misses and false accepts of a wake word, from what could have woken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from device.audio.wav import read, write
from device.errors import MynahError
from device.events import SAMPLE_RATE
from device.settings import Settings
from training.evaluate import wakewords
from training.evaluate.pictures import detection_errors
from training.evaluate.wakewords import Background, Ear, peaks

SILENT = Background(events=(0.9, 0.7, 0.7, 0.2), hours=2.0, work=10.0)


def test_peaks_are_apart() -> None:
    values = np.array([0.1, 0.9, 0.8, 0.1, 0.0, 0.5, 0.6, 0.0])
    assert peaks(values, 2) == [0.9, 0.6]
    assert peaks(values, 1) == [0.9, 0.6, 0.1]
    assert peaks(np.zeros(5), 2) == []


@pytest.mark.parametrize(("rate", "kept"), [(0.1, 0), (0.5, 1), (1.5, 3), (2.0, 4), (9.0, 4)])
def test_a_threshold_lets_no_more_than_its_rate_pass(rate: float, kept: int) -> None:
    threshold = SILENT.threshold(rate)
    passing = sum(event >= threshold for event in SILENT.events)
    assert passing <= kept
    assert SILENT.per_hour(threshold) == passing / 2.0 <= rate
    lower = [event for event in SILENT.events if event < threshold]
    if lower:  # a lower one would let too many pass
        assert SILENT.per_hour(max(lower)) > rate


def test_only_recordings_of_the_phrase_are_sayings(tmp_path: Path) -> None:
    rows = ["0.wav\t1.0\ta\tView glass!", "1.wav\t1.0\tb\tsomething else", "2.wav\t1.0\tb\tview glass"]
    (tmp_path / "manifest.tsv").write_text("\n".join(["path\tseconds\tspeaker\ttext", *rows]) + "\n")
    for number in range(3):
        write(tmp_path / f"{number}.wav", np.full(160 * (number + 1), number, np.int16))
    _, found = wakewords.said("view glass", [tmp_path], 0)
    assert [len(samples) for samples in found] == [160, 480]
    with pytest.raises(MynahError, match="no recording of 'hey you'"):
        wakewords.said("hey you", [tmp_path], 0)


def test_a_folder_without_a_manifest_is_all_its_recordings(tmp_path: Path) -> None:
    (tmp_path / "anna").mkdir()
    write(tmp_path / "anna" / "one.wav", np.zeros(1600, np.int16))
    assert [path.name for path, _ in wakewords.recordings(tmp_path)] == ["one.wav"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(MynahError, match="no recordings in it"):
        wakewords.recordings(tmp_path / "empty")


def test_the_table_and_the_curves(tmp_path: Path) -> None:
    class Shipped(Ear):
        def __init__(self) -> None:
            self.name, self.threshold = "hey mynah", 0.6

    sayings = {"clean": [0.95, 0.9, 0.8, 0.0], "10 dB": [0.9, 0.65, 0.1, 0.0]}
    rows = wakewords.table(Shipped(), sayings, SILENT)
    by = {(row["noise"], row["at"]): row for row in rows}
    assert by["clean", "as shipped"]["missed"] == 0.25
    assert by["10 dB", "as shipped"]["missed"] == 0.5
    assert by["10 dB", "as shipped"]["false_accepts_per_hour"] == 1.5
    assert by["10 dB", "0.1 an hour"]["missed"] == 1.0
    assert "an hour" in wakewords.report("people", rows, SILENT)
    detection_errors("hey mynah", sayings, SILENT, 0.6, tmp_path / "det.png")
    assert (tmp_path / "det.png").stat().st_size > 10_000


@pytest.mark.skipif(
    not all((folder / "bundle.json").is_file() for folder in Settings().wake.bundles),
    reason="device/bundles has no trained models",
)
@pytest.mark.parametrize("acoustic", [None, Settings().hearing.bundle])
def test_the_shipped_wake_word_is_found_and_silence_is_not(acoustic: Path | None) -> None:
    ear = Ear(Settings().wake.bundles[0], acoustic)
    recording = Path(__file__).parents[2] / "demo" / "recordings" / "turn off all the lights.flac"
    assert max(ear.probabilities(read(recording)), default=0.0) >= ear.threshold
    assert max(ear.probabilities(np.zeros(3 * SAMPLE_RATE, np.int16)), default=0.0) < ear.threshold
