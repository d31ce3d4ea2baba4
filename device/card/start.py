"""One start of the device: all that lies on the boot partition is taken over, and what is wrong is told."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from device.card import belongings, sources, supplicant, system, taking, text
from device.card.checks import refusals
from device.card.machine import Machine
from device.card.page import NAME, Page, nothing_set
from device.card.places import Card
from device.card.system_settings import SystemSettings
from device.errors import CardError, MynahError
from device.system.atomic import write_whole

log = logging.getLogger(__name__)

LEAST = 1 << 24
"""Bytes free on the state partition, below which something will soon not be kept."""

UNHEARD = {
    "firstrun.sh": "does not run on Mynah: write its settings into custom.toml, and delete it",
}
"""What others put on the partition and nobody here heeds."""


LOST = (
    "the card's state partition cannot be used, so Mynah loses what it saves at power-off: write the"
    " image to the card again, or to another one"
)


class Told(list[str]):
    """The problems of this start, a line each."""

    def tell(self, line: str) -> None:
        log.warning("%s", line)
        self.append(line)

    @contextmanager
    def wrong(self) -> Iterator[None]:
        """An error inside is told."""
        try:
            yield
        except MynahError as error:
            self.tell(str(error))
        except OSError as error:
            self.tell(f"{error.filename or 'the card'}: {error.strerror}")
        except Exception as error:  # whatever lies on the card, the device starts
            log.exception("a fault in taking the boot partition over; going on")
            self.tell(f"a fault in Mynah ({type(error).__name__}): see the log, journalctl -u mynah-card")


def start(card: Card, machine: Machine) -> Told:
    """Take everything over; what is wrong. Nothing that can be wrong there keeps the device from starting."""
    told = Told()
    for folder in (card.etc, card.run, card.taken):
        with told.wrong():
            folder.mkdir(parents=True, exist_ok=True)
    with told.wrong():
        taking.recover(card.taken)
    wanted = SystemSettings()
    if _there(card.boot):
        with told.wrong():
            refusal = partial(supplicant.refusal, machine=machine)
            wanted = sources.system_settings(card.boot, told.tell, refusal)
        for name, advice in UNHEARD.items():
            if (card.boot / name).exists():
                told.tell(f"{name}: {advice}")
    with told.wrong():
        system.fulfil(wanted, card, machine, told.tell)
    settle(card, told)
    with told.wrong():
        space = os.statvfs(card.state)
        if not machine.mounted(card.partition):
            told.tell(LOST)
        elif space.f_bavail * space.f_frsize < LEAST:
            told.tell(f"the card's state partition is full but for {LEAST >> 20} MB: {taking.ROOM}")
    with told.wrong():
        write_whole(card.problems, "".join(f"{' '.join(line.split())}\n" for line in told).encode())
    return told


def _there(boot: Path) -> bool:
    """Whether the partition is mounted: it has at least what the device starts from."""
    try:
        return any(boot.iterdir())
    except OSError:
        return False


def settle(card: Card, told: Told) -> None:
    """Install the settings page of the card, or the last one that held, or none, with all that it names."""
    last, page = _last(card), None
    if _there(card.boot):
        with told.wrong():
            page = _page(card)
        with told.wrong():
            belongings.take_all(card, [each for each in (page, last) if each], told.tell)
    else:
        told.tell("the boot partition cannot be read: check the card on a computer")
    with told.wrong():
        belongings.link_all(card)
    if page is not None and _installed(page, card, told):
        with told.wrong():
            _keep(card, page)
        for hint in belongings.unused(card, page):
            told.tell(hint)
    elif last is not None and _installed(last, card, Told()):
        told.tell(f"{NAME}: until that is mended, the settings from before are used")
    else:
        told.tell(f"{NAME}: until that is mended, everything is set as it comes")
        with told.wrong():
            nothing_set(card.etc).install()


def _installed(page: Page, card: Card, told: Told) -> bool:
    """Whether the page holds, and is installed now; otherwise what is wrong with it is told."""
    before = len(told)
    for line in belongings.misnamed(card, page):
        told.tell(line)
    with told.wrong():
        for line in refusals(page.settings):
            told.tell(line.replace(f"{card.etc}/", ""))  # with paths as on the card
    if len(told) == before:
        with told.wrong():
            page.install()
    return len(told) == before


def _page(card: Card) -> Page:
    file = text.find(card.boot, NAME)
    if file is None:
        raise CardError(f"{NAME}: is not on the boot partition: write one, or copy it from another card")
    return Page.read(text.toml(text.read(file)), card.etc)


def _last(card: Card) -> Page | None:
    """The last page that held, if it can still be read."""
    try:
        return Page.read((card.state / NAME).read_text("utf-8"), card.etc)
    except (OSError, UnicodeDecodeError, MynahError):
        return None


def _keep(card: Card, page: Page) -> None:
    file = card.state / NAME
    if not file.exists() or file.read_bytes() != page.text.encode():
        try:
            write_whole(file, page.text.encode(), 0o600)  # with its password
        except OSError as error:
            if error.errno not in taking.FULL:
                raise
            raise CardError(
                f"{NAME}: the card's state partition is full, so it is not kept for the time when it breaks:"
                f" {taking.ROOM}"
            ) from None
