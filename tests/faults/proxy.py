"""A network that can be broken: a TCP proxy in front of the broker."""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass, field

from tests.device.broker import free_port

PIECE = 4096


@dataclass
class Link:
    """One way of one connection. `waiting`: (time at which it may go on, bytes)."""

    source: socket.socket
    target: socket.socket
    waiting: deque[tuple[float, bytes]] = field(default_factory=deque)
    free_at: float = 0.0


class Proxy:
    """Passes connections on to `broker`, a port of this machine; a context manager.

    `delay`: seconds that every piece takes. `rate`: bytes a second, 0 for any. `deaf`: what comes is taken
    and forgotten, as if a cable was pulled. `cut` resets what is connected; `closed` takes no connection.
    """

    def __init__(self, broker: int) -> None:
        self.port = free_port()
        self.delay, self.rate, self.deaf, self.closed = 0.0, 0.0, False, False
        self._broker = broker
        self._links: list[Link] = []
        self._lock = threading.Lock()
        self._ending = threading.Event()

    def __enter__(self) -> Proxy:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._listener.settimeout(0.05)
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._accept, self._pass_on)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()
        self.cut()
        self._listener.close()

    def heal(self) -> None:
        self.delay, self.rate, self.deaf, self.closed = 0.0, 0.0, False, False

    def cut(self) -> None:
        """Resets every connection; what is on its way is lost."""
        with self._lock:
            for link in self._links:
                _reset(link.source)
                _reset(link.target)
            self._links.clear()

    def _accept(self) -> None:
        while not self._ending.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            try:
                if self.closed:
                    raise ConnectionRefusedError
                server = socket.create_connection(("127.0.0.1", self._broker), 1.0)
            except OSError:
                _reset(client)
                continue
            for one in (client, server):
                one.setblocking(False)
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._links += [Link(client, server), Link(server, client)]

    def _pass_on(self) -> None:
        while not self._ending.is_set():
            with self._lock:
                links = list(self._links)
            if not links:
                time.sleep(0.01)
                continue
            with selectors.DefaultSelector() as selector:
                for link in links:
                    with contextlib.suppress(ValueError, KeyError):
                        selector.register(link.source, selectors.EVENT_READ, link)
                for key, _ in selector.select(0.005):
                    self._take(key.data)
            for link in links:
                self._give(link)

    def _take(self, link: Link) -> None:
        try:
            data = link.source.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end(link)
        elif not self.deaf:
            now = time.monotonic()
            link.free_at = max(link.free_at, now) + (len(data) / self.rate if self.rate else 0.0)
            link.waiting.append((max(now + self.delay, link.free_at), data))

    def _give(self, link: Link) -> None:
        while link.waiting and link.waiting[0][0] <= time.monotonic():
            _, data = link.waiting.popleft()
            try:
                sent = link.target.send(data)
            except BlockingIOError:
                sent = 0
            except OSError:
                self._end(link)
                return
            if sent < len(data):
                link.waiting.appendleft((time.monotonic(), data[sent:]))
                return

    def _end(self, link: Link) -> None:
        with self._lock:
            _reset(link.source)
            _reset(link.target)
            self._links = [one for one in self._links if one.source not in (link.source, link.target)]


def _reset(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one.close()
