"""The acoustic model's shape."""

from __future__ import annotations

from training.hearing.signal import LABELS, MELS, STRIDE
from training.layers import NetSettings, StreamingNet

BLOCKS = ((1, 2), (1, 2), (1, 2), (1, 4), (1, 4), (1, 2), (1, 2), (1, 2))
"""The dilations of the convolutions of each residual block: with all of them, 1.8 s of history."""


def settings(width: int, dropout: float, depth: int = len(BLOCKS)) -> NetSettings:
    """The first `depth` blocks of two convolutions each."""
    return NetSettings(MELS, len(LABELS), width, BLOCKS[:depth], stride=STRIDE, dropout=dropout)


def build(net: NetSettings) -> StreamingNet:
    model = StreamingNet(net)
    model.build((None, None, net.mels))
    return model
