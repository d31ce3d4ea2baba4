"""Pre-emphasis and its inverse: speech is loud where its frequencies are low, and filters that adapt want
it white."""

from __future__ import annotations

import numpy as np

from device.echo.kalman import BLOCK, Floats

FACTOR = np.float32(0.9)

_POWERS = (FACTOR ** np.arange(1, BLOCK + 1)).astype(np.float32)
_LATER = np.subtract.outer(np.arange(BLOCK), np.arange(BLOCK))
_INVERSE = np.where(_LATER >= 0, FACTOR ** np.maximum(_LATER, 0), 0).astype(np.float32)
"""(BLOCK, BLOCK): what each sample adds to itself and to those behind it."""


def emphasized(samples: Floats, before: float) -> Floats:
    """`samples` less FACTOR times the sample before each; `before`: the one before the first."""
    return samples - FACTOR * np.concatenate((np.array([before], np.float32), samples[:-1]))


def restored(block: Floats, before: float) -> Floats:
    """The BLOCK samples of which `block` is the `emphasized`."""
    return _INVERSE @ block + _POWERS * np.float32(before)
