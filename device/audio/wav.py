"""Recordings: WAV, FLAC, Opus and whatever else libsndfile reads, as 16 kHz mono int16."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile

from device.audio.pcm import Converter, chunked
from device.errors import AudioError
from device.events import SAMPLE_RATE, AudioChunk, Samples

_BLOCK_SECONDS = 1


def read(path: str | Path) -> Samples:
    """The whole recording. Raises AudioError as `open_file` does."""
    return np.concatenate(list(_blocks(_open(Path(path)))))


def decode(data: bytes) -> Iterator[Samples]:
    """A recording as the bytes of its file, a second at a time. Raises AudioError as `open_file` does."""
    stream = io.BytesIO(data)
    _check(stream, len(data), "a sound")
    stream.seek(0)
    return _blocks(_opened(stream, "a sound"))


def seconds(path: str | Path) -> float:
    """How long the recording says it is. Raises AudioError as `open_file` does."""
    with _open(Path(path)) as file:
        return file.frames / file.samplerate


def open_file(path: str | Path) -> Iterator[AudioChunk]:
    """The recording as chunks of 80 ms, read as they are asked for.

    Any rate, any number of channels, 8 to 32 bits or float. Raises AudioError where the file is missing,
    empty, no audio or visibly cut short; where a compressed stream breaks off, when it gets there.
    """
    return chunked(_blocks(_open(Path(path))))


def write(path: str | Path, samples: Samples) -> None:
    """A 16 kHz mono 16-bit WAV file. Raises AudioError where it cannot be written."""
    try:
        with open(path, "wb") as stream, wave.open(stream, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            file.writeframes(samples.astype("<i2").tobytes())
    except OSError as error:
        raise AudioError(f"{path}: cannot be written ({error.strerror}); choose another place") from None


def _open(path: Path) -> soundfile.SoundFile:
    try:
        stream = path.open("rb")
        size = path.stat().st_size
    except FileNotFoundError:
        raise AudioError(f"{path}: no such file; check the path") from None
    except OSError as error:
        raise AudioError(f"{path}: cannot be read ({error.strerror}); give a recording") from None
    with stream:
        _check(stream, size, str(path))
    return _opened(path, str(path))


def _check(stream: BinaryIO, size: int, name: str) -> None:
    """Raises AudioError for what is visibly no whole recording."""
    if not size:
        raise AudioError(f"{name}: the file is empty; record it again")
    try:
        missing = _missing_bytes(stream, size)
    except OSError as error:
        raise AudioError(f"{name}: cannot be read ({error.strerror}); give a recording") from None
    if missing:
        raise AudioError(f"{name}: the recording is truncated, {missing} bytes are missing; copy it again")


def _opened(source: Path | BinaryIO, name: str) -> soundfile.SoundFile:
    try:
        file = soundfile.SoundFile(source)
    except soundfile.SoundFileError:
        raise AudioError(f"{name}: not a readable recording; give a WAV, FLAC or Opus file") from None
    if not file.frames:
        file.close()
        raise AudioError(f"{name}: the recording is empty; record it again")
    return file


def _blocks(file: soundfile.SoundFile) -> Iterator[Samples]:
    """The samples, some at a time; closes the file."""
    with file:
        converter = Converter(file.samplerate, file.channels)
        done = 0
        while done < file.frames:
            try:
                block = file.read(_BLOCK_SECONDS * file.samplerate, dtype="float32", always_2d=True)
            except soundfile.SoundFileError:
                block = np.zeros((0, file.channels), np.float32)
            if not len(block):
                raise AudioError(f"{file.name}: the recording is truncated or damaged; copy it again")
            done += len(block)
            yield converter.process(block)
        yield converter.finish()


def _missing_bytes(stream: BinaryIO, size: int) -> int:
    """How many bytes a WAV file lacks of the length that its header promises; 0 for other files.

    libsndfile silently reads what there is. A length near 2 or 4 GiB is what recorders that write to a
    pipe put there for "unknown", and is believed to be that.
    """
    riff, _, kind = struct.unpack("<4sI4s", stream.read(12).ljust(12, b"\0"))
    if riff != b"RIFF" or kind != b"WAVE":
        return 0
    while len(header := stream.read(8)) == 8:
        name, length = struct.unpack("<4sI", header)
        if name == b"data":
            return 0 if length >= 0x7FFF_0000 else max(0, stream.tell() + length - size)
        stream.seek(length + length % 2, 1)
    return max(1, 8 - len(header))
