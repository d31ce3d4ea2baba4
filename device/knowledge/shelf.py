"""Several folders of papers as one: the user's documents, and the answers that people gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from device.knowledge.documents.papers import Found, Papers, is_answer, offered


class Searched(Protocol):
    """What a question can be looked up in. See `Papers`."""

    def find(self, text: str, document: str | None = None, after: str = "") -> Sequence[Found]: ...
    def answers(self, text: str) -> float: ...
    def at(self, source: str, number: int, piece: int) -> Found | None: ...


@dataclass(frozen=True, slots=True)
class Shelf:
    """`papers`: one for each folder; of what is equally probable, that of the first."""

    papers: tuple[Papers, ...]

    def find(self, text: str, document: str | None = None, after: str = "") -> Sequence[Found]:
        found = [one for each in self.papers for one in each.find(text, document, after)]
        return sorted(found, key=lambda one: -one.probability)

    def answers(self, text: str) -> float:
        found = self.find(text)
        return min(1.0, sum(one.probability for one in found)) if is_answer(found) or offered(found) else 0.0

    def at(self, source: str, number: int, piece: int) -> Found | None:
        found = (each.at(source, number, piece) for each in self.papers)
        return next((one for one in found if one is not None), None)
