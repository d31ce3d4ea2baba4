"""The logistic function: from log odds to a probability."""

from __future__ import annotations

from typing import overload

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

LIMIT = 50.0
"""Log odds beyond which a probability is as good as 0 or 1, and its exponential could overflow."""


@overload
def logistic(x: float) -> float: ...
@overload
def logistic(x: Floats) -> Floats: ...
def logistic(x: float | Floats) -> float | Floats:
    """Return 1 / (1 + exp(−x)), 0…1, of a number or of each element of an array."""
    probability = 1.0 / (1.0 + np.exp(-np.clip(x, -LIMIT, LIMIT)))
    return probability if isinstance(x, np.ndarray) else float(probability)
