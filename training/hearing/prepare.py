"""Fills the feature store: every real corpus under the data folder, synthetic speech, and noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.corpus import manifest, synthesis, texts
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
    "speech/vctk-p239",
    "wake/custom-keywords",
    "wake/precise-community",
)
SYNTHETIC = "synthetic"
SYNTHETIC_FRESH = "synthetic-fresh"
"""Other sentences and other speakers than those of SYNTHETIC, for the last stages."""
BOOTSTRAP = "bootstrap"
NOISE = "noise"
RECORDED = tuple(name.replace("/", "-") for name in REAL)
SOURCES = (*RECORDED, SYNTHETIC, SYNTHETIC_FRESH)
"""What is aligned and trained on after the bootstrap."""


def prepare(store: Store, data: Path, bootstrap: int, synthetic: int, seed: int = 1, jobs: int = 2) -> None:
    """Computes what `store` lacks; a run that was cut off goes on after the last whole source.

    `bootstrap`: utterances by flite voices, whose phones' times are known; `synthetic`: by all voices.
    """
    rng = np.random.default_rng(seed)
    rooms = load_measured_rooms(data / "rir")
    written = texts.sayable(texts.requests(data / "text" / "hwu64"))
    written += texts.sayable(texts.sentences(data / "text" / "tatoeba-en-zh" / "train.tsv"))
    commands = list(texts.home_commands(synthetic, rng))
    flite = [voice for voice in synthesis.TRAINING_VOICES if voice.engine == "flite"]
    aligned = synthesis.draw(
        written, flite, bootstrap, rng, rates=(0.8, 1.2), pitches=(0.9, 1.1), espeak_share=0
    )
    store.add(BOOTSTRAP, aligned, load_synthetic, rooms, jobs)
    store.add(NOISE, manifest.read_manifest(data / "noise"), load_recording, rooms, jobs)
    for folder, source in zip(REAL, RECORDED, strict=True):
        utterances = [item for item in manifest.read_manifest(data / folder) if item.text]
        store.add(source, utterances, load_recording, rooms, jobs)
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
