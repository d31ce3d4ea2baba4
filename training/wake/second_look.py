"""`mynah-train second-look`: teaches a wake bundle how far to trust the acoustic model's second look.

What raises the small model's score even a little is looked at again: the phrase by voices and people that its
training left out, clean and in noise, and hours of speech without the phrase. How much the llr counts beside
the score is what leaves the fewest misses at the rates of false accepts that matter; a logistic regression on
the sum makes it a probability. All of it runs the device's code on the int8 bundles.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr
from tqdm import tqdm

from device.audio.frontend import features
from device.audio.wav import read
from device.engine.bundle import Bundle
from device.events import SAMPLE_RATE, Samples
from device.hearing.acoustic import AcousticModel
from device.hearing.logistic import logistic
from device.hearing.second_look import Judgement, SecondLook, log_odds
from device.hearing.triggers import Candidate
from device.hearing.wake import PIECE, WakeModel, Word
from training.corpus import manifest, synthesis
from training.corpus.noises import CLEAN, Noises
from training.json_files import annotate
from training.regression import logistic_regression
from training.wake import people
from training.wake.corpus import PARTS, chooses, is_left_out, says, trimmed
from training.wake.measure import apart, phrases
from training.wake.phrases import Phrase

RATIOS = (CLEAN, 15.0, 10.0, 5.0)
CANDIDATE = 0.08
"""The score from which on there is a second look: some twenty times an hour of talk."""
WAIT = 0.2
"""Seconds after that: by then the score is at its highest."""
LATE = 0.03
"""Seconds by which the word's end is rather told too late: its tail must not be taken for the command."""
FALSE_ACCEPTS = 0.1
"""An hour of speech: one in ten hours, as the best of the field are compared at."""
RATES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""False accepts an hour at which misses are counted."""
SHARES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.2)
SPEEDS = (1.0, 0.89, 1.12)
"""At which the speech is played that sets thresholds."""
TAIL = 30
"""Candidates of other speech by which the threshold is set."""
RIDGE = 1e-2
"""There are few candidates: a line often parts them, and unchecked weights would grow for ever."""


class Watch:
    """A wake bundle that tells all it takes for one of its words, in any degree, with the llr of each."""

    def __init__(self, bundle: Bundle, word: str, look: SecondLook) -> None:
        """`look` judges by the bundle's entry for `word`."""
        self.word = word
        self._model = WakeModel(bundle, second_look=look)

    def candidates(self, samples: Samples) -> Iterator[Candidate]:
        self._model.reset()
        frames = features(samples)
        step = PIECE // self._model.features.hop
        for first in range(0, len(frames), step):
            yield from self._of_word(self._model.listen(frames[first : first + step])[1])
        yield from self._of_word(self._model.ripen())

    def _of_word(self, found: list[tuple[Word, Candidate]]) -> list[Candidate]:
        return [candidate for word, candidate in found if word.name == self.word]


def sayings(word: str, run: Path | None, count: int) -> list[Samples]:
    """What the second look learns from: the phrase by voices that training left out, and what the training
    `run` keeps of people's."""
    voices = [voice for voice in synthesis.TRAINING_VOICES if is_left_out(voice)]
    kept = people.trials(run, people.CHOICE, word) if run else []
    return [*phrases(Phrase(word), voices, count, seed=31), *(trimmed(read(item.path)) for item in kept)]


