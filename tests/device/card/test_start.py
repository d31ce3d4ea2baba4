"""One start after the other: what is installed, what is told, and what stays."""

from __future__ import annotations

import json
import shutil
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest

from device import settings_file
from device.card import notes, taking
from device.card.machine import Machine
from device.card.places import Card
from device.card.start import start
from device.mqtt.credentials import password
from device.settings import DEVICE, Settings
from device.system.identity import default_host
from tests.device.card.conftest import Bench
from tests.device.certificates import Authority, needs_openssl

SHIPPED = DEVICE / "bundles" / "hey_mynah"
EXAMPLE = Path(__file__).parents[3] / "systemd/card/mynah.toml"

PAGE = """
[device]
room = "attic"
[mqtt]
host = "broker.local"
username = "mynah"   # password = "older-secret"
password = 'it is "secret77"'
[wake]
bundles = ["bundles/athena"]
[home]
file = "home.toml"
sentences = ["sentences"]
[hearing]
lexicon = "words.txt"
"""

HOME = '[[room]]\nname = "attic"\n'

SENTENCES = """
language: en
intents:
  OrderCoffee:
    data:
      - sentences: ["(make me|i want) [a] {drink}"]
lists:
  drink: {values: [espresso, latte]}
"""


def test_the_card_as_it_comes_has_no_problems(card: Card, machine: Bench) -> None:
    shutil.copy(EXAMPLE, card.boot / "mynah.toml")
    for folder in ("bundles", "sentences"):
        (card.boot / folder).mkdir()
    assert start(card, machine) == []


def test_a_state_partition_that_is_lost_is_told(card: Card, machine: Bench) -> None:
    shutil.copy(EXAMPLE, card.boot / "mynah.toml")
    machine.partition = False
    (line,) = start(card, machine)
    assert "state partition cannot be used" in line


def test_a_device_that_was_given_no_name_has_one_that_no_other_has(card: Card, machine: Bench) -> None:
    shutil.copy(EXAMPLE, card.boot / "mynah.toml")
    hostname = card.root / "etc/hostname"
    hostname.write_text("mynah\n")
    assert start(card, machine) == []
    assert hostname.read_text() == f"{default_host(machine.identity())}\n"
    assert start(card, machine) == []
    assert machine.called == [default_host(machine.identity())]
    (card.boot / "custom.toml").write_text('[system]\nhostname = "kitchen"\n')
    assert start(card, machine) == []
    assert machine.called[-1] == "kitchen"


def test_what_is_mounted_is_known(tmp_path: Path) -> None:
    assert Machine().mounted(Path("/proc"))
    assert not Machine().mounted(tmp_path)


@pytest.fixture
def full(card: Card) -> Card:
    """A card with all that may lie on it."""
    (card.boot / "mynah.toml").write_text(PAGE)
    (card.boot / "home.toml").write_text(HOME)
    (card.boot / "words.txt").write_text("zigbee Z IH G B IY\n")
    (card.boot / "sentences").mkdir()
    (card.boot / "sentences/coffee.yaml").write_text(SENTENCES)
    shutil.copytree(SHIPPED, card.boot / "bundles/athena")
    return card


def installed(card: Card) -> dict[str, Any]:
    return tomllib.loads((card.etc / "mynah.toml").read_text())


def boot(card: Card, machine: Bench) -> list[str]:
    """A start after the power was off: what is in /etc and /run is gone."""
    shutil.rmtree(card.etc, ignore_errors=True)
    shutil.rmtree(card.run, ignore_errors=True)
    return start(card, machine)


def test_all_of_it_is_taken_over(full: Card, machine: Bench) -> None:
    assert boot(full, machine) == []
    found = settings_file.load(full.etc / "mynah.toml")
    assert found.mqtt.host == "broker.local"
    assert found.home.file.read_text() == HOME
    assert (found.wake.bundles[0] / "model.tflite").read_bytes() == (SHIPPED / "model.tflite").read_bytes()
    assert (found.home.sentences[0] / "coffee.yaml").is_file()
    assert full.problems.read_text() == ""
    assert not (full.boot / notes.NAME).exists()


