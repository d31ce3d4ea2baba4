"""The person who is asked, as the settings want it: questions out, answers in, and those that are kept."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from device.channels.desk import Desk
from device.channels.own import Topics
from device.desk import faq, mail
from device.desk.clerk import Clerk, Send
from device.desk.handed import OPEN, Handed, handed_json
from device.desk.store import FILE, listed
from device.errors import DeskError
from device.mqtt.client import Publisher
from device.settings import EMAIL, NOTIFY, Settings
from device.system.places import state_folder
from device.system.problems import Problems

log = logging.getLogger(__name__)


@contextmanager
def open_desk(settings: Settings, publisher: Publisher, problems: Problems) -> Iterator[tuple[Desk, ...]]:
    """The channel to the person who is asked; none where the settings name nobody."""
    if not settings.desk.person:
        yield ()
        return
    topics = Topics(settings.device_id)
    clerk = Clerk(state_folder(), _send(settings, publisher), lambda line: problems.say("desk", line))
    desk = Desk(topics, publisher, _waiting(problems), clerk.take)
    publisher.follow(Desk.__name__, desk.topics, qos=desk.qos)
    clerk.begin()
    try:
        yield (desk,)
    finally:
        clerk.end()


def faq_folder(settings: Settings) -> Path | None:
    """Where answers are kept; None where nobody is asked."""
    return state_folder() / faq.FOLDER if settings.desk.person else None


def components(settings: Settings) -> Mapping[str, Mapping[str, Any]]:
    """What Home Assistant is told of besides: an event for each question, on which it may notify somebody."""
    if not settings.desk.person or settings.desk.to != NOTIFY:
        return {}
    event = {
        "platform": "event",
        "name": "Question",
        "icon": "mdi:account-question",
        "event_types": ["question"],
        "state_topic": Topics(settings.device_id)["desk/notify"],
        "unique_id": f"mynah_{settings.device_id}_question",
    }
    return {"question": event}


def _waiting(problems: Problems) -> list[Handed]:
    try:
        return [one for one in listed(state_folder() / FILE) if one.state == OPEN]
    except DeskError as error:
        problems.say("desk", str(error))
        return []


def _send(settings: Settings, publisher: Publisher) -> Send:
    """How a question leaves, as the settings want it."""
    if settings.desk.to == EMAIL:
        name = settings.device_id
        return lambda handed: mail.send(settings.desk, mail.letter(settings.desk, handed, name))
    make = _notice if settings.desk.to == NOTIFY else _question
    topic = Topics(settings.device_id)["desk/notify" if settings.desk.to == NOTIFY else "desk/ask"]
    return lambda handed: _post(publisher, topic, make(settings, handed))


def _post(publisher: Publisher, topic: str, content: Mapping[str, Any]) -> None:
    if not publisher.connected:
        raise OSError("there is no connection to the broker")
    publisher.post(topic, content)


def _question(settings: Settings, handed: Handed) -> Mapping[str, Any]:
    keys = ("id", "at", "to", "text", "context")
    whole = handed_json(handed)
    return {**{key: whole[key] for key in keys}, "home": settings.device_id}


def _notice(settings: Settings, handed: Handed) -> Mapping[str, Any]:
    """An event of Home Assistant: its type, and its attributes."""
    return {
        "event_type": "question",
        **_question(settings, handed),
        "title": f"Mynah {settings.device_id} asks {handed.to}",
        "message": handed.text,
    }
