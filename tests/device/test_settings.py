from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from device.assembly.stages import make_assistant, make_home
from device.errors import SettingsError
from device.settings import DEVICE, Settings, WakeSettings
from device.settings_file import default_file, load
from device.system.identity import default_host, default_id
from device.system.places import state_folder

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "mynah.toml"
        path.write_text(text, "utf-8")
        return path

    return write


def test_an_empty_file_gives_the_defaults(write: Write) -> None:
    assert load(write("")) == Settings()


def test_every_kind_of_value(write: Write, tmp_path: Path) -> None:
    settings = load(
        write(
            """
            device.id = "kitchen"
            [audio]
            microphone = 2
            sounds = false
            [wake]
            bundles = ["hey_mynah", "./own/hey_athena"]
            thresholds = { "hey mynah" = 0.7, "hey athena" = 1 }
            [endpoint]
            trailing_silence = 1
            [hearing]
            lexicon = "words.txt"
            [home]
            file = "/etc/mynah/home.toml"
            sentences = ["coffee.yaml"]
            [mqtt]
            host = "broker.local"
            tls = true
            [update]
            source = "updates"
            keys = "keys"
            """
        )
    )
    assert settings.device_id == "kitchen"
    assert settings.audio.microphone == 2
    assert not settings.audio.sounds
    assert settings.wake.bundles == (DEVICE / "bundles" / "hey_mynah", tmp_path / "own" / "hey_athena")
    assert settings.wake.thresholds == {"hey mynah": 0.7, "hey athena": 1.0}
    assert settings.endpoint.trailing_silence == 1.0
    assert settings.hearing.lexicon == tmp_path / "words.txt"
    assert settings.home.file == Path("/etc/mynah/home.toml")
    assert settings.home.sentences == (tmp_path / "coffee.yaml",)
    assert settings.update.source == str(tmp_path / "updates")
    assert settings.update.keys == tmp_path / "keys"
    assert settings.mqtt.address == ("broker.local", 8883)


