"""A voice is learnt: other phones, and lower thresholds as far as other speech allows."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from device.audio import wav
from device.cli import main
from device.commands.enroll import wrong
from device.engine.bundle import SHIPPED, Bundle
from device.events import SAMPLE_RATE, Samples
from device.hearing.acoustic import AcousticModel
from device.hearing.enrolment import Others, adapted, fit, variants
from device.hearing.second_look import Judgement
from tests.recordings import FOLDER, command

PHONES = ("SIL", "AH", "B", "D")


def spoken(*phones: str) -> np.ndarray:
    """Ratios in which each of `phones` is the best for two frames, and all others are far away."""
    ratios = np.full((2 * len(phones), len(PHONES)), -8.0, np.float32)
    for place, phone in enumerate(phones):
        ratios[2 * place : 2 * place + 2, PHONES.index(phone)] = 0.0
    return ratios


def wake_words() -> list[Samples]:
    """The wake word alone, of three recordings."""
    whole = [wav.read(file) for file in sorted(FOLDER.glob("*.flac"))[:3]]
    return [samples[: int(1.1 * SAMPLE_RATE)] for samples in whole]


def test_a_phone_that_a_voice_says_otherwise_is_learnt() -> None:
    seen = [spoken("SIL", "D", "AH", "D", "SIL")] * 3
    assert variants(seen, [("B", "AH", "D")], PHONES) == [("D", "AH", "D")]
    assert fit(seen[0], [("B", "AH", "D"), ("D", "AH", "D")], PHONES) == 0.0


def test_what_is_said_as_it_is_known_stays_so() -> None:
    assert variants([spoken("B", "AH", "D")] * 3, [("B", "AH", "D")], PHONES) == []
    assert variants([], [("B", "AH", "D")], PHONES) == []


def test_another_phrase_is_not_learnt_phone_by_phone() -> None:
    word = ("B", "AH", "D", "B", "AH")
    found = variants([spoken("D", "D", "AH", "D", "D")], [word], PHONES)
    changed = [one != other for one, other in zip(word, found[0], strict=True)]
    assert sum(changed) <= 2


@pytest.mark.parametrize(("rate", "passing"), [(0.1, 0), (0.5, 1), (1.0, 2), (9.0, 4)])
def test_other_speech_limits_the_threshold(rate: float, passing: int) -> None:
    others = Others(2.0, (0.9, 0.5, 0.5, 0.1))
    kept = [one for one in others.probabilities if one >= others.threshold(rate)]
    assert len(kept) <= passing


def test_the_shipped_wake_word_gets_used_to_a_voice() -> None:
    shipped = Bundle.load(SHIPPED / "hey_mynah", "wake")
    others = {"hours": 2.0, "probabilities": [0.5, 0.4, 0.3]}
    entry = shipped.decision["words"]["hey mynah"]
    look = {**entry["second_look"], "candidate": 0.9999, "accept": 0.9999999}
    strict = dataclasses.replace(
        shipped,
        measured={**shipped.measured, "others": {"hey mynah": others}},
        decision={**shipped.decision, "words": {"hey mynah": {**entry, "second_look": look}}},
    )
    acoustic = AcousticModel(Bundle.load(SHIPPED / "english", "hearing"))
    found = adapted(strict, "hey mynah", acoustic, wake_words())
    new = Judgement.of(found.entry["second_look"])
    assert new.candidate < 0.9999
    assert 0.3 < new.accept < 0.9999999  # three false accepts in two hours are too many
    assert all(probability > new.accept for probability in found.after)


def test_a_wake_word_without_a_second_look_too() -> None:
    shipped = Bundle.load(SHIPPED / "hey_mynah", "wake")
    entry = shipped.decision["words"]["hey mynah"]
    plain = {key: value for key, value in entry.items() if key != "second_look"}
    acoustic = AcousticModel(Bundle.load(SHIPPED / "english", "hearing"))
    decision = {**shipped.decision, "words": {"hey mynah": plain}}
    blunt = dataclasses.replace(shipped, decision=decision, measured={})
    found = adapted(blunt, "hey mynah", acoustic, wake_words())
    assert found.threshold == plain["threshold"]  # of what nothing is known, nothing changes


@pytest.mark.parametrize(
    ("samples", "problem"),
    [
        (np.zeros(0, np.int16), "nothing was heard"),
        (np.full(5 * SAMPLE_RATE, 3000, np.int16), "longer"),
        (np.full(SAMPLE_RATE, 20, np.int16), "too soft"),
        (np.full(SAMPLE_RATE, -32768, np.int16), "too loud"),
    ],
)
def test_a_saying_that_is_of_no_use_is_told_why(samples: Samples, problem: str) -> None:
    assert problem in (wrong(samples) or "")
    assert wrong(command()) is None


def test_enrolling_keeps_recordings_and_writes_a_bundle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    files = []
    for number, samples in enumerate(wake_words()):
        files.append(str(tmp_path / f"said{number}.wav"))
        wav.write(files[-1], samples)
    kept, out = tmp_path / "kept", tmp_path / "bundle"
    for _ in range(2):
        assert main(["enroll", "--keep", str(kept), "--out", str(out), *files]) == 0
    assert len(list(kept.glob("*.wav"))) == 6
    assert Bundle.load(out, "wake").name == "hey mynah"
    assert "put it into wake.bundles" in capsys.readouterr().out
    assert main(["enroll", "--out", str(SHIPPED / "hey_mynah"), *files]) == 2
    assert main(["enroll", "--phrase", "hey you", "--out", str(out), *files]) == 2
    assert main(["enroll", *files]) == 2
    assert "nothing to write: use --keep" in capsys.readouterr().err
    assert json.loads((SHIPPED / "hey_mynah" / "bundle.json").read_text())["name"] == "hey mynah"


def test_enrolling_without_a_microphone_is_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "mynah.toml"
    config.write_text('[audio]\nmicrophone = "none that is called so"\n')
    assert main(["enroll", "--config", str(config), "--keep", str(tmp_path)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("mynah: ")
