"""What the appliances said of themselves.

Keys, the same for every protocol: `reachable`, `bridge` (what stands between is there), `on`, `open`,
`locked`, `contact`, `occupancy`, `armed`, `water_leak`, `smoke`, `gas`, `carbon_monoxide` (bool),
`brightness`, `position`, `aim` (to which a cover is under way), `speed`, `volume`, `humidity`,
`humidity_target`, `battery` (percent), `temperature`, `target` (degrees Celsius), `target_low` and
`target_high` (to which it heats, and to which it cools), `power` (watt), `energy` (kilowatt-hours, since
whenever the device counts), `illuminance` (lux), `co2` (parts per million), `number` (its own unit),
`option`, `preset`, `fan_mode`, `swing_mode`, `activity` (texts).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

TEXTS = ("option", "preset", "fan_mode", "swing_mode", "activity")
LONGEST = 100
"""Characters of a text."""

Told = Callable[[str, Mapping[str, Any], Mapping[str, Any]], None]
"""Is told the name of a device, what was known of it, and what it says now."""


class HomeState:
    """The last known state of every device, by name. MQTT's thread writes, the voice loop reads."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Any]] = {}
        self._reports: dict[str, int] = {}
        self._lock = threading.Lock()
        self.followers: list[Told] = []
        """Are told of each report, on the thread that brings it."""

    def update(self, name: str, values: Mapping[str, Any]) -> None:
        """Take in `values`; what is neither true, false nor a finite number is left out, texts apart."""
        usable = {key: value for key, value in values.items() if _usable(key, value)}
        with self._lock:
            before = self._known.get(name, {})
            self._known[name] = {**before, **usable}
            if usable.keys() - {"reachable", "bridge"}:
                self._reports[name] = self._reports.get(name, 0) + 1
        for told in tuple(self.followers):
            told(name, before, usable)

    def of(self, name: str) -> Mapping[str, Any]:
        """All that is known of the device; empty where it never said anything."""
        with self._lock:
            return dict(self._known.get(name, {}))

    def keep(self, names: Iterable[str]) -> None:
        """Forget what is known of all other devices."""
        with self._lock:
            self._known = {name: self._known[name] for name in names if name in self._known}
            self._reports = {name: count for name, count in self._reports.items() if name in self._known}

    def reports(self, name: str) -> int:
        """How often the device has told more than whether it is reachable."""
        with self._lock:
            return self._reports.get(name, 0)


def _usable(key: str, value: Any) -> bool:
    if key in TEXTS:
        return isinstance(value, str) and len(value) <= LONGEST
    try:
        return isinstance(value, bool | int | float) and math.isfinite(value)
    except OverflowError:  # JSON has integers of any length
        return False
