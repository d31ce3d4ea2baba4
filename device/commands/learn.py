"""`mynah learn`: what the journal suggests to learn, and what was learnt; the service need not be stopped."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from device.commands import options as common
from device.errors import JournalError, UsageError
from device.events import Change, Intent, Outcome, Transcript
from device.learning.checks import Checks
from device.learning.offering import told
from device.learning.proposals import Proposal, dated
from device.learning.study import Study, forgetting, study
from device.memory.journal.journal import FILE as JOURNAL
from device.memory.journal.journal import reading
from device.memory.kept import Kept
from device.memory.learnt import FILE, LEARN, UNLEARN, Learnt, Lesson, learnt_store
from device.settings import Settings
from device.system import as_service
from device.system.places import state_folder


def arguments(parser: argparse.ArgumentParser) -> None:
    common.understanding(parser)
    common.output(parser)
    parser.add_argument(
        "--yes", type=int, action="append", default=[], metavar="N", help="learn proposal N; may be repeated"
    )
    parser.add_argument("--list", action="store_true", help="show what was learnt")
    parser.add_argument("--forget", metavar="WORDS", help="forget what was learnt for WORDS; all: everything")


def main(options: argparse.Namespace) -> int:
    if as_service.needed():
        return as_service.run(options)
    settings = common.load(options)
    store = learnt_store(state_folder() / FILE)
    if options.forget is not None:
        return _forget(options, store)
    if options.list:
        for lesson in store.read().lessons:
            common.emit(options, lesson_json(lesson), told(lesson))
        return 0
    found = tuple(_proposals(options, settings, store))
    for number in options.yes:
        if not 1 <= number <= len(found):
            raise UsageError(f"--yes {number}: there is no such proposal; there are {len(found)}")
    asks = not options.json and not options.yes and sys.stdin.isatty()
    for number, (proposal, lesson) in enumerate(found, 1):
        common.emit(
            options, proposal_json(number, proposal, lesson), _proposal_text(number, proposal, lesson)
        )
        if number in options.yes or (asks and input("Learn this? [y/n] ").strip().lower() in ("y", "yes")):
            _learn(store, lesson)
    if not options.json and not found:
        print("there is nothing to learn")
    elif not (options.json or options.yes or asks):
        print("to learn proposal N: mynah learn --yes N")
    return 0


def _proposals(
    options: argparse.Namespace, settings: Settings, store: Kept[Learnt]
) -> Iterator[tuple[Proposal, Lesson]]:
    """What can be learnt now; what turned out to be wrong is forgotten first."""
    from device.assembly.stages import make_home, make_understanding
    from device.conversation.conversation import Conversation

    file = state_folder() / JOURNAL
    if not file.exists():
        why = "nothing happened yet" if settings.memory.journal else "set journal = true under [memory]"
        raise JournalError(f"there is no journal at {file} to learn from: {why}")
    home = make_home(settings)
    with reading(file) as past:
        found = study(past, home.vocabulary, store.read(), time.time())
    _take_back(options, store, found)
    if not found.proposals:
        return
    understanding, conversation = make_understanding(settings, home), Conversation(home)

    def handle(intent: Intent) -> Outcome:
        return conversation.view().handle(intent)

    checks = Checks(home, lambda text: understanding.acts(Transcript(text, 1.0)), handle)
    for proposal in found.proposals:
        lesson = checks.settled(proposal)
        if isinstance(lesson, Lesson):
            yield proposal, lesson


def _take_back(options: argparse.Namespace, store: Kept[Learnt], found: Study) -> None:
    for change in forgetting(found):
        store.change(lambda learnt, change=change: learnt.after(change))  # type: ignore[misc]
        said = change.values["said"]
        common.emit(options, {"forgotten": said}, f"“{said}” is forgotten: it was corrected twice")


def _learn(store: Kept[Learnt], lesson: Lesson) -> None:
    change = Change(LEARN, {}, dated(lesson, time.time()))
    store.change(lambda learnt: learnt.after(change))


def _forget(options: argparse.Namespace, store: Kept[Learnt]) -> int:
    lessons = store.read().lessons
    chosen = [one for one in lessons if options.forget in ("all", one.said)]
    if not chosen and options.forget != "all":
        known = ", ".join(f"“{one.said}”" for one in lessons) or "nothing"
        raise UsageError(f"--forget {options.forget}: this was not learnt; learnt was {known}")
    for lesson in chosen:
        change = Change(UNLEARN, {}, lesson)
        store.change(lambda learnt, change=change: learnt.after(change))  # type: ignore[misc]
        common.emit(options, {"forgotten": lesson.said}, f"“{lesson.said}” is forgotten")
    return 0


def lesson_json(lesson: Lesson) -> dict[str, Any]:
    kind = {"alias": lesson.said} if lesson.is_alias else {"sentence": lesson.said}
    return {**kind, "means": lesson.means, "intent": lesson.intent or None, "slots": dict(lesson.slots)}


def proposal_json(number: int, proposal: Proposal, lesson: Lesson) -> dict[str, Any]:
    evidence = [
        {"at": f"{datetime.fromtimestamp(one.at).astimezone():%Y-%m-%dT%H:%M:%S%z}", "said": one.said}
        | {"meant": one.means}
        for one in proposal.evidence
    ]
    return {"proposal": number, **lesson_json(lesson), "evidence": evidence}


def _proposal_text(number: int, proposal: Proposal, lesson: Lesson) -> str:
    lines = [f"{number}. {told(lesson)}"]
    for one in proposal.evidence:
        lines.append(f"   {datetime.fromtimestamp(one.at):%Y-%m-%d %H:%M}  {one.said} → {one.means}")
    return "\n".join(lines)
