"""What a service manager is told."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from device.system.service import Service


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.setblocking(False)
        yield line


def told(manager: socket.socket) -> list[str]:
    found = []
    try:
        while True:
            found.append(manager.recv(200).decode())
    except BlockingIOError:
        return found


def test_it_is_ready_with_the_first_audio_and_alive_while_it_flows(manager: socket.socket) -> None:
    service = Service({"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "3000000"})
    assert told(manager) == []
    for tenth in range(25):
        service.audio(tenth / 10)
    service.ending()
    assert told(manager) == ["READY=1\nSTATUS=listening", *["WATCHDOG=1"] * 3, "STOPPING=1"]


def test_without_a_watchdog_it_is_only_ready(manager: socket.socket) -> None:
    service = Service({"NOTIFY_SOCKET": manager.getsockname()})
    service.audio(0.0)
    service.audio(60.0)
    assert told(manager) == ["READY=1\nSTATUS=listening"]


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all", "WATCHDOG_USEC": "x"}])
def test_where_nobody_listens_it_is_silent(environment: dict[str, str]) -> None:
    service = Service(environment)
    service.audio(0.0)
    service.ending()
