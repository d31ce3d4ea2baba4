"""`mynah timers`: the timers, alarms, reminders and planned commands of the service.

--cancel takes one away by its number, or all; the service need not be stopped for it.
"""

from __future__ import annotations

import argparse
from datetime import datetime

from device.channels.report import Json, timers_json
from device.commands import options as common
from device.errors import UsageError
from device.memory.agenda_store import agenda_store
from device.memory.memory import AGENDA
from device.speaking.times import clock, rough
from device.system.places import state_folder


def arguments(parser: argparse.ArgumentParser) -> None:
    common.output(parser)
    parser.add_argument(
        "--cancel", metavar="NUMBER", help="cancel an entry by its number; all: cancel every entry"
    )


def main(options: argparse.Namespace) -> int:
    agenda = agenda_store(state_folder() / AGENDA)
    known = timers_json(agenda.read(), datetime.now())
    chosen = (
        known
        if options.cancel in (None, "all")
        else [one for one in known if str(one["id"]) == options.cancel]
    )
    if options.cancel not in (None, "all") and not chosen:
        raise UsageError(f"--cancel {options.cancel}: no such number; `mynah timers` shows them")
    if options.cancel is not None:
        agenda.change(lambda before: before.without(one["id"] for one in chosen))
    for one in chosen:
        common.emit(options, one, text(one))
    if not chosen and not options.json:
        print("nothing is due")
    return 0


def text(one: Json) -> str:
    """One entry in a line: its number, what it is, and when."""
    what = " ".join(filter(None, (one["kind"], one["name"], one["text"])))
    if one["ringing"]:
        when = "rings"
    elif one["paused"]:
        when = f"paused, {rough(one['left'])} left"
    else:
        at = datetime.fromisoformat(one["at"])
        days = f", every {', '.join(one['days'])}" if one["days"] else ""
        when = f"{at:%Y-%m-%d} {clock(at)}{days}, {rough(one['left'])} left"
    return f"{one['id']:>4}  {what}: {when}"
