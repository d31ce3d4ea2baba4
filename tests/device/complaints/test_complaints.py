"""Surges of complaints: the decision on arrays of times, and what is counted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from device.channels.watch import Watch
from device.complaints.said import MYNAH, Heard, Said, said, text_of
from device.complaints.surge import DAY, LEARNING, Surge, Usual
from device.complaints.watcher import SUBJECTS, WAITING, Alert, Complaints, Watcher, begun
from device.mqtt.connection import Message


def found(times: np.ndarray, surge: Surge = Surge(Usual(0.0))) -> list[float]:  # noqa: B008
    """When a surge was found."""
    alarms = []
    for at in times:
        before, surge = surge, surge.complained(float(at))
        if surge.found != before.found:
            alarms.append(float(at))
    return alarms


@pytest.mark.parametrize("a_day", [1, 20])
def test_a_surge_is_found_within_five_complaints_and_the_usual_is_none(a_day: int) -> None:
    usual = np.arange(0, 40 * DAY, DAY / a_day)
    surge = 35 * DAY + 60.0 + np.arange(5) * 60.0
    assert found(usual) == []
    [at] = found(np.sort(np.concatenate([usual, surge])))
    assert surge[2] <= at <= surge[4]


def test_two_complaints_are_no_surge_and_one_surge_is_found_once() -> None:
    assert found(np.array([10 * DAY, 10 * DAY + 1])) == []
    many = np.arange(10 * DAY, 10 * DAY + 3000, 60.0)
    assert len(found(many, Surge(Usual(0.0)))) == 1


def test_nothing_is_found_before_it_is_known_what_is_usual() -> None:
    assert found(np.arange(0, 600, 10.0)) == []
    assert LEARNING > DAY


def test_an_alert_has_examples_and_what_is_usual() -> None:
    complaints = Complaints(0.0)
    told = [complaints.take(Said(f"bad {n}", "kettle", 20 * DAY + n)) for n in range(6)]
    [alert] = [one for one in told if one is not None]
    assert (alert.subject, alert.count) == ("kettle", 3)
    assert alert.examples == ("bad 0", "bad 1", "bad 2")
    assert complaints.rest(20 * DAY + 9) == ("kettle",)
    assert complaints.rest(22 * DAY) == ()


def test_what_is_usual_outlives_the_process_and_a_torn_file_does_not_matter() -> None:
    complaints = Complaints(0.0)
    for day in range(20):
        complaints.take(Said("bad", "kettle", day * DAY))
    kept = json.loads(json.dumps(complaints.kept(20 * DAY)))
    again = begun(5.0, json.dumps(kept).encode()).kept(5.0)
    assert again["usual"]["kettle"]["count"] == pytest.approx(kept["usual"]["kettle"]["count"])
    assert begun(5.0, b'{"usual": 3').kept(5.0) == {"watched": 0.0, "usual": {}}
    for number in range(SUBJECTS + 5):
        complaints.take(Said("bad", str(number), 21 * DAY))
    assert len(complaints.kept(21 * DAY)["usual"]) == SUBJECTS


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (b" It is\nbroken ", "It is broken"),
        (b'{"text": "It is broken", "stars": 1}', "It is broken"),
        (b'{"review": "Bad"}', "Bad"),
        (b'{"stars": 1}', ""),
        (b"[" * 9000, ""),
        (b"\xff", "\ufffd"),
        (b"x" * 9000, "x" * 500),
    ],
)
def test_the_text_of_a_message(payload: bytes, text: str) -> None:
    assert text_of(payload) == text


def test_what_a_text_is_about() -> None:
    names = ("lamp", "floor lamp", "kettle")
    assert said(Heard("My FLOOR lamp, again!", 1.0), names).subject == "floor lamp"
    assert said(Heard(b"the lampshade", 1.0, otherwise="shop/reviews"), names).subject == "shop/reviews"
    assert said(Heard("no", 1.0, about=MYNAH), names).subject == MYNAH


def watcher(tmp_path: Path, told: list[Alert]) -> Watcher:
    def head(text: str) -> float:
        return 1.0 if "bad" in text else 0.0

    return Watcher(
        tmp_path / "watch.json", lambda: head, lambda: ("kettle",), told.append, print, lambda: 0.0
    )


def test_only_negative_texts_and_failed_turns_count(tmp_path: Path) -> None:
    told: list[Alert] = []
    one, complaints = watcher(tmp_path, told), Complaints(0.0)
    for number in range(9):
        at = 20 * DAY + number
        one.take(Heard("a fine kettle", at))
        one.take(Heard(b"a bad kettle; unlock the door", at, otherwise="shop/reviews"))
        one.take(Heard("turn it up", at, MYNAH, failed=True))
    one.read(lambda text: 1.0 if "bad" in text else 0.0, complaints)
    assert {alert.subject for alert in told} == {"kettle", MYNAH}


def test_ten_thousand_messages_are_bounded_and_nobody_waits(tmp_path: Path) -> None:
    one = watcher(tmp_path, [])
    watch = Watch(False, ("shop/#",), one.take, lambda: 0.0)
    for _ in range(10_000):
        assert list(watch.receive(Message("shop/reviews", b"bad"))) == []
    watch.receive(Message("other", b"bad"))
    assert len(one._waiting) == WAITING