def spoken(watch: Watch, noises: Noises, said: Sequence[Samples]) -> tuple[list[Candidate], float]:
    """The best candidate of each saying of the phrase at each ratio; score 0 where there is none.

    And the median of the seconds from the phrase's end to the candidate.
    """
    edge = np.zeros(3 * SAMPLE_RATE // 2, np.int16)
    found, delays = [], []
    for number, samples in enumerate(tqdm(said, "phrases")):
        padded = np.concatenate((edge, samples, edge))
        for ratio in RATIOS:
            heard = watch.candidates(noises.behind(padded, ratio, number))
            found.append(max(heard, key=nearness, default=Candidate(0.0, 0, -100.0)))
            if found[-1].score > 0:
                delays.append((found[-1].at - len(edge) - len(samples)) / SAMPLE_RATE)
    return found, float(np.median(delays))


def unspoken(watch: Watch, data: Path) -> tuple[list[Candidate], float]:
    """The candidates in speech of the people who set thresholds, and its hours.

    Each is heard at SPEEDS, which makes another voice of it: an hour is little to tell rare things by.
    """
    found: list[Candidate] = []
    length = 0
    for folder in (folder for part in PARTS for folder in sorted((data / part).glob("*/"))):
        kept = [
            item
            for item in manifest.read_manifest(folder)
            if chooses(item.speaker) and not says(item.text, [watch.word])
        ]
        for first in tqdm(range(0, len(kept), 50), folder.name):
            samples = np.concatenate([read(item.path) for item in kept[first : first + 50]])
            for speed in SPEEDS:
                played = soxr.resample(samples, SAMPLE_RATE * speed, SAMPLE_RATE)
                found += one_each(watch.candidates(played))
                length += len(played)
    return found, length / SAMPLE_RATE / 3600


def one_each(found: Iterable[Candidate]) -> list[Candidate]:
    """Of candidates less than a second from one another that which comes nearest to waking."""
    return apart(found, SAMPLE_RATE, nearness, lambda one: one.at)


def nearness(one: Candidate) -> float:
    """How near a candidate comes to waking, before it is known how much the llr counts."""
    return log_odds(one.score) + 0.1 * (one.llr or 0.0)


def observed(found: list[Candidate]) -> npt.NDArray[np.float64]:
    return np.array([(log_odds(one.score), one.llr) for one in found], np.float64).reshape(-1, 2)


def judgements(
    bundle: Bundle, acoustic: Bundle, data: Path, count: int, run: Path | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entries `words` for the wake bundle's `decision` with second looks, and what was seen, by word."""
    words, seen = dict(bundle.decision["words"]), {}
    for word in bundle.labels:
        found, seen[word] = judgement(bundle, word, acoustic, data, count, run)
        words[word] = {**words[word], "second_look": dataclasses.asdict(found)}
    return words, seen


def judgement(
    bundle: Bundle, word: str, acoustic: Bundle, data: Path, count: int, run: Path | None
) -> tuple[Judgement, dict[str, Any]]:
    """The second look of one word, and what was seen."""
    words = tuple(sorted(Phrase(word).pronunciations))
    first = Judgement(words, CANDIDATE, WAIT, 0.0, 1.0, 0.1, 0.0, 0.0)
    entries = {name: {**entry} for name, entry in bundle.decision["words"].items()}
    for name, entry in entries.items():
        entry.pop("second_look", None)
        if name == word:
            entry["second_look"] = dataclasses.asdict(first)
    open_minded = dataclasses.replace(bundle, decision={**bundle.decision, "words": entries})
    watch = Watch(open_minded, word, SecondLook(AcousticModel(acoustic)))
    said, delay = spoken(watch, Noises(data / "noise", trained_on=True), sayings(word, run, count))
    unsaid, hours = unspoken(watch, data)
    raised = [one for one in said if one.score > 0]
    share = llr_share(observed(raised), len(said), observed(unsaid), hours)
    x = np.concatenate((observed(raised), observed(unsaid))) @ (1.0, share)
    slope, offset = logistic_regression(x[:, None], np.arange(len(x)) < len(raised), RIDGE)
    fitted = dataclasses.replace(
        first,
        delay=round(delay - LATE, 3),
        score_weight=round(float(slope), 4),
        llr_weight=round(float(slope * share), 4),
        offset=round(float(offset), 4),
    )
    false = sorted((fitted.probability(one.score, one.llr or 0.0) for one in unsaid), reverse=True)
    true = np.array([fitted.probability(one.score, one.llr or 0.0) if one.score > 0 else 0 for one in said])
    accept = round(min(0.999, limit(false, hours)) + 1e-4, 4)
    seen = {
        "phrases": len(said),
        "candidates": len(raised),
        "hours_without_the_phrase": round(hours, 3),
        "candidates_without_the_phrase": len(unsaid),
        "false_accepts": sum(p >= accept for p in false),
        "recall_left_out": {
            "clean" if ratio == CLEAN else f"{ratio:g} dB": round(
                float(np.mean(true[i :: len(RATIOS)] >= accept)), 4
            )
            for i, ratio in enumerate(RATIOS)
        },
    }
    return dataclasses.replace(fitted, accept=accept), seen


def llr_share(
    raised: npt.NDArray[np.float64], said: int, unsaid: npt.NDArray[np.float64], hours: float
) -> float:
    """How much a nat of llr counts beside one of the score's log odds: of SHARES that with the fewest misses.

    On the average over RATES. `raised`, `unsaid`: of `observed`; `said`: all sayings, of which some raised
    nothing. A regression would look at the many that are easy, and there the llr tells all.
    """

    def missed(share: float) -> float:
        true, false = raised @ (1.0, share), np.sort(unsaid @ (1.0, share))[::-1]
        limits = [false[min(int(rate * hours), len(false) - 1)] for rate in RATES] if len(false) else []
        return float(np.mean([said - np.sum(true > limit) for limit in limits])) if limits else 0.0

    return min(SHARES, key=missed)


def limit(false: Sequence[float], hours: float) -> float:
    """The probability that other speech reaches FALSE_ACCEPTS times an hour; `false`: the highest first.

    The highest of an hour is a matter of luck. The TAIL highest tell how fast they become rarer: in log odds
    by a generalized Pareto distribution, fitted by its moments (Hosking and Wallis 1987). So few tell its
    shape badly, which is therefore put half-way between what they say and an exponential tail.
    """
    tail = np.array([log_odds(one) for one in false[: TAIL + 1]])
    if len(tail) < 2:
        return false[0] if false else 0.0
    over = tail[:-1] - tail[-1]
    mean, spread = float(over.mean()), float(over.var())
    shape = min(0.25 * (1 - mean * mean / max(spread, 1e-9)), -1e-6)
    rarer = max(1.0, len(over) / (FALSE_ACCEPTS * hours))
    x = float(tail[-1]) + mean * (1 - shape) * (rarer**shape - 1) / shape
    return logistic(x)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, required=True, help="the wake bundle to extend")
    parser.add_argument("--hearing", type=Path, required=True, help="the acoustic model's bundle")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with speech/, wake/, negative/, noise/"
    )
    parser.add_argument("--run", type=Path, help="folder of the training run, with what people say")
    parser.add_argument("--count", type=int, default=200, help="how often voices say the phrase")


def run(arguments: argparse.Namespace) -> None:
    bundle, acoustic = Bundle.load(arguments.bundle, "wake"), Bundle.load(arguments.hearing, "hearing")
    words, seen = judgements(bundle, acoustic, arguments.data, arguments.count, arguments.run)
    file = arguments.bundle / "bundle.json"
    annotate(file, {"decision": {"words": words}, "measured": {"second_look": seen}})
    print(json.dumps({"words": words, "seen": seen}, indent=1))
