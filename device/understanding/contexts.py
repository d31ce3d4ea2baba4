"""`requires_context` and `excludes_context` of Home Assistant's sentence files.

https://developers.home-assistant.io/docs/voice/intent-recognition/template-sentence-syntax/: a sentence
counts only where the context has (or does not have) some values: that of the names in it, or of other list
values that have one, and the room in which the assistant stands.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from device.understanding.numbers import spoken
from device.understanding.vocabulary import Name

OF_NAMES = ("domain", "device_class")
"""Keys of what is known of a name."""
AREA = "area"
"""The key of the room in which Mynah stands."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value that the context must have; `values`: one of these, None for any. `slot`: it goes there."""

    values: frozenset[str] | None = None
    slot: str | None = None

    def __contains__(self, value: str | None) -> bool:
        return bool(value) and (self.values is None or value in self.values)


@dataclass(frozen=True, slots=True)
class Context:
    """What the context must have, and must not have, by key."""

    requires: Mapping[str, Wanted] = field(default_factory=dict)
    excludes: Mapping[str, Wanted] = field(default_factory=dict)

    @property
    def area(self) -> Wanted | None:
        return self.requires.get(AREA)

    @property
    def key(self) -> Hashable:
        """The same for the same context."""
        return frozenset(self.requires.items()), frozenset(self.excludes.items())

    def holds(self, here: str | None) -> bool:
        """Whether it may hold in the room `here`."""
        wanted, unwanted = self.requires.get(AREA), self.excludes.get(AREA)
        if unwanted is not None and unwanted.values is not None and _is(here, unwanted):
            return False
        return wanted is None or _is(here, wanted)

    def fits(self, name: Name) -> bool:
        """Whether a sentence with `name` in it may hold."""
        known = {"domain": name.domain or None, "device_class": name.device_class}
        return all(known[key] in self.requires[key] for key in OF_NAMES if key in self.requires) and not any(
            known[key] in self.excludes[key]
            for key in OF_NAMES
            if key in self.excludes and self.excludes[key].values is not None
        )

    def of_values(self) -> dict[str, Any]:
        """What a value in the sentence must have, as hassil takes it."""
        return {key: _plain(wanted) for key, wanted in self.requires.items() if key != AREA}

    def not_of_values(self) -> dict[str, Any]:
        return {key: _plain(wanted) for key, wanted in self.excludes.items() if key != AREA}


def parsed(requires: Mapping[str, Any], excludes: Mapping[str, Any]) -> Context:
    return Context(
        {key: _wanted(key, value) for key, value in requires.items()},
        {key: _wanted(key, value) for key, value in excludes.items()},
    )


def _wanted(key: str, value: Any) -> Wanted:
    slot: str | None = None
    if isinstance(value, Mapping):
        copied, value = value.get("slot"), value.get("value")
        slot = copied if isinstance(copied, str) else key if copied else None
    if value is None:
        return Wanted(None, slot)
    return Wanted(frozenset(map(str, value if isinstance(value, list) else [value])), slot)


def _is(here: str | None, wanted: Wanted) -> bool:
    if here is None or wanted.values is None:
        return here is not None
    return spoken(here) in {spoken(value) for value in wanted.values}


def _plain(wanted: Wanted) -> Any:
    values = None if wanted.values is None else sorted(wanted.values)
    return {"value": values, "slot": wanted.slot}
