"""`mynah-train evaluate turns`: wake word, pause and command through the whole of `device`.

By synthetic voices that no training used. Right is where exactly one turn comes and its MQTT commands are
those of the command typed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from device.assembly.stages import make_assistant
from device.assistant import Assistant
from device.audio.pcm import CHUNK, chunked
from device.events import SAMPLE_RATE, Act, Samples, Transcript, Turn
from device.settings import Settings
from training.corpus import synthesis
from training.corpus.noises import Noises, ratio_name
from training.evaluate.intervals import share_with_interval
from training.wake.corpus import loud_part, trimmed
from training.wake.phrases import Phrase

PAUSE = 0.5
"""Seconds between the wake word and the command."""

CUT_OFF = -0.05
"""Seconds: an endpoint that comes so long before the voice has ended cuts something off."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One recording at one ratio. `heard` is None where no turn came."""

    ratio: float
    said: str
    speaker: str
    woke: bool
    heard: str | None
    confidence: float
    understood: bool  # right, were nothing rejected
    right: bool
    hearing_ms: float
    command_ms: float
    delay: float  # seconds from the end of the speech to the endpoint; below 0, it was cut off
    seconds: float


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn to be heard: the command's text, the voice, and the sample at which the voice ends."""

    said: str
    speaker: str
    samples: Samples
    end: int


def spoken_turns(
    phrase: str, commands: Sequence[str], count: int, seed: int, hesitation: float = 0.0
) -> Iterator[Spoken]:
    """`count` turns by held-out voices, half by each kind of engine.

    `hesitation`: seconds of silence somewhere between two words of each command.
    """
    rng = np.random.default_rng(seed)
    drawn = synthesis.draw(commands, synthesis.HELD_OUT_VOICES, count, rng, (0.85, 1.15), (0.92, 1.1), 0.5)
    wake_phrase = Phrase(phrase)
    wakes = [replace(item, text=wake_phrase.spellings(item.voice)[0]) for item in drawn]
    gap = np.zeros(int(PAUSE * SAMPLE_RATE), np.int16)
    edge = np.zeros(SAMPLE_RATE, np.int16)
    spoken = hesitantly(drawn, hesitation, rng) if hesitation else synthesis.speak_all(drawn)
    both = zip(drawn, synthesis.speak_all(wakes), spoken, strict=True)
    for utterance, wake, command in both:
        before = np.concatenate((edge, trimmed(wake), gap))
        end = len(before) + loud_part(command).stop
        samples = np.concatenate((before, command, edge))
        yield Spoken(utterance.text, str(utterance.voice), samples, end)


def hesitantly(
    utterances: Sequence[synthesis.Utterance], pause: float, rng: np.random.Generator
) -> Iterator[Samples]:
    """Each utterance in two parts with a pause between them; one of a single word as it is."""
    parts: list[synthesis.Utterance] = []
    for utterance in utterances:
        words = utterance.text.split()
        cut = int(rng.integers(1, max(2, len(words))))
        parts += [replace(utterance, text=" ".join(part)) for part in (words[:cut], words[cut:]) if part]
    sounds = synthesis.speak_all(parts)
    gap = np.zeros(int(pause * SAMPLE_RATE), np.int16)
    for utterance in utterances:
        first = next(sounds)
        alone = " " not in utterance.text
        yield first if alone else np.concatenate((trimmed(first), gap, trimmed(next(sounds))))


def run_turns(assistant: Assistant, spoken: Spoken, ratio: float) -> Outcome:
    def commands(acts: Sequence[Act]) -> Any:
        return assistant.conversation.respond(acts).commands

    expected = commands(assistant.acts(Transcript(spoken.said, 1.0)))
    turns = list(assistant.turns(chunked([spoken.samples], CHUNK)))
    turn = turns[0] if len(turns) == 1 else None
    understood = bool(expected) and turn is not None and commands(unrejected(assistant, turn)) == expected
    transcript = turn.transcript if turn else None
    return Outcome(
        ratio=ratio,
        said=spoken.said,
        speaker=spoken.speaker,
        woke=turn is not None,
        heard=transcript.text if transcript else None,
        confidence=transcript.confidence if transcript else 0.0,
        understood=understood,
        right=understood and turn is not None and turn.commands == expected,
        hearing_ms=turn.timings.hearing_ms if turn else 0.0,
        command_ms=turn.timings.speech_end_to_command_ms if turn else 0.0,
        delay=(turn.endpoint.at - spoken.end) / SAMPLE_RATE if turn else 0.0,
        seconds=len(spoken.samples) / SAMPLE_RATE,
    )


