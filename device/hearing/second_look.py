"""A second look before it wakes: are the wake word's own phones in what the small model took for it?

The acoustic model scores the last two seconds, and only them, when the wake model asks. Each frame gives the
log-likelihood ratio of a phone of the wake word against a background that is BACKGROUND worse than the best
phone of all; the word's best path through the frames, wherever it begins and ends, is its `llr`. So each
frame that fits counts for the word, and who says it slowly is not taken for somebody else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from device.audio.frontend import Features
from device.hearing.acoustic import AcousticModel, Posteriors
from device.hearing.logistic import logistic

PRIOR_SCALE = 0.2
BACKGROUND = 1.0
"""Nats. Without it long paths are punished; with it pairs of words in sentences of people whom the model
never heard are missed a third to a half as often (docs/LOG.md)."""
FRAMES = 190
"""Feature frames that are looked at: 1.9 s."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A word's "second_look" in a wake bundle's decision: how score and llr together become a probability.

    `candidate`: the score from which on there is a second look, `wait` seconds after the highest score;
    `delay`: seconds from the word's end to that score; `accept`: the probability from which on it wakes.
    """

    pronunciations: tuple[tuple[str, ...], ...]
    candidate: float
    wait: float
    delay: float
    score_weight: float
    llr_weight: float
    offset: float
    accept: float

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Judgement:
        words = tuple(tuple(pronunciation) for pronunciation in entry["pronunciations"])
        return cls(**{**entry, "pronunciations": words})

    def probability(self, score: float, llr: float) -> float:
        """`score`: the wake model's, 0…1."""
        return logistic(self.score_weight * log_odds(score) + self.llr_weight * llr + self.offset)


class SecondLook:
    """The acoustic model as a judge of wake words."""

    def __init__(self, acoustic: AcousticModel) -> None:
        self._acoustic = acoustic

    def llr(self, frames: Features, pronunciations: Sequence[Sequence[str]]) -> float:
        """Of the best of `pronunciations` in log-mel `frames` (n, mels); −∞ if they are too few for it."""
        posteriors = self._acoustic.of_features(frames)
        ratios = phone_ratios(posteriors, self._acoustic.log_prior)
        index = {phone: number for number, phone in enumerate(self._acoustic.phones)}
        return max(best_path(ratios[:, [index[phone] for phone in word]]) for word in pronunciations)


def phone_ratios(posteriors: Posteriors, log_prior: Posteriors) -> Posteriors:
    """(frames, phones): each phone's score less the background's."""
    scores = posteriors - PRIOR_SCALE * log_prior
    return np.asarray(scores - scores.max(axis=1, keepdims=True) + BACKGROUND)


def best_path(ratios: Posteriors) -> float:
    """The highest sum over a stretch of (frames, phones of a word), each phone in turn for ≥ 1 frame."""
    path = np.full(ratios.shape[1], -np.inf)
    best = -math.inf
    for row in ratios:
        path = np.maximum(path, np.concatenate(([0.0], path[:-1]))) + row
        best = max(best, float(path[-1]))
    return best


def log_odds(probability: float) -> float:
    clipped = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(clipped / (1 - clipped))
