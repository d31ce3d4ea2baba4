"""The real `mynah run` as a child process, with settings made for the demonstration."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

DEVICE_ID = "demo"
CHECKOUT = Path(__file__).parent.parent

SETTINGS = """\
[device]
id = "{id}"

[mqtt]
host = "{host}"
port = {port}
"""


@dataclass(frozen=True, slots=True)
class Daemon:
    """`pipe` takes its audio, raw 16 kHz mono PCM; None where it has a microphone."""

    process: subprocess.Popen[bytes]
    pipe: IO[bytes] | None
    log: Path

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def last_words(self) -> str:
        """The end of its log."""
        lines = self.log.read_text("utf-8", "replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-8:])


@contextmanager
def daemon(host: str, port: int, microphone: bool) -> Iterator[Daemon]:
    """Run Mynah against the broker at `host` and `port`, without a memory; end it with SIGTERM."""
    with tempfile.TemporaryDirectory(prefix="mynah-demo-") as folder:
        settings, log = Path(folder) / "mynah.toml", Path(folder) / "log"
        settings.write_text(SETTINGS.format(id=DEVICE_ID, host=host, port=port), "utf-8")
        command = [sys.executable, "-m", "device.cli", "run", "--config", str(settings)]
        with log.open("wb") as output:
            # A session of its own: Ctrl-C is for us, and we end it in good order.
            process = subprocess.Popen(
                command if microphone else [*command, "--input", "-"],
                stdin=subprocess.DEVNULL if microphone else subprocess.PIPE,
                stderr=None if microphone else output,
                stdout=subprocess.DEVNULL,
                cwd=CHECKOUT,
                env={**os.environ, "STATE_DIRECTORY": folder},
                start_new_session=True,
            )
        try:
            yield Daemon(process, process.stdin, log)
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin:
        with suppress(BrokenPipeError):
            process.stdin.close()