def unrejected(assistant: Assistant, turn: Turn) -> Sequence[Act]:
    """What the turn's transcript means, however doubtful it is."""
    if turn.transcript is None:
        return turn.acts
    return assistant.acts(Transcript(turn.transcript.text, 1.0))


def table(outcomes: Iterable[Outcome], ratios: Sequence[float]) -> list[Mapping[str, Any]]:
    """A row for each ratio: shares with 95 % intervals, and the median of the times."""
    rows: list[Mapping[str, Any]] = []
    everything = list(outcomes)
    for ratio in ratios:
        part = [outcome for outcome in everything if outcome.ratio == ratio]
        share, low, high = share_with_interval(sum(outcome.right for outcome in part), len(part))
        heard = [outcome for outcome in part if outcome.woke]
        rows.append(
            {
                "noise": ratio_name(ratio),
                "clips": len(part),
                "right": round(share, 4),
                "interval": [round(low, 4), round(high, 4)],
                "right_unrejected": round(sum(o.understood for o in part) / max(len(part), 1), 4),
                "woke": round(len(heard) / max(len(part), 1), 4),
                "median_speech_end_to_command_ms": _median(1000 * o.delay + o.command_ms for o in heard),
                "median_endpoint_to_command_ms": _median(o.command_ms for o in heard),
                "cut_off": round(sum(o.delay < CUT_OFF for o in heard) / max(len(heard), 1), 4),
                "hearing_real_time_factor": round(
                    sum(o.hearing_ms for o in part) / 1000 / max(sum(o.seconds for o in part), 1e-9), 4
                ),
            }
        )
    return rows


def load_commands(file: Path) -> list[str]:
    """The commands of a YAML list of texts."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    return [str(text) for text in content]


class Measure:
    """Runs in a worker: an assistant, and one recording after another at every ratio."""

    def __init__(self, settings: Settings, noise: Path | None) -> None:
        self._assistant = make_assistant(settings)
        self._noises = Noises(noise) if noise else None

    def __call__(self, number: int, spoken: Spoken, ratios: Sequence[float]) -> list[Outcome]:
        outcomes = []
        for ratio in ratios:
            noisy = self._noises.behind(spoken.samples, ratio, number) if self._noises else spoken.samples
            outcomes.append(run_turns(self._assistant, replace(spoken, samples=noisy), ratio))
        return outcomes


def _median(values: Iterable[float]) -> float:
    return round(float(np.median(list(values) or [0])), 1)


def report(outcomes: Sequence[Outcome], ratios: Sequence[float], wrong: int = 12) -> str:
    """The table as text, and some of what went wrong."""
    lines = [
        f"{'noise':>8} {'clips':>6} {'right':>7} {'95 % interval':>16} {'unrejected':>10}"
        f" {'woke':>7} {'cut off':>8} {'ms':>6} {'RTF':>7}"
    ]
    for row in table(outcomes, ratios):
        low, high = row["interval"]
        lines.append(
            f"{row['noise']:>8} {row['clips']:>6} {row['right']:>7.1%} {low:>7.1%}…{high:<7.1%}"
            f" {row['right_unrejected']:>10.1%} {row['woke']:>7.1%} {row['cut_off']:>8.1%}"
            f" {row['median_speech_end_to_command_ms']:>6.0f} {row['hearing_real_time_factor']:>7.4f}"
        )
    failed = [outcome for outcome in outcomes if not outcome.right][:wrong]
    lines += worst_voices(outcomes)
    lines += [
        f"  {ratio_name(o.ratio):>6}  {o.said!r} by {o.speaker}: {o.heard!r} ({o.confidence:.2f})"
        for o in failed
    ]
    return "\n".join(lines)


def worst_voices(outcomes: Iterable[Outcome], most: int = 8) -> list[str]:
    """The engines and speakers with the most turns that went wrong, whatever their accent."""
    turns: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        engine, _, voice = outcome.speaker.partition("/")
        turns.setdefault(f"{engine} {voice.rpartition('+')[2]}", []).append(outcome)
    wrong = {voice: sum(not one.right for one in part) for voice, part in turns.items()}
    ordered = sorted(turns, key=lambda voice: -wrong[voice])[:most]
    return [
        f"  {voice}: {wrong[voice]} of {len(turns[voice])} wrong,"
        f" {sum(not one.woke for one in turns[voice])} of them did not wake"
        for voice in ordered
        if wrong[voice]
    ]


def write(outcomes: Sequence[Outcome], ratios: Sequence[float], file: Path) -> None:
    """The table as JSON."""
    file.write_text(json.dumps(table(outcomes, ratios), indent=1) + "\n")
