"""`mynah doctor`: what is wrong with this device, and what to do. Status 1 where there is a problem."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator

from device.commands import options as common
from device.doctor.checks import examine
from device.doctor.finding import Finding, Health
from device.settings import Settings

MARKS = {Health.OK: "ok      ", Health.WARNING: "warning ", Health.PROBLEM: "PROBLEM "}


def arguments(parser: argparse.ArgumentParser) -> None:
    common.understanding(parser)
    common.output(parser)
    parser.add_argument(
        "--sound",
        action="store_true",
        help="instead: play sweeps for five seconds, and measure what of them the microphone hears",
    )


def main(options: argparse.Namespace) -> int:
    settings = common.load(options)
    healthy = True
    findings = sound_only(settings) if options.sound else examine(settings)
    for finding in findings if options.debug else quietly(findings):
        report = {"check": finding.check, "health": finding.health.value, "text": finding.text}
        common.emit(options, report, f"{MARKS[finding.health]}{finding.check:<15}{finding.text}")
        healthy = healthy and finding.health is not Health.PROBLEM
    return 0 if healthy else 1


def sound_only(settings: Settings) -> Iterator[Finding]:
    """The finding on the sound; it needs the devices for itself, and is heard."""
    from device.doctor.sound import sound

    yield sound(settings)


def quietly(findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings say it all: what the checks log is left out."""
    logger = logging.getLogger("device")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield from findings
    finally:
        logger.setLevel(level)
