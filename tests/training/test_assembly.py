"""Phrases put together from recordings of other words."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from device.audio import wav
from device.audio.frontend import features
from device.engine.bundle import SHIPPED, Bundle
from device.events import SAMPLE_RATE
from device.hearing.acoustic import AcousticModel
from device.hearing.lexicon import Lexicon
from training.corpus.store import Recording, Store
from training.wake import architectures, people
from training.wake.alignment import alignment
from training.wake.assembly import Inventory, Spoken, coloured, load_assembled, mel_centres, spoken_of
from training.wake.phrases import Phrase
from training.wake.settings import Settings

RECORDING = Path("demo/recordings/turn on the kitchen lamp.flac")


def load(file: Path) -> Recording:
    return Recording(f"hey mynah {file.stem}", "voice", wav.read(file))


TONES = {"AA": 400.0, "B": 1000.0, "CH": 2500.0}
LENGTH = 10
"""Output frames of a phone: 0.3 s."""


def spoken(folder: Path, name: str, *phones: str, gain: float = 1.0) -> Spoken:
    """An utterance in which each phone is a tone."""
    time = np.arange(LENGTH * 480) / SAMPLE_RATE
    sound = np.concatenate([np.sin(2 * np.pi * TONES[phone] * time) for phone in phones])
    samples = (5000 * gain * sound).astype(np.int16)
    soundfile.write(folder / f"{name}.wav", samples, SAMPLE_RATE)
    frames = features(samples)
    bounds = np.arange(len(phones) + 1) * LENGTH
    colour = frames.mean(axis=0)
    return Spoken(folder / f"{name}.wav", f"x/{name}", phones, bounds, frames.astype(np.float16), colour)


def loudest(samples: np.ndarray, at: float) -> float:
    """The frequency that is loudest around `at` seconds, Hz."""
    part = samples[round((at - 0.05) * SAMPLE_RATE) : round((at + 0.05) * SAMPLE_RATE)]
    return float(np.argmax(np.abs(np.fft.rfft(part))) * SAMPLE_RATE / len(part))


def test_pieces_join_in_the_middle_of_a_phone(tmp_path: Path) -> None:
    crowd = [spoken(tmp_path, "one", "AA", "B"), spoken(tmp_path, "two", "B", "CH")]
    inventory = Inventory(crowd, [("AA", "B", "CH")])
    made = inventory.assemble("abc", [("AA", "B", "CH")], np.random.default_rng(0))
    assert made.speaker == "x/one"
    assert [cut.path.stem for cut in made.cuts] == ["one", "two"]
    assert made.cuts[0].end == pytest.approx(0.45, abs=0.01)
    assert made.cuts[1].begin == pytest.approx(0.15, abs=0.01)
    samples = load_assembled(made).samples
    assert len(samples) / SAMPLE_RATE == pytest.approx(0.9, abs=0.06)
    heard = [loudest(samples, at) for at in (0.15, 0.45, 0.75)]
    np.testing.assert_allclose(heard, list(TONES.values()), rtol=0.03)


def test_where_nobody_says_a_pair_it_is_joined_between(tmp_path: Path) -> None:
    crowd = [spoken(tmp_path, "one", "AA"), spoken(tmp_path, "two", "CH")]
    inventory = Inventory(crowd, [("AA", "CH")])
    assert inventory.covers(("AA", "CH"))
    assert not inventory.covers(("AA", "B"))
    samples = load_assembled(inventory.assemble("ac", [("AA", "CH")], np.random.default_rng(0))).samples
    assert [round(loudest(samples, at), -2) for at in (0.15, 0.45)] == [400, 2500]


def test_a_pause_may_part_words(tmp_path: Path) -> None:
    crowd = [spoken(tmp_path, "one", "AA", "CH")]
    inventory = Inventory(crowd, [("AA", "CH")])
    rng = np.random.default_rng(0)
    made = [inventory.assemble("a ch", [("AA",), ("CH",)], rng) for _ in range(60)]
    paused = [item for item in made if any(cut.pause for cut in item.cuts)]
    assert 5 <= len(paused) <= 28
    assert len(load_assembled(paused[0]).samples) > len(load_assembled(made[0]).samples) * 0.8


def test_a_colour_raises_its_bands() -> None:
    noise = np.random.default_rng(1).normal(0, 2000, 2 * SAMPLE_RATE).astype(np.int16)
    gains = np.linspace(-1.5, 1.5, 40)
    raised = features(np.round(coloured(noise, gains.tolist())).astype(np.int16)) - features(noise)
    np.testing.assert_allclose(raised.mean(axis=0)[6:], gains[6:], atol=0.35)
    assert (np.diff(mel_centres(40)) > 0).all()


def test_who_trains_chooses_and_tries_are_different_people() -> None:
    speakers = [f"corpus/{number}" for number in range(500)]
    parts = [
        {one for one in speakers if people.speaks(part)(one)} for part in ("training", "choice", "gates")
    ]
    assert set.union(*parts) == set(speakers)
    assert sum(map(len, parts)) == len(speakers)
    assert 0.5 < len(parts[0]) / 500 < 0.7


def test_what_is_near_is_not_the_phrase_itself() -> None:
    phrase = Phrase("lights out")
    near = dict(people.nearby(phrase, [phrase]))
    assert {"lights", "out lights"} <= near.keys()
    assert "lights out" not in near


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_recordings_are_aligned_with_their_words(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.add("demo", [RECORDING], load, ())
    opened = 0

    def acoustic() -> AcousticModel:
        nonlocal opened
        opened += 1
        return AcousticModel(Bundle.load(SHIPPED / "english", "hearing"))

    for _ in range(2):
        labels = alignment(store, ["demo"], acoustic, SHIPPED / "english", Lexicon())
    assert opened == 1  # the second time it is read
    (found,) = labels.values()
    names = Bundle.load(SHIPPED / "english", "hearing").labels
    changes = np.flatnonzero(np.diff(found)) + 1
    phones = " ".join(names[found[at]] for at in (0, *changes))
    assert "K IH CH AH N L AE M P" in phones.replace("SIL ", "")
    (one,) = spoken_of(store.items("demo")[:1], store.mapped("demo"), labels, names, [RECORDING])
    assert " ".join(one.phones) == phones
    assert one.bounds[-1] == len(found)


@pytest.mark.parametrize("name", ["ours", "tc-resnet", "mixed-net"])
def test_an_architecture_hears_nothing_of_the_future(name: str) -> None:
    model = architectures.architectures(Settings(words=("a", "b")))[name]()
    rng = np.random.default_rng(2)
    frames = rng.normal(size=(1, 160, 40)).astype(np.float32)
    later = frames.copy()
    later[:, 100:] += 1.0
    before, after = np.asarray(model(frames)), np.asarray(model(later))
    assert before.shape == (1, 80, 2)
    np.testing.assert_allclose(before[:, :50], after[:, :50], atol=1e-5)
    assert np.abs(before[:, 50] - after[:, 50]).max() > 1e-5
