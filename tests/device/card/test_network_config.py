"""Wi-Fi as netplan describes it: scalars are text, and no network is open that was not meant to be."""

from __future__ import annotations

import pytest

from device.card import cloud
from device.card.places import Card
from device.card.system_settings import SystemSettings, User
from device.card.wifi import WifiNetwork, network


def read(card: Card, name: str, content: str) -> tuple[SystemSettings, list[str]]:
    (card.boot / name).write_text(content)
    told: list[str] = []
    return cloud.system_settings(card.boot, told.append), told


def wifi(card: Card, points: str, radio: str = "") -> tuple[tuple[WifiNetwork, ...], list[str]]:
    """What comes of `points`, each a line below access-points."""
    lines = "".join(f"        {line}\n" for line in points.splitlines())
    content = f"network:\n  version: 2\n  wifis:\n    wlan0:\n{radio}      access-points:\n{lines}"
    wanted, told = read(card, "network-config", content)
    return wanted.networks, told


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0123456701", "0123456701"),
        ("01234567", "01234567"),
        ("12:34:56", "12:34:56"),
        ("2026-11-27", "2026-11-27"),
        ("0x10203040", "0x10203040"),
        ("12345678e5", "12345678e5"),
        ("1_000_000", "1_000_000"),
        ("'0123456701'", "0123456701"),
        ('"tab\\x21tab\\x21"', "tab!tab!"),
        ("!!int 0123456701", "0123456701"),
    ],
)
def test_a_password_is_text(card: Card, written: str, meant: str) -> None:
    assert wifi(card, f"home:\n  password: {written}") == ((network("home", meant),), [])


@pytest.mark.parametrize("name", ["No", "0042", "~", "1e5", "0x10", "null", "2026-11-27", "on", "1.50"])
def test_a_name_is_text(card: Card, name: str) -> None:
    assert wifi(card, f"{name}:\n  password: secret77") == ((network(name, "secret77"),), [])


@pytest.mark.parametrize(
    ("code", "country"), [("NO", "NO"), ("no", "NO"), ('"US\\n"', "US"), ("'GB '", "GB"), ("DE", "DE")]
)
def test_a_country_is_text(card: Card, code: str, country: str) -> None:
    wanted, told = read(card, "network-config", f"wifis:\n  wlan0:\n    regulatory-domain: {code}\n")
    assert (wanted.country, told) == (country, [])


@pytest.mark.parametrize(
    ("point", "password"),
    [
        ("home: {}", None),
        ("home: {hidden: false}", None),
        ("home: {auth: {key-management: none}}", None),
        ("home: {auth: {key-management: psk, password: 01234567}}", "01234567"),
        ("home: {password: secret77, auth: {key-management: psk, password: secret77}}", "secret77"),
    ],
)
def test_an_auth_is_honoured(card: Card, point: str, password: str | None) -> None:
    assert wifi(card, point) == ((network("home", password),), [])


@pytest.mark.parametrize(
    ("point", "line"),
    [
        ("home:", "below the Wi-Fi 'home' a password: is expected"),
        ("home: secret77", "below the Wi-Fi 'home' a password: is expected"),
        ("home:\n  password:", "the password of the Wi-Fi 'home' is empty"),
        ("home:\n  password: ''", "the password of the Wi-Fi 'home' is empty"),
        ("home:\n  password: ~", "has 1 letters, but must have 8 to 63"),
        ("home:\n  password: [secret77]", "password must be text"),
        ('home:\n  password: "secret77\\n"', "contains a line break"),
        ('"home\\n":\n  password: secret77', "contains a line break"),
        ("home:\n  auth:", "has an unknown auth: value"),
        ("home:\n  auth: secret77", "has an unknown auth: value"),
        ("home: {auth: {password: secret77}}", "has an unknown auth: value"),
        ("home: {auth: {key-management: psk}}", "has an unknown auth: value"),
        ("home: {auth: {key-management: sae, password: secret77}}", "has an unknown auth: value"),
        ("home: {auth: {key-management: none, password: secret77}}", "has an unknown auth: value"),
        ("home: {password: secret77, auth: {key-management: none}}", "has an unknown auth: value"),
        (
            "home: {password: secret78, auth: {key-management: psk, password: secret77}}",
            "has an unknown auth: value",
        ),
        (
            "home: {auth: {key-management: eap, method: peap, identity: ada, password: secret77}}",
            "has an unknown auth: value",
        ),
        ("home: {mode: adhoc, password: secret77}", "has a mode"),
        ("home: {hidden: maybe, password: secret77}", "hidden must be true or false"),
    ],
)
def test_what_cannot_be_joined_as_meant_is_refused_and_the_rest_holds(
    card: Card, point: str, line: str
) -> None:
    found, told = wifi(card, f"{point}\nattic: {{password: secret77, hidden: Yes}}")
    assert found == (network("attic", "secret77", hidden=True),)
    assert len(told) == 1
    assert told[0].startswith("network-config: ")
    assert line in told[0]
    assert "secret7" not in told[0]


def test_an_address_of_its_own_is_told(card: Card) -> None:
    _, told = wifi(card, "home: {password: secret77}", "      addresses: [10.0.0.7/24]\n")
    assert told == [
        "network-config: addresses of wlan0 is not used: give the device its address in your router"
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("wifis: {wlan0: {access-points: [home]}}", "access-points of wlan0 must be a table"),
        ("[" * 5000, "is nested too deeply"),
        ("- home", "is not a table of names and values"),
        ("? [a]\n: b", "is not YAML"),
        ("a: 1\n---\nb: 2", "is not YAML"),
        ("a: \x00", "is not YAML"),
    ],
)
def test_what_is_no_network_config_is_told(card: Card, content: str, line: str) -> None:
    wanted, told = read(card, "network-config", content)
    assert wanted == SystemSettings()
    assert len(told) == 1
    assert line in told[0]


@pytest.mark.parametrize(
    ("user", "meant"),
    [
        ("passwd: $6$a$b", User("no", "$6$a$b")),
        ("hashed_passwd: $6$a$b", User("no", "$6$a$b")),
        ("plain_text_passwd: 0123456701", User("no", "0123456701", hashed=False)),
        ("groups: users", User("no", None)),
    ],
)
def test_who_may_log_in_is_text_too(card: Card, user: str, meant: User) -> None:
    content = (
        f"hostname: \"0042\\n\"\nssh_pwauth: No\ntimezone: ''\nusers:\n- default\n- name: no\n  {user}\n"
    )
    wanted, told = read(card, "user-data", content)
    assert told == []
    assert wanted == SystemSettings(hostname="0042", user=meant, ssh_password=False)
