"""`mynah …`: reads the command line, runs one of `device.commands`, and prints what went wrong in a line.

Exit status: 0 done, 1 the work failed, 2 wrong usage.
"""

from __future__ import annotations

import os

# Before numpy is imported: its threads cost a one-hop log-mel twenty times what the arithmetic does.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import importlib
import logging
import sys
from collections.abc import Sequence
from typing import Any

from device.system.guard import guarded

COMMANDS = {
    "run": "run the daemon: microphone to MQTT",
    "turn": "run whole turns from recordings",
    "detect": "detect the wake word in recordings",
    "transcribe": "transcribe commands in recordings",
    "dictate": "transcribe any words in recordings",
    "say": "say a text with Mynah's voice",
    "chat": "hold a conversation in the terminal",
    "understand": "show what texts mean",
    "timers": "show or cancel timers, alarms, reminders and planned commands",
    "stories": "test written conversations",
    "lists": "show or clear the shopping list and other lists",
    "history": "show, export or forget what happened",
    "learn": "learn other words from what went wrong, list and forget them",
    "discover": "show the devices that the broker announces",
    "enroll": "adapt a wake word to your voice",
    "review": "show and label possible errors of the wake word",
    "update": "install another version from a signed file",
    "forget": "remove what Mynah keeps on the broker",
    "doctor": "show what is wrong with this device, and what to do",
    "card": "apply the files on the boot partition",
    "bench": "measure latency, and CPU and memory while idle",
}
"""Each is a module in `device.commands` with `arguments(parser)` and `main(options) -> exit status`."""


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser(arguments).parse_args(arguments)
    options.arguments = arguments
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if options.debug else logging.INFO,
        format="%(levelname)s %(message)s",
    )
    return guarded(lambda: _module(options.command).main(options))


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Only the named command's module is imported."""
    parser = argparse.ArgumentParser("mynah", description="A voice assistant that lives on the device.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        command.add_argument("--debug", action="store_true", help="log more, and show tracebacks")
        if arguments and arguments[0] == name:
            _module(name).arguments(command)
    return parser


def _module(name: str) -> Any:
    return importlib.import_module(f"device.commands.{name}")


if __name__ == "__main__":
    sys.exit(main())
