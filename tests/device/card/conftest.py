"""A card in a folder, and a machine to which nothing is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from device.card.machine import Machine
from device.card.places import Card
from device.errors import CardError


class Bench(Machine):
    """Keeps what it should have done; `broken`: programs that fail."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ran: list[tuple[tuple[str, ...], str]] = []
        self.called: list[str] = []
        self.written = 0
        self.partition = True  # whether there is one for what is kept
        self.broken: set[str] = set()
        self.prints = ""  # whatever is run

    def run(self, command: Sequence[str], given: str = "") -> None:
        if command[0] in self.broken:
            raise CardError(f"{command[0]}: does not work")
        self.ran.append((tuple(command), given))
        if command[0] == "useradd":
            with (self.root / "etc/passwd").open("a") as passwd:
                passwd.write(f"{command[-1]}:x:1000:1000::/home/{command[-1]}:/bin/bash\n")
        if command[0] == "ssh-keygen":
            (Path(command[-1]) / "etc/ssh/ssh_host_ed25519_key").write_text("the key")

    def printed(self, command: Sequence[str], given: str = "") -> str:
        return self.prints

    def name(self, host: str) -> None:
        self.called.append(host)

    def identity(self) -> str:
        return "0123456789abcdef"

    def mounted(self, place: Path) -> bool:
        return self.partition

    @contextmanager
    def writable(self, partition: Path) -> Iterator[None]:
        self.written += 1
        yield


@pytest.fixture
def card(tmp_path: Path) -> Card:
    card = Card(*(tmp_path / name for name in ("boot", "root", "state", "partition", "run", "daemon")))
    for folder in (card.boot, card.root / "etc", card.state, card.run, card.daemon):
        folder.mkdir(parents=True)
    (card.boot / "config.txt").write_text("arm_64bit=1\n")
    (card.root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/bash\nmail:x:8:8::/var/mail:/bin/sh\n")
    (card.root / "etc/group").write_text("root:x:0:\naudio:x:29:\nsudo:x:27:\n")
    (card.root / "etc/hosts").write_text("127.0.0.1\tlocalhost\n127.0.1.1\told\n")
    zone = card.root / "usr/share/zoneinfo/Europe/London"
    zone.parent.mkdir(parents=True)
    zone.write_text("TZif")
    return card


@pytest.fixture
def machine(card: Card) -> Bench:
    return Bench(card.root)
