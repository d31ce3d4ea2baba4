"""Any words beside the home's commands, on a device that has room for them."""

from __future__ import annotations

import logging
from pathlib import Path

from device.engine.bundle import Bundle
from device.errors import BundleError
from device.hearing.opinion import SecondOpinion
from device.hearing.words import Words

log = logging.getLogger(__name__)

ROOM = 256
"""MB of memory that must be free before the graph is loaded, which takes a tenth of them."""


def second_opinion(folder: Path, acoustic: Bundle, free: int | None = None) -> SecondOpinion | None:
    """That of the words in `folder`; None, and a warning, where they do not fit the model or the device.

    `free`: MB of memory; default, what is free now.
    """
    if (free_megabytes() if free is None else free) < ROOM:
        log.warning("less than %d MB are free, so commands are heard without a second opinion", ROOM)
        return None
    try:
        words = Words.load(folder, acoustic)
    except BundleError as error:
        log.warning("commands are heard without a second opinion: %s", error)
        return None
    return SecondOpinion(words.decoder(acoustic), words.weight)


def free_megabytes(file: Path = Path("/proc/meminfo")) -> int:
    """Memory that programs can have without swapping; ROOM where the system does not tell."""
    try:
        lines = file.read_text(encoding="ascii").splitlines()
    except OSError:
        return ROOM
    found = [line.split() for line in lines if line.startswith("MemAvailable:")]
    return int(found[0][1]) // 1024 if found else ROOM
