"""Wi-Fi, as wpa_supplicant reads it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from device.errors import CardError

COUNTRY = re.compile(r"[A-Z]{2}")
HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{64}")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class WifiNetwork:
    """A Wi-Fi. `key`: what WPA derives from name and password, 64 hexadecimal digits; None: an open one."""

    ssid: str
    key: str | None = None
    hidden: bool = False

    def __repr__(self) -> str:
        return f"WifiNetwork({self.ssid!r})"


def network(ssid: str, password: str | None, hidden: bool = False) -> WifiNetwork:
    """`password`: in letters, or the key derived from it; None: an open one. Raises CardError, which does not
    show it."""
    check_ssid(ssid)
    if password is None:
        return WifiNetwork(ssid, None, hidden)
    if HEXADECIMAL.fullmatch(password):
        return WifiNetwork(ssid, password.lower(), hidden)
    check_password(password, f" of the Wi-Fi {ssid!r}")
    # IEEE 802.11-2020, J.4.1: the pre-shared key.
    key = hashlib.pbkdf2_hmac("sha1", password.encode(), ssid.encode(), 4096, 32)
    return WifiNetwork(ssid, key.hex(), hidden)


def check_ssid(ssid: str) -> None:
    """Raises CardError."""
    if not 1 <= len(ssid.encode()) <= 32:
        raise CardError("the Wi-Fi's name (ssid) must have 1 to 32 letters: check it")
    if CONTROL.search(ssid):
        raise CardError(
            f"the Wi-Fi's name (ssid) {ssid!r} contains a line break or another control character: delete it"
        )


def check_password(password: str, whose: str) -> None:
    """In letters. Raises CardError, which does not show it; `whose`: " of the Wi-Fi 'attic'"."""
    if not password:
        raise CardError(f"the password{whose} is empty: write it, or, for an open Wi-Fi, delete that line")
    if not 8 <= len(password.encode()) <= 63:
        raise CardError(f"the password{whose} has {len(password)} letters, but must have 8 to 63: check it")
    if CONTROL.search(password):
        raise CardError(f"the password{whose} contains a line break or another control character: delete it")


def supplicant(networks: Iterable[WifiNetwork], country: str | None) -> str:
    """wpa_supplicant.conf. Names are written in hexadecimal: no letter in them means anything there."""
    lines = ["ctrl_interface=/run/wpa_supplicant", *([f"country={country}"] if country else [])]
    for each in networks:
        lines += ["network={", f"\tssid={each.ssid.encode().hex()}"]
        lines += ["\tscan_ssid=1"] if each.hidden else []
        lines += [f"\tpsk={each.key}"] if each.key else ["\tkey_mgmt=NONE"]
        lines += ["}"]
    return "\n".join(lines) + "\n"


def country_of(code: str) -> str:
    """Raises CardError."""
    letters = code.strip().upper()
    if not COUNTRY.fullmatch(letters):
        raise CardError("the Wi-Fi's country must be two letters, such as GB, DE or US: correct it")
    return letters
