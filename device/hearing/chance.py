"""How well speech that is no command fits a grammar by chance: what confidence is measured against.

A home with a hundred names finds something near to anything that is said, a grammar of three sentences hardly
ever does. So a bundle brings posteriors of other people's ordinary speech, in and out of noise; decoded with
the grammar of this home they tell where the ratios of strangers lie, and a hearing is judged by how far it is
from them, in deviations. It is the zero normalisation of speaker verification, with sentences for
speakers (Li and Porter 1988; Auckenthaler et al. 2000, doi:10.1006/dspr.1999.0360).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from device.errors import BundleError

if TYPE_CHECKING:
    from device.hearing.decoder import Decoder

Posteriors = npt.NDArray[np.float32]

STEP = 0.05
"""Nats to a level of a stored log posterior: 0 to −12.75 in a byte."""


FLOOR = -1.5
"""The log-likelihood ratio of what does not fit at all, or hardly: how badly says nothing more."""
LEAST = 0.25
"""The least deviation: a grammar of two words fits all other speech equally badly."""


@dataclass(frozen=True, slots=True)
class Chance:
    """Median, and deviation upwards, of the log-likelihood ratio of speech that is no command.

    The deviation is that of the upper half: how badly the rest fits does not matter.
    """

    median: float = FLOOR
    spread: float = LEAST

    def height(self, llr: float) -> float:
        """How many deviations `llr` is above chance."""
        return (llr - self.median) / self.spread


def chance(decoder: Decoder, others: Iterable[Posteriors]) -> Chance:
    """How `others` fit the grammar of `decoder`."""
    found = [decoder.decode(item) for item in others]
    if not found:
        return Chance()
    ratios = np.array([max(FLOOR, one.details.llr) if one else FLOOR for one in found])
    median = float(np.median(ratios))
    above = ratios[ratios >= median] - median
    return Chance(median, max(LEAST, float(np.sqrt(np.mean(above**2)))))


def save(others: Sequence[Posteriors], file: Path) -> None:
    """`others`: (frames, phones) log posteriors of one recording each; kept to 1/20 nat."""
    levels = [np.clip(np.rint(-item / STEP), 0, 255).astype(np.uint8) for item in others]
    with file.open("wb") as opened:
        np.savez_compressed(opened, levels=np.concatenate(levels), frames=[len(item) for item in levels])


def load(file: Path) -> list[Posteriors]:
    """What was saved. Raises BundleError for a file that is none of ours."""
    try:
        with np.load(file) as content:
            levels, ends = content["levels"], np.cumsum(content["frames"])
            return np.split(levels.astype(np.float32) * np.float32(-STEP), ends[:-1])
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise BundleError(f"{file}: cannot be read ({error}); copy the bundle again") from error
