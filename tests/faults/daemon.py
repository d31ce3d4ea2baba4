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
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from device.assembly.stages import make_assistant, make_follower, make_home
from device.audio.speaker import SilentSpeaker
from device.bench.daemon import resident_mb
from device.channels.homeassistant import STATUS, announcement, config_topic
from device.commands.run import end_on_signals
from device.daemon.daemon import ASKED, Company, Daemon
from device.events import AudioChunk, Command, Turn
from device.mqtt.client import HOME, Backoff, Publisher
from device.settings import load
from tests.device import fakes

PACE = 0.03
"""Seconds of wall time in which a chunk of 80 ms comes."""
EVERY = 8
"""Chunks from one wake word to the next: 0.24 s."""


def tell(**what: object) -> None:
    print(json.dumps(what), flush=True)


class Told(logging.Handler):
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


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--texts", type=Path, required=True, help="one a line")
    options = parser.parse_args()
    end_on_signals()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    logging.getLogger("device.mqtt.client").addHandler(Told())
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
    made: dict[str, float] = {}

    class Timed(Publisher):
        def send(self, turn: Turn):  # type: ignore[no-untyped-def]
            assert turn.transcript is not None
            made[turn.transcript.text] = time.monotonic()
            return super().send(turn)

    def report(turn: Turn, dropped: Sequence[Command]) -> None:
        text = turn.transcript.text if turn.transcript else ""
        tell(
            turn=text,
            at=made.get(text),
            commands=[[command.topic, command.payload] for command in turn.commands],
            dropped=len(dropped),
            confirmation=turn.confirmation.value if turn.confirmation else None,
            rss=resident_mb(os.getpid()),
        )

    publisher = Timed(
        settings.mqtt,
        settings.device_id,
        home.topics(),
        ASKED,
        queries=home.queries(),
        backoff=Backoff(0.1, 0.5, 0.5),
    )
    audio = Audio(len(texts))
    with publisher:
        content = announcement(publisher.topics, home.here, {})
        publisher.keep(config_topic(settings.device_id), json.dumps(content))
        publisher.follow("homeassistant", [STATUS])
        follower = make_follower(settings, home, whole, lambda *those: publisher.follow(HOME, *those))
        assert follower is not None
        publisher.follow("announcements", follower.topics)
        gc.freeze()
        Daemon(
            assistant, home, publisher, SilentSpeaker(), report, lambda _: None, Company(follower=follower)
        ).run(audio)
    tell(longest_stall_ms=round(1000 * audio.longest, 1), at_chunk=audio.at)
    return 0


if __name__ == "__main__":
    sys.exit(main())
