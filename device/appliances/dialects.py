"""The dialects of appliances: which module says a device's actions and reads its state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from device.appliances import generic, tasmota, zigbee2mqtt
from device.appliances.actions import Action
from device.appliances.devices import Device
from device.events import Command


class Dialect(Protocol):
    """A module that knows one kind of firmware."""

    def commands(self, device: Device, actions: Iterable[Action]) -> tuple[Command, ...]:
        """All that `actions` ask; nothing where the device cannot do one of them."""

    def query(self, device: Device) -> Command | None:
        """The message that asks for the state; None where there is no way to ask."""

    def topics(self, device: Device) -> tuple[str, ...]:
        """Where the device tells its state."""

    def tells(self, device: Device) -> bool:
        """Whether it reports what it does."""

    def state(self, device: Device, topic: str, payload: bytes) -> Mapping[str, Any]:
        """What a message says, in the units of `device.home.state`."""


DIALECTS: Mapping[str, Dialect] = {"zigbee2mqtt": zigbee2mqtt, "tasmota": tasmota, "mqtt": generic}


def commands(device: Device, actions: Iterable[Action]) -> tuple[Command, ...]:
    """The messages that its dialect has for `actions`; nothing where one of them is unknown there."""
    dialect = DIALECTS.get(device.protocol)
    return dialect.commands(device, actions) if dialect else ()


def topics(device: Device) -> tuple[str, ...]:
    dialect = DIALECTS.get(device.protocol)
    return dialect.topics(device) if dialect else ()


def query(device: Device) -> Command | None:
    dialect = DIALECTS.get(device.protocol)
    return dialect.query(device) if dialect else None


def tells(device: Device) -> bool:
    dialect = DIALECTS.get(device.protocol)
    return dialect is not None and dialect.tells(device)


def in_mode(device: Device, known: Mapping[str, Any]) -> Device:
    """The device as it takes orders in the state `known`."""
    dialect = {"zigbee2mqtt": zigbee2mqtt, "mqtt": generic}.get(device.protocol)
    return dialect.in_mode(device, known) if dialect else device


def state(device: Device, topic: str, payload: bytes) -> Mapping[str, Any]:
    """Raises ValueError, OverflowError for a message that cannot be read."""
    return DIALECTS[device.protocol].state(device, topic, payload)
