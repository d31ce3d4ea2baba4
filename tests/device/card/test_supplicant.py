"""wpa_supplicant's own parser has the last word, in a line without secrets."""

from __future__ import annotations

import shutil

import pytest

from device.card import supplicant, wifi
from device.card.machine import Machine
from device.card.places import Card
from device.card.start import start
from tests.device.card.conftest import Bench

REFUSES = """Successfully initialized wpa_supplicant
Line 4: Invalid passphrase length 7 (expected: 8..63) 'secret7"'.
Line 4: failed to parse psk '"secret7"'.
Failed to read or parse configuration '/dev/stdin'.
"""


def test_what_the_parser_refuses_is_told_and_not_installed(card: Card, machine: Bench) -> None:
    (card.boot / "wpa_supplicant.conf").write_text('country=GB\nnetwork={\n  ssid="attic"\n}\n')
    machine.prints = REFUSES
    told = start(card, machine)
    assert told[0] == (
        "wpa_supplicant.conf: line 4 is refused by wpa_supplicant"
        " (Invalid passphrase length 7 (expected: 8..63)): correct it"
    )
    assert not (card.root / "etc/wpa_supplicant").exists()


@pytest.mark.parametrize("printed", ["", "l2_packet_init: ioctl[SIOCGIFINDEX]: No such device\n"])
def test_what_it_does_not_refuse_holds(card: Card, machine: Bench, printed: str) -> None:
    machine.prints = printed
    assert supplicant.refusal("network={\n}\n", machine) == ""


needs_wpa_supplicant = pytest.mark.skipif(
    shutil.which("wpa_supplicant") is None, reason="wpa_supplicant is not installed"
)


@needs_wpa_supplicant
@pytest.mark.parametrize(
    "lines",
    ['ssid="%s"' % ("x" * 33), "ssid=attic", 'psk="short"', "psk=long enough", "colour=blue", "key_mgmt=NO"],
)
def test_the_parser_itself_refuses(lines: str) -> None:
    why = supplicant.refusal(f"network={{\n\t{lines}\n}}\n", Machine())
    assert why.startswith("line 2 is refused by wpa_supplicant (")
    assert not any(secret in why for secret in ("xxx", "attic", "short", "enough", "blue"))


@needs_wpa_supplicant
def test_the_parser_takes_what_is_made_for_it() -> None:
    networks = [wifi.network('a"}network={ü', "secret77", hidden=True), wifi.network("open", None)]
    assert supplicant.refusal(wifi.supplicant(networks, "DE"), Machine()) == ""
    assert list(supplicant.faults(wifi.supplicant(networks, "DE"))) == []
