"""The voice loop, from audio to turns: the page to read first.

Audio is pulled, chunk by chunk, through the stages in their order; the line that waits is the line that
listens. Each stage is one object with one method, named in the protocols below; what they hand on is in
`device.events`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from device.audio.activity import voice_level
from device.audio.pcm import Rewindable
from device.audio.stopwatch import Stopwatch, until
from device.dialogue.exchange import Exchange
from device.events import (
    SAMPLE_RATE,
    Act,
    Affirm,
    Answer,
    AudioChunk,
    Deny,
    Detection,
    Endpoint,
    EndpointReason,
    Intent,
    NotDetected,
    NotRecognized,
    Outcome,
    Question,
    Timings,
    Transcript,
    Turn,
)
from device.memory.agenda import Agenda
from device.ranking import Ranking


class WakeStage(Protocol):
    def detect(self, audio: Iterator[AudioChunk]) -> Detection | NotDetected: ...


class EndpointStage(Protocol):
    @property
    def endpoint(self) -> Endpoint | None: ...

    def speech(
        self, audio: Iterator[AudioChunk], patience: float | None = None, voice: float | None = None
    ) -> Iterator[AudioChunk]:
        """`patience`: seconds in which somebody must begin to speak, if not as long as usual; `voice`: how
        loud the speaker is, where that is known."""


class HearingStage(Protocol):
    def expect(self, answers: Sequence[Any]) -> None:
        """From now on what `answers` (template groups) can say is likelier than anything else; () ends it."""

    def transcribe(self, speech: Iterable[AudioChunk]) -> Transcript | None: ...

    def alternatives(self, count: int, within: float) -> Sequence[Transcript]: ...


class UnderstandingStage(Protocol):
    def understand(self, transcript: Transcript, reject_below: float) -> Intent | NotRecognized:
        """What a text asks for by itself, whatever was said before."""

    def acts(
        self, transcript: Transcript, question: Question | None, reject_below: float
    ) -> tuple[Act, ...]: ...

    def answers(self, question: Question) -> Sequence[Any]:
        """The template groups that answer `question`."""


class ConversationStage(Protocol):
    @property
    def question(self) -> Question | None: ...

    def respond(self, acts: Sequence[Act]) -> Outcome: ...

    def prior_cost(self, acts: Sequence[Act]) -> float: ...

    def preview(self, acts: Sequence[Act]) -> Outcome:
        """What would come of `acts`; nothing changes."""

    def close(self) -> None:
        """Nobody answers the question."""

    def ask(self, question: Question) -> None:
        """Open `question`, of somebody else or of Mynah's own."""

    @property
    def agenda(self) -> Agenda: ...

    @property
    def rings(self) -> bool:
        """Whether something rings now."""

    def due(self) -> Iterable[Exchange]:
        """What has fallen due, each once."""

    def stop(self) -> None:
        """End what rings."""

    def told(self, text: str) -> None:
        """Somebody else had `text` said: it is what "say that again" means."""


@dataclass(frozen=True, slots=True)
class Listening:
    """A turn begins: after the wake word, or because somebody asked for it or a `question` is open
    (`detection` is None)."""

    detection: Detection | None
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """A wake word asked for silence; or somebody else did (`detection` is None)."""

    detection: Detection | None = None


Step = Listening | Endpoint | Turn | Stopped
"""What a turn goes through: it listens, the speaker has stopped, it is complete; or it is none at all."""

WAKE_WORD = 1.0
"""Seconds before its end in which a wake word is spoken: they tell how loud the speaker is."""

LISTEN, STOP = "listen", "stop"
"""Actions of wake words; any other is a sentence."""


@dataclass(slots=True)
class Controls:
    """What may be asked of the loop while it waits, between two chunks of audio."""

    listen: bool = False
    """Begin a turn now, without the wake word. An open question begins one, too."""
    speaking: Callable[[], bool] = lambda: False
    """Whether Mynah's own sound or voice can still be heard: an answer is listened to after it."""
    deaf: Callable[[], bool] = lambda: False
    """Whether that sound drowns what anybody says: after a wake word, Mynah listens when it has ended."""


