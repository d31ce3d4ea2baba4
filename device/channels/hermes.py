"""Mynah among the services of Rhasspy and Snips, which speak Hermes over MQTT.

https://rhasspy.readthedocs.io/en/latest/reference/: a wake word begins a session, in which follow what was
heard and what was meant; others may ask for an intent, a text or a session.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from device.assistant import Listening
from device.channels.asks import Ask, Listen, Say
from device.channels.channel import Channel, Outlet, late
from device.channels.steps import Aborted, Muted, Step, Told
from device.events import Detection, EndpointReason, Intent, NotRecognized, Transcript, Turn
from device.mqtt.connection import Message
from device.mqtt.payload import parsed
from device.mqtt.topics import level

Post = tuple[str, Mapping[str, Any]]
"""A topic, and what is said there as JSON."""
Understand = Callable[[Transcript], Intent | NotRecognized]

QUERY, SAY = "hermes/nlu/query", "hermes/tts/say"
START, END = "hermes/dialogueManager/startSession", "hermes/dialogueManager/endSession"
TOPICS = (QUERY, SAY, START, END)
"""Where others ask for something."""
LONGEST = 500
"""Characters of a text that is looked at."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message asks for: answers, a text to be shown, to be listened to."""

    answers: tuple[Post, ...] = ()
    say: str = ""
    listen: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """`data`: what who began it wants to have back."""

    id: str
    data: Any = None


class Hermes(Channel):
    """Follows the voice loop as the satellite `site`."""

    topics = TOPICS

    def __init__(self, site: Site, outlet: Outlet) -> None:
        self._site, self._outlet = site, outlet
        self._muted = False

    def receive(self, message: Message) -> Iterable[Ask]:
        if message.topic not in TOPICS or message.retained or late(message):
            return
        asked = self._site.receive(message.topic, message.payload)
        self._post(asked.answers)
        if message.asker is not None:
            for _, content in asked.answers:
                self._outlet.answer(message.asker, content)
        if asked.say:
            yield Say(asked.say)
        if asked.listen and self._muted:
            self._post(self._site.aborted())
        elif asked.listen:
            yield Listen()

    def take(self, step: Step) -> None:
        match step:
            case Listening(detection):
                self._post(self._site.begun(detection))
            case Turn():
                self._post(self._site.heard(step))
            case Told(turn):
                self._post(self._site.told(turn))
            case Aborted():
                self._post(self._site.aborted())
            case Muted(on):
                self._muted = on

    def _post(self, posts: Iterable[Post]) -> None:
        for topic, content in posts:
            self._outlet.post(topic, content)


