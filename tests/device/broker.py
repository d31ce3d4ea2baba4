"""A real mosquitto on a free port, and a subscriber that keeps what it sees."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self
from uuid import uuid4

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from device.settings import MqttSettings

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")

needs_mosquitto = pytest.mark.skipif(
    MOSQUITTO is None, reason="mosquitto is not installed: apt install mosquitto"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """A context manager. `lines` are added to its configuration; `stop` and `start` may be called again."""

    def __init__(self, folder: Path, *lines: str) -> None:
        self.port = free_port()
        self._config = folder / f"mosquitto-{self.port}.conf"
        anonymous = "allow_anonymous true" if not any("anonymous" in line for line in lines) else ""
        self._config.write_text(
            "\n".join((f"listener {self.port} 127.0.0.1", "user root", anonymous, *lines, ""))
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> MqttSettings:
        return MqttSettings(host="127.0.0.1", port=self.port)

    def start(self) -> None:
        assert MOSQUITTO
        command = [MOSQUITTO, "-c", str(self._config)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self._answers)

    def stop(self) -> None:
        """As a crash: it says good-bye to nobody."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()


class Seen(NamedTuple):
    topic: str
    payload: str
    retained: bool


@dataclass
class Subscriber:
    """Everything that is said on a broker, in its order; a context manager."""

    port: int
    seen: list[Seen] = field(default_factory=list)
    username: str | None = None
    password: str | None = None

    def __enter__(self) -> Self:
        subscribed = threading.Event()
        self.client = paho.Client(CallbackAPIVersion.VERSION2)
        self.client.username_pw_set(self.username, self.password)
        self.client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self.client.on_subscribe = lambda *_: subscribed.set()
        self.client.on_message = self._take
        self.client.connect("127.0.0.1", self.port)
        self.client.loop_start()
        assert subscribed.wait(5)
        return self

    def __exit__(self, *exception: object) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def _take(self, client: Any, userdata: Any, message: paho.MQTTMessage) -> None:
        self.seen.append(Seen(message.topic, message.payload.decode(), message.retain))

    def payloads(self, topic: str) -> list[str]:
        return [seen.payload for seen in tuple(self.seen) if seen.topic == topic]

    def say(self, topic: str, payload: str, retain: bool = False) -> None:
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(5)


def retained(port: int, topic: str) -> str | None:
    """What the broker keeps on `topic`."""
    with Subscriber(port) as subscriber:
        mark = uuid4().hex  # what is retained comes before what is said afterwards
        subscriber.say("mark", mark)
        wait_for(lambda: mark in subscriber.payloads("mark"))
        values = [seen.payload for seen in subscriber.seen if seen.topic == topic and seen.retained]
    return values[-1] if values else None


def wait_for(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until `condition` holds; fails where it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come in time"
        time.sleep(0.01)
