"""An emulated board that starts from a card, as qemu-system-aarch64 makes it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.device.broker import free_port
from tests.emulator.card import Card


@dataclass(frozen=True, slots=True)
class Board:
    """What differs between machines: qemu's arguments, with the places of card, port and sound left open."""

    name: str
    arguments: tuple[str, ...]
    storage: tuple[str, ...]
    console: str
    tree: str | None = None  # the device tree, from the boot partition
    sound: tuple[str, ...] = ()
    words: str = ""  # for the kernel's command line
    processors: int | None = None  # where the board leaves it open


VIRT = Board(
    "virt",
    (
        *("-M", "virt", "-cpu", "cortex-a72", "-m", "1024"),
        *(
            "-netdev",
            "user,id=net,hostfwd=tcp:127.0.0.1:{port}-:22",
            "-device",
            "virtio-net-pci,netdev=net,romfile=",
        ),
    ),
    ("-drive", "file={card},format=raw,if=none,id=card", "-device", "virtio-blk-pci,drive=card"),
    "ttyAMA0",
    processors=2,
    sound=("-audiodev", "alsa,id=sound", "-device", "intel-hda", "-device", "hda-duplex,audiodev=sound"),
)

RASPI3B = Board(
    "raspi3b",
    ("-M", "raspi3b"),
    ("-drive", "file={card},format=raw,if=sd"),
    "ttyS1,115200",
    tree="bcm2837-rpi-3-b.dtb",
    words="module_blacklist=bcm2835_wdt",  # emulated, the watchdog bites as soon as it is let loose
)
"""Without a network, and without sound: what it has to say is on its card."""

HOST = "10.0.2.2"
"""This side, as the machine sees it."""


class Machine:
    """A context manager: on while inside. `cut` takes the power away, as does its end.

    `folder`: of what the machine says (`console.log`). `sound`: the environment of the sound server whose
    microphone the machine has; none: it has no sound card.
    """

    def __init__(
        self,
        board: Board,
        card: Card,
        folder: Path,
        sound: Mapping[str, str] | None = None,
    ) -> None:
        self.port = free_port()
        self.started = 0.0
        self._console = folder / "console.log"
        self._environment = {**os.environ, **(sound or {})}
        cmdline = " ".join(
            word for word in (card.read("cmdline.txt") or b"").decode().split() if "console=" not in word
        )
        names = {"card": str(card.path), "port": str(self.port)}
        serial = "file:" + str(self._console)
        self._command = [
            "qemu-system-aarch64",
            *(argument.format(**names) for argument in (*board.arguments, *board.storage)),
            *(("-smp", str(board.processors)) if board.processors else ()),
            *(board.sound if sound is not None else ()),
            *("-kernel", str(card.extract("vmlinuz", folder))),
            *("-initrd", str(card.extract("initramfs.img", folder))),
            *(("-dtb", str(card.extract(board.tree, folder))) if board.tree else ()),
            *("-append", f"{cmdline} console={board.console} {board.words}".strip()),
            *("-display", "none", "-monitor", "none", "-no-reboot"),
            *(("-serial", "null") if board.tree else ()),
            *("-serial", serial),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            stdout=self._console.with_name("qemu.log").open("wb"),
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()

    def cut(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def on(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def age(self) -> float:
        """Seconds since the power came."""
        return time.monotonic() - self.started

    @property
    def said(self) -> str:
        return self._console.read_text(errors="replace") if self._console.exists() else ""
