"""What is wrong at the moment, in lines that say what to do."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from device.system.atomic import write_whole

Lines = tuple[str, ...]

SETTINGS_PAGE = Path("/run/mynah-card/problems.txt")
"""What `mynah card` found wrong on the boot partition, a problem a line."""


class Problems:
    """By where they come from; may be told from any thread. Who is connected is given all of them."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._tell: list[Callable[[Lines], None]] = []
        self._lock = threading.Lock()

    def connect(self, tell: Callable[[Lines], None]) -> None:
        """From now on to `tell` as well, and at once."""
        with self._lock:
            self._tell.append(tell)
            tell(self._lines())

    def say(self, where: str, text: str) -> None:
        """`text` is wrong in `where`; empty: all is well there."""
        with self._lock:
            if self._texts.get(where, "") != text:
                self._texts[where] = text
                for tell in self._tell:
                    tell(self._lines())

    def _lines(self) -> Lines:
        return tuple(text for text in self._texts.values() if text)


class ProblemFile:
    """Keeps problems in `file`, one a line, for programs that are not connected; None: keeps none.

    It is written `delay` seconds after a change, with what is wrong by then, so at most once in that time and
    not for what passes by itself.
    """

    def __init__(self, file: Path | None, delay: float = 60.0) -> None:
        self._file, self._delay = file, delay
        self._lines: Lines = ()
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    def tell(self, lines: Lines) -> None:
        """Does not wait."""
        with self._lock:
            self._lines = lines
            if self._file is not None and self._timer is None:
                self._timer = threading.Timer(self._delay, self._write)
                self._timer.daemon = True
                self._timer.start()

    def add(self, line: str) -> None:
        """At once: the program ends of it."""
        with self._lock:
            self._lines = (*self._lines, line)
        self._write()

    def _write(self) -> None:
        with self._lock:
            self._timer = None
            text = "".join(" ".join(line.split()) + "\n" for line in self._lines)
            if self._file is not None and text != _text(self._file):
                with suppress(OSError):  # no room for it is not what the program is to end of
                    write_whole(self._file, text.encode(), 0o600)


def problem_file(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where the daemon keeps them: in the service's own folder below /run, if it has one."""
    folder = environment.get("RUNTIME_DIRECTORY", "").partition(":")[0]
    return Path(folder) / "problems.txt" if folder else None


def kept(file: Path) -> Iterable[str]:
    """The problems in `file`; none where there is no such file."""
    return [line for line in _text(file).splitlines() if line]


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
