"""`mynah discover`: what the broker announces of the home, beside what home.toml says.

Zigbee2MQTT, Tasmota and whatever announces itself to Home Assistant. The daemon follows all of it by itself.
With --names: how everything in the home is said, and which names clash or cannot be said; this works without
a broker as well.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from device.appliances.devices import Device
from device.assembly.names import said
from device.commands import options as common
from device.discovery.announcements import Announcements
from device.discovery.joining import joined, missing
from device.discovery.zigbee2mqtt import LARGEST
from device.errors import BrokerError
from device.hearing.lexicon import Lexicon
from device.home import reading
from device.home.model import Home, own
from device.home.reading import Layout
from device.mqtt.client import connect


def arguments(parser: argparse.ArgumentParser) -> None:
    common.config(parser)
    parser.add_argument("--home", type=Path, metavar="F", help="home.toml")
    common.output(parser)
    parser.add_argument(
        "--names", action="store_true", help="show how you say each name, and which names clash"
    )
    parser.add_argument("--seconds", type=float, default=5.0, help="listen for at most this long (5)")


def main(options: argparse.Namespace) -> int:
    settings = common.load(options)
    layout = own(reading.read(settings.home.file), settings.home.file)
    announcements = Announcements(layout.zigbee2mqtt)
    try:
        with connect(settings.mqtt, settings.device_id, announcements.topics, LARGEST) as publisher:
            announcements.listen(publisher.messages, options.seconds)
    except BrokerError as error:
        if not options.names:
            raise
        print(f"mynah: {error}; these are the names of {settings.home.file}", file=sys.stderr)
    found = announcements.found()
    whole, problems = joined(layout, found)
    if options.names:
        _names(options, whole, problems, Lexicon(settings.hearing.lexicon))
        return 0
    new = whole.devices[len(layout.devices) :]
    for device in new:
        common.emit(options, described(device), line(device))
    for problem in (*problems, *missing(layout, found), *announcements.left_out()):
        print(f"mynah: {problem}", file=sys.stderr)
    if not new:
        print("nothing new is announced on this broker", file=sys.stderr)
    return 0


def _names(options: argparse.Namespace, layout: Layout, problems: tuple[str, ...], lexicon: Lexicon) -> None:
    home = Home(layout)
    for one in said(home, lexicon):
        common.emit(options, one.report(), str(one))
    for problem in problems:
        print(f"mynah: {problem}", file=sys.stderr)


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