def test_a_microphone_may_be_named(write: Write) -> None:
    assert load(write('audio.microphone = "USB"')).audio.microphone == "USB"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[mqqt]", "no setting is called mqqt: did you mean mqtt?"),
        ('mqtt.hots = "a"', "no setting is called mqtt.hots: did you mean mqtt.host?"),
        ("[endpoint]\ntrailing_silense = 1", "did you mean endpoint.trailing_silence?"),
        ("[audio]\nzzz = 1", "no setting is called audio.zzz: there are audio.microphone, audio.speaker"),
        ('mqtt = "localhost"', "mqtt is a table: write [mqtt] and its settings below"),
        ("mqtt.host = 5", "mqtt.host is 5, but must be text in quotes"),
        ("mqtt.port = true", "mqtt.port is True, but must be a whole number"),
        ('mqtt.port = "1883"', "mqtt.port is '1883', but must be a whole number"),
        ("mqtt.port = 99999", "mqtt.port is 99999, but must be 1 to 65535"),
        ('audio.sounds = "yes"', "audio.sounds is 'yes', but must be true or false"),
        ("audio.microphone = 1.5", "must be text in quotes or a whole number"),
        ("update.source = 1", "update.source is 1, but must be an address or a path in quotes"),
        ("update.every = 0.5", "update.every must be 1 to 8760 hours"),
        ("home.sentences = [1]", "home.sentences is [1], but must be a list of a path in quotes"),
        ("home.file = ''", "home.file is '', but must be a path in quotes"),
        ("hearing.reject_below = 2", "hearing.reject_below is 2.0, but must be 0 to 1"),
        ("wake.thresholds = { a = 'x' }", "but must be a table of names and numbers"),
        ("wake.actions = { a = 7 }", "but must be a table of names and texts"),
        ("wake.thresholds = { a = 7 }", "wake.thresholds.a is 7.0, but must be 0 to 1"),
        ("wake.bundles = []", "wake.bundles is empty"),
        ('device.id = "a/b"', "device.id may hold only letters, digits, _ and -"),
        ('mqtt.password = "x"', "mqtt.username is not: set both or none"),
        ('mqtt.username = "u"\nmqtt.password = "x"\nmqtt.password_file = "f"', "keep one of them"),
        ('mqtt.cert_file = "c"\nmqtt.tls = true', "mqtt.cert_file and mqtt.key_file go together"),
        ('mqtt.ca_file = "c"', "set mqtt.tls = true"),
        ("voice.voice = 3", 'voice.voice is 3, but must be "hibari", "espeak" or a path in quotes'),
        ("voice.replies = 'loud'", "voice.replies is 'loud', but must be one of full, brief, off"),
        ("voice.volume = 101", "voice.volume is 101, but must be 0 to 100"),
        ("voice.quiet_hours = 'night'", 'must be two times such as "22:00-07:00"'),
        ("mqtt = ", "not TOML"),
    ],
)
def test_a_mistake_is_one_line_that_names_file_and_setting(write: Write, text: str, message: str) -> None:
    path = write(text)
    with pytest.raises(SettingsError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml: cannot be read \(No such file"):
        load(tmp_path / "nowhere.toml")


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "mynah.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not UTF-8 text"):
        load(path)


SHIPPED = DEVICE.parent / "systemd" / "mynah.toml"
EXAMPLES = {
    *("id", "room", "microphone", "speaker", "thresholds", "actions", "lexicon", "reject_below", "file"),
    *("sentences", "port", "username", "password_file", "ca_file", "cert_file", "key_file", "folder"),
    *("facts", "rules", "documents"),
}
"""Settings without a default, or whose default is what other settings, the bundle or the machine say."""


def test_the_shipped_settings_file_is_valid() -> None:
    assert load(SHIPPED) == Settings()


def test_what_the_shipped_settings_file_shows_as_defaults_are_the_defaults(tmp_path: Path) -> None:
    """Every line in it with the comment sign taken away, but for those that no default can show."""
    lines = [re.sub(r"^# (?=[a-z_]+ = )", "", line) for line in SHIPPED.read_text().splitlines()]
    shown = [line for line in lines if not line.startswith("#") and line]
    assert len(shown) > 25
    kept = [line for line in shown if line.partition(" = ")[0] not in EXAMPLES]
    file = tmp_path / "mynah.toml"
    file.write_text("\n".join(kept))
    assert load(file) == Settings()


@pytest.mark.parametrize(
    ("host", "expected"),
    [("Kitchen", "kitchen"), ("living-room.home.arpa", "living-room"), ("Küche 2", "k-che-2")],
)
def test_the_device_id_is_the_host_name(host: str, expected: str) -> None:
    assert default_id(host, "0123456789abcdef") == expected


@pytest.mark.parametrize("host", ["localhost", "raspberrypi", "mynah", "", "§§"])
def test_a_host_name_that_says_nothing_gives_a_hash_of_the_machine_id(host: str) -> None:
    first, second = default_id(host, "0123456789abcdef"), default_id(host, "another")
    assert len(first) == 8
    assert first != second
    assert first not in "0123456789abcdef"


def test_devices_that_began_as_one_image_have_names_of_their_own() -> None:
    first, second = default_host("0123456789abcdef"), default_host("0123456789abcdef" + "a board's serial")
    assert re.fullmatch("mynah-[0-9a-f]{6}", first)
    assert first != second
    assert default_id(first, "0123456789abcdef") == first


def test_the_password_is_not_shown() -> None:
    settings = replace(Settings(), mqtt=replace(Settings().mqtt, username="u", password="secret-word"))
    assert "secret-word" not in repr(settings)


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ({"hey you": "listen"}, "no wake word is called 'hey you': there are hey mynah"),
        ({"hey mynah": "sing a song"}, "'sing a song' for 'hey mynah' means nothing"),
    ],
)
def test_an_action_that_cannot_be_is_told_at_once(actions: dict[str, str], message: str) -> None:
    settings = Settings(wake=WakeSettings(actions=actions))
    with pytest.raises(SettingsError, match=message):
        make_assistant(settings)
    fine = Settings(wake=WakeSettings(actions={"hey mynah": "turn off all the lights"}))
    assert make_assistant(fine).actions == {"hey mynah": "turn off all the lights"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[mqtt]\nhost = "a"\n\n  hots = "b"', "mqtt.hots: did you mean mqtt.host? (line 4)"),
        ('[mqqt]\nhost = "a"', "mqqt: did you mean mqtt? (line 1)"),
        ("# one\nmqtt.port = 70000", "must be 1 to 65535 (line 2)"),
        ("[mqtt]\nusername = 5\nport = 1", "must be text in quotes (line 2)"),
        ("[mqtt]\nhost = 192.168.1.10", "(at line 2, column 15)"),
    ],
)
def test_an_error_names_its_line(write: Write, text: str, line: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(line)):
        load(write(text))


def test_a_password_is_not_in_the_error(write: Write) -> None:
    with pytest.raises(SettingsError, match=r"mqtt\.password is something else, but must be text in quotes"):
        load(write('[mqtt]\nusername = "mynah"\npassword = 246810'))


def test_the_room_it_stands_in_is_one_of_the_homes_or_a_new_one(write: Write, tmp_path: Path) -> None:
    (tmp_path / "home.toml").write_text('[[room]]\nname = "living room"\naliases = ["lounge"]\n')
    for said, room in (("Lounge", "living room"), ("living room", "living room"), ("attic", "attic")):
        home = make_home(load(write(f'[device]\nroom = "{said}"\n[home]\nfile = "home.toml"')))
        assert home.here == room
        assert room in [each.name for each in home.layout.rooms]
        assert home.vocabulary.here == room


def test_a_voice_is_a_name_or_a_file_beside_the_settings(write: Write, tmp_path: Path) -> None:
    voices = [load(write(f'voice.voice = "{name}"')).voice.voice for name in ("espeak", "", "mine.onnx")]
    assert voices == ["espeak", "", str(tmp_path / "mine.onnx")]


def test_an_address_is_not_relative_to_anything(write: Write) -> None:
    assert (
        load(write("update.source = 'https://example.org/mynah/'")).update.source
        == "https://example.org/mynah/"
    )


def test_the_service_keeps_its_state_where_systemd_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/private/mynah:/var/lib/other")
    assert state_folder() == Path("/var/lib/private/mynah")
    assert Settings().review.folder == Path("/var/lib/private/mynah/review")


def test_who_has_no_home_has_the_machines_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a service's own user, of which nothing but a number is known."""
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)
    assert default_file() in (None, Path("/etc/mynah/mynah.toml"))
