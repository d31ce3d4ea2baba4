from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from device.audio import wav
from device.errors import AudioError
from device.events import Samples

TONE = 0.4 * np.sin(2 * np.pi * 300 * np.arange(16_000) / 16_000)


def record(path: Path, rate: int = 16_000, channels: int = 1, subtype: str | None = None) -> Path:
    """One second of a 300 Hz tone."""
    tone = 0.4 * np.sin(2 * np.pi * 300 * np.arange(rate) / rate)
    soundfile.write(path, np.repeat(tone[:, None], channels, axis=1), rate, subtype=subtype)
    return path


def assert_is_tone(samples: Samples, tolerance: float) -> None:
    assert samples.dtype == np.int16
    assert abs(len(samples) - 16_000) <= 1
    middle = slice(1_000, 15_000)
    assert np.abs(samples[middle] / 32_768 - TONE[middle]).max() < tolerance


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_every_width_of_wav(tmp_path: Path, subtype: str) -> None:
    tolerance = 0.01 if subtype == "PCM_U8" else 1e-4
    assert_is_tone(wav.read(record(tmp_path / "tone.wav", subtype=subtype)), tolerance)


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (44_100, 2), (48_000, 6)])
def test_any_rate_and_channels(tmp_path: Path, rate: int, channels: int) -> None:
    assert_is_tone(wav.read(record(tmp_path / "tone.wav", rate, channels)), 2e-3)


def test_flac_and_opus(tmp_path: Path) -> None:
    assert_is_tone(wav.read(record(tmp_path / "tone.flac", 44_100)), 2e-3)
    soundfile.write(tmp_path / "tone.opus", TONE, 16_000, format="OGG", subtype="OPUS")
    assert_is_tone(wav.read(tmp_path / "tone.opus"), 0.05)


def test_24_bit_keeps_its_highest_16(tmp_path: Path) -> None:
    samples = np.array([0, 1, -1, 12_345, -32_768, 32_767], np.int32)
    soundfile.write(tmp_path / "deep.wav", samples << 16, 16_000, subtype="PCM_24")
    np.testing.assert_array_equal(wav.read(tmp_path / "deep.wav"), samples)


def test_written_samples_are_read_bit_for_bit(tmp_path: Path) -> None:
    samples = np.random.default_rng(3).integers(-32_768, 32_768, 20_001).astype(np.int16)
    wav.write(tmp_path / "x.wav", samples)
    np.testing.assert_array_equal(wav.read(tmp_path / "x.wav"), samples)
    chunks = list(wav.open_file(tmp_path / "x.wav"))
    np.testing.assert_array_equal(np.concatenate([chunk.samples for chunk in chunks])[:20_001], samples)
    assert chunks[-1].end == 20_160


def missing(path: Path) -> None:
    pass


def empty(path: Path) -> None:
    path.touch()


def folder(path: Path) -> None:
    path.mkdir()


def text(path: Path) -> None:
    path.write_text("turn on the kitchen lamp\n" * 100)


def header_only(path: Path) -> None:
    soundfile.write(path, np.zeros(0), 16_000)


def truncated(path: Path) -> None:
    record(path)
    path.write_bytes(path.read_bytes()[:20_000])


def truncated_header(path: Path) -> None:
    record(path)
    path.write_bytes(path.read_bytes()[:30])


def truncated_24_bit(path: Path) -> None:
    record(path, subtype="PCM_24")
    path.write_bytes(path.read_bytes()[:-1_000])


def truncated_flac(path: Path) -> None:
    noise = np.random.default_rng(4).normal(0, 0.1, 48_000)
    soundfile.write(path, noise, 16_000, format="FLAC")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (missing, "no such file"),
        (empty, "is empty"),
        (folder, "cannot be read"),
        (text, "not a readable"),
        (header_only, "is empty"),
        (truncated, "truncated"),
        (truncated_header, "truncated"),
        (truncated_24_bit, "truncated"),
        (truncated_flac, "truncated"),
    ],
)
def test_what_cannot_be_read_is_one_line_that_names_the_file(
    tmp_path: Path, spoil: Callable[[Path], None], says: str
) -> None:
    path = tmp_path / "kitchen.wav"
    spoil(path)
    with pytest.raises(AudioError, match=says) as raised:
        wav.read(path)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_bad_file_is_refused_when_it_is_opened(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no such file"):
        wav.open_file(tmp_path / "nowhere.wav")


@pytest.mark.parametrize("length", [0xFFFF_FFFF, 0x7FFF_FFFF])
def test_a_recorder_that_did_not_know_the_length_is_forgiven(tmp_path: Path, length: int) -> None:
    path = record(tmp_path / "piped.wav")
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = struct.pack("<I", length)
    path.write_bytes(data)
    assert_is_tone(wav.read(path), 1e-4)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="cannot be written"):
        wav.write(tmp_path / "no" / "folder.wav", np.zeros(160, np.int16))
