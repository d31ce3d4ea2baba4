"""Settings: one frozen tree, read from a TOML file in which an unknown key is an error.

The file's tables are the fields of `Settings`, their keys the fields of the table's class. A relative
path in the file is relative to the file. What is not said keeps the default given here.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import os
import re
import socket
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from device.audio.endpoint import EndpointSettings
from device.errors import SettingsError
from device.system.places import state_folder

T = TypeVar("T")

DEVICE = Path(__file__).parent
"""Where the shipped bundles, sentences and the example home lie."""

BundleFolder = typing.NewType("BundleFolder", Path)
"""A bundle's folder. In the file, a name without a slash is a shipped bundle's."""


def bundle_folder(name: str, folder: Path = Path()) -> BundleFolder:
    """The bundle called `name`: a shipped one, or with a slash in it a path, relative to `folder`."""
    path = Path(name).expanduser()
    return BundleFolder(folder / path if "/" in name else DEVICE / "bundles" / path)


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """Who this device is."""

    id: str = ""
    """Letters, digits, `_` and `-`; part of the MQTT topics. Empty: made from the host name."""
    room: str = ""
    """The room in which it stands, which commands without a room mean, instead of `here` in home.toml."""


@dataclass(frozen=True, slots=True)
class AudioSettings:
    """The microphone and the loudspeaker."""

    microphone: str | int | None = None
    """A part of the device's name, or its index; none: the system's default."""
    speaker: str | int | None = None
    """As `microphone`, for the short sounds."""
    sounds: bool = True
    """Whether a short sound says "I am listening", "done" and "I did not understand"."""


@dataclass(frozen=True, slots=True)
class WakeSettings:
    """The wake words; several may be listened for at once."""

    bundles: tuple[BundleFolder, ...] = (bundle_folder("hey_mynah"),)
    """Names of shipped bundles, or folders."""
    thresholds: Mapping[str, float] = field(default_factory=dict)
    """Probability 0…1 above which a wake word (by its name) counts; default: its bundle's own."""
    actions: Mapping[str, str] = field(default_factory=dict)
    """What a wake word (by its name) does: "listen" to a command, which is the default, "stop" the sound that
    is playing, or a sentence such as "turn off all the lights", which is done at once."""


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """What the wake word may have got wrong, kept for `mynah review`."""

    keep: bool = False
    """Whether a few seconds of such moments are kept on this device. They never leave it."""
    most: int = 50
    """Recordings of 2.5 s that are kept; the oldest makes room."""
    folder: Path = field(default_factory=lambda: state_folder() / "review")
    """Where they are kept; only the daemon's own user can read it."""


@dataclass(frozen=True, slots=True)
class HearingSettings:
    """The acoustic model, and when a hearing is too doubtful to act on."""

    bundle: BundleFolder = field(default_factory=lambda: bundle_folder("english"))
    """Name of a shipped bundle, or a folder."""
    lexicon: Path | None = None
    """A file of pronunciations added to the dictionary's."""
    words: BundleFolder = field(default_factory=lambda: bundle_folder("words"))
    """The graph of any words, beside which commands are heard: name of a shipped bundle, or a folder."""
    reject_below: float | None = None
    """Confidence 0…1 below which nothing was recognized; default: the bundle's own."""


@dataclass(frozen=True, slots=True)
class HomeSettings:
    """The home and what may be said in it."""

    file: Path = DEVICE / "home" / "example.toml"
    """Rooms and devices."""
    discover: bool = True
    """Whether what Zigbee2MQTT, Tasmota and others announce on the broker belongs to the home as well."""
    sentences: tuple[Path, ...] = ()
    """Sentence files or folders that replace the shipped ones; none: those of `device/skills`."""


VERSIONS = ("3.1.1", "5")


@dataclass(frozen=True, slots=True)
class MqttSettings:
    """The broker, and how to reach it."""

    host: str = "localhost"
    port: int = 0
    """0: 8883 with TLS, 1883 without."""
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    password_file: Path | None = None
    """A file whose first line is the password; better than `password`. Neither: with a `username`, the
    service's credential `password` (LoadCredential= in the unit), if it has one."""
    tls: bool = False
    ca_file: Path | None = None
    """Certificate authorities to trust; none: the system's."""
    cert_file: Path | None = None
    """The client's own certificate, with `key_file`."""
    key_file: Path | None = None
    version: str = "3.1.1"
    """Of MQTT: "3.1.1", or "5", with which the broker throws commands away that wait longer than they may."""
    keepalive: int = 30
    """Seconds between signs of life to the broker."""
    homeassistant: bool = True
    """Whether Mynah announces itself to Home Assistant, as a device."""
    hermes: bool = False
    """Whether Mynah speaks with the services of Rhasspy and Snips on `hermes/…`, as the site `device.id`."""

    @property
    def address(self) -> tuple[str, int]:
        return self.host, self.port or (8883 if self.tls else 1883)


