"""The names of a home, as sentences refer to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Name:
    """`text`, as it is said, means `value`. `domain` is Home Assistant's ("light", "cover", …).

    `announced`: nobody here has given it; one that sounds like it and is the user's own comes first.
    """

    text: str
    value: str
    domain: str = ""
    announced: bool = False
    device_class: str | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What fills {name}, {area}, {floor}, {list} and {setting}, the options of what can be set to some.

    `here` is the room in which Mynah stands, where it is known. `imperial`: degrees are Fahrenheit's.
    """

    names: tuple[Name, ...] = ()
    areas: tuple[Name, ...] = ()
    floors: tuple[Name, ...] = ()
    here: str | None = None
    lists: tuple[Name, ...] = ()
    settings: tuple[Name, ...] = ()
    imperial: bool = False

    @property
    def domains(self) -> frozenset[str]:
        return frozenset(name.domain for name in self.names)


class Speakable(Protocol):
    """Anything with names: a home."""

    @property
    def vocabulary(self) -> Vocabulary: ...
