"""The doctor at the broker: whether it is there, and what its access list lets Mynah do."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from device.doctor.finding import Finding, ok, problem, warning
from device.errors import BrokerError
from device.settings import MqttSettings, Settings

if TYPE_CHECKING:
    from device.home.model import Home
    from device.mqtt.client import Publisher

ANSWERS = 3.0
"""Seconds in which appliances say how they are."""
MOMENT = 0.5
"""Seconds in which a broker answers."""
MUTE = "the broker does not speak MQTT 5, so Mynah cannot tell what it forbids"
FINISHED = "hermes/tts/sayFinished"
"""Nobody waits for the end of what was not said."""


def broker(settings: Settings) -> Finding:
    """Connects, and sends itself a message: access lists of brokers forbid in silence."""
    from device.channels.own import Topics
    from device.mqtt.client import connect

    (host, port), topics = settings.mqtt.address, Topics(settings.device_id)
    try:
        with connect(settings.mqtt, settings.device_id, [topics["doctor"]]) as publisher:
            for _ in range(20):
                publisher.post(topics["doctor"], "Do I hear myself?")
                time.sleep(0.05)
                if any(True for _ in publisher.messages()):
                    return ok("broker", f"{host}:{port} answers and lets {topics['#']} through")
            if why := publisher.problem or publisher.complaint:
                return problem("broker", why)
    except BrokerError as error:
        return problem("broker", str(error))
    return problem(
        "broker",
        f"{host}:{port} accepts the connection, but nothing sent to {topics['#']} comes back:"
        " allow that topic, reading and writing, in the broker's access list",
    )


def daemon(settings: Settings) -> Finding:
    """Reads what the daemon says of itself, as the problem sensor does."""
    from device.channels.own import Topics
    from device.mqtt.client import connect

    topics = Topics(settings.device_id)
    said: dict[str, bytes] = {}
    try:
        with connect(
            settings.mqtt, settings.device_id, [topics["availability"], topics["problem"]]
        ) as publisher:
            time.sleep(MOMENT)
            said = {topics.name(message.topic): message.payload for message in publisher.messages()}
    except BrokerError as error:
        return warning("daemon", f"it cannot be asked: {error}")
    return judge_daemon(settings.device_id, said.get("availability", b""), said.get("problem", b""))


def judge_daemon(device_id: str, availability: bytes, problem_payload: bytes) -> Finding:
    """By what is retained on the daemon's topics `availability` and `problem`."""
    if availability != b"online":
        return ok("daemon", f"no Mynah called {device_id} is connected at the moment")
    try:
        lines = [str(line) for line in json.loads(problem_payload)["problems"]]
    except (ValueError, LookupError, TypeError):
        lines = []
    if not lines:
        return ok("daemon", f"{device_id} is connected and reports no problems")
    return problem("daemon", f"{device_id} says: {'; '.join(lines)}")


def services(settings: Settings) -> Finding:
    """Sends Home Assistant and Hermes, as far as they are wanted, what changes nothing for them."""
    from device.channels.homeassistant import config_topic
    from device.mqtt.client import connect

    mqtt, config = settings.mqtt, config_topic(settings.device_id)
    wanted = [*(["Home Assistant"] if mqtt.homeassistant else []), *(["Hermes"] if mqtt.hermes else [])]
    if not wanted:
        return ok("services", "not wanted (mqtt.homeassistant = false, mqtt.hermes = false)")
    try:
        spoken = talkative(mqtt, settings.device_id)
        if spoken.version != "5":
            return ok("services", f"{' and '.join(wanted)}: {MUTE}")
        with connect(spoken, settings.device_id, [config]) as publisher:
            if mqtt.homeassistant:
                _say_again(publisher, config)
            if mqtt.hermes:
                publisher.post(FINISHED, {"siteId": settings.device_id, "id": "doctor", "sessionId": None})
            _wait(publisher, lambda: True)
            return judge_services(wanted, sorted(publisher.forbidden))
    except BrokerError as error:
        return warning("services", f"they cannot be reached: {error}")


def _say_again(publisher: Publisher, topic: str) -> None:
    """What is retained on `topic`, or else something that announces nothing.

    Not an empty message: where we may write but not read, it would take back what we do not see.
    """
    time.sleep(MOMENT)
    kept = [message.payload for message in publisher.messages() if message.retained and message.payload]
    if kept:
        publisher.retain(topic, kept[-1].decode())
    else:
        publisher.post(topic, {})


