"""The simulated appliance for each device that home.toml lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from demo.appliances import Appliance
from demo.tasmota import Tasmota
from demo.zigbee2mqtt import Zigbee
from device.home.model import Home

PROTOCOLS: Mapping[str, Callable[[str, str, str, str], Appliance]] = {
    "zigbee2mqtt": Zigbee,
    "tasmota": Tasmota,
}


def furnish(home: Home) -> tuple[Appliance, ...]:
    """One appliance a device, switched off, at the topics where `home` expects it.

    Devices with commands of their own making (protocol `mqtt`) are left out: nobody knows what they do.
    """
    return tuple(
        PROTOCOLS[device.protocol](device.name, device.room or "", device.kind, device.topic)
        for device in home.devices.values()
        if device.protocol in PROTOCOLS
    )
