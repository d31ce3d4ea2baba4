"""`mynah say`: Mynah's voice, on the loudspeaker or into a file."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from device.audio import wav
from device.commands import options as common
from device.errors import UsageError
from device.events import Samples
from device.settings import AudioSettings, Settings, voice_name

LAST = 0.3
"""Seconds of sound that a sound card may hold."""


def arguments(parser: argparse.ArgumentParser) -> None:
    common.config(parser)
    parser.add_argument("--out", type=Path, metavar="WAV", help="write a file instead of playing it")
    parser.add_argument("--voice", metavar="V", help="hibari, espeak, or a voice of Piper, a file .onnx")
    parser.add_argument("text", nargs="+", metavar="TEXT", help="what to say; - stands for standard input")


def main(options: argparse.Namespace) -> int:
    from device.assembly.voices import make_voice

    settings = chosen(common.load(options), options.voice)
    voice = make_voice(settings)
    pieces = (piece for text in common.lines(options.text) for piece in voice.speak(text))
    if options.out is not None:
        sound = np.concatenate([np.zeros(0, np.int16), *pieces])
        if not len(sound):
            raise UsageError("there is nothing to say: give a text in Latin letters")
        wav.write(options.out, sound)
    else:
        play(pieces, settings.audio)
    return 0


def chosen(settings: Settings, voice: str | None) -> Settings:
    """The settings with the `voice` of the command line. Raises UsageError where there is none."""
    if voice is not None:
        settings = replace(settings, voice=replace(settings.voice, voice=voice_name(voice)))
    if not settings.voice.voice:
        raise UsageError("the settings want no voice: name one with --voice hibari")
    return settings


def play(pieces: Iterable[Samples], settings: AudioSettings) -> None:
    """On the loudspeaker, until all is heard. Raises AudioError where there is none."""
    from device.audio.player import Player
    from device.audio.speaker import Speaker

    with Player(Speaker(settings.speaker)) as player:
        for samples in pieces:
            player.play(samples)
        while player.playing:
            time.sleep(0.02)
        time.sleep(LAST)  # what the sound card has taken and not played yet