def test_secrets_are_for_the_daemon_alone(full: Card, machine: Bench) -> None:
    boot(full, machine)
    page = (full.etc / "mynah.toml").read_text()
    assert "secret" not in page
    assert installed(full)["mqtt"] == {"host": "broker.local", "username": "mynah"}
    file = full.etc / "password"
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ('it is "secret77"\n', 0o600)
    environment = {"CREDENTIALS_DIRECTORY": str(full.etc)}
    assert password(settings_file.load(full.etc / "mynah.toml").mqtt, environment) == 'it is "secret77"'
    assert stat.S_IMODE((full.state / "mynah.toml").stat().st_mode) == 0o600
    (full.boot / "mynah.toml").write_text('[mqtt]\nhost = "broker.local"\n')
    start(full, machine)
    assert not file.exists()


@needs_openssl
def test_a_key_and_a_password_file_beside_the_page(card: Card, machine: Bench) -> None:
    (card.boot / "mynah.toml").write_text(
        '[mqtt]\nusername = "mynah"\npassword_file = "broker.txt"\ntls = true\n'
        'cert_file = "tls/kitchen.crt"\nkey_file = "tls/kitchen.key"\nca_file = "tls/ca.crt"\n'
    )
    (card.boot / "broker.txt").write_bytes(b"secret77\r\n")
    Authority(card.boot, "tls").issue("kitchen")
    assert boot(card, machine) == []
    mqtt = settings_file.load(card.etc / "mynah.toml").mqtt
    assert (card.etc / "password").read_text() == "secret77\n"
    assert mqtt.password_file is None
    assert mqtt.key_file == Path("/run/credentials/mynah.service/key")
    key = card.etc / "key"
    assert key.read_text().startswith("-----BEGIN PRIVATE KEY-----")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert mqtt.cert_file is not None
    assert mqtt.cert_file.read_text().startswith("-----BEGIN CERTIFICATE-----")
    readable = [path.name for path in card.taken.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert sorted(readable) == ["ca.crt", "kitchen.crt"]


def test_a_broken_page_leaves_the_last_good_one(full: Card, machine: Bench) -> None:
    boot(full, machine)
    for broken, line in (
        ("[mqtt]\nhost = 192.168.1.10\n", "mynah.toml: not TOML: "),
        (
            '[mqtt]\nhots = "a"\n',
            "mynah.toml: no setting is called mqtt.hots: did you mean mqtt.host? (line 2)",
        ),
        ('[wake]\nbundles = ["bundles/minerva"]\n', "bundles/minerva: no bundle here"),
        ('[wake]\nactions = { "hey mynah" = "fly" }\n', "wake.actions: 'fly' for 'hey mynah' means nothing"),
        ('[wake]\nthresholds = { "hey you" = 0.5 }\n', "wake.thresholds: no wake word is called 'hey you'"),
        ('[home]\nfile = "house.toml"\n', "house.toml: cannot be read"),
    ):
        (full.boot / "mynah.toml").write_text(broken)
        told = boot(full, machine)
        assert told[0].startswith(line), told
        assert told[-1] == "mynah.toml: until that is mended, the settings from before are used"
        assert installed(full)["mqtt"]["host"] == "broker.local"
        assert "secret77" in (full.etc / "password").read_text()
        assert full.problems.read_text().splitlines() == [" ".join(each.split()) for each in told]


def test_a_broken_page_and_none_before(card: Card, machine: Bench) -> None:
    assert boot(card, machine) == [
        "mynah.toml: is not on the boot partition: write one, or copy it from another card",
        "mynah.toml: until that is mended, everything is set as it comes",
    ]
    assert settings_file.load(card.etc / "mynah.toml") == Settings()


def test_a_page_as_windows_leaves_it(card: Card, machine: Bench) -> None:
    (card.boot / "mynah.toml.txt").write_bytes("\ufeff[mqtt]\r\nhost = “broker.local”\r\n".encode())
    assert boot(card, machine) == []
    assert installed(card)["mqtt"]["host"] == "broker.local"


def test_a_damaged_bundle_leaves_the_one_from_before(full: Card, machine: Bench) -> None:
    boot(full, machine)
    (full.boot / "bundles/athena/model.tflite").write_bytes(b"damaged")
    (told,) = boot(full, machine)
    assert told.startswith("bundles/athena/model.tflite: damaged (its sha256 is not the one in bundle.json)")
    assert (full.etc / "bundles/athena/model.tflite").read_bytes() == (SHIPPED / "model.tflite").read_bytes()
    assert installed(full)["wake"]["bundles"] == ["bundles/athena"]


def test_sentences_and_a_home_that_are_wrong_leave_those_from_before(full: Card, machine: Bench) -> None:
    boot(full, machine)
    (full.boot / "home.toml").write_text('[[room]]\nnam = "attic"\n')
    (full.boot / "sentences/coffee.yaml").write_text("intents: [")
    (full.boot / "words.txt").write_text("zigbee QQ\n")
    told = boot(full, machine)
    assert [line.partition(":")[0] for line in told] == ["home.toml", "sentences/coffee.yaml", "words.txt"]
    assert (full.etc / "home.toml").read_text() == HOME
    assert (full.etc / "words.txt").read_text() == "zigbee Z IH G B IY\n"


def test_what_is_removed_from_the_card_is_removed(full: Card, machine: Bench) -> None:
    boot(full, machine)
    (full.boot / "mynah.toml").write_text("")
    shutil.rmtree(full.boot / "bundles")
    shutil.rmtree(full.boot / "sentences")
    (full.boot / "home.toml").unlink()
    boot(full, machine)  # what the last page names stays until there is another one
    assert boot(full, machine) == []
    assert list(full.taken.iterdir()) == []
    assert [path.name for path in full.etc.iterdir()] == ["mynah.toml"]


def test_a_partition_that_is_not_there_changes_nothing(full: Card, machine: Bench) -> None:
    boot(full, machine)
    shutil.rmtree(full.boot)
    full.boot.mkdir()
    told = boot(full, machine)
    assert told[0] == "the boot partition cannot be read: check the card on a computer"
    assert installed(full)["mqtt"]["host"] == "broker.local"
    assert (full.etc / "bundles/athena/bundle.json").is_file()


def test_what_is_the_same_is_not_written_again(full: Card, machine: Bench) -> None:
    boot(full, machine)
    before = {path: path.stat().st_ino for path in full.state.rglob("*")}
    boot(full, machine)
    assert {path: path.stat().st_ino for path in full.state.rglob("*")} == before


def test_a_full_state_partition_is_told_and_the_device_starts(
    full: Card, machine: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    boot(full, machine)
    (full.boot / "home.toml").write_text(HOME + "# more\n")

    def write(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(taking, "write", write)
    (told,) = boot(full, machine)
    assert told.startswith("home.toml: the card's state partition is full: remove bundles")
    assert (full.etc / "home.toml").read_text() == HOME


def test_a_state_partition_that_is_almost_full_is_told(
    card: Card, machine: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    (card.boot / "mynah.toml").write_text("")
    monkeypatch.setattr("device.card.start.LEAST", 1 << 60)
    (told,) = boot(card, machine)
    assert told.startswith("the card's state partition is full but for")
    assert told.endswith("remove bundles from the card, or use a larger one")


def test_a_wake_word_of_ones_own_is_named_with_its_folder(full: Card, machine: Bench) -> None:
    (full.boot / "mynah.toml").write_text('[wake]\nbundles = ["athena"]\n')
    assert boot(full, machine)[0] == 'mynah.toml: athena lies in bundles: write  bundles = ["bundles/athena"]'


def test_what_lies_there_for_nothing_is_named(card: Card, machine: Bench) -> None:
    (card.boot / "mynah.toml").write_text("")
    (card.boot / "home.toml").write_text(HOME)
    (card.boot / "sentences").mkdir()
    (card.boot / "sentences/coffee.yaml").write_text(SENTENCES)
    (card.boot / "bundles/deep").mkdir(parents=True)
    shutil.copytree(SHIPPED, card.boot / "bundles/deep/athena")
    (card.boot / "bundles/minerva.zip").touch()
    (card.boot / "bundles/._minerva").touch()
    (card.boot / "firstrun.sh").touch()
    assert boot(card, machine) == [
        "firstrun.sh: does not run on Mynah: write its settings into custom.toml, and delete it",
        "bundles/deep: the bundle is a folder deeper: put athena itself into bundles",
        "bundles/minerva.zip: a bundle is a folder: unpack it on your computer, and put the folder here",
        'home.toml: is not used: to use it, write  file = "home.toml"  below [home] in mynah.toml',
        'sentences: is not used: to use it, write  sentences = ["sentences"]  below [home] in mynah.toml',
    ]


@pytest.mark.parametrize("name", ["../root/etc/passwd", "/etc/passwd", "mynah.toml"])
def test_names_lead_nowhere_else(card: Card, machine: Bench, name: str) -> None:
    (card.boot / "mynah.toml").write_text(f"[hearing]\nlexicon = {json.dumps(name)}\n")
    boot(card, machine)
    assert (card.root / "etc/passwd").read_text().startswith("root:")
    assert tomllib.loads((card.etc / "mynah.toml").read_text()) in ({}, {"hearing": {"lexicon": name}})


def test_a_folder_of_the_devices_own_is_not_replaced(card: Card, machine: Bench) -> None:
    """`keys` comes with the package; what else the page names is there all the same."""
    (card.etc / "keys").mkdir(parents=True)
    for folder in ("keys", "ours"):
        (card.boot / folder).mkdir()
        (card.boot / folder / "maker.pub").write_text("a key")
    (card.boot / "mynah.toml").write_text('[update]\nkeys = "keys"\n')
    assert any(line.startswith("keys: is not used: the device has a folder") for line in start(card, machine))
    (card.boot / "mynah.toml").write_text('[update]\nkeys = "ours"\n')
    assert start(card, machine) == []
    assert (card.etc / "ours/maker.pub").read_text() == "a key"


def test_the_example_page_sets_nothing_and_each_of_its_lines_may_be_used(card: Card, machine: Bench) -> None:
    text = EXAMPLE.read_text()
    assert settings_file.parse(text, card.etc, "mynah.toml") == Settings()
    lines = [line[2:] if line.startswith("# ") and " = " in line else line for line in text.splitlines()]
    used = settings_file.parse("\n".join(lines), card.etc, "mynah.toml")
    assert used.device.room == "kitchen"
    assert used.mqtt.password == "secret"
    assert used.audio.microphone == "USB"


def test_whatever_lies_there_the_device_starts(full: Card, machine: Bench) -> None:
    boot(full, machine)
    (full.boot / "mynah.toml").write_text("a = " + "[" * 20_000)  # too deep for the parser
    (full.boot / "custom.toml").write_text("a = " + "[" * 20_000)
    told = boot(full, machine)
    assert any("see the log, journalctl" in line or "not TOML" in line for line in told)
    assert installed(full)["mqtt"]["host"] == "broker.local"


def test_without_a_state_partition_the_page_holds_all_the_same(card: Card, machine: Bench) -> None:
    (card.boot / "mynah.toml").write_text('[mqtt]\nhost = "broker.local"\n')
    card.state.rmdir()
    card.state.write_text("in the way, as what cannot be written is")
    told = boot(card, machine)
    assert any("state" in line for line in told)
    assert installed(card)["mqtt"]["host"] == "broker.local"
