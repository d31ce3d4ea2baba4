"""A broker that says what it is told to say, as real ones do only when something is wrong."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable
from typing import Self

from device.settings import MqttSettings

CONNECTED = {"3.1.1": bytes((0x20, 2, 0, 0)), "5": bytes((0x20, 3, 0, 0, 0))}


class Scripted:
    """A broker that answers each packet, by the first half of its first byte, as it is told."""

    def __init__(self, version: str, answers: dict[int, Callable[[bytes], bytes]]) -> None:
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.settings = MqttSettings("127.0.0.1", self._listener.getsockname()[1], version=version)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        for _ in itertools.count():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client, client.makefile("rb") as stream:
                while len(head := stream.read(2)) == 2:
                    packet = head + stream.read(head[1])
                    if answer := self._answers.get(head[0] >> 4):
                        client.sendall(answer(packet))
