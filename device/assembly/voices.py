"""From settings to the voice, the volume and the mouth."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from device.assembly.words import free_megabytes
from device.audio.output import Output
from device.audio.speaker import Speaker
from device.audio.volume import AtVolume, QuietHours, Volume
from device.errors import LexiconError, VoiceError
from device.settings import ESPEAK, HIBARI, Settings, VoiceSettings
from device.speaking.mouth import Mouth
from device.speaking.voice import Engine, KeptVoice, SentenceVoice, Voice
from device.system.places import state_folder

log = logging.getLogger(__name__)


def make_mouth(settings: Settings, speaker: Output, volume: Volume) -> Mouth:
    """What speaks with the voice that the settings want. The mouth loads it, if it has a loudspeaker."""
    speaks = settings.voice.voice and isinstance(speaker, Speaker)
    return Mouth(AtVolume(speaker, volume.spoken), partial(best_voice, settings) if speaks else None)


def make_volume(settings: VoiceSettings) -> Volume:
    """As it was left."""
    quiet = QuietHours.parse(settings.quiet_hours)
    file = state_folder() / "volume.json"
    return Volume(settings.volume, settings.alarm_volume, quiet, settings.quiet_volume, file)


ROOM = 200
"""MB of memory that must be free before a neural voice is loaded: it takes 130 for a moment, then 75."""


def best_voice(settings: Settings, free: int | None = None) -> Voice | None:
    """The voice that the settings want, or espeak-ng where it cannot be had; None where neither can. The log
    says why, once.

    `free`: MB of memory; default, what is free now.
    """
    try:
        if settings.voice.voice != ESPEAK and (free_megabytes() if free is None else free) < ROOM:
            raise VoiceError(f"less than {ROOM} MB are free, too little for the voice {settings.voice.voice}")
        return KeptVoice(make_voice(settings))
    except VoiceError as error:
        if settings.voice.voice == ESPEAK:
            log.warning("Mynah does not speak: %s", error)
            return None
        log.warning("%s; espeak-ng speaks instead", error)
    try:
        return KeptVoice(SentenceVoice(_engine(settings, ESPEAK)))
    except VoiceError as error:
        log.warning("Mynah does not speak: %s", error)
        return None


def make_voice(settings: Settings) -> Voice:
    """The voice that the settings want. Raises VoiceError where it cannot be had."""
    return SentenceVoice(_engine(settings, settings.voice.voice))


def _engine(settings: Settings, name: str) -> Engine:
    if name == ESPEAK:
        from device.speaking.espeak import Espeak

        return Espeak()
    if name == HIBARI:
        from device.speaking.hibari import Hibari

        return Hibari(_pronounce(settings.hearing.lexicon))
    from device.speaking.piper import Piper

    return Piper(Path(name))


def _pronounce(additions: Path | None) -> Callable[[str], tuple[str, ...] | None]:
    """How words of the user's lexicon are said, and of ours."""
    from device.hearing.lexicon import Lexicon

    lexicon = Lexicon(additions)

    def own(word: str) -> tuple[str, ...] | None:
        try:
            return lexicon.own(word)
        except LexiconError:  # espeak-ng was asked how another language says it, and failed
            return None

    return own
