"""`mynah lists`: what is on the lists of the service; the service need not be stopped for it."""

from __future__ import annotations

import argparse

from device.commands import options as common
from device.errors import UsageError
from device.events import Change
from device.memory.lists import CLEAR


def arguments(parser: argparse.ArgumentParser) -> None:
    common.config(parser)
    common.output(parser)
    parser.add_argument("--clear", metavar="LIST", help="clear a list; all: clear every list")


def main(options: argparse.Namespace) -> int:
    from device.assembly.stages import make_home, make_memory

    memory = make_memory(make_home(common.load(options)))
    names = memory.lists.names
    if options.clear is not None and options.clear not in (*names, "all"):
        raise UsageError(f"--clear {options.clear}: no such list; there is {', '.join(names) or 'none'}")
    memory.apply(Change(CLEAR, {"list": name}) for name in names if options.clear in (name, "all"))
    for name, items in memory.lists.items.items():
        text = "\n".join([f"{name}:", *(f"  {item}" for item in items)]) if items else f"{name}: empty"
        common.emit(options, {"list": name, "items": list(items)}, text)
    return 0
