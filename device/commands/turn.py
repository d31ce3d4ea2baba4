"""`mynah turn`: whole turns from recordings, through the very loop of the daemon."""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from dataclasses import replace

from device.assistant import Stopped
from device.audio import wav
from device.channels.report import no_turn_json, turn_json, turn_text
from device.commands import options as common
from device.events import Turn


def arguments(parser: argparse.ArgumentParser) -> None:
    common.understanding(parser)
    common.output(parser)
    parser.add_argument(
        "--push-to-talk", action="store_true", help="no wake word: each recording is one utterance"
    )
    parser.add_argument("--publish", action="store_true", help="send the commands to the broker")
    common.recordings(parser)


def main(options: argparse.Namespace) -> int:
    from device.assembly.stages import make_assistant
    from device.channels.own import Topics
    from device.mqtt.client import connect

    settings = common.load(options)
    assistant = make_assistant(settings, push_to_talk=options.push_to_talk)
    failed = False
    with connect(settings.mqtt, settings.device_id) if options.publish else nullcontext() as publisher:

        def show(file: str, turn: Turn) -> None:
            nonlocal failed
            turn = replace(turn, file=file)
            dropped = None
            if publisher is not None:
                dropped = publisher.send(turn.commands).dropped
                publisher.post(Topics(settings.device_id)["turn"], turn_json(turn, dropped))
            failed = failed or bool(dropped)
            common.emit(options, turn_json(turn, dropped), f"{file}\n{turn_text(turn, dropped or ())}")

        def work(file: str) -> None:
            audio = wav.open_file(file)
            if options.push_to_talk:
                show(file, assistant.push_to_talk(audio))
                return
            woken = False
            for step in assistant.steps(audio):
                if isinstance(step, Turn):
                    show(file, step)
                elif isinstance(step, Stopped) and step.detection is not None:
                    text = f"{file}\n  woke    {step.detection.name}: stop"
                    common.emit(options, no_turn_json(file, step.detection), text)
                woken = woken or isinstance(step, Turn | Stopped)
            if not woken:
                common.emit(options, no_turn_json(file), f"{file}\n  no wake word")

        status = common.each_file(options.files, work)
    return status or int(failed)
