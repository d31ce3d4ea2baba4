"""The microphone as an iterator of chunks, which outlives its cable."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import numpy as np

from device.audio import portaudio
from device.audio.health import Fault, Watch
from device.audio.pcm import CHUNK, Converter, chunked
from device.errors import AudioError
from device.events import SAMPLE_RATE, AudioChunk, Samples

_LOG = logging.getLogger(__name__)

BLOCK_SECONDS = CHUNK / SAMPLE_RATE
"""What PortAudio hands over at a time: one chunk."""

QUEUE_BLOCKS = 50
"""4 s wait for a slow listener; what comes on top is dropped and counted."""


class Microphone(Iterator[AudioChunk]):
    """A context manager that opens the input device, and an iterator of its audio.

    Each chunk begins where the last one ended, from 0 on. What was dropped because nobody took it in time is
    missing without a gap in audio time and counted in `overruns` (blocks of 80 ms), and so is what was not
    heard while the device was unplugged; it is reopened when it comes back. `stop` ends the iteration.

    `device`: an index, a name, part of a name, or None for the default. `wait`: begin without a microphone
    and take the one that comes. `patience`: seconds without audio after which the device is given up.
    `report` is given what is wrong with it or with what it gives, in a line, and nothing when it is well.
    `cancel` is given each chunk and the seconds of the monotonic clock at which its end came in, and gives
    the chunk that is heard. `backoff`: seconds between the attempts to reopen it, the last one for ever.
    Raises AudioError on entry where PyAudio is absent or, unless `wait`, there is no such device or it
    cannot be opened.
    """

    def __init__(
        self,
        device: str | int | None = None,
        *,
        wait: bool = False,
        patience: float = 2.0,
        backoff: Sequence[float] = (0.3, 0.5, 1.0, 2.0, 4.0, 8.0),
        importer: portaudio.Importer = importlib.import_module,
        report: Callable[[str], None] = lambda problem: None,
        cancel: Callable[[AudioChunk, float], AudioChunk] = lambda chunk, at: chunk,
    ) -> None:
        self.overruns = 0
        self.name: str | None = None  # of the device that is open
        self._wanted, self._wait, self._patience, self._backoff = device, wait, patience, backoff
        self._importer, self._report, self._cancel = importer, report, cancel
        self._pyaudio: Any = None
        self._api: Any = None
        self._stream: Any = None
        self._converter = Converter(SAMPLE_RATE, 1)
        self._watch = Watch(SAMPLE_RATE)
        self._said = ""
        # A SimpleQueue, because `stop` may be called by a signal handler that interrupts `get`.
        self._queue: queue.SimpleQueue[tuple[bytes, float] | None] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._arrived = 0.0
        self._chunks = chunked(self._blocks())

    def __enter__(self) -> Self:
        self._pyaudio = portaudio.load(self._importer)
        if self._wait:
            return self
        for delay in self._backoff[:2]:
            with contextlib.suppress(AudioError):  # what was in use a moment ago is often still busy
                self._open()
                return self
            self._stopped.wait(delay)
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._close()

    def __next__(self) -> AudioChunk:
        chunk = next(self._chunks)
        return self._cancel(chunk, self._arrived)

    def fault(self, patience: float) -> Fault | None:
        """What is wrong with what was heard since it was opened; `patience`: seconds that tell."""
        return self._watch.fault(patience)

    def stop(self) -> None:
        """End the iteration, from any thread or signal handler; a chunk that is on its way is lost."""
        self._stopped.set()
        self._queue.put(None)

    def _blocks(self) -> Iterator[Samples]:
        """What the device gives, converted, until `stop`; reopens the device whenever it falls silent."""
        reported = 0
        while not self._stopped.is_set():
            if self._stream is None:
                self._reopen()
                continue
            try:
                got = self._queue.get(timeout=self._patience)
            except queue.Empty:
                self._say(f"the microphone {self.name!r} gives no audio: unplug it and plug it in again")
                self._close()
                continue
            if got is None:
                return
            data, self._arrived = got
            block = np.frombuffer(data, np.int16)
            samples = self._converter.process(block)
            self._watch.hear(block.reshape(-1, self._converter.channels), self._converter.cancelled)
            fault = self._watch.fault()
            self._say(f"the microphone {self.name!r} {fault.value}" if fault else "")
            if self.overruns > reported:
                _LOG.warning("%d blocks of 80 ms of audio were lost, this machine is too slow", self.overruns)
                reported = self.overruns
            yield samples

    def _say(self, problem: str) -> None:
        """Report and, where it is a new one, log what is wrong; empty: nothing is."""
        if problem and problem != self._said:
            _LOG.warning("%s", problem)
        self._said = problem
        self._report(problem)

    def _reopen(self) -> None:
        """Try until it works or `stop` is called."""
        last = self._backoff[-1]
        for delay in itertools.chain(self._backoff, itertools.repeat(last)):
            try:
                self._open()
            except AudioError as error:
                self._say(str(error))
            else:
                _LOG.info("listening to %r", self.name)
                return
            if self._stopped.wait(delay):
                return

    @portaudio.alone
    def _open(self) -> None:
        # PortAudio knows only the devices that were there when it was initialized, hence anew each time.
        self._api = self._pyaudio.PyAudio()
        try:
            device = portaudio.choose(self._api, "input", self._wanted)
            rate, channels = portaudio.choose_format(self._api, self._pyaudio, device, "input")
            self._converter, self._watch = Converter(rate, channels), Watch(rate)
            self._stream = self._api.open(
                format=self._pyaudio.paInt16,
                rate=rate,
                channels=channels,
                input=True,
                input_device_index=device.index,
                frames_per_buffer=round(rate * BLOCK_SECONDS),
                stream_callback=self._heard,
            )
        except AudioError:
            self._close()
            raise
        except (OSError, ValueError) as error:
            self._close()
            reason = error.args[-1] if error.args else error
            raise AudioError(
                f"the microphone {device.name!r} cannot be opened ({reason}); does another program use it?"
            ) from None
        self.name = device.name

    def _heard(self, data: bytes, frames: int, times: object, status: int) -> tuple[None, int]:
        """Called by PortAudio's thread: must not wait, and must not raise."""
        if status & self._pyaudio.paInputOverflow:
            self.overruns += 1
        if self._queue.qsize() < QUEUE_BLOCKS:
            self._queue.put((data, time.monotonic()))
        else:
            self.overruns += 1
        return None, self._pyaudio.paContinue

    @portaudio.alone
    def _close(self) -> None:
        """Let go of the device and of what it gave and nobody took."""
        stream, api, self._stream, self._api = self._stream, self._api, None, None
        for resource in (stream and stream.close, api and api.terminate):
            with contextlib.suppress(OSError):  # it is gone: nothing is left to close
                if resource:
                    resource()
        while not self._queue.empty() and not self._stopped.is_set():
            self._queue.get()


def list_devices(importer: portaudio.Importer = importlib.import_module) -> tuple[portaudio.AudioDevice, ...]:
    """The microphones that there are. Raises AudioError where PyAudio is not installed."""
    api = portaudio.load(importer).PyAudio()
    try:
        return portaudio.devices(api, "input")
    finally:
        api.terminate()
