"""Endpointing of a synthetic voice: harmonics of 120 Hz in syllables, with hiss for consonants."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from device.audio.activity import Activity, voice_level
from device.audio.endpoint import Endpointer, EndpointSettings
from device.audio.pcm import chunked
from device.events import AudioChunk, Endpoint, EndpointReason, Samples

RATE = 16_000
Wave = npt.NDArray[np.float64]


def voice(seconds: float, pitch: float = 120.0) -> Wave:
    """Syllables of 0.2 s, each a vowel with falling harmonics, then 40 ms of hiss and 20 ms of nothing."""
    time = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * pitch * (time + 0.02 * np.sin(2 * np.pi * 0.7 * time))
    vowel = sum((np.sin(k * phase) / k for k in range(1, 25)), np.zeros_like(time))
    place = time % 0.2
    shape = np.sqrt(np.sin(np.pi * np.clip(place / 0.14, 0, 1)).clip(0))
    hiss = 0.1 * np.random.default_rng(7).standard_normal(len(time)) * ((place >= 0.14) & (place < 0.18))
    return 0.2 * (vowel * shape + hiss)


def pause(seconds: float) -> Wave:
    return np.zeros(round(seconds * RATE))


def noise(seconds: float, decibel: float) -> Wave:
    """White noise, so many dB below the voice."""
    level = np.sqrt((voice(1.0) ** 2).mean()) * 10 ** (-decibel / 20)
    return level * np.random.default_rng(8).standard_normal(round(seconds * RATE))


def clicks(seconds: float) -> Wave:
    """A clock: 5 ms of noise twice a second, louder than the voice."""
    wave = np.random.default_rng(9).standard_normal(round(seconds * RATE))
    return wave * (np.arange(len(wave)) % (RATE // 2) < 80)


def recorded(*parts: Wave, gain: float = 1.0, below: float = 60.0) -> Samples:
    """The parts in a room whose noise is `below` dB under the voice."""
    wave = np.concatenate(parts)
    wave = wave + noise(len(wave) / RATE, below)
    return np.clip(np.rint(wave * gain * 12_000), -32_768, 32_767).astype(np.int16)


def listen(
    samples: Samples, settled: Callable[[], float] = lambda: 0.0, **settings: float
) -> tuple[list[AudioChunk], Endpoint]:
    endpointer = Endpointer(EndpointSettings(**settings), settled)
    chunks = list(endpointer.speech(chunked([samples])))
    assert endpointer.endpoint is not None
    assert all(before.end == after.start for before, after in itertools.pairwise(chunks))
    return chunks, endpointer.endpoint


def test_an_utterance_begins_with_its_pre_roll_and_ends_after_the_silence() -> None:
    chunks, endpoint = listen(recorded(pause(1.5), voice(1.2), pause(3)))
    assert 1.0 * RATE <= chunks[0].start <= 1.25 * RATE
    assert endpoint.reason is EndpointReason.SILENCE
    assert endpoint.speech_end == pytest.approx(2.7 * RATE, abs=0.1 * RATE)
    assert 3.3 * RATE <= endpoint.at <= 3.6 * RATE
    assert chunks[-1].end == endpoint.at


@pytest.mark.parametrize("below", [60.0, 15.0, 10.0])
def test_speech_that_begins_at_once_is_heard_from_the_first_sample(below: float) -> None:
    samples = recorded(voice(1.0), pause(3), below=below)
    chunks, endpoint = listen(samples)
    assert chunks[0].start == 0
    assert endpoint.reason is EndpointReason.SILENCE
    heard = np.concatenate([chunk.samples for chunk in chunks])
    np.testing.assert_array_equal(heard, samples[: endpoint.at])


@pytest.mark.parametrize("below", [60.0, 15.0, 10.0])
@pytest.mark.parametrize("lead", [0.0, 0.5, 2.0])
def test_noise_does_not_keep_it_open_and_a_pause_does_not_end_it(below: float, lead: float) -> None:
    samples = recorded(pause(lead), voice(0.8), pause(0.3), voice(0.8), pause(5), below=below)
    chunks, endpoint = listen(samples)
    end = lead + 1.9
    assert chunks[0].start <= max(0, lead - 0.1) * RATE
    assert endpoint.reason is EndpointReason.SILENCE
    assert end + 0.4 <= endpoint.at / RATE <= end + 1.0


def test_a_whole_command_ends_sooner() -> None:
    samples = recorded(pause(0.5), voice(1.0), pause(3))
    _, whole = listen(samples, lambda: 0.1)
    _, part = listen(samples)
    assert whole.reason is EndpointReason.SILENCE
    assert whole.speech_end == part.speech_end
    assert part.at - whole.at == pytest.approx(0.3 * RATE, abs=1280)


def test_a_dog_that_goes_on_barking_does_not_keep_a_whole_command_open() -> None:
    barking = recorded(pause(0.5), voice(8.0))
    endpointer = Endpointer(settled=lambda: max(0.0, heard / RATE - 2.0))
    heard = 0
    for chunk in endpointer.speech(chunked([barking])):
        heard = chunk.end
    assert endpointer.endpoint is not None
    assert endpointer.endpoint.reason is EndpointReason.SILENCE
    assert endpointer.endpoint.at / RATE == pytest.approx(3.1, abs=0.1)


@pytest.mark.parametrize("gain", [0.01, 0.002])
def test_a_very_quiet_recording(gain: float) -> None:
    samples = recorded(pause(0.5), voice(1.0), pause(3), gain=gain)
    assert np.abs(samples).max() < 110
    chunks, endpoint = listen(samples)
    assert chunks[0].start <= 0.4 * RATE
    assert 1.5 + 0.3 <= endpoint.at / RATE <= 1.5 + 1.0


def test_a_high_voice() -> None:
    chunks, endpoint = listen(recorded(pause(0.5), voice(1.0, pitch=300), pause(3)))
    assert chunks[0].start <= 0.5 * RATE
    assert endpoint.reason is EndpointReason.SILENCE


@pytest.mark.parametrize(
    "sound",
    [pause(6), noise(6, 0), clicks(6), 0.5 * np.sin(2 * np.pi * 50 * np.arange(6 * RATE) / RATE)],
    ids=["silence", "hiss", "clock", "hum"],
)
def test_where_nobody_speaks_nothing_is_heard(sound: Wave) -> None:
    chunks, endpoint = listen(recorded(sound))
    assert chunks == []
    assert (endpoint.reason, endpoint.speech_end) == (EndpointReason.TIMEOUT, None)
    assert 4 * RATE <= endpoint.at <= 4.2 * RATE


def test_a_clock_does_not_keep_it_open() -> None:
    samples = recorded(np.concatenate((voice(1.0), pause(6))) + 0.3 * clicks(7))
    _, endpoint = listen(samples)
    assert endpoint.at < 2.2 * RATE


def test_noise_that_sets_in_while_speaking_is_learned() -> None:
    speech = np.concatenate((voice(1.5), pause(7)))
    speech[RATE:] += noise(7.5, 12)
    _, endpoint = listen(recorded(speech))
    assert endpoint.reason is EndpointReason.SILENCE
    assert endpoint.at < 5 * RATE


def test_the_tail_of_the_wake_word_is_no_utterance() -> None:
    chunks, endpoint = listen(recorded(voice(0.1), pause(1.5), voice(1.0), pause(2)))
    assert chunks[0].start > 0.5 * RATE
    assert endpoint.speech_end == pytest.approx(2.6 * RATE, abs=0.1 * RATE)


def test_who_does_not_stop_is_stopped() -> None:
    chunks, endpoint = listen(recorded(pause(0.5), voice(9)), maximum=3.0)
    assert endpoint.reason is EndpointReason.TIMEOUT
    assert endpoint.at == pytest.approx(3.5 * RATE, abs=0.2 * RATE)
    assert chunks[-1].end == endpoint.at


def test_who_begins_late_is_still_heard() -> None:
    chunks, endpoint = listen(recorded(pause(3.95), voice(1.0), pause(2)))
    assert chunks
    assert endpoint.reason is EndpointReason.SILENCE


def test_the_recording_may_end_before_the_speaker() -> None:
    samples = recorded(pause(0.6), voice(1.0))
    chunks, endpoint = listen(samples)
    assert endpoint.reason is EndpointReason.END_OF_AUDIO
    assert endpoint.at == chunks[-1].end == len(samples)
    assert endpoint.speech_end == pytest.approx(1.6 * RATE, abs=0.1 * RATE)


def test_a_recording_of_one_short_word_and_nothing_else() -> None:
    chunks, endpoint = listen(recorded(voice(0.2)))
    assert sum(len(chunk.samples) for chunk in chunks) == 0.2 * RATE
    assert endpoint.reason is EndpointReason.END_OF_AUDIO


def test_no_audio_at_all() -> None:
    assert listen(np.zeros(0, np.int16)) == ([], Endpoint(0, EndpointReason.END_OF_AUDIO, None))


def test_audio_time_goes_on_from_where_it_was_and_no_chunk_too_many_is_read() -> None:
    chunks = list(chunked([recorded(pause(1), voice(1.0), pause(4))]))
    audio = iter(chunks[10:])
    endpointer = Endpointer()
    heard = list(endpointer.speech(audio))
    assert endpointer.endpoint is not None
    assert heard[-1].end == endpointer.endpoint.at
    assert next(audio).start == endpointer.endpoint.at


def test_speech_is_given_out_while_it_is_spoken() -> None:
    chunks = list(chunked([recorded(voice(2.0), pause(2))]))
    audio = iter(chunks)
    first = next(iter(Endpointer().speech(audio)))
    assert first.start == 0
    assert next(audio).start < 1.0 * RATE


@pytest.mark.parametrize("size", [160, 1_120, 6_400])
def test_activity_does_not_depend_on_the_pieces(size: int) -> None:
    samples = recorded(pause(0.3), voice(0.7), pause(0.3))
    whole, pieces = Activity(), Activity()
    whole.process(samples)
    for at in range(0, len(samples), size):
        pieces.process(samples[at : at + size])
    assert len(whole) == len(pieces) == 1 + (len(samples) - 640) // 160
    np.testing.assert_array_equal(whole.active(), pieces.active())


def mixed(*parts: Wave, behind: float) -> Wave:
    """The parts, and somebody else who speaks all the time, so many dB softer."""
    wave = np.concatenate(parts)
    return wave + 10 ** (-behind / 20) * voice(len(wave) / RATE, pitch=210.0)


def among_others(
    samples: Samples, speaker: float | None, whole: bool = True
) -> tuple[list[AudioChunk], Endpoint]:
    endpointer = Endpointer(whole=lambda: whole)
    chunks = list(endpointer.speech(chunked([samples]), voice=speaker))
    assert endpointer.endpoint is not None
    return chunks, endpointer.endpoint


LOUD = voice_level(recorded(voice(1.0)))


def test_somebody_else_who_goes_on_does_not_keep_an_utterance_open() -> None:
    samples = recorded(mixed(voice(1.6), pause(6.0), behind=15))
    chunks, endpoint = among_others(samples, LOUD)
    assert endpoint.reason is EndpointReason.SILENCE
    assert 1.6 * RATE < endpoint.at < 3.2 * RATE
    assert not chunks[0].softer
    assert [chunk.end for chunk in chunks if not chunk.softer][-1] == pytest.approx(
        1.9 * RATE, abs=0.25 * RATE
    )
    _, unknown = among_others(samples, None)
    assert unknown.at > 5 * RATE


def test_where_it_is_no_whole_command_the_speaker_may_have_become_softer() -> None:
    _, endpoint = among_others(recorded(mixed(voice(1.6), pause(6.0), behind=15)), LOUD, whole=False)
    assert 3.6 * RATE < endpoint.at < 4.6 * RATE


def test_somebody_else_before_the_speaker_is_marked() -> None:
    chunks, _ = among_others(recorded(mixed(pause(1.0), voice(1.6), pause(4.0), behind=20)), LOUD)
    first = next(chunk for chunk in chunks if not chunk.softer)
    assert 0.6 * RATE < first.start < 1.0 * RATE


def test_a_sentence_that_ends_softly_is_given_out_whole() -> None:
    chunks, endpoint = among_others(recorded(voice(1.2), 0.3 * voice(0.9), pause(3.0)), LOUD)
    assert endpoint.reason is EndpointReason.SILENCE
    assert endpoint.speech_end == pytest.approx(2.1 * RATE, abs=0.1 * RATE)
    assert chunks[-1].end == endpoint.at


def test_silence_has_no_level_of_a_voice() -> None:
    assert voice_level(recorded(pause(1.0))) is None
    assert voice_level(np.zeros(0, np.int16)) is None
