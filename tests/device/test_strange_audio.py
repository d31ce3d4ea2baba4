"""What is no command, or a command through a bad microphone, heard by the device's own models.

Push-to-talk, which is harder than waiting for the wake word: all of it is listened to.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from device.assembly.stages import make_assistant
from device.assistant import Assistant
from device.audio.pcm import CHUNK, chunked
from device.audio.wav import read
from device.events import SAMPLE_RATE, Command, EndpointReason, Samples, Turn
from device.ranking import CANDIDATES
from device.settings import Settings

RECORDINGS = Path(__file__).parents[2] / "demo" / "recordings"
COMMAND = RECORDINGS / "switch on the coffee machine.flac"
STORY = RECORDINGS / "the weather was lovely in paris last summer.flac"
RIGHT = (Command("cmnd/coffee/POWER", "ON"),)

pytestmark = pytest.mark.skipif(
    not (Settings().hearing.bundle / "bundle.json").is_file(),
    reason="device/bundles has no trained models: train and export them",
)


@pytest.fixture(scope="module")
def listener() -> Assistant:
    return make_assistant(Settings(), push_to_talk=True)


@pytest.fixture(scope="module")
def waiting() -> Assistant:
    return make_assistant(Settings())


def seconds(count: float) -> npt.NDArray[np.float64]:
    return np.arange(int(count * SAMPLE_RATE)) / SAMPLE_RATE


def to_samples(sound: npt.NDArray[np.float64]) -> Samples:
    return np.clip(np.rint(sound * 32767), -32768, 32767).astype(np.int16)


def sine() -> Samples:
    return to_samples(0.5 * np.sin(2 * np.pi * 440 * seconds(4)))


def noise() -> Samples:
    return to_samples(np.random.default_rng(1).normal(size=4 * SAMPLE_RATE) * 0.2)


def square() -> Samples:
    return to_samples(np.sign(np.sin(2 * np.pi * 100 * seconds(3))))


def music() -> Samples:
    """A tune over chords, each note with its overtones, struck and dying away."""
    rng, total = np.random.default_rng(2), np.zeros(6 * SAMPLE_RATE)
    for beat in range(24):
        notes = [*rng.choice([0, 4, 7, 12, 16], 3, replace=False), 24 + rng.choice([0, 2, 4, 5, 7, 9, 11])]
        time = seconds(6 - beat * 0.25)
        for note in notes:
            pitch = 130.8 * 2 ** (note / 12)
            tone = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, 7)) * np.exp(-3 * time)
            total[-len(time) :] += tone
    return to_samples(0.5 * total / np.abs(total).max())


@pytest.mark.parametrize(
    "sound",
    [lambda: np.zeros(3 * SAMPLE_RATE, np.int16), sine, noise, square, music],
    ids=lambda f: f.__name__,
)
def test_what_nobody_said_does_nothing(
    listener: Assistant, waiting: Assistant, sound: Callable[[], Samples]
) -> None:
    assert turn(listener, sound()).commands == ()
    assert list(waiting.turns(chunked([sound()], CHUNK))) == []


def test_other_readings_of_music_take_no_longer_than_hearing_it(listener: Assistant) -> None:
    began = time.process_time()
    listener.hearing.transcribe(chunked([music()], CHUNK))
    heard = time.process_time()
    assert listener.hearing.alternatives(CANDIDATES, 6.0)
    assert time.process_time() - heard < 3 * (heard - began)


def test_a_minute_of_speech_without_a_pause_does_nothing(listener: Assistant) -> None:
    story = read(STORY)[-3 * SAMPLE_RATE :]
    loud = np.flatnonzero(np.abs(story.astype(int)) > 500)
    minute = np.resize(story[loud[0] : loud[-1]], 60 * SAMPLE_RATE)
    found = turn(listener, minute)
    assert found.commands == ()
    assert found.endpoint.reason is EndpointReason.END_OF_AUDIO


@pytest.mark.parametrize(
    "spoil",
    [
        lambda x: np.clip(x * 20, -0.9, 0.9),
        lambda x: x + 0.3,
        lambda x: np.where(x < 0, 0, x),
        lambda x: x * 0.02,
        lambda x: -x,
    ],
    ids=["clipped", "offset", "half waves", "soft", "upside down"],
)
def test_a_command_through_a_bad_microphone_is_right_or_nothing(
    listener: Assistant, spoil: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]
) -> None:
    spoken = read(COMMAND)[round(1.6 * SAMPLE_RATE) :] / 32768
    assert turn(listener, to_samples(spoken)).commands == RIGHT
    assert turn(listener, to_samples(spoil(spoken))).commands in (RIGHT, ())


def turn(listener: Assistant, samples: Samples) -> Turn:
    return listener.push_to_talk(chunked([samples], CHUNK))