@dataclass(frozen=True, slots=True)
class Assistant:
    """The stages, and `reject_below`: the confidence 0…1 below which a hearing is not acted on.

    `patience`: seconds of silence after which nobody answers a question any more.

    `actions`: of wake words by name, LISTEN where they have none; a sentence is done as if it had been heard.
    """

    wake: WakeStage
    endpointer: EndpointStage
    hearing: HearingStage
    understanding: UnderstandingStage
    conversation: ConversationStage
    reject_below: float = 0.0
    patience: float = 8.0
    actions: Mapping[str, str] = field(default_factory=dict)
    controls: Controls = field(default_factory=Controls)

    def turns(self, audio: Iterable[AudioChunk]) -> Iterator[Turn]:
        """One Turn for each wake word heard, until the audio ends."""
        return (step for step in self.steps(audio) if isinstance(step, Turn))

    def steps(self, audio: Iterable[AudioChunk]) -> Iterator[Step]:
        """Listening, Endpoint and Turn for each wake word heard, turn asked for, or question to be answered,
        until the audio ends."""
        source = Rewindable(audio)
        heard = Stopwatch(source)
        voice: float | None = None
        while True:
            detection = self.wake.detect(until(heard, self._asked))
            wake_ms = heard.since_arrival_ms
            if isinstance(detection, Detection):
                voice = yield from self._woken(detection, heard, source, wake_ms)
            elif self.controls.listen:
                voice = None
                yield from self._turn(heard, source.position, None, 0.0)
            elif self.conversation.question is None:
                return
            while (question := self.conversation.question) is not None:  # whatever asks, listens
                yield from self._answer(question, heard, source, voice)

    def _woken(
        self, detection: Detection, heard: Stopwatch, source: Rewindable, wake_ms: float
    ) -> Generator[Step, None, float | None]:
        """What a wake word leads to. Returns how loud the speaker is, where that is known."""
        if self._action(detection) != LISTEN:
            yield self._at_once(detection, wake_ms)
            return None
        if self.controls.deaf():
            yield from self._turn(heard, source.position, detection, wake_ms, after_silence=True)
            return None
        source.rewind(detection.at)  # what was said right behind the word has been read already
        voice = voice_level(source.before(WAKE_WORD))
        yield from self._turn(heard, source.position, detection, wake_ms, voice)
        return voice

    def _asked(self) -> bool:
        """Whether to listen now."""
        return self.controls.listen or self.conversation.question is not None

    def _answer(
        self, question: Question, audio: Stopwatch, source: Rewindable, voice: float | None
    ) -> Iterator[Step]:
        """The turn that answers `question`, once Mynah itself is silent or a wake word has interrupted it;
        none where the audio has ended."""
        with self._expecting(question):
            if self.controls.speaking():
                detection = self.wake.detect(until(audio, lambda: not self.controls.speaking()))
                if isinstance(detection, Detection):
                    yield from self._interrupted(detection, audio, source)
                    return
            if (chunk := next(audio, None)) is None:
                self.conversation.close()
                return
            source.rewind(chunk.start)
            yield from self._turn(audio, source.position, None, 0.0, voice)

    def _interrupted(self, detection: Detection, audio: Stopwatch, source: Rewindable) -> Iterator[Step]:
        """A wake word, said while Mynah asks: it listens now, or the question is over."""
        if self._action(detection) != LISTEN:
            self.conversation.close()
        yield from self._woken(detection, audio, source, audio.since_arrival_ms)

    @contextmanager
    def _expecting(self, question: Question | None) -> Iterator[None]:
        """While `question` is open, what answers it is likelier than anything else."""
        self.hearing.expect(self.understanding.answers(question) if question is not None else ())
        try:
            yield
        finally:
            self.hearing.expect(())

    def _action(self, detection: Detection) -> str:
        return self.actions.get(detection.name, LISTEN)

    def _at_once(self, detection: Detection, wake_ms: float) -> Turn | Stopped:
        """What a wake word does by itself."""
        sentence = self._action(detection)
        if sentence == STOP:
            return Stopped(detection)
        transcript = Transcript(sentence, detection.probability)
        acts = self.understanding.acts(transcript, None, 0.0)  # heard well enough, or it had not woken
        endpoint = Endpoint(detection.at, EndpointReason.SILENCE, detection.at)
        timings = Timings(audio_s=0.0, wake_ms=wake_ms, hearing_ms=0.0, speech_end_to_command_ms=wake_ms)
        return Turn(detection, endpoint, transcript, acts, self.conversation.respond(acts), timings)

    def push_to_talk(self, audio: Iterable[AudioChunk]) -> Turn:
        """The turn that begins with the audio, without a wake word. It may answer what the last one asked."""
        question = self.conversation.question
        with self._expecting(question):
            *_, turn = self._turn(Stopwatch(audio), 0, None, 0.0)
        assert isinstance(turn, Turn)
        return turn

    def _turn(
        self,
        audio: Stopwatch,
        start: int,
        detection: Detection | None,
        wake_ms: float,
        voice: float | None = None,
        after_silence: bool = False,
    ) -> Iterator[Step]:
        self.controls.listen, question = False, self.conversation.question
        yield Listening(detection, question)
        while after_silence and self.controls.speaking() and next(audio, None) is not None:
            pass
        began, waited = time.perf_counter(), audio.waited
        patience = None if question is None else self.patience
        speech = self.endpointer.speech(audio, patience, voice)  # chunks, until the speaker stops
        transcript = self.hearing.transcribe(speech)  # decodes while the user speaks
        endpoint = self.endpointer.endpoint or Endpoint(start, EndpointReason.END_OF_AUDIO)
        hearing = (time.perf_counter() - began) - (audio.waited - waited)
        self.controls.listen = False  # who asked meanwhile was listened to already
        yield endpoint
        transcript, acts = self._meant(transcript, question)
        outcome = self.conversation.respond(acts)
        if question is not None and transcript is None:
            self.conversation.close()
        timings = Timings(
            audio_s=(endpoint.at - start) / SAMPLE_RATE,
            wake_ms=wake_ms,
            hearing_ms=1000 * hearing,
            speech_end_to_command_ms=audio.since_arrival_ms,
        )
        yield Turn(detection, endpoint, transcript, acts, outcome, timings, question=question)

    def _meant(
        self, transcript: Transcript | None, question: Question | None
    ) -> tuple[Transcript | None, tuple[Act, ...]]:
        """What was most likely said, and what it does."""
        acts = self.acts(transcript, question)
        if (
            transcript is None
            or transcript.free
            or isinstance(acts[0], NotRecognized | Answer | Affirm | Deny)
        ):
            return transcript, acts
        ranking = Ranking(
            self.hearing.alternatives,
            lambda other, least: self.understanding.acts(other, question, least),
            self.conversation.prior_cost,
            lambda meant: self.conversation.preview(meant).commands,
            self.reject_below,
        )
        return ranking.best(transcript, acts)

    def acts(self, transcript: Transcript | None, question: Question | None = None) -> tuple[Act, ...]:
        """What was meant, where it was heard well enough to act on."""
        if transcript is None:
            return (NotRecognized("", "nothing was said"),)
        return self.understanding.acts(transcript, question, self.reject_below)


class Held:
    """The endpoint of a held button, or of a recording of one utterance: all of the audio is the speech."""

    def __init__(self) -> None:
        self.endpoint = Endpoint(0, EndpointReason.END_OF_AUDIO)

    def speech(
        self, audio: Iterator[AudioChunk], patience: float | None = None, voice: float | None = None
    ) -> Iterator[AudioChunk]:
        for chunk in audio:
            yield chunk
            self.endpoint = Endpoint(chunk.end, EndpointReason.END_OF_AUDIO, chunk.end)


class Never:
    """The wake word that nobody says, where turns begin only by push-to-talk."""

    def detect(self, audio: Iterator[AudioChunk]) -> NotDetected:
        for _ in audio:
            pass
        return NotDetected()
