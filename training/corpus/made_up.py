"""What stands in for corpora where there are none: synthetic speech, and noise that a computer makes.

With these a wake word can be trained by somebody who has only espeak-ng. It learns no room and no noise that
anybody recorded, and its false accepts are counted on synthetic voices alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
from scipy.signal import lfilter
from tqdm import tqdm

from device.events import SAMPLE_RATE
from training.corpus import synthesis, texts
from training.corpus.convert import Row, write_manifest

SENTENCES = 3000
"""Sentences that are spoken: about two hours."""
NOISES = 120
"""Noises of ten seconds."""
LASTS = 10 * SAMPLE_RATE

SPEECH = "negative/made-up"
LACKS = (
    "no person is heard in training: expect more false accepts and more misses than the reports say",
    "noises and rooms are simulated: expect more misses beside a television or a kitchen",
)
"""What is lacking in what was trained on nothing else."""

Floats = npt.NDArray[np.float64]


def make(data: Path, said: Sequence[str] | None = None, noises: int = NOISES) -> None:
    """Fill `data` with `said`, by default SENTENCES, and with noise, as far as they are not there.

    Raises SynthesisError where nothing here can speak.
    """
    if not (data / "noise" / "manifest.tsv").is_file():
        write(data / "noise", [(f"made-up/{number:04}", noise(number)) for number in range(noises)])
    folder = data / SPEECH
    if (folder / "manifest.tsv").is_file():
        return
    rng = np.random.default_rng(5)
    if said is None:
        said = [*texts.home_commands(SENTENCES // 2, rng), *texts.rare_words(SENTENCES // 2, rng)]
    voices = synthesis.able(synthesis.FRESH_VOICES + synthesis.TRAINING_VOICES)
    utterances = synthesis.draw(said, voices, len(said), rng)
    rows: list[Row] = []
    spoken = tqdm(synthesis.speak_all(utterances), "synthetic speech", len(said), unit="utt")
    for number, (utterance, samples) in enumerate(zip(utterances, spoken, strict=True)):
        rows.append(_kept(folder, f"{number:05}", str(utterance.voice), samples))
    write_manifest(folder, rows)


def noise(number: int) -> npt.NDArray[np.int16]:
    """The same number gives the same noise: a colour, a hum, knocks, and a level that comes and goes."""
    rng = np.random.default_rng((9, number))
    sound = lfilter([1.0], [1.0, -rng.uniform(0.0, 0.99)], rng.normal(size=LASTS))
    sound = sound / np.std(sound)
    time = np.arange(LASTS) / SAMPLE_RATE
    if rng.random() < 0.5:
        sound = sound + _hum(time, rng)
    if rng.random() < 0.5:
        sound = sound + _knocks(rng)
    swell = np.exp(rng.uniform(0, 1.2) * np.sin(2 * np.pi * rng.uniform(0.1, 3.0) * time + rng.uniform(0, 6)))
    sound = sound * swell
    scaled = sound / np.abs(sound).max() * rng.uniform(3_000, 20_000)
    whole: npt.NDArray[np.int16] = np.round(scaled).astype(np.int16)
    return whole


def _hum(time: Floats, rng: np.random.Generator) -> Floats:
    """A motor: a low tone with its overtones."""
    base = rng.uniform(45, 250)
    tones = [np.sin(2 * np.pi * base * order * time) / order for order in range(1, 12)]
    return np.asarray(rng.uniform(0.5, 4.0) * np.sum(tones, axis=0))


def _knocks(rng: np.random.Generator) -> Floats:
    """Dishes and steps: short, decaying, at any time."""
    sound = np.zeros(LASTS)
    for at in rng.integers(0, LASTS - SAMPLE_RATE // 4, int(rng.integers(3, 40))):
        length = int(rng.uniform(0.01, 0.2) * SAMPLE_RATE)
        time = np.arange(length) / SAMPLE_RATE
        ring = np.sin(2 * np.pi * rng.uniform(100, 4_000) * time) + 0.5 * rng.normal(size=length)
        sound[at : at + length] += rng.uniform(2, 15) * ring * np.exp(-6 * np.arange(length) / length)
    return sound


def write(folder: Path, sounds: list[tuple[str, npt.NDArray[np.int16]]]) -> None:
    """Recordings that nobody speaks in, and their manifest."""
    write_manifest(folder, [_kept(folder, name, "", samples) for name, samples in sounds])


def _kept(folder: Path, name: str, speaker: str, samples: npt.NDArray[np.int16]) -> Row:
    file = folder / f"{name}.flac"
    file.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(file, samples, SAMPLE_RATE)
    return f"{name}.flac", f"{len(samples) / SAMPLE_RATE:.2f}", speaker, ""
