"""Names, Wi-Fi and ssh, in the ways in which Raspberry Pi OS users say them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from device.card import sources, system, wifi
from device.card.places import Card
from device.card.system_settings import SystemSettings, User
from device.errors import CardError
from tests.device.card.conftest import Bench

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ4eWZ5bm9tb3Jl me@desk"

CUSTOM = f"""
config_version = 1
[system]
hostname = "kitchen"
[user]
name = "ada"
password = "$6$salt$hash"
password_encrypted = true
[ssh]
enabled = true
password_authentication = false
authorized_keys = ["{KEY}"]
[wlan]
ssid = "IEEE"
password = "password"
password_encrypted = false
hidden = true
country = "gb"
[locale]
keymap = "gb"
timezone = "Europe/London"
"""

USER_DATA = f"""#cloud-config
hostname: kitchen
manage_etc_hosts: true
packages:
- avahi-daemon
users:
- name: ada
  groups: users,sudo
  lock_passwd: false
  passwd: $6$salt$hash
  ssh_authorized_keys:
    - {KEY}
ssh_pwauth: false
timezone: Europe/London
"""

NETWORK_CONFIG = """version: 2
wifis:
  renderer: networkd
  wlan0:
    dhcp4: true
    optional: true
    regulatory-domain: "GB"
    access-points:
      "IEEE":
        password: "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e"
        hidden: true
