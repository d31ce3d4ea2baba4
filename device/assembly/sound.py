"""Where the daemon's audio comes from, and where its sounds go."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial

import numpy as np

from device.audio import wav
from device.audio.microphone import Microphone
from device.audio.output import SilentSpeaker
from device.audio.pacing import paced
from device.audio.pcm import chunked, read_raw
from device.audio.speaker import Speaker, open_speaker
from device.echo.canceller import Canceller
from device.echo.reference import Reference
from device.events import SAMPLE_RATE, AudioChunk, Samples
from device.settings import Settings

AFTER_RECORDING = 1.0
"""Seconds of silence after each recording given as input, so that its last utterance ends."""


@dataclass(frozen=True, slots=True)
class Sound:
    """The microphone and the loudspeaker, both to be entered. `deaf`: whether Mynah itself is so loud now
    that what anybody says cannot be told from it."""

    microphone: AbstractContextManager[Iterable[AudioChunk]]
    speaker: Speaker | SilentSpeaker
    deaf: Callable[[], bool]


def make_sound(settings: Settings, inputs: Sequence[str], report: Callable[[str], None]) -> Sound:
    """The microphone, waited for where there is none yet, or the recordings `inputs`, at its pace; and the
    loudspeaker, a silent one where recordings are the input or the settings want neither voice nor sounds.

    `report` is given why there is no microphone, in a line, and "" once there is one.
    """
    if inputs:
        return Sound(nullcontext(paced(chunked(recordings(inputs)))), SilentSpeaker(), lambda: False)
    audio = settings.audio
    microphone = partial(Microphone, audio.microphone, wait=True, report=report)
    if not (audio.sounds or settings.voice.voice):
        return Sound(microphone(), SilentSpeaker(), lambda: False)
    if not audio.echo:
        speaker = open_speaker(audio.speaker)
        return Sound(microphone(), speaker, lambda: speaker.playing)
    reference = Reference()
    canceller = Canceller(reference)
    speaker = open_speaker(audio.speaker, tap=reference)
    heard = microphone(cancel=canceller.process)
    return Sound(heard, speaker, lambda: speaker.playing and not canceller.cancels)


def recordings(inputs: Iterable[str]) -> Iterator[Samples]:
    """The samples of the files one after the other, a silence behind each; `-` is standard input."""
    for name in inputs:
        if name == "-":
            yield from (chunk.samples for chunk in read_raw(sys.stdin.buffer))
        else:
            yield wav.read(name)
            yield np.zeros(round(AFTER_RECORDING * SAMPLE_RATE), np.int16)
