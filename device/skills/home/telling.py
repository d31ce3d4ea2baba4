"""Telling devices something: who can do it and is there, what is sent, and why not to the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from device.appliances.actions import Action
from device.appliances.devices import Device
from device.appliances.relative import Missing
from device.events import Command, Expectation, Intent, Outcome, Reply
from device.home.model import Home
from device.skills.home import replies, undoing


@dataclass(slots=True)
class Told:
    """`able`: the devices that are told something, `done`: what; `dark`: those that are off, so that they
    cannot be brighter; `notes`: why others are not told."""

    able: list[Device] = field(default_factory=list)
    done: list[tuple[Action, ...]] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    expected: list[Expectation] = field(default_factory=list)
    undo: list[Intent] = field(default_factory=list)
    dark: list[Device] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    def outcome(self, reply: str) -> Outcome:
        whole = Reply(", ".join((reply, *self.notes)))
        return Outcome(tuple(self.commands), whole, tuple(self.expected), undo=tuple(self.undo))


def tell(home: Home, orders: Iterable[tuple[Device, Sequence[Action]]]) -> Told:
    """What is sent to the devices that can do it, are there, and of which enough is known."""
    told, orders = Told(), tuple(orders)
    gone: list[Device] = []
    unable: list[str] = []
    lacking: dict[Missing, list[Device]] = {reason: [] for reason in Missing}
    for device, actions in orders:
        settled = home.settled(device, actions)
        commands = () if isinstance(settled, Missing) else home.commands(device, settled)
        if not commands and not isinstance(settled, Missing):
            unable += replies.unable(device, settled)
            continue
        if not home.reachable(device):
            gone.append(device)
        elif isinstance(settled, Missing):
            lacking[settled].append(device)
        else:
            told.able.append(device)
            told.done.append(settled)
            told.commands += commands
            told.undo += undoing.back(device, settled, home.state.of(device.name), alone=len(orders) == 1)
            if expected := home.expectation(device, settled):
                told.expected.append(expected)
    told.dark = lacking.pop(Missing.LIGHT)  # no need to say so, where others shine
    told.notes = (
        *unable,
        *replies.lacking(gone, None, home.layout.units),
        *(
            note
            for reason, devices in lacking.items()
            for note in replies.lacking(devices, reason, home.layout.units)
        ),
    )
    return told
