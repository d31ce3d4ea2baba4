"""The wake-word model's shape."""

from __future__ import annotations

from training.layers import NetSettings, StreamingNet
from training.wake.signal import MELS, STRIDE, Normalisation  # noqa: F401


def settings(width: int = 40, dropout: float = 0.1, words: int = 1) -> NetSettings:
    """Four residual blocks of two convolutions: 1.4 s of history, 47 k parameters."""
    return NetSettings(MELS, words, width, ((1, 2), (2, 4), (4, 4), (8, 8)), stride=STRIDE, dropout=dropout)


def build(net: NetSettings) -> StreamingNet:
    model = StreamingNet(net)
    model.build((None, None, net.mels))
    return model
