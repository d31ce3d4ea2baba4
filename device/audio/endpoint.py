"""Where an utterance begins and ends.

Its end is a pause, a short one where the hearing has a whole command by then. Where noise goes on, as loud as
the speaker, it is what the hearing takes for silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from device.audio.activity import BANDS, Activity, Flags
from device.audio.pcm import HOP
from device.events import SAMPLE_RATE, AudioChunk, Endpoint, EndpointReason

_CENTRE = (BANDS.window - HOP) // 2
"""Samples from where a hop's window begins to where the hop itself does, in its middle."""

_SOFT_START, _SOFT_GAP = 60, 20
"""Hops: how far before the first sure speech softer speech is looked for, and the gaps that it may have.

Speech that seems to begin hardly later may have begun at once, in noise that it does not stand out of yet:
then everything from the first sample goes along.
"""


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """All in seconds."""

    pre_roll: float = 0.3  # audio before the first speech that goes along: soft beginnings of words
    trailing_silence: float = 0.7  # a pause as long as this ends the utterance
    complete_silence: float = 0.4  # this, where what was said is a whole command
    settled_silence: float = 1.0  # so long after a whole command it is over, whatever noise goes on
    minimum_speech: float = 0.15  # less than this is no utterance: the wake word's tail, a click
    maximum: float = 10.0  # an utterance that is longer is cut here
    no_speech_timeout: float = 4.0  # where nobody spoke for this long, nobody will


@dataclass(frozen=True, slots=True)
class Utterance:
    """Hops since the audio began: the first with speech, and one past the last."""

    start: int
    end: int


class Endpointer:
    """Cuts one utterance out of audio that goes on."""

    def __init__(
        self, settings: EndpointSettings | None = None, settled: Callable[[], float] = lambda: 0.0
    ) -> None:
        """`settled`: seconds of silence heard since a whole command was said, 0 while it is none."""
        self.settings = settings or EndpointSettings()
        self.endpoint: Endpoint | None = None
        self._settled = settled

    def speech(self, audio: Iterable[AudioChunk], patience: float | None = None) -> Iterator[AudioChunk]:
        """Wait for speech and yield it, from `pre_roll` before it until the speaker has stopped.

        Speech may begin with the very first sample. Reads no further than the chunk in which the end is
        decided; that one is yielded too. Where nobody speaks for `patience` seconds, by default
        `no_speech_timeout`, nothing is yielded. Afterwards `endpoint` says when and why it ended.
        """
        patience = self.settings.no_speech_timeout if patience is None else patience
        self.endpoint = None
        activity = Activity()
        held: list[AudioChunk] = []
        utterance: Utterance | None = None
        origin = at = None
        for chunk in audio:
            origin, at = chunk.start if origin is None else origin, chunk.end
            held.append(chunk)
            activity.process(chunk.samples)
            active = activity.active()
            utterance = self._go_on(active, utterance) if utterance else self._begin(active, activity)
            if utterance:
                yield from self._release(held, origin, utterance)
            if reason := self._over(active, utterance, patience):
                break
        else:
            reason = EndpointReason.END_OF_AUDIO
            if not utterance and (utterance := self._last_hope(activity)):
                yield from held
        spoken = origin + utterance.end * HOP + _CENTRE if utterance and origin is not None else None
        self.endpoint = Endpoint(at or 0, reason, spoken)

    def _begin(self, active: Flags, activity: Activity) -> Utterance | None:
        """The utterance that the active hops make, or None as long as they are too few.

        It is the last group of active hops that has no gap of `trailing_silence`, and enough of them. It
        begins earlier where something audible leads up to it: a soft first word.
        """
        hops = np.flatnonzero(active)
        breaks = np.flatnonzero(np.diff(hops) >= _hops(self.settings.trailing_silence)) + 1
        for group in reversed(np.split(hops, breaks)):
            if len(group) >= _hops(self.settings.minimum_speech):
                start = begin = int(group[0])
                for hop in np.flatnonzero(activity.audible()[:start])[::-1]:
                    if start - hop > _SOFT_START or begin - hop > _SOFT_GAP:
                        break
                    begin = int(hop)
                return Utterance(begin, int(group[-1]) + 1)
        return None

    def _go_on(self, active: Flags, utterance: Utterance) -> Utterance:
        """The utterance as long as the hops heard by now make it; its beginning was given out and stays."""
        later = np.flatnonzero(active[utterance.start :])
        return Utterance(utterance.start, utterance.start + int(later[-1]) + 1) if len(later) else utterance

    def _over(self, active: Flags, utterance: Utterance | None, patience: float) -> EndpointReason | None:
        """Why listening ends with the hops heard so far, if it does."""
        settings, now = self.settings, len(active)
        silence = _hops(settings.trailing_silence)
        if utterance is not None:
            pause, settled = now - utterance.end, self._settled()
            if pause >= silence or (settled > 0 and pause >= _hops(settings.complete_silence)):
                return EndpointReason.SILENCE
            if settled >= settings.settled_silence:
                return EndpointReason.SILENCE
            return EndpointReason.TIMEOUT if now - utterance.start >= _hops(settings.maximum) else None
        late = now - _hops(patience)
        beginning = active[-silence:].any() and late < silence  # someone may just have begun
        return EndpointReason.TIMEOUT if late >= 0 and not beginning else None

    def _last_hope(self, activity: Activity) -> Utterance | None:
        """Everything, where the audio ended and anything in it may be a voice.

        A recording may be one short word without a pause to learn the noise from. Better to let the hearing
        reject a noise than to lose a word.
        """
        voiced = np.flatnonzero(activity.voiced())
        if len(voiced) < _hops(self.settings.minimum_speech) // 2:
            return None
        return Utterance(0, int(voiced[-1]) + 1)

    def _release(self, held: list[AudioChunk], origin: int, utterance: Utterance) -> Iterator[AudioChunk]:
        """What is held of the utterance and of the audio before it; nothing is held afterwards."""
        first = utterance.start - _hops(self.settings.pre_roll)
        begin = origin + first * HOP if first > _SOFT_START else origin
        for chunk in held:
            cut = max(0, begin - chunk.start)
            if cut < len(chunk.samples):
                yield AudioChunk(chunk.samples[cut:], chunk.start + cut) if cut else chunk
        held.clear()


def _hops(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE / HOP)
