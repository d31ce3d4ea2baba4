"""Which version runs, from one start to the next, and after a crash at every step between."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from device.errors import UpdateError
from device.system.problems import Problems
from device.update.install import install
from device.update.trial import Trial
from device.update.versions import BASE as TOLD
from device.update.versions import RUNNING, State, Versions, ordered, overlay, read_state
from tests.device.update.making import BASE, Maker, place, tree, works

WRITES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chown", "shutil.rmtree"}
CRASHED = 9


def test_versions_are_ordered_by_their_numbers() -> None:
    numbers = ["unknown", "0.1", "0.9.1", "0.10", "0.10.1", "1.0", "1.0.0.1", "2"]
    assert sorted(numbers, key=ordered) == numbers
    assert ordered("1") == ordered("1.0.0")
    assert ordered("0.2.0.dev3+g1234") == ordered("0.2")


def yes(number: str) -> bool:
    return True


def test_a_version_that_becomes_ready_stays() -> None:
    state = State(BASE).installed("0.2.0")
    assert (state.running, state.pending) == ("0.1.0", "0.2.0")
    state = state.started(yes).confirmed("0.2.0")
    assert (state.running, state.previous, state.pending) == ("0.2.0", None, None)
    assert state.started(yes) == state
    state = state.installed("0.3.0").started(yes).confirmed("0.3.0")
    assert (state.running, state.previous) == ("0.3.0", "0.2.0")
    assert state.back().running == "0.2.0"
    assert state.back().back() == State(BASE)


def test_a_version_that_does_not_is_taken_back_after_two_starts_and_remembered() -> None:
    state = State(BASE, current="0.2.0").installed("0.3.0")
    for tries in (1, 2):
        state = state.started(yes)
        assert (state.pending, state.tries) == ("0.3.0", tries)
    state = state.started(yes)
    assert (state.pending, state.running) == (None, "0.2.0")
    assert state.refused == {"0.3.0": "it was not ready in 2 starts"}
    assert state.failure == "0.3.0 was taken back: it was not ready in 2 starts; 0.2.0 runs"
    assert state.started(yes) == state
    assert state.installed("0.3.0").refused == {}  # by hand, once more
    better = state.installed("0.4.0")
    assert (better.failure, better.started(yes).confirmed("0.4.0").refused) == ("", {})


def test_only_the_one_on_trial_is_confirmed() -> None:
    state = State(BASE, current="0.2.0").installed("0.3.0")
    assert state.confirmed("0.2.0") == state


def test_a_version_whose_files_are_gone_is_not_started() -> None:
    state = State(BASE, current="0.3.0", previous="0.2.0")
    assert state.started(lambda number: number == "0.2.0").running == "0.2.0"
    lost = state.started(lambda number: False)
    assert (lost.running, lost.failure[:13]) == ("0.1.0", "0.3.0 is gone")
    assert State(BASE).installed("0.2.0").started(lambda number: False).refused == {
        "0.2.0": "its files are gone"
    }


def test_another_base_runs_alone() -> None:
    assert State(BASE, current="0.2.0", pending="0.3.0").over("0.2.1 on Python 3.11") == State(
        "0.2.1 on Python 3.11"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        '{"current": "../../etc"}',
        '{"pending": 7}',
        '{"tries": "1"}',
        '{"refused": []}',
        "\0" * 99,
    ],
)
def test_a_damaged_state_is_called_so_and_means_the_base(text: str, versions: Versions) -> None:
    with pytest.raises(UpdateError, match="damaged"):
        read_state(text)
    versions.change(BASE, lambda state: state.installed("0.2.0"))
    (versions.folder / "state.json").write_text(text)
    with pytest.raises(UpdateError, match="damaged"):
        versions.read(BASE)
    assert versions.change(BASE, lambda state: state) == State(BASE)


def test_a_state_with_more_in_it_by_a_later_version_is_read() -> None:
    assert read_state('{"base": "b", "current": "0.9.0", "colour": "blue"}') == State("b", current="0.9.0")


def test_the_path_has_one_version_only(tmp_path: Path) -> None:
    folder, site = tmp_path / "versions", tmp_path / "versions/0.2.0/site"
    assert overlay(site, folder, "") == str(site)
    assert overlay(site, folder, f"{folder}/0.1.5/site:/opt/more") == f"{site}:/opt/more"


class PowerCut:
    """In a process: it dies before its write number `step` in `folder`, and what was not synced is lost.

    A write is whatever opens a file for writing, makes, moves or removes one; and a sync is a step as well.
    """

    def __init__(self, folder: Path, step: int) -> None:
        self._folder, self._left, self._unsynced = str(folder), step, set[str]()
        self._fsync = os.fsync
        os.fsync = self._synced  # type: ignore[assignment]
        sys.addaudithook(self._hook)

    def lose(self) -> None:
        """What the disk does not have is empty."""
        self._folder = "/nowhere"
        for path in self._unsynced:
            if os.path.isfile(path):
                os.truncate(path, 0)

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            self.lose()
            os._exit(CRASHED)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
        if not (writes or event in WRITES) or not str(arguments[0]).startswith(self._folder):
            return
        self._step()
        path = str(arguments[0])
        if writes:
            self._unsynced.add(path)
        if event == "os.rename":
            target = str(arguments[1])
            self._unsynced = {
                target + other.removeprefix(path) if other == path or other.startswith(f"{path}/") else other
                for other in self._unsynced
            }

    def _synced(self, file: Any) -> None:
        self._step()
        number = file if isinstance(file, int) else file.fileno()
        self._fsync(number)
        self._unsynced.discard(os.readlink(f"/proc/self/fd/{number}"))


def crash(work: Callable[[], object], folder: Path, step: int) -> bool:
    """Do `work` in a process whose power is cut before its write number `step`, or at its end; whether it
    was."""
    child = os.fork()
    if child:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status in (0, CRASHED)
        return status == CRASHED
    try:
        power = PowerCut(folder, step)
        work()
        power.lose()
        os._exit(0)
    finally:
        traceback.print_exc()
        os._exit(1)


def check_whole(versions: Versions, state: State) -> None:
    """Whatever may be started from here on has all of its files."""
    for number in state.kept:
        for name, content in tree(number).items():
            assert (versions.site(number) / name).read_bytes() == content
        for compiled in versions.site(number).rglob("*.pyc"):
            assert compiled.stat().st_size


@pytest.mark.parametrize("number", ["0.4.0", "0.2.0"])
def test_power_may_fail_at_any_step_of_an_installation(number: str, maker: Maker, tmp_path: Path) -> None:
    """Of a new version, and of one whose folder is there as the previous one."""
    archive = str(maker.archive(number))
    for step in range(1000):
        state = tmp_path / f"state{step}"
        versions = Versions(state / "versions")
        for old in ("0.2.0", "0.3.0"):
            place(versions, old)
        before = State(BASE, current="0.3.0", previous="0.2.0")
        versions.change(BASE, lambda _, before=before: before)  # type: ignore[misc]

        def work(versions: Versions = versions) -> None:
            install(archive, maker.keys, versions, BASE, works, downgrade=True)

        crashed = crash(work, state, step)
        after = versions.read(BASE)
        assert after in (before, before.without(number), before.without(number).installed(number))
        check_whole(versions, after)
        started = versions.change(BASE, lambda state, v=versions: state.started(v.whole))  # type: ignore[misc]
        assert started.running == "0.3.0"
        assert not started.failure
        if not crashed:
            assert after.pending == number
            assert step > 20
            return
        if after.pending is None:  # and what was left behind is not in the way
            work()
            assert versions.read(BASE).pending == number


def test_power_may_fail_at_any_step_of_a_start_and_of_a_confirmation(tmp_path: Path) -> None:
    for step in range(1000):
        versions = Versions(tmp_path / f"state{step}" / "versions")
        for old in ("0.1.5", "0.2.0", "0.3.0", "0.4.0"):
            place(versions, old)
        before = State(BASE, current="0.3.0", previous="0.2.0", pending="0.4.0", tries=1)
        versions.change(BASE, lambda _, before=before: before)  # type: ignore[misc]
        trial = Trial(Problems(), versions, {TOLD: BASE, RUNNING: "0.4.0"})
        crashed = crash(lambda v=versions: v.change(BASE, lambda s: s.started(v.whole)), tmp_path, step)  # type: ignore[misc]
        assert versions.read(BASE).tries in (1, 2)
        crashed |= crash(trial.conclude, tmp_path, step)
        after = versions.read(BASE)
        assert after.running in ("0.3.0", "0.4.0")
        check_whole(versions, after)
        trial.conclude()  # at the next start
        assert versions.read(BASE) == State(BASE, current="0.4.0", previous="0.3.0")
        assert sorted(path.name for path in versions.folder.iterdir() if path.is_dir()) == ["0.3.0", "0.4.0"]
        if not crashed:
            assert step > 10
            return
