"""The daemon's side of updates: it shows what there is, and installs it when it is asked to.

All the work is another process's, `mynah update`; a thread waits for it. The voice loop waits for nothing,
and what looking and installing load into memory is gone afterwards.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from device.system.problems import Problems

log = logging.getLogger(__name__)

RESTART = 75
"""Exit status of a daemon that wants to be started again, as the new version: EX_TEMPFAIL of sysexits.h."""

FIRST_AGAIN = 60.0
"""Seconds after a look that failed; then twice as long each time: the network may come up after us."""
NICE = 10
"""By how much less urgent than the loop the other process is."""
LONGEST = 3600.0
"""Seconds after which the other process is given up: a server may hand out a byte a minute."""


def command(config: Path | None) -> list[str]:
    """`mynah update`, with the daemon's own settings."""
    named = ["--config", str(config.absolute())] if config is not None else []
    return [sys.executable, "-P", "-m", "device.cli", "update", "--json", *named]


class NoUpdates:
    """Stands in where nobody wants to look for new versions."""

    offered = False
    """Whether somebody looks for new versions."""
    restart = False
    """Whether a new version waits for the daemon's end."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def install(self) -> None:
        """There is nothing to install."""


class Updates(NoUpdates):
    """A context manager; inside it, a thread looks at the source at once and `every` seconds.

    `publish` is given what Home Assistant's update entity is to show, as JSON. `installed`: what runs.
    """

    offered = True

    def __init__(
        self,
        command: Sequence[str],
        every: float,
        installed: str,
        publish: Callable[[str], None],
        problems: Problems,
    ) -> None:
        self._command, self._every, self._installed = command, every, installed
        self._publish, self._problems = publish, problems
        self._wishes: queue.SimpleQueue[bool] = queue.SimpleQueue()  # to install; or no longer to go on
        self._failed = 0  # looks, one after the other
        self._child: subprocess.Popen[str] | None = None
        self._ended = False
        self._thread = threading.Thread(target=self._work, name="update", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._ended = True
        self._wishes.put(False)
        if (child := self._child) is not None:
            child.kill()  # wherever it was, the versions are as they were
        self._thread.join(1)

    def install(self) -> None:
        """Somebody wants the update installed; does not wait."""
        self._wishes.put(True)

    def _work(self) -> None:
        while not self._ended and not self.restart:
            found = self._look()
            with suppress(queue.Empty):
                if self._wishes.get(timeout=self._pause()):
                    self._install(found)

    def _pause(self) -> float:
        return min(self._every, FIRST_AGAIN * 2 ** min(self._failed - 1, 20)) if self._failed else self._every

    def _look(self) -> dict[str, Any]:
        """What there is to install; nothing where there is nothing. Tells it to who watches."""
        found, why = self._run("--check")
        self._failed = self._failed + 1 if why else 0
        if self._failed != 1:  # once is nothing: a network that is not up yet
            self._problems.say("update source", why)
        found = found if found.get("install") is True else {}
        self._show(found, False)
        return found

    def _install(self, found: dict[str, Any]) -> None:
        if not found or self._ended:
            log.info("asked to update, but there is nothing new")
            return
        self._show(found, True)
        log.info("updating to %s", found.get("version"))
        _, why = self._run(str(found.get("archive")))
        self._problems.say("update", f"not updated: {why}" if why else "")
        if why:
            self._show(found, False)
        else:  # and stays in progress, as it is shown, until the new version shows itself
            self.restart = True

    def _show(self, found: dict[str, Any], in_progress: bool) -> None:
        content = {
            "installed_version": self._installed,
            "latest_version": found.get("version", self._installed),
            "title": "Mynah",
            "release_summary": found.get("summary", ""),
            "in_progress": in_progress,
        }
        if not self._ended:
            self._publish(json.dumps(content, ensure_ascii=False))

    def _run(self, *arguments: str) -> tuple[dict[str, Any], str]:
        """What the other process answers, and what it says is wrong, if it fails."""
        try:
            child = self._child = subprocess.Popen(
                [*self._command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            )
            with child:
                with suppress(OSError):
                    os.setpriority(os.PRIO_PROCESS, child.pid, min(19, os.nice(0) + NICE))
                try:
                    answer, said = child.communicate(timeout=LONGEST)
                except subprocess.TimeoutExpired:
                    child.kill()
                    return {}, f"no end within {LONGEST:.0f} s: check the source"
        except OSError as error:
            return {}, f"{self._command[0]}: {error.strerror}"
        for line in said.splitlines():
            log.info("update: %s", line)
        if child.returncode:
            lines = said.strip().splitlines() or [f"status {child.returncode}"]
            return {}, lines[-1].removeprefix("mynah: ")
        try:
            found = json.loads(answer)
        except ValueError:
            found = None
        return (found, "") if isinstance(found, dict) else ({}, f"not understood: {answer[:100]!r}")
