"""All the files in which a user may say what they want of the machine."""

from __future__ import annotations

from pathlib import Path

from device.card import classic, cloud, imager
from device.card.supplicant import Parser
from device.card.wishes import Tell, Wishes


def wishes(boot: Path, tell: Tell, refusal: Parser) -> Wishes:
    """All wishes on the boot partition. Where files differ, the one that is simpler to write wins.

    `refusal`: wpa_supplicant's own parser.
    """
    simplest = classic.wishes(boot, tell, refusal)
    return simplest.over(imager.wishes(boot, tell)).over(cloud.wishes(boot, tell))
