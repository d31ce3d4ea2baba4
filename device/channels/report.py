"""Turns for others: as the JSON object that scripts rely on, and as lines for a person."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from device.dialogue.exchange import Exchange
from device.events import (
    SAMPLE_RATE,
    Act,
    Affirm,
    Also,
    Answer,
    Change,
    Command,
    Correct,
    Deny,
    Detection,
    Due,
    Endpoint,
    Intent,
    NotRecognized,
    Outcome,
    Question,
    Request,
    Transcript,
    Turn,
)
from device.memory.agenda import Agenda
from device.understanding.scope import UNSAID

Json = dict[str, Any]

CONFIRMED: Mapping[type[Act], bool] = {Affirm: True, Deny: False}


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
    slots = {slot: value for slot, value in meaning.slots.items() if slot not in UNSAID}
    return {"name": meaning.name, "slots": slots, "confidence": confidence}


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
        "text": turn.transcript.text if turn.transcript else None,
        **outcome_json(turn.acts, turn.outcome),
        "due": None,
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


def answer_json(turn: Turn) -> Json:
    """What was said to the question of somebody else. `confirmed`: true for yes, false for no, else null."""
    if turn.transcript is None:
        return {"error": "nobody answered"}
    intent = intent_json(turn.meaning)
    return {
        "text": turn.transcript.text,
        "intent": intent["name"] if intent else None,
        "slots": intent["slots"] if intent else {},
        "confirmed": next((CONFIRMED[type(act)] for act in turn.acts if type(act) in CONFIRMED), None),
    }


def question_json(question: Question | None) -> Json | None:
    if question is None:
        return None
    return {"text": question.text, "options": [option.label for option in question.options]}


def change_json(change: Change) -> Json:
    return {"do": change.do, **change.values}


def outcome_json(acts: Sequence[Act], outcome: Outcome) -> Json:
    """What was asked for and what comes of it: the keys that `turn`, `chat` and `understand` share."""
    intents = [intent_json(act.intent) for act in acts if isinstance(act, Request)]
    return {
        "intents": intents,
        "intent": intents[0] if intents else None,
        "commands": [command_json(command) for command in outcome.commands],
        "done": [change_json(change) for change in outcome.done],
        "reply": outcome.reply.text,
        "question": question_json(outcome.question),
        "source": outcome.source,
    }


def exchange_json(exchange: Exchange, dropped: Sequence[Command] | None = None) -> Json:
    """One exchange. `dropped`, where its commands were sent: those that could not be."""
    report = {
        "text": exchange.text,
        **outcome_json(exchange.acts, exchange.outcome),
        "due": due_json(exchange.due),
    }
    if dropped is not None:
        report["confirmation"] = exchange.confirmation.value if exchange.confirmation else None
        report["dropped"] = [command_json(command) for command in dropped]
    return report


def due_json(due: Due | None) -> Json | None:
    if due is None:
        return None
    told: Json = {"kind": due.kind, "name": due.name, "at": due.at.isoformat(timespec="seconds")}
    if due.text:
        told["text"] = due.text
    return {**told, "missed": due.missed}


def timers_json(agenda: Agenda, now: datetime) -> list[Json]:
    """The entries of the agenda, the next first. `left`: seconds until it is due; `at`: null while paused."""
    entries = sorted(agenda.entries, key=lambda entry: (entry.remaining(now), entry.id))
    return [
        {
            "id": entry.id,
            "kind": entry.kind,
            "name": entry.name,
            "text": entry.text,
            "at": None if entry.left is not None else entry.at.isoformat(timespec="seconds"),
            "days": list(entry.days),
            "left": entry.remaining(now),
            "paused": entry.left is not None,
            "ringing": entry.rings,
        }
        for entry in entries
    ]


def lasting_timers_json(agenda: Agenda, now: datetime) -> list[Json]:
    """The same, without what changes as time passes."""
    timers = timers_json(agenda, now)
    return [{key: one[key] for key in one if key != "left" or one["paused"]} for one in timers]


def exchange_text(exchange: Exchange) -> str:
    """One exchange as a few lines for a terminal."""
    lines = [("meant", act_text(act)) for act in exchange.acts]
    lines += [("sends", command_text(command)) for command in exchange.commands]
    if exchange.due is not None:
        lines.append(("due", json.dumps(due_json(exchange.due), ensure_ascii=False)))
    lines += [*_own_lines(exchange.outcome), ("reply", exchange.outcome.reply.text)]
    return "\n".join(
        [*([exchange.text] if exchange.text else []), *(f"  {name:<8}{text}" for name, text in lines)]
    )


def _own_lines(outcome: Outcome) -> list[tuple[str, str]]:
    """What changes in Mynah's own memory, and what it asks."""
    lines = [("does", json.dumps(change_json(change), ensure_ascii=False)) for change in outcome.done]
    if (question := outcome.question) is not None:
        options = ", ".join(option.label for option in question.options)
        lines.append(("asks", f"{question.text} ({options})" if options else question.text))
    return lines


def act_text(act: Act) -> str:
    """What one part of a sentence does, in a line."""
    match act:
        case Request(intent):
            return meaning_text(intent)
        case NotRecognized():
            return meaning_text(act)
        case Answer(slots) | Correct(slots) | Also(slots):
            values = [f"{name}={value!r}" for name, value in slots.items()]
            return " ".join([type(act).__name__.lower(), *values])
    return type(act).__name__.lower()


def no_turn_json(file: str, detection: Detection | None = None) -> Json:
    """The line for a file in which no wake word was heard, or for one that only stops what plays."""
    nothing = dict.fromkeys(
        ("endpoint", "transcript", "text", "intent", "reply", "question", "source", "due")
    )
    done: Json = {"intents": [], "commands": [], "done": [], "confirmation": None, "timings": None}
    return {"file": file, "detection": detection_json(detection), **nothing, **done}


def turn_text(turn: Turn, dropped: Sequence[Command] = ()) -> str:
    """One turn as a few lines for a terminal."""
    lines = []
    if turn.detection is not None:
        lines.append(("woke", f"{turn.detection.name} at {seconds(turn.detection.at):.2f} s"))
    lines.append(("heard", transcript_text(turn.transcript)))
    lines += [("meant", act_text(act)) for act in turn.acts]
    for command in turn.commands:
        lines.append(("dropped" if command in dropped else "sent", command_text(command)))
    lines += _own_lines(turn.outcome)
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
