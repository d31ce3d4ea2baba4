"""`mynah understand`: what typed sentences mean, and what they would send. No audio, no model."""

from __future__ import annotations

import argparse

from device.channels.report import command_json, command_text, intent_json, meaning_text
from device.commands import options as common
from device.conversation import Conversation
from device.events import Handled, Transcript


def arguments(parser: argparse.ArgumentParser) -> None:
    common.understanding(parser)
    common.output(parser)
    parser.add_argument("texts", nargs="+", metavar="TEXT", help="sentences; - reads lines of standard input")


def main(options: argparse.Namespace) -> int:
    from device.assembly.stages import make_home, make_understanding

    settings = common.load(options)
    home = make_home(settings)
    understanding, conversation = make_understanding(settings, home), Conversation(home)
    for text in common.lines(options.texts):
        meaning = understanding.understand(Transcript(text, 1.0))
        outcome = conversation.handle(meaning)
        commands = outcome.commands if isinstance(outcome, Handled) else ()
        reply = outcome.reply.text if isinstance(outcome, Handled) else outcome.reason
        report = {
            "text": text,
            "intent": intent_json(meaning),
            "commands": [command_json(command) for command in commands],
            "reply": reply,
        }
        lines = [text, f"  meant   {meaning_text(meaning)}"]
        lines += [f"  sends   {command_text(command)}" for command in commands]
        common.emit(options, report, "\n".join([*lines, f"  reply   {reply}"]))
    return 0
