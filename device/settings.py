"""Settings: one frozen tree. What the settings file does not say keeps the default given here."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NewType

from device.audio.endpoint import EndpointSettings
from device.system.identity import default_id, machine_id
from device.system.places import state_folder

DEVICE = Path(__file__).parent
"""Where the shipped bundles, sentences and the example home lie."""

BundleFolder = NewType("BundleFolder", Path)
"""A bundle's folder. In the file, a name without a slash is a shipped bundle's."""


Off = NewType("Off", bool)
"""What stands for a bundle that is not wanted; in the file, "". It is false."""


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
    """As `microphone`, for the voice and the short sounds."""
    sounds: bool = True
    """Whether a short sound says "I am listening", "done" and "I did not understand"."""
    echo: bool = True
    """Whether what Mynah plays is taken out of what it hears."""
    whispers: bool = False
    """Whether a whispered command is listened to, and answered at `voice.quiet_volume`."""
    duck: bool = False
    """Whether media players in Mynah's room are turned down while it listens or speaks."""


VoiceName = NewType("VoiceName", str)
"""HIBARI, ESPEAK, the path of a voice of Piper, or nothing."""
HIBARI, ESPEAK = "hibari", "espeak"
FULL, BRIEF, OFF = REPLIES = ("full", "brief", "off")


def voice_name(written: str, folder: Path = Path()) -> VoiceName:
    """The voice that is written so; a path is relative to `folder`."""
    return VoiceName(written if written in (HIBARI, ESPEAK, "") else str(folder / Path(written).expanduser()))


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """How Mynah speaks."""

    voice: VoiceName = VoiceName(HIBARI)
    """"hibari", "espeak", or the path of a voice of Piper, a file .onnx; empty: Mynah does not speak."""
    replies: str = FULL
    """"full", "brief": a short sound instead of a reply to a command whose effect can be seen, or "off": no
    replies and no questions."""
    volume: int = 80
    """0 to 100, until it is changed by voice or over MQTT."""
    alarm_volume: int = 100
    """0 to 100, of timers and alarms that ring."""
    quiet_hours: str = ""
    """"22:00-07:00": when nothing but an alarm is louder than `quiet_volume`; empty: never."""
    quiet_volume: int = 30
    """0 to 100."""


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
    stop: BundleFolder | Off = Off(False)
    """The folder of a bundle that knows the word "stop", which ends what Mynah says, rings or plays without
    the wake word. Empty, which is the default: only the wake word interrupts."""


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
class UnderstandingSettings:
    """What is made of words that no sentence has."""

    encoder: BundleFolder | Off = field(default_factory=lambda: bundle_folder("requests"))
    """The learned encoder that holds them to mean something: name of a shipped bundle, or a folder; empty:
    none, and what no sentence has is not understood."""
    second: BundleFolder | Off = field(default_factory=lambda: bundle_folder("vectors"))
    """A second head that reads the same words by the vectors of `knowledge.encoder`: only what both hold to
    be meant is sure. Name of a shipped bundle, or a folder; empty: none."""


@dataclass(frozen=True, slots=True)
class KnowledgeSettings:
    """What Mynah knows besides the home."""

    facts: Path | None = None
    """A file of facts about the home: docs/MEMORY.md."""
    rules: Path | None = None
    """A file of rules, by which Mynah tells, asks or does something when something is so: docs/RULES.md."""
    documents: Path | None = None
    """A folder of manuals and other papers (Markdown, text, HTML, PDF) to answer from; none: no such."""
    encoder: BundleFolder = field(default_factory=lambda: bundle_folder("sentences"))
    """What tells how near a question is to a passage: name of a shipped bundle, or a folder."""


@dataclass(frozen=True, slots=True)
class HomeSettings:
    """The home and what may be said in it."""

    file: Path = DEVICE / "home" / "example.toml"
    """Rooms and devices."""
    discover: bool = True
    """Whether what Zigbee2MQTT, Tasmota and others announce on the broker belongs to the home as well."""
    sentences: tuple[Path, ...] = ()
    """Sentence files or folders that replace the shipped ones; none: those of `device/skills`."""
    units: str = ""
    """"metric" for degrees Celsius, "imperial" for Fahrenheit; empty: what home.toml says, else metric."""


