"""Blocks → passages: what answers a question, where it stands, and the pieces in which it is read out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from device.knowledge.documents.blocks import Block, Heading, Listed, Paragraph, Row, told
from device.knowledge.documents.words import stems

LONGEST = 900
"""Characters of running text in a passage; one that is longer is cut between sentences."""
PIECE = 240
"""Characters that are read out at once, where a sentence is not longer."""

STEPS, ITEMS, ROW, TEXT = "steps", "items", "row", "text"
"""Kinds of passages."""

_END = re.compile(r"(?<=[.!?])[\"”')]*\s+(?=[\"“(]?[A-Z0-9])")
_SHORTENED = re.compile(r"\b(?:e\.g|i\.e|approx|no|fig|max|min|dr|mr|mrs|vs|etc)\.$", re.IGNORECASE)
_NO_SLUG = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Passage:
    """`source`: where it stands, "coffee.md#descaling". `path`: the headings above it, the document's title
    left out. `lead`: the sentence that leads to a list. `pieces`: its sentences, steps, items or row."""

    source: str
    kind: str
    path: tuple[str, ...]
    pieces: tuple[str, ...]
    lead: str = ""

    @property
    def units(self) -> tuple[str, ...]:
        """The texts whose vectors stand for it: the whole, and each piece if it has several."""
        whole = ". ".join((*self.path, *([self.lead] if self.lead else ()), " ".join(self.pieces)))
        several = self.pieces if len(self.pieces) > 1 else ()
        return (whole, *(". ".join((*self.path[-1:], piece)) for piece in several))

    @property
    def stems(self) -> frozenset[str]:
        """The stems of its own words."""
        return frozenset(stems(" . ".join((*self.path[-1:], self.lead, *self.pieces))))


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is indexed. `name`: its path below the folder."""

    name: str
    title: str
    passages: tuple[Passage, ...]


def document(name: str, blocks: Iterable[Block]) -> Document:
    """The document called `name` that `blocks` make."""
    blocks = tuple(blocks)
    title, at = _title(blocks)
    rest = [block for number, block in enumerate(blocks) if number != at]
    fallback = name.rpartition("/")[2].rpartition(".")[0].replace("-", " ").replace("_", " ")
    return Document(name, title or fallback, tuple(_passages(name, rest)))


def _title(blocks: Sequence[Block]) -> tuple[str, int | None]:
    """The title, and the number of its heading: the first one of level 1, else the format's own."""
    own = next((at for at, one in enumerate(blocks) if isinstance(one, Heading) and not one.level), None)
    top = next((at for at, one in enumerate(blocks) if isinstance(one, Heading) and one.level), None)
    for at in (top, own):
        if at is not None and isinstance(one := blocks[at], Heading) and one.level < 2 and one.text:
            return one.text, at
    return "", None


def _passages(name: str, blocks: Sequence[Block]) -> Iterator[Passage]:
    path: list[Heading] = []
    source, used = name, dict[str, int]()
    text: list[str] = []
    for at, block in enumerate(blocks):
        if text and not isinstance(block, Paragraph):
            yield from _texts(source, _texts_of(path), text)
            text = []
        match block:
            case Heading(level, said, anchor) if level:
                path = [*(one for one in path if one.level < level), block]
                if anchor is not None:
                    source = f"{name}#{anchor or _unique(slug(said), used)}"
            case Paragraph(said):
                text.append(said)
            case Listed(items, ordered) if items:
                before = blocks[at - 1] if at else None
                lead = before.text if isinstance(before, Paragraph) and before.text.endswith(":") else ""
                yield Passage(source, STEPS if ordered else ITEMS, _texts_of(path), items, lead)
            case Row():
                yield Passage(source, ROW, _texts_of(path), (told(block),))
    if text:
        yield from _texts(source, _texts_of(path), text)


def _texts_of(path: Sequence[Heading]) -> tuple[str, ...]:
    return tuple(heading.text for heading in path if heading.text)


def _texts(source: str, path: tuple[str, ...], paragraphs: Sequence[str]) -> Iterator[Passage]:
    """Running text in passages that are not too long."""
    pieces: list[str] = []
    for sentence in (one for paragraph in paragraphs for one in sentences(paragraph)):
        if pieces and sum(map(len, pieces)) + len(sentence) > LONGEST:
            yield Passage(source, TEXT, path, tuple(pieces))
            pieces = []
        pieces.append(sentence)
    yield Passage(source, TEXT, path, tuple(pieces))


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph; what is no sentence is cut where it becomes too long to read out."""
    found: list[str] = []
    for part in _END.split(text):
        if found and _SHORTENED.search(found[-1]):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return [piece for one in found for piece in _cut(one)]


def _cut(text: str) -> Iterator[str]:
    while len(text) > 2 * PIECE:
        at = max(text.rfind(mark, PIECE, 2 * PIECE) for mark in (", ", "; ", " "))
        at = at if at > 0 else 2 * PIECE
        yield text[: at + 1].strip()
        text = text[at + 1 :].strip()
    if text:
        yield text


def slug(text: str) -> str:
    """What a heading is called in a link, as on the usual sites: "Care & cleaning" → "care--cleaning"."""
    return _NO_SLUG.sub("", text.lower()).replace(" ", "-")


def _unique(name: str, used: dict[str, int]) -> str:
    """`name`, or with a number behind it where a heading before has the same."""
    used[name] = used.get(name, -1) + 1
    return f"{name}-{used[name]}" if used[name] else name
