"""What the daemon costs while nobody speaks to it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from device.audio.pacing import paced
from device.audio.pcm import CHUNK
from device.errors import AudioError
from device.events import SAMPLE_RATE, AudioChunk, Samples
from device.settings import MqttSettings

STARTING = 60.0
"""Seconds that the daemon may take until it listens."""

WARM_UP = 3.0
"""Seconds after that which are not counted."""

READY = "listens for"
"""What the daemon's log says when it listens."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of the idle daemon: `cpu` in percent of one core, memory in MB (10⁶ bytes), over `seconds`."""

    cpu: float
    resident: float
    seconds: float


class Child:
    """A daemon that is measured, as a process of its own; a context manager that ends it.

    `background`, repeated, is written in real time to its standard input; None: it has a microphone.
    """

    def __init__(self, command: list[str], background: Samples | None) -> None:
        # Opened to append: its writes go to the end, wherever we read.
        self._log = tempfile.TemporaryFile("a+b")  # noqa: SIM115
        self._read = 0
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._log, bufsize=0
        )
        self._feed = self._fed(background)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.terminate()
        self._process.wait()
        self._log.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def go_on(self, seconds: float) -> Iterator[None]:
        """For `seconds`, a step each 80 ms."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            yield next(self._feed)

    def until_it_says(self, text: str, seconds: float = STARTING) -> None:
        """Go on until `text` is in the log, after what was waited for before.

        Raises AudioError where it is not within `seconds`.
        """
        for _ in self.go_on(seconds):
            ended = self._process.poll() is not None
            said = self._said()
            if (found := said.find(text.encode(), self._read)) >= 0:
                self._read = found + len(text)
                return
            if ended:
                lines = said.decode(errors="replace").strip().splitlines() or ["no word"]
                raise AudioError(f"the daemon ended: {lines[-1]}")
        raise AudioError(f"the daemon does not say {text!r} within {seconds:.0f} s")

    def _said(self) -> bytes:
        self._log.seek(0)
        return self._log.read()

    def _fed(self, background: Samples | None) -> Iterator[None]:
        """Writes a chunk each 80 ms, at its time."""
        assert self._process.stdin
        for chunk in paced(_endless(background if background is not None else np.zeros(CHUNK, np.int16))):
            if background is not None:
                with suppress(BrokenPipeError):
                    self._process.stdin.write(chunk.samples.astype("<i2").tobytes())
            yield


def idle_cost(command: list[str], background: Samples | None, seconds: float) -> Cost:
    """Run the daemon `command` for `seconds` and measure its process; `background` as for Child."""
    with Child(command, background) as child:
        child.until_it_says(READY)
        _exhaust(child.go_on(WARM_UP))
        began, used = time.monotonic(), cpu_seconds(child.pid)
        _exhaust(child.go_on(seconds))
        passed = time.monotonic() - began
        return Cost(100 * (cpu_seconds(child.pid) - used) / passed, resident_mb(child.pid), passed)


def _endless(samples: Samples) -> Iterator[AudioChunk]:
    usable = np.resize(samples, max(CHUNK, len(samples) // CHUNK * CHUNK))
    start = 0
    while True:
        at = start % len(usable)
        yield AudioChunk(usable[at : at + CHUNK], start)
        start += CHUNK


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


def daemon_command(config: Path | None, mqtt: MqttSettings, microphone: bool) -> list[str]:
    """`mynah bench` itself, as the daemon at the private broker."""
    command = [sys.executable, "-m", "device.cli", "bench", "--daemon", str(mqtt.port)]
    return command + (["--config", str(config)] if config else []) + (["--microphone"] if microphone else [])
