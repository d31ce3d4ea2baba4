"""What is said in Hermes: topics, and JSON objects made of what was heard and meant.

https://rhasspy.readthedocs.io/en/latest/reference/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from device.events import (
    Act,
    Affirm,
    Also,
    Answer,
    Cancel,
    Correct,
    Deny,
    Intent,
    NotRecognized,
    Repeat,
    Request,
    Transcript,
)
from device.mqtt.topics import level

Post = tuple[str, Mapping[str, Any]]
"""A topic, and what is said there as JSON."""

MANAGER = "hermes/dialogueManager"
QUERY, SAY, FINISHED = "hermes/nlu/query", "hermes/tts/say", "hermes/tts/sayFinished"
PLAY, PLAYED = "playBytes", "playFinished"
"""Levels of topics below hermes/audioServer/<site>; the id of a sound follows the first."""
START, CONTINUE, END = f"{MANAGER}/startSession", f"{MANAGER}/continueSession", f"{MANAGER}/endSession"
STARTED, ENDED = f"{MANAGER}/sessionStarted", f"{MANAGER}/sessionEnded"
NAMES: Mapping[type[Act], str] = {
    Affirm: "MynahYes",
    Deny: "MynahNo",
    Answer: "MynahAnswer",
    Correct: "MynahCorrect",
    Also: "MynahAlso",
    Cancel: "HassNevermind",
    Repeat: "MynahRepeat",
}
"""Acts that are no request, as intents."""


@dataclass(frozen=True, slots=True)
class Session:
    """`data`: what who began it wants to have back. `wanted`: the only intents that are accepted, if any."""

    id: str
    data: Any = None
    wanted: tuple[str, ...] = ()


def audio_server(site: str, *levels: str) -> str:
    return "/".join(("hermes/audioServer", site, *levels))


def who(site: str, session: Session | None) -> dict[str, Any]:
    """What says in each message of whom it is."""
    if session is None:
        return {"siteId": site, "sessionId": None}
    return {"siteId": site, "sessionId": session.id, "customData": session.data}


def meanings(acts: Sequence[Act], sure: float) -> Sequence[Intent | NotRecognized]:
    """What was said, as intents; the first thing that was not understood, where there is one."""
    missed = [act for act in acts if isinstance(act, NotRecognized)]
    return missed[:1] or [_intent(act, sure) for act in acts]


def _intent(act: Act, sure: float) -> Intent:
    match act:
        case Request(intent):
            return intent
        case Answer(slots) | Correct(slots) | Also(slots):
            return Intent(NAMES[type(act)], slots, sure)
    return Intent(NAMES[type(act)], {}, sure)


def filtered(meaning: Intent | NotRecognized, wanted: Sequence[str], text: str) -> Intent | NotRecognized:
    """`meaning`, where it is one of the intents that are `wanted`; () wants all."""
    if isinstance(meaning, Intent) and wanted and meaning.name not in wanted:
        return NotRecognized(text, "another intent is asked for")
    return meaning


def detected(word: str, whose: Mapping[str, Any]) -> Post:
    model = {"modelId": word, "modelVersion": "", "modelType": "personal", "currentSensitivity": 1.0}
    return f"hermes/hotword/{level(word)}/detected", {**model, **whose}


def captured(heard: Transcript, seconds: float, word: str | None, whose: Mapping[str, Any]) -> Post:
    content = {"text": heard.text, "likelihood": heard.confidence, "seconds": seconds, "wakewordId": word}
    return "hermes/asr/textCaptured", {**content, **whose}


def meant(text: str, meaning: Intent | NotRecognized, sure: float, whose: Mapping[str, Any]) -> Post:
    if isinstance(meaning, NotRecognized):
        return "hermes/nlu/intentNotRecognized", {"input": text, **whose}
    intent = {"intentName": meaning.name, "confidenceScore": round(sure, 4)}
    slots = [slot(name, value, text, sure) for name, value in meaning.slots.items()]
    content = {"input": text, "intent": intent, "slots": slots, "id": None, **whose}
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
