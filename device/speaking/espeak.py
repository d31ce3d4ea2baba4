"""The voice of espeak-ng, a program of a few megabytes that runs on every board."""

from __future__ import annotations

import shutil
import struct
import subprocess

import numpy as np
import numpy.typing as npt

from device.errors import VoiceError

PROGRAM = "espeak-ng"
PATIENCE = 10.0
"""Seconds that it may take for a piece."""
HEADER = 44
"""Bytes of the WAV header that it writes; the length in it is not true."""


class Espeak:
    """An engine. Raises VoiceError where the program is not installed."""

    name = "espeak"

    def __init__(self, program: str = PROGRAM) -> None:
        found = shutil.which(program)
        if found is None:
            raise VoiceError(f"{program} is not installed, and nothing is said: sudo apt install espeak-ng")
        self._command = [found, "-v", "en-us", "-s", "165", "--stdin", "--stdout"]
        self.rate = 22_050

    def sound(self, piece: str) -> npt.NDArray[np.float32]:
        try:
            done = subprocess.run(
                self._command, input=piece.encode(), capture_output=True, check=True, timeout=PATIENCE
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise VoiceError(f"espeak-ng failed, reinstall it: {error}") from None
        if len(done.stdout) < HEADER:
            raise VoiceError("espeak-ng gave no sound, reinstall it: sudo apt install --reinstall espeak-ng")
        (self.rate,) = struct.unpack_from("<I", done.stdout, 24)
        even = len(done.stdout) - (len(done.stdout) - HEADER) % 2
        return np.frombuffer(done.stdout[HEADER:even], "<i2").astype(np.float32) / np.float32(32_768)