def judge_services(wanted: Sequence[str], forbidden: Sequence[str]) -> Finding:
    """`forbidden`: topics that the broker's access list bars."""
    if not forbidden:
        return ok("services", f"{' and '.join(wanted)} can be told")
    hints = [
        f"{allowed} or set mqtt.{name} = false"
        for start, allowed, name in (
            ("homeassistant/", "allow mynah to write there", "homeassistant"),
            ("hermes/", "allow mynah hermes/#, reading and writing,", "hermes"),
        )
        if any(topic.startswith(start) for topic in forbidden)
    ]
    return warning("services", f"the broker forbids {' and '.join(forbidden)}: {'; '.join(hints)}")


def appliances(settings: Settings) -> Finding:
    """Asks every appliance for its state, over MQTT 5: with that, brokers say what they forbid."""
    from device.discovery.announcements import Announcements
    from device.discovery.joining import joined
    from device.discovery.zigbee2mqtt import LARGEST
    from device.home import reading
    from device.home.model import Home, own
    from device.mqtt.client import connect

    described = own(reading.read(settings.home.file), settings.home.file)
    announcements = Announcements(described.zigbee2mqtt)
    try:
        spoken = talkative(settings.mqtt, settings.device_id)
        with connect(spoken, settings.device_id, announcements.topics, LARGEST) as publisher:
            announcements.listen(publisher.messages, ANSWERS)
            whole = Home(joined(described, announcements.found())[0])
            publisher.follow("appliances", whole.topics(), whole.queries())

            def done() -> bool:
                for message in publisher.messages():
                    whole.observe(message.topic, message.payload)
                return not silent(whole)

            _wait(publisher, done)
            found = judge_appliances(len(whole.devices), silent(whole), sorted(publisher.forbidden))
    except BrokerError as error:
        return warning("appliances", f"they cannot be asked: {error}")
    mute = "" if spoken.version == "5" else f"; {MUTE}"
    return dataclasses.replace(found, text=found.text + mute)


def talkative(mqtt: MqttSettings, device_id: str) -> MqttSettings:
    """With MQTT 5, or as they are where the broker does not speak that. Raises BrokerError."""
    from device.mqtt.client import connect

    five = dataclasses.replace(mqtt, version="5")
    try:
        with connect(five, device_id):
            return five
    except BrokerError:
        with connect(mqtt, device_id):
            return mqtt


def _wait(publisher: Publisher, done: Callable[[], bool]) -> None:
    """At most ANSWERS, until `done` or something is refused; and a MOMENT, in which more may be refused."""
    now = time.monotonic()
    last, end, refused = now + ANSWERS, now + MOMENT, 0
    while now < last:
        complete = done()
        if len(publisher.forbidden) > refused:
            refused, end = len(publisher.forbidden), now + MOMENT
        if now >= end and (complete or refused):
            return
        time.sleep(0.02)
        now = time.monotonic()


def silent(house: Home) -> list[str]:
    """The devices that can be asked and have not said how they are."""
    return [
        device.name
        for device in house.devices.values()
        if house.query(device) is not None and not house.state.reports(device.name)
    ]


def judge_appliances(there: int, quiet: Sequence[str], forbidden: Sequence[str]) -> Finding:
    """`quiet`: names of those that gave no answer; `forbidden`: topics that the broker's access list bars."""
    if forbidden:
        others = len(forbidden) - 1
        more = f" and {others} other{'s' if others > 1 else ''}" if others else ""
        return problem(
            "appliances",
            f"the broker forbids messages to {forbidden[0]}{more}:"
            " allow mynah the appliances' topics, reading and writing, in the broker's access list",
        )
    if quiet:
        names = ", ".join(quiet[:5]) + (", …" if quiet[5:] else "")
        return warning(
            "appliances",
            f"{len(quiet)} of {there} do not answer ({names}): are they switched on, are their topics right,"
            " and does the broker's access list let mynah read them?",
        )
    if not there:
        return warning(
            "appliances",
            "home.toml describes none, and none announces itself: describe them, or check whether they"
            " are on this broker and whether its access list lets mynah read their announcements",
        )
    return ok("appliances", f"{there}; all that can report a state answer")