"""

DERIVED = "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e"
"""IEEE 802.11-2020, J.4.2: of the passphrase "password" and the SSID "IEEE"."""

WANTED = SystemSettings(
    hostname="kitchen",
    country="GB",
    networks=(wifi.WifiNetwork("IEEE", DERIVED, True),),
    user=User("ada", "$6$salt$hash"),
    ssh=True,
    ssh_password=False,
    keys=(KEY,),
    timezone="Europe/London",
)


def accepts(content: str) -> str:
    """A wpa_supplicant to which everything is right."""
    return ""


@pytest.mark.parametrize(
    "files", [{"custom.toml": CUSTOM}, {"user-data": USER_DATA, "network-config": NETWORK_CONFIG}]
)
def test_what_imager_writes_is_understood(card: Card, files: dict[str, str]) -> None:
    for name, content in files.items():
        (card.boot / name).write_text(content.replace("\n", "\r\n"))
    told: list[str] = []
    assert sources.system_settings(card.boot, told.append, accepts) == WANTED
    assert told == []


def test_the_classic_files_win(card: Card) -> None:
    (card.boot / "custom.toml").write_text('[user]\nname = "ada"\n[ssh]\nenabled = false\n')
    (card.boot / "ssh").touch()
    (card.boot / "userconf.txt").write_text("grace:$6$a$b\r\n")
    content = 'country=GB\r\nnetwork={\r\n  ssid=“attic”\r\n  psk="it’s a secret"\r\n}\r\n'
    (card.boot / "wpa_supplicant.conf").write_bytes(content.encode())
    told: list[str] = []
    found = sources.system_settings(card.boot, told.append, accepts)
    assert (found.ssh, found.user) == (True, User("grace", "$6$a$b"))
    assert found.supplicant == 'country=GB\nnetwork={\n  ssid="attic"\n  psk="it’s a secret"\n}\n'
    assert told == []


@pytest.mark.parametrize(
    ("name", "content", "lines"),
    [
        ("custom.toml", "[wlan]\nssid = my wifi", ["custom.toml: not TOML"]),
        (
            "custom.toml",
            '[wlan]\nssid = "attic"\npassword = "secret7"\npassword_encrypted = false\ncountry = "England"',
            ["country must be two letters", "'attic' has 7 letters, but must have 8 to 63"],
        ),
        (
            "custom.toml",
            '[wlan]\nssid = "attic"\npassword = 12345678',
            ["[wlan] password must be text in quotes"],
        ),
        ("custom.toml", '[wifi]\nssid = "attic"', ["[wifi] is not known: use one of [system], [user]"]),
        (
            "custom.toml",
            '[ssh]\nssh_import_id = "gh:ada"',
            ["[ssh] ssh_import_id is not known: use one of enabled"],
        ),
        ("custom.toml", '[ssh]\nauthorized_keys = ["secret77"]', ["one line is not a public key"]),
        (
            "custom.toml",
            '[system]\nhostname = "my kitchen"',
            ["a host name must be letters, digits and hyphens"],
        ),
        ("custom.toml", '[user]\nname = "root"\npassword = "secret77"', ["and not root"]),
        ("custom.toml", "config_version = 2", ["config_version must be 1"]),
        ("userconf.txt", "ada:secret77", ["userconf.txt: must be one line"]),
        ("userconf.txt", "root:$6$a$b", ["userconf.txt: a user name"]),
        ("user-data", "a: [secret77", ["user-data: line 1 is not YAML"]),
        (
            "wpa_supplicant.conf",
            "network={\npsk=secret77\n",
            ["has no end", "line 2: the password (psk) must be in quotes", "it names no country"],
        ),
        (
            "wpa_supplicant.conf",
            'country=GB\nnetwork={\n  ssid=attic\n  psk="secret7"\n}\nnetwork={\n  ssid="%s"\n}' % ("x" * 33),
            [
                "line 3: the Wi-Fi's name (ssid) must be in quotes",
                "line 4: the password (psk) has 7 letters, but must have 8 to 63",
                "line 7: the Wi-Fi's name (ssid) must have 1 to 32 letters",
            ],
        ),
        ("custom.toml", '[wlan]\npassword = "secret77"', ["a password for the Wi-Fi, but no name"]),
        ("wpa_supplicant.conf", "country=GB", ["it names no Wi-Fi"]),
    ],
)
def test_what_is_wrong_is_told_without_secrets(card: Card, name: str, content: str, lines: list[str]) -> None:
    (card.boot / name).write_text(content)
    told: list[str] = []
    sources.system_settings(card.boot, told.append, accepts)
    assert len(told) == len(lines), told
    for line, wanted in zip(told, lines, strict=True):
        assert line.startswith(name)
        assert wanted in line
    assert "secret7" not in "".join(told)


@pytest.mark.parametrize(("password", "hashed"), [("secret77", False), ("$6$salt$hash", True)])
def test_whether_a_password_is_encrypted_need_not_be_said(card: Card, password: str, hashed: bool) -> None:
    (card.boot / "custom.toml").write_text(f'[user]\nname = "ada"\npassword = "{password}"\n')
    assert sources.system_settings(card.boot, pytest.fail, accepts).user == User("ada", password, hashed)


def test_a_part_that_is_wrong_does_not_keep_the_rest(card: Card) -> None:
    (card.boot / "custom.toml").write_text(CUSTOM.replace('"kitchen"', '"my kitchen"').replace('"ada"', "5"))
    told: list[str] = []
    found = sources.system_settings(card.boot, told.append, accepts)
    assert found.networks == WANTED.networks
    assert (found.hostname, found.user) == (None, None)
    assert len(told) == 3  # [user] has no name any more


def test_wifi_names_mean_nothing_to_wpa_supplicant() -> None:
    text = wifi.supplicant([wifi.network('a"}network={ü', "secret77"), wifi.network("open", None)], "DE")
    assert text.count("network={") == 2
    assert f"ssid={b'a'.hex()}227d6e" in text
    assert "secret77" not in text
    assert "secret77" not in repr(wifi.network("a", "secret77"))
    assert text.endswith("network={\n\tssid=6f70656e\n\tkey_mgmt=NONE\n}\n")


def test_settings_are_applied(card: Card, machine: Bench) -> None:
    told: list[str] = []
    system.fulfil(WANTED, card, machine, told.append)
    etc = card.root / "etc"
    assert told == []
    assert (etc / "hostname").read_text() == "kitchen\n"
    assert (etc / "hosts").read_text() == "127.0.0.1\tlocalhost\n127.0.1.1\tkitchen\n"
    assert machine.called == ["kitchen"]
    supplicant = etc / "wpa_supplicant/wpa_supplicant-wlan0.conf"
    assert "country=GB\nnetwork={" in supplicant.read_text()
    assert stat.S_IMODE(supplicant.stat().st_mode) == 0o600
    assert (etc / "localtime").readlink() == Path("/usr/share/zoneinfo/Europe/London")
    keys = card.root / "home/ada/.ssh/authorized_keys"
    assert keys.read_text() == KEY + "\n"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert (etc / "ssh/sshd_config.d/card.conf").read_text() == "PasswordAuthentication no\n"
    assert stat.S_IMODE((etc / "ssh/ssh_host_ed25519_key").stat().st_mode) == 0o600
    commands = [command for command, _ in machine.ran]
    assert commands[0] == (
        "useradd",
        "--create-home",
        "--shell",
        "/bin/bash",
        "--groups",
        "audio,sudo",
        "ada",
    )
    assert machine.ran[1] == (("chpasswd", "--encrypted"), "ada:$6$salt$hash\n")
    assert commands[-1] == ("systemctl", "start", "--no-block", "ssh.service")
    assert "$6$" not in "".join(word for command in commands for word in command)


def test_a_password_as_it_is_typed_is_hashed_by_the_system(card: Card, machine: Bench) -> None:
    told: list[str] = []
    system.fulfil(SystemSettings(user=User("ada", "secret77", False)), card, machine, told.append)
    assert told == []
    assert machine.ran[1] == (("chpasswd",), "ada:secret77\n")


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        (SystemSettings(user=User("mail", "x")), "the user 'mail' belongs to the system"),
        (
            SystemSettings(user=User("ada", "x\nroot:y", False)),
            "the password of the user 'ada' has more than one line",
        ),
        (SystemSettings(keys=(KEY,)), "there are ssh keys, but there is no user"),
        (SystemSettings(ssh=True), "ssh is on, but there is no user to log in"),
        (SystemSettings(timezone="../../etc/shadow"), "the timezone '../../etc/shadow' is not known"),
        (SystemSettings(timezone="Mars"), "the timezone 'Mars' is not known"),
    ],
)
def test_what_cannot_be_is_told(card: Card, machine: Bench, wanted: SystemSettings, line: str) -> None:
    told: list[str] = []
    system.fulfil(wanted, card, machine, told.append)
    assert len(told) == 1
    assert told[0].startswith(line)


def test_one_setting_that_fails_does_not_keep_the_others(card: Card, machine: Bench) -> None:
    machine.broken = {"useradd", "systemctl"}
    told: list[str] = []
    system.fulfil(WANTED, card, machine, told.append)
    assert told[0] == "useradd: does not work"
    assert (card.root / "etc/wpa_supplicant/wpa_supplicant-wlan0.conf").exists()


@pytest.mark.parametrize(
    ("ssid", "password", "line"),
    [
        ("", "secret77", "1 to 32"),
        ("x" * 33, "secret77", "1 to 32"),
        ("ü" * 17, "secret77", "1 to 32"),
        ("attic\n", "secret77", "a line break"),
        ("attic", "secret7", "has 7 letters"),
        ("attic", "x" * 64, "has 64 letters"),
        ("attic", "", "is empty"),
        ("attic", "secret77\n", "a line break"),
    ],
)
def test_what_no_wifi_can_be_is_refused(ssid: str, password: str, line: str) -> None:
    with pytest.raises(CardError, match=line):
        wifi.network(ssid, password)
