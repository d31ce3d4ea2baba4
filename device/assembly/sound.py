"""Where the daemon's audio comes from, and where its sounds go."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext

import numpy as np

from device.audio import wav
from device.audio.microphone import Microphone
from device.audio.pacing import paced
from device.audio.pcm import chunked, read_raw
from device.audio.player import Player
from device.audio.speaker import SilentSpeaker, Speaker, open_speaker
from device.events import SAMPLE_RATE, AudioChunk, Samples
from device.settings import AudioSettings, Settings

AFTER_RECORDING = 1.0
"""Seconds of silence after each recording given as input, so that its last utterance ends."""


def loudspeaker(settings: Settings, inputs: Sequence[str]) -> SilentSpeaker | Player:
    """What plays on the loudspeaker. It is silent where there is none, where recordings are the input, and
    where the settings want neither voice nor sounds."""
    if inputs or not (settings.audio.sounds or settings.voice.voice):
        return SilentSpeaker()
    speaker = open_speaker(settings.audio.speaker)
    return Player(speaker) if isinstance(speaker, Speaker) else speaker


def microphone(
    settings: AudioSettings, inputs: Sequence[str], report: Callable[[str], None]
) -> AbstractContextManager[Iterable[AudioChunk]]:
    """The microphone, waited for where there is none yet; or the recordings `inputs`, at its pace.

    `report` is given why there is no microphone, in a line, and "" once there is one.
    """
    if inputs:
        return nullcontext(paced(chunked(recordings(inputs))))
    return Microphone(settings.microphone, wait=True, report=report)


def recordings(inputs: Iterable[str]) -> Iterator[Samples]:
    """The samples of the files one after the other, a silence behind each; `-` is standard input."""
    for name in inputs:
        if name == "-":
            yield from (chunk.samples for chunk in read_raw(sys.stdin.buffer))
        else:
            yield wav.read(name)
            yield np.zeros(round(AFTER_RECORDING * SAMPLE_RATE), np.int16)
