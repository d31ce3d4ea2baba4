"""`script/demo`: a broker, a simulated home and the real daemon; speech in, and what becomes of it."""

from __future__ import annotations

import argparse
import queue
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from demo import script
from demo.broker import Broker
from demo.daemon import DEVICE_ID, Daemon, daemon
from demo.furnish import furnish
from demo.house import Changed, Event, House, Said
from demo.screen import Screen
from demo.voice import Voice
from device.audio import wav
from device.events import Samples
from device.home.model import Home

STARTING = 60.0
"""Seconds that the daemon may take to listen; a Raspberry Pi with a cold SD card is slow."""
PATIENCE = 8.0
"""Seconds after a recording's end in which it must have its effect."""
PAUSE = 0.5
"""Seconds between two recordings, in which nothing more may change."""


class Speaker(Protocol):
    def say(self, samples: Samples) -> float:
        """Speak; the duration in seconds."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("script/demo", description="A simulated home reacts to speech.")
    parser.add_argument("--microphone", action="store_true", help="listen to you, until Ctrl-C")
    parser.add_argument("--script", type=Path, default=script.SCRIPT, help="recordings and what they must do")
    options = parser.parse_args(arguments)
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    for number in (signal.SIGTERM, signal.SIGHUP):  # the daemon is not to listen on by itself
        signal.signal(number, end)
    screen, scenes = Screen(), script.load(options.script)
    appliances = furnish(Home.load())
    with (
        Broker() as broker,
        House(appliances, broker.host, broker.port, DEVICE_ID) as house,
        daemon(broker.host, broker.port, options.microphone) as mynah,
    ):
        screen.title(f"A home of {len(appliances)} appliances, at an MQTT broker on port {broker.port}")
        screen.home(appliances)
        if not await_readiness(mynah, house):
            screen.failed(["the daemon does not listen; it said:", mynah.last_words()])
            return 1
        if mynah.pipe is None:
            return listen(house, mynah, screen, scenes)
        with Voice(mynah.pipe) as voice:
            passed = sum(perform(scene, voice, house, screen) for scene in scenes if mynah.running)
        if not mynah.running:
            screen.failed(["the daemon ended; it said:", mynah.last_words()])
        screen.title(f"{passed} of {len(scenes)} commands changed the home as they should")
        return 0 if passed == len(scenes) else 1


def end(number: int, frame: FrameType | None) -> None:
    """End in good order, and all that was started with it."""
    sys.exit(128 + number)


def await_readiness(mynah: Daemon, house: House) -> bool:
    """Whether the daemon reports that it is idle: waiting for its wake word."""
    deadline = time.monotonic() + STARTING
    while mynah.running and time.monotonic() < deadline:
        if next_event(house, 0.1) == Said("state", "idle"):
            return True
    return False


def perform(
    scene: script.Scene, voice: Speaker, house: House, screen: Screen, patience: float = PATIENCE
) -> bool:
    """Play one recording and show what it does; whether that is exactly what it should do."""
    screen.title(f"“{scene.spoken}”")
    seen: list[Event] = []

    def done() -> bool:
        return bool(turns()) and scene.complete(changes()) and scene.due in ("", *fallen_due())

    def turns() -> list[Mapping[str, Any]]:
        return [event.content for event in seen if isinstance(event, Said) and event.kind == "turn"]

    def fallen_due() -> list[str]:
        due = (event.content for event in seen if isinstance(event, Said) and event.kind == "due")
        return [exchange["due"]["name"] for exchange in due]

    def changes() -> list[Changed]:
        return [event for event in seen if isinstance(event, Changed)]

    spoken = voice.say(wav.read(scene.recording))
    watch(house, screen, spoken + patience, seen, done)
    watch(house, screen, PAUSE, seen)
    faults = scene.faults(changes())
    faults += scene.mistakes(turns()[-1]) if turns() else []
    if scene.due not in ("", *fallen_due()):
        faults.append(f"{scene.due} did not fall due")
    if not turns() and not faults:
        faults = ["nothing was heard" if scene.answers else "the wake word was not heard"]
    if faults:
        screen.failed(faults)
    else:
        screen.passed()
    return not faults


def listen(house: House, mynah: Daemon, screen: Screen, scenes: Sequence[script.Scene]) -> int:
    """Show what happens until Ctrl-C, or until the daemon ends."""
    screen.title("Say “hey mynah”, then for example:")
    for scene in scenes:
        if not scene.answers and (scene.changes or scene.asks or scene.done):
            screen.line(f"    {scene.text}")
    screen.line("Ctrl-C ends it.")
    try:
        watch(house, screen, float("inf"), [], lambda: not mynah.running)
    except KeyboardInterrupt:
        return 0
    return 1


def watch(
    house: House,
    screen: Screen,
    seconds: float,
    seen: list[Event],
    done: Callable[[], bool] = lambda: False,
) -> None:
    """Show events and add them to `seen`, until `done` or `seconds` have passed."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not done():
        if event := next_event(house, 0.1):
            seen.append(event)
            screen.event(event)


def next_event(house: House, seconds: float) -> Event | None:
    try:
        return house.events.get(timeout=seconds)
    except queue.Empty:
        return None


if __name__ == "__main__":
    sys.exit(main())
