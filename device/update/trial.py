"""The running version, as `device.update.launch` started it: on trial, confirmed, or the base."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress

from device.errors import UpdateError
from device.system.problems import Problems
from device.update.quality import turned
from device.update.versions import BASE, RUNNING, Versions

log = logging.getLogger(__name__)

WHERE = "trial"
"""What its problems are told as."""
EVERY = 10
"""Turns that are counted together, so that the disk is written to seldom."""


class Trial:
    """A process that `launch` did not start is on no trial, and nothing here touches the versions for it."""

    def __init__(
        self,
        problems: Problems,
        versions: Versions | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._problems, self._versions = problems, versions or Versions.here()
        self._base, self._number = environment.get(BASE, ""), environment.get(RUNNING)
        self._failed: list[bool] = []
        self.restart = False
        """Whether this version was taken back, and the one before is to be started."""

    @property
    def launched(self) -> bool:
        return bool(self._base)

    def begin(self) -> None:
        """Tell what went wrong with the last update, if it did."""
        if self.launched:
            try:
                failure = self._versions.read(self._base).failure
                self._problems.say(WHERE, f"update {failure}" if failure else "")
            except UpdateError as error:
                self._problems.say(WHERE, f"{error}: the base runs; install the update again")
            except OSError as error:
                log.warning("%s: %s", self._versions.folder, error.strerror)

    def passed(self) -> None:
        """The daemon has gone on for long enough. Told by the voice loop, which may not wait for a disk."""
        if self.launched:
            threading.Thread(target=self.conclude, name="trial", daemon=True).start()

    def turned(self, failed: bool) -> None:
        """A turn is over. Told by the voice loop."""
        if self.launched:
            self._failed.append(failed)
            if len(self._failed) >= EVERY:
                some, self._failed = tuple(self._failed), []
                threading.Thread(target=self.count, args=(some,), name="trial", daemon=True).start()

    def count(self, failed: Sequence[bool]) -> None:
        """Count turns; where too many fail, the version before this one takes its place."""
        try:
            state = self._versions.change(self._base, lambda state: turned(state, failed))
        except OSError as error:
            log.warning("%s: %s: turns are not counted", self._versions.folder, error.strerror)
            return
        if self._number is not None and self._number in state.refused and state.current != self._number:
            self._problems.say(WHERE, f"update {state.failure}")
            self.restart = True

    def conclude(self) -> None:
        """Confirm this version if it was on trial, and remove those that nobody returns to."""
        signal.alarm(0)  # set by `launch`
        number = self._number
        try:
            if number is not None and self._versions.read(self._base).pending == number:
                self._versions.change(self._base, lambda state: state.confirmed(number))
                log.info("%s is confirmed", number)
                self._problems.say(WHERE, "")
            if self._versions.folder.is_dir():
                with suppress(BlockingIOError), self._versions.locked("installing", wait=False):
                    self._versions.clean(self._versions.read(self._base), number)
        except (OSError, UpdateError) as error:
            self._problems.say(
                WHERE, f"update {number or ''} cannot be confirmed: {error}; is the disk full?"
            )
