"""`mynah-train evaluate learning`: how many failures that recur are left when Mynah learns from them.

A made-up household talks to the example home for some days, in words that it alone uses, among ordinary ones.
What fails it says otherwise, mostly. The same days are held twice: without learning and with it.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from tqdm import tqdm

from device.assembly.chatting import Chat
from device.assembly.stories import play, read
from device.dialogue.exchange import Exchange
from device.errors import MynahError
from device.events import Intent
from device.memory.learnt import FILE, Learnt, Lesson, dumps
from device.reading import yaml
from device.settings import DEVICE, Settings
from device.settings_file import load
from training.arguments import positive

HOUSEHOLD = Path(__file__).with_suffix(".yaml")
DAY = 86_400
OWN, FICKLE, TURNS = 0.3, 0.05, 14
"""Of what is wanted in a day, the shares in the household's own words and in fickle ones; how much it is."""
OTHERWISE = 0.85
"""How often somebody says a failure otherwise; else they give up."""
WORDS = 12
"""Of the household's own words that one household uses."""
AGREES = 0.9
"""How often somebody says yes to what is right; to what is wrong they say no."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=positive, default=30, help="how long each household talks (30)")
    parser.add_argument("--households", type=positive, default=3, help="how many (3)")
    parser.add_argument("--seed", type=int, default=20, help="of the first; the next ones follow (20)")
    parser.add_argument(
        "--stories",
        type=Path,
        action="append",
        metavar="P",
        help="stories that must still hold",
    )
    parser.add_argument("--json", type=Path, help="write the figures here")


@dataclass(frozen=True, slots=True)
class Wish:
    """Something is said `at` a time, in seconds of the simulation, and means `means`. `own`: in words of the
    household's own; `fickle`: in words that mean something else each time; `otherwise`: it is said otherwise
    when it fails."""

    at: float
    says: str
    means: str
    own: bool = False
    fickle: bool = False
    otherwise: bool = False


@dataclass(slots=True)
class Tally:
    """`planted`: what was said in the household's own words; `failed`: of this, what did not do what was
    meant; `wrong`: what did something else; `asked`: how often Mynah asked to learn; `asked_wrong`: what is
    fickle."""

    planted: int = 0
    failed: int = 0
    wrong: int = 0
    asked: int = 0
    asked_wrong: int = 0
    lessons: tuple[Lesson, ...] = ()


def wishes(days: int, rng: np.random.Generator, file: Path = HOUSEHOLD) -> Iterator[Wish]:
    """Of a household, in their order. Raises MynahError."""
    content: Any = yaml.load(file, MynahError)
    chosen = [content["own"][one] for one in sorted(rng.permutation(len(content["own"]))[:WORDS])]
    often = 1 / np.arange(1, len(chosen) + 1) ** 0.7
    for day in range(days):
        times = np.sort(rng.uniform(6.5 * 3600, 22.5 * 3600, TURNS))
        for at in day * DAY + times:
            kind = rng.random()
            if kind < OWN:
                entry = chosen[int(rng.choice(len(chosen), p=often / often.sum()))]
            elif kind < OWN + FICKLE:
                entry = _one(content["fickle"], rng)
            else:
                text = str(_one(content["ordinary"], rng))
                yield Wish(float(at), text, text)
                continue
            of = str(_one(entry.get("of", [""]), rng))
            says, means = (str(_one(entry[key], rng)).replace("{}", of) for key in ("says", "means"))
            fickle = kind >= OWN
            yield Wish(float(at), says, means, True, fickle, bool(rng.random() < OTHERWISE))


def _one(options: Sequence[Any], rng: np.random.Generator) -> Any:
    return options[int(rng.integers(len(options)))]


def held(found: Sequence[Wish], learn: bool, rng: np.random.Generator) -> Tally:
    """The days of a household."""
    memory = replace(Settings().memory, journal=True, learn=learn)
    chat = Chat.of(replace(Settings(), memory=memory), "2026-03-02T00:00")
    truth = Chat.of(Settings(), "2026-03-02T00:00")
    tally, now = Tally(), 0.0
    for wish in found:
        for _ in chat.take(f"+{max(0.0, wish.at - now):.0f}"):
            pass
        now = max(now, wish.at)
        chat.begin()
        truth.begin()
        wanted = _topics(truth.say(wish.means))
        exchange = chat.say(wish.says)
        if wish.own:
            tally.planted += 1
            done = _topics(exchange)
            tally.failed += done != wanted
            tally.wrong += bool(done) and done != wanted
            if done and done != wanted:
                chat.say("undo that")
            if done != wanted and wish.otherwise:
                now += sum(1 for _ in chat.take("+8")) + 8
                exchange = chat.say(wish.means)
        if _asks_to_learn(exchange):
            tally.asked += 1
            right = _is_right(exchange, found)
            tally.asked_wrong += not right
            chat.say("yes" if right and rng.random() < AGREES else "no")
    tally.lessons = chat.lessons
    return tally


def _topics(exchange: Exchange) -> list[tuple[str, str]]:
    return sorted((command.topic, str(command.payload)) for command in exchange.commands)


def _asked(exchange: Exchange) -> Intent | None:
    question = exchange.outcome.question
    return question.about if question is not None and question.about.name == "MynahLearn" else None


def _asks_to_learn(exchange: Exchange) -> bool:
    return _asked(exchange) is not None


def _is_right(exchange: Exchange, found: Sequence[Wish]) -> bool:
    """Whether the household always means the same by it."""
    about = _asked(exchange)
    assert about is not None
    return not any(wish.fickle and wish.says == about.slots["said"] for wish in found)


def regressions(paths: Sequence[Path], lessons: Sequence[Lesson]) -> tuple[int, list[str]]:
    """How many stories there are, and those that hold no more with `lessons`. Those in which Mynah learns
    begin with nothing learnt, and are left out."""
    stories = [story for path in paths for file in _files(path) for story in read(file)]
    stories = [one for one in stories if one.config is None or not load(one.config).memory.learn]
    os.environ["STATE_DIRECTORY"], before = "", os.environ["STATE_DIRECTORY"]
    broken: list[str] = []
    with TemporaryDirectory() as folder:
        (Path(folder) / FILE).write_bytes(dumps(Learnt(tuple(lessons))))
        for story in tqdm(stories, "stories", mininterval=5):
            os.environ["STATE_DIRECTORY"] = folder
            if list(play(story)):
                os.environ["STATE_DIRECTORY"] = before
                if not list(play(story)):
                    broken.append(f"{story.file}: {story.name}")
    os.environ["STATE_DIRECTORY"] = before
    return len(stories), broken


def _files(path: Path) -> list[Path]:
    return sorted(path.rglob("stories.yaml")) or sorted(path.glob("*.yaml")) if path.is_dir() else [path]


def run(arguments: argparse.Namespace) -> None:
    """Raises MynahError."""
    with TemporaryDirectory(prefix="mynah-") as folder:
        os.environ["STATE_DIRECTORY"] = folder  # what this machine has learnt is not measured
        rows, lessons = [], dict[str, Lesson]()
        for seed in range(arguments.seed, arguments.seed + arguments.households):
            found = tuple(wishes(arguments.days, np.random.default_rng(seed)))
            without, learning = (held(found, on, np.random.default_rng(seed)) for on in (False, True))
            lessons |= {one.said: one for one in learning.lessons}
            rows.append(_row(seed, without, learning))
            print(rows[-1], flush=True)
        before, after = (sum(row[key] for row in rows) for key in ("failed", "failed_learning"))
        count, broken = regressions(arguments.stories or [DEVICE / "skills"], tuple(lessons.values()))
    fewer = 1 - after / before if before else 0.0
    print(f"failures {before} → {after}: {fewer:.1%} fewer; {len(lessons)} lessons")
    print(f"{len(broken)} of {count} stories hold no more", *broken, sep="\n  ")
    if arguments.json:
        figures = {"households": rows, "fewer": fewer, "stories": count, "regressions": broken}
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def _row(seed: int, without: Tally, learning: Tally) -> dict[str, int]:
    return {
        "seed": seed,
        "planted": without.planted,
        "failed": without.failed,
        "failed_learning": learning.failed,
        "wrong": without.wrong,
        "wrong_learning": learning.wrong,
        "asked": learning.asked,
        "asked_wrong": learning.asked_wrong,
        "lessons": len(learning.lessons),
    }
