"""Earcons on the loudspeaker, without waiting for them."""

from __future__ import annotations

import contextlib
import importlib
import logging
import threading
from types import TracebackType
from typing import Any, Self

import numpy as np
import soxr

from device.audio import portaudio
from device.errors import AudioError
from device.events import SAMPLE_RATE, Samples

_LOG = logging.getLogger(__name__)


class SilentSpeaker:
    """Stands in where there is nothing to play on."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def play(self, samples: Samples) -> None:
        """Nothing is heard."""

    def stop(self) -> None:
        """Nothing was heard."""

    @property
    def playing(self) -> bool:
        """Whether something can still be heard."""
        return False


class Speaker(SilentSpeaker):
    """The output device, opened on construction and idle between sounds; a context manager.

    `device`: an index, a name, part of a name, or None for the default. Raises AudioError where PyAudio is
    absent or there is no such device or it cannot be opened; `open_speaker` gives a SilentSpeaker then.
    """

    def __init__(
        self, device: str | int | None = None, *, importer: portaudio.Importer = importlib.import_module
    ) -> None:
        self._pyaudio: Any = portaudio.load(importer)
        self._api: Any = self._pyaudio.PyAudio()
        self._lock = threading.Lock()
        self._sound = b""
        self._playing = False
        try:
            chosen = portaudio.choose(self._api, "output", device)
            self._rate, self._channels = portaudio.choose_format(self._api, self._pyaudio, chosen, "output")
            self._stream: Any = self._api.open(
                format=self._pyaudio.paInt16,
                rate=self._rate,
                channels=self._channels,
                output=True,
                output_device_index=chosen.index,
                stream_callback=self._wanted,
                start=False,
            )
        except AudioError:
            self._api.terminate()
            raise
        except (OSError, ValueError) as error:
            self._api.terminate()
            reason = error.args[-1] if error.args else error
            raise AudioError(
                f"the speaker {chosen.name!r} cannot be opened ({reason}); does another program use it?"
            ) from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._stream.close()
        self._api.terminate()

    def play(self, samples: Samples) -> None:
        """Begin to play `samples`, 16 kHz mono, after what is playing; returns at once.

        A device that has gone away is logged, and nothing is heard.
        """
        sound = samples if self._rate == SAMPLE_RATE else soxr.resample(samples, SAMPLE_RATE, self._rate)
        data = np.repeat(sound, self._channels).astype("<i2").tobytes()
        with self._lock:
            self._sound += data
            if self._playing:
                return
            self._playing = True
        try:
            self._stream.stop_stream()  # it has come to its end, but PortAudio wants to be told
            self._stream.start_stream()
        except OSError as error:
            self._sound, self._playing = b"", False
            _LOG.warning("the speaker does not play: %s", error)

    def stop(self) -> None:
        """What is playing or waits to be played is heard no further."""
        with self._lock:
            self._sound = b""

    @property
    def playing(self) -> bool:
        return self._playing

    def _wanted(self, data: object, frames: int, times: object, status: int) -> tuple[bytes, int]:
        """Called by PortAudio's thread: the next `frames` frames."""
        size = 2 * self._channels * frames
        with self._lock:
            sound, self._sound = self._sound[:size], self._sound[size:]
            self._playing = bool(self._sound)
        flag = self._pyaudio.paContinue if self._playing else self._pyaudio.paComplete
        return sound.ljust(size, b"\0"), flag


def open_speaker(
    device: str | int | None = None, *, importer: portaudio.Importer = importlib.import_module
) -> SilentSpeaker:
    """A Speaker, or a SilentSpeaker and a line in the log where there is none."""
    try:
        return Speaker(device, importer=importer)
    except AudioError as error:
        _LOG.info("earcons stay silent: %s", error)
        return SilentSpeaker()
