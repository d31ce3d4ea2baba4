"""Wi-Fi, as wpa_supplicant reads it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from device.errors import CardError

COUNTRY = re.compile(r"[A-Z]{2}")
HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{64}")


@dataclass(frozen=True, slots=True)
class WifiNetwork:
    """A Wi-Fi. `key`: what WPA derives from name and password, 64 hexadecimal digits; None: an open one."""

    ssid: str
    key: str | None = None
    hidden: bool = False

    def __repr__(self) -> str:
        return f"WifiNetwork({self.ssid!r})"


def network(ssid: str, password: str | None, hidden: bool = False) -> WifiNetwork:
    """`password`: in letters, or the key derived from it. Raises CardError, which does not show it."""
    if not 1 <= len(ssid.encode()) <= 32:
        raise CardError("the Wi-Fi's name (ssid) has 1 to 32 letters: check it")
    if not password:
        return WifiNetwork(ssid, None, hidden)
    if HEXADECIMAL.fullmatch(password):
        return WifiNetwork(ssid, password.lower(), hidden)
    if not 8 <= len(password.encode()) <= 63:
        raise CardError(
            f"the password of the Wi-Fi {ssid!r} has {len(password)} letters, but must have 8 to 63: check it"
        )
    # IEEE 802.11-2020, J.4.1: the pre-shared key.
    key = hashlib.pbkdf2_hmac("sha1", password.encode(), ssid.encode(), 4096, 32)
    return WifiNetwork(ssid, key.hex(), hidden)


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
    if not COUNTRY.fullmatch(code.upper()):
        raise CardError("the Wi-Fi's country is two letters, such as GB, DE or US: correct it")
    return code.upper()


def straight(text: str) -> str:
    """With straight quotation marks around values that have others."""
    return re.sub(r"=[ \t]*[“”„«»](.*)[“”«»][ \t]*$", r'="\1"', text, flags=re.M)


def doubts(text: str) -> list[str]:
    """What is wrong with a wpa_supplicant.conf that somebody wrote; never its passwords."""
    found = []
    bare = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    blocks = sum(bool(re.match(r"\s*network\s*=\s*\{", line)) for line in bare)
    ends = sum(line.strip() == "}" for line in bare)
    if not blocks:
        found.append(
            "it names no Wi-Fi: add  network={  and, each on a line of its own, ssid= and psk= and  }"
        )
    if blocks > ends:
        found.append("a network={ has no end: write  }  on a line of its own below it")
    if not any(re.match(r"\s*country\s*=\s*[A-Za-z]{2}\s*$", line) for line in bare):
        found.append(
            "it names no country, without which Wi-Fi may stay silent: add a line such as  country=GB"
        )
    return found
