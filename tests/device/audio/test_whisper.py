"""A whisper has no voice; what people say aloud has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from device.assistant import Listening
from device.audio import wav
from device.audio.activity import Activity
from device.audio.endpoint import Endpointer
from device.audio.pcm import chunked
from device.audio.volume import Volume, gain
from device.channels.steps import Said
from device.daemon.duties import Whispering
from device.events import SAMPLE_RATE, AudioChunk, Endpoint, EndpointReason, Samples

RECORDINGS = Path(__file__).parents[3] / "demo" / "recordings"


def whispered(syllables: int = 7, noise: float = 5.0) -> Samples:
    """Breath in the rhythm of syllables, each with two formants of its own, in a room that is not silent."""
    rng = np.random.default_rng(4)
    parts = [np.zeros(SAMPLE_RATE // 2)]
    for _ in range(syllables):
        length = int(rng.uniform(0.13, 0.22) * SAMPLE_RATE)
        spectrum = np.fft.rfft(rng.normal(0, 1, length))
        hertz = np.fft.rfftfreq(length, 1 / SAMPLE_RATE)
        formants = (rng.uniform(400, 900), rng.uniform(1200, 2600), 5000.0)
        shape = sum(np.exp(-(((hertz - one) / 350) ** 2)) for one in formants)
        parts += [900 * np.fft.irfft(spectrum * shape, length) * np.hanning(length), np.zeros(700)]
    sound = np.concatenate([*parts, np.zeros(2 * SAMPLE_RATE)])
    return np.asarray(sound + rng.normal(0, noise, len(sound)), np.int16)


def is_whispered(samples: Samples) -> bool:
    activity = Activity()
    activity.process(samples)
    return activity.is_whispered()


@pytest.mark.parametrize("noise", [1.0, 20.0])
def test_a_whisper_is_one(noise: float) -> None:
    assert is_whispered(whispered(noise=noise))


def test_what_is_said_aloud_is_none() -> None:
    recordings = sorted(RECORDINGS.glob("*.flac"))
    assert recordings
    assert not any(is_whispered(wav.read(str(file))) for file in recordings)


def test_noise_and_a_short_rustle_are_none() -> None:
    rng = np.random.default_rng(1)
    assert not is_whispered(np.asarray(rng.normal(0, 300, 3 * SAMPLE_RATE), np.int16))
    assert not is_whispered(whispered(syllables=2))
    assert not is_whispered(np.zeros(0, np.int16))


def test_a_whispered_command_is_listened_to_where_that_is_wanted() -> None:
    sound = whispered()

    def heard(whispers: bool) -> tuple[float, EndpointReason]:
        endpointer = Endpointer(whispers=whispers)
        count = sum(len(chunk.samples) for chunk in endpointer.speech(chunked([sound])))
        assert endpointer.endpoint is not None
        return count / SAMPLE_RATE, endpointer.endpoint.reason

    seconds, reason = heard(whispers=True)
    assert seconds > 1.5
    assert reason is EndpointReason.SILENCE
    assert heard(whispers=False)[0] == 0


def test_it_is_answered_quietly_until_somebody_speaks() -> None:
    volume = Volume(80, quiet_level=20)
    duty = Whispering(volume)

    def turn(samples: Samples) -> float:
        duty.take(Listening(None))
        for chunk in chunked([samples]):
            duty.hear(AudioChunk(chunk.samples, chunk.start))
        duty.take(Endpoint(len(samples), EndpointReason.SILENCE))
        return volume.spoken()

    assert turn(whispered()) == gain(20)
    duty.take(Said("Dinner is ready", announced=True))
    assert volume.spoken() == gain(80)
    assert turn(whispered()) == gain(20)
    assert turn(wav.read(str(next(iter(sorted(RECORDINGS.glob("*.flac"))))))) == gain(80)
