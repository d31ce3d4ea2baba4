"""Raw samples on their way to 16 kHz mono chunks: convert, cut, go back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import soxr

from device.audio.health import Channels
from device.events import SAMPLE_RATE, AudioChunk, Samples

HOP = SAMPLE_RATE // 100
"""Samples in 10 ms; a chunk is a multiple of it."""

CHUNK = 8 * HOP
"""Samples in a usual chunk, 80 ms."""

_FULL_SCALE = 32_768


class Converter:
    """Audio of any rate and channel count in, 16 kHz mono int16 out; streaming.

    Channels are averaged, unless they cancel each other out. What is 16 kHz mono int16 already comes out bit
    for bit.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self.rate, self.channels = rate, channels
        self._mixing = Channels(rate, channels)
        self._resampler = None
        if rate != SAMPLE_RATE:
            self._resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32")

    @property
    def cancelled(self) -> bool:
        """Whether the channels cancel each other out, so that only one of them is heard."""
        return self._mixing.cancelled

    def process(self, block: npt.NDArray[np.int16] | npt.NDArray[np.float32]) -> Samples:
        """What can be given out after `block`: (frames, channels) or interleaved, int16 or float ±1."""
        if block.dtype == np.int16 and self._resampler is None and self.channels == 1:
            return np.ascontiguousarray(block.reshape(-1), np.int16)
        return self._convert(block, last=False)

    def finish(self) -> Samples:
        """The rest that the resampler still held. Nothing can be processed afterwards."""
        if self._resampler is None:
            return np.zeros(0, np.int16)
        return self._convert(np.zeros(0, np.float32), last=True)

    def _convert(self, block: npt.NDArray[np.int16] | npt.NDArray[np.float32], last: bool) -> Samples:
        steps = np.float32(1 if block.dtype == np.int16 else _FULL_SCALE)
        mono = self._mixing.mixed(block.reshape(-1, self.channels).astype(np.float32) * steps)
        mono = mono * np.float32(1 / _FULL_SCALE)
        if self._resampler is not None:
            mono = self._resampler.resample_chunk(mono, last=last)
        return to_int16(mono)


def to_int16(audio: npt.NDArray[np.float32]) -> Samples:
    """Float ±1 to int16: rounded, clipped; what is not a number becomes silence."""
    scaled = np.nan_to_num(audio, nan=0.0, posinf=1.0, neginf=-1.0) * _FULL_SCALE
    return np.clip(np.rint(scaled), -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16)


def chunked(blocks: Iterable[Samples], size: int = CHUNK) -> Iterator[AudioChunk]:
    """Blocks of any lengths as chunks of `size` samples, from audio time 0.

    The last chunk may be shorter; it is filled with zeros to a multiple of 10 ms.
    """
    rest, start = np.zeros(0, np.int16), 0
    for block in blocks:
        rest = np.concatenate((rest, block)) if len(rest) else block
        while len(rest) >= size:
            yield AudioChunk(rest[:size], start)
            rest, start = rest[size:], start + size
    if len(rest):
        yield AudioChunk(np.pad(rest, (0, -len(rest) % HOP)), start)


def gathered(audio: Iterable[AudioChunk], size: int) -> Iterator[AudioChunk]:
    """Chunks that follow one another put together, until `size` samples or more; the last one as it is."""
    parts: list[AudioChunk] = []
    for chunk in audio:
        parts.append(chunk)
        if chunk.end - parts[0].start >= size:
            yield _joined(parts)
            parts.clear()
    if parts:
        yield _joined(parts)


def _joined(parts: list[AudioChunk]) -> AudioChunk:
    return AudioChunk(np.concatenate([part.samples for part in parts]), parts[0].start)


def read_raw(stream: BinaryIO) -> Iterator[AudioChunk]:
    """Raw signed 16-bit little-endian 16 kHz mono audio, such as standard input, until it ends.

    A lone last byte is dropped.
    """
    return chunked(_raw_blocks(stream))


def _raw_blocks(stream: BinaryIO) -> Iterator[Samples]:
    odd = b""
    while data := stream.read(2 * CHUNK):
        data = odd + data
        even = len(data) & ~1
        odd = data[even:]
        yield np.frombuffer(data[:even], "<i2").astype(np.int16)


class Rewindable(Iterator[AudioChunk]):
    """Audio that can go back: what follows the wake word may have been read before it was detected.

    Keeps the last `seconds` of what was yielded.
    """

    def __init__(self, audio: Iterable[AudioChunk], seconds: float = 3.0) -> None:
        self._audio = iter(audio)
        self._keep = round(seconds * SAMPLE_RATE)
        self._behind: deque[AudioChunk] = deque()
        self._ahead: deque[AudioChunk] = deque()
        self._position = 0

    @property
    def position(self) -> int:
        """Audio time of the next sample: the end of the last yielded chunk, or where `rewind` went."""
        return self._position

    def __next__(self) -> AudioChunk:
        chunk = self._ahead.popleft() if self._ahead else next(self._audio)
        self._behind.append(chunk)
        self._position = chunk.end
        while self._behind[0].end <= chunk.end - self._keep:
            self._behind.popleft()
        return chunk

    def before(self, seconds: float) -> Samples:
        """What came before `position`, at most `seconds` of it and what is kept."""
        parts = [np.zeros(0, np.int16), *(chunk.samples for chunk in self._behind)]
        return np.concatenate(parts)[-round(seconds * SAMPLE_RATE) :]

    def rewind(self, at: int) -> int:
        """Go on at audio time `at`, floored to 10 ms, or at the oldest kept; never forward.

        Returns the time it goes on at.
        """
        at = at // HOP * HOP
        while self._behind and self._behind[-1].end > at:
            chunk = self._behind.pop()
            cut = max(0, at - chunk.start)
            if cut:
                self._behind.append(AudioChunk(chunk.samples[:cut], chunk.start))
            self._ahead.appendleft(AudioChunk(chunk.samples[cut:], chunk.start + cut))
            self._position = chunk.start + cut
            if cut:
                break
        return self._position
