"""Tables of a document as frozen dataclasses, whose fields say what may be written.

A key is a field; a field that is a dataclass is a table of its own. What is not written keeps the field's
default.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from device.reading.located import nearest

T = TypeVar("T")


class Mistake(ValueError):
    """What is wrong with a value, which the message names with a dot: `mqtt.port`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How values of a type are written. `read` gives None for what is no such value."""

    described: str
    read: Callable[[Any], Any]


def _of_type(*kinds: type) -> Callable[[Any], Any]:
    """Reads values of these types. To Python true and false are numbers; here they are none."""

    def read(value: Any) -> Any:
        return value if isinstance(value, kinds) and isinstance(value, bool) == (bool in kinds) else None

    return read


def _number(value: Any) -> float | None:
    number = _of_type(int, float)(value)
    return None if number is None else float(number)


PLAIN: Mapping[Any, Kind] = {
    str: Kind("text in quotes", _of_type(str)),
    bool: Kind("true or false", _of_type(bool)),
    int: Kind("a whole number", _of_type(int)),
    float: Kind("a number", _number),
}


def read(record: type[T], table: Mapping[str, Any], kinds: Mapping[Any, Kind]) -> T:
    """`table` as the dataclass `record`. `kinds`: types that may be written beside PLAIN. Raises Mistake."""
    return _Reader({**PLAIN, **kinds}).record(record, table, "")


def _is_choice(hint: Any) -> bool:
    """Whether it is several types; a union of new types is no UnionType."""
    return isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union


class _Reader:
    def __init__(self, kinds: Mapping[Any, Kind]) -> None:
        self.kinds = kinds

    def record(self, record: type[T], table: Mapping[str, Any], prefix: str) -> T:
        """`prefix`: the table's name with a dot, or nothing."""
        hints = typing.get_type_hints(record)
        fields = {spec.name: spec for spec in dataclasses.fields(record) if spec.init}  # type: ignore[arg-type]
        values: dict[str, Any] = {}
        for key, value in table.items():
            name = prefix + key
            if key not in fields:
                raise Mistake(f"no setting is called {name}: {self._instead(key, list(fields), prefix)}")
            if dataclasses.is_dataclass(hints[key]):
                values[key] = self.table(hints[key], value, name)
            else:
                values[key] = self.value(hints[key], value, name, secret=not fields[key].repr)
        try:
            return record(**values)
        except ValueError as error:
            raise Mistake(f"{prefix.rstrip('.')}: {error}") from None

    def table(self, record: Any, value: Any, name: str) -> Any:
        if not isinstance(value, dict):
            raise Mistake(f"{name} is a table: write [{name}] and its settings below")
        return self.record(record, value, name + ".")

    def value(self, hint: Any, value: Any, name: str, secret: bool) -> Any:
        """`value` as the type `hint`. A `secret` is not shown in the error."""
        for choice in typing.get_args(hint) if _is_choice(hint) else (hint,):
            if (result := self._as(choice, value)) is not None:
                return result
        shown = "something else" if secret else repr(value)
        raise Mistake(f"{name} is {shown}, but must be {self._described(hint)}")

    def _as(self, hint: Any, value: Any) -> Any:
        """`value` as one type; None where it is no such value."""
        if hint in self.kinds:
            return self.kinds[hint].read(value)
        arguments = typing.get_args(hint)
        if typing.get_origin(hint) is tuple:
            items = [value] if isinstance(value, str) else value
            results = [self._as(arguments[0], item) for item in items] if isinstance(items, list) else [None]
            return None if None in results else tuple(results)
        if arguments and isinstance(value, dict):
            mapped = {key: self._as(arguments[1], item) for key, item in value.items()}
            return None if None in mapped.values() else mapped
        return None

    def _described(self, hint: Any) -> str:
        arguments = typing.get_args(hint)
        if _is_choice(hint):
            return " or ".join(
                self._described(choice) for choice in arguments if choice is not types.NoneType
            )
        if typing.get_origin(hint) is tuple:
            return f"a list of {self._described(arguments[0])}"
        if arguments:
            return f"a table of names and {'texts' if arguments[1] is str else 'numbers'}"
        return self.kinds[hint].described

    def _instead(self, key: str, known: list[str], prefix: str) -> str:
        if near := nearest(key, known):
            return f"did you mean {prefix}{near}?"
        return f"there are {', '.join(prefix + name for name in known)}"
