"""Whatever may lie on a card's boot partition: it is read or told, in lines without secrets."""

from __future__ import annotations

import random
import re
import tempfile
from pathlib import Path
from typing import Self

from device.card import sources, wifi
from device.card.page import Page
from device.card.supplicant import faults
from device.card.system_settings import HOST, SystemSettings
from device.errors import MynahError
from tests.fuzz.payloads import EVIL, mangled

SECRET = "secret77"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ4eWZ5bm9tb3Jl me@desk"
FILES = {
    "network-config": f"""network:
  version: 2
  wifis:
    wlan0:
      dhcp4: true
      regulatory-domain: GB
      access-points:
        attic:
          password: {SECRET}
          hidden: true
        cellar:
          auth:
            key-management: psk
            password: {SECRET}
""",
    "user-data": f"""#cloud-config
hostname: kitchen
users:
- name: ada
  passwd: $6$salt${SECRET}
  ssh_authorized_keys:
  - {KEY}
ssh_pwauth: false
timezone: Europe/London
""",
    "custom.toml": f"""[system]
hostname = "kitchen"
[user]
name = "ada"
password = "{SECRET}"
[wlan]
ssid = "attic"
password = "{SECRET}"
country = "GB"
""",
    "wpa_supplicant.conf": f"""country=GB
network={{
  ssid="attic"
  psk="{SECRET}"
}}
""",
    "userconf.txt": f"ada:$6$salt${SECRET}\n",
    "mynah.toml": f"""[device]
room = "attic"
[mqtt]
host = "broker.local"
username = "mynah"
password = "{SECRET}"
""",
}
SCALARS = (
    *(
        "~",
        "No",
        "NO",
        "yes",
        "0123456701",
        "01234567",
        "12:34:56",
        "1e5",
        "0x10",
        "0o17",
        "2026-11-27",
        "null",
    ),
    *(
        "''",
        '""',
        '"US\\n"',
        "'it''s'",
        '"\\0"',
        "|",
        ">-",
        "[]",
        "{}",
        "[a, b]",
        "{a: b}",
        "!!binary aGk=",
        "&a *a",
    ),
    *(
        "!!python/object/apply:os.system [id]",
        "*unknown",
        "<<: *a",
        "- - - a",
        "? b",
        "%TAG ! !",
        "…",
        "\t",
        "---",
    ),
    *(
        "x" * 33,
        "x" * 64,
        "ab" * 32,
        "a: b: c",
        "# all",
        "${HOME}",
        "`id`",
        '"""',
        "'''",
        "true",
        "1.5",
        "inf",
    ),
)
VALUE = re.compile(r"(?<=: )[^\n]+|(?<== )[^\n]+|(?<==)[^\n{]+")


class Reader:
    """A boot partition in memory, or wherever temporary files are; a context manager."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="mynah-fuzz-")
        self.boot = Path(self._folder.name)
        return self

    def __exit__(self, *exception: object) -> None:
        self._folder.cleanup()

    def take(self, seed: int) -> None:
        """A card that `seed` tells is read; AssertionError with what lies on it where that is not borne."""
        rng = random.Random(seed)
        contents = {name: _broken(text, rng) for name, text in FILES.items() if rng.random() < 0.5}
        for name in FILES:
            (self.boot / name).unlink(missing_ok=True)
        for name, content in contents.items():
            (self.boot / name).write_bytes(content)
        told: list[str] = []
        try:
            _check(sources.system_settings(self.boot, told.append, lambda content: ""))
            if "mynah.toml" in contents:
                _page(contents["mynah.toml"], told)
            assert not any(SECRET in line for line in told), told
        except Exception as error:
            raise AssertionError(f"{error!r} from a card, seed {seed}: {contents}") from error


def _broken(text: str, rng: random.Random) -> bytes:
    """With some values that are not expected there, lines that are lost, doubled or moved, or mangled."""
    lines = text.splitlines()
    for _ in range(rng.randrange(4)):
        at = rng.randrange(len(lines))
        match rng.randrange(6):
            case 0 | 1:
                lines[at] = VALUE.sub(lambda _: rng.choice(SCALARS), lines[at])
            case 2:
                lines[at] = VALUE.sub(lambda _: str(rng.choice(EVIL)), lines[at])
            case 3:
                del lines[at]
            case 4:
                lines.insert(at, rng.choice(lines))
            case _:
                lines[at] = rng.choice(("  ", "\t", "")) + lines[at].lstrip()
        lines = lines or [""]
    content = "\n".join(lines).encode("utf-8", "surrogatepass")
    return mangled(content, rng) if rng.random() < 0.1 else content


def _check(wanted: SystemSettings) -> None:
    """What is wanted is what the system takes."""
    assert wanted.hostname is None or HOST.fullmatch(wanted.hostname)
    assert wanted.country is None or wifi.COUNTRY.fullmatch(wanted.country)
    for network in wanted.networks:
        assert 1 <= len(network.ssid.encode()) <= 32
        assert not wifi.CONTROL.search(network.ssid)
        assert network.key is None or wifi.HEXADECIMAL.fullmatch(network.key)
    content = wanted.supplicant or wifi.supplicant(wanted.networks, wanted.country)
    assert not list(faults(content))


def _page(content: bytes, told: list[str]) -> None:
    try:
        Page.read(content.decode("utf-8", "replace"), Path("/etc/mynah"))
    except MynahError as error:
        told.append(str(error))
