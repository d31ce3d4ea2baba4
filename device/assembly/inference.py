"""The learned encoder, and its second head, that the settings name."""

from __future__ import annotations

import functools
from pathlib import Path

from device.settings import Settings
from device.understanding.inferring import Inference
from device.understanding.vector_head import VectorHead


def make_inference(settings: Settings) -> Inference | None:
    """None where the settings want none. Raises BundleError."""
    folder, second = settings.understanding.encoder, settings.understanding.second
    if not isinstance(folder, Path):
        return None
    return _loaded(folder, second if isinstance(second, Path) else None, settings.knowledge.encoder)


@functools.lru_cache(maxsize=1)
def _loaded(folder: Path, second: Path | None, vectors: Path) -> Inference:
    """Loaded once: a home that changes binds its sentences again."""
    return Inference.load(folder, VectorHead.load(second, vectors) if second else None)
