from __future__ import annotations

import io
import itertools

import numpy as np
import pytest

from device.audio.pcm import CHUNK, HOP, Converter, Rewindable, chunked, gathered, read_raw, to_int16
from device.events import AudioChunk, Samples


def ramp(length: int) -> Samples:
    return (np.arange(length) % 30_000).astype(np.int16)


def sine(rate: int, hertz: float, seconds: float) -> Samples:
    time = np.arange(round(rate * seconds)) / rate
    return np.rint(12_000 * np.sin(2 * np.pi * hertz * time)).astype(np.int16)


def joined(chunks: list[AudioChunk]) -> Samples:
    return np.concatenate([chunk.samples for chunk in chunks])


def test_16_khz_mono_passes_bit_for_bit() -> None:
    samples = np.random.default_rng(0).integers(-32_768, 32_768, 4_001).astype(np.int16)
    converter = Converter(16_000, 1)
    np.testing.assert_array_equal(np.concatenate((converter.process(samples), converter.finish())), samples)
    np.testing.assert_array_equal(converter.process((samples / 32_768).astype(np.float32)), samples)


def test_channels_are_averaged() -> None:
    stereo = np.array([[100, 300], [-5, 5]], np.int16)
    assert Converter(16_000, 2).process(stereo).tolist() == [200, 0]
    assert Converter(16_000, 2).process(stereo.reshape(-1)).tolist() == [200, 0]


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("size", [441, 1_000])
def test_any_rate_becomes_16_khz_while_streaming(rate: int, size: int) -> None:
    stereo = np.repeat(sine(rate, 440, 1.0)[:, None], 2, axis=1)
    converter = Converter(rate, 2)
    blocks = [converter.process(stereo[at : at + size]) for at in range(0, len(stereo), size)]
    heard = np.concatenate((*blocks, converter.finish())).astype(float)
    assert abs(len(heard) - 16_000) <= 1
    expected = sine(16_000, 440, 1.0)[: len(heard)]
    assert np.abs(heard[500:-500] - expected[500 : len(heard) - 500]).max() < 30


def test_float_is_clipped_and_never_undefined() -> None:
    wild = np.array([2.0, -2.0, np.nan, np.inf, -np.inf, 0.5], np.float32)
    assert to_int16(wild).tolist() == [32_767, -32_768, 0, 32_767, -32_768, 16_384]


@pytest.mark.parametrize("size", [1, 159, 1_280, 1_281, 4_000])
def test_chunks_do_not_depend_on_the_blocks(size: int) -> None:
    samples = ramp(5 * CHUNK + 3 * HOP)
    chunks = list(chunked(samples[at : at + size] for at in range(0, len(samples), size)))
    assert [len(chunk.samples) for chunk in chunks] == [CHUNK] * 5 + [3 * HOP]
    assert [chunk.start for chunk in chunks] == [CHUNK * index for index in range(6)]
    np.testing.assert_array_equal(joined(chunks), samples)


def test_gathered_chunks_are_the_same_audio_in_fewer_pieces() -> None:
    samples = ramp(5 * CHUNK + 3 * HOP)
    chunks = list(gathered(chunked([samples]), 2 * CHUNK))
    assert [chunk.start for chunk in chunks] == [0, 2 * CHUNK, 4 * CHUNK]
    assert np.array_equal(np.concatenate([chunk.samples for chunk in chunks]), samples)


def test_the_last_chunk_is_filled_to_10_ms() -> None:
    (chunk,) = chunked([ramp(HOP + 1)])
    assert len(chunk.samples) == 2 * HOP
    assert not chunk.samples[HOP + 1 :].any()


def test_no_audio_no_chunk() -> None:
    assert list(chunked([])) == list(chunked([ramp(0)])) == list(read_raw(io.BytesIO())) == []


def test_raw_audio_is_little_endian_and_a_lone_byte_is_dropped() -> None:
    samples = ramp(CHUNK + 2 * HOP)
    chunks = list(read_raw(io.BytesIO(samples.astype("<i2").tobytes() + b"\x7f")))
    np.testing.assert_array_equal(joined(chunks), samples)


def test_raw_audio_survives_short_reads() -> None:
    class Pipe(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 333))

    samples = ramp(CHUNK)
    np.testing.assert_array_equal(joined(list(read_raw(Pipe(samples.tobytes())))), samples)


def audio(seconds: float) -> list[AudioChunk]:
    return list(chunked([ramp(round(seconds * 16_000))]))


def test_rewinding_gives_the_same_samples_again_and_then_goes_on() -> None:
    chunks = audio(4)
    rewindable = Rewindable(chunks)
    list(itertools.islice(rewindable, 20))
    assert rewindable.position == 20 * CHUNK
    assert rewindable.rewind(12 * CHUNK + 3 * HOP + 5) == rewindable.position == 12 * CHUNK + 3 * HOP
    again = list(rewindable)
    assert again[0].start == 12 * CHUNK + 3 * HOP
    np.testing.assert_array_equal(joined(again), joined(chunks)[again[0].start :])
    assert all(before.end == after.start for before, after in itertools.pairwise(again))


def test_rewinding_twice_and_after_the_end() -> None:
    chunks = audio(2)
    rewindable = Rewindable(chunks)
    for at in (24_000, 16_000, 31_999):
        list(rewindable)
        at = rewindable.rewind(at)
        np.testing.assert_array_equal(joined(list(rewindable)), joined(chunks)[at:])


def test_rewinding_reaches_only_what_is_kept_and_never_forward() -> None:
    rewindable = Rewindable(audio(4), seconds=1.0)
    list(itertools.islice(rewindable, 40))
    position = rewindable.position
    assert rewindable.rewind(position + 16_000) == position
    assert position - 16_000 - CHUNK <= rewindable.rewind(0) <= position - 16_000
    assert next(rewindable).start == rewindable.position - CHUNK


def test_rewinding_before_the_first_chunk_changes_nothing() -> None:
    rewindable = Rewindable(audio(1))
    assert rewindable.rewind(0) == 0
    assert next(rewindable).start == 0


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_channels_that_cancel_each_other_out_are_heard_by_the_loudest(rate: int) -> None:
    """Silence before and after, and blocks that cut through a word, change nothing of that."""
    word = np.random.default_rng(1).normal(0, 3_000, rate).astype(np.int16)
    mono = np.concatenate((np.zeros(rate // 2, np.int16), word, np.zeros(rate // 2, np.int16)))
    converter, alone = Converter(rate, 2), Converter(rate, 1)
    stereo = np.stack((-(mono // 10 * 9), mono), axis=1)
    for converts in (converter, alone):
        blocks = np.array_split(stereo if converts is converter else mono, 37)
        heard = np.concatenate([*(converts.process(block) for block in blocks), converts.finish()])
        assert heard.astype(float).std() > 1_000
    assert converter.cancelled
    assert not alone.cancelled


def test_one_dead_channel_and_two_that_differ_are_averaged() -> None:
    left, right = np.random.default_rng(2).normal(0, 3_000, (2, 16_000)).astype(np.int16)
    for other in (left, right, np.zeros_like(left)):
        converter = Converter(16_000, 2)
        heard = converter.process(np.stack((left, other), axis=1))
        np.testing.assert_allclose(heard, (left.astype(float) + other) / 2, atol=0.5)
        assert not converter.cancelled
