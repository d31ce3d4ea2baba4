"""All that is announced on a broker, message by message, as devices."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from device.appliances.announced import Announced, LeftOut
from device.discovery import tasmota, zigbee2mqtt
from device.discovery.homeassistant import announcing as homeassistant
from device.mqtt.connection import Message
from device.mqtt.payload import parsed

log = logging.getLogger(__name__)

MOST = 5000
"""Topics on which announcements are kept; of a broker that is flooded with more, no more are believed."""

MOST_BYTES = 1 << 24
"""Of all that is kept; Zigbee2MQTT says some ten thousand of each device."""
QUIET = 0.5
"""Seconds after an announcement, without another, after which all that is retained has come."""


class Announcements:
    """What was announced last on each topic. `base`: Zigbee2MQTT's base topic."""

    def __init__(self, base: str = "zigbee2mqtt") -> None:
        self._base = base
        self._devices, self._groups = f"{base}/bridge/devices", f"{base}/bridge/groups"
        self._contents: dict[str, Any] = {}
        self._sizes: dict[str, int] = {}
        self._doubted: set[str] = set()
        self._known: list[Announced | LeftOut] | None = None
        self.topics = (
            self._devices,
            self._groups,
            "tasmota/discovery/+/config",
            "tasmota/discovery/+/sensors",
            "homeassistant/+/+/config",
            "homeassistant/+/+/+/config",
        )

    def receive(self, topic: str, payload: bytes) -> bool:
        """Take in a message; whether it changes what is announced. An empty one takes a device back."""
        if not self._is_ours(topic):
            return False
        self._known = None
        self._doubted.discard(topic)
        if not payload.strip():
            self._sizes.pop(topic, None)
            return self._contents.pop(topic, None) is not None
        try:
            content = parsed(payload)
        except ValueError as error:
            log.warning("an announcement on %s cannot be read: %s", topic, error)
            return False
        if topic not in self._contents and len(self._contents) >= MOST:
            return False
        if sum(self._sizes.values()) - self._sizes.get(topic, 0) + len(payload) > MOST_BYTES:
            log.warning("an announcement on %s is ignored: there are too many, too long ones", topic)
            return False
        changed = self._contents.get(topic) != content
        self._contents[topic], self._sizes[topic] = content, len(payload)
        return changed

    def doubt(self) -> None:
        """What was announced so far may have left; what is announced again has not."""
        self._doubted = set(self._contents)

    def sweep(self) -> bool:
        """Forget what is still doubted; whether something is. A broker that kept nothing tells nothing."""
        gone, self._doubted = self._doubted, set()
        if not gone or len(gone) == len(self._contents):
            return False
        self._known = None
        for topic in gone:
            del self._contents[topic], self._sizes[topic]
        return True

    def listen(self, messages: Callable[[], Iterable[Message]], seconds: float) -> None:
        """Take in what comes, for `seconds`, or until nothing more does for QUIET seconds."""
        end = time.monotonic() + seconds
        quiet = end
        while (now := time.monotonic()) < min(end, quiet):
            for message in messages():
                if self.receive(message.topic, message.payload):
                    quiet = now + QUIET
            time.sleep(0.02)

    def found(self) -> list[Announced]:
        """Everything that is announced, groups last: they are made of devices."""
        return [one for one in self._all() if isinstance(one, Announced)]

    def left_out(self) -> list[LeftOut]:
        """What is announced and cannot be used, or only in part."""
        return [one for one in self._all() if isinstance(one, LeftOut)]

    def _all(self) -> list[Announced | LeftOut]:
        """Read once; each message may be long."""
        if self._known is None:
            found: list[Announced | LeftOut] = []
            for topic, content in sorted(self._contents.items(), key=lambda item: item[0] == self._groups):
                devices = (
                    [one for one in found if isinstance(one, Announced)] if topic == self._groups else []
                )
                found += self._read(topic, content, devices)
            self._known = found
        return self._known

    def _read(self, topic: str, content: Any, known: list[Announced]) -> Iterator[Announced | LeftOut]:
        if topic == self._devices:
            return zigbee2mqtt.devices(content, self._base)
        if topic == self._groups:
            return zigbee2mqtt.groups(content, tuple(known), self._base)
        if topic.endswith("/sensors"):
            return iter(())  # they belong to the config
        if topic.startswith("tasmota/"):
            sensors = self._contents.get(f"{topic.removesuffix('/config')}/sensors")
            return tasmota.devices(content, topic, sensors)
        return homeassistant.devices(content, topic)

    def _is_ours(self, topic: str) -> bool:
        if topic.startswith("tasmota/discovery/"):
            return topic.endswith(("/config", "/sensors"))
        return (topic.startswith("homeassistant/") and topic.endswith("/config")) or topic in (
            self._devices,
            self._groups,
        )
