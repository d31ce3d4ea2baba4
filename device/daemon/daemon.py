"""The daemon: the voice loop between a microphone and the broker. Every step of it goes to every channel.

What comes in over MQTT is taken between two chunks of audio, on the loop's own thread, so nothing here
needs a lock and nothing waits for the network.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from device.assistant import Assistant, Listening, Stopped
from device.assistant import Step as LoopStep
from device.channels.asks import Announce, Ask, Listen, Mute, Play, Pose, Say, Stop
from device.channels.channel import Channel, Duty
from device.channels.steps import (
    Aborted,
    Asked,
    Due,
    Ended,
    Idle,
    Muted,
    Played,
    Refused,
    Said,
    Started,
    Step,
)
from device.daemon.confirming import Confirming
from device.errors import AudioError
from device.events import AudioChunk, Intent, Question, Turn
from device.mqtt.connection import Asker, Message

log = logging.getLogger(__name__)

MOST = 20
"""Texts and recordings that wait for the end of a turn."""
FAULTS = 10
"""Faults in a row, without a turn between them, after which the daemon gives up and is to be restarted."""


class Daemon:
    """`channels` ask for something, and they and `duties` follow everything.

    `messages`: gives what has come in from the broker since its last call. `confirming` sends the commands
    of turns. `ends`: whether to end now, between two turns. `pause` waits for some seconds.
    """

    def __init__(
        self,
        assistant: Assistant,
        messages: Callable[[], Iterable[Message]],
        confirming: Confirming,
        channels: Sequence[Channel],
        duties: Sequence[Duty] = (),
        ends: Callable[[], bool] = lambda: False,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._assistant, self._messages, self._confirming = assistant, messages, confirming
        self._channels, self._duties = channels, (*channels, *duties)
        self._ends, self._pause = ends, pause
        self._asker: Asker | None = None  # who wants to know what is said next
        self._waiting: deque[Said | Played | Due] = deque()  # to be told when no turn goes on
        self._token = ""  # of what is said or played now, where its end is to be told
        self._prompting = False  # to listen as soon as what was said first is over
        self._idle = True
        self._muted = False

    def run(self, audio: Iterable[AudioChunk]) -> None:
        """Until the audio ends, or `ends` says so. A fault in one turn is logged, and the next wake word is
        waited for. Raises AudioError where the audio does, or after FAULTS."""
        self._tell(Started())
        attended = self.attend(audio)
        try:
            self._go_on(attended)
        finally:
            self._wants(None, "ending")
            for told in (*self._confirming.given_up(), *self._waiting):
                self._tell(told)

    def _go_on(self, attended: Iterable[AudioChunk]) -> None:
        faults = 0
        while faults < FAULTS:
            try:
                for step in self._assistant.steps(attended):
                    self._take(step)
                    faults = 0 if isinstance(step, Turn) else faults
                self._wait_for_reports()
                return
            except AudioError:
                raise
            except Exception:
                faults += 1
                log.exception("a fault in this turn; going on")
                self._abort()
        raise AudioError(f"{FAULTS} faults in a row, see the log above; ending, to be started afresh")

    def attend(self, audio: Iterable[AudioChunk]) -> Iterator[AudioChunk]:
        """The audio, with everything else done between its chunks; silence while muted."""
        for chunk in audio:
            if self._idle and self._ends():
                return
            yield self._attended(chunk)

    def _attended(self, chunk: AudioChunk) -> AudioChunk:
        """Nothing may be raised here: it would end the audio, and the daemon with it."""
        with going_on("what came in"):
            self._receive_all()
        with going_on("what is due"):
            for exchange in self._assistant.conversation.due():
                self._confirming.send_due(exchange, time.monotonic())
        with going_on("what was awaited"):
            self._conclude()
            self._go_on_speaking()
        now = time.monotonic()
        self._each(lambda duty: duty.tick(now))
        heard = replace(chunk, samples=np.zeros_like(chunk.samples)) if self._muted else chunk
        self._each(lambda duty: duty.hear(heard))
        return heard

    def _take(self, step: LoopStep) -> None:
        """What the voice loop has come to."""
        match step:
            case Turn() if self._muted:
                log.info("muted meanwhile: what was heard is forgotten")
                self._abort()
            case Turn():
                self._confirming.send(step, time.monotonic(), self._asker)
                self._asker = None
                self._tell(step)
                if self._assistant.conversation.question is None:
                    self._become_idle()
                self._conclude()
            case Listening():
                self._idle = self._prompting = False
                self._tell(step)
            case Stopped():
                self._stop(step)
            case _:
                self._tell(step)

    def _receive_all(self) -> None:
        for message in self._messages():
            with going_on(f"a message on {message.topic}"):
                self.receive(message)

    def receive(self, message: Message) -> None:
        """One message from the broker."""
        for channel in self._channels:
            for ask in channel.receive(message):
                self._do(ask)

    def _do(self, ask: Ask) -> None:
        match ask:
            case Listen(asker) if self._muted:
                log.info("asked to listen, but muted")
                self._refuse(asker, "muted")
            case Listen(asker, first):
                self._wants(asker, "somebody else asked")
                self._prompt(first)
            case Mute(on):
                self._mute(on)
            case Say(text, token):
                self._wait(Said(text, token=token))
            case Play(data, token):
                self._wait(Played(data, token))
            case Announce(text):
                self._wait(Said(text, announced=True))
            case Pose(text, asker) if why := self._why_not():
                log.info("a question is not asked: %s: %s", why, text)
                self._refuse(asker, why)
            case Pose(text, asker):
                self._pose(text, asker)
            case Stop():
                self._stop(Stopped())

    def _prompt(self, first: str) -> None:
        """Listen without the wake word: now, or once `first` was said."""
        if first:
            self._speak(Said(first))
        self._prompting = bool(first)
        self._assistant.controls.listen = not first

    def _wait(self, what: Said | Played) -> None:
        """Tell `what` when no turn goes on."""
        if len(self._waiting) < MOST:
            self._waiting.append(what)
            return
        left_out = what.text if isinstance(what, Said) else "a recording"
        log.warning("too much to say at once; this is left out: %s", left_out)
        if what.token:
            self._tell(Ended(what.token))

    def _why_not(self) -> str:
        """Why no question of somebody else can be asked now; "" where it can."""
        if self._muted:
            return "muted"
        if self._assistant.conversation.question is not None:
            return "another question is open"
        prompted = self._prompting or self._assistant.controls.listen
        return "" if self._idle and not prompted else "a turn goes on"

    def _pose(self, text: str, asker: Asker | None) -> None:
        """Ask `text`; the voice loop listens to the answer by itself."""
        question = Question(text, Intent("MynahAsk", {}, 1.0), "confirmation", relayed=True)
        self._assistant.conversation.ask(question)
        self._asker, self._idle = asker, False
        self._tell(Asked(question))

    def _stop(self, stopped: Stopped) -> None:
        """Nothing rings any more, and what plays is heard no further."""
        self._assistant.conversation.stop()
        self._tell(stopped)

    def _mute(self, on: bool) -> None:
        self._muted = on
        self._assistant.controls.listen = self._prompting = False
        self._wants(None, "muted")
        self._tell(Muted(on))
        log.info("muted" if on else "listening again")

    def _abort(self) -> None:
        """The turn that was begun, or was to answer a question, is none."""
        self._assistant.conversation.close()
        self._wants(None, "nothing came of it")
        self._tell(Aborted())
        self._become_idle()

    def _become_idle(self) -> None:
        self._idle = True
        self._tell(Idle())

    def _wants(self, asker: Asker | None, why: str) -> None:
        """`asker` wants to be listened to now; who wanted it before is told `why` nothing came of that."""
        self._refuse(self._asker, why)
        self._asker = asker

    def _refuse(self, asker: Asker | None, why: str) -> None:
        """Tell `asker`, if there is one, why there is no turn."""
        if asker is not None:
            self._tell(Refused(asker, why))

    def _conclude(self) -> None:
        for told in self._confirming.concluded(time.monotonic()):
            if isinstance(told, Due):
                self._waiting.append(told)
            else:
                self._tell(told)

    def _go_on_speaking(self) -> None:
        """What comes when Mynah is silent: one thing after the other, and not into a turn."""
        if not (self._token or self._prompting or self._waiting) or self._assistant.controls.speaking():
            return
        if self._token:
            token, self._token = self._token, ""
            self._tell(Ended(token))
        if self._prompting:
            self._prompting, self._assistant.controls.listen = False, True
        elif self._idle and (told := self._next_waiting()) is not None:
            self._speak(told)

    def _speak(self, what: Said | Played | Due) -> None:
        """Tell `what`; Mynah says or plays it from now on."""
        self._token = "" if isinstance(what, Due) else what.token
        if isinstance(what, Said):
            self._assistant.conversation.told(what.text)
        self._tell(what)
        question = what.exchange.outcome.question if isinstance(what, Due) else None
        if question is not None and not self._muted:
            self._assistant.conversation.ask(question)
            self._idle = False

    def _next_waiting(self) -> Said | Played | Due | None:
        """What is to be told next; while something rings, only what has fallen due."""
        rings = self._assistant.conversation.rings
        found = next((told for told in self._waiting if isinstance(told, Due) or not rings), None)
        if found is not None:
            self._waiting.remove(found)
        return found

    def _wait_for_reports(self) -> None:
        """At the end of the audio, there is time."""
        while self._confirming.waits:
            self._receive_all()
            self._conclude()
            self._pause(0.01)

    def _tell(self, step: Step) -> None:
        self._each(lambda duty: duty.take(step))

    def _each(self, what: Callable[[Duty], None]) -> None:
        """Do `what` with all channels and duties; a fault in one of them leaves the others alone."""
        for duty in self._duties:
            with going_on(type(duty).__name__):
                what(duty)


@contextmanager
def going_on(what: str) -> Iterator[None]:
    """A fault with `what` is logged, and ends nothing."""
    try:
        yield
    except Exception:
        log.exception("a fault with %s; going on", what)
