"""Voices of Piper: a model `.onnx` with its description `.onnx.json` beside it (https://pypi.org/project/piper-tts/)."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from device.errors import VoiceError


class Piper:
    """An engine from `model`. Raises VoiceError where piper-tts or a file is missing, or a file is torn."""

    def __init__(self, model: Path, importer: Callable[[str], Any] = importlib.import_module) -> None:
        self.name = model.name
        self.rate = _rate(model)
        try:
            piper = importer("piper")
        except ImportError as error:
            raise VoiceError(
                f"{model}: voices of Piper need a package ({error}); install it: pip install piper-tts"
            ) from None
        try:
            self._voice = piper.PiperVoice.load(str(model))
        except Exception as error:  # onnxruntime has an exception for each fault, and no base of its own
            reason = str(error).strip().partition("\n")[0]
            raise VoiceError(f"{model}: the voice cannot be loaded, copy it again: {reason}") from None

    def sound(self, piece: str) -> npt.NDArray[np.float32]:
        try:
            chunks = [chunk.audio_float_array for chunk in self._voice.synthesize(piece)]
        except Exception as error:
            raise VoiceError(f"{self.name} cannot say {piece[:60]!r}: {error}") from None
        return np.concatenate(chunks).astype(np.float32) if chunks else np.zeros(0, np.float32)


def _rate(model: Path) -> int:
    """Samples a second, as the description says."""
    description = model.with_name(f"{model.name}.json")
    for file in (model, description):
        if not file.is_file():
            raise VoiceError(
                f"{file}: no such file; a voice of Piper is a file .onnx with its .onnx.json beside it"
            )
    try:
        rate = json.loads(description.read_text("utf-8"))["audio"]["sample_rate"]
    except (OSError, ValueError, KeyError, TypeError):
        raise VoiceError(f"{description}: does not describe a voice of Piper; copy it again") from None
    if not isinstance(rate, int) or not 8000 <= rate <= 48_000:
        raise VoiceError(
            f"{description}: the sample rate is {rate!r}, but must be 8000 to 48000; copy it again"
        )
    return rate
