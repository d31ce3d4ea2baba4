"""Topics that others name must not cost us the connection."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.mqtt.client import Publisher
from device.mqtt.topics import is_pattern, is_plain, level, matches
from tests.device.broker import Mosquitto, Subscriber, needs_mosquitto, wait_for

UNFIT = [
    *("", "a/+/b", "a/#", "a\0b", "a\tb", "a\nb", "a\x1fb", "a\x7fb", "a\x80b", "a\x9fb"),
    *("a\ufffeb", "a\uffffb", "a\U0001fffeb", "a\U0010ffffb", "a\ufdd0b", "a\ud800b"),
    *("$CONTROL/dynamic-security/v1", "$share/all/lamp", "$SYS/broker", "$", "~/set", "~"),
    *("/".join("a" * 101), "/" * 150, "/" * 250, "x" * 70_000),
]
FIT = [
    *(
        "a",
        "/",
        "//",
        "a/",
        "/a",
        " ",
        "a b/c d",
        "a$b/$c",
        "a~",
        "ünï/灯/מנורה",
        "\u200e",
        "\ufeff",
        "\ufffd",
    ),
    *("😀", "a\u2028b", "a\u00a0b", "\\", '"', "%00", "{value}", "/".join("a" * 100), "x" * 60_000),
]


@pytest.mark.parametrize("topic", UNFIT, ids=lambda topic: ascii(topic)[:30])
def test_what_brokers_may_close_the_connection_for_is_no_topic(topic: str) -> None:
    assert not is_plain(topic)


@needs_mosquitto
def test_the_connection_survives_all_that_is_a_topic(tmp_path: Path) -> None:
    topics = [topic for topic in (*UNFIT, *FIT) if is_plain(topic)]
    assert topics == FIT
    with Mosquitto(tmp_path) as broker, Subscriber(broker.port) as subscriber:
        publisher = Publisher(broker.settings, "kitchen", availability="mynah/kitchen/availability")
        publisher.follow("all", topics)
        with publisher:
            assert publisher.first_attempt()
            wait_for(lambda: subscriber.payloads("mynah/kitchen/availability"))
            for topic in topics:
                publisher.post(topic, {"on": topic[:9]})
                publisher.post(f"{topic}/set", {})
            got: set[str] = set()

            def every() -> bool:
                got.update(message.topic for message in publisher.messages())
                return got >= set(topics)

            wait_for(every)
            assert publisher.connected
        assert subscriber.payloads("mynah/kitchen/availability") == ["online", "offline"]


@needs_mosquitto
@pytest.mark.parametrize("topic", ["a\x1fb", "a\ufffeb", "/" * 250])
def test_others_would_have_cost_it(tmp_path: Path, topic: str) -> None:
    with Mosquitto(tmp_path) as broker, Publisher(broker.settings, "kitchen") as publisher:
        publisher.follow("it", [topic])
        wait_for(lambda: publisher.problem == "the connection to the broker is lost")


def test_a_name_as_one_level() -> None:
    assert level("hey mynah") == "hey_mynah"
    assert level("a/b+c#d") == "a_b_c_d"


@pytest.mark.parametrize(
    ("pattern", "topic", "fits"),
    [
        ("a/b", "a/b", True),
        ("a/+/c", "a/b/c", True),
        ("a/+", "a/b/c", False),
        ("a/#", "a/b/c", True),
        ("a/#", "a", True),
        ("+/b/#", "a/c/b", False),
        ("a/b", "a/+", False),
    ],
)
def test_which_topics_a_pattern_brings(pattern: str, topic: str, fits: bool) -> None:
    assert matches(pattern, topic) is fits


@pytest.mark.parametrize(
    ("pattern", "good"),
    [
        ("a/b", True),
        ("+/a/#", True),
        ("#", False),
        ("+/+", False),
        ("+/#", False),
        ("a/#/b", False),
        (3, False),
    ],
)
def test_a_pattern_names_a_level(pattern: object, good: bool) -> None:
    assert is_pattern(pattern) is good
