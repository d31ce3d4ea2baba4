"""`mynah doctor`: what is wrong with this device, and what to do. Status 1 where there is a problem."""

from __future__ import annotations

import argparse
import logging

from device.commands import options as common
from device.doctor import Health, examine

MARKS = {Health.OK: "ok      ", Health.WARNING: "warning ", Health.PROBLEM: "PROBLEM "}


def arguments(parser: argparse.ArgumentParser) -> None:
    common.understanding(parser)
    common.output(parser)


def main(options: argparse.Namespace) -> int:
    if not options.debug:
        logging.getLogger("device").setLevel(logging.ERROR)  # the findings say it all
    healthy = True
    for finding in examine(common.load(options)):
        report = {"check": finding.check, "health": finding.health.value, "text": finding.text}
        common.emit(options, report, f"{MARKS[finding.health]}{finding.check:<15}{finding.text}")
        healthy = healthy and finding.health is not Health.PROBLEM
    return 0 if healthy else 1