Source = typing.NewType("Source", str)
"""An address, or the path of a file or folder, or nothing."""


def source(text: str, folder: Path = Path()) -> Source:
    """What `text` says; a path is relative to `folder`."""
    return Source(text if not text or "://" in text else str(folder / Path(text).expanduser()))


@dataclass(frozen=True, slots=True)
class UpdateSettings:
    """Where new versions come from, and whom they may come from."""

    source: Source = Source("")
    """An archive, or where one lies with its latest.json: an address or a folder. Empty: nobody is asked."""
    every: float = 24.0
    """Hours between two looks at the source."""
    keys: Path = Path("/etc/mynah/keys")
    """A folder of public keys, `*.pub`, of those whose updates are trusted besides Mynah's own."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set."""

    device: DeviceSettings = field(default_factory=DeviceSettings)
    audio: AudioSettings = field(default_factory=AudioSettings)
    wake: WakeSettings = field(default_factory=WakeSettings)
    endpoint: EndpointSettings = field(default_factory=EndpointSettings)
    hearing: HearingSettings = field(default_factory=HearingSettings)
    home: HomeSettings = field(default_factory=HomeSettings)
    mqtt: MqttSettings = field(default_factory=MqttSettings)
    review: ReviewSettings = field(default_factory=ReviewSettings)
    update: UpdateSettings = field(default_factory=UpdateSettings)

    @property
    def device_id(self) -> str:
        """`device.id`, or one made from the host name."""
        return self.device.id or default_id(socket.gethostname(), _machine_id())


def default_id(host: str, machine: str) -> str:
    """The host name as an id; where that says nothing, a hash of the machine id.

    The machine id itself is confidential (machine-id(5)), so only a hash of it may be shown.
    """
    name = re.sub(r"[^a-z0-9_-]+", "-", host.split(".")[0].lower()).strip("-")
    if name and name not in {"localhost", "raspberrypi", "debian"}:
        return name
    return hashlib.sha256(b"mynah" + machine.encode()).hexdigest()[:8]


def _machine_id() -> str:
    try:
        return Path("/etc/machine-id").read_text().strip()
    except OSError:
        return ""


def default_file() -> Path | None:
    """The settings file that is read where none is named: the user's own, else the system's, else none."""
    own = Path(os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")) / "mynah" / "mynah.toml"
    return next((path for path in (own, Path("/etc/mynah/mynah.toml")) if path.is_file()), None)


def load(path: Path | None = None) -> Settings:
    """The settings in the file `path`, default `default_file()`. Raises SettingsError naming the file."""
    path = path or default_file()
    if path is None:
        return Settings()
    try:
        return parse(path.read_text("utf-8"), path.parent, str(path))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}: name a settings file that can be read") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: not a text file in UTF-8") from None


def parse(text: str, folder: Path, name: str) -> Settings:
    """The settings in `text`, a file called `name` with paths relative to `folder`. Raises SettingsError."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f'{name}: not TOML: {error}; a line looks like  key = "text in quotes"') from None
    try:
        settings = _read(Settings, tables, "", folder)
        _check(settings)
    except SettingsError as error:
        raise SettingsError(f"{name}: {error}{_place(str(error), text)}") from None
    return settings


def _place(message: str, text: str) -> str:
    """The line of the first setting that `message` names, as far as the file's way of writing tells."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            table = header[1] + "."
            lines.setdefault(header[1], number)
        elif key := re.match(r"\s*([\w.-]+)\s*=", line):
            lines.setdefault(table + key[1], number)
    found = (lines[word] for word in re.findall(r"[\w-]+(?:\.[\w-]+)*", message) if word in lines)
    return f" (line {number})" if (number := next(found, 0)) else ""


def _read(kind: type[T], table: Mapping[str, Any], prefix: str, folder: Path) -> T:
    """`table` as the dataclass `kind`; `prefix` is the table's name with a dot, for messages."""
    hints = typing.get_type_hints(kind)
    known = [spec.name for spec in dataclasses.fields(kind) if spec.init]  # type: ignore[arg-type]
    for key in table:
        if key not in known:
            raise SettingsError(f"no setting is called {prefix}{key}{_nearest(key, known, prefix)}")
    values = {key: _value(hints[key], value, prefix + key, folder) for key, value in table.items()}
    try:
        return kind(**values)
    except ValueError as error:
        raise SettingsError(f"{prefix.rstrip('.')}: {error}") from None


def _nearest(key: str, known: list[str], prefix: str) -> str:
    near = difflib.get_close_matches(key, known, 1, 0.5)
    if near:
        return f": did you mean {prefix}{near[0]}?"
    return f": there are {', '.join(prefix + name for name in known)}"


