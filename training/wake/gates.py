"""The gates between a wake word that was trained and one that is shipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from device.errors import MynahError


@dataclass(frozen=True, slots=True)
class Gates:
    """Limits for the int8 model as it streams on the device, on what training left out.

    Misses: shares of the sayings by voices that training never heard. A run's config.json has them as
    `gates`, to be changed there.
    """

    missed_clean: float = 0.08
    missed_10_db: float = 0.15
    false_accepts_per_hour: float = 0.6

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Gates:
        """Raises MynahError for a gate that is unknown or no number."""
        known = {field.name for field in fields(cls)}
        for name, limit in entry.items():
            if name not in known:
                raise MynahError(f"unknown gate {name!r} in config.json: take one of {', '.join(known)}")
            if isinstance(limit, bool) or not isinstance(limit, int | float):
                raise MynahError(f"gate {name!r} in config.json is {limit!r}: give a number")
        return cls(**entry)

    def missed(self, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        """What misses which gate and by how much. `rows`: of `training.evaluate.wakewords.table`."""
        shipped = {row["noise"]: row for row in rows if row["at"] == "as shipped"}
        found = {
            "missed_clean": shipped["clean"]["missed"],
            "missed_10_db": shipped["10 dB"]["missed"],
            "false_accepts_per_hour": shipped["clean"]["false_accepts_per_hour"],
        }
        return [
            f"{name} is {_shown(found[name])} where at most {limit:g} is asked for"
            for name, limit in asdict(self).items()
            if found[name] is None or not found[name] <= limit
        ]


def _shown(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.3g}"
