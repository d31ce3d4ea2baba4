"""What an enrolment changes for a voice is told as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from device.audio import wav
from device.engine.bundle import Bundle
from device.errors import MynahError
from device.settings import Settings
from tests.recordings import FOLDER
from training.corpus import synthesis
from training.corpus.noises import CLEAN
from training.evaluate import enrolment
from training.evaluate.enrolment import LEARNT, Learnt
from training.evaluate.wakewords import Saying
from training.wake.phrases import Phrase


def test_voices_are_spread_over_all() -> None:
    every = synthesis.HELD_OUT_VOICES
    assert enrolment.spread(every, 3) == [every[0], every[len(every) // 2], every[-1]]
    assert enrolment.spread(every, 10_000) == list(every)


def test_only_who_says_it_often_enough_is_learnt(tmp_path: Path) -> None:
    for name, count in (("anna", LEARNT + 2), ("bert", LEARNT)):
        (tmp_path / name).mkdir()
        for number in range(count):
            wav.write(tmp_path / name / f"{number}.wav", np.zeros(1600, np.int16))
    (sayings,) = enrolment.recorded("hey mynah", [tmp_path])
    assert [saying.speaker.rpartition("/")[2] for saying in sayings] == ["anna"] * (LEARNT + 2)
    with pytest.raises(MynahError, match="nobody says 'hey mynah' more than 3 times"):
        enrolment.recorded("hey mynah", [tmp_path / "bert"])


def test_the_report_adds_up() -> None:
    found = [
        Learnt("a", 10, {CLEAN: 4, 10.0: 2}, {CLEAN: 8, 10.0: 2}, True, 0.2, 1, 3),
        Learnt("b", 10, {CLEAN: 10, 10.0: 9}, {CLEAN: 10, 10.0: 8}, False, 0.1, 1, 1),
    ]
    text = enrolment.report(found).split("\n")
    assert text[0].startswith("2 voices, of which 1 change the bundle")
    assert text[2].split()[:4] == ["clean", "20", "70.0%", "90.0%"]
    assert text[2].split()[-2:] == ["1", "0"]
    assert text[3].split()[:5] == ["10", "dB", "20", "55.0%", "50.0%"]
    assert text[3].split()[-2:] == ["0", "1"]
    assert text[4] == "false accepts: 1 before, 2.0 after, 3 at most"


@pytest.mark.skipif(
    not all((folder / "bundle.json").is_file() for folder in Settings().wake.bundles),
    reason="device/bundles has no trained models",
)
def test_a_voice_is_learnt_and_one_that_says_something_else_is_refused() -> None:
    bundle = Bundle.load(Settings().wake.bundles[0], "wake")
    said = [Saying("a", wav.read(file)[:17_600]) for file in sorted(FOLDER.glob("*.flac"))[: LEARNT + 1]]
    silent = [Saying("b", np.zeros(16_000, np.int16))] * LEARNT + said[:1]
    known, refused = enrolment.learnt(bundle, Settings().hearing.bundle, [said, silent], [CLEAN], None, [])
    assert (known.voice, known.sayings, known.after) == ("a", 1, {CLEAN: 1})
    assert known.seconds < 60
    assert not refused.changed
    assert refused.before == refused.after


def test_each_voice_says_it_as_often_as_asked() -> None:
    voices = [synthesis.Voice("espeak-ng", "en-us"), synthesis.Voice("espeak-ng", "en")]
    spoken = list(enrolment.said_by(Phrase("hey mynah"), voices, 2))
    assert [[saying.speaker for saying in sayings] for sayings in spoken] == [
        [str(voice)] * 2 for voice in voices
    ]
