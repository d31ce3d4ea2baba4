"""The settings page, `mynah.toml`: read from the card, installed for the daemon without its secrets."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from device import settings_file
from device.mqtt.credentials import own_password
from device.settings import Settings
from device.system.atomic import write_whole

NAME = "mynah.toml"

CREDENTIALS = "/run/credentials/mynah.service"
"""Where the daemon finds its secrets (LoadCredential= in mynah.service); nobody else does."""

HEADER = f"# Made at each start from {NAME} on the boot partition, which is the file to change.\n"


@dataclass(frozen=True, slots=True)
class Page:
    """A settings page that can be read. `etc`: what its paths are relative to."""

    text: str = field(repr=False)
    etc: Path
    settings: Settings

    @classmethod
    def read(cls, text: str, etc: Path) -> Page:
        """Raises SettingsError."""
        return cls(text, etc, settings_file.parse(text, etc, NAME))

    @property
    def names(self) -> frozenset[str]:
        """The files and folders that it names beside itself, relative to it."""
        return frozenset(
            str(path.relative_to(self.etc))
            for path in _paths(self.settings)
            if path.is_relative_to(self.etc) and ".." not in path.parts and path != self.etc
        )

    @property
    def secret(self) -> frozenset[str]:
        """Those of the names that only root may read on the device."""
        mqtt = self.settings.mqtt
        secrets = (mqtt.key_file, mqtt.password_file)
        return frozenset(name for name in self.names if self.etc / name in secrets)

    def install(self) -> None:
        """As `etc`/mynah.toml, which everybody may read, and its secrets beside it for the daemon alone.

        Raises SettingsError, OSError.
        """
        tables = tomllib.loads(self.text)
        mqtt = tables.get("mqtt", {})
        secret = own_password(self.settings.mqtt)
        mqtt.pop("password", None)
        mqtt.pop("password_file", None)
        _give(self.etc / "password", f"{secret}\n".encode() if secret else None)
        key = self.settings.mqtt.key_file
        if key is not None:
            mqtt["key_file"] = f"{CREDENTIALS}/key"
        _give(self.etc / "key", key.read_bytes() if key else None)
        text = "".join(f"{_toml(name)} = {_toml(table)}\n" for name, table in tables.items())
        write_whole(self.etc / NAME, (HEADER + text).encode())


def _give(file: Path, secret: bytes | None) -> None:
    if secret is None:
        file.unlink(missing_ok=True)
    else:
        write_whole(file, secret, 0o600)


def _paths(value: Any) -> Iterator[Path]:
    """All paths in a tree of settings."""
    if isinstance(value, Path):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _paths(item)
    elif dataclasses.is_dataclass(value):
        for spec in dataclasses.fields(value):
            yield from _paths(getattr(value, spec.name))


def _toml(value: Any) -> str:
    """What `tomllib` has read, as TOML on one line, without comments: old passwords may stand in them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_toml(name)} = {_toml(item)}' for name, item in value.items())}}}"
    return str(value)


def nothing_set(etc: Path) -> Page:
    """Everything as it comes."""
    return Page("", etc, Settings())
