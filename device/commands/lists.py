"""`mynah lists`: what is on the lists of the service; the service need not be stopped for it."""

from __future__ import annotations

import argparse

from device.commands import options as common
from device.errors import UsageError
from device.events import Change


def arguments(parser: argparse.ArgumentParser) -> None:
    common.config(parser)
    common.output(parser)
    parser.add_argument("--clear", metavar="LIST", help="take everything off a list; all: off every list")


def main(options: argparse.Namespace) -> int:
    from device.assembly.stages import make_home, make_lists

    store = make_lists(make_home(common.load(options)))
    names = store.lists.names
    if options.clear is not None and options.clear not in (*names, "all"):
        raise UsageError(f"--clear {options.clear}: no such list; there is {', '.join(names) or 'none'}")
    for name in names:
        if options.clear in (name, "all"):
            store.apply(Change("list.clear", {"list": name}))
    for name, items in store.lists.items.items():
        text = "\n".join([f"{name}:", *(f"  {item}" for item in items)]) if items else f"{name}: empty"
        common.emit(options, {"list": name, "items": list(items)}, text)
    return 0
