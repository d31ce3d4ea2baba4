"""Turns for others: as the JSON object that scripts rely on, and as lines for a person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from device.events import (
    SAMPLE_RATE,
    Command,
    Detection,
    Endpoint,
    Intent,
    NotRecognized,
    Transcript,
    Turn,
)

Json = dict[str, Any]


def seconds(samples: int) -> float:
    """Audio time as seconds, to the millisecond."""
    return round(samples / SAMPLE_RATE, 3)


def detection_json(detection: Detection | None) -> Json | None:
    if detection is None:
        return None
    at = seconds(detection.at)
    return {"name": detection.name, "probability": round(float(detection.probability), 4), "at": at}


def endpoint_json(endpoint: Endpoint) -> Json:
    speech_end = None if endpoint.speech_end is None else seconds(endpoint.speech_end)
    return {"at": seconds(endpoint.at), "reason": endpoint.reason.value, "speech_end": speech_end}


def transcript_json(transcript: Transcript | None) -> Json | None:
    if transcript is None:
        return None
    return {"text": transcript.text, "confidence": round(float(transcript.confidence), 4)}


def intent_json(meaning: Intent | NotRecognized) -> Json | None:
    if isinstance(meaning, NotRecognized):
        return None
    confidence = round(float(meaning.confidence), 4)
    return {"name": meaning.name, "slots": dict(meaning.slots), "confidence": confidence}


def command_json(command: Command) -> Json:
    return {"topic": command.topic, "payload": command.payload}


def turn_json(turn: Turn, dropped: Sequence[Command] | None = None) -> Json:
    """One turn. `dropped`, where it was published: the commands that could not be sent."""
    timings = turn.timings
    report: Json = {
        "file": turn.file,
        "detection": detection_json(turn.detection),
        "endpoint": endpoint_json(turn.endpoint),
        "transcript": transcript_json(turn.transcript),
        "intent": intent_json(turn.meaning),
        "commands": [command_json(command) for command in turn.commands],
        "reply": turn.reply,
        "confirmation": turn.confirmation.value if turn.confirmation else None,
        "timings": {
            "audio_s": round(timings.audio_s, 3),
            "wake_ms": round(timings.wake_ms, 2),
            "hearing_ms": round(timings.hearing_ms, 2),
            "speech_end_to_command_ms": round(timings.speech_end_to_command_ms, 2),
        },
    }
    if dropped is not None:
        report["dropped"] = [command_json(command) for command in dropped]
    return report


def no_turn_json(file: str, detection: Detection | None = None) -> Json:
    """The line for a file in which no wake word was heard, or for one that only stops what plays."""
    nothing = dict.fromkeys(("endpoint", "transcript", "intent"))
    done: Json = {"commands": [], "reply": None, "confirmation": None, "timings": None}
    return {"file": file, "detection": detection_json(detection), **nothing, **done}


def turn_text(turn: Turn, dropped: Sequence[Command] = ()) -> str:
    """One turn as a few lines for a terminal."""
    lines = []
    if turn.detection is not None:
        lines.append(("woke", f"{turn.detection.name} at {seconds(turn.detection.at):.2f} s"))
    lines.append(("heard", transcript_text(turn.transcript)))
    lines.append(("meant", meaning_text(turn.meaning)))
    for command in turn.commands:
        lines.append(("dropped" if command in dropped else "sent", command_text(command)))
    after = f"{turn.timings.speech_end_to_command_ms:.0f} ms after the endpoint"
    sure = f"{turn.confirmation.value}, " if turn.confirmation else ""
    lines.append(("reply", f"{turn.reply} ({sure}{after})"))
    return "\n".join(f"  {name:<8}{text}" for name, text in lines)


def transcript_text(transcript: Transcript | None) -> str:
    return f"{transcript.text} ({transcript.confidence:.2f})" if transcript is not None else "nothing"


def meaning_text(meaning: Intent | NotRecognized) -> str:
    if isinstance(meaning, NotRecognized):
        return f"nothing known: {meaning.reason}"
    return " ".join([meaning.name, *(f"{name}={value!r}" for name, value in meaning.slots.items())])


def command_text(command: Command) -> str:
    payload = command.payload if isinstance(command.payload, str) else json.dumps(command.payload)
    return f"{command.topic} {payload}"
