"""Fills the feature store: every real corpus under the data folder, synthetic speech, and noise."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from device.errors import MynahError
from training.corpus import kokoro, lacks, manifest, synthesis, texts
from training.corpus.store import Store, first_copies, load_measured_rooms, load_recording, load_synthetic

REAL = (
    "speech/an4",
    "speech/common-voice",
    "speech/common-voice-more",
    "speech/librispeech",
    "speech/librispeech-more",
    "speech/ljspeech",
    "speech/speech-commands",
    "speech/speech-commands-ten",
    "speech/speechocean762",
    "speech/vctk",
    "speech/vctk-p239",
    "wake/custom-keywords",
    "wake/precise-community",
)
LIFELIKE = kokoro.FOLDER
"""Speech of a synthesizer that sounds like people; its folder is read like theirs."""
SYNTHETIC = "synthetic"
SYNTHETIC_FRESH = "synthetic-fresh"
"""Other sentences and other speakers than those of SYNTHETIC, for the last stages."""
BOOTSTRAP = "bootstrap"
FIRST = synthesis.Voice("flite", "slt")
"""A voice of the bootstrap's engine."""
TEXTS = ("text/hwu64", "text/tatoeba-en-zh")
"""What synthetic voices read, besides commands."""
NOISE = "noise"


def source_of(folder: str) -> str:
    """The store's source of a folder with recordings."""
    return folder.replace("/", "-")


RECORDED = tuple(map(source_of, REAL))
SOURCES = (*RECORDED, source_of(LIFELIKE), SYNTHETIC, SYNTHETIC_FRESH)
"""What is aligned and trained on after the bootstrap, as far as it is there."""


def there(store: Store, sources: Sequence[str]) -> tuple[str, ...]:
    """Those of `sources` that the store has."""
    return tuple(source for source in sources if source in store)


def people_in(data: Path) -> list[str]:
    """Those of REAL that `data` has; the others are told. Raises MynahError where training could not end."""
    found = [name for name in REAL if (data / name / "manifest.tsv").is_file()]
    if not found:
        raise MynahError(f"{data} has no recorded speech: convert a corpus, see  mynah-train data")
    if not (data / "noise" / "manifest.tsv").is_file():
        raise MynahError(f"{data} has no noise: convert a corpus of it, see  mynah-train data")
    if not synthesis.able([FIRST]):
        raise MynahError(
            "the first stage learns from flite, which is not installed: sudo apt install"
            f" {synthesis.ENGINES[FIRST.engine]}"
        )
    absent = [name for name in (*REAL, LIFELIKE) if not (data / name / "manifest.tsv").is_file()]
    if absent:
        print(f"mynah-train: without {', '.join(absent)}, which {data} does not have", file=sys.stderr)
    for line in (*synthesis.silent(), *lacks.parts_missing(data, TEXTS)):
        print(f"mynah-train: {line}", file=sys.stderr)
    return found


def prepare(store: Store, data: Path, bootstrap: int, synthetic: int, seed: int = 1, jobs: int = 2) -> None:
    """Computes what `store` lacks; a run that was cut off goes on after the last whole source.

    `bootstrap`: utterances by flite voices, whose phones' times are known; `synthetic`: by all voices.
    """
    people = people_in(data)
    rng = np.random.default_rng(seed)
    rooms = load_measured_rooms(data / "rir")
    written = texts.sayable(texts.requests(data / TEXTS[0]))
    if (pairs := data / TEXTS[1] / "train.tsv").is_file():
        written += texts.sayable(texts.sentences(pairs))
    commands = list(texts.home_commands(synthetic, rng))
    written = written or [*commands]
    flite = [voice for voice in synthesis.TRAINING_VOICES if voice.engine == "flite"]
    aligned = synthesis.draw(
        written, flite, bootstrap, rng, rates=(0.8, 1.2), pitches=(0.9, 1.1), espeak_share=0
    )
    store.add(BOOTSTRAP, aligned, load_synthetic, rooms, jobs)
    store.add(NOISE, manifest.read_manifest(data / "noise"), load_recording, rooms, jobs)
    for folder in (*people, LIFELIKE):
        if not (data / folder / "manifest.tsv").is_file():
            continue
        utterances = [item for item in manifest.read_manifest(data / folder) if item.text]
        store.add(source_of(folder), utterances, load_recording, rooms, jobs)
    mixed = [*written, *commands[: len(written) // 2]]
    everyone = synthesis.TRAINING_VOICES + synthesis.DRAWN_VOICES
    spoken = synthesis.draw(mixed, everyone, synthetic, rng, pitches=(0.78, 1.25), espeak_share=0.5)
    store.add(SYNTHETIC, spoken, load_synthetic, rooms, jobs)
    rng = np.random.default_rng(seed + 1000)
    mixed = [
        *written,
        *texts.home_commands(len(written) // 3, rng),
        *texts.rare_words(len(written) // 2, rng),
    ]
    others = synthesis.TRAINING_VOICES + synthesis.FRESH_VOICES
    spoken = synthesis.draw(mixed, others, synthetic // 2, rng, pitches=(0.78, 1.25), espeak_share=0.6)
    store.add(SYNTHETIC_FRESH, spoken, load_synthetic, rooms, jobs)


def global_mean(store: Store, sources: tuple[str, ...]) -> tuple[float, ...]:
    """Mean log-mel of some utterances of each source: where the running mean starts."""
    means = []
    for source in sources:
        items = list(first_copies(store.items(source)))
        features = store.mapped(source)
        for item in items[:: max(1, len(items) // 50)]:
            means.append(features[item.start : item.start + item.frames].astype(np.float32).mean(axis=0))
    return tuple(float(value) for value in np.stack(means).mean(axis=0).round(3).tolist())
