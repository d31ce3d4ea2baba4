"""How quick the loop is, and what the daemon costs while nobody speaks to it."""

from __future__ import annotations

import math
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np

from device.assistant import Assistant
from device.audio.pacing import paced
from device.audio.pcm import CHUNK
from device.errors import AudioError, BrokerError
from device.events import SAMPLE_RATE, AudioChunk, Samples, Turn
from device.mqtt.client import Publisher
from device.settings import MqttSettings

STARTING = 60.0
"""Seconds that the daemon may take until it listens."""

WARM_UP = 3.0
"""Seconds after that which are not counted."""

READY = "listens for"
"""What the daemon's log says when it listens."""


@dataclass(slots=True)
class Latencies:
    """Of the turns that sent something: milliseconds from the endpoint, by where it has come to."""

    command: list[float] = field(default_factory=list)
    """The commands were ready to be sent."""
    publish: list[float] = field(default_factory=list)
    """They had come through the broker to a subscriber."""
    trailing: list[float] = field(default_factory=list)
    """Before the endpoint: the silence that told that the speaker had stopped."""
    hearing: list[float] = field(default_factory=list)
    """Work of hearing, a second of audio."""
    turns: int = 0
    files: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """Of the idle daemon: `cpu` in percent of one core, memory in MB (10⁶ bytes), over `seconds`."""

    cpu: float
    resident: float
    seconds: float


def latencies(
    assistant: Assistant,
    recordings: Iterable[Iterable[AudioChunk]],
    mqtt: MqttSettings,
    push_to_talk: bool = False,
) -> Latencies:
    """Turns from `recordings` through `assistant` and the broker at `mqtt`, to a subscriber there."""
    found = Latencies()
    with arrivals(mqtt) as arrived, Publisher(mqtt, "bench", present=False) as publisher:
        if not publisher.first_attempt():
            raise BrokerError(publisher.problem)
        for audio in recordings:
            found.files += 1
            for turn in (assistant.push_to_talk(audio),) if push_to_talk else assistant.turns(audio):
                _measure(turn, publisher, arrived, found)
    return found


def _measure(turn: Turn, publisher: Publisher, arrived: queue.SimpleQueue[float], found: Latencies) -> None:
    ready = time.perf_counter()
    publisher.publish(turn)
    found.turns += 1
    if not turn.commands:
        return
    try:
        last = max(arrived.get(timeout=5) for _ in turn.commands)
    except queue.Empty:
        raise BrokerError("a command did not come through the broker in 5 s") from None
    timings, endpoint = turn.timings, turn.endpoint
    found.command.append(timings.speech_end_to_command_ms)
    found.publish.append(timings.speech_end_to_command_ms + 1000 * (last - ready))
    found.hearing.append(timings.hearing_ms / max(timings.audio_s, 0.1))
    if endpoint.speech_end is not None:
        found.trailing.append((endpoint.at - endpoint.speech_end) / SAMPLE_RATE * 1000)


@contextmanager
def arrivals(mqtt: MqttSettings) -> Iterator[queue.SimpleQueue[float]]:
    """The times (`time.perf_counter`) at which commands arrive at a subscriber."""
    import paho.mqtt.client as paho
    from paho.mqtt.enums import CallbackAPIVersion

    arrived: queue.SimpleQueue[float] = queue.SimpleQueue()
    ready: queue.SimpleQueue[bool] = queue.SimpleQueue()
    client = paho.Client(CallbackAPIVersion.VERSION2)

    def connected(*_: object) -> None:
        client.subscribe("#", qos=1)

    client.on_connect = connected
    client.on_subscribe = lambda *_: ready.put(True)
    client.on_message = lambda _client, _data, message: (
        None if message.topic.startswith("mynah/") else arrived.put(time.perf_counter())
    )
    client.connect(*mqtt.address)
    client.loop_start()
    try:
        ready.get(timeout=5)
        yield arrived
    finally:
        client.disconnect()
        client.loop_stop()


