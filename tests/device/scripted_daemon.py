"""`mynah run` as a process, but woken at --wake seconds and hearing --hear: for tests of the process."""

from __future__ import annotations

import argparse
import logging
import sys

from device.commands import options as common
from device.commands import run
from device.system.guard import guarded
from device.system.problems import ProblemFile, problem_file
from tests.device import fakes


def main() -> int:
    parser = argparse.ArgumentParser()
    run.arguments(parser)
    parser.add_argument("--wake", type=float, nargs="*", default=[])
    parser.add_argument("--hear", nargs="*", default=[])
    options = parser.parse_args()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    run.end_on_signals()
    assistant = fakes.assistant(tuple(options.wake), options.hear)
    notes = ProblemFile(problem_file(), delay=0.2)
    home = fakes.AnyHome()
    return guarded(
        lambda: run.serve(options, common.load(options), assistant, home, lambda follow: None, notes)
    )


if __name__ == "__main__":
    sys.exit(main())
