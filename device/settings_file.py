"""The settings file: TOML, in which an unknown key is an error.

Its tables are the fields of `Settings`, their keys the fields of the table's class. A relative path is
relative to the file.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from device.audio.volume import LOUDEST, QuietHours
from device.errors import SettingsError
from device.mqtt.topics import is_pattern
from device.reading import records, text, toml
from device.reading.located import Origin, Table
from device.reading.records import Kind
from device.settings import (
    DESKS,
    EMAIL,
    REPLIES,
    UNITS,
    VERSIONS,
    BundleFolder,
    DeskSettings,
    MqttSettings,
    Off,
    Settings,
    Source,
    VoiceName,
    VoiceSettings,
    bundle_folder,
    source,
    voice_name,
)


def default_file() -> Path | None:
    """The settings file that is read where none is named: the user's own, else the system's, else none."""
    own = Path(os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")) / "mynah" / "mynah.toml"
    return next((path for path in (own, Path("/etc/mynah/mynah.toml")) if path.is_file()), None)


def load(path: Path | None = None) -> Settings:
    """The settings in the file `path`, default `default_file()`. Raises SettingsError naming the file."""
    path = path or default_file()
    if path is None:
        return Settings()
    content = text.load(path, SettingsError, "name a settings file that can be read")
    return parse(content, path.parent, str(path))


def parse(content: str, folder: Path, name: str) -> Settings:
    """The settings in `content`. Errors call the file `name`; paths in it are relative to `folder`.

    Raises SettingsError.
    """
    document = toml.parse(content, Origin(name, SettingsError))
    try:
        settings = records.read(Settings, document, _kinds(folder))
        for mistake in _mistakes(settings):
            raise records.Mistake(mistake)
    except records.Mistake as mistake:
        raise SettingsError(f"{name}: {mistake}{_line(str(mistake), document)}") from None
    return settings


def _kinds(folder: Path) -> Mapping[Any, Kind]:
    """How types of ours are written; paths are relative to `folder`."""

    def text_as(make: Callable[[str], Any], *, empty: bool = False) -> Callable[[Any], Any]:
        return lambda value: make(value) if isinstance(value, str) and (value or empty) else None

    return {
        Path: Kind("a path in quotes", text_as(lambda written: folder / Path(written).expanduser())),
        BundleFolder: Kind("a path in quotes", text_as(lambda written: bundle_folder(written, folder))),
        Off: Kind('"" for none', lambda value: Off(False) if value == "" else None),
        VoiceName: Kind(
            '"hibari", "espeak" or a path in quotes',
            text_as(lambda written: voice_name(written, folder), empty=True),
        ),
        Source: Kind(
            "an address or a path in quotes", text_as(lambda written: source(written, folder), empty=True)
        ),
    }


def _line(message: str, document: Table) -> str:
    """The line of the first setting in `document` that `message` names, as the end of a message."""
    for dotted in re.findall(r"[\w-]+(?:\.[\w-]+)*", message):
        *tables, key = dotted.split(".")
        table: Any = document
        for name in tables:
            table = table.get(name) if isinstance(table, Table) else None
        if isinstance(table, Table) and key in table and (line := table.line_of(key)):
            return f" (line {line})"
    return ""


def _mistakes(settings: Settings) -> Iterator[str]:
    """What types alone do not forbid, in lines that name the setting."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", settings.device.id):
        yield "device.id may hold only letters, digits, _ and -: it is part of MQTT topics"
    yield from _mqtt_mistakes(settings.mqtt)
    yield from _voice_mistakes(settings.voice)
    yield from _desk_mistakes(settings.desk)
    for topic in settings.watch.topics:
        if not is_pattern(topic) or topic.startswith("mynah/"):
            yield f"watch.topics has {topic!r}: name topics with texts of people, none of Mynah's own"
    if not settings.wake.bundles:
        yield "wake.bundles is empty: name at least one wake word's bundle"
    if settings.home.units not in ("", *UNITS):
        yield f"home.units is {settings.home.units!r}, but must be one of {', '.join(UNITS)}"
    if settings.review.most < 1:
        yield "review.most must be 1 or more: to keep nothing set review.keep = false"
    if settings.memory.days < 1 or settings.memory.megabytes < 1:
        yield "memory.days and memory.megabytes must be 1 or more: to keep nothing set memory.journal = false"
    if not 1 <= settings.update.every <= 8760:
        yield "update.every must be 1 to 8760 hours: to look for nothing leave out update.source"
    if settings.dialogue.patience < 1:
        yield f"dialogue.patience is {settings.dialogue.patience}, but must be 1 s or more"
    for duration in dataclasses.fields(settings.endpoint):
        if getattr(settings.endpoint, duration.name) < 0:
            yield f"endpoint.{duration.name} is negative, but must be 0 s or more"
    probabilities = {
        "hearing.reject_below": settings.hearing.reject_below,
        **{f"wake.thresholds.{name}": value for name, value in settings.wake.thresholds.items()},
    }
    for name, value in probabilities.items():
        if value is not None and not 0 <= value <= 1:
            yield f"{name} is {value}, but must be 0 to 1"


