"""All the files in which a user may say what they want of the machine."""

from __future__ import annotations

from pathlib import Path

from device.card import classic, cloud, imager
from device.card.supplicant import Parser
from device.card.system_settings import SystemSettings, Tell


def system_settings(boot: Path, tell: Tell, refusal: Parser) -> SystemSettings:
    """All system settings on the boot partition. Where files differ, the one that is simpler to write wins.

    `refusal`: wpa_supplicant's own parser.
    """
    simplest = classic.system_settings(boot, tell, refusal)
    return simplest.over(imager.system_settings(boot, tell)).over(cloud.system_settings(boot, tell))
