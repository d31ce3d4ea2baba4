"""Impostor statistics: how well speech that is no command fits a grammar. Confidence is measured by them.

A home with a hundred names offers something near to anything that is said; a grammar of three sentences
hardly ever does. So a hearing is judged by how far its log-likelihood ratio is above the ratios of strangers'
ordinary speech, in deviations. This is the zero normalisation of speaker verification, with sentences for
speakers (Li and Porter 1988; Auckenthaler et al. 2000, doi:10.1006/dspr.1999.0360).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FLOOR = -1.5
"""The log-likelihood ratio of what does not fit at all, or hardly: how badly says nothing more."""
LEAST = 0.25
"""The least deviation: a grammar of two words fits all other speech equally badly."""


@dataclass(frozen=True, slots=True)
class Impostors:
    """Median, and deviation upwards, of the log-likelihood ratio of speech that is no command.

    The deviation is that of the upper half: how badly the rest fits does not matter.
    """

    median: float = FLOOR
    spread: float = LEAST

    @classmethod
    def of(cls, ratios: Sequence[float]) -> Impostors:
        """`ratios`: the log-likelihood ratios of other speech, of which those below FLOOR count as FLOOR."""
        if not ratios:
            return UNMEASURED
        raised = np.maximum(np.asarray(ratios), FLOOR)
        median = float(np.median(raised))
        above = raised[raised >= median] - median
        return cls(median, max(LEAST, float(np.sqrt(np.mean(above**2)))))

    def height(self, llr: float) -> float:
        """How many deviations `llr` is above the impostors' median."""
        return (llr - self.median) / self.spread


UNMEASURED = Impostors()
"""What holds where no other speech is known."""
