"""`mynah discover`: what the broker announces of the home, beside what home.toml says.

Zigbee2MQTT, Tasmota and whatever announces itself to Home Assistant. With --toml it is printed as home.toml
wants it, to be pasted there.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from device.commands import options as common
from device.discovery.announced import joined
from device.discovery.announcements import Announcements
from device.home import reading
from device.home.devices import Device
from device.home.model import EXAMPLE
from device.mqtt.client import Publisher, connect

QUIET = 0.5
"""Seconds without a further announcement, after which all that is retained has come."""


def arguments(parser: argparse.ArgumentParser) -> None:
    common.config(parser)
    parser.add_argument("--home", type=Path, metavar="F", help="home.toml")
    common.output(parser)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long to listen at most (5)")
    parser.add_argument("--toml", action="store_true", help="as [[device]] tables for home.toml")


def main(options: argparse.Namespace) -> int:
    settings = common.load(options)
    layout = reading.read(settings.home.file)
    if settings.home.file == EXAMPLE:  # its devices are nobody's
        layout = reading.Layout(layout.floors, layout.rooms)
    announcements = Announcements()
    with connect(settings.mqtt, settings.device_id, announcements.topics) as publisher:
        listen(publisher, announcements, options.seconds)
    whole, problems = joined(layout, announcements.found())
    new = whole.devices[len(layout.devices) :]
    for device in new:
        common.emit(options, described(device), table(device) if options.toml else line(device))
    for problem in problems:
        print(f"mynah: {problem}", file=sys.stderr)
    if not new:
        print("nothing new is announced on this broker", file=sys.stderr)
    return 0


def listen(publisher: Publisher, announcements: Announcements, seconds: float) -> None:
    """Take in what comes, until nothing more does for QUIET seconds."""
    now = time.monotonic()
    end, last = now + seconds, now
    while now < min(end, last + QUIET):
        for message in publisher.messages():
            announcements.receive(message.topic, message.payload)
            last = now
        time.sleep(0.02)
        now = time.monotonic()


def described(device: Device) -> dict[str, object]:
    return {
        "name": device.name,
        "kind": device.kind,
        "room": device.room,
        "protocol": device.protocol,
        "topic": device.topic,
        "can": sorted(device.can),
    }


def line(device: Device) -> str:
    where = f" in the {device.room}" if device.room else ""
    can = f": {', '.join(sorted(device.can))}" if device.can else ""
    return f"{device.name}{where} ({device.kind}, {device.protocol}{can})"


def table(device: Device) -> str:
    """As home.toml has it."""
    lines = ["[[device]]", f"name = {_text(device.name)}", f"kind = {_text(device.kind)}"]
    lines += [f"room = {_text(device.room)}"] if device.room else []
    lines += [f"class = {_text(device.device_class)}"] if device.device_class else []
    lines += [f"can = [{', '.join(map(_text, sorted(device.can)))}]"] if device.kind == "light" else []
    topic = device.topic.partition("/")[2] if device.protocol == "zigbee2mqtt" else device.topic
    lines += [f"protocol = {_text(device.protocol)}", f"topic = {_text(topic)}"]
    lines += [f"relay = {device.relay}"] if device.relay is not None else []
    for do, template in device.commands.items():
        sent = f"topic = {_text(template.topic)}, payload = {_text(template.payload)}"
        lines.append(f"commands.{do.value} = {{ {sent} }}")
    return "\n".join([*lines, ""])


def _text(value: str) -> str:
    """A basic string of TOML, whose escapes are JSON's."""
    return json.dumps(value, ensure_ascii=False)
