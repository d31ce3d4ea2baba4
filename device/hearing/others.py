"""Other people's ordinary speech, in and out of noise, that a bundle brings as impostors."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from device.errors import BundleError
from device.hearing.acoustic import Posteriors
from device.hearing.decoder import Decoder
from device.hearing.impostors import FLOOR, Impostors

STEP = 0.05
"""Nats to a level of a stored log posterior: 0 to −12.75 in a byte."""


def measured(decoder: Decoder, others: Iterable[Posteriors]) -> Impostors:
    """How `others`, log posteriors of a recording each, fit the grammar of `decoder`."""
    decoded = (decoder.decode(item) for item in others)
    return Impostors.of([one.details.llr if one else FLOOR for one in decoded])


def save(others: Sequence[Posteriors], file: Path) -> None:
    """Write `others`, (frames, phones) log posteriors of one recording each, to 1/20 nat."""
    levels = [np.clip(np.rint(-item / STEP), 0, 255).astype(np.uint8) for item in others]
    with file.open("wb") as opened:
        np.savez_compressed(opened, levels=np.concatenate(levels), frames=[len(item) for item in levels])


def load(file: Path) -> list[Posteriors]:
    """Read what `save` wrote. Raises BundleError for any other file."""
    try:
        with np.load(file) as content:
            levels, ends = content["levels"], np.cumsum(content["frames"])
            return np.split(levels.astype(np.float32) * np.float32(-STEP), ends[:-1])
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise BundleError(f"{file}: cannot be read ({error}); copy the bundle again") from error
