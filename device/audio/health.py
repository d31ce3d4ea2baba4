"""What is wrong with what a microphone gives, told from the audio itself."""

from __future__ import annotations

import enum
import math

import numpy as np
import numpy.typing as npt

PATIENCE = 5.0
"""Seconds of nothing but zeros, or of audio in all, before anything is said."""
MEMORY = 10.0
"""Seconds after which what was heard counts for a third (1 / e)."""
FULL = 32_700
"""Of 32,768: what is louder has been cut off."""
OVERDRIVEN, WELL = 0.01, 0.001
"""Share of the samples that are cut off, from which on that is told, and below which it is over."""
CANCELLED = 0.1
"""Power of the channels' mean, by their own mean power, below which they cancel each other out. Equal
channels have 1, independent ones 1 / n."""
AUDIBLE = 10.0
"""Mean power, in squares of 16-bit steps, below which there is only the converter's own noise."""


class Fault(enum.Enum):
    """The value says what the microphone does, and what to do about that."""

    ZEROS = "gives only zeros: unmute it (`alsamixer`), or set audio.microphone to another one"
    OVERDRIVEN = "is overdriven: lower its gain with `alsamixer`"
    CANCELLED = (
        "has channels that cancel each other out, so only the loudest one is heard: one of them is wired the"
        " wrong way round, turn that or use another microphone"
    )


class Channels:
    """Makes one channel of many: their mean or, where they cancel each other out, the loudest one."""

    def __init__(self, rate: int, channels: int) -> None:
        self._rate = rate
        self._own = np.zeros(channels)  # energy of each
        self._mean = 0.0  # energy of their mean
        self._chosen: int | None = None  # kept, so that the sign does not change with every block

    @property
    def cancelled(self) -> bool:
        return self._chosen is not None

    def mixed(self, block: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """(frames,) of (frames, channels), in 16-bit steps."""
        mean: npt.NDArray[np.float32] = block.mean(axis=1)
        if len(self._own) > 1:
            self._compare(block, mean)
        return mean if self._chosen is None else block[:, self._chosen]

    def _compare(self, block: npt.NDArray[np.float32], mean: npt.NDArray[np.float32]) -> None:
        own = np.square(block, dtype=np.float64).sum(axis=0)
        if own.mean() <= AUDIBLE * len(block):
            return
        kept = math.exp(-len(block) / self._rate)
        self._own = kept * self._own + own
        self._mean = kept * self._mean + float(np.square(mean, dtype=np.float64).sum())
        if self._mean >= CANCELLED * self._own.mean():
            self._chosen = None
        elif self._chosen is None:
            self._chosen = int(self._own.argmax())


class Watch:
    """Takes what a microphone gives, and says what is wrong with it."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._heard, self._zeros = 0.0, 0.0  # seconds
        self._samples, self._cut_off = 0.0, 0.0  # of late
        self._cancelled, self._overdriven = False, False

    def hear(self, block: npt.NDArray[np.int16], cancelled: bool) -> None:
        """(frames, channels); `cancelled`: as `Channels` says of them."""
        seconds = len(block) / self._rate
        kept = math.exp(-seconds / MEMORY)
        self._heard += seconds
        self._zeros = 0.0 if block.any() else self._zeros + seconds
        self._samples = kept * self._samples + block.size
        self._cut_off = kept * self._cut_off + np.count_nonzero(np.abs(block.astype(np.int32)) >= FULL)
        self._cancelled = cancelled

    def fault(self, patience: float = PATIENCE) -> Fault | None:
        if self._zeros >= patience:
            return Fault.ZEROS
        share = self._cut_off / max(self._samples, 1.0)
        self._overdriven = self._heard >= patience and share > (WELL if self._overdriven else OVERDRIVEN)
        if self._overdriven:
            return Fault.OVERDRIVEN
        return Fault.CANCELLED if self._cancelled and self._heard >= patience else None
