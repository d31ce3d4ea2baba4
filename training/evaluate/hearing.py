"""`mynah-train evaluate hearing`: recordings of commands and of other speech, heard by the device's own code.

A label is `slot=value; …`, right where every slot named has its value, or the words that were said, right
where what was heard means the same. Other speech is right where nothing is done. All of it push-to-talk: a
recording's end is the end of the command.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from device.assembly.stages import make_home, make_understanding
from device.audio.wav import read
from device.events import SAMPLE_RATE, Intent, Samples, Transcript
from device.settings import Settings
from training.corpus.noises import Noises, ratio_name
from training.edits import distance
from training.evaluate.intervals import share_with_interval
from training.evaluate.listeners import Hypothesis, Listener, Mynah
from training.evaluate.sphinx import PocketSphinx


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording of a command with its label, or of other speech: `label` None."""

    path: Path
    label: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One clip at one ratio by one listener.

    `meant`: the text means something that would be done; `fits`: it means what the label says. Both as if
    nothing were rejected: what is done is what has at least the listener's threshold of confidence.
    """

    listener: str
    ratio: float
    clip: Clip
    heard: Hypothesis
    meant: bool
    fits: bool
    word_errors: int
    words: int
    seconds: float

    @property
    def is_command(self) -> bool:
        return self.clip.label is not None


class Judge:
    """Whether a text means what a label says."""

    def __init__(self, settings: Settings) -> None:
        self._understanding = make_understanding(settings, make_home(settings))

    def knows(self, label: str) -> bool:
        """Whether what `label` says can be meant at all; of slots, whether they can be read."""
        return "=" in label or self.meaning(label) is not None

    def meaning(self, text: str | None) -> Intent | None:
        if text is None:
            return None
        found = self._understanding.understand(Transcript(text, 1.0))
        return found if isinstance(found, Intent) else None

    def fits(self, label: str, meaning: Intent | None) -> bool:
        if meaning is None:
            return False
        if "=" in label:
            wanted = dict(part.strip().split("=", 1) for part in label.split(";") if "=" in part)
            return all(str(meaning.slots.get(name)) == value for name, value in wanted.items())
        said = self.meaning(label)
        return said is not None and (said.name, said.slots) == (meaning.name, meaning.slots)


class Measure:
    """Runs in a worker: every listener on one clip after another, at every ratio."""

    def __init__(self, listeners: Sequence[Listener], judge: Judge, noise: Path | None) -> None:
        self._listeners, self._judge = listeners, judge
        self._noises = Noises(noise) if noise else None

    @classmethod
    def of(cls, settings: Settings, noise: Path | None, pocketsphinx: bool) -> Measure:
        listeners: list[Listener] = [Mynah(settings)]
        if pocketsphinx:
            listeners.append(PocketSphinx(settings))
        return cls(listeners, Judge(settings), noise)

    def __call__(self, number: int, clip: Clip, ratios: Sequence[float]) -> list[Outcome]:
        samples = read(clip.path)
        outcomes = []
        for ratio in ratios:
            noisy = self._noises.behind(samples, ratio, number) if self._noises else samples
            outcomes += [self._one(listener, clip, ratio, noisy) for listener in self._listeners]
        return outcomes

    def _one(self, listener: Listener, clip: Clip, ratio: float, samples: Samples) -> Outcome:
        heard = listener.listen(samples)
        meaning = self._judge.meaning(heard.text)
        label = clip.label
        said = label.split() if label is not None and "=" not in label else []
        return Outcome(
            listener.name,
            ratio,
            clip,
            heard,
            meant=meaning is not None,
            fits=label is not None and self._judge.fits(label, meaning),
            word_errors=distance(said, (heard.text or "").split()) if said else 0,
            words=len(said),
            seconds=len(samples) / SAMPLE_RATE,
        )


def curve(outcomes: Iterable[Outcome]) -> list[tuple[float, float, float]]:
    """(threshold, share of other speech acted on, share of commands done right), from lax to strict.

    The last threshold is one that nothing reaches.
    """
    everything = list(outcomes)
    commands = np.sort([o.heard.confidence for o in everything if o.is_command and o.fits])
    others = np.sort([o.heard.confidence for o in everything if not o.is_command and o.meant])
    spoken = max(sum(o.is_command for o in everything), 1)
    unspoken = max(sum(not o.is_command for o in everything), 1)
    return [
        (
            float(threshold),
            float(len(others) - np.searchsorted(others, threshold)) / unspoken,
            float(len(commands) - np.searchsorted(commands, threshold)) / spoken,
        )
        for threshold in np.unique(np.concatenate(([0.0, np.inf], commands, others)))
    ]


def table(outcomes: Sequence[Outcome], thresholds: Mapping[str, float]) -> Iterator[Mapping[str, Any]]:
    """A row for each listener and ratio. `thresholds`: by the listener's name."""
    for listener, threshold in thresholds.items():
        for ratio in sorted({o.ratio for o in outcomes}, reverse=True):
            part = [o for o in outcomes if o.listener == listener and o.ratio == ratio]
            sure = [o for o in part if o.heard.confidence >= threshold]
            commands = [o for o in part if o.is_command]
            others = len(part) - len(commands)
            share, low, high = share_with_interval(sum(o.fits for o in sure), len(commands))
            words = sum(o.words for o in commands)
            acts = sum(o.meant and not o.is_command for o in sure)
            yield {
                "listener": listener,
                "noise": ratio_name(ratio),
                "commands": len(commands),
                "right": round(share, 4) if commands else None,
                "interval": [round(low, 4), round(high, 4)] if commands else None,
                "right_unrejected": _share(sum(o.fits for o in commands), len(commands)),
                "wrong": _share(sum(o.meant and o.is_command and not o.fits for o in sure), len(commands)),
                "word_error_rate": _share(sum(o.word_errors for o in commands), words),
                "others": others,
                "others_acted_on": _share(acts, others),
                "real_time_factor": round(sum(o.heard.work for o in part) / sum(o.seconds for o in part), 4),
            }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def report(rows: Sequence[Mapping[str, Any]], outcomes: Sequence[Outcome], wrong: int = 12) -> str:
    """The table as text, and some of what went wrong."""
    heads = ("right", "95 % interval", "unrejected", "wrong", "WER", "others", "RTF")
    lines = ["{:>12} {:>7} {:>7} {:>7} {:>15} {:>10} {:>6} {:>6} {:>7} {:>7}".format(
        "", "noise", "clips", *heads
    )]  # fmt: skip
    for row in rows:
        shares = ("right", "right_unrejected", "wrong", "word_error_rate", "others_acted_on")
        right, unrejected, mistaken, errors, acted = (
            "–" if row[name] is None else f"{row[name]:.1%}" for name in shares
        )
        interval = "{:.1%}…{:.1%}".format(*row["interval"]) if row["interval"] else "–"
        lines.append(
            f"{row['listener']:>12} {row['noise']:>7} {row['commands'] + row['others']:>7}"
            f" {right:>7} {interval:>15} {unrejected:>10} {mistaken:>6} {errors:>6}"
            f" {acted:>7} {row['real_time_factor']:>7.4f}"
        )
    failed = [o for o in outcomes if o.is_command and not o.fits][:wrong]
    lines += [
        f"  {o.listener}, {ratio_name(o.ratio)}: {o.clip.label!r} in {o.clip.path.name}: {o.heard.text!r}"
        f" ({o.heard.confidence:.2f})"
        for o in failed
    ]
    return "\n".join(lines)


def write(rows: Sequence[Mapping[str, Any]], outcomes: Iterable[Outcome], file: Path) -> None:
    """The table, and our curve over all ratios as (threshold, others acted on, commands right), as JSON."""
    ours = [[round(x, 4) for x in point] for point in curve(o for o in outcomes if o.listener == Mynah.name)][
        :-1
    ]
    file.write_text(json.dumps({"table": list(rows), "curve": ours}, indent=1) + "\n")
