"""Reads texts and counts complaints, on a thread of its own: nobody waits for it."""

from __future__ import annotations

import json
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from device.complaints.said import Heard, Said, said
from device.complaints.surge import DAY, REST, Surge, Usual
from device.system.atomic import write_whole

log = logging.getLogger(__name__)

NEGATIVE = 0.3
"""The probability from which a text counts as negative: of negative comments in GoEmotions' validation part
two thirds have it, of others a seventh."""
EXAMPLES = 3
"""Texts that are told with a surge."""
WAITING = 1000
"""Texts that wait to be read; more push the oldest out."""
SUBJECTS = 200
"""Things that are watched; the one of which nothing was heard for longest makes room."""
KEPT_EVERY = 3600.0
"""Seconds between two times that the usual rates are written."""


class Head(Protocol):
    """How negative a text is, 0…1."""

    def __call__(self, text: str) -> float: ...


@dataclass(frozen=True, slots=True)
class Alert:
    """A surge: `count` complaints about `subject` within `seconds`; `usual`: complaints a day."""

    subject: str
    count: int
    seconds: float
    usual: float
    examples: tuple[str, ...]


class Complaints:
    """What is known of the complaints about each thing. `begun`: when it began to watch."""

    def __init__(self, begun: float, usual: Mapping[str, Usual] | None = None, watched: float = 0.0) -> None:
        """`usual`, `watched`: what an earlier process has counted, in so many seconds."""
        self._begun, self._watched = begun, watched
        self._surges = {subject: Surge(one) for subject, one in (usual or {}).items()}
        self._examples: dict[str, deque[str]] = {}

    def take(self, complaint: Said) -> Alert | None:
        """Count a complaint; the surge that it completes, if it does."""
        subject, at = complaint.subject, complaint.at
        before = self._surges.pop(subject, None) or Surge(Usual(at, 0.0, self._span(at)))
        after = self._surges[subject] = before.complained(at)
        texts = self._examples.setdefault(subject, deque(maxlen=EXAMPLES))
        texts.append(complaint.text)
        while len(self._surges) > SUBJECTS:
            self._examples.pop(oldest := next(iter(self._surges)), None)
            del self._surges[oldest]
        if after.found == before.found:
            return None
        return Alert(subject, after.count, at - after.since, after.usual.rate * DAY, tuple(texts))

    def _span(self, at: float) -> float:
        """For how long there could have been complaints about what nobody complained about."""
        return Usual(self._begun, 0.0, self._watched).later(at).span

    def rest(self, at: float) -> tuple[str, ...]:
        """The things whose surge was found within REST."""
        return tuple(subject for subject, one in self._surges.items() if one.rests(at))

    def kept(self, at: float) -> dict[str, Any]:
        """What the next process begins with, as JSON."""
        usual = {subject: asdict(one.usual.later(at)) for subject, one in self._surges.items()}
        return {"watched": self._span(at), "usual": usual}


def begun(at: float, content: bytes) -> Complaints:
    """From what an earlier process kept; from nothing where that makes no sense."""
    try:
        kept = json.loads(content)
        usual = {
            str(subject): Usual(at, float(one["count"]), float(one["span"]))
            for subject, one in kept["usual"].items()
        }
        return Complaints(at, usual, float(kept["watched"]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Complaints(at)


class Watcher:
    """Takes what is said from any thread. On its own, `load` gives the head, `names` what there may be
    complaints about, `tell` is told of each surge, and `report` which things have one."""

    def __init__(
        self,
        file: Path,
        load: Callable[[], Head],
        names: Callable[[], Iterable[str]],
        tell: Callable[[Alert], None],
        report: Callable[[tuple[str, ...]], None],
        elapsed: Callable[[], float],
    ) -> None:
        self._file, self._load, self._tell, self._report = file, load, tell, report
        self._names, self._elapsed = names, elapsed
        self._come, self._ending = threading.Event(), threading.Event()
        self._waiting: deque[Heard] = deque(maxlen=WAITING)
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def take(self, heard: Heard) -> None:
        """Read it soon. Waits for nothing."""
        self._waiting.append(heard)
        self._come.set()

    def end(self) -> None:
        self._ending.set()
        self._come.set()
        self._thread.join(2)

    def _run(self) -> None:
        head, complaints = self._load(), begun(self._elapsed(), _content(self._file))
        written = self._elapsed()
        while not self._ending.is_set():
            self._come.wait(REST / 24)
            self._come.clear()
            self.read(head, complaints)
            self._report(complaints.rest(self._elapsed()))
            if self._ending.is_set() or self._elapsed() - written >= KEPT_EVERY:
                written = self._elapsed()
                self._keep(complaints.kept(written))

    def read(self, head: Head, complaints: Complaints) -> None:
        """All that waits."""
        names = tuple(self._names()) if self._waiting else ()
        while self._waiting and not self._ending.is_set():
            heard = self._waiting.popleft()
            one = said(heard, names)
            complains = heard.failed or (one.text and head(one.text) >= NEGATIVE)
            if complains and (alert := complaints.take(one)) is not None:
                self._tell(alert)

    def _keep(self, content: Mapping[str, Any]) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, json.dumps(content, ensure_ascii=False).encode(), 0o600)
        except OSError as error:
            log.error("%s: %s; what is usual is not kept: make room", self._file, error.strerror)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
