"""A wake word learns a voice from a few of its sayings, on the device: what it decides by, not the model.

Two things change. The second look also knows the phrase as this voice says it: pronunciations in which a
phone or two are others, where the acoustic model hears them so in all sayings together. And the score that
makes a candidate, and the probability that wakes, come down to what this voice reaches, as far as the other
speech that the bundle was measured on lets them: see `Others`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from device.audio.frontend import features
from device.engine.bundle import Bundle
from device.errors import AudioError
from device.events import SAMPLE_RATE, Samples
from device.hearing.acoustic import AcousticModel, Posteriors
from device.hearing.logistic import logistic
from device.hearing.second_look import Judgement, SecondLook, best_path, log_odds, phone_ratios
from device.hearing.wake import PIECE, WakeModel

Pronunciation = tuple[str, ...]

LEAST_CANDIDATE = 0.02
"""The score below which there is never a second look."""
MARGIN = 0.5
"""What is asked of a voice, as a share of the least (score, or odds) that it reached while it was learnt."""
EDITS = 2
"""Phones of a pronunciation that may be others."""
WORTH = 2.0
"""Nats a saying by which another phone must fit better."""
FALSE_ACCEPTS = 1.0
"""An hour, of what the bundle was measured on: the threshold does not go below what lets these pass."""


@dataclass(frozen=True, slots=True)
class Others:
    """A bundle's `measured["others"]` of a word: the highest probabilities in `hours` without it."""

    hours: float
    probabilities: tuple[float, ...]

    @classmethod
    def of(cls, measured: Mapping[str, Any], word: str) -> Others | None:
        entry = measured.get("others", {}).get(word)
        return cls(float(entry["hours"]), tuple(entry["probabilities"])) if entry else None

    def threshold(self, rate: float) -> float:
        """The lowest with at most `rate` false accepts an hour, as far as is known."""
        ordered = sorted(self.probabilities, reverse=True)
        allowed = math.floor(rate * self.hours)
        if allowed < len(ordered):
            return math.nextafter(ordered[allowed], 1.0)
        return ordered[-1] if ordered else 0.0


@dataclass(frozen=True, slots=True)
class Adapted:
    """What the bundle's decision says of the word, for a voice; each saying's probability by old and new."""

    entry: Mapping[str, Any]
    before: tuple[float, ...]
    after: tuple[float, ...]

    @property
    def threshold(self) -> float:
        """The probability that wakes."""
        look = self.entry.get("second_look")
        return float(look["accept"] if look else self.entry["threshold"])


class _Notes(SecondLook):
    """A second look that keeps what it saw."""

    def __init__(self, acoustic: AcousticModel) -> None:
        super().__init__(acoustic)
        self.acoustic = acoustic
        self.seen: list[Posteriors] = []

    def llr(self, frames: Posteriors, pronunciations: Sequence[Sequence[str]]) -> float:
        self.seen.append(phone_ratios(self.acoustic.of_features(frames), self.acoustic.log_prior))
        return fit(self.seen[-1], pronunciations, self.acoustic.phones)


@dataclass(frozen=True, slots=True)
class _Saying:
    """The best score of a saying, and the phone ratios of what led to it, where there was a second look."""

    score: float
    ratios: Posteriors | None


