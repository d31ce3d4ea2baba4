"""The loudspeaker, which nobody waits for and which outlives its cable."""

from __future__ import annotations

import contextlib
import importlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
import soxr

from device.audio import portaudio
from device.audio.output import SilentSpeaker
from device.errors import AudioError
from device.events import SAMPLE_RATE, Samples

_LOG = logging.getLogger(__name__)

BLOCK_SECONDS = 0.04
"""What PortAudio takes at a time. With its own choice, a busy machine plays gaps."""

TAIL_SECONDS = 0.3
"""Silence behind the last sound: PortAudio cuts a stream off that is over before its buffer is full."""


class Tap(Protocol):
    """Is told what goes out, at 16 kHz, by PortAudio's thread: must not wait. Times are the monotonic
    clock's."""

    def begins(self, at: float) -> None:
        """Sound begins to go out, and goes on without a gap until the next `begins`."""

    def plays(self, samples: Samples, at: float) -> None:
        """`samples` go out next; `at` is now."""


@dataclass(slots=True)
class _Sound:
    """`source` at 16 kHz, mono, and `frames`, (n, channels), of the device; `taken`: how many of those went
    out."""

    source: Samples
    frames: Samples
    taken: int = 0

    def take(self, most: int) -> tuple[Samples, Samples]:
        """The next frames, at most `most`, and their part of the source."""
        begin, self.taken = self.taken, min(self.taken + most, len(self.frames))
        first, last = (round(at * len(self.source) / len(self.frames)) for at in (begin, self.taken))
        return self.frames[begin : self.taken], self.source[first:last]


