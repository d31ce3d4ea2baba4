"""A value kept in one file, which is written whole at each change. Several processes may change it."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

from device.system.atomic import set_aside, write_whole

T = TypeVar("T")
Stamp = tuple[int, int, int]
"""Of a file: its inode, size and time of change, which tell whether it is still the one that was read."""

log = logging.getLogger(__name__)


class Kept(Generic[T]):
    """The value in `file`; without a file, it ends with the process.

    A file that makes no sense is set aside, never written over. What cannot be read or written costs a line
    in the log, and the value stays in memory.
    """

    def __init__(
        self, value: T, file: Path | None, loads: Callable[[bytes], T], dumps: Callable[[T], bytes]
    ) -> None:
        """`value`: where there is none yet. `loads` raises ValueError for what makes no sense."""
        self._value, self._file, self._loads, self._dumps = value, file, loads, dumps
        self._stamp: Stamp | None = None

    def read(self) -> T:
        """The value as it is now, also where another process has changed it."""
        stamp = self._stamped()
        if stamp is not None and stamp != self._stamp:
            self._stamp = stamp
            self._value = self._loaded()
        return self._value

    def change(self, how: Callable[[T], T]) -> T:
        """The value after `how`. It is kept when this returns."""
        with self._locked():
            before = self.read()
            self._value = how(before)
            if self._value != before:
                self._write()
        return self._value

    def _stamped(self) -> Stamp | None:
        try:
            found = self._file.stat() if self._file else None
        except OSError:
            return None
        return (found.st_ino, found.st_size, found.st_mtime_ns) if found else None

    def _loaded(self) -> T:
        assert self._file is not None
        try:
            return self._loads(self._file.read_bytes())
        except OSError as error:
            self._leave(error)
        except (ValueError, RecursionError) as error:
            try:
                aside = set_aside(self._file)
                log.error("%s: %s; it is kept as %s, and a new one begins", self._file, error, aside.name)
            except OSError as refusal:
                self._leave(refusal)
        return self._value

    def _leave(self, error: OSError) -> None:
        """What cannot be read or set aside is not written over."""
        log.error("%s: %s; allow Mynah to read it and to write there", self._file, error.strerror)
        self._file = None

    def _write(self) -> None:
        if self._file is None:
            return
        try:
            write_whole(self._file, self._dumps(self._value), 0o600)
        except OSError as error:
            log.error("%s: %s; the change is lost when Mynah ends, make room", self._file, error.strerror)
        self._stamp = self._stamped()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """No other process changes the file meanwhile; where it cannot be locked, it is not."""
        if self._file is None:
            yield
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            lock = self._file.with_name(f".{self._file.name}.lock").open("w")
        except OSError:
            yield
            return
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
