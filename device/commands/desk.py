"""`mynah chat --desk`: the questions that wait for a person, and the answers of the person.

It reads the daemon's own list, and sends answers to the daemon over the broker.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from device.channels.own import Topics
from device.commands import options as common
from device.desk.handed import OPEN, Handed, handed_json, handed_text
from device.desk.store import FILE, listed
from device.errors import DeskError, MynahError, UsageError
from device.mqtt.client import connect
from device.settings import Settings
from device.system.places import state_folder

HOW = "Write ID and the answer; “ID + answer” keeps it for the next time; “ID -” closes the question"


def main(options: argparse.Namespace) -> int:
    """Raises DeskError, BrokerError."""
    settings, file = common.load(options), state_folder() / FILE
    if not settings.desk.person and not file.exists():
        raise DeskError("nobody is asked yet: set person and to under [desk] in mynah.toml")
    handed = listed(file)
    for one in handed if options.json else waiting(handed).values():
        common.emit(options, handed_json(one), handed_text(one))
    if not options.json:
        print(HOW if waiting(handed) else "no question is open", file=sys.stderr)
    for line in sys.stdin:
        try:
            if line.strip():
                send(settings, read(line, listed(file)))
        except MynahError as error:
            print(f"mynah: {error}", file=sys.stderr, flush=True)
    return 0


def waiting(handed: Iterable[Handed]) -> Mapping[str, Handed]:
    """Those that are open, by their ids."""
    return {one.id: one for one in handed if one.state == OPEN}


def read(line: str, handed: Iterable[Handed]) -> dict[str, Any]:
    """What a line answers. Raises UsageError where it answers nothing."""
    number, _, text = line.strip().partition(" ")
    known = {one.id: one for one in handed}
    if number not in known:
        raise UsageError(f"there is no question {number}; open are: {', '.join(waiting(handed)) or 'none'}")
    if known[number].state != OPEN:
        raise UsageError(f"the question {number} is {known[number].state} already")
    text = text.strip()
    if text == "-":
        return {"id": number, "close": True}
    keep, text = text.startswith("+"), text.removeprefix("+").strip()
    if not text:
        raise UsageError(f"write the answer behind {number}")
    return {"id": number, "text": text, "keep": keep}


def send(settings: Settings, answer: Mapping[str, Any], connected: Callable[..., Any] = connect) -> None:
    """To the daemon. Raises BrokerError."""
    with connected(settings.mqtt, settings.device_id) as publisher:
        publisher.post(Topics(settings.device_id)["desk/answer"], json.dumps(answer, ensure_ascii=False))
