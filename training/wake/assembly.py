"""Phrases put together from sounds of real people, as unit-selection synthesis does.

A synthetic voice says any phrase, but a model that meets its phrase from synthetic voices alone learns that
it is synthetic. Real people said other words. What they said is cut in the middle of its phones, where
sounds change least, and joined anew: each piece has two phones or more as one person spoke them, brought to
the loudness and colour of the first piece (Hunt and Black 1996, of whom this keeps the join cost).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import fftconvolve, firwin2

from device.audio.frontend import FrontEndSettings
from device.audio.wav import read
from device.events import SAMPLE_RATE, Samples
from training.corpus import augment
from training.corpus.store import Item, Recording
from training.hearing.labels import Key

Phones = tuple[str, ...]
Floats = npt.NDArray[np.float32]

LONGEST = 5
"""Phones of a piece, at most: a longer one is hardly ever found twice."""
TRIED = 24
"""Occurrences of a piece that are compared at a join."""
OUTPUT, HOP = 0.03, 0.01
"""Seconds of an output frame of the acoustic model, and of a feature frame."""
PAUSED, PAUSE = 0.25, 0.08
"""How often there is a pause between two words, and its mean in seconds."""
FADE = 0.012
"""Seconds over which one piece gives way to the next."""
MARGIN = 0.02
"""Seconds kept before the first phone and after the last: alignments are about that exact."""
STRONGEST = 2.5
"""Nats by which a band is raised or lowered, at most."""
TAPS = 129


@dataclass(frozen=True, slots=True)
class Cut:
    """Part of a recording, in seconds, and what to add to each mel band, in nats of energy.

    `number`: of the utterance in its inventory. `pause`: seconds of silence after it.
    """

    number: int
    path: Path
    begin: float
    end: float
    gains: tuple[float, ...]
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Assembled:
    """A phrase in pieces; `speaker`: who speaks the first."""

    text: str
    speaker: str
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class Spoken:
    """One utterance as it was aligned: phone i lasts over output frames [bounds[i], bounds[i + 1])."""

    path: Path
    speaker: str
    phones: Phones
    bounds: npt.NDArray[np.int64]
    frames: npt.NDArray[np.float16]  # (n, mels) log-mel
    colour: Floats  # (mels,) mean of the frames with speech

    def middle(self, phone: int) -> float:
        """Seconds from the beginning to the middle of a phone."""
        return float(self.bounds[phone : phone + 2].mean()) * OUTPUT

    def spectrum(self, time: float) -> Floats:
        """(mels,) at a time, its colour taken away."""
        index = min(int(time / HOP), len(self.frames) - 1)
        return np.asarray(self.frames[index].astype(np.float32) - self.colour)


Occurrence = tuple[int, int]
"""Number of the utterance, and of the phone in it with which a piece begins."""
Piece = tuple[Phones, Occurrence]


class Inventory:
    """All pieces of the `wanted` pronunciations that occur in some utterances."""

    def __init__(self, spoken: Sequence[Spoken], wanted: Iterable[Phones]) -> None:
        self._spoken = spoken
        needed = {
            phones[i : i + n]
            for phones in wanted
            for n in range(1, LONGEST + 1)
            for i in range(len(phones) - n + 1)
        }
        self._found: dict[Phones, list[Occurrence]] = defaultdict(list)
        for number, one in enumerate(spoken):
            for i in range(len(one.phones)):
                for n in range(1, min(LONGEST, len(one.phones) - i) + 1):
                    piece = one.phones[i : i + n]
                    if piece not in needed:
                        break
                    self._found[piece].append((number, i))

    def covers(self, phones: Phones) -> bool:
        return all((phone,) in self._found for phone in phones)

    def assemble(self, text: str, words: Sequence[Phones], rng: np.random.Generator) -> Assembled:
        """Some way to say `words`, now and then with a pause between two. All phones are `covered`."""
        runs: list[Phones] = [()]
        for word in words:
            if runs[-1] and rng.random() < PAUSED:
                runs.append(())
            runs[-1] += word
        chosen = [self._pieces(run, rng) for run in runs]
        target = self._spoken[chosen[0][0][1][0]]
        cuts: list[Cut] = []
        for pieces in chosen:
            if cuts:
                pause = min(float(rng.exponential(PAUSE)), 3 * PAUSE)
                cuts[-1] = replace(cuts[-1], pause=pause)
            cuts += [self._cut(pieces, number, target.colour) for number in range(len(pieces))]
        return Assembled(text, target.speaker, tuple(cuts))

    def frames(self, assembled: Assembled) -> Floats:
        """(n, mels) log-mel features of it: as those of `load_assembled`, but for a smoother join."""
        parts: list[Floats] = []
        for cut in assembled.cuts:
            begin, end = round((cut.begin + FADE / 2) / HOP), round((cut.end - FADE / 2) / HOP)
            part = self._spoken[cut.number].frames[begin : max(end, begin + 1)].astype(np.float32)
            part += np.asarray(cut.gains, np.float32)
            if parts and len(parts[-1]) and len(part):
                parts[-1][-1] = part[0] = (parts[-1][-1] + part[0]) / 2
            parts.append(part)
            if cut.pause:
                parts.append(np.full((round(cut.pause / HOP), part.shape[1]), augment.FLOOR, np.float32))
        return np.concatenate(parts)

    def _pieces(self, phones: Phones, rng: np.random.Generator) -> list[Piece]:
        pieces: list[Piece] = []
        begin = 0
        while True:
            end = self._end(phones, begin, rng)
            piece = phones[begin:end]
            pieces.append((piece, self._choose(piece, pieces[-1] if pieces else None, rng)))
            if end == len(phones):
                return pieces
            # The next one shares this one's last phone, a half each, where somebody says such a one.
            begin = end - 1 if phones[end - 1 : end + 1] in self._found else end

    def _cut(self, pieces: Sequence[Piece], number: int, colour: Floats) -> Cut:
        piece, (spoken, first) = pieces[number]
        one, last = self._spoken[spoken], first + len(piece) - 1
        begin, end = one.bounds[first] * OUTPUT - MARGIN, one.bounds[last + 1] * OUTPUT + MARGIN
        if number:
            shared = pieces[number - 1][0][-1] == piece[0]
            begin = one.middle(first) if shared else one.bounds[first] * OUTPUT
            begin -= FADE / 2
        if number + 1 < len(pieces):
            shared = pieces[number + 1][0][0] == piece[-1]
            end = one.middle(last) if shared else one.bounds[last + 1] * OUTPUT
            end += FADE / 2
        gains = np.clip(colour - one.colour, -STRONGEST, STRONGEST).round(3)
        return Cut(spoken, one.path, max(0.0, float(begin)), float(end), tuple(gains.tolist()))

    def _end(self, phones: Phones, begin: int, rng: np.random.Generator) -> int:
        """Where a piece that begins at `begin` ends: the longer and the commoner, the likelier."""
        ends = range(begin + 1, min(begin + LONGEST, len(phones)) + 1)
        able = [end for end in ends if phones[begin:end] in self._found]
        able = [end for end in able if end > begin + 1] or able
        weights = np.array([min(len(self._found[phones[begin:end]]), 10) * (end - begin) for end in able])
        return int(rng.choice(able, p=weights / weights.sum()))

    def _choose(self, piece: Phones, before: Piece | None, rng: np.random.Generator) -> Occurrence:
        """Of some occurrences the one that goes best with the piece `before`."""
        every = self._found[piece]
        if before is None:
            return every[int(rng.integers(len(every)))]
        some = [every[i] for i in rng.choice(len(every), min(TRIED, len(every)), replace=False)]
        phones, (spoken, first) = before
        one, last = self._spoken[spoken], first + len(phones) - 1
        left = one.spectrum(one.middle(last))
        costs = []
        for number, start in some:
            other = self._spoken[number]
            right = other.spectrum(other.middle(start))
            colours = np.abs(one.colour - other.colour).mean()
            costs.append(np.abs(left - right).mean() + colours - 2.0 * (one.speaker == other.speaker))
        return some[int(np.argmin(costs))]


def spoken_of(
    items: Iterable[Item],
    features: npt.NDArray[np.float16],
    labels: Mapping[Key, npt.NDArray[np.int8]],
    names: Sequence[str],
    paths: Sequence[Path],
) -> list[Spoken]:
    """The aligned ones of `items`, which lie in `features`; `paths` by their numbers; `names` of phones."""
    found = []
    for item in items:
        aligned = labels.get((item.source, item.number))
        if aligned is None:
            continue
        changes = np.flatnonzero(np.diff(aligned)) + 1
        bounds = np.concatenate(([0], changes, [len(aligned)]))
        frames = features[item.start : item.start + item.frames]
        voiced = frames[np.repeat(aligned != 0, 3).nonzero()[0]].astype(np.float32)
        if len(voiced) < 30:
            continue
        phones = tuple(names[label] for label in aligned[bounds[:-1]])
        colour = voiced.mean(axis=0)
        found.append(Spoken(paths[item.number], item.speaker, phones, bounds, frames, colour))
    return found


def load_assembled(assembled: Assembled) -> Recording:
    """The pieces, coloured alike and joined."""
    fade = round(FADE * SAMPLE_RATE)
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    joined = np.zeros(0, np.float32)
    for cut in assembled.cuts:
        begin, end = round(cut.begin * SAMPLE_RATE), round(cut.end * SAMPLE_RATE)
        start = max(0, begin - TAPS)
        around = coloured(read(cut.path)[start : end + TAPS], cut.gains)
        part = np.pad(around[begin - start : end - start], (0, round(cut.pause * SAMPLE_RATE)))
        if len(joined) < fade or len(part) < fade:
            joined = np.concatenate((joined, part))
            continue
        overlap = joined[-fade:] * (1 - ramp) + part[:fade] * ramp
        joined = np.concatenate((joined[:-fade], overlap, part[fade:]))
    peak = float(np.abs(joined).max(initial=1.0))
    samples = np.round(joined * min(1.0, 30_000 / peak)).astype(np.int16)
    return Recording(assembled.text, assembled.speaker, samples)


def coloured(samples: Samples, gains: Sequence[float]) -> Floats:
    """`samples` with each mel band raised by its entry of `gains`, nats of energy."""
    raised = np.exp(np.asarray(gains) / 2)
    edges = np.concatenate(([0.0], mel_centres(len(gains)), [SAMPLE_RATE / 2]))
    response = firwin2(TAPS, edges, np.concatenate(([raised[0]], raised, [raised[-1]])), fs=SAMPLE_RATE)
    return np.asarray(fftconvolve(samples.astype(np.float32), response, mode="same"), np.float32)


def mel_centres(mels: int) -> npt.NDArray[np.float64]:
    """Centre frequencies of the front end's bands, Hz."""
    settings = FrontEndSettings()
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in (settings.low, settings.high))
    return np.asarray(700 * (10 ** (np.linspace(low, high, mels + 2)[1:-1] / 2595) - 1))
