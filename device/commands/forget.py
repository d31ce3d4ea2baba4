"""`mynah forget`: takes back what Mynah keeps on the broker, and with it the device in Home Assistant.

The daemon must not run: it would say all of it again.
"""

from __future__ import annotations

import argparse

from device.commands import options as common
from device.mqtt.client import connect
from device.mqtt.homeassistant import config_topic

KEPT = ("availability", "state", "mute")
"""Our own topics on which something is retained."""


def arguments(parser: argparse.ArgumentParser) -> None:
    common.config(parser)


def main(options: argparse.Namespace) -> int:
    settings = common.load(options)
    with connect(settings.mqtt, settings.device_id) as publisher:
        for topic in (config_topic(settings.device_id), *(publisher.topics[name] for name in KEPT)):
            publisher.keep(topic, "")
    print(f"{settings.device_id} is forgotten on the broker at {':'.join(map(str, settings.mqtt.address))}")
    return 0
