"""How the names of a home are said, and which of them do not do."""

from __future__ import annotations

from device.appliances.devices import Device, Room
from device.assembly.names import said
from device.hearing.lexicon import Lexicon
from device.home.model import Home
from device.home.reading import Layout


def lamp(name: str, number: int, aliases: tuple[str, ...] = ()) -> Device:
    return Device(name, "light", "mqtt", f"lamps/{number}", aliases=aliases)


def test_each_name_is_told_as_it_is_said() -> None:
    names = ("3rd lamp", "№2", "right lamp", "wright lamp", "灯", "big spot", "small spot")
    lamps = tuple(lamp(name, number) for number, name in enumerate(names))
    spots = (*lamps[:5], lamp("big spot", 5, ("spot",)), lamp("small spot", 6, ("spot",)))
    found = {
        one.name: one for one in said(Home(Layout(rooms=(Room("1st floor"),), devices=spots)), Lexicon())
    }
    assert {name: one.words[0] for name, one in found.items()} == {
        "1st floor": "first floor",
        "3rd lamp": "third lamp",
        "№2": "number two",
        **{name: name for name in names[2:]},
    }
    assert "sound the same" in found["right lamp"].problem
    assert "has no sound" in found["灯"].problem
    assert found["big spot"].problem == '"spot" is also small spot: Mynah asks which is meant'
    assert not found["3rd lamp"].problem
    report = found["3rd lamp"].report()
    assert report["said"] == ["third lamp"]
    assert report["phones"] == "TH ER D L AE M P"
    assert report["problem"] is None
