"""`mynah understand`: what typed sentences mean, and what they would send. No audio, no model."""

from __future__ import annotations

import argparse

from device.channels.report import exchange_json, exchange_text
from device.commands import options as common


def arguments(parser: argparse.ArgumentParser) -> None:
    common.understanding(parser)
    common.output(parser)
    parser.add_argument("texts", nargs="+", metavar="TEXT", help="sentences; - reads lines of standard input")


def main(options: argparse.Namespace) -> int:
    from device.assembly.chatting import Chat

    chat = Chat.of(common.load(options))
    common.warn(chat.remarks)
    for text in common.lines(options.texts):
        chat.begin()
        exchange = chat.say(text)
        common.emit(options, exchange_json(exchange), exchange_text(exchange))
    return 0
