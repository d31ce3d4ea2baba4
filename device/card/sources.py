"""All the files in which a user may say what they want of the machine."""

from __future__ import annotations

from pathlib import Path

from device.card import classic, cloud, imager
from device.card.wishes import Tell, Wishes


def wishes(boot: Path, tell: Tell) -> Wishes:
    """All wishes on the boot partition. Where files differ, the one that is simpler to write wins."""
    wanted = Wishes()
    for read in (cloud.wishes, imager.wishes, classic.wishes):
        wanted = read(boot, tell).over(wanted)
    return wanted
