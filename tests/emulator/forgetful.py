"""A card that loses, when the power goes, what it was not told to bring to its flash: some of it, or all.

Cards answer a write before it is done, and do writes in the order that suits them; only a flush makes sure of
what came before it. The emulator writes down all writes and flushes (its `blklogwrites`, in the format of the
kernel's dm-log-writes); when the power is cut, the card gets what was flushed, and of the rest what chance
leaves.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, NamedTuple

from tests.emulator.card import Card
from tests.emulator.machine import VIRT, Machine

SECTOR = 512
SUPER = struct.Struct("<QQQI")  # magic, version, entries, sector size
ENTRY = struct.Struct("<QQQQ")  # sector, sectors, flags, length of what a mark says
MAGIC = 0x6A736677736872
FLUSH, DISCARD = 1 << 0, 1 << 2

FORGETFUL = replace(
    VIRT,
    name="forgetful",
    storage=(
        "-blockdev",
        "driver=blklogwrites,node-name=card,file.driver=file,file.filename={card},"
        f"log.driver=file,log.filename={{card}}.log,log-sector-size={SECTOR},log-super-update-interval=1",
        *("-device", "virtio-blk-pci,drive=card"),
    ),
)


class Write(NamedTuple):
    """`content` of the card from byte `at` on."""

    at: int
    content: bytes


@contextmanager
def powered(
    card: Card, folder: Path, sound: Mapping[str, str], chance: random.Random, lost: list[int]
) -> Iterator[Machine]:
    """A machine that starts from `card`; at the end the power is cut, and `lost` gets how many writes are."""
    scratch = Card(card.path, folder / "scratch.img")
    log = scratch.path.with_name(scratch.path.name + ".log")
    log.write_bytes(b"")
    with Machine(FORGETFUL, scratch, folder, sound) as machine:
        yield machine
    with log.open("rb") as stream:
        lost.append(settle(stream, card.path, chance))


def settle(log: BinaryIO, card: Path, chance: random.Random) -> int:
    """Write to the `card` what it would have kept of a `log`. Returns the number of lost writes."""
    share, unsure, lost = chance.random(), list[Write](), 0
    with card.open("r+b") as flash:

        def keep(write: Write) -> None:
            flash.seek(write.at)
            flash.write(write.content)

        for step in steps(log):
            if step is not None:
                unsure.append(step)
                continue
            for write in unsure:
                keep(write)
            unsure.clear()
        for write in unsure:
            if chance.random() < share:
                keep(write)
            else:
                lost += 1
    return lost


def steps(log: BinaryIO) -> Iterator[Write | None]:
    """The writes of a log in their order, None where all before has been flushed."""
    head = log.read(SECTOR)
    if not head:  # nothing has been written yet
        return
    magic, _, entries, size = SUPER.unpack(head[: SUPER.size])
    assert (magic, size) == (MAGIC, SECTOR), "not a log of writes"
    for _ in range(entries):
        head = log.read(SECTOR)
        sector, sectors, flags, _ = ENTRY.unpack(head[: ENTRY.size].ljust(ENTRY.size, b"\0"))
        if flags & FLUSH:
            yield None
        if flags & DISCARD or not sectors:
            continue
        content = log.read(sectors * SECTOR)
        if len(content) < sectors * SECTOR:  # the cut came while the log itself was written
            return
        yield Write(sector * SECTOR, content)
