"""The demonstration's recordings, for tests: the wake word, a pause, the command that is the file's name."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from device.audio.wav import read
from device.events import Samples

FOLDER = Path(__file__).parents[1] / "demo" / "recordings"
WAKE_AND_COMMAND = FOLDER / "turn on the kitchen lamp.flac"


def command() -> Samples:
    """The command alone, with some quiet before it: what follows the pause behind the wake word."""
    samples = read(WAKE_AND_COMMAND)
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 500)
    pauses = np.diff(loud)
    wake_end = int(loud[np.argmax(pauses)])
    return samples[wake_end + 3200 :]
