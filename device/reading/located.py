"""A document's mappings and lists, which know the file and the line that they stand in.

Their methods are the checks that readers of documents need. What fails is raised as the error that the
document was read with, in one line: `file:line: what is wrong; what to do`.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from device.errors import MynahError


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, printed as `file:line`; line 0 stands for the whole file."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that a document comes from, what its errors are, and what its format calls its parts."""

    file: str
    error: type[MynahError]
    mapping: str = "a table"
    sequence: str = "a list"

    def wrong(self, message: str, line: int = 0) -> MynahError:
        """The error that says `message` about a line, or about the whole file (0)."""
        return self.error(f"{Place(self.file, line)}: {message}")


class Table(dict[str, Any]):
    """A mapping of a document. `line`: where it begins; `lines`: where its keys stand."""

    __slots__ = ("line", "lines", "origin")

    def __init__(
        self, values: Mapping[str, Any], line: int, lines: Mapping[str, int], origin: Origin
    ) -> None:
        super().__init__(values)
        self.line, self.lines, self.origin = line, lines, origin

    def line_of(self, key: str) -> int:
        """The line of `key`, or of the table where it has no such key."""
        return self.lines.get(key, self.line)

    def place(self, key: str) -> Place:
        """The place of `key`, as `line_of`."""
        return Place(self.origin.file, self.line_of(key))

    def wrong(self, message: str, key: str | None = None) -> MynahError:
        """The error that says `message` about the table, or about one of its keys."""
        return self.origin.wrong(message, self.line if key is None else self.line_of(key))

    def only(self, keys: Collection[str], what: str = "key") -> None:
        """Raise for a key that is not one of `keys`."""
        for key in self:
            if key not in keys:
                raise self.wrong(f"unknown {what} {key!r}; {hint(key, keys)}", key)

    def one_of(self, value: Any, known: Collection[str], what: str, owner: str) -> str:
        """`value`, which must be one of `known`; errors call it the `what` of `owner`."""
        if isinstance(value, str) and value in known:
            return value
        missing = f"{owner!r} has no {what}" if value is None else f"unknown {what} {value!r} of {owner!r}"
        raise self.wrong(f"{missing}; {hint(value, known)}")

    def mapping(self, key: str, what: str) -> Table:
        """The mapping under `key`, called `what` in errors; an empty one where there is none."""
        value = self.get(key)
        if value is None:
            return Table({}, self.line, {}, self.origin)
        return as_table(value, what, self.origin, self.line_of(key))

    def sequence(self, key: str, what: str) -> Items:
        """The list under `key`, called `what` in errors; an empty one where there is none."""
        value = self.get(key)
        if value is None:
            return Items((), (), self.origin)
        if not isinstance(value, Items):
            raise self.wrong(f"{what} must be {self.origin.sequence}, this is {_shown(value)}", key)
        return value


class Items(list[Any]):
    """A list of a document. `lines`: where each of its items stands."""

    __slots__ = ("lines", "origin")

    def __init__(self, values: Iterable[Any], lines: Iterable[int], origin: Origin) -> None:
        super().__init__(values)
        self.lines, self.origin = tuple(lines), origin

    def tables(self, what: str) -> Iterator[Table]:
        """The items, each of which must be a mapping, called `what` in errors."""
        for value, line in zip(self, self.lines, strict=True):
            yield as_table(value, what, self.origin, line)

    def placed(self) -> Iterator[tuple[Any, Place]]:
        """The items, each with where it stands."""
        for value, line in zip(self, self.lines, strict=True):
            yield value, Place(self.origin.file, line)


def as_table(value: Any, what: str, origin: Origin, line: int) -> Table:
    """`value`, called `what` in errors, which must be a mapping."""
    if not isinstance(value, Table):
        raise origin.wrong(f"{what} must be {origin.mapping}, this is {_shown(value)}", line)
    return value


def hint(value: Any, known: Collection[str]) -> str:
    """What to write instead of `value`, which is none of `known`."""
    near = nearest(str(value), known)
    return f"did you mean {near!r}?" if near else f"known are {', '.join(known) or 'none'}"


def nearest(value: str, known: Collection[str]) -> str | None:
    """The one of `known` that was probably meant by `value`; None where nothing is near."""
    return next(iter(difflib.get_close_matches(value, known, 1)), None)


def _shown(value: Any) -> str:
    return "a list" if isinstance(value, list) else "a mapping" if isinstance(value, dict) else repr(value)
