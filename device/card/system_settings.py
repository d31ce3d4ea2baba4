"""Settings of the operating system, as Raspberry Pi OS users write them: names, Wi-Fi, ssh."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from device.card.wifi import WifiNetwork, country_of, network
from device.errors import CardError

HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
LOGIN = re.compile(r"[a-z][-a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True)
class User:
    """Who may log in. `password`: as it is typed, or its hash if `hashed`; None: with a key only."""

    name: str
    password: str | None = field(default=None, repr=False)
    hashed: bool = True


@dataclass(frozen=True, slots=True)
class SystemSettings:
    """None and empty: not set."""

    hostname: str | None = None
    country: str | None = None
    networks: tuple[WifiNetwork, ...] = ()
    supplicant: str | None = field(default=None, repr=False)
    """A whole wpa_supplicant.conf, instead of the networks."""
    user: User | None = None
    ssh: bool | None = None
    ssh_password: bool | None = None
    """Whether a password will do for ssh, or only a key."""
    keys: tuple[str, ...] = ()
    timezone: str | None = None

    def over(self, other: SystemSettings) -> SystemSettings:
        """These settings, and those of `other` for what these leave open."""
        mine = {spec.name: getattr(self, spec.name) for spec in dataclasses.fields(self)}
        return dataclasses.replace(other, **{k: v for k, v in mine.items() if v is not None and v != ()})


Tell = Callable[[str], None]
"""Is given each problem, in a line."""


def login(name: str) -> str:
    """Raises CardError."""
    if not LOGIN.fullmatch(name) or name == "root":
        raise CardError("a user name must be lower-case letters and digits, and not root: choose another one")
    return name


def host(name: str) -> str:
    """Raises CardError."""
    if not HOST.fullmatch(name):
        raise CardError("a host name must be letters, digits and hyphens, at most 63: choose another one")
    return name


def collected(file: str, tell: Tell, wanted: Mapping[str, Callable[[], Any]]) -> SystemSettings:
    """Settings from what each of `wanted` gives; one that raises CardError is told, and sets nothing."""
    values: dict[str, Any] = {}
    for name, make in wanted.items():
        try:
            values[name] = make()
        except CardError as error:
            tell(f"{file}: {error}")
    return SystemSettings(**values)


def one_country(code: str | None) -> str | None:
    return country_of(code) if code else None


def one_network(ssid: str | None, password: str | None, hidden: bool) -> tuple[WifiNetwork, ...]:
    """Raises CardError."""
    if password and not ssid:
        raise CardError("there is a password for the Wi-Fi, but no name: write  ssid =  above it")
    return (network(ssid, password, hidden),) if ssid else ()


def key_lines(keys: Iterable[Any]) -> tuple[str, ...]:
    """Public keys as sshd reads them, a line each. Raises CardError."""
    lines = tuple(str(key).strip() for key in keys)
    for line in lines:
        if "\n" in line or not re.match(r"(ssh|ecdsa|sk)-\S+ [A-Za-z0-9+/=]{20,}( |$)", line):
            raise CardError("authorized_keys: one line is not a public key: copy the whole line of id_*.pub")
    return lines
