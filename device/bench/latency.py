"""How quick the loop is: from the end of speech to what a subscriber sees."""

from __future__ import annotations

import math
import queue
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

from device.assistant import Assistant
from device.channels.own import Topics
from device.channels.report import turn_json
from device.errors import BrokerError
from device.events import SAMPLE_RATE, AudioChunk, Turn
from device.mqtt.client import Publisher, connect
from device.settings import MqttSettings


@dataclass(slots=True)
class Latencies:
    """Of the turns that sent something: milliseconds from the endpoint, by where it has come to."""

    command: list[float] = field(default_factory=list)
    """The commands were ready to be sent."""
    publish: list[float] = field(default_factory=list)
    """They had come through the broker to a subscriber."""
    trailing: list[float] = field(default_factory=list)
    """Before the endpoint: the silence that told that the speaker had stopped."""
    hearing: list[float] = field(default_factory=list)
    """Work of hearing, a second of audio."""
    turns: int = 0
    files: int = 0


def latencies(
    assistant: Assistant,
    recordings: Iterable[Iterable[AudioChunk]],
    mqtt: MqttSettings,
    push_to_talk: bool = False,
) -> Latencies:
    """Turns from `recordings` through `assistant` and the broker at `mqtt`, to a subscriber there."""
    found = Latencies()
    with arrivals(mqtt) as arrived, connect(mqtt, "bench") as publisher:
        for audio in recordings:
            found.files += 1
            for turn in (assistant.push_to_talk(audio),) if push_to_talk else assistant.turns(audio):
                _measure(turn, publisher, arrived, found)
    return found


def _measure(turn: Turn, publisher: Publisher, arrived: queue.SimpleQueue[float], found: Latencies) -> None:
    ready = time.perf_counter()
    receipt = publisher.send(turn.commands)
    publisher.post(Topics("bench")["turn"], turn_json(turn, receipt.dropped))
    found.turns += 1
    if not turn.commands:
        return
    try:
        last = max(arrived.get(timeout=5) for _ in turn.commands)
    except queue.Empty:
        raise BrokerError("a command did not come through the broker in 5 s") from None
    timings, endpoint = turn.timings, turn.endpoint
    found.command.append(timings.speech_end_to_command_ms)
    found.publish.append(timings.speech_end_to_command_ms + 1000 * (last - ready))
    found.hearing.append(timings.hearing_ms / max(timings.audio_s, 0.1))
    if endpoint.speech_end is not None:
        found.trailing.append((endpoint.at - endpoint.speech_end) / SAMPLE_RATE * 1000)


@contextmanager
def arrivals(mqtt: MqttSettings) -> Iterator[queue.SimpleQueue[float]]:
    """The times (`time.perf_counter`) at which commands arrive at a subscriber."""
    import paho.mqtt.client as paho
    from paho.mqtt.enums import CallbackAPIVersion

    arrived: queue.SimpleQueue[float] = queue.SimpleQueue()
    ready: queue.SimpleQueue[bool] = queue.SimpleQueue()
    client = paho.Client(CallbackAPIVersion.VERSION2)

    def connected(*_: object) -> None:
        client.subscribe("#", qos=1)

    client.on_connect = connected
    client.on_subscribe = lambda *_: ready.put(True)
    client.on_message = lambda _client, _data, message: (
        None if message.topic.startswith("mynah/") else arrived.put(time.perf_counter())
    )
    client.connect(*mqtt.address)
    client.loop_start()
    try:
        ready.get(timeout=5)
        yield arrived
    finally:
        client.disconnect()
        client.loop_stop()


def summary(values: list[float]) -> dict[str, float] | None:
    """Median and 90th percentile, of at least one value."""
    if not values:
        return None
    ordered = sorted(values)
    return {"median": round(median(ordered), 1), "p90": round(ordered[math.ceil(0.9 * len(ordered)) - 1], 1)}
