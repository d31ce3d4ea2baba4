"""What is done to the machine itself, beside files: all that a test has to stand in for."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from device.errors import CardError
from device.system import identity

log = logging.getLogger(__name__)


class Machine:
    """This one. Raises CardError where it cannot be done."""

    def run(self, command: Sequence[str], given: str = "") -> None:
        """Run a program, `given` on its standard input: secrets are not for its arguments."""
        try:
            done = subprocess.run(
                command, input=given, capture_output=True, text=True, timeout=60, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CardError(f"{command[0]} cannot be run ({type(error).__name__})") from None
        if done.returncode:
            reason = done.stderr.strip().splitlines()[:1] or [f"status {done.returncode}"]
            raise CardError(f"{' '.join(command[:2])}: {reason[0]}")

    def printed(self, command: Sequence[str], given: str = "") -> str:
        """All that a program prints, whether it succeeds or not; nothing where it cannot be run."""
        try:
            done = subprocess.run(
                command,
                input=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                timeout=20,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout

    def name(self, host: str) -> None:
        """Call the host so, until power-off."""
        try:
            socket.sethostname(host)
        except OSError as error:
            raise CardError(f"the host cannot be called {host}: {error.strerror}") from None

    def identity(self) -> str:
        """What tells it from all others."""
        return identity.machine()

    def mounted(self, place: Path) -> bool:
        """Whether a partition is mounted there."""
        lines = Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines()
        return any(line.split()[4] == str(place) for line in lines)

    @contextmanager
    def writable(self, partition: Path) -> Iterator[None]:
        """The partition for a moment, which otherwise is read-only as it was."""
        if not os.statvfs(partition).f_flag & os.ST_RDONLY:
            yield
            return
        self.run(["mount", "-o", "remount,rw", str(partition)])
        try:
            yield
        finally:
            self.run(["mount", "-o", "remount,ro", str(partition)])
