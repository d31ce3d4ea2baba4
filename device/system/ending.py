"""Ending on a signal, in good order: what has been begun is finished first."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

Item = TypeVar("Item")
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Ending:
    """SIGTERM and SIGINT raise SystemExit with status 0, once: at once while the program waits, else when it
    waits next. It waits until its work begins, for the next of `items`, and in `pause`.

    Without that, a signal that comes while a turn is told would leave it told to some and not to others.
    To be made on the main thread; a later signal does nothing.
    """

    def __init__(self) -> None:
        self._wanted, self._waits = False, True
        for each in SIGNALS:
            signal.signal(each, self._signalled)

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        self._wanted = True
        if self._waits:
            sys.exit(0)

    def items(self, source: Iterable[Item]) -> Iterator[Item]:
        """The items of `source`; what is done with each is finished before a signal counts."""
        iterator = iter(source)
        while True:
            with self._waiting():
                try:
                    item = next(iterator)
                except StopIteration:
                    break
            yield item

    def pause(self, seconds: float) -> None:
        """Wait for `seconds`."""
        with self._waiting():
            time.sleep(seconds)

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        self._waits = True
        try:
            if self._wanted:
                sys.exit(0)
            yield
        finally:
            self._waits = False
