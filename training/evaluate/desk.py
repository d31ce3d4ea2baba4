"""`mynah-train evaluate desk`: which questions Mynah offers to hand to a person, in whole conversations.

Somebody asks; where Mynah asks which place of the papers is meant, they choose the one that answers, or none.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from device.assembly.chatting import Chat
from device.errors import UsageError
from device.events import Question
from device.settings import DeskSettings, Settings
from training.evaluate.documents import add_questions
from training.evaluate.intervals import share_with_interval

HANDOVER = "MynahHandOver"
CLOCK = "2026-03-02T18:00"
NONE = "none of them"
AT_ONCE, AFTER, NEVER = "at once", "after “none of them”", "not"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_questions(parser)
    parser.add_argument(
        "--others", type=Path, metavar="F", help="a file with what is no question, a line each"
    )
    parser.add_argument("--quiet", action="store_true", help="do not print the questions that go wrong")


def run(arguments: argparse.Namespace) -> None:
    """Raises UsageError where there is no question."""
    settings = replace(Settings(), desk=DeskSettings(person="Mum"))
    settings = replace(settings, knowledge=replace(settings.knowledge, documents=arguments.documents))
    chat = Chat.of(settings, CLOCK)
    for file in arguments.questions:
        rows = yaml.safe_load(file.read_text("utf-8"))
        if not rows:
            raise UsageError(f"{file}: no questions; write `- ask:` for each")
        for answerable in (False, True):
            some = [row for row in rows if ("source" in row) == answerable]
            report(file.name, "answerable" if answerable else "unanswerable", some, chat, arguments.quiet)
    if arguments.others:
        lines = (line.strip() for line in arguments.others.read_text("utf-8").splitlines())
        others = [{"ask": line} for line in lines if line and not line.startswith("#")]
        report(arguments.others.name, "no questions", others, chat, arguments.quiet)


def report(name: str, kind: str, rows: Iterable[Mapping[str, Any]], chat: Chat, quiet: bool) -> None:
    counts: Counter[str] = Counter()
    for row in rows:
        offered, reply = judge(row, chat)
        counts[offered] += 1
        if not quiet and (offered == NEVER) == (kind == "unanswerable"):
            print(f"  {offered} offered: {row['ask']} → {reply}")
    whole = counts.total()
    if whole:
        share, low, high = share_with_interval(whole - counts[NEVER], whole)
        print(
            f"{name}, {kind}: offered {whole - counts[NEVER]} of {whole}"
            f" ({share:.1%}; {low:.1%}…{high:.1%}), {counts[AT_ONCE]} of them at once"
        )


def judge(row: Mapping[str, Any], chat: Chat) -> tuple[str, str]:
    """Whether it was offered to hand the question over, and what was said."""
    chat.begin()
    outcome = chat.say(row["ask"]).outcome
    if _is_offer(outcome.question):
        return AT_ONCE, outcome.reply.text
    if outcome.question is None or outcome.question.expects not in ("choice", "confirmation"):
        return NEVER, outcome.reply.text
    sources = row.get("source", ())
    wanted = [sources] if isinstance(sources, str) else sources
    options = outcome.question.options
    places = [option.slots.get("source") for option in options]
    places += [outcome.question.about.slots.get("source")]
    if any(place in wanted for place in places):
        return NEVER, outcome.reply.text
    after = chat.say(NONE if options else "no").outcome
    return (AFTER if _is_offer(after.question) else NEVER), after.reply.text


def _is_offer(question: Question | None) -> bool:
    return question is not None and question.about.name == HANDOVER
