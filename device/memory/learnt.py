"""What a user has taught: other words for what Mynah knows already. A frozen value.

Kept as JSON: {"learnt": [{"said", "means", "intent", "slots", "since"}], "refused": ["…"], "asked": ["…"],
"offered": 0.0}
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from device.events import Change
from device.memory.kept import Kept

FILE = "learnt.json"
"""Its name in the state folder."""
LEARN, UNLEARN, OFFER = "learnt", "learnt.forget", "learnt.offer"
"""Verbs of changes: their subject is a Lesson; of OFFER, the time at which it was offered comes with it."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """`said` means `means`, both as they are spoken.

    With an `intent`, `said` is a sentence, in which {area} and {name} stand for any room or thing, and
    `means` is a sentence of Mynah's own with that intent and these `slots`. Without one, `said` is another
    name of the thing called `means`. `since`: when it was learnt, in seconds since 1970.
    """

    said: str
    means: str
    intent: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict, hash=False)
    since: float = 0.0

    @property
    def is_alias(self) -> bool:
        return not self.intent


@dataclass(frozen=True, slots=True)
class Learnt:
    """`lessons`, the first one learnt first; `refused`: what is never to be proposed again, as it was
    forgotten; `asked`: about what Mynah has asked by itself, and when the last time: `offered`."""

    lessons: tuple[Lesson, ...] = ()
    refused: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    offered: float = 0.0

    def knows(self, said: str) -> bool:
        """Whether it was learnt or refused."""
        return said in self.refused or any(lesson.said == said for lesson in self.lessons)

    def after(self, change: Change) -> Learnt:
        """With `change`; those of other stores are ignored."""
        lesson = change.subject
        if not isinstance(lesson, Lesson):
            return self
        others = tuple(one for one in self.lessons if one.said != lesson.said)
        refused = tuple(said for said in self.refused if said != lesson.said)
        if change.do == LEARN:
            return replace(self, lessons=(*others, lesson), refused=refused)
        if change.do == UNLEARN:
            return replace(self, lessons=others, refused=(*refused, lesson.said))
        if change.do == OFFER:
            return replace(self, asked=(*self.asked, lesson.said), offered=float(change.values["at"]))
        return self


def learnt_store(file: Path | None, value: Learnt | None = None) -> Kept[Learnt]:
    """`file`: where it is kept; None: in memory, `value` at first."""
    return Kept(value or Learnt(), file, loads, dumps)


def loads(content: bytes) -> Learnt:
    """Raises ValueError for what was not written by `dumps`."""
    try:
        read = json.loads(content)
        lessons = tuple(_lesson(one) for one in read["learnt"])
        refused, asked = (tuple(map(str, read[key])) for key in ("refused", "asked"))
        return Learnt(lessons, refused, asked, float(read["offered"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError("this is not what was learnt, or only a part of it") from None


def _lesson(read: Mapping[str, Any]) -> Lesson:
    said, means, intent, slots = read["said"], read["means"], read["intent"], read["slots"]
    if not all(isinstance(one, str) for one in (said, means, intent)) or not isinstance(slots, dict):
        raise TypeError(read)
    return Lesson(said, means, intent, slots, float(read["since"]))


def dumps(learnt: Learnt) -> bytes:
    kept = {
        "learnt": [dataclasses.asdict(one) for one in learnt.lessons],
        "refused": learnt.refused,
        "asked": learnt.asked,
        "offered": learnt.offered,
    }
    return json.dumps(kept, ensure_ascii=False, indent=1).encode()
