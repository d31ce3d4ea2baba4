"""The daemon's side: what Home Assistant is shown, and what becomes of its wishes. With a scripted `mynah
update`."""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from device.audio.volume import Volume
from device.channels.own import Own, Topics
from device.daemon.confirming import Confirming
from device.daemon.daemon import Daemon
from device.hearing.thresholds import Thresholds
from device.home.state import HomeState
from device.mqtt.client import Publisher
from device.system.problems import Problems
from device.system.service import SETTLED, Service
from device.update.offer import NoUpdates, Updates
from device.update.trial import Trial
from device.update.versions import BASE as TOLD
from device.update.versions import RUNNING, State, Versions
from tests.device import fakes
from tests.device.broker import Mosquitto, Subscriber, needs_mosquitto, wait_for
from tests.device.trial import Witness
from tests.device.update.making import BASE, place

SCRIPT = """
import json, pathlib, sys, time
told = json.loads(pathlib.Path(sys.argv[1]).read_text())
with pathlib.Path(sys.argv[1] + ".log").open("a") as log:
    print(*sys.argv[2:], file=log)
answer = told["check" if "--check" in sys.argv else "install"]
time.sleep(answer.get("takes", 0))
print("INFO going on", file=sys.stderr)
if "error" in answer:
    sys.exit("mynah: " + answer["error"])
print(json.dumps(answer))
"""

NEW = {
    "install": True,
    "version": "0.2.0",
    "summary": "Better ears",
    "archive": "http://there/mynah-0.2.0.update",
}


class Watched:
    """Updates with a scripted command, and all that they tell."""

    def __init__(self, folder: Path, every: float = 1000.0, **answers: Any) -> None:
        self.folder, self.shown, self.problems = folder, list[dict[str, Any]](), list[list[str]]()
        (folder / "script.py").write_text(SCRIPT)
        self.answer(**answers)
        problems = Problems()
        problems.connect(lambda lines: self.problems.append(list(lines)))
        command = [sys.executable, str(folder / "script.py"), str(folder / "answers")]
        self.updates = Updates(
            command, every, "0.1.0", lambda text: self.shown.append(json.loads(text)), problems
        )

    def answer(self, check: Any, install: Any = None) -> None:
        (self.folder / "answers").write_text(json.dumps({"check": check, "install": install or {}}))

    @property
    def asked(self) -> list[str]:
        log = self.folder / "answers.log"
        return log.read_text().splitlines() if log.exists() else []

    def showed(self, version: str, in_progress: bool) -> bool:
        """Whether that is what is shown now."""
        last = self.shown[-1] if self.shown else {}
        return (last.get("latest_version"), last.get("in_progress")) == (version, in_progress)


def test_what_is_new_is_shown_and_installed_when_it_is_asked_for(tmp_path: Path) -> None:
    watched = Watched(tmp_path, check=NEW, install={"version": "0.2.0", "takes": 0.3})
    with watched.updates:
        wait_for(lambda: watched.showed("0.2.0", False))
        assert watched.shown[-1] == {
            "installed_version": "0.1.0",
            "latest_version": "0.2.0",
            "title": "Mynah",
            "release_summary": "Better ears",
            "in_progress": False,
        }
        watched.updates.install()
        wait_for(lambda: watched.showed("0.2.0", True))
        wait_for(lambda: watched.updates.restart)
        watched.updates.install()
    assert watched.asked == ["--check", "http://there/mynah-0.2.0.update"]
    assert watched.problems[-1] == []
    assert watched.showed("0.2.0", True), "until the new version shows itself"


def test_what_is_not_to_be_installed_is_not_offered(tmp_path: Path) -> None:
    watched = Watched(tmp_path, check={**NEW, "install": False, "why_not": "it was taken back once"})
    with watched.updates:
        wait_for(lambda: watched.showed("0.1.0", False))
        watched.updates.install()
        wait_for(lambda: len(watched.asked) == 2)
    assert watched.asked == ["--check", "--check"]
    assert not watched.updates.restart


def test_a_failed_installation_is_a_problem_and_the_running_version_goes_on(tmp_path: Path) -> None:
    watched = Watched(tmp_path, check=NEW, install={"error": "the disk is full; nothing was changed"})
    with watched.updates:
        wait_for(lambda: watched.shown)
        watched.updates.install()
        wait_for(lambda: ["not updated: the disk is full; nothing was changed"] in watched.problems)
        wait_for(lambda: watched.showed("0.2.0", False))
        watched.answer(check=NEW, install=NEW)
        watched.updates.install()
        wait_for(lambda: watched.updates.restart)
    assert watched.problems[-1] == []


def test_a_source_that_cannot_be_reached_is_a_problem_when_it_lasts(tmp_path: Path) -> None:
    watched = Watched(tmp_path, every=0.01, check={"error": "http://there: Connection refused"})
    with watched.updates:
        wait_for(lambda: ["http://there: Connection refused"] in watched.problems)
        assert len(watched.asked) > 1
        watched.answer(check=NEW)
        wait_for(lambda: watched.problems[-1] == [])


