"""The threshold of each word, chosen on speakers and voices that training left out, and what it then does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from device.audio.frontend import Features
from device.audio.wav import read
from device.errors import MynahError
from device.hearing.logistic import logistic
from training.corpus import synthesis
from training.wake import measure, people
from training.wake.corpus import is_left_out, trimmed
from training.wake.phrases import Phrase
from training.wake.settings import Settings
from training.wake.signal import STRIDE, Normalisation, smoothed
from training.wake.sources import Sources


def scorer(
    model: keras.Model, normalisation: Normalisation, smoothing: int, word: int | None = None
) -> measure.Score:
    """Smoothed probabilities of a whole stretch of features, by the batch form of the model.

    Those of one `word`, by number, or the highest of all.
    """
    forward = tf.function(lambda x: model(x))

    def score(frames: Features) -> Any:
        # In pieces of two lengths, or TensorFlow compiles anew; each begins with the model's history.
        piece, history = (600 if len(frames) <= 600 else 3000), 200
        logits = []
        for start in range(0, len(frames), piece):
            part = frames[max(0, start - history) : start + piece]
            before = min(history, start)
            padded = np.zeros((history + piece, frames.shape[1]), np.float32)
            padded[history - before : history - before + len(part)] = normalisation.batch(part)
            every = np.asarray(forward(tf.constant(padded[None])))[0]
            out = every.max(axis=1) if word is None else every[:, word]
            logits.append(out[history // STRIDE : (history + len(part) - before) // STRIDE])
        return smoothed(logistic(np.concatenate(logits)), smoothing)

    return score


def calibrated(
    settings: Settings, phrase: Phrase, sources: Sources, score: measure.Score, run: Path
) -> tuple[Any, Any]:
    """(what `decision["words"]` of a bundle says of a word, what was measured).

    The threshold is the lowest that keeps to the false accepts, and a fifth of the way from there to the
    highest that hears 98 % of the left-out training voices and of the phrases of left-out people in noise
    at 10 dB.
    """
    noise = measure.noises(sources)
    silent = measure.FalseAccepts.over(measure.streams(sources), score, settings.refractory)
    if not silent.hours:
        raise MynahError("nobody is left to set the threshold by: add speech by more people to the data")
    lowest = silent.lowest_threshold(settings.false_accepts / len(settings.words))
    left_out = [voice for voice in synthesis.TRAINING_VOICES if is_left_out(voice)]
    joined = [trimmed(read(item.path)) for item in people.trials(run, people.CHOICE, phrase.text)]
    spoken = measure.phrases(phrase, left_out, settings.trials, seed=11) + joined
    chosen = measure.trials(spoken, noise, 10.0, score)
    highest = float(np.quantile([trial.peak for trial in chosen], 0.02))
    threshold = round(lowest + 0.2 * max(0.0, highest - lowest), 2)
    delays = [delay for trial in chosen if (delay := trial.delay(threshold)) is not None]
    decision = {"threshold": threshold, "delay": round(float(np.median(delays or [0.1])), 2)}
    counts = silent.count(threshold)
    measured: dict[str, Any] = {
        "false_accepts": counts,
        "false_accepts_per_hour": round(sum(counts.values()) / silent.hours, 2),
        "hours_without_the_phrase": round(silent.hours, 3),
        "lowest_threshold": lowest,
    }
    others = [trimmed(read(item.path)) for item in people.trials(run, people.GATES, phrase.text)]
    unheard = measure.phrases(phrase, synthesis.HELD_OUT_VOICES, settings.trials, seed=12)
    for name, ratio in (("clean", None), ("15_db", 15.0), ("10_db", 10.0), ("5_db", 5.0)):
        tried = measure.trials(unheard, noise, ratio, score)
        measured[f"recall_{name}"] = round(measure.recall(tried, threshold), 4)
        if others:
            tried = measure.trials(others, noise, ratio, score)
            measured[f"recall_people_{name}"] = round(measure.recall(tried, threshold), 4)
    return decision, measured


def told(
    model: keras.Model, settings: Settings, phrases: Sequence[Phrase], sources: Sources, run: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    """`calibrated` for each of the words, by word."""
    decisions, measured = {}, {}
    for number, phrase in enumerate(phrases):
        score = scorer(model, Normalisation(), settings.smoothing, number)
        decisions[phrase.text], measured[phrase.text] = calibrated(settings, phrase, sources, score, run)
    return decisions, measured


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Prints what the start could do, and what it can now, on the same test."""
    for word, figures in after.items():
        for name, value in figures.items():
            if isinstance(value, float):
                print(f"{word}: {name} {before[word][name]:g} before, {value:g} now", flush=True)
