"""Where an utterance begins and ends.

Its end is a pause, a short one where the hearing has a whole command by then. Where noise goes on, as loud as
the speaker, it is what the hearing takes for silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

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
    others: float = 1.2  # so long after a whole command only somebody else speaks, who is softer
    minimum_speech: float = 0.15  # less than this is no utterance: the wake word's tail, a click
    maximum: float = 10.0  # an utterance that is longer is cut here
    no_speech_timeout: float = 4.0  # where nobody spoke for this long, nobody will


_LEAD = 20
"""Hops of softer voice that a speaker's sentence may begin with."""
_TAIL = 35
"""Hops of softer voice that a speaker's sentence may end with; what goes on may be somebody else's."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Hops since the audio began: the first with speech, one past the last, and one past the last that is as
    loud as the speaker.

    `lead`: so many hops at its beginning may be somebody else's.
    """

    start: int
    end: int
    near: int
    lead: int = 0

    @property
    def until(self) -> int | None:
        """One past the last hop that is the speaker's; None where all of it is."""
        return self.near + _TAIL if self.end > self.near + _TAIL else None


class Endpointer:
    """Cuts one utterance out of audio that goes on."""

    def __init__(
        self,
        settings: EndpointSettings | None = None,
        settled: Callable[[], float] = lambda: 0.0,
        whole: Callable[[], bool] = lambda: False,
        whispers: bool = False,
    ) -> None:
        """`settled`: seconds of silence heard since a whole command was said, 0 while it is none; `whole`:
        whether what was given out is one. `whispers`: whether a whisper is speech."""
        self.settings, self._whispers = settings or EndpointSettings(), whispers
        self.endpoint: Endpoint | None = None
        self._settled = settled
        self._whole = whole

    def speech(
        self, audio: Iterable[AudioChunk], patience: float | None = None, voice: float | None = None
    ) -> Iterator[AudioChunk]:
        """Wait for speech and yield it, from `pre_roll` before it until the speaker has stopped.

        Speech may begin with the very first sample. Reads no further than the chunk in which the end is
        decided; that one is yielded too. Where nobody speaks for `patience` seconds, by default
        `no_speech_timeout`, nothing is yielded. Afterwards `endpoint` says when and why it ended.

        `voice`: how loud the speaker is (`device.audio.activity.voice_level`), where that is known. What may
        be somebody else's voice, before the speaker's and after it, is marked as softer.
        """
        patience = self.settings.no_speech_timeout if patience is None else patience
        self.endpoint = None
        activity = Activity(speaker=voice, whispers=self._whispers)
        held: list[AudioChunk] = []
        utterance: Utterance | None = None
        origin = at = None
        for chunk in audio:
            origin, at = chunk.start if origin is None else origin, chunk.end
            held.append(chunk)
            activity.process(chunk.samples)
            active, near = activity.active(), activity.near()
            utterance = _go_on(active, near, utterance) if utterance else self._begin(active, near, activity)
            if utterance:
                yield from self._release(held, origin, utterance)
            if reason := self._over(active, utterance, patience):
                break
        else:
            reason = EndpointReason.END_OF_AUDIO
            utterance = utterance or self._last_hope(activity)
        if utterance:
            yield from (replace(chunk, softer=True) for chunk in held)
        spoken = origin + utterance.end * HOP + _CENTRE if utterance and origin is not None else None
        self.endpoint = Endpoint(at or 0, reason, spoken)

    def _begin(self, active: Flags, near: Flags, activity: Activity) -> Utterance | None:
        """The utterance that the active hops make, or None as long as they are too few.

        It is the last group of active hops that has no gap of `trailing_silence`, and enough of them that are
        near. It begins earlier where something audible leads up to it: a soft first word.
        """
        hops, least = np.flatnonzero(active), _hops(self.settings.minimum_speech)
        breaks = np.flatnonzero(np.diff(hops) >= _hops(self.settings.trailing_silence)) + 1
        for group in reversed(np.split(hops, breaks)):
            close = group[near[group]]
            if len(group) < least or len(close) < least // 2:
                continue
            start = _soft_start(activity.audible()[: group[0]], int(group[0]))
            lead = max(0, int(close[0]) - _LEAD - start) if activity.knows_speaker else 0
            return Utterance(start, int(group[-1]) + 1, int(close[-1]) + 1, lead)
        return None

    def _over(self, active: Flags, utterance: Utterance | None, patience: float) -> EndpointReason | None:
        """Why listening ends with the hops heard so far, if it does."""
        settings, now = self.settings, len(active)
        silence = _hops(settings.trailing_silence)
        if utterance is not None:
            pause, settled = now - utterance.end, self._settled()
            if pause >= silence or (settled > 0 and pause >= _hops(settings.complete_silence)):
                return EndpointReason.SILENCE
            if settled >= settings.settled_silence or self._others_go_on(utterance, now):
                return EndpointReason.SILENCE
            return EndpointReason.TIMEOUT if now - utterance.start >= _hops(settings.maximum) else None
        late = now - _hops(patience)
        beginning = active[-silence:].any() and late < silence  # someone may just have begun
        return EndpointReason.TIMEOUT if late >= 0 and not beginning else None

    def _others_go_on(self, utterance: Utterance, now: int) -> bool:
        """Whether the speaker has stopped, and somebody else who is softer has not.

        Where it is no whole command, it may be the speaker who has become softer; that lasts twice as long.
        """
        soft, others = now - utterance.near, _hops(self.settings.others)
        if now - utterance.end >= _hops(self.settings.trailing_silence) or soft < others:
            return False
        return soft >= 2 * others or self._whole()

    def _last_hope(self, activity: Activity) -> Utterance | None:
        """Everything, where the audio ended and anything in it may be a voice.

        A recording may be one short word without a pause to learn the noise from. Better to let the hearing
        reject a noise than to lose a word.
        """
        voiced = np.flatnonzero(activity.voiced())
        if self._whispers and activity.is_whispered():
            voiced = np.flatnonzero(activity.audible())
        if len(voiced) < _hops(self.settings.minimum_speech) // 2:
            return None
        last = int(voiced[-1]) + 1
        return Utterance(0, last, last)

    def _release(self, held: list[AudioChunk], origin: int, utterance: Utterance) -> Iterator[AudioChunk]:
        """What is held of the speaker's utterance and of the audio before it; it is held no longer."""
        first = utterance.start - _hops(self.settings.pre_roll)
        begin = origin + first * HOP if first > _SOFT_START else origin
        lead = origin + (utterance.start + utterance.lead) * HOP if utterance.lead else origin
        until = None if utterance.until is None else origin + utterance.until * HOP
        while held and (until is None or held[0].end <= until):
            chunk = held.pop(0)
            cut = max(0, begin - chunk.start)
            if cut < len(chunk.samples):
                yield AudioChunk(chunk.samples[cut:], chunk.start + cut, softer=chunk.end <= lead)


def _soft_start(audible: Flags, start: int) -> int:
    """Where speech begins whose first sure hop is `start`, by the `audible` hops before it."""
    begin = start
    for hop in np.flatnonzero(audible)[::-1]:
        if start - hop > _SOFT_START or begin - hop > _SOFT_GAP:
            break
        begin = int(hop)
    return begin


def _go_on(active: Flags, near: Flags, utterance: Utterance) -> Utterance:
    """The utterance as long as the hops heard by now make it; its beginning was given out and stays."""
    start = utterance.start
    later, close = np.flatnonzero(active[start:]), np.flatnonzero(near[start:])
    return replace(
        utterance,
        end=start + int(later[-1]) + 1 if len(later) else utterance.end,
        near=start + int(close[-1]) + 1 if len(close) else utterance.near,
    )


def _hops(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE / HOP)
