"""`user-data` and `network-config`, which Raspberry Pi Imager writes for images that are not from its list.

They are cloud-init's; of them the few things are read that Imager's dialogue asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from device.card import text
from device.card.wifi import WifiNetwork, network
from device.card.wishes import Tell, User, Wishes, collected, host, key_lines, login, one_country
from device.errors import CardError


def wishes(boot: Path, tell: Tell) -> Wishes:
    """What the two files want; nothing where there are none. A part that is wrong is told, the rest holds."""
    return _user_data(boot, tell).over(_network_config(boot, tell))


def _user_data(boot: Path, tell: Tell) -> Wishes:
    data = _read(boot, "user-data", tell)
    users = [user for user in data.get("users") or () if isinstance(user, dict) and "name" in user]
    user: Mapping[str, Any] = users[0] if users else {}
    keys = user.get("ssh_authorized_keys") or data.get("ssh_authorized_keys") or ()
    hostname, password, secret = data.get("hostname"), data.get("ssh_pwauth"), user.get("passwd")
    return collected(
        "user-data",
        tell,
        {
            "hostname": lambda: host(str(hostname)) if hostname else None,
            "user": lambda: User(login(str(user["name"])), str(secret) if secret else None) if user else None,
            "ssh": lambda: True if password or keys or data.get("enable_ssh") else None,
            "ssh_password": lambda: bool(password) if password is not None else None,
            "keys": lambda: key_lines([keys] if isinstance(keys, str) else keys),
            "timezone": lambda: str(data["timezone"]) if data.get("timezone") else None,
        },
    )


def _network_config(boot: Path, tell: Tell) -> Wishes:
    data = _read(boot, "network-config", tell)
    radios = _table(_table(data.get("network", data)).get("wifis")).values()
    tables = [_table(radio) for radio in radios]
    country = next((table["regulatory-domain"] for table in tables if "regulatory-domain" in table), None)
    return collected(
        "network-config",
        tell,
        {
            "country": lambda: one_country(country and str(country)),
            "networks": lambda: tuple(_networks(tables)),
        },
    )


def _networks(radios: list[Mapping[str, Any]]) -> Iterator[WifiNetwork]:
    for radio in radios:
        for ssid, point in _table(radio.get("access-points")).items():
            secret = _table(point).get("password")
            yield network(str(ssid), str(secret) if secret else None, bool(_table(point).get("hidden")))


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _read(boot: Path, name: str, tell: Tell) -> Mapping[str, Any]:
    if (file := text.find(boot, name)) is None:
        return {}
    try:
        return _table(yaml.safe_load(text.read(file)))
    except CardError as error:
        tell(str(error))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "it"
        tell(f"{name}: {place} is not YAML: write the card anew with Raspberry Pi Imager")
    return {}
