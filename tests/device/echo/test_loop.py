"""What is played by PyAudio comes back through PulseAudio, and is taken out of what PyAudio hears."""

from __future__ import annotations

import itertools
import subprocess

import numpy as np

from device.audio.microphone import Microphone
from device.audio.pcm import to_int16
from device.audio.speaker import open_speaker
from device.echo.canceller import Canceller
from device.echo.reference import Reference
from device.events import SAMPLE_RATE
from tests.virtual_audio import VirtualAudio, virtual_audio

__all__ = ["virtual_audio"]

SECONDS = 10


def test_a_virtual_loop_is_measured_and_taken_out(virtual_audio: VirtualAudio) -> None:
    loop = ["pactl", "set-default-source", "spk.monitor"]
    subprocess.run(loop, check=True, capture_output=True)
    reference = Reference()
    canceller = Canceller(reference)
    noise = np.random.default_rng(0).normal(0, 0.05, SECONDS * SAMPLE_RATE)
    sound = to_int16(np.convolve(noise, np.hanning(7), "same").astype(np.float32))  # no higher than speech
    with open_speaker(tap=reference) as speaker, Microphone(cancel=canceller.process) as microphone:
        quiet = list(itertools.islice(microphone, 12))
        speaker.play(sound)
        list(itertools.islice(microphone, round((SECONDS - 1) * 12.5)))
    assert not np.concatenate([chunk.samples for chunk in quiet]).any()
    assert canceller.alignment.measured
    assert 0 < canceller.alignment.delay < 1
    assert canceller.cancels
    assert canceller.enhancement > 15
