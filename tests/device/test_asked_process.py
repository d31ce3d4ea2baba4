"""The daemon as a process in a conversation: asked, told and answered over a real broker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.device.broker import Mosquitto, Subscriber, needs_mosquitto, wait_for
from tests.device.test_process import Process

pytestmark = needs_mosquitto
FIVE = 'version = "5"\n'


class Panel:
    """A client of MQTT 5 that asks, and keeps the answers by their correlation data."""

    def __init__(self, port: int) -> None:
        self.answers: dict[bytes, Any] = {}
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.on_message = lambda *call: self._take(call[2])
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self._client.subscribe("panel/answers", qos=1)

    def ask(self, text: str, correlation: bytes) -> None:
        properties = Properties(PacketTypes.PUBLISH)
        properties.ResponseTopic, properties.CorrelationData = "panel/answers", correlation
        self._client.publish("mynah/kitchen/ask", text, qos=1, properties=properties).wait_for_publish(5)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _take(self, message: paho.MQTTMessage) -> None:
        correlation: bytes = getattr(message.properties, "CorrelationData", b"")
        self.answers[correlation] = json.loads(message.payload)


@pytest.fixture
def panel(broker: Mosquitto) -> Iterator[Panel]:
    panel = Panel(broker.port)
    yield panel
    panel.close()


@contextmanager
def running(folder: Path, broker: Mosquitto, *arguments: str) -> Iterator[tuple[Process, Subscriber]]:
    """A daemon that is idle."""
    with (
        Subscriber(broker.port) as subscriber,
        Process(folder, broker.port, "--input", "-", "--json", *arguments, mqtt=FIVE) as process,
    ):
        wait_for(lambda: "idle" in told(subscriber, "mynah/kitchen/state"))
        yield process, subscriber
        assert process.end()[0] == 0
        assert "Traceback" not in process.log


def test_what_is_said_to_a_question_goes_to_who_asked(
    tmp_path: Path, broker: Mosquitto, panel: Panel
) -> None:
    with running(tmp_path, broker, "--converse", "--hear", "yes please") as (process, subscriber):
        panel.ask("Shall I close the windows?", b"\x007")
        panel.ask("Shall I lock the door?", b"8")
        process.speak(3.0)
        wait_for(lambda: len(panel.answers) == 2)
        answer: dict[str, Any] = {"text": "yes please", "intent": None, "slots": {}, "confirmed": True}
        assert panel.answers == {b"\x007": answer, b"8": {"error": "another question is open"}}
        wait_for(lambda: subscriber.payloads("mynah/kitchen/state")[-1] == "idle")
        assert subscriber.payloads("mynah/kitchen/spoken") == ["Shall I close the windows?"]


def test_a_question_without_a_response_topic_is_a_line_and_not_asked(
    tmp_path: Path, broker: Mosquitto
) -> None:
    with running(tmp_path, broker, "--hear", "yes") as (process, subscriber):
        subscriber.say("mynah/kitchen/ask", "Shall I close the windows?")
        process.speak(2.0)
        wait_for(lambda: "mynah/kitchen/ask: nobody would get the answer" in process.log)
        assert subscriber.payloads("mynah/kitchen/turn") == []


def test_an_announcement_is_told_here_and_passed_on_to_the_others(tmp_path: Path, broker: Mosquitto) -> None:
    hears = ("--converse", "--wake", "1.0", "--hear", "announce dinner is ready")
    with running(tmp_path, broker, *hears) as (process, subscriber):
        subscriber.say("mynah/kitchen/announce", "The post is here")
        subscriber.say("mynah/announce", '{"text": "Mine", "area": null, "from": "kitchen"}')
        process.speak(4.0)
        wait_for(lambda: len(subscriber.payloads("mynah/announce")) == 2)
        passed_on = json.loads(subscriber.payloads("mynah/announce")[-1])
        assert passed_on == {"text": "dinner is ready", "area": None, "from": "kitchen"}
        spoken = subscriber.payloads("mynah/kitchen/spoken")
        assert spoken[0] == "The post is here"
        assert "Mine" not in spoken
        assert {"say": "The post is here"} in map(json.loads, process.output.splitlines())


def test_a_question_of_its_own_is_answered_without_the_wake_word(tmp_path: Path, broker: Mosquitto) -> None:
    hears = ("--converse", "--wake", "0.2", "--hear", "turn on the lamp", "the floor lamp")
    with running(tmp_path, broker, *hears) as (process, subscriber):
        process.speak(6.0)
        wait_for(lambda: len(subscriber.payloads("mynah/kitchen/turn")) == 2)
        first, second = map(json.loads, subscriber.payloads("mynah/kitchen/turn"))
        assert "floor lamp" in first["question"]["options"]
        assert first["commands"] == []
        assert (second["detection"], second["question"]) == (None, None)
        assert subscriber.payloads("zigbee2mqtt/floor lamp/set") == ['{"state": "ON"}']
        assert subscriber.payloads("mynah/kitchen/state").count("idle") == 2


def told(subscriber: Subscriber, topic: str) -> list[str]:
    """What was said on `topic` since the subscriber came."""
    return [seen.payload for seen in subscriber.seen if seen.topic == topic and not seen.retained]


def timers(process: Process, subscriber: Subscriber) -> list[dict[str, Any]]:
    """What is due when, a moment later."""
    process.speak(0.1)
    found: list[dict[str, Any]] = json.loads(told(subscriber, "mynah/kitchen/timers")[-1])
    return found


def test_a_timer_rings_until_it_is_stopped(tmp_path: Path, broker: Mosquitto) -> None:
    hears = ("--converse", "--wake", "0.2", "--hear", "set a timer for one second called pasta")
    with running(tmp_path, broker, *hears) as (process, subscriber):
        process.speak(2.0)
        wait_for(lambda: subscriber.payloads("mynah/kitchen/turn"))
        wait_for(lambda: any(timer["ringing"] for timer in timers(process, subscriber)))
        (due,) = map(json.loads, subscriber.payloads("mynah/kitchen/due"))
        assert (due["due"]["kind"], due["due"]["name"], due["dropped"]) == ("timer", "pasta", [])
        assert due["reply"] in subscriber.payloads("mynah/kitchen/spoken")
        subscriber.say("mynah/kitchen/stop", "")
        wait_for(lambda: timers(process, subscriber) == [])


def test_timers_survive_the_process(tmp_path: Path, broker: Mosquitto) -> None:
    hears = ("--converse", "--wake", "0.2", "--hear", "set a timer for one hour called pasta")
    with running(tmp_path, broker, *hears) as (process, subscriber):
        process.speak(2.0)
        wait_for(lambda: timers(process, subscriber))
    with running(tmp_path, broker, "--converse") as (process, subscriber):
        (kept,) = timers(process, subscriber)
        assert (kept["name"], kept["ringing"]) == ("pasta", False)
