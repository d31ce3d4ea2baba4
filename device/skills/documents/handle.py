"""Answers from the home's papers: read out in pieces, with the paper they come from. They change nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from device.events import Intent, Option, Outcome, Question, Reply, refused
from device.knowledge.documents.papers import Found, is_answer, offered
from device.knowledge.documents.passages import STEPS, TEXT
from device.skills.skill import Handlers, World
from device.skills.skill import asked as asked_back
from device.speaking.replies import Replies
from device.speaking.wording import listed
from device.understanding.numbers import spoken

ANSWER = "MynahAnswer"
READING = "reading"
"""What the question behind a piece expects: "next", "the step before", "stop"."""
CHOICE, CONFIRMATION = "choice", "confirmation"
MOVES = {"next": 1, "back": -1, "again": 0}
AT_ONCE = 240
"""Characters of running text that are read out at once."""

REPLIES = Replies(Path(__file__).parent / "en" / "replies.yaml")


def answer(intent: Intent, world: World) -> Outcome:
    """The passage that answers `question`, in `document` where that is spoken of `after` another question; or
    which of several is meant, where none is likely enough.

    Or, of the passage at `source` that is being read out, the piece to which `move` leads.
    """
    slots = intent.slots
    if world.papers is None:
        return refused(REPLIES.say("no_papers", world.said).text)
    if slots.get("move") == "stop":
        return Outcome(reply=REPLIES.say("stopped", world.said))
    if "source" in slots:
        return _moved(intent, world)
    asked, within = str(slots.get("question", "")), slots.get("document")
    found: Sequence[Found] = ()
    if within:
        found = world.papers.find(asked, after=str(slots.get("after", "")), document=within)
    if not is_answer(found):
        found = world.papers.find(asked)
    if is_answer(found):
        title = f"{found[0].title}. " if found[0].document != within else ""
        return _read(intent, world, found[0], _begin(found[0]), title)
    if choices := offered(found):
        return asked_back(_which(intent, choices))
    return refused(REPLIES.say("no_answer", world.said).text)


def _begin(found: Found) -> int:
    """The piece to begin with: steps are read from the first one on."""
    return 0 if found.passage.kind == STEPS else found.piece


def _which(intent: Intent, found: Sequence[Found]) -> Question:
    """Which of several places is meant; about one, whether it is."""
    titles = {one.title for one in found}
    options = {option.label: option for option in (_option(one, len(titles) > 1) for one in found)}
    about = Intent(ANSWER, {"question": intent.slots.get("question", "")}, intent.confidence)
    labels = [f"“{label}”" for label in options]
    where = f" in {found[0].title.partition(':')[0]}" if len(titles) == 1 else ""
    text = f"Do you mean {listed(labels, 'or')}{where}?"
    if len(options) == 1:
        (option,) = options.values()
        return Question(text, replace(about, slots={**about.slots, **option.slots}), CONFIRMATION)
    return Question(text, about, CHOICE, tuple(options.values()))


def _option(found: Found, titled: bool) -> Option:
    """A place as its heading names it, with its document where there are several."""
    title = found.title.partition(":")[0]
    heading = (*found.passage.path, "")[len(found.passage.path) - 1 if found.passage.path else 0].rstrip("?")
    said = spoken(heading or title)
    label = f"{heading or title} ({title})" if titled and heading else heading or title
    ways = dict.fromkeys((said, *(one for one in (spoken(title),) if titled)))
    slots = {"source": found.passage.source, "passage": found.number, "piece": _begin(found)}
    return Option(label, tuple(ways), slots)


def _moved(intent: Intent, world: World) -> Outcome:
    assert world.papers is not None
    slots = intent.slots
    source, number, piece = str(slots["source"]), int(slots["passage"]), int(slots["piece"])
    step = MOVES.get(str(slots.get("move", "again")), 0)
    before = world.papers.at(source, number, piece)
    if before is None:
        return refused(REPLIES.say("changed", world.said).text)
    to = piece + (_length(before, piece) if step > 0 else step)
    if to < 0:
        return _read(intent, world, before, 0, REPLIES.say("first", world.said).text + ". ")
    if to >= len(before.passage.pieces):
        return Outcome(reply=REPLIES.say("last", world.said), source=source)
    return _read(intent, world, before, to)


def _read(intent: Intent, world: World, found: Found, piece: int, said_before: str = "") -> Outcome:
    """A piece, and a question behind it where another follows."""
    passage, pieces = found.passage, found.passage.pieces
    count = _length(found, piece)
    text = " ".join(pieces[piece : piece + count])
    if passage.kind == STEPS:
        lead = f"{passage.lead} " if passage.lead and piece == 0 else ""
        text = f"{lead}Step {piece + 1} of {len(pieces)}: {text}"
    reply = Reply(f"{said_before}{text}")
    slots = {"question": intent.slots.get("question", ""), "source": passage.source,
             "passage": found.number, "piece": piece}  # fmt: skip
    about = Intent(ANSWER, slots, intent.confidence)
    question = Question(reply.text, about, READING) if piece + count < len(pieces) else None
    return Outcome(reply=reply, question=question, source=passage.source)


def _length(found: Found, piece: int) -> int:
    """How many pieces are read out at once from `piece` on: one step or row, or a few sentences."""
    if found.passage.kind != TEXT:
        return 1
    count = length = 0
    for text in found.passage.pieces[piece:]:
        if count and length + len(text) > AT_ONCE:
            break
        count, length = count + 1, length + len(text)
    return count


HANDLERS: Handlers = {ANSWER: answer}
