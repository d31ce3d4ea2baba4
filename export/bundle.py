"""Writing bundles: the model first, bundle.json last, each under a temporary name and then renamed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from device.engine.bundle import VERSION, sha256

COPIED = ("kind", "name", "labels", "features", "fingerprint", "stream", "normalisation", "decision")
"""What a run's config.json and a bundle.json have in common, beside `measured` and `training`."""


def write(config: Mapping[str, Any], model: Path, folder: Path, measured: Mapping[str, Any]) -> None:
    """The bundle of a run's `config` and its int8 `model` in `folder`, which may hold an older one.

    `measured` is added to what training measured. What calibration found for an older one goes with it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("bundle.json", "others.npz"):
        (folder / file).unlink(missing_ok=True)
    replace_file(folder / "model.tflite", model.read_bytes())
    content = {
        "version": VERSION,
        **{key: config[key] for key in COPIED},
        "model": {"file": "model.tflite", "sha256": sha256(folder / "model.tflite")},
        "measured": {**config["measured"], **measured},
        "training": config["training"],
    }
    replace_file(folder / "bundle.json", (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode())


def replace_file(file: Path, content: bytes) -> None:
    """Writes `file` whole or not at all."""
    temporary = file.with_name(file.name + ".part")
    temporary.write_bytes(content)
    temporary.replace(file)