class Speaker:
    """An Output, and a context manager that opens the output device, which is idle between sounds.

    A thread of its own opens it, feeds it and, where it fails or takes no sound, lets go of it. What was to
    be played then is lost, which is logged in a line; the next sound opens it again.

    `device`: an index, a name, part of a name, or None for the default. `wait`: begin without it.
    `patience`: seconds without progress after which the device is given up. `tap` is told what goes out.
    Raises AudioError on entry where PyAudio is absent or, unless `wait`, there is no such device or it
    cannot be opened.
    """

    def __init__(
        self,
        device: str | int | None = None,
        *,
        wait: bool = False,
        patience: float = 2.0,
        tap: Tap | None = None,
        importer: portaudio.Importer = importlib.import_module,
    ) -> None:
        self._wanted, self._wait, self._patience, self._tap = device, wait, patience, tap
        self._importer = importer
        self._pyaudio: Any = None
        self._api: Any = None
        self._stream: Any = None
        self._format = (SAMPLE_RATE, 1)
        self.name: str | None = None  # of the device that is open
        self._changed = threading.Condition()
        self._waiting: deque[Samples] = deque()  # to be converted
        self._sounds: deque[_Sound] = deque()  # to go out
        self._flowing = False  # PortAudio asks for more
        self._begun = False
        self._progress = 0
        self._tail = 0  # frames of silence since the last sound
        self._until = 0.0  # what went out last is still on its way
        self._gone = False  # nothing can be played now
        self._ended = False
        self._said = ""
        self._thread = threading.Thread(target=self._serve, name="speaker", daemon=True)

    def __enter__(self) -> Self:
        self._pyaudio = portaudio.load(self._importer)
        if not self._wait:
            self._open()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._thread.join(self._patience)  # a device that hangs keeps it; it ends with the process

    def play(self, samples: Samples) -> None:
        """Begin to play `samples`, 16 kHz mono, after what is playing; returns at once."""
        with self._changed:
            if self._gone or not len(samples):
                return
            self._waiting.append(samples)
            self._changed.notify_all()

    def stop(self) -> None:
        """What is playing or waits to be played is heard no further."""
        with self._changed:
            self._waiting.clear()
            self._sounds.clear()

    @property
    def playing(self) -> bool:
        return bool(self._waiting or self._sounds) or time.monotonic() < self._until

    @property
    def there(self) -> bool:
        return self.name is not None

    def _serve(self) -> None:
        """The thread: plays what there is to play, until the end."""
        if self._stream is None:
            self._attempt(self._open)
        while self._next():
            self._attempt(self._feed)
        self._close()

    def _attempt(self, step: Callable[[], None]) -> None:
        """Do `step`; where it fails, say so, and let go of the device and of what was to be played."""
        try:
            step()
        except (AudioError, OSError) as error:
            if str(error) != self._said:
                _LOG.warning("no sound: %s", error)
            self._said = str(error)
            self._gone = True  # while it is closed, which may last
            self.stop()
            self._close()
            self._gone = False

    def _next(self) -> bool:
        """Wait for sound; False at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ended)
            return not self._ended

    def _feed(self) -> None:
        """Convert what waits, and see that it is taken."""
        if self._stream is None:
            self._open()
        self._convert()
        if self._sounds and not self._flowing:
            self._flowing, self._begun = True, False
            self._stream.stop_stream()  # it has come to its end, but PortAudio wants to be told
            self._stream.start_stream()
        with self._changed:
            while self._flowing and not (self._waiting or self._ended):
                before = self._progress
                if not self._changed.wait(self._patience) and self._progress == before and self._flowing:
                    self._flowing = False
                    raise AudioError(
                        f"the speaker {self.name!r} takes no sound: unplug it and plug it in again"
                    )

    def _convert(self) -> None:
        rate, channels = self._format
        while self._waiting:
            with self._changed:
                source = self._waiting[0] if self._waiting else np.zeros(0, np.int16)
            sound = source if rate == SAMPLE_RATE else soxr.resample(source, SAMPLE_RATE, rate)
            frames = np.repeat(sound[:, None], channels, axis=1)
            with self._changed:
                if self._waiting and self._waiting[0] is source:  # or it was stopped meanwhile
                    self._waiting.popleft()
                    self._sounds.append(_Sound(source, frames))

    @portaudio.alone
    def _open(self) -> None:
        # PortAudio knows only the devices that were there when it was initialized, hence anew each time.
        self._api = self._pyaudio.PyAudio()
        try:
            chosen = portaudio.choose(self._api, "output", self._wanted)
            self._format = portaudio.choose_format(self._api, self._pyaudio, chosen, "output")
            self._stream = self._api.open(
                format=self._pyaudio.paInt16,
                rate=self._format[0],
                channels=self._format[1],
                output=True,
                output_device_index=chosen.index,
                frames_per_buffer=round(self._format[0] * BLOCK_SECONDS),
                stream_callback=self._asked,
                start=False,
            )
        except AudioError:
            self._close()
            raise
        except (OSError, ValueError) as error:
            self._close()
            reason = error.args[-1] if error.args else error
            raise AudioError(
                f"the speaker {chosen.name!r} cannot be opened ({reason}); does another program use it?"
            ) from None
        self.name, self._said = chosen.name, ""

    @portaudio.alone
    def _close(self) -> None:
        stream, api, self._stream, self._api = self._stream, self._api, None, None
        self._flowing = False
        for resource in (stream and stream.close, api and api.terminate):
            with contextlib.suppress(OSError):  # it is gone: nothing is left to close
                if resource:
                    resource()

    def _asked(self, data: object, frames: int, times: object, status: int) -> tuple[bytes, int]:
        """Called by PortAudio's thread: the next `frames` frames."""
        now = time.monotonic()
        parts: list[Samples] = []
        with self._changed:
            left = frames
            self._tail = 0 if self._sounds else self._tail
            while self._sounds and left:
                taken, source = self._sounds[0].take(left)
                self._told(source, now, status)
                parts.append(taken)
                left -= len(taken)
                if self._sounds[0].taken == len(self._sounds[0].frames):
                    self._sounds.popleft()
            self._progress += 1
            if left:
                self._silent(left, now)
        sound = b"".join(part.astype("<i2").tobytes() for part in parts)
        flag = self._pyaudio.paContinue if self._flowing else self._pyaudio.paComplete
        return sound.ljust(2 * self._format[1] * frames, b"\0"), flag

    def _silent(self, frames: int, now: float) -> None:
        """So many frames of silence go out; after TAIL_SECONDS of them it is over."""
        if not self._tail:
            self._until = now + self._latency()
        rate = self._format[0]
        self._tail += frames
        self._told(np.zeros(round(frames * SAMPLE_RATE / rate), np.int16), now, 0)
        self._flowing = self._tail < TAIL_SECONDS * rate
        if not self._flowing:
            self._changed.notify_all()

    def _told(self, source: Samples, now: float, status: int) -> None:
        if self._tap is None:
            return
        if not self._begun or status & self._pyaudio.paOutputUnderflow:
            self._tap.begins(now)
            self._begun = True
        self._tap.plays(source, now)

    def _latency(self) -> float:
        stream = self._stream
        return float(stream.get_output_latency()) if stream is not None else 0.0


def open_speaker(
    device: str | int | None = None,
    *,
    tap: Tap | None = None,
    importer: portaudio.Importer = importlib.import_module,
) -> Speaker | SilentSpeaker:
    """A Speaker that waits for its device, or a SilentSpeaker and a line in the log where there is no
    PyAudio."""
    try:
        portaudio.load(importer)
    except AudioError as error:
        _LOG.info("neither the voice nor sounds can be heard: %s", error)
        return SilentSpeaker()
    return Speaker(device, wait=True, tap=tap, importer=importer)
