"""Which changes of state have an entry."""

from __future__ import annotations

from device.home.state import HomeState
from device.memory.journal.entries import Changed
from device.memory.journal.states import States


def test_what_changes_has_an_entry_and_what_is_found_is_marked() -> None:
    taken: list[Changed] = []
    now, state = 5.0, HomeState()
    state.followers.append(States(taken.append, lambda: now).changed)
    state.update("door", {"open": False, "battery": 80, "bridge": True})
    state.update("door", {"open": False})
    state.update("door", {"open": True})
    now += 60
    state.update("gate", {"open": True})
    assert taken == [
        Changed("door", "open", False, 5.0, True),
        Changed("door", "battery", 80, 5.0, True),
        Changed("door", "open", True, 5.0),
        Changed("gate", "open", True, 65.0),
    ]


def test_a_measured_value_has_an_entry_when_it_has_moved() -> None:
    taken: list[Changed] = []
    state = HomeState()
    state.followers.append(States(taken.append, lambda: 5.0).changed)
    for power in (100, 101, 104, 105, 108, 111, 0, 1):
        state.update("kettle", {"power": power})
    for degrees in (21.0, 21.04, 21.1):
        state.update("hall", {"temperature": degrees})
    assert [one.value for one in taken if one.key == "power"] == [100, 105, 111, 0]
    assert [one.value for one in taken if one.key == "temperature"] == [21.0, 21.1]
