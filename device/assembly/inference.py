"""The learned encoder, and its second head, that the settings name."""

from __future__ import annotations

from pathlib import Path

from device.settings import Settings
from device.understanding.inferring import Inference
from device.understanding.vector_head import VectorHead


def make_inference(settings: Settings) -> Inference | None:
    """None where the settings want none. Raises BundleError."""
    folder, second = settings.understanding.encoder, settings.understanding.second
    if not isinstance(folder, Path):
        return None
    head = VectorHead.load(second, settings.knowledge.encoder) if isinstance(second, Path) else None
    return Inference.load(folder, head)
