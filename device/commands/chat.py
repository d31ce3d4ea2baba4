"""`mynah chat`: a conversation in the terminal, one utterance a line. No audio, no model.

A line is an utterance; `+90` lets 90 s of the clock pass (with --clock, which is then simulated); `< TOPIC
PAYLOAD` is a message from the broker; an empty line begins a new dialogue. Nothing is sent. With --desk, see
`device.commands.desk`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from device.channels.report import exchange_json, exchange_text
from device.commands import options as common
from device.errors import MynahError


def arguments(parser: argparse.ArgumentParser) -> None:
    common.understanding(parser)
    common.output(parser)
    parser.add_argument("--documents", type=Path, metavar="DIR", help="a folder of manuals to answer from")
    parser.add_argument(
        "--desk", action="store_true", help="instead: the questions that wait for a person, and the answers"
    )
    parser.add_argument(
        "--clock", metavar="TIME", help="a simulated clock that starts at TIME, such as 2026-03-02T18:00"
    )


def main(options: argparse.Namespace) -> int:
    if options.desk:
        from device.commands import desk

        return desk.main(options)
    from device.assembly.chatting import Chat

    chat = Chat.of(common.load(options), options.clock)
    common.warn(chat.remarks)
    prompt = sys.stdin.isatty() and not options.json
    while True:
        if prompt:
            print("> ", end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            return 0
        try:
            for exchange in chat.take(line.rstrip("\r\n")):
                common.emit(options, exchange_json(exchange), exchange_text(exchange))
        except MynahError as error:
            print(f"mynah: {error}", file=sys.stderr, flush=True)
