"""Mynah among the services of Rhasspy and Snips, which speak Hermes over MQTT.

https://rhasspy.readthedocs.io/en/latest/reference/: a wake word begins a session, in which follow what was
heard and what was meant; others may ask for an intent, a text or a session.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from device.assistant import Listening, Step
from device.events import EndpointReason, Intent, NotRecognized, Transcript, Turn
from device.thresholds import level

Message = tuple[str, Mapping[str, Any]]
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

    answers: tuple[Message, ...] = ()
    say: str = ""
    listen: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """`data`: what who began it wants to have back."""

    id: str
    data: Any = None


class Hermes:
    """The words of one `site`, in Hermes a satellite; only what is meant for it is listened to."""

    def __init__(
        self, site: str, understand: Understand, name: Callable[[], str] = lambda: uuid4().hex
    ) -> None:
        """`name`: makes names of sessions."""
        self.site = site
        self._understand, self._name = understand, name
        self._session: Session | None = None
        self._own: set[str] = set()  # texts that we asked others to say

    def take(self, step: Step) -> tuple[Message, ...]:
        """What is said of a step of a turn."""
        match step:
            case Listening():
                return tuple(self._begun(step))
            case Turn():
                return tuple(self._ended(step))
        return ()

    def receive(self, topic: str, payload: bytes) -> Asked:
        """What others ask for; nothing where it is none of ours, or no JSON."""
        try:
            content = json.loads(payload)
        except (ValueError, RecursionError):
            return Asked()
        if not isinstance(content, dict) or content.get("siteId", self.site) != self.site:
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

    def _begun(self, step: Listening) -> list[Message]:
        asked, self._session = self._session, self._session or Session(self._name())
        messages: list[Message] = []
        if step.detection is not None:
            word = step.detection.name
            model = {"modelId": word, "modelVersion": "", "modelType": "personal", "currentSensitivity": 1.0}
            messages.append((f"hermes/hotword/{level(word)}/detected", {**model, **self._who(session=False)}))
        if asked is None:  # who asked for one was told so at once
            messages.append(("hermes/dialogueManager/sessionStarted", self._who()))
        messages.append(("hermes/asr/startListening", self._who()))
        return messages

    def _ended(self, turn: Turn) -> list[Message]:
        self._session = self._session or Session(self._name())
        messages: list[Message] = [("hermes/asr/stopListening", self._who())]
        text = turn.transcript.text if turn.transcript else ""
        if turn.transcript is not None:
            heard = {"text": text, "likelihood": turn.transcript.confidence, "seconds": turn.timings.audio_s}
            word = turn.detection.name if turn.detection else None
            messages.append(("hermes/asr/textCaptured", {**heard, "wakewordId": word, **self._who()}))
            messages.append(self._meant(text, turn.meaning, turn.transcript.confidence))
        reason = "nominal"
        if isinstance(turn.meaning, NotRecognized):
            silent = turn.endpoint.speech_end is None or turn.endpoint.reason is EndpointReason.TIMEOUT
            reason = "timeout" if silent else "intentNotRecognized"
        number = self._name()
        self._own = {number}
        messages.append((SAY, {"text": turn.reply, "lang": None, "id": number, **self._who()}))
        messages.append(self._over(reason))
        return messages

    def _meant(self, text: str, meaning: Intent | NotRecognized, confidence: float, **more: Any) -> Message:
        who = {**self._who(), **more}
        if isinstance(meaning, NotRecognized):
            return "hermes/nlu/intentNotRecognized", {"input": text, **who}
        intent = {"intentName": meaning.name, "confidenceScore": round(confidence, 4)}
        slots = [slot(name, value, text, confidence) for name, value in meaning.slots.items()]
        content = {"input": text, "intent": intent, "slots": slots, "id": None, **who}
        return f"hermes/intent/{level(meaning.name)}", content

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
        more = {"id": content.get("id"), "sessionId": content.get("sessionId")}
        return Asked(answers=(self._meant(words, meaning, 1.0, **more),))

    def _say(self, content: Mapping[str, Any]) -> Asked:
        text, number = content.get("text"), content.get("id")
        if not isinstance(text, str) or (isinstance(number, str) and number in self._own):
            return Asked()
        finished = {"id": number, "siteId": self.site, "sessionId": content.get("sessionId")}
        return Asked((("hermes/tts/sayFinished", finished),), say=text[:LONGEST])

    def _start(self, content: Mapping[str, Any]) -> Asked:
        """A notification is shown; an action is a text, perhaps, and then a turn."""
        first = content.get("init")
        first = first if isinstance(first, dict) else {}
        text = first.get("text")
        text = text[:LONGEST] if isinstance(text, str) else ""
        session = Session(self._name(), content.get("customData"))
        self._session = session
        started: Message = ("hermes/dialogueManager/sessionStarted", self._who())
        if first.get("type") == "notification":
            return Asked((started, self._over("nominal")), say=text)
        return Asked((started,), say=text, listen=True)

    def _end(self, content: Mapping[str, Any]) -> Asked:
        if self._session is None or content.get("sessionId") != self._session.id:
            return Asked()
        text = content.get("text")
        return Asked((self._over("nominal"),), say=text[:LONGEST] if isinstance(text, str) else "")

    def _over(self, reason: str) -> Message:
        who = self._who()
        self._session = None
        return "hermes/dialogueManager/sessionEnded", {"termination": {"reason": reason}, **who}

    def _who(self, session: bool = True) -> dict[str, Any]:
        if not session or self._session is None:
            return {"siteId": self.site, "sessionId": None}
        return {"siteId": self.site, "sessionId": self._session.id, "customData": self._session.data}


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
