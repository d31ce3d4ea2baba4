"""The learned encoder that the settings name."""

from __future__ import annotations

from pathlib import Path

from device.settings import Settings
from device.understanding.inferring import Inference


def make_inference(settings: Settings) -> Inference | None:
    """None where the settings want none. Raises BundleError."""
    folder = settings.understanding.encoder
    return Inference.load(folder) if isinstance(folder, Path) else None
