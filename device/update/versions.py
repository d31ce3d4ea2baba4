"""The versions that lie over the base, and which of them runs.

Each has a folder of its own with a tree `site`, which is put before the base's packages. Which one runs is
said in one small file that is replaced whole: wherever the power fails, the old state holds or the new one.

The base's copy of this module reads, for as long as the device lives, what later ones wrote: a field may be
added to `State`, but none may come to mean something else.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from device.errors import UpdateError
from device.system.atomic import sync, write_whole
from device.system.places import state_folder

BASE, RUNNING = "MYNAH_BASE", "MYNAH_VERSION"
"""What `device.update.launch` tells whom it starts: the base, and which version it is if not that."""

TRIES = 2
"""Starts in which a version must become ready: one may end by somebody's pulling the plug."""

NUMBER = re.compile(r"\d{1,9}(\.\d{1,9}){0,3}", re.ASCII)
"""A version; it names a folder, so nothing else may be in it."""


Counts = tuple[int, int]
"""Turns, and how many of them failed."""


def ordered(number: str) -> tuple[int, ...]:
    """For comparing versions: 0.10 comes after 0.9, and 1.0 is 1. What is no version comes before all."""
    found = NUMBER.match(number)
    parts = [int(part) for part in found[0].split(".")] if found else []
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)


def base() -> str:
    """What the versions lie over, so that they can tell when it is replaced: "0.1.0 on Python 3.11"."""
    if told := os.environ.get(BASE):
        return told
    try:
        number = version("mynah")
    except PackageNotFoundError:
        number = "unknown"
    return f"{number} on Python {sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True)
class State:
    """Which version runs. Its methods give the state that follows.

    base: over which all of it holds; another base has not been tried with these versions.
    current: has proved itself; none: the base. previous: the one before it, none: the base.
    pending: installed, and not yet ready in `tries` starts. refused: why, by version.
    failure: what went wrong last, until something goes well.
    own, usual: turns, and those that failed, with what runs and with what ran before it.
    """

    base: str = ""
    current: str | None = None
    previous: str | None = None
    pending: str | None = None
    tries: int = 0
    refused: Mapping[str, str] = field(default_factory=dict)
    failure: str = ""
    own: Counts = (0, 0)
    usual: Counts = (0, 0)

    @property
    def running(self) -> str:
        """The version that has proved itself, in the base's number if it is the base."""
        return self.current or self.base.partition(" ")[0]

    @property
    def kept(self) -> frozenset[str]:
        return frozenset(number for number in (self.current, self.previous, self.pending) if number)

    def over(self, base: str) -> State:
        """Another base is what runs: what lies over this one was not proven on it."""
        return self if base == self.base else State(base)

    def installed(self, number: str) -> State:
        refused = {other: why for other, why in self.refused.items() if other != number}
        return replace(self, pending=number, tries=0, refused=refused, failure="")

    def without(self, number: str) -> State:
        """Nothing is to be started from `number` any more, whose files are about to go."""
        return replace(
            self,
            previous=None if self.previous == number else self.previous,
            pending=None if self.pending == number else self.pending,
        )

    def started(self, whole: Callable[[str], bool]) -> State:
        """At a start: the pending one gets a try, or is taken back. `whole`: whether a version is there."""
        state = self
        if state.pending and not whole(state.pending):
            state = state.fallen("its files are gone")
        if state.pending and state.tries >= TRIES:
            state = state.fallen(f"it was not ready in {TRIES} starts")
        if state.pending:
            return replace(state, tries=state.tries + 1)
        if state.current and not whole(state.current):
            state = replace(
                state, failure=f"{state.current} is gone: its files are not there; install it again"
            )
            before = state.previous if state.previous and whole(state.previous) else None
            state = replace(state, current=before, previous=None)
        return state

    def fallen(self, why: str) -> State:
        """The pending version is taken back, and not offered again."""
        assert self.pending
        failure = f"{self.pending} was taken back: {why}; {self.running} runs"
        refused = {**self.refused, self.pending: why}
        return replace(self, pending=None, tries=0, refused=refused, failure=failure)

    def confirmed(self, number: str) -> State:
        """`number` is ready; nothing changes where it is not the one that is awaited."""
        if number != self.pending:
            return self
        refused = {other: why for other, why in self.refused.items() if ordered(other) > ordered(number)}
        return State(self.base, current=number, previous=self.current, refused=refused, usual=self.own)

    def back(self) -> State:
        """By hand: without the pending version, or else the one before."""
        if self.pending:
            return replace(self, pending=None, tries=0, failure="")
        own, none = self.usual, (0, 0)
        return replace(self, current=self.previous, previous=None, failure="", own=own, usual=none)


