"""Which changes of state are worth an entry. Pure, but for what was written last."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from device.memory.journal.entries import Changed

STEPS: Mapping[str, tuple[float, float]] = {
    "temperature": (0.1, 0.0),
    "humidity": (1.0, 0.0),
    "power": (2.0, 0.05),
    "illuminance": (5.0, 0.1),
    "co2": (20.0, 0.02),
    "battery": (1.0, 0.0),
}
"""What is measured all the time, by its key: a value has an entry where it differs from the last one by so
much, and by that share of it. So what is known of it is never off by more."""
SETTLING = 30.0
"""Seconds after the beginning in which the first report of a thing tells how it was before."""
LEFT_OUT = frozenset({"bridge"})
"""Keys that say nothing of the thing itself."""

Told = Callable[[str, Mapping[str, Any], Mapping[str, Any]], None]
"""Is told the name of a thing, what was known of it, and what is told of it now."""


class States:
    """Follows the states of all things, from any thread. `take` gets what is worth an entry, `elapsed` tells
    its time. `settling`: for how long things are only found as they are."""

    def __init__(
        self, take: Callable[[Changed], None], elapsed: Callable[[], float], settling: float = SETTLING
    ) -> None:
        self._take, self._elapsed = take, elapsed
        self._settled = elapsed() + settling
        self._written: dict[tuple[str, str], float] = {}

    def changed(self, thing: str, before: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """`values` are told of `thing`, of which `before` was known."""
        for key, value in values.items():
            if key in LEFT_OUT or (key in before and before[key] == value):
                continue
            if key in STEPS:
                if not self._moved(thing, key, value):
                    continue
                self._written[thing, key] = value
            at = self._elapsed()
            self._take(Changed(thing, key, value, at, found=key not in before and at < self._settled))

    def _moved(self, thing: str, key: str, value: float) -> bool:
        last = self._written.get((thing, key))
        least, share = STEPS[key]
        return last is None or abs(value - last) >= max(least, share * abs(last)) - 1e-9
