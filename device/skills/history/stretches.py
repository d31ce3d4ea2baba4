"""When a condition held, from the changes that the journal has. Pure, but for the reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from device.memory.journal.past import Past
from device.skills.history.meant import Series


@dataclass(frozen=True, slots=True)
class Stretch:
    """The condition held from `begin` to `end`, within the time that was asked about. `entered`: it began
    then; otherwise it had begun before. `ended`: it ended then; otherwise it went on."""

    begin: float
    end: float
    entered: bool = True
    ended: bool = True

    @property
    def seconds(self) -> float:
        return self.end - self.begin


def stretches(past: Past, series: Series, since: float, until: float) -> Iterator[Stretch]:
    """Those from `since` to `until`, in order."""
    before = past.last(series.device.name, series.key, since)
    begin, entered = (since, False) if before is not None and series.is_so(before) else (None, True)
    for change in past.changes(series.device.name, series.key, since, until):
        if series.is_so(change) and begin is None:
            begin, entered = change.at, not change.found
        elif not series.is_so(change) and begin is not None:
            yield Stretch(begin, change.at, entered)
            begin = None
    if begin is not None:
        yield Stretch(begin, until, entered, ended=False)