def adapted(bundle: Bundle, word: str, acoustic: AcousticModel, sayings: Sequence[Samples]) -> Adapted:
    """How the wake `bundle` decides on `word` after `sayings`, each one utterance of it.

    As before where the bundle does not tell what other speech reaches. AudioError for a saying of something
    else.
    """
    entry, others = bundle.decision["words"][word], Others.of(bundle.measured, word)
    if "second_look" not in entry:
        scores = [_heard(bundle, word, None, samples).score for samples in sayings]
        threshold = _lowered(float(entry["threshold"]), scores, others)
        return Adapted({**entry, "threshold": threshold}, tuple(scores), tuple(scores))
    judgement, notes = Judgement.of(entry["second_look"]), _Notes(acoustic)
    heard = [_heard(bundle, word, notes, samples) for samples in sayings]
    for number, one in enumerate(heard, start=1):
        if one.ratios is None:
            raise AudioError(
                f"saying {number} is not like {word!r} at all: say it again, and nothing else; if that"
                " does not help, the recordings that --keep keeps are for mynah-train wake --recordings"
            )
    if others is None:  # nobody knows what it would do
        before = _probabilities(judgement, heard, acoustic.phones)
        return Adapted(entry, before, before)
    seen = [one.ratios for one in heard if one.ratios is not None]
    own = variants(seen, judgement.pronunciations, acoustic.phones)
    candidate = min(judgement.candidate, max(LEAST_CANDIDATE, MARGIN * min(one.score for one in heard)))
    known = dataclasses.replace(
        judgement, pronunciations=(*judgement.pronunciations, *own), candidate=round(candidate, 4)
    )
    after = _probabilities(known, heard, acoustic.phones)
    new = dataclasses.replace(known, accept=_lowered(known.accept, after, others))
    return Adapted(
        {**entry, "second_look": dataclasses.asdict(new)},
        _probabilities(judgement, heard, acoustic.phones),
        after,
    )


def _probabilities(by: Judgement, heard: Sequence[_Saying], phones: Sequence[str]) -> tuple[float, ...]:
    return tuple(
        by.probability(one.score, fit(one.ratios, by.pronunciations, phones))
        if one.ratios is not None and one.score >= by.candidate
        else 0.0
        for one in heard
    )


def _heard(bundle: Bundle, word: str, notes: _Notes | None, samples: Samples) -> _Saying:
    words = {
        name: {key: value for key, value in entry.items() if key != "second_look" or name == word}
        for name, entry in bundle.decision["words"].items()
    }
    if notes is not None:
        words[word]["second_look"] = {**words[word]["second_look"], "candidate": LEAST_CANDIDATE}
        notes.seen.clear()
    open_minded = dataclasses.replace(bundle, decision={**bundle.decision, "words": words})
    model = WakeModel(open_minded, second_look=notes)
    edge = np.zeros(SAMPLE_RATE, np.int16)
    frames = features(np.concatenate((edge, samples, edge)))
    step, best, ripe = PIECE // bundle.features.hop, 0.0, []
    for first in range(0, len(frames), step):
        scores, candidates = model.listen(frames[first : first + step])
        best = max(best, float(scores[word].max(initial=0.0)))
        ripe += candidates
    found = [candidate for own, candidate in [*ripe, *model.ripen()] if own.name == word]
    if notes is None or not found:
        return _Saying(best, None)
    number = int(np.argmax([one.score for one in found]))
    return _Saying(found[number].score, notes.seen[number])


def fit(ratios: Posteriors, pronunciations: Sequence[Sequence[str]], phones: Sequence[str]) -> float:
    """The llr of the best of `pronunciations`: see `device.hearing.second_look`."""
    return max(best_path(ratios[:, [phones.index(one) for one in word]]) for word in pronunciations)


def variants(
    seen: Sequence[Posteriors], pronunciations: Sequence[Pronunciation], phones: Sequence[str]
) -> list[Pronunciation]:
    """The pronunciation that fits best with up to EDITS phones replaced, if it fits all of `seen` better."""
    if not seen:
        return []

    def fits(word: Pronunciation) -> float:
        return sum(fit(ratios, [word], phones) for ratios in seen)

    best = start = max(pronunciations, key=fits)
    for _ in range(EDITS):
        tried = [
            (*best[:place], phone, *best[place + 1 :])
            for place in range(len(best))
            for phone in phones[1:]
            # One that its neighbour is would fit as well, and say nothing.
            if phone not in best[max(0, place - 1) : place + 2]
        ]
        nearest = max(tried, key=fits)
        if fits(nearest) < fits(best) + WORTH * len(seen):
            break
        best = nearest
    return [] if best == start else [best]


def _lowered(threshold: float, reached: Sequence[float], others: Others | None) -> float:
    """`threshold`, or less: what leaves the least of `reached` a margin and `others` asleep."""
    own = logistic(log_odds(min(reached)) + math.log(MARGIN))
    floor = others.threshold(FALSE_ACCEPTS) if others else threshold
    lowest = math.ceil(max(own, floor) * 1e6) / 1e6
    return min(threshold, lowest)
