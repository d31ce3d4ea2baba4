"""`user-data` and `network-config`, which Raspberry Pi Imager writes for images that are not from its list.

They are cloud-init's and netplan's; of them the few things are read that Imager's dialogue asks for. Scalars
are text, as netplan has them: the password 0123456701 is no octal number, and the country NO is not false.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

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
)
from device.card.wifi import WifiNetwork, network
from device.errors import CardError

TRUE, FALSE = ("true", "on", "yes", "y"), ("false", "off", "no", "n")
"""As netplan and cloud-init understand them, in any case."""

KEPT = ("addresses", "routes", "gateway4", "gateway6", "nameservers")
"""What netplan sets for an interface and nobody here heeds."""


def system_settings(boot: Path, tell: Tell) -> SystemSettings:
    """What the two files want; nothing where there are none. A part that is wrong is told, the rest holds."""
    return _user_data(boot, tell).over(_network_config(boot, tell))


def _user_data(boot: Path, tell: Tell) -> SystemSettings:
    data = _read(boot, "user-data", tell)
    named = data.get("users")
    users = [user for user in named if isinstance(user, dict) and "name" in user] if named else []
    user: Mapping[str, Any] = users[0] if users else {}
    keys = user.get("ssh_authorized_keys") or data.get("ssh_authorized_keys") or ()
    return collected(
        "user-data",
        tell,
        {
            "hostname": lambda: host(name) if (name := _word(data, "hostname")) else None,
            "user": lambda: _user(user) if user else None,
            "ssh": lambda: True if keys or _yes(data, "ssh_pwauth") or _yes(data, "enable_ssh") else None,
            "ssh_password": lambda: _yes(data, "ssh_pwauth"),
            "keys": lambda: key_lines([keys] if isinstance(keys, str) else keys),
            "timezone": lambda: _word(data, "timezone") or None,
        },
    )


def _user(user: Mapping[str, Any]) -> User:
    name = login(_word(user, "name"))
    plain = _text(user, "plain_text_passwd")
    hashed = _text(user, "hashed_passwd") or _text(user, "passwd")
    return User(name, hashed or plain or None, hashed=bool(hashed) or not plain)


def _network_config(boot: Path, tell: Tell) -> SystemSettings:
    data = _read(boot, "network-config", tell)
    config = _table(data.get("network", data))
    radios = {name: radio for name, radio in _table(config.get("wifis")).items() if isinstance(radio, dict)}
    for name, interface in (*_table(config.get("ethernets")).items(), *radios.items()):
        if kept := next((key for key in KEPT if key in _table(interface)), None):
            tell(f"network-config: {kept} of {name} is not used: give the device its address in your router")
    country = next((radio for radio in radios.values() if "regulatory-domain" in radio), {})
    return collected(
        "network-config",
        tell,
        {
            "country": lambda: one_country(_text(country, "regulatory-domain")),
            "networks": lambda: tuple(_networks(radios, tell)),
        },
    )


def _networks(radios: Mapping[str, Mapping[str, Any]], tell: Tell) -> Iterator[WifiNetwork]:
    """One that is wrong is told, and the others hold."""
    for name, radio in radios.items():
        points = radio.get("access-points", {})
        if not isinstance(points, dict):
            tell(f"network-config: access-points of {name} must be a table of names: write them again")
            continue
        for ssid, point in points.items():
            try:
                yield network(str(ssid), _password(ssid, point), bool(_yes(point, "hidden")))
            except CardError as error:
                tell(f"network-config: {error}")


def _password(ssid: str, point: Any) -> str | None:
    """None: an open network, which is one only where nothing is said of a password. Raises CardError."""
    if not isinstance(point, dict):
        raise CardError(
            f"below the Wi-Fi {ssid!r} a password: is expected, further to the right; an open one has  {{}}"
        )
    if _text(point, "mode") not in (None, "infrastructure"):
        raise CardError(f"the Wi-Fi {ssid!r} has a mode, but the device only joins one: delete that line")
    if "auth" not in point:
        return _text(point, "password")
    auth = _table(point["auth"])
    kind, password = _text(auth, "key-management"), _text(auth, "password")
    if kind == "none" and password is None and "password" not in point:
        return None
    if kind == "psk" and password is not None and _text(point, "password") in (None, password):
        return password
    raise CardError(
        f"the Wi-Fi {ssid!r} has an unknown auth: value: write  key-management: psk  and a password,"
        "  key-management: none  without one, or a wpa_supplicant.conf"
    )


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(table: Mapping[str, Any], key: str) -> str | None:
    """None where there is nothing called so. Raises CardError where it is no text."""
    value = table.get(key)
    if value is not None and not isinstance(value, str):
        raise CardError(f"{key} must be text on its own line: correct it")
    return value


def _word(table: Mapping[str, Any], key: str) -> str:
    """As `_text`, of what has no blanks and line breaks around it, whoever wrote them there; "" for none."""
    return (_text(table, key) or "").strip()


def _yes(table: Mapping[str, Any], key: str) -> bool | None:
    """None where nothing is said, or that it stays as it is. Raises CardError."""
    word = _word(table, key).lower() or "unchanged"
    if word not in (*TRUE, *FALSE, "unchanged"):
        raise CardError(f"{key} must be true or false: correct it")
    return None if word == "unchanged" else word in TRUE


def _read(boot: Path, name: str, tell: Tell) -> Mapping[str, Any]:
    if (file := text.find(boot, name)) is None:
        return {}
    try:
        content = yaml.load(text.read(file), yaml.BaseLoader)
    except CardError as error:
        tell(str(error))
    except RecursionError:
        tell(f"{name}: is nested too deeply: write the card again with Raspberry Pi Imager")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "it"
        tell(f"{name}: {place} is not YAML: write the card again with Raspberry Pi Imager")
    else:
        if content and not isinstance(content, dict):
            tell(f"{name}: is not a table of names and values: write the card again with Raspberry Pi Imager")
        return _table(content)
    return {}
