"""How the names of a home are said, and what is wrong with them, for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from device.hearing.lexicon import Lexicon
from device.hearing.names import Hearable, hearable
from device.home.model import Home
from device.speaking.wording import listed
from device.understanding.numbers import spoken


@dataclass(frozen=True, slots=True)
class Said:
    """What is called `name` is said in these `words`, the first of them with these `phones`. `problem`: why
    that does not do, or is asked back."""

    name: str
    kind: str
    words: tuple[str, ...]
    problem: str = ""
    phones: str = ""

    def report(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind,
            "said": list(self.words),
            "phones": self.phones,
            "problem": self.problem or None,
        }

    def __str__(self) -> str:
        words = ", ".join(f'"{text}"' for text in self.words)
        return f"{self.name} ({self.kind}): {words}{f' – {self.problem}' if self.problem else ''}"


def said(home: Home, lexicon: Lexicon) -> Iterator[Said]:
    """Every room, floor, device and scene of the home."""
    heard = hearable(home.vocabulary, lexicon)
    layout = home.layout
    things = (
        *(("floor", floor.name, floor.aliases) for floor in layout.floors),
        *(("room", room.name, room.aliases) for room in layout.rooms),
        *((device.kind, device.name, device.aliases) for device in layout.devices),
        *(("scene", scene.name, scene.aliases) for scene in layout.scenes),
    )
    for kind, name, aliases in things:
        words = tuple(dict.fromkeys(spoken(text) for text in (name, *aliases)))
        problem = "; ".join(_problems(home, heard, name, words))
        yield Said(name, kind, words, problem, _phones(words[0], lexicon))


def _phones(text: str, lexicon: Lexicon) -> str:
    """How `text` sounds, in the phones of the CMU dictionary; empty where nobody can say it."""
    words = text.split()
    if lexicon.prepare(words):
        return ""
    return " ".join(phone for word in words for phone in lexicon.pronunciations(word)[0])


def _problems(home: Home, heard: Hearable, name: str, words: tuple[str, ...]) -> Iterator[str]:
    for text in words:
        yield from (line for line in heard.problems if repr(text) in line)
        sharing = [device.name for device in home.named(text)]
        if len(sharing) > 1:
            others = listed([other for other in sharing if other != name])
            yield f'"{text}" is also {others}: Mynah asks which is meant'
