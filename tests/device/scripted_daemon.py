"""`mynah run` as a process, but woken at --wake seconds and hearing --hear: for tests of the process.

With --converse what was heard is understood and answered as it is in the example home.
"""

from __future__ import annotations

import argparse
import logging
import sys
from dataclasses import replace

from device.assembly.skills import make_skills
from device.assembly.stages import make_answers, make_home, make_memory
from device.assistant import Assistant
from device.commands import options as common
from device.commands import run
from device.conversation.conversation import Conversation
from device.settings import Settings
from device.system.ending import Ending
from device.system.guard import guarded
from device.system.problems import ProblemFile, problem_file
from device.understanding.understanding import Understanding
from tests.device import fakes


def main() -> int:
    parser = argparse.ArgumentParser()
    run.arguments(parser)
    parser.add_argument("--wake", type=float, nargs="*", default=[])
    parser.add_argument("--hear", nargs="*", default=[])
    parser.add_argument("--converse", action="store_true")
    options = parser.parse_args()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    ending = Ending()
    assistant = fakes.assistant(tuple(options.wake), options.hear)
    if options.converse:
        assistant = conversing(assistant, common.load(options))
    notes = ProblemFile(problem_file(), delay=0.2)
    home = fakes.AnyHome()
    return guarded(
        lambda: run.serve(options, common.load(options), assistant, home, lambda follow: None, notes, ending)
    )


def conversing(assistant: Assistant, settings: Settings) -> Assistant:
    home, (sentences, skills) = make_home(settings), make_skills(settings)
    understanding = Understanding(sentences, home, make_answers())
    conversation = Conversation(home, memory=make_memory(home), skills=skills)
    return replace(assistant, understanding=understanding, conversation=conversation)


if __name__ == "__main__":
    sys.exit(main())