@contextmanager
def private_broker() -> Iterator[MqttSettings]:
    """A mosquitto of our own, so that no lamp goes on for a measurement. Raises BrokerError without one."""
    program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        raise BrokerError("mosquitto is needed to measure with: sudo apt install mosquitto")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings = MqttSettings(host="127.0.0.1", port=probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "mosquitto.conf"
        config.write_text(f"listener {settings.port} 127.0.0.1\nuser root\nallow_anonymous true\n")
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        broker = subprocess.Popen([program, "-c", str(config)], **silent)  # type: ignore[call-overload]
        try:
            _wait_until_it_answers(settings)
            yield settings
        finally:
            broker.terminate()
            broker.wait()


def _wait_until_it_answers(mqtt: MqttSettings) -> None:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with suppress(OSError):
            socket.create_connection(mqtt.address, 1).close()
            return
        time.sleep(0.02)
    raise BrokerError("mosquitto does not start: see `mosquitto -v`")


def idle_cost(command: list[str], background: Samples | None, seconds: float) -> Cost:
    """Run the daemon `command` for `seconds` and measure its process.

    `background`, repeated, is written in real time to its standard input; None: it has a microphone.
    """
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log, bufsize=0
        )
        try:
            feed = _feed(child, background)
            for _ in _during(feed, STARTING):
                log.seek(0)
                if READY.encode() in log.read():
                    break
                if child.poll() is not None:
                    break
            else:
                raise AudioError(f"the daemon does not listen after {STARTING:.0f} s")
            if child.poll() is not None:
                log.seek(0)
                raise AudioError(f"the daemon ended: {log.read().decode().strip().splitlines()[-1]}")
            _exhaust(_during(feed, WARM_UP))
            began, used = time.monotonic(), cpu_seconds(child.pid)
            _exhaust(_during(feed, seconds))
            passed = time.monotonic() - began
            return Cost(100 * (cpu_seconds(child.pid) - used) / passed, resident_mb(child.pid), passed)
        finally:
            child.terminate()
            child.wait()


def _feed(child: subprocess.Popen[bytes], background: Samples | None) -> Iterator[None]:
    """Writes a chunk each 80 ms, at its time."""
    assert child.stdin
    for chunk in paced(_endless(background if background is not None else np.zeros(CHUNK, np.int16))):
        if background is not None:
            with suppress(BrokenPipeError):
                child.stdin.write(chunk.samples.astype("<i2").tobytes())
        yield


def _endless(samples: Samples) -> Iterator[AudioChunk]:
    usable = np.resize(samples, max(CHUNK, len(samples) // CHUNK * CHUNK))
    start = 0
    while True:
        at = start % len(usable)
        yield AudioChunk(usable[at : at + CHUNK], start)
        start += CHUNK


def _during(feed: Iterator[None], seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield next(feed)


def _exhaust(steps: Iterator[None]) -> None:
    for _ in steps:
        pass


def cpu_seconds(pid: int) -> float:
    """CPU time of a process so far, user and system (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """Resident memory of a process in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def room_noise(seconds: float = 60.0, level: float = 30.0) -> Samples:
    """What a microphone gives in a quiet room: noise of `level` (root mean square, of 32768)."""
    noise = np.random.default_rng(0).normal(0, level, round(seconds * SAMPLE_RATE))
    return noise.round().astype(np.int16)


def summary(values: list[float]) -> dict[str, float] | None:
    """Median and 90th percentile, of at least one value."""
    if not values:
        return None
    ordered = sorted(values)
    return {"median": round(median(ordered), 1), "p90": round(ordered[math.ceil(0.9 * len(ordered)) - 1], 1)}


def daemon_command(config: Path | None, mqtt: MqttSettings, microphone: bool) -> list[str]:
    """`mynah bench` itself, as the daemon at the private broker."""
    command = [sys.executable, "-m", "device.cli", "bench", "--daemon", str(mqtt.port)]
    return command + (["--config", str(config)] if config else []) + (["--microphone"] if microphone else [])