def test_its_end_waits_for_nothing(tmp_path: Path) -> None:
    watched = Watched(tmp_path, check={**NEW, "takes": 60})
    with watched.updates:
        wait_for(lambda: watched.asked)
        began = time.monotonic()
    assert time.monotonic() - began < 1
    assert watched.shown == []


@pytest.mark.parametrize(
    "command", [["/nonexistent"], [sys.executable, "-c", "print('nonsense')"], ["false"]]
)
def test_a_command_that_fails_breaks_nothing(command: list[str]) -> None:
    problems, told = Problems(), list[tuple[str, ...]]()
    problems.connect(told.append)
    with Updates(command, 0.01, "0.1.0", lambda text: None, problems) as updates:
        wait_for(lambda: len(told) > 1)
        assert not updates.restart


@needs_mosquitto
def test_the_loop_ends_between_two_turns_where_a_new_version_waits(tmp_path: Path, broker: Mosquitto) -> None:
    """Asked over the broker; what is retained there is an old wish."""
    watched = Watched(tmp_path, check=NEW, install={**NEW, "takes": 1.0})
    topics = Topics("kitchen")
    topic = topics["update/install"]
    publisher = Publisher(broker.settings, "kitchen", availability=topics["availability"])
    own = Own(
        topics, publisher, Thresholds(()), Volume(80), Problems(), watched.updates.install, lambda: "[]"
    )
    publisher.follow("own", own.topics, qos=own.qos)
    with Subscriber(broker.port) as subscriber:
        subscriber.say(topic, "INSTALL", retain=True)
        with publisher, watched.updates:
            assert publisher.wait_connected(5)
            wait_for(lambda: watched.shown)
            heard = 0.0

            def audio() -> Any:
                nonlocal heard
                for chunk in fakes.audio(60):
                    heard = chunk.end / 16_000
                    if heard == 4.0:
                        assert not watched.updates.restart
                        subscriber.say(topic, "INSTALL")
                    if heard > 4.0:
                        time.sleep(0.02)
                    if heard > 6.0:  # a turn is going on meanwhile
                        wait_for(lambda: watched.updates.restart)
                    yield chunk

            Daemon(
                fakes.assistant((5.9,), ["turn on the lamp"]),
                publisher.messages,
                Confirming(publisher, HomeState()),
                [own, witness := Witness()],
                ends=lambda: watched.updates.restart,
            ).run(audio())
    assert len(witness.told) == 1, "what was begun is done"
    assert 6.9 < heard < 10.0, "and to its end"


def test_without_a_source_nothing_is_offered_nor_done() -> None:
    with NoUpdates() as updates:
        updates.install()
        assert (updates.offered, updates.restart) == (False, False)


def test_a_version_is_confirmed_once_audio_has_flowed_for_a_while(versions: Versions) -> None:
    for number in ("0.2.0", "0.3.0"):
        place(versions, number)
    versions.change(BASE, lambda state: State(BASE, pending="0.3.0", tries=1))
    trial = Trial(Problems(), versions, {TOLD: BASE, RUNNING: "0.3.0"})
    signal.alarm(300)  # as `launch` does
    service = Service({}, trial.passed)
    for second in range(int(SETTLED)):
        service.audio(1000.0 + second)
    time.sleep(0.1)
    assert versions.read(BASE).pending == "0.3.0"
    service.audio(1000.0 + SETTLED)
    wait_for(lambda: versions.read(BASE).current == "0.3.0")
    wait_for(lambda: not (versions.folder / "0.2.0").exists())
    assert signal.alarm(0) == 0


@pytest.mark.parametrize("told", [{}, {TOLD: BASE}, {TOLD: BASE, RUNNING: "0.2.0"}])
def test_nobody_else_confirms_it(told: dict[str, str], versions: Versions) -> None:
    for number in ("0.2.0", "0.3.0"):
        place(versions, number)
    before = versions.change(BASE, lambda state: State(BASE, current="0.2.0", pending="0.3.0"))
    trial = Trial(Problems(), versions, told)
    trial.passed()
    trial.conclude()
    assert versions.read(BASE) == before


def test_what_was_taken_back_is_a_problem_until_something_goes_well(versions: Versions) -> None:
    place(versions, "0.4.0")
    failed = State(BASE, pending="0.3.0").fallen("it was not ready in 2 starts")
    versions.change(BASE, lambda state: failed)
    problems, told = Problems(), list[tuple[str, ...]]()
    problems.connect(told.append)
    Trial(problems, versions, {TOLD: BASE}).begin()
    assert told[-1] == ("update 0.3.0 was taken back: it was not ready in 2 starts; 0.1.0 runs",)
    versions.change(BASE, lambda state: state.installed("0.4.0"))
    Trial(problems, versions, {TOLD: BASE, RUNNING: "0.4.0"}).conclude()
    Trial(problems, versions, {TOLD: BASE, RUNNING: "0.4.0"}).begin()
    assert not told[-1]
    (versions.folder / "state.json").write_text("{")
    Trial(problems, versions, {TOLD: BASE}).begin()
    assert "damaged: the base runs" in told[-1][0]