def _counts(pair: Sequence[int]) -> Counts:
    turns, failed = map(int, pair)
    return turns, failed


def read_state(text: str) -> State:
    """Raises UpdateError where `text` is none."""
    try:
        content: Any = json.loads(text)
        known = {spec.name for spec in fields(State)}
        state = State(**{key: value for key, value in content.items() if key in known})
        state = replace(state, own=_counts(state.own), usual=_counts(state.usual))
        numbers = all(isinstance(number, str) and NUMBER.fullmatch(number) for number in state.kept)
        if numbers and isinstance(state.tries, int) and isinstance(state.refused, dict):
            return state
    except (ValueError, TypeError, AttributeError):
        pass
    raise UpdateError("the state of the updates is damaged")


@dataclass(frozen=True, slots=True)
class Versions:
    """The folder, which is the service's; root works in it with its rights only, see
    `device.system.as_service`."""

    folder: Path

    @classmethod
    def here(cls) -> Versions:
        return cls(state_folder() / "versions")

    @property
    def incoming(self) -> Path:
        """Where the next one is put together; never started from."""
        return self.folder / "incoming"

    def site(self, number: str) -> Path:
        return self.folder / number / "site"

    def whole(self, number: str) -> bool:
        """A version's folder comes into being by one renaming: it is there, or not at all."""
        return (self.site(number) / "device" / "cli.py").is_file()

    def read(self, base: str) -> State:
        """The state over `base`. Raises UpdateError where it is damaged, OSError where it cannot be read."""
        try:
            text = (self.folder / "state.json").read_text("utf-8")
        except FileNotFoundError:
            return State(base)
        except UnicodeDecodeError:
            text = ""
        return read_state(text).over(base)

    def change(self, base: str, step: Callable[[State], State]) -> State:
        """The state after `step`, which is kept. A damaged one counts as none. Raises OSError."""
        self._make(self.folder)
        with self.locked("lock"):
            try:
                before = self.read(base)
            except UpdateError:
                before = State(base)
            after = step(before)
            if after != before:
                self._write(after)
            return after

    def _write(self, state: State) -> None:
        content = json.dumps(asdict(state), indent=1, sort_keys=True)
        write_whole(self.folder / "state.json", content.encode(), 0o600)

    @contextmanager
    def locked(self, name: str, wait: bool = True) -> Iterator[None]:
        """Alone among processes. Raises BlockingIOError where another is at it and `wait` is not wanted."""
        with (self.folder / name).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            yield

    @contextmanager
    def room(self) -> Iterator[Path]:
        """`incoming`, empty, and gone afterwards. Raises UpdateError where an update is going on, OSError."""
        self._make(self.folder)
        try:
            with self.locked("installing", wait=False):
                shutil.rmtree(self.incoming, ignore_errors=True)
                self._make(self.incoming)
                try:
                    yield self.incoming
                finally:
                    shutil.rmtree(self.incoming, ignore_errors=True)
        except BlockingIOError:
            raise UpdateError("another update is being installed: wait until it is done") from None

    def adopt(self, base: str, tree: Path, number: str) -> State:
        """`tree`, which is on the disk already, becomes the pending version `number`. Raises OSError."""
        target = self.folder / number
        if target.exists():
            self.change(base, lambda state: state.without(number))
            shutil.rmtree(target)
        tree.rename(target)
        sync(self.folder)
        return self.change(base, lambda state: state.installed(number))

    def clean(self, state: State, *also: str | None) -> None:
        """Remove every version but those that `state` keeps, and `also`."""
        for path in self.folder.iterdir():
            if NUMBER.fullmatch(path.name) and path.name not in state.kept | set(also):
                shutil.rmtree(path, ignore_errors=True)

    def _make(self, folder: Path) -> None:
        if not folder.exists():
            folder.mkdir(parents=True)
            sync(folder.parent)


def overlay(site: Path, versions: Path, path: str) -> str:
    """The PYTHONPATH `path` with `site` first, and no other of the `versions`."""
    others = [entry for entry in path.split(os.pathsep) if entry and not Path(entry).is_relative_to(versions)]
    return os.pathsep.join([str(site), *others])
