"""`custom.toml`, which sets Raspberry Pi OS up at its first start (raspberrypi-sys-mods, init_config)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from device.card import text
from device.card.system_settings import (
    SystemSettings,
    Tell,
    User,
    collected,
    host,
    key_lines,
    login,
    one_country,
    one_network,
)
from device.errors import CardError
from device.reading import toml
from device.reading.located import Origin

NAME = "custom.toml"

KNOWN: Mapping[str, Mapping[str, type]] = {
    "system": {"hostname": str},
    "user": {"name": str, "password": str, "password_encrypted": bool},
    "ssh": {"enabled": bool, "password_authentication": bool, "authorized_keys": list},
    "wlan": {"ssid": str, "password": str, "password_encrypted": bool, "hidden": bool, "country": str},
    "locale": {"timezone": str, "keymap": str},
}
"""There is no keyboard to which a keymap would matter; it does no harm."""

WORDS = {str: "text in quotes", bool: "true or false", list: "a list of texts in quotes"}


def system_settings(boot: Path, tell: Tell) -> SystemSettings:
    """What the file wants; nothing where there is none. A part that is wrong is told, the rest holds."""
    if (file := text.find(boot, NAME)) is None:
        return SystemSettings()
    try:
        tables = toml.parse(text.toml(text.read(file)), Origin(NAME, CardError))
    except CardError as error:
        tell(str(error))
        return SystemSettings()
    known = _known(tables, tell)
    system, user, ssh, wlan, locale = (known[section] for section in KNOWN)
    return collected(
        NAME,
        tell,
        {
            "hostname": lambda: host(system["hostname"]) if "hostname" in system else None,
            "user": lambda: _user(user),
            "ssh": lambda: ssh.get("enabled"),
            "ssh_password": lambda: ssh.get("password_authentication"),
            "keys": lambda: key_lines(ssh.get("authorized_keys", ())),
            "country": lambda: one_country(wlan.get("country")),
            # Whether it is encrypted shows: a derived key has more digits than a password may have.
            "networks": lambda: one_network(
                wlan.get("ssid"), wlan.get("password"), wlan.get("hidden", False)
            ),
            "timezone": lambda: locale.get("timezone"),
        },
    )


def _user(user: Mapping[str, Any]) -> User | None:
    if not user:
        return None
    if "name" not in user:
        raise CardError("[user] has no name: add one")
    password = user.get("password")
    # Where it is not said whether it is encrypted, it shows: what crypt(5) makes begins so.
    encrypted = user.get("password_encrypted", password is not None and password.startswith("$"))
    return User(login(user["name"]), password, encrypted)


def _known(tables: Mapping[str, Any], tell: Tell) -> Mapping[str, Mapping[str, Any]]:
    """What of the tables is known and of the right type; the rest is told. Values are never shown."""
    found: dict[str, dict[str, Any]] = {section: {} for section in KNOWN}
    if tables.get("config_version", 1) != 1:
        tell(f"{NAME}: config_version must be 1: write  config_version = 1")
    for section, table in tables.items():
        if section == "config_version":
            continue
        if section not in KNOWN or not isinstance(table, dict):
            tell(f"{NAME}: [{section}] is not known: use one of [{'], ['.join(KNOWN)}]")
            continue
        for key, value in table.items():
            if key not in KNOWN[section]:
                tell(f"{NAME}: [{section}] {key} is not known: use one of {', '.join(KNOWN[section])}")
            elif not isinstance(value, KNOWN[section][key]):
                tell(f"{NAME}: [{section}] {key} must be {WORDS[KNOWN[section][key]]}")
            else:
                found[section][key] = value
    return found
