"""Writes questions and answers down and sends questions, on a thread of its own: nobody waits for it."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from device.desk import faq
from device.desk.handed import ANSWERED, OPEN, Handed
from device.desk.store import FILE, Store

log = logging.getLogger(__name__)

Send = Callable[[Handed], None]
"""Has a question leave the device. May wait; raises OSError where it has not left."""

AGAIN = 60.0
"""Seconds from a question that could not be sent to the next attempt."""
WAITING = 200
"""Questions and answers that wait to be written."""


class Clerk:
    """Keeps what it is given below `folder`. `report` is told what is wrong; "" where nothing is."""

    def __init__(self, folder: Path, send: Send, report: Callable[[str], None]) -> None:
        self._folder, self._send, self._report = folder, send, report
        self._come, self._ending = threading.Event(), threading.Event()
        self._given: deque[Handed] = deque(maxlen=WAITING)
        self._unsent: dict[str, Handed] = {}
        self._unkept: deque[Handed] = deque(maxlen=WAITING)
        self._left: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def take(self, handed: Handed) -> None:
        """A new question, or what has become of one. Waits for nothing."""
        self._given.append(handed)
        self._come.set()

    def end(self) -> None:
        """Write what is left, and end."""
        self._ending.set()
        self._come.set()
        self._thread.join(2)

    def _run(self) -> None:
        while not self._ending.is_set():
            self._come.wait(AGAIN if self._unsent or self._unkept else None)
            self._come.clear()
            self.work(sends=not self._ending.is_set())

    def work(self, sends: bool = True) -> None:
        """Do what there is to do now: all of it on the thread that calls this."""
        problems = [self._kept(), self._sent() if sends else ""]
        self._report("; ".join(filter(None, problems)))

    def _kept(self) -> str:
        """Write what has come. What is wrong, in a line."""
        while self._given:
            one = self._given.popleft()
            self._unkept.append(one)
            if one.state == OPEN and not one.sent:
                self._unsent[one.id] = one
            else:
                self._unsent.pop(one.id, None)
        if not self._unkept and not self._left:
            return ""
        problem = ""
        try:
            store = Store(self._folder / FILE)
            try:
                while self._unkept:
                    store.put(self._unkept[0])
                    problem = self._filed(self._unkept.popleft()) or problem
                store.mark_sent(self._left)
                self._left.clear()
            finally:
                store.close()
        except (sqlite3.Error, OSError) as error:
            return f"{self._folder / FILE}: {error}; make room, and let Mynah write there"
        return problem

    def _filed(self, one: Handed) -> str:
        """Take an answer that is to stay into the FAQ. What is wrong, in a line."""
        if not one.keep or one.state != ANSWERED:
            return ""
        try:
            faq.keep(self._folder / faq.FOLDER, one)
        except OSError as error:
            return f"the answer to {one.id} is not kept: {error}"
        return ""

    def _sent(self) -> str:
        """Send what has not left. What is wrong, in a line."""
        for one in tuple(self._unsent.values()):
            try:
                self._send(one)
            except OSError as error:
                return f"a question cannot be sent and waits: {error}"
            del self._unsent[one.id]
            self._left.add(one.id)
        return self._kept()
