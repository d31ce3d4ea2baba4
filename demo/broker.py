"""An MQTT broker inside this process, so that the demonstration needs no server."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from types import TracebackType

import amqtt.broker

logging.getLogger("amqtt").setLevel(logging.CRITICAL)
logging.getLogger("transitions").setLevel(logging.ERROR)


def free_port() -> int:
    """A TCP port that nobody listens on at the loopback address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Broker:
    """amqtt on a free loopback port, in a thread with an event loop of its own; a context manager.

    It speaks MQTT 3.1.1, lets anyone in, and forgets everything when it closes.
    """

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.port = free_port()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Broker:
        self._thread.start()
        self._wait_until_it_listens()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        listener = {"type": "tcp", "bind": f"{self.host}:{self.port}"}
        anonymous = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
        broker = amqtt.broker.Broker({"listeners": {"default": listener}, "plugins": anonymous})
        await broker.start()
        await self._stop.wait()
        await broker.shutdown()

    def _wait_until_it_listens(self, seconds: float = 10.0) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._thread.is_alive():
            with socket.socket() as probe:
                if probe.connect_ex((self.host, self.port)) == 0:
                    return
            time.sleep(0.02)
        raise OSError(f"the embedded broker did not start on port {self.port}")
