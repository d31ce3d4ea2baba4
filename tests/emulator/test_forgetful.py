"""The card that forgets, without an emulator."""

from __future__ import annotations

import io
import random
from pathlib import Path

from tests.emulator.forgetful import DISCARD, ENTRY, FLUSH, MAGIC, SECTOR, SUPER, settle


def log(*steps: tuple[int, bytes] | int) -> io.BytesIO:
    """Writes (sector, content) and flags."""
    parts = [SUPER.pack(MAGIC, 1, len(steps), SECTOR).ljust(SECTOR, b"\0")]
    for step in steps:
        sector, content, flags = (0, b"", step) if isinstance(step, int) else (*step, 0)
        parts += [ENTRY.pack(sector, len(content) // SECTOR, flags, 0).ljust(SECTOR, b"\0"), content]
    return io.BytesIO(b"".join(parts))


def settled(stream: io.BytesIO, card: Path, seed: int) -> tuple[bytes, int]:
    card.write_bytes(bytes(8 * SECTOR))
    lost = settle(stream, card, random.Random(seed))
    return card.read_bytes()[::SECTOR], lost


def test_what_was_flushed_is_kept_and_of_the_rest_some(tmp_path: Path) -> None:
    kept = (0, b"a" * SECTOR), (1, b"b" * 2 * SECTOR), FLUSH, DISCARD
    unsure = [(sector, b"c" * SECTOR) for sector in (1, 4, 5)]
    results = {settled(log(*kept, *unsure), tmp_path / "card", seed) for seed in range(200)}
    assert {content[:1] + content[2:3] for content, _ in results} == {b"ab"}
    rest = {content[1:2] + content[4:6] for content, _ in results}
    assert rest == {b"ccc", b"bcc", b"c\0c", b"cc\0", b"b\0c", b"bc\0", b"c\0\0", b"b\0\0"}
    for content, lost in results:
        assert lost == 3 - content.count(b"c")


def test_a_log_that_was_cut_itself(tmp_path: Path) -> None:
    whole = log((0, b"a" * SECTOR), FLUSH, (1, b"b" * 2 * SECTOR)).getvalue()
    content, lost = settled(io.BytesIO(whole[: -SECTOR - 7]), tmp_path / "card", 1)
    assert (content, lost) == (b"a" + bytes(7), 0)
    assert settled(io.BytesIO(), tmp_path / "card", 1) == (bytes(8), 0)
