"""`mynah forget`: takes back what Mynah keeps on the broker, and with it the device in Home Assistant.

The daemon must not run: it would say all of it again.
"""

from __future__ import annotations

import argparse
import time

from device.channels.homeassistant import config_topic
from device.channels.own import Topics
from device.commands import options as common
from device.mqtt.client import connect

KEPT = ("availability", "state", "mute", "problem", "timers", "volume", "session")
"""Our own topics on which something is retained always."""
PATIENCE = 0.5
"""Seconds in which the broker tells what it keeps of ours."""


def arguments(parser: argparse.ArgumentParser) -> None:
    common.config(parser)


def main(options: argparse.Namespace) -> int:
    settings = common.load(options)
    topics, config = Topics(settings.device_id), config_topic(settings.device_id)
    with connect(settings.mqtt, settings.device_id, [topics["#"], config]) as publisher:
        time.sleep(PATIENCE)
        found = {message.topic for message in publisher.messages() if message.retained}
        for topic in sorted({config, *(topics[name] for name in KEPT), *found}):
            publisher.retain(topic, "")
    print(f"{settings.device_id} is forgotten on the broker at {':'.join(map(str, settings.mqtt.address))}")
    return 0
