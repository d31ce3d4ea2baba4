"""What devices are called by parts of their names."""

from __future__ import annotations

import pytest

from device.appliances.devices import Device
from device.home.shorter import plurals, shorter

PLACES = frozenset(("kitchen", "living room", "bedroom one", "bedroom two", "garage", "upstairs"))


def devices(kind: str, *names: str) -> list[Device]:
    return [Device(name, kind, "mqtt", name) for name in names]


@pytest.mark.parametrize(
    ("kind", "name", "texts"),
    [
        ("light", "Kitchen Island Light", {"island light", "kitchen island"}),
        ("fan", "Kitchen Ceiling Fan", {"ceiling fan", "fan"}),
        ("light", "Living Room Light", set()),
        ("light", "Front Porch", {"porch"}),
        ("light", "Bedroom 1 Light", {"bedroom light"}),
        ("light", "Lamp 2", {"lamp"}),
        ("light", "Hue Play Left", {"left hue play", "left play", "hue play", "play", "play left"}),
        ("cover", "Living Room Blinds", set()),
        ("lock", "Back Door Lock", {"back door", "door lock", "lock", "door"}),
        ("vacuum", "Upstairs Robot", {"robot", "vacuum", "vacuum cleaner", "hoover"}),
        ("switch", "Upstairs Kitchen", set()),
        ("switch", "Drill Plug", {"drill", "plug"}),
        ("switch", "Kitchen Plug", {"plug"}),
        ("switch", "Smart Plug", {"plug"}),
    ],
)
def test_parts_of_a_name(kind: str, name: str, texts: set[str]) -> None:
    assert texts == set(shorter(devices(kind, name), PLACES))


def test_a_word_for_a_kind_is_not_that_for_another() -> None:
    found = shorter([*devices("lock", "Nuki"), *devices("cover", "Garage Door")], PLACES)
    assert "door" not in found


def test_plurals_are_of_several_of_one_kind() -> None:
    lamps = devices("light", "Bed Lamp 1", "Bed Lamp 2")
    assert "both bed lamps" in list(plurals("bed lamp", lamps))
    assert not list(plurals("bed lamp", lamps[:1]))
    assert not list(plurals("bed", [*lamps, *devices("fan", "Bed Fan")]))
    assert not list(plurals("lamp", lamps)), "lamps are all the lights"
