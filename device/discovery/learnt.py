"""What a home's names mean for ears and understanding, once it has been compiled."""

from __future__ import annotations

from dataclasses import dataclass

from device.hearing.grammar import Graph
from device.hearing.impostors import Impostors
from device.understanding.understanding import Understanding


@dataclass(frozen=True, slots=True)
class Learnt:
    """What can be said in a home: heard by `graph`, against `impostors`, and understood.

    `problems`: a line for each name that cannot be heard.
    """

    graph: Graph
    impostors: Impostors
    understanding: Understanding
    problems: tuple[str, ...]
