"""What an emulated device finds outside: a broker that wants a password, and a way in for a person."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.device.broker import Mosquitto, Subscriber, wait_for
from tests.emulator.card import Card
from tests.emulator.machine import HOST, Machine

USER, PASSWORD = "mynah", "a secret of the house"
DEVICE = "emulated"
BOOT = "/boot/firmware"

PAGE = """\
[device]
id = "{device}"

[mqtt]
host = "{host}"
port = {port}
username = "{user}"
password = "{password}"

[review]
keep = true
most = 1000
"""

ACCOUNT = """\
config_version = 1

[system]
hostname = "emulated"

[user]
name = "tester"
password = "{password}"
password_encrypted = false

[ssh]
enabled = true
password_authentication = false
authorized_keys = ["{key}"]
"""


@dataclass(frozen=True, slots=True)
class House:
    folder: Path
    broker: Mosquitto
    ears: Subscriber  # hears all that is said on the broker

    def page(self, password: str = PASSWORD) -> str:
        """The settings page as a person fills it in."""
        names = {"device": DEVICE, "host": HOST, "port": self.broker.port, "user": USER}
        return PAGE.format(**names, password=password)

    def furnish(self, card: Card) -> None:
        """What a person writes on a fresh card."""
        card.write("mynah.toml", self.page())
        key = (self.folder / "key.pub").read_text().strip()
        card.write("custom.toml", ACCOUNT.format(key=key, password=PASSWORD))

    def online(self) -> bool:
        said = self.ears.payloads(f"mynah/{DEVICE}/availability")
        return bool(said) and said[-1] == "online"

    @contextmanager
    def coming_online(self, seconds: float) -> Iterator[None]:
        """What is done inside starts the daemon anew; at the end it is waited for."""
        topic = f"mynah/{DEVICE}/availability"
        count = len(self.ears.payloads(topic))
        yield
        wait_for(lambda: "online" in self.ears.payloads(topic)[count:], seconds)

    def inside(self, machine: Machine, script: str, seconds: float = 120) -> str:
        """What a shell script prints that root runs in the machine. CalledProcessError where it fails."""
        way = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR")
        command = [
            *("ssh", *way, "-i", str(self.folder / "key"), "-p", str(machine.port)),
            *("tester@127.0.0.1", "sudo", "sh", "-s"),
        ]
        done = subprocess.run(
            command, input=script, capture_output=True, text=True, timeout=seconds, check=True
        )
        return done.stdout


@contextmanager
def house(folder: Path) -> Iterator[House]:
    folder.mkdir(parents=True, exist_ok=True)
    passwords = folder / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), USER, PASSWORD], check=True)
    (folder / "key").unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "key")], check=True)
    with (
        Mosquitto(folder, "allow_anonymous false", f"password_file {passwords}") as broker,
        Subscriber(broker.port, username=USER, password=PASSWORD) as ears,
    ):
        yield House(folder, broker, ears)