def _desk_mistakes(desk: DeskSettings) -> Iterator[str]:
    if desk.to not in DESKS:
        yield f"desk.to is {desk.to!r}, but must be one of {', '.join(DESKS)}"
    if not re.fullmatch(r"(?:\w[\w' -]{0,39})?", desk.person):
        yield "desk.person is spoken: write a name such as Mum, of letters, at most 40 of them"
    if not 1 <= desk.port <= 65535:
        yield f"desk.port is {desk.port}, but must be 1 to 65535"
    for name in ("host", "sender", "address"):
        value = getattr(desk, name)
        if not value and desk.person and desk.to == EMAIL:
            yield f'desk.{name} is not set: desk.to = "email" needs it'
        if re.search(r"[\s<>,;]", value):
            yield f"desk.{name} is {value!r}, but must be one address, without blanks"


def _voice_mistakes(voice: VoiceSettings) -> Iterator[str]:
    if voice.replies not in REPLIES:
        yield f"voice.replies is {voice.replies!r}, but must be one of {', '.join(REPLIES)}"
    for name in ("volume", "alarm_volume", "quiet_volume"):
        if not 0 <= (value := getattr(voice, name)) <= LOUDEST:
            yield f"voice.{name} is {value}, but must be 0 to {LOUDEST}"
    if voice.quiet_hours and QuietHours.parse(voice.quiet_hours) is None:
        yield f'voice.quiet_hours is {voice.quiet_hours!r}, but must be two times such as "22:00-07:00"'


def _mqtt_mistakes(mqtt: MqttSettings) -> Iterator[str]:
    if not 0 <= mqtt.port <= 65535:
        yield f"mqtt.port is {mqtt.port}, but must be 1 to 65535"
    if mqtt.version not in VERSIONS:
        yield f"mqtt.version is {mqtt.version!r}, but must be one of {', '.join(VERSIONS)}"
    if not 1 <= mqtt.keepalive <= 65535:
        yield f"mqtt.keepalive is {mqtt.keepalive}, but must be 1 to 65535 seconds"
    if mqtt.password is not None and mqtt.password_file is not None:
        yield "mqtt.password and mqtt.password_file are both set: keep one of them"
    if (mqtt.password or mqtt.password_file) and mqtt.username is None:
        yield "mqtt.password is set but mqtt.username is not: set both or none"
    if (mqtt.cert_file is None) != (mqtt.key_file is None):
        yield "mqtt.cert_file and mqtt.key_file go together: set both or none"
    if not mqtt.tls and (mqtt.ca_file or mqtt.cert_file):
        yield "mqtt.ca_file or mqtt.cert_file is set but mqtt.tls is not: set mqtt.tls = true"