class Site:
    """The words of one `site`, in Hermes a satellite; only what is meant for it is listened to."""

    def __init__(
        self, site: str, understand: Understand, new_id: Callable[[], str] = lambda: uuid4().hex
    ) -> None:
        """`new_id`: makes up the ids of sessions and texts."""
        self._site, self._understand, self._new_id = site, understand, new_id
        self._session: Session | None = None  # that of the turn that goes on, or was asked for
        self._waiting = False  # it was asked for, and its turn has not begun
        self._untold: deque[Session] = deque()  # those of turns that are heard but not told of
        self._last = ""
        self._own: set[str] = set()  # texts that we asked others to say

    def begun(self, detection: Detection | None) -> tuple[Post, ...]:
        """A turn begins, after the wake word or because it was asked for."""
        messages: list[Post] = []
        if detection is not None:
            word = detection.name
            model = {"modelId": word, "modelVersion": "", "modelType": "personal", "currentSensitivity": 1.0}
            messages.append((f"hermes/hotword/{level(word)}/detected", {**model, **self._who(None)}))
        messages += self._started()
        self._waiting = False
        return (*messages, ("hermes/asr/startListening", self._who(self._session)))

    def heard(self, turn: Turn) -> tuple[Post, ...]:
        """A turn's words and their meaning; its session waits to be told how it ends."""
        messages = self._started()  # a wake word may be a whole command
        session, self._session = self._session, None
        assert session is not None
        self._untold.append(session)
        who = self._who(session)
        messages.append(("hermes/asr/stopListening", who))
        if turn.transcript is not None:
            text, likelihood = turn.transcript.text, turn.transcript.confidence
            word = turn.detection.name if turn.detection else None
            captured = {"text": text, "likelihood": likelihood, "seconds": turn.timings.audio_s}
            messages.append(("hermes/asr/textCaptured", {**captured, "wakewordId": word, **who}))
            messages.append(_meant(text, turn.meaning, likelihood, who))
        return tuple(messages)

    def told(self, turn: Turn) -> tuple[Post, ...]:
        """The reply to the turn that was heard first of those not told of yet, and the end of its session."""
        if not self._untold:
            return ()
        session = self._untold.popleft()
        reason = "nominal"
        if isinstance(turn.meaning, NotRecognized):
            silent = turn.endpoint.speech_end is None or turn.endpoint.reason is EndpointReason.TIMEOUT
            reason = "timeout" if silent else "intentNotRecognized"
        number = self._new_id()
        self._own = {number}
        reply = {"text": turn.reply, "lang": None, "id": number, **self._who(session)}
        return (SAY, reply), self._over(session, reason)

    def aborted(self) -> tuple[Post, ...]:
        """The turn that went on, or was asked for, comes to nothing."""
        session, self._session, self._waiting = self._session, None, False
        return () if session is None else (self._over(session, "abortedByUser"),)

    def receive(self, topic: str, payload: bytes) -> Asked:
        """What others ask for; nothing where it is none of ours, or no JSON."""
        try:
            content = parsed(payload)
        except ValueError:
            return Asked()
        if not isinstance(content, dict) or content.get("siteId", self._site) != self._site:
            return Asked()
        match topic:
            case "hermes/nlu/query":
                return self._query(content)
            case "hermes/tts/say":
                return self._say(content)
            case "hermes/dialogueManager/startSession":
                return self._start(content)
            case "hermes/dialogueManager/endSession":
                return self._end(content)
        return Asked()

    def _started(self) -> list[Post]:
        """What is said where no session is open yet: one is, from now on."""
        if self._session is not None:
            return []
        self._session = Session(self._new_id())
        return [("hermes/dialogueManager/sessionStarted", self._who(self._session))]

    def _query(self, content: Mapping[str, Any]) -> Asked:
        """An intent for a text; nothing is done in the home."""
        text = content.get("input")
        if not isinstance(text, str) or not text.strip():
            return Asked()
        words = " ".join(text[:LONGEST].lower().split())
        meaning = self._understand(Transcript(words, 1.0))
        wanted = content.get("intentFilter")
        if isinstance(meaning, Intent) and isinstance(wanted, list) and meaning.name not in wanted:
            meaning = NotRecognized(words, "another intent is asked for")
        who = {"siteId": self._site, "sessionId": content.get("sessionId"), "id": content.get("id")}
        return Asked(answers=(_meant(words, meaning, 1.0, who),))

    def _say(self, content: Mapping[str, Any]) -> Asked:
        text, number = content.get("text"), content.get("id")
        if not isinstance(text, str) or (isinstance(number, str) and number in self._own):
            return Asked()
        finished = {"id": number, "siteId": self._site, "sessionId": content.get("sessionId")}
        return Asked((("hermes/tts/sayFinished", finished),), say=text[:LONGEST])

    def _start(self, content: Mapping[str, Any]) -> Asked:
        """A notification is shown; an action is a text, perhaps, and then a turn."""
        first = content.get("init")
        first = first if isinstance(first, dict) else {}
        text = first.get("text")
        text = text[:LONGEST] if isinstance(text, str) else ""
        session = Session(self._new_id(), content.get("customData"))
        started: Post = ("hermes/dialogueManager/sessionStarted", self._who(session))
        if first.get("type") == "notification":
            return Asked((started, self._over(session, "nominal")), say=text)
        if self._session is not None:  # one at a time
            return Asked((self._over(session, "error"),))
        self._session, self._waiting = session, True
        return Asked((started,), say=text, listen=True)

    def _end(self, content: Mapping[str, Any]) -> Asked:
        """A session that was asked for ends before its turn; a text for one that is over is shown, too."""
        number, text = content.get("sessionId"), content.get("text")
        text = text[:LONGEST] if isinstance(text, str) else ""
        if self._waiting and self._session is not None and number == self._session.id:
            session, self._session, self._waiting = self._session, None, False
            return Asked((self._over(session, "nominal"),), say=text)
        known = {self._last, *(session.id for session in self._untold)}
        return Asked(say=text if isinstance(number, str) and number in known else "")

    def _over(self, session: Session, reason: str) -> Post:
        self._last = session.id
        ended = {"termination": {"reason": reason}, **self._who(session)}
        return "hermes/dialogueManager/sessionEnded", ended

    def _who(self, session: Session | None) -> dict[str, Any]:
        if session is None:
            return {"siteId": self._site, "sessionId": None}
        return {"siteId": self._site, "sessionId": session.id, "customData": session.data}


def _meant(text: str, meaning: Intent | NotRecognized, confidence: float, who: Mapping[str, Any]) -> Post:
    if isinstance(meaning, NotRecognized):
        return "hermes/nlu/intentNotRecognized", {"input": text, **who}
    intent = {"intentName": meaning.name, "confidenceScore": round(confidence, 4)}
    slots = [slot(name, value, text, confidence) for name, value in meaning.slots.items()]
    content = {"input": text, "intent": intent, "slots": slots, "id": None, **who}
    return f"hermes/intent/{level(meaning.name)}", content


def slot(name: str, value: Any, text: str, confidence: float) -> dict[str, Any]:
    """One slot; where its value does not stand in the text as it is, the range is all of it."""
    raw = str(value).lower()
    start = text.find(raw)
    begin, end = (start, start + len(raw)) if raw and start >= 0 else (0, len(text))
    kind = "Number" if isinstance(value, int | float) and not isinstance(value, bool) else "Custom"
    return {
        "entity": name,
        "slotName": name,
        "confidence": round(confidence, 4),
        "rawValue": text[begin:end],
        "value": {"kind": kind, "value": value},
        "range": {"start": begin, "end": end},
    }
