"""`mynah-problems.txt` on the boot partition: what is wrong, for those who have only the card to look at."""

from __future__ import annotations

import os
import stat
import textwrap
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from device.card.machine import Machine
from device.card.places import Card
from device.system.atomic import write_whole
from device.system.problems import kept

NAME = "mynah-problems.txt"

LARGEST = 1 << 16
"""Bytes read of what the daemon says."""
MOST = 100
"""Problems that are listed."""

INTRODUCTION = (
    "Solve these problems on this partition, put the card back and start the device. Mynah writes this file"
    " at each start, and removes it when there are no problems."
)


def show(card: Card, machine: Machine, now: float) -> None:
    """Make the file say what this start and the daemon have found wrong; `now`: seconds since 1970.

    Written only where that is something else than it says. Raises OSError, CardError.
    """
    lines = list(dict.fromkeys((*kept(card.problems), *_of_daemon(card.daemon / "problems.txt"))))
    file = card.boot / NAME
    wanted = page(lines, now) if lines else b""
    there = file.read_bytes() if file.exists() else b""
    if _but_date(wanted) == _but_date(there):
        return
    with machine.writable(card.boot):
        if lines:
            write_whole(file, wanted)
        else:
            file.unlink()


def page(lines: Sequence[str], now: float) -> bytes:
    """As every Notepad shows it: CRLF, and a byte order mark, without which older ones spoil names."""
    date = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
    number = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
    title = f"Mynah has {number} ({date}; before the network is there, the clock may be wrong)"
    paragraphs = [title, INTRODUCTION, *lines[:MOST]]
    if len(lines) > MOST:
        paragraphs.append(f"... and {len(lines) - MOST} more")
    wrapped = (textwrap.fill(each, 90, break_long_words=False, break_on_hyphens=False) for each in paragraphs)
    return ("\ufeff" + "\n\n".join(wrapped) + "\n").replace("\n", "\r\n").encode()


def _but_date(content: bytes) -> bytes:
    return content.partition(b"\r\n\r\n")[2]


def _of_daemon(file: Path) -> Iterable[str]:
    """Its problems. The folder is its own, so what lies there is not to be trusted with root's eyes."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return []
    try:
        status = os.fstat(descriptor)
        if status.st_nlink != 1 or not stat.S_ISREG(status.st_mode):
            return []
        text = os.read(descriptor, LARGEST).decode("utf-8", "replace")
    finally:
        os.close(descriptor)
    return ["".join(c for c in line if c.isprintable()) for line in text.splitlines() if line.strip()]
