"""`mynah-train evaluate dialogues`: what is said in conversations, by synthetic voices that no training used.

Each recording is one utterance, heard push-to-talk through the device's own code. It is right where what
comes of it (commands, changes of memory, and whether something is asked) is what comes of it typed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from device.assembly.stages import make_assistant
from device.assistant import Assistant
from device.audio.pcm import CHUNK, chunked
from device.conversation.conversation import Conversation
from device.events import Outcome, Samples, Transcript
from device.settings import Settings
from training.arguments import positive
from training.corpus import synthesis
from training.corpus.noises import Noises, ratio_name
from training.evaluate import parallel
from training.evaluate.intervals import share_with_interval

SHIPPED = Path(__file__).with_suffix(".yaml")
KINDS = ("answers", "several", "ordinary", "alone")
"""Answers to questions; several requests in a sentence; ordinary commands while a question is open, and the
same without one."""


@dataclass(frozen=True, slots=True)
class Line:
    """`said` after `ask`, which asks something; None where nothing was said before."""

    kind: str
    said: str
    ask: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of one recording at one ratio. `text` is None where nothing was heard."""

    line: Line
    ratio: float
    speaker: str
    right: bool
    text: str | None
    confidence: float


def load(file: Path) -> list[Line]:
    """The lines of a file such as `dialogues.yaml`."""
    content: Mapping[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    answers = [
        Line("answers", answer, entry["ask"]) for entry in content["answers"] for answer in entry["answers"]
    ]
    several = [Line("several", text) for text in content["several"]]
    ordinary = [Line("ordinary", text, content["open"]) for text in content["ordinary"]]
    return [*answers, *several, *ordinary, *(Line("alone", line.said) for line in ordinary)]


def spoken(lines: Sequence[Line], each: int, seed: int) -> Iterator[tuple[Line, str, Samples]]:
    """Each line by `each` held-out voices, half by each kind of engine; the same voices say a text with and
    without a question before it."""
    rng, voices = np.random.default_rng(seed), synthesis.HELD_OUT_VOICES
    texts = list(dict.fromkeys(line.said for line in lines))
    said: dict[str, list[tuple[str, Samples]]] = {text: [] for text in texts}
    drawn = [
        one
        for text in texts
        for one in synthesis.draw([text], voices, each, rng, (0.85, 1.15), (0.92, 1.1), 0.5)
    ]
    for one, samples in zip(drawn, synthesis.speak_all(drawn), strict=True):
        said[one.text].append((str(one.voice), samples))
    for line in lines:
        yield from ((line, voice, samples) for voice, samples in said[line.said])


class Measure:
    """Runs in a worker: an assistant, and one recording after another at every ratio."""

    def __init__(self, settings: Settings, noise: Path | None) -> None:
        self._assistant = make_assistant(settings, push_to_talk=True)
        self._noises = Noises(noise) if noise else None

    def __call__(
        self, number: int, spoken: tuple[Line, str, Samples], ratios: Sequence[float]
    ) -> list[Heard]:
        line, speaker, samples = spoken
        wanted = _typed(self._assistant, line)
        found = []
        for ratio in ratios:
            noisy = self._noises.behind(samples, ratio, number) if self._noises else samples
            _begin(self._assistant, line)
            turn = self._assistant.push_to_talk(chunked([noisy], CHUNK))
            heard = turn.transcript
            found.append(
                Heard(
                    line,
                    ratio,
                    speaker,
                    _effect(turn.outcome) == wanted,
                    heard.text if heard else None,
                    heard.confidence if heard else 0.0,
                )
            )
        return found


def _begin(assistant: Assistant, line: Line) -> None:
    """A new conversation, in which the question of `line` is open."""
    conversation = assistant.conversation
    assert isinstance(conversation, Conversation)
    conversation.begin()
    if line.ask is not None:
        conversation.respond(assistant.acts(Transcript(line.ask, 1.0)))


def _typed(assistant: Assistant, line: Line) -> tuple[Any, ...]:
    _begin(assistant, line)
    acts = assistant.acts(Transcript(line.said, 1.0), assistant.conversation.question)
    return _effect(assistant.conversation.respond(acts))


def _effect(outcome: Outcome) -> tuple[Any, ...]:
    done = [(change.do, dict(change.values)) for change in outcome.done]
    return outcome.commands, done, outcome.question is not None, outcome.fine


def report(found: Sequence[Heard], ratios: Sequence[float], wrong: int = 20) -> str:
    """A row for each kind and ratio, and some of what went wrong."""
    lines = [f"{'':>9} {'noise':>6} {'clips':>6} {'right':>7} {'95 % interval':>16}"]
    for kind in KINDS:
        for ratio in ratios:
            part = [one for one in found if one.line.kind == kind and one.ratio == ratio]
            share, low, high = share_with_interval(sum(one.right for one in part), len(part))
            name, interval = ratio_name(ratio), f"{low:>7.1%}…{high:<7.1%}"
            lines.append(f"{kind:>9} {name:>6} {len(part):>6} {share:>7.1%} {interval}")
    failed = [one for one in found if not one.right][:wrong]
    for one in failed:
        heard = f"{one.text!r} ({one.confidence:.2f})"
        lines.append(f"  {ratio_name(one.ratio):>6}  {one.line.said!r} by {one.speaker}: {heard}")
    return "\n".join(lines)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dialogues", type=Path, default=SHIPPED, help="YAML file, such as the shipped one")
    parser.add_argument("--voices", type=positive, default=8, help="held-out voices for each line (8)")
    parser.add_argument("--seed", type=int, default=11)


def run(arguments: argparse.Namespace, settings: Settings, ratios: Sequence[float]) -> None:
    lines = load(arguments.dialogues)
    recordings = spoken(lines, arguments.voices, arguments.seed)
    tasks = ((number, recording, ratios) for number, recording in enumerate(recordings))
    make = partial(Measure, settings, arguments.noise)
    count = len(lines) * arguments.voices
    found: Iterable[list[Heard]] = parallel.each(make, tasks, count, "dialogues", arguments.jobs)
    print(report(list(chain.from_iterable(found)), ratios))
