"""`mynah-train evaluate assist`: typed requests in made-up homes, by what the commands would change there.

A request is right where everything stands afterwards as the data set says, and nothing else has changed.
Where nothing is to change, a refusal is as right as a question.
"""

from __future__ import annotations

import argparse
import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from device.assembly.stages import adjusted, make_home, make_understanding
from device.conversation.conversation import Conversation
from device.errors import MynahError
from device.events import Outcome, Transcript
from device.home.model import Home
from device.settings import Settings
from device.understanding.numbers import spoken
from device.understanding.understanding import Understanding
from training.evaluate import assist_home, assist_states
from training.evaluate.assist_requests import Case, read
from training.evaluate.assist_states import State, kind_of
from training.evaluate.intervals import share_with_interval
from training.json_files import write_json

ROUNDING = 0.25
"""Percent or degrees by which numbers may differ: a brightness is one of 256, a step of 0.4 percent."""

States = Mapping[str, State]
"""The entities' states, by their ids."""


class Verdict(enum.Enum):
    RIGHT = "right"
    ASKED = "asked"
    """Nothing changed, and Mynah asks back."""
    REFUSED = "refused"
    """Nothing changed."""
    WRONG = "wrong"
    """Something changed, but not what was to change, or not that alone."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`changed` and `expected` are changes as text, "nothing" where there are none."""

    file: Path
    sentence: str
    verdict: Verdict
    changed: str
    expected: str
    reply: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder of homes, each in a folder")
    parser.add_argument("--wrong", action="store_true", help="list every wrong sentence")
    parser.add_argument("--json", type=Path, help="write the figures and every request here")


def run(arguments: argparse.Namespace) -> None:
    cases = read(arguments.data)
    judgements = [one for case in cases for one in judged(case)]
    if not judgements:
        raise MynahError(f"{arguments.data}: no request expects a change; name another folder")
    print(report(judgements, arguments.data, arguments.wrong))
    if arguments.json:
        write(judgements, arguments.data, arguments.json)


def judged(case: Case) -> Iterator[Judgement]:
    """Each of the case's sentences, judged."""
    before = {entity.id: assist_states.initial(entity) for entity in case.entities}
    expected = {
        **before,
        **{key: assist_states.expected(kind_of(key), before[key], one) for key, one in case.expected.items()},
    }
    ignored = {key: assist_states.ignored_keys(names) for key, names in case.ignored.items()}
    lacking = ", ".join(sorted({kind_of(key) for key in case.expected if not assist_home.is_known(key)}))
    lists = {spoken(name): key for key, name in assist_home.names(case.entities).items()}
    for sentence, outcome in zip(case.sentences, answers(case, before), strict=True):
        after = changed(before, outcome, lists)
        change = difference(before, after, ignored)
        fits = not difference(expected, after, ignored)
        found = verdict(bool(change), fits, asks=outcome.question is not None)
        lacks = lacking and found is Verdict.REFUSED
        yield Judgement(
            case.file,
            sentence,
            found,
            changed=change or "nothing",
            expected=difference(before, expected, ignored) or "nothing",
            reply=f"home.toml has no {lacking}" if lacks else outcome.reply.text,
        )


def verdict(changes: bool, fits: bool, asks: bool) -> Verdict:
    """`changes`: something changed; `fits`: all stands as expected; `asks`: Mynah asks back."""
    if fits:
        return Verdict.RIGHT
    if changes:
        return Verdict.WRONG
    return Verdict.ASKED if asks else Verdict.REFUSED


def answers(case: Case, states: States) -> Iterator[Outcome]:
    """What the device's own code makes of each sentence, each in a new dialogue in the home of `case`.

    Raises HomeError where the data set names something that home.toml refuses.
    """
    home, understanding = _furnished(assist_home.home_toml(case))
    home.state.keep(())
    for key, name in assist_home.names(case.entities).items():
        home.state.update(name, assist_states.reported(kind_of(key), states[key]))
    for sentence in case.sentences:
        conversation = Conversation(home)
        yield conversation.respond(understanding.acts(Transcript(sentence, 1.0), None))