@dataclass(frozen=True, slots=True)
class SkillSettings:
    """The user's skills."""

    folders: tuple[Path, ...] = ()
    """Folders with sentences, replies and messages, one for each skill: docs/SKILLS.md."""


@dataclass(frozen=True, slots=True)
class MemorySettings:
    """What Mynah remembers of what happened."""

    journal: bool = False
    """Whether turns and the changes of appliances are kept on this device. They never leave it."""
    days: int = 365
    """For how long."""
    megabytes: int = 200
    """How much room they may take; the oldest make room."""
    learn: bool = False
    """Whether Mynah asks, at most once a day, to remember what the user has said in other words. With the
    journal only."""


@dataclass(frozen=True, slots=True)
class HabitsSettings:
    """What people usually do."""

    suggest: bool = False
    """Whether Mynah suggests something once a day at most. It takes the journal."""


DESKS = MQTT, NOTIFY, EMAIL = ("mqtt", "notify", "email")


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """The person who is asked what Mynah cannot answer: docs/DESK.md."""

    person: str = ""
    """How the person is called: "Mum". Empty: nobody is asked."""
    to: str = MQTT
    """How a question reaches the person: "mqtt", "notify" (an event in Home Assistant) or "email"."""
    host: str = ""
    """The server that takes mail; it and what follows are for "email"."""
    port: int = 587
    """465: TLS from the beginning; any other: STARTTLS."""
    username: str = ""
    """Empty: as `sender`."""
    password_file: Path | None = None
    """A file whose first line is the password; none: the server wants none."""
    sender: str = ""
    """The address that mail comes from."""
    address: str = ""
    """The person's address."""


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """The watch on complaints: docs/DESK.md."""

    turns: bool = False
    """Whether what is said to Mynah is watched, and what it failed to do."""
    topics: tuple[str, ...] = ()
    """Topics on the broker with texts of people, such as tickets or reviews; + and # may be in them."""
    say: bool = False
    """Whether a surge of complaints is also spoken of."""
    bundle: BundleFolder = field(default_factory=lambda: bundle_folder("sentiment"))
    """What tells whether a text is negative: name of a shipped bundle, or a folder."""


VERSIONS = ("3.1.1", "5")
UNITS = ("metric", "imperial")


@dataclass(frozen=True, slots=True)
class DialogueSettings:
    """The conversation."""

    patience: float = 8.0
    """Seconds of silence after which nobody answers a question any more."""


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


Source = NewType("Source", str)
"""An address, or the path of a file or folder, or nothing."""


def source(written: str, folder: Path = Path()) -> Source:
    """The source that is written so; a path is relative to `folder`."""
    return Source(written if not written or "://" in written else str(folder / Path(written).expanduser()))


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
    voice: VoiceSettings = field(default_factory=VoiceSettings)
    wake: WakeSettings = field(default_factory=WakeSettings)
    endpoint: EndpointSettings = field(default_factory=EndpointSettings)
    hearing: HearingSettings = field(default_factory=HearingSettings)
    understanding: UnderstandingSettings = field(default_factory=UnderstandingSettings)
    home: HomeSettings = field(default_factory=HomeSettings)
    knowledge: KnowledgeSettings = field(default_factory=KnowledgeSettings)
    skills: SkillSettings = field(default_factory=SkillSettings)
    desk: DeskSettings = field(default_factory=DeskSettings)
    watch: WatchSettings = field(default_factory=WatchSettings)
    dialogue: DialogueSettings = field(default_factory=DialogueSettings)
    memory: MemorySettings = field(default_factory=MemorySettings)
    habits: HabitsSettings = field(default_factory=HabitsSettings)
    mqtt: MqttSettings = field(default_factory=MqttSettings)
    review: ReviewSettings = field(default_factory=ReviewSettings)
    update: UpdateSettings = field(default_factory=UpdateSettings)

    @property
    def device_id(self) -> str:
        """`device.id`, or one made from the host name."""
        return self.device.id or default_id(socket.gethostname(), machine_id())
