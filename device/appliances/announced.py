"""A device as it announces itself on the broker."""

from __future__ import annotations

from dataclasses import dataclass

from device.appliances.devices import Device


@dataclass(frozen=True, slots=True)
class Announced:
    """A device that announced itself under `source`, a topic; it may call itself "kitchen/lamp".

    `address`: its hardware's, where groups name their members by it. `own`: home.toml adds something to it.
    """

    source: str
    device: Device
    address: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something announced under `source` that cannot be used, or of which a part cannot, and the reason."""

    source: str
    reason: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.source}: {self.name + ': ' if self.name else ''}{self.reason}"
