"""`mynah card`: takes over what lies on the boot partition of an SD card, at each start, as root.

Status 0 even where something there is wrong: that is told on the partition and over MQTT.
"""

from __future__ import annotations

import argparse
import logging
import time
from pathlib import Path

from device.card import notes
from device.card.machine import Machine
from device.card.places import Card
from device.card.start import start
from device.errors import MynahError

log = logging.getLogger(__name__)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--boot", type=Path, default=Card().boot, metavar="DIR", help="the boot partition")
    parser.add_argument(
        "--problems", action="store_true", help="only write the daemon's new problems to the partition"
    )


def main(options: argparse.Namespace, machine: Machine | None = None) -> int:
    return take_over(Card(boot=options.boot), machine or Machine(), options.problems)


def take_over(card: Card, machine: Machine, only_problems: bool) -> int:
    if not only_problems:
        start(card, machine)
    try:
        notes.show(card, machine, time.time())
    except (MynahError, OSError) as error:
        log.warning("%s cannot be written: %s", card.boot / notes.NAME, error)
    return 0
