"""How good the reading of texts is: accuracy, precision, recall, F1, slots, calibration, refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.understanding.encoder import softmax
from device.understanding.tagging import Span

Floats = npt.NDArray[np.float32]
LOST = 0.03
"""The share of sentences in scope that refusal may cost."""


@dataclass(frozen=True, slots=True)
class Averages:
    """Means over the labels that occur, each label as heavy (macro)."""

    precision: float
    recall: float
    f1: float


def macro(truth: Sequence[str], found: Sequence[str]) -> Averages:
    """Over the labels in `truth`; a label that is never found has precision 0."""
    right = Counter(one for one, other in zip(truth, found, strict=True) if one == other)
    said, meant = Counter(found), Counter(truth)
    rows = [(right[one] / max(said[one], 1), right[one] / meant[one]) for one in meant]
    f1 = [2 * precision * recall / max(precision + recall, 1e-12) for precision, recall in rows]
    precision, recall = np.mean(rows, axis=0)
    return Averages(float(precision), float(recall), float(np.mean(f1)))


def slot_f1(truth: Sequence[Sequence[Span]], found: Sequence[Sequence[Span]]) -> float:
    """Over all slots; one is right where its name and its words are (CoNLL 2000)."""
    right = sum(len(set(one) & set(other)) for one, other in zip(truth, found, strict=True))
    total = sum(map(len, truth)) + sum(map(len, found))
    return 2 * right / total if total else 1.0


def calibration_error(probability: Floats, right: npt.NDArray[np.bool_], bins: int = 15) -> float:
    """Expected calibration error (Naeini et al. 2015): by `bins` parts of [0, 1]."""
    inside = np.minimum((probability * bins).astype(int), bins - 1)
    counts = np.bincount(inside, minlength=bins)
    away = np.abs(np.bincount(inside, probability - right, minlength=bins))
    return float(away.sum() / max(counts.sum(), 1))


def calibration_interval(
    probability: Floats, right: npt.NDArray[np.bool_], draws: int = 300, seed: int = 1
) -> tuple[float, float]:
    """The middle 95 % of the calibration errors of samples drawn from these, with replacement."""
    rng = np.random.default_rng(seed)
    rows = (rng.integers(0, len(right), len(right)) for _ in range(draws))
    errors = [calibration_error(probability[row], right[row]) for row in rows]
    low, high = np.quantile(errors, (0.025, 0.975))
    return float(low), float(high)


def fit_temperature(logits: Floats, truth: npt.NDArray[np.int32]) -> float:
    """The temperature with the least mean negative log-likelihood (Guo et al. 2017), of 0.25 … 8."""
    candidates = np.exp(np.linspace(np.log(0.25), np.log(8.0), 121))
    rows = np.arange(len(truth))

    def nats(temperature: float) -> float:
        return float(-np.log(softmax(logits, temperature)[rows, truth] + 1e-12).mean())

    return round(float(min(candidates, key=nats)), 4)


def threshold(in_scope: Floats, lost: float = LOST) -> float:
    """The highest probability below which at most `lost` of the sentences in scope fall."""
    ordered = np.sort(in_scope)
    return float(ordered[int(lost * len(ordered))]) if len(ordered) else 0.0
