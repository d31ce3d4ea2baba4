"""The daemon as a process, but hearing the texts of a list: one turn after another, as fast as they come.

It tells on standard output, a JSON object a line: what became of each turn, when it is connected, and at the
end the longest time that the voice loop was held up between two chunks of audio.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import json
import logging
import os
import sys
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from device.assembly.daemon import open_channels
from device.assembly.stages import make_assistant, make_follower, make_home
from device.audio.volume import Volume
from device.bench.daemon import resident_mb
from device.channels.channel import Channel
from device.channels.own import Topics
from device.channels.steps import Step, Told
from device.daemon.confirming import Confirming, Sender, States
from device.daemon.daemon import Daemon
from device.discovery.zigbee2mqtt import LARGEST
from device.events import AudioChunk, Turn
from device.mqtt.backoff import Backoff
from device.mqtt.client import Publisher
from device.mqtt.connection import Asker
from device.settings_file import load
from device.system.ending import Ending
from device.system.problems import Problems
from device.update.offer import NoUpdates
from tests.device import fakes

PACE = 0.03
"""Seconds of wall time in which a chunk of 80 ms comes."""
EVERY = 8
"""Chunks from one wake word to the next: 0.24 s."""


def tell(**what: object) -> None:
    print(f"{json.dumps(what)}\n", end="", flush=True)  # in one piece: two threads tell


class Connections(logging.Handler):
    """Tells when there is a new one."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage().startswith("connected to the broker"):
            tell(connected=time.monotonic())


class Audio:
    """Chunks at PACE; keeps how long each was held."""

    def __init__(self, turns: int) -> None:
        self.longest = 0.0
        self.at = 0
        self._chunks = turns * EVERY + 150

    def __iter__(self) -> Iterator[AudioChunk]:
        due = time.monotonic()
        for number in range(self._chunks):
            given = time.monotonic()
            yield AudioChunk(np.ones(fakes.CHUNK, np.int16), number * fakes.CHUNK)
            held = time.monotonic() - given
            if number > 100 and held > self.longest:
                self.longest, self.at = held, number
            due = max(due + PACE, time.monotonic() - 10 * PACE)
            time.sleep(max(0.0, due - time.monotonic()))


class Timed(Confirming):
    """Keeps when the commands of each turn were handed over, by what was heard."""

    def __init__(self, sender: Sender, states: States) -> None:
        super().__init__(sender, states)
        self.made: dict[str, float] = {}

    def send(self, turn: Turn, now: float, asker: Asker | None = None) -> None:
        self.made[heard(turn)] = time.monotonic()
        super().send(turn, now, asker)


class Report(Channel):
    """Tells what became of each turn."""

    def __init__(self, made: Mapping[str, float]) -> None:
        self._made = made

    def take(self, step: Step) -> None:
        match step:
            case Told(turn, dropped):
                tell(
                    turn=heard(turn),
                    at=self._made.get(heard(turn)),
                    commands=[[command.topic, command.payload] for command in turn.commands],
                    dropped=len(dropped),
                    confirmation=turn.confirmation.value if turn.confirmation else None,
                    rss=resident_mb(os.getpid()),
                )


def heard(turn: Turn) -> str:
    return turn.transcript.text if turn.transcript else ""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--texts", type=Path, required=True, help="one a line")
    options = parser.parse_args()
    ending = Ending()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    logging.getLogger("device.mqtt.client").addHandler(Connections())
    settings = load(options.config)
    texts = options.texts.read_text().splitlines()
    home = make_home(settings)
    whole = make_assistant(settings, home)
    times = tuple((20 + EVERY * number) * fakes.CHUNK / 16_000 + 0.01 for number in range(len(texts)))
    assistant = dataclasses.replace(
        whole,
        wake=fakes.Wake(times),
        endpointer=fakes.Ends(0.2),
        hearing=fakes.Hears(texts),
        reject_below=0.0,
    )
    publisher = Publisher(
        settings.mqtt,
        settings.device_id,
        availability=Topics(settings.device_id)["availability"],
        backoff=Backoff(0.1, 0.5, 0.5),
        largest=LARGEST,
    )
    follower = partial(make_follower, settings, home, whole)
    channels = open_channels(
        settings, assistant, home, publisher, Problems(), NoUpdates(), Volume(80), follower
    )
    confirming = Timed(publisher, home.state)
    channels.append(Report(confirming.made))
    audio = Audio(len(texts))
    with publisher:
        gc.freeze()
        Daemon(assistant, publisher.messages, confirming, channels).run(ending.items(audio))
    tell(longest_stall_ms=round(1000 * audio.longest, 1), at_chunk=audio.at)
    return 0


if __name__ == "__main__":
    sys.exit(main())
