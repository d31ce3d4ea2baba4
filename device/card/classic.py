"""The empty file `ssh`, `userconf.txt` and `wpa_supplicant.conf`, as Raspberry Pi OS has always read them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from device.card import text
from device.card.supplicant import Parser, doubts, faults, straight
from device.card.system_settings import SystemSettings, Tell, User, login
from device.errors import CardError


def system_settings(boot: Path, tell: Tell, refusal: Parser) -> SystemSettings:
    """What the files want; nothing where there are none. A part that is wrong is told, the rest holds.

    `refusal`: wpa_supplicant's own parser.
    """
    wanted = SystemSettings(ssh=True if (boot / "ssh").is_file() or (boot / "ssh.txt").is_file() else None)
    try:
        if (file := text.find(boot, "userconf")) is not None:
            wanted = dataclasses.replace(wanted, user=_userconf(file))
    except CardError as error:
        tell(str(error))
    try:
        if (file := text.find(boot, "wpa_supplicant.conf")) is not None:
            wanted = dataclasses.replace(wanted, supplicant=_supplicant(file, tell, refusal))
    except CardError as error:
        tell(str(error))
    return wanted


def _supplicant(file: Path, tell: Tell, refusal: Parser) -> str | None:
    """The content; None where it would be refused, which is told."""
    content = straight(text.read(file))
    refused = list(faults(content)) or [why for why in [refusal(content)] if why]
    for line in (*refused, *doubts(content)):
        tell(f"{file.name}: {line}")
    return None if refused else content


def _userconf(file: Path) -> User:
    name, colon, password = text.read(file).strip().partition(":")
    if not colon or not password.startswith("$"):
        raise CardError(
            f"{file.name}: must be one line, name:password, where `openssl passwd -6` has made the password"
        )
    try:
        return User(login(name), password)
    except CardError as error:
        raise CardError(f"{file.name}: {error}") from None
