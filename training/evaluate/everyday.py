"""`mynah-train evaluate everyday`: what people say to a home, most of which is no command, spoken.

A line is right where what is heard means the same as the line means when it is typed, or nothing where that
means nothing; refused where it means something and nothing is made of it; wrong where something else is done
or answered. Lines are spoken by synthetic voices that training never heard, or are recordings.
"""

from __future__ import annotations

import argparse
import enum
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from device.assembly.stages import make_assistant
from device.audio.pcm import CHUNK, chunked
from device.audio.wav import read
from device.errors import MynahError
from device.events import Intent, Request, Samples, Transcript
from device.settings import Settings
from training.corpus import synthesis
from training.corpus.manifest import read_manifest
from training.corpus.noises import Noises, ratio_name
from training.evaluate import parallel
from training.evaluate.intervals import share_with_interval

VOICES = 10
"""Synthetic voices that say the lines, two of flite's and eight of espeak-ng's."""


class Kind(enum.Enum):
    RIGHT = "right"
    REFUSED = "refused"
    WRONG_ACTION = "wrong action"
    WRONG_REPLY = "wrong reply"


class Spoken(NamedTuple):
    text: str
    speaker: str
    samples: Samples


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one line at one ratio. `meant`: it means something when typed."""

    ratio: float
    text: str
    speaker: str
    meant: bool
    kind: Kind
    heard: str
    confidence: float


def judged(typed: Sequence[Intent], heard: Sequence[Intent], acts: bool) -> Kind:
    """What a line asks for against what was heard; `acts`: something is sent to an appliance for that."""
    if _plain_intents(typed) == _plain_intents(heard):
        return Kind.RIGHT
    if not heard:
        return Kind.REFUSED
    return Kind.WRONG_ACTION if acts else Kind.WRONG_REPLY


def _plain_intents(intents: Sequence[Intent]) -> list[tuple[str, dict[str, object]]]:
    """However sure they are."""
    return [(intent.name, dict(intent.slots)) for intent in intents]


class Measure:
    """Runs in a worker: an assistant, and one recording after another at every ratio."""

    def __init__(self, settings: Settings, noise: Path | None) -> None:
        self._assistant = make_assistant(settings, push_to_talk=True)
        self._noises = Noises(noise) if noise else None

    def __call__(self, number: int, spoken: Spoken, ratios: Sequence[float]) -> list[Outcome]:
        acts = self._assistant.acts(Transcript(spoken.text, 1.0))
        typed = [act.intent for act in acts if isinstance(act, Request)]
        outcomes = []
        for ratio in ratios:
            noisy = self._noises.behind(spoken.samples, ratio, number) if self._noises else spoken.samples
            turn = self._assistant.push_to_talk(chunked([noisy], CHUNK))
            heard = turn.transcript or Transcript("", 0.0)
            kind = judged(typed, turn.intents, bool(turn.commands))
            told = heard.text, heard.confidence
            outcomes.append(Outcome(ratio, spoken.text, spoken.speaker, bool(typed), kind, *told))
        return outcomes


def said(lines: Sequence[str]) -> Iterator[Spoken]:
    """Each of `lines` by one of VOICES voices in turn."""
    rms = [voice for voice in synthesis.HELD_OUT_VOICES if voice.engine == "flite"]
    formant = [voice for voice in synthesis.HELD_OUT_VOICES if voice.engine != "flite"]
    step = len(formant) // (VOICES - 2) + 1  # another accent, and another speaker
    voices = [*rms * 2, *formant[::step]]
    drawn = [synthesis.Utterance(line, voices[number % len(voices)]) for number, line in enumerate(lines)]
    for utterance, samples in zip(drawn, synthesis.speak_all(drawn), strict=True):
        yield Spoken(utterance.text, str(utterance.voice), samples)


def recorded(folder: Path) -> Iterator[Spoken]:
    """The recordings of a manifest, whose texts are the lines."""
    for item in read_manifest(folder):
        yield Spoken(item.text, item.speaker, read(item.path))


def report(outcomes: Sequence[Outcome], ratios: Sequence[float]) -> str:
    """A line for each ratio: what was made of lines that mean something and of others; and what was wrong."""
    lines = []
    for ratio in ratios:
        part = [one for one in outcomes if one.ratio == ratio]
        wrong, low, high = share_with_interval(sum(one.kind is Kind.WRONG_ACTION for one in part), len(part))
        counts = {meant: Counter(one.kind for one in part if one.meant == meant) for meant in (True, False)}
        told = "; ".join(
            f"{'meant' if meant else 'not meant'}: "
            + ", ".join(f"{found[kind]} {kind.value}" for kind in Kind if found[kind])
            for meant, found in counts.items()
        )
        lines.append(
            f"{ratio_name(ratio)}: {len(part)} lines, wrong actions {wrong:.1%} ({low:.1%}–{high:.1%}); "
            + told
        )
    bad = [one for one in outcomes if one.kind in (Kind.WRONG_ACTION, Kind.WRONG_REPLY)]
    lines += [
        f"  {ratio_name(one.ratio):>6}  {one.text!r} by {one.speaker}: {one.heard!r} ({one.confidence:.2f})"
        for one in bad
    ]
    return "\n".join(lines)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--lines", type=Path, help="text file, a line each, spoken by held-out voices")
    what.add_argument("--recordings", type=Path, help="folder with a manifest.tsv of such lines, recorded")


def run(arguments: argparse.Namespace, settings: Settings, ratios: Sequence[float]) -> None:
    if arguments.lines:
        if not arguments.lines.is_file():
            raise MynahError(f"{arguments.lines} does not exist: name a text file with a line each")
        texts = arguments.lines.read_text(encoding="utf-8").splitlines()
        spoken = said([text for text in texts if text.strip()])
        total = sum(bool(text.strip()) for text in texts)
    else:
        spoken, total = recorded(arguments.recordings), len(read_manifest(arguments.recordings))
    tasks = ((number, one, ratios) for number, one in enumerate(spoken))
    make = partial(Measure, settings, arguments.noise)
    outcomes = list(chain.from_iterable(parallel.each(make, tasks, total, "everyday", arguments.jobs)))
    print(report(outcomes, ratios))
    if arguments.json:
        rows = [_plain(one) for one in outcomes]
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _plain(outcome: Outcome) -> dict[str, object]:
    ratio = ratio_name(outcome.ratio)
    return {
        "noise": ratio,
        "text": outcome.text,
        "speaker": outcome.speaker,
        "meant": outcome.meant,
        "kind": outcome.kind.value,
        "heard": outcome.heard,
        "confidence": round(outcome.confidence, 4),
    }
