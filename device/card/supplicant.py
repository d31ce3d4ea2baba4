"""A wpa_supplicant.conf that somebody wrote: what wpa_supplicant would refuse is found before it does.

Of its values none is ever shown: they may be passwords.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from device.card.machine import Machine
from device.card.wifi import HEXADECIMAL, check_password, check_ssid
from device.errors import CardError

Parser = Callable[[str], str]
"""Why the file with this content is refused, "" where it is not."""

COMMAND = ("wpa_supplicant", "-c", "/dev/stdin", "-i", "mynah-none", "-D", "none")
"""There is no such interface: it ends when it has read its file."""
REFUSED = "Failed to read or parse configuration"
REASON = re.compile(r"^Line (\d+): ([^'\"\n]*)", re.M)
"""Up to the value that it quotes."""

FIELD = re.compile(r"\s*(ssid|psk)=(.*?)\s*")


def straight(text: str) -> str:
    """With straight quotation marks around values that have others."""
    return re.sub(r"=[ \t]*[“”„«»](.*)[“”«»][ \t]*$", r'="\1"', text, flags=re.M)


def refusal(content: str, machine: Machine) -> str:
    """Why wpa_supplicant's own parser refuses `content`; "" where it does not, or is not installed."""
    said = machine.printed(COMMAND, content)
    if REFUSED not in said:
        return ""
    found = REASON.search(said)
    where, why = (f"line {found[1]}", f" ({found[2].strip()})") if found else ("it", "")
    return f"{where} is refused by wpa_supplicant{why}: correct it"


def faults(text: str) -> Iterator[str]:
    """A line for each thing that wpa_supplicant refuses, and the whole file with it."""
    lines = _bare(text)
    blocks = sum(bool(re.match(r"\s*network\s*=\s*\{", line)) for _, line in lines)
    if blocks > sum(line.strip() == "}" for _, line in lines):
        yield "a network={ has no end: write  }  on a line of its own below it"
    for number, line in lines:
        if (field := FIELD.fullmatch(line)) is None:
            continue
        try:
            _check(field[1], field[2])
        except CardError as error:
            yield f"line {number}: {error}"


def doubts(text: str) -> Iterator[str]:
    """A line for each thing without which there may be no Wi-Fi."""
    lines = [line for _, line in _bare(text)]
    if not any(re.match(r"\s*network\s*=\s*\{", line) for line in lines):
        yield "it names no Wi-Fi: add  network={  and, each on a line of its own, ssid= and psk= and  }"
    if not any(re.match(r"\s*country\s*=\s*[A-Za-z]{2}\s*$", line) for line in lines):
        yield "it names no country, without which Wi-Fi may stay silent: add a line such as  country=GB"


def _bare(text: str) -> list[tuple[int, str]]:
    """The lines but comments, with their numbers from 1."""
    return [
        (number, line)
        for number, line in enumerate(text.splitlines(), 1)
        if not line.lstrip().startswith("#")
    ]


def _check(field: str, value: str) -> None:
    """As wpa_supplicant.conf(5) has it: text in quotes, digits without. Raises CardError."""
    quoted = re.fullmatch(r'"(.*)"(\s*#.*)?', value)
    if quoted and field == "ssid":
        check_ssid(quoted[1])
    elif quoted:
        check_password(quoted[1], " (psk)")
    elif value.startswith(('P"', "ext:")):
        return  # written as printf(3) has it, or kept elsewhere
    elif field == "ssid" and not re.fullmatch(r"([0-9A-Fa-f]{2}){1,32}(\s*#.*)?", value):
        raise CardError("the Wi-Fi's name (ssid) must be in quotes, with 1 to 32 letters: correct it")
    elif field == "psk" and not HEXADECIMAL.fullmatch(value.partition("#")[0].strip()):
        raise CardError("the password (psk) must be in quotes, with 8 to 63 letters: correct it")
