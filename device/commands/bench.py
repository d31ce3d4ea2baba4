"""`mynah bench`: how quick the loop is on this machine, and what the daemon costs while nobody speaks.

It has a broker of its own, so nothing is switched on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from device.assembly.stages import make_assistant
from device.audio.pacing import paced
from device.bench.announced import announced_cost
from device.bench.broker import private_broker
from device.bench.daemon import daemon_command, idle_cost, room_noise
from device.bench.home import MOST, home_cost
from device.bench.latency import latencies, summary
from device.commands import options as common
from device.errors import UsageError
from device.events import AudioChunk
from device.settings import DEVICE, MqttSettings, Settings
from device.system.ending import Ending
from device.system.problems import ProblemFile

RECORDINGS = DEVICE.parent / "demo" / "recordings"
"""What is played where no recordings are given, in a checkout."""


def arguments(parser: argparse.ArgumentParser) -> None:
    common.understanding(parser)
    common.output(parser)
    parser.add_argument("files", nargs="*", metavar="WAV", help="recordings: wake word, pause, command")
    parser.add_argument("--push-to-talk", action="store_true", help="the recordings have no wake word")
    parser.add_argument("--fast", action="store_true", help="play the recordings as fast as possible")
    parser.add_argument(
        "--seconds", type=float, default=30.0, help="how long to idle (default: 30; 0: not at all)"
    )
    parser.add_argument("--background", metavar="WAV", help="the sound while idle (default: a quiet room)")
    parser.add_argument(
        "--microphone", action="store_true", help="idle with the microphone instead of a recording"
    )
    parser.add_argument(
        "--devices", type=int, metavar="N", help="instead: the cost of a generated home with N devices"
    )
    parser.add_argument(
        "--announced", type=int, metavar="N", help="instead: the cost of one announcement among N devices"
    )
    parser.add_argument(
        "--journal",
        type=int,
        nargs="?",
        const=1_000_000,
        metavar="ROWS",
        help="instead: a journal of so many entries (1000000), in a folder that is removed afterwards",
    )
    parser.add_argument("--daemon", type=int, metavar="PORT", help=argparse.SUPPRESS)


def main(options: argparse.Namespace) -> int:
    settings = common.load(options)
    if options.daemon is not None:
        return idle(options, settings)
    if options.devices is not None:
        return big_home(options, settings)
    if options.announced is not None:
        return announced_home(options)
    if options.journal is not None:
        return full_journal(options, settings)
    from device.audio import wav

    files = options.files or sorted(str(path) for path in RECORDINGS.glob("*.flac"))
    report: dict[str, object] = {}
    with private_broker() as mqtt:
        if files:
            report |= quickness(options, settings, files, mqtt)
        if options.seconds > 0:
            background = wav.read(options.background) if options.background else room_noise()
            command = daemon_command(options.config, mqtt, options.microphone)
            cost = idle_cost(command, None if options.microphone else background, options.seconds)
            idle_report = {"cpu_percent": round(cost.cpu, 2), "resident_mb": round(cost.resident, 1)}
            report["idle"] = {**idle_report, "seconds": round(cost.seconds, 1)}
    print(json.dumps(report) if options.json else text(report))
    return 0


def full_journal(options: argparse.Namespace, settings: Settings) -> int:
    from device.assembly.stages import make_home, make_understanding
    from device.bench import journal

    if not 1000 <= options.journal <= 20_000_000:
        raise UsageError(f"--journal {options.journal}: give a number from 1000 to 20000000")
    settings = replace(settings, memory=replace(settings.memory, journal=True))
    home = make_home(settings)
    understanding = make_understanding(settings, home)
    with TemporaryDirectory(prefix="mynah-") as folder:
        report = journal.measured(Path(folder), options.journal, home, understanding, journal.KILLS)
    print(json.dumps(report, indent=None if options.json else 1, ensure_ascii=False))
    return 0


def quickness(
    options: argparse.Namespace, settings: Settings, files: Iterable[str], mqtt: MqttSettings
) -> dict[str, object]:
    from device.audio import wav

    def recordings() -> Iterator[Iterable[AudioChunk]]:
        for file in files:
            yield wav.open_file(file) if options.fast else paced(wav.open_file(file))

    assistant = make_assistant(settings, push_to_talk=options.push_to_talk)
    found = latencies(assistant, recordings(), mqtt, options.push_to_talk)
    return {
        "files": found.files,
        "turns": found.turns,
        "with_commands": len(found.publish),
        "endpoint_to_publish_ms": summary(found.publish),
        "endpoint_to_command_ms": summary(found.command),
        "trailing_silence_ms": summary(found.trailing),
        "hearing_ms_per_second": summary(found.hearing),
    }


def big_home(options: argparse.Namespace, settings: Settings) -> int:
    cost = home_cost(settings, _number("--devices", options.devices))
    figures = (
        ("names and sentences → graph", f"{cost.compile:8.2f} s of one core"),
        ("how other speech fits it", f"{cost.chance:8.2f} s of one core"),
        ("resident memory, on top", f"{cost.resident:8.1f} MB"),
    )
    return _told(options, f"a home of {cost.devices} devices", asdict(cost), figures)


def announced_home(options: argparse.Namespace) -> int:
    with private_broker() as mqtt:
        number = _number("--announced", options.announced)
        cost = announced_cost(daemon_command(options.config, mqtt, False), mqtt, number)
    figures = (
        ("start → listening", f"{cost.listens:8.2f} s"),
        ("start → all names can be said", f"{cost.ready:8.2f} s"),
        ("a device renamed → it can be said", f"{cost.renamed:8.2f} s"),
        ("resident memory", f"{cost.resident:8.1f} MB"),
    )
    return _told(options, f"a home of {cost.devices} devices that announce themselves", asdict(cost), figures)


def _number(option: str, devices: int) -> int:
    if not 1 <= devices <= MOST:
        raise UsageError(f"{option} {devices}: give a number from 1 to {MOST}")
    return devices


def _told(
    options: argparse.Namespace, title: str, cost: Mapping[str, float], figures: Iterable[tuple[str, str]]
) -> int:
    if options.json:
        print(json.dumps({key: round(value, 3) for key, value in cost.items()}))
        return 0
    print(title)
    for words, figure in figures:
        print(f"  {words:<40}{figure}")
    return 0


def idle(options: argparse.Namespace, settings: Settings) -> int:
    """The daemon that is measured: `mynah run`, at the private broker."""
    from device.commands import run

    ending = Ending()
    settings = replace(settings, mqtt=MqttSettings(host="127.0.0.1", port=options.daemon))
    options.input = None if options.microphone else ["-"]
    return run.listen(options, settings, ProblemFile(None), ending)


def text(report: dict[str, object]) -> str:
    lines = []
    if "turns" in report:
        lines.append(
            f"{report['files']} recordings, {report['turns']} turns, {report['with_commands']} with commands"
        )
        for key, words in (
            ("endpoint_to_publish_ms", "endpoint → received by a subscriber"),
            ("endpoint_to_command_ms", "endpoint → commands ready"),
            ("trailing_silence_ms", "trailing silence before the endpoint"),
            ("hearing_ms_per_second", "work of hearing, for a second of audio"),
        ):
            figures = report[key]
            if isinstance(figures, dict):
                lines.append(f"  {words:<40}{figures['median']:8.1f} ms  (90 %: {figures['p90']:.1f} ms)")
    cost = report.get("idle")
    if isinstance(cost, dict):
        lines.append(f"idle for {cost['seconds']:.0f} s, listening for the wake word")
        lines.append(f"  {'processor':<40}{cost['cpu_percent']:8.2f} % of one core")
        lines.append(f"  {'resident memory':<40}{cost['resident_mb']:8.1f} MB")
    return "\n".join(lines) or "nothing to measure: name recordings, or --seconds"