@lru_cache(maxsize=1)  # the cases of one home follow one another
def _furnished(home_toml: str) -> tuple[Home, Understanding]:
    with TemporaryDirectory(prefix="mynah-") as folder:
        file = Path(folder) / "home.toml"
        file.write_text(home_toml, encoding="utf-8")
        settings = adjusted(Settings(), home=file)
        home = make_home(settings)
    return home, make_understanding(settings, home)


def changed(before: States, outcome: Outcome, lists: Mapping[str, str]) -> States:
    """The states after `outcome`. `lists`: the ids of lists, by their names as they are said."""
    after = dict(before)
    for command in outcome.commands:
        after[command.topic] = assist_states.commanded(after[command.topic], str(command.payload))
    for change in outcome.done:
        if (key := lists.get(spoken(str(change.values.get("list"))))) is not None:
            after[key] = assist_states.listed(after[key], change.do)
    return after


def difference(one: States, other: States, ignored: Mapping[str, frozenset[str]]) -> str:
    """How `other` differs from `one`, as text; empty where it does not."""
    parts = []
    for key in one:
        old, new = assist_states.shown(one[key]), assist_states.shown(other[key])
        judged = [name for name in {**old, **new} if name not in ignored.get(key, ())]
        parts += [
            f"{key} {name} {_text(old.get(name))} → {_text(new.get(name))}"
            for name in judged
            if not _same(old.get(name), new.get(name))
        ]
    return ", ".join(parts)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= ROUNDING
    return bool(one == other)


def _text(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def table(judgements: Sequence[Judgement], data: Path) -> Iterator[Mapping[str, Any]]:
    """A row for each home, and one for all of them."""
    homes = list(dict.fromkeys(one.file.parent for one in judgements))
    for home in homes:
        yield _row(str(home.relative_to(data)), [one for one in judgements if one.file.parent == home])
    if len(homes) > 1:
        yield _row("all", judgements)


def _row(home: str, judgements: Sequence[Judgement]) -> Mapping[str, Any]:
    counts = {verdict.value: sum(one.verdict is verdict for one in judgements) for verdict in Verdict}
    _, low, high = share_with_interval(counts["right"], len(judgements))
    return {
        "home": home,
        "requests": len(judgements),
        **counts,
        "share_right": round(counts["right"] / len(judgements), 4),
        "interval": [round(low, 4), round(high, 4)],
    }


def report(judgements: Sequence[Judgement], data: Path, wrong: bool) -> str:
    """The table as text; with `wrong`, each request that is not right."""
    heads = ("home", "requests", "right", "95 % interval", "asked", "refused", "wrong")
    lines = ["{:>24} {:>8} {:>7} {:>15} {:>6} {:>7} {:>6}".format(*heads)]
    for row in table(judgements, data):
        low, high = row["interval"]
        lines.append(
            f"{row['home']:>24} {row['requests']:>8} {row['share_right']:>7.1%} {low:>7.1%}…{high:<7.1%}"
            f" {row['asked']:>6} {row['refused']:>7} {row['wrong']:>6}"
        )
    if wrong:
        lines += [
            f"  {one.file.relative_to(data)}: {one.sentence!r} {one.verdict.value}\n"
            f"      changed   {one.changed}\n"
            f"      expected  {one.expected}\n"
            f"      replied   {one.reply}"
            for one in judgements
            if one.verdict is not Verdict.RIGHT
        ]
    return "\n".join(lines)


def write(judgements: Sequence[Judgement], data: Path, file: Path) -> None:
    """The table and every request as JSON."""
    described = [
        {**asdict(one), "file": str(one.file.relative_to(data)), "verdict": one.verdict.value}
        for one in judgements
    ]
    write_json(file, {"table": list(table(judgements, data)), "requests": described})
