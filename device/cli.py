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
    "run": "the daemon: microphone to MQTT",
    "turn": "whole turns from recordings",
    "detect": "the wake word in recordings",
    "transcribe": "what is said in recordings",
    "dictate": "what is said in recordings, in any words",
    "chat": "a conversation in the terminal",
    "understand": "what a text means",
    "timers": "timers, alarms, reminders and planned commands",
    "stories": "whether written conversations go as they should",
    "lists": "what is on the shopping list and on others",
    "discover": "what the broker announces of the home",
    "enroll": "a wake word gets to know your voice",
    "review": "what the wake word may have got wrong",
    "update": "another version, from a signed file",
    "forget": "take back what Mynah keeps on the broker",
    "doctor": "what is wrong with this device, and what to do",
    "card": "take over what lies on the boot partition",
    "bench": "how quick the loop is, and what it costs when idle",
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
