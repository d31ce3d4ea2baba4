"""The journal, read for what can be learnt from it."""

from __future__ import annotations

from dataclasses import dataclass

from device.events import Change
from device.learning.pairs import pairs
from device.learning.proposals import Proposal, mistaken, proposals
from device.memory.journal.past import Past
from device.memory.learnt import UNLEARN, Learnt, Lesson
from device.understanding.vocabulary import Vocabulary

DAYS = 60
"""Of the journal, in which something must have been paraphrased often enough."""


@dataclass(frozen=True, slots=True)
class Study:
    """What may be learnt, and what of the `Learnt` turned out to be wrong."""

    proposals: tuple[Proposal, ...] = ()
    mistaken: tuple[Lesson, ...] = ()


def forgetting(found: Study) -> tuple[Change, ...]:
    """What takes back what turned out to be wrong."""
    return tuple(Change(UNLEARN, {"said": lesson.said}, lesson) for lesson in found.mistaken)


def study(past: Past, vocabulary: Vocabulary, learnt: Learnt, now: float) -> Study:
    """Raises sqlite3.Error. Reads the turns of DAYS: not for the voice loop's thread."""
    turns = tuple(past.turns(now - DAYS * 86_400))
    return Study(proposals(pairs(turns), vocabulary, learnt), mistaken(turns, learnt))
