"""What is outside: gardens, terraces and other such rooms that are on no floor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from device.appliances.devices import Room
from device.understanding.numbers import spoken

OUTSIDE = "outside"
"""Said and used as the name of a floor."""
WORDS = frozenset(
    {"garden", "terrace", "balcony", "patio", "porch", "veranda", "deck", "driveway", "outdoors", OUTSIDE}
    | {"yard", "backyard", "courtyard"}
)
"""Last words of their names."""


def floors(rooms: Iterable[Room]) -> Mapping[str, str | None]:
    """The floor of each room, by the room's name."""
    return {room.name: OUTSIDE if _is_outside(room) else room.floor for room in rooms}


def _is_outside(room: Room) -> bool:
    return room.floor is None and spoken(room.name).split()[-1] in WORDS
