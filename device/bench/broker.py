"""A broker of our own, so that no lamp goes on for a measurement."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from device.errors import BrokerError
from device.settings import MqttSettings


@contextmanager
def private_broker() -> Iterator[MqttSettings]:
    """A mosquitto on a free port. Raises BrokerError without one."""
    program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        raise BrokerError("mosquitto is needed to measure with: sudo apt install mosquitto")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings = MqttSettings(host="127.0.0.1", port=probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "mosquitto.conf"
        config.write_text(f"listener {settings.port} 127.0.0.1\nuser root\nallow_anonymous true\n")
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        broker = subprocess.Popen([program, "-c", str(config)], **silent)  # type: ignore[call-overload]
        try:
            _wait_until_it_answers(settings)
            yield settings
        finally:
            broker.terminate()
            broker.wait()


def _wait_until_it_answers(mqtt: MqttSettings) -> None:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with suppress(OSError):
            socket.create_connection(mqtt.address, 1).close()
            return
        time.sleep(0.02)
    raise BrokerError("mosquitto does not start: see `mosquitto -v`")
