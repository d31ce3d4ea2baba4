"""Which word is heard where one of several is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from device.audio import wav
from device.engine.bundle import Bundle
from device.errors import MynahError
from device.settings import Settings
from tests.recordings import FOLDER
from training import cli
from training.corpus import manifest
from training.corpus.noises import CLEAN
from training.evaluate import keywords, pictures
from training.evaluate.keywords import NOTHING, Accepts, Spotted

WORDS = ("yes", "no", "stop")
FOUND = [
    *[Spotted("yes", CLEAN, one) for one in ("yes", "yes", "no", NOTHING)],
    *[Spotted("no", CLEAN, one) for one in ("no", "no")],
    Spotted("yes", 10.0, "stop"),
]


def test_each_word_is_right_another_or_nothing() -> None:
    assert keywords.confusions(FOUND, CLEAN, WORDS).tolist() == [[2, 1, 0, 1], [0, 2, 0, 0], [0, 0, 0, 0]]
    yes, no, every = keywords.table(FOUND, CLEAN, WORDS, None)
    assert (yes["said"], yes["right"], yes["nothing"], yes["another"]) == (4, 0.5, 0.25, 0.25)
    assert (no["word"], no["right"]) == ("no", 1.0)
    assert (every["said"], every["right"]) == (6, 0.6667)  # nobody says stop: it has no row


def test_false_accepts_are_told_by_word() -> None:
    rows = keywords.table(FOUND, CLEAN, WORDS, Accepts({"no": 3, "stop": 1}, 2.0))
    assert [row["false_accepts_per_hour"] for row in rows] == [0.0, 1.5, 2.0]
    text = keywords.report(rows, Accepts({}, 2.0))
    assert "of 2.00 h" in text
    assert text.count("\n") == 3


def test_what_nobody_says_has_no_row_in_the_picture() -> None:
    counts = {"clean": keywords.confusions(FOUND, CLEAN, WORDS)}
    (axes,) = pictures.confusion_matrices(WORDS, [*WORDS, NOTHING], counts).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["yes", "no"]
    assert sorted(text.get_text() for text in axes.texts) == ["1", "1", "2", "2"]


def test_only_recordings_of_the_words_count(tmp_path: Path) -> None:
    rows = ["0.wav\t1.0\ta\tYes!", "1.wav\t1.0\tb\tyes please", "2.wav\t1.0\tb\tno"]
    (tmp_path / "manifest.tsv").write_text("\n".join(["path\tseconds\tspeaker\ttext", *rows]) + "\n")
    assert [item.text for item in keywords.recordings(WORDS, [tmp_path], False)] == ["yes", "no"]
    with pytest.raises(MynahError, match="no recording of stop"):
        keywords.recordings(["stop"], [tmp_path], False)


@pytest.mark.skipif(
    not all((folder / "bundle.json").is_file() for folder in Settings().wake.bundles),
    reason="device/bundles has no trained models",
)
def test_the_device_hears_its_word_and_nothing_in_silence() -> None:
    wake = keywords.detector(Bundle.load(Settings().wake.bundles[0], "wake"), Settings().hearing.bundle)
    said = manifest.Utterance(FOLDER / "turn off all the lights.flac", 3.0, "a", "hey mynah", "demo")
    assert keywords.heard(wake, [said], [CLEAN], None) == [Spotted("hey mynah", CLEAN, "hey mynah")]
    assert keywords.first(wake, np.zeros(16_000, np.int16)) == NOTHING


def test_other_speech_is_counted(tmp_path: Path) -> None:
    wav.write(tmp_path / "one.wav", np.zeros(16_000, np.int16))
    wake = keywords.detector(Bundle.load(Settings().wake.bundles[0], "wake"), None)
    found = keywords.accepts(wake, ["hey mynah"], [tmp_path], False)
    assert (dict(found.counts), found.hours) == ({}, 1 / 3600)


def test_a_full_disk_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hey mynah").mkdir()
    wav.write(tmp_path / "hey mynah" / "one.wav", np.zeros(16_000, np.int16))
    rows = "path\tseconds\tspeaker\ttext\nhey mynah/one.wav\t1\ta\they mynah\n"
    (tmp_path / "manifest.tsv").write_text(rows)
    bundle = str(Settings().wake.bundles[0])
    command = ["evaluate", "keywords", "--bundle", bundle, "--no-second-look", "--positives", str(tmp_path)]
    assert cli.main([*command, "--json", "/dev/full"]) == 1
    assert "No space left on device; then run the same command again" in capsys.readouterr().err