def _value(hint: Any, value: Any, name: str, folder: Path) -> Any:
    """`value` as TOML gives it, as the type `hint`. Raises SettingsError naming the setting."""
    if dataclasses.is_dataclass(hint):
        if isinstance(value, dict):
            return _read(typing.cast(Any, hint), value, name + ".", folder)
        raise SettingsError(f"{name} is a table: write [{name}] and its settings below")
    for choice in typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,):
        if (result := _simple(choice, value, folder)) is not None:
            return result
    shown = "something else" if name == "mqtt.password" else repr(value)  # a password is not for the log
    raise SettingsError(f"{name} is {shown}, but must be {_describe(hint)}")


def _simple(hint: Any, value: Any, folder: Path) -> Any:
    """`value` as one plain type, or None where it is none."""
    origin, number = typing.get_origin(hint), isinstance(value, int | float) and not isinstance(value, bool)
    if hint is Path:
        return folder / Path(value).expanduser() if isinstance(value, str) and value else None
    if hint is BundleFolder:
        return bundle_folder(value, folder) if isinstance(value, str) and value else None
    if hint is Source:
        return source(value, folder) if isinstance(value, str) else None
    if hint is float:
        return float(value) if number else None
    if hint is int:
        return value if number and isinstance(value, int) else None
    if origin is tuple:
        items = [value] if isinstance(value, str) else value
        inner = typing.get_args(hint)[0]
        results = [_simple(inner, item, folder) for item in items] if isinstance(items, list) else [None]
        return None if None in results else tuple(results)
    if origin is not None and isinstance(value, dict):
        inner = typing.get_args(hint)[1]
        mapped = {key: _simple(inner, item, folder) for key, item in value.items()}
        return None if None in mapped.values() else mapped
    return value if origin is None and hint in (str, bool) and isinstance(value, hint) else None


def _describe(hint: Any) -> str:
    if isinstance(hint, types.UnionType):
        return " or ".join(_describe(choice) for choice in typing.get_args(hint) if choice is not type(None))
    plain = {str: "text in quotes", int: "a whole number", float: "a number", bool: "true or false"}
    if typing.get_origin(hint) is tuple:
        return f"a list of {_describe(typing.get_args(hint)[0])}"
    if hint in (Path, BundleFolder):
        return "a path in quotes"
    if hint is Source:
        return "an address or a path in quotes"
    return plain.get(
        hint, f"a table of names and {'texts' if str in typing.get_args(hint)[1:] else 'numbers'}"
    )


def _check(settings: Settings) -> None:
    """What types alone do not say. Raises SettingsError."""
    mqtt = settings.mqtt
    if not re.fullmatch(r"[A-Za-z0-9_-]*", settings.device.id):
        raise SettingsError("device.id may hold only letters, digits, _ and -: it is part of MQTT topics")
    if not 0 <= mqtt.port <= 65535:
        raise SettingsError(f"mqtt.port is {mqtt.port}, but must be 1 to 65535")
    if mqtt.version not in VERSIONS:
        raise SettingsError(f"mqtt.version is {mqtt.version!r}, but must be one of {', '.join(VERSIONS)}")
    if not 1 <= mqtt.keepalive <= 65535:
        raise SettingsError(f"mqtt.keepalive is {mqtt.keepalive}, but must be 1 to 65535 seconds")
    if mqtt.password is not None and mqtt.password_file is not None:
        raise SettingsError("mqtt.password and mqtt.password_file are both set: keep one of them")
    if (mqtt.password or mqtt.password_file) and mqtt.username is None:
        raise SettingsError("mqtt.password is set but mqtt.username is not: set both or none")
    if (mqtt.cert_file is None) != (mqtt.key_file is None):
        raise SettingsError("mqtt.cert_file and mqtt.key_file go together: set both or none")
    if not mqtt.tls and (mqtt.ca_file or mqtt.cert_file):
        raise SettingsError("mqtt.ca_file or mqtt.cert_file is set but mqtt.tls is not: set mqtt.tls = true")
    if not settings.wake.bundles:
        raise SettingsError("wake.bundles is empty: name at least one wake word's bundle")
    if settings.review.most < 1:
        raise SettingsError("review.most must be 1 or more: to keep nothing set review.keep = false")
    if not 1 <= settings.update.every <= 8760:
        raise SettingsError(
            "update.every must be 1 to 8760 hours: to look for nothing leave out update.source"
        )
    for duration in dataclasses.fields(settings.endpoint):
        if getattr(settings.endpoint, duration.name) < 0:
            raise SettingsError(f"endpoint.{duration.name} is negative, but must be 0 s or more")
    probabilities = {
        "hearing.reject_below": settings.hearing.reject_below,
        **{f"wake.thresholds.{name}": value for name, value in settings.wake.thresholds.items()},
    }
    for name, value in probabilities.items():
        if value is not None and not 0 <= value <= 1:
            raise SettingsError(f"{name} is {value}, but must be 0 to 1")
