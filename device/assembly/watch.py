"""The watch on complaints, as the settings want it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from device.assistant import ConversationStage
from device.channels.own import Topics
from device.channels.watch import Watch
from device.complaints.watcher import Alert, Head, Watcher
from device.conversation.conversation import Conversation
from device.errors import BundleError
from device.mqtt.client import Publisher
from device.settings import Settings
from device.system.places import state_folder
from device.system.problems import Problems
from device.system.watch import passed
from device.understanding.encoder import TextBundle, TextModel

FILE = "watch.json"
"""Name of the file with what is usual."""
NEGATIVE = "negative"


@contextmanager
def open_watch(
    settings: Settings, talk: ConversationStage, publisher: Publisher, problems: Problems
) -> Iterator[tuple[Watch, ...]]:
    """The channel; none where the settings want none. Raises BundleError."""
    wanted = settings.watch
    if not wanted.turns and not wanted.topics:
        yield ()
        return
    bundle, topics = sentiment(settings), Topics(settings.device_id)

    def tell(alert: Alert) -> None:
        publisher.post(topics["alert"], alert_json(alert))
        if wanted.say:
            publisher.post(topics["announce"], sentence(alert))

    def report(subjects: tuple[str, ...]) -> None:
        problems.say("watch", f"unusually many complaints about {', '.join(subjects)}" if subjects else "")

    watcher = Watcher(
        state_folder() / FILE, partial(head_of, bundle), partial(_names, talk), tell, report, passed
    )
    watch = Watch(wanted.turns, wanted.topics, watcher.take, passed)
    publisher.follow(Watch.__name__, watch.topics, qos=watch.qos)
    watcher.begin()
    try:
        yield (watch,)
    finally:
        watcher.end()


def _names(talk: ConversationStage) -> tuple[str, ...]:
    """What there may be complaints about."""
    devices = talk.home.layout.devices if isinstance(talk, Conversation) else ()
    return tuple(device.name for device in devices)


def sentiment(settings: Settings) -> TextBundle:
    """Raises BundleError where it does not tell what is negative."""
    bundle = TextBundle.load(settings.watch.bundle)
    if NEGATIVE not in bundle.labels:
        raise BundleError(f"{bundle.path}: it does not tell what is negative; name a sentiment bundle")
    return bundle


def head_of(bundle: TextBundle) -> Head:
    """Loads the model."""
    model, place = TextModel(bundle), bundle.labels.index(NEGATIVE)

    def head(text: str) -> float:
        reading = model.read(text)
        return 0.0 if reading is None else float(reading.probability[place])

    return head


def alert_json(alert: Alert) -> Mapping[str, Any]:
    return {
        "subject": alert.subject,
        "complaints": alert.count,
        "seconds": round(alert.seconds),
        "usual_a_day": round(alert.usual, 2),
        "examples": list(alert.examples),
    }


def sentence(alert: Alert) -> str:
    return f"There are unusually many complaints about {alert.subject}: {alert.count} lately"
