"""`mynah-export RUN --out BUNDLE`: a finished training run becomes a streaming int8 bundle, or an error."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from device.engine.bundle import Bundle
from device.errors import MynahError
from export import bundle as bundles
from export import onnx, parity, quantize
from export.streaming import ExportError, Run

REQUIRED = {"wake": (("recall_10_db", "at least", 0.9), ("false_accepts_per_hour", "at most", 0.5))}
"""What training must have measured, by kind."""


def check_quality(config: Mapping[str, Any]) -> None:
    """Raises ExportError for a model that hears too little or too much."""
    for figure, relation, limit in REQUIRED.get(config["kind"], ()):
        got = float(config["measured"][figure])
        if not (got >= limit if relation == "at least" else got <= limit):
            raise ExportError(
                f"{config['name']}: {figure} is {got:g}, {relation} {limit:g} is asked for; train longer, "
                "choose a longer phrase, or export it --anyway"
            )


def export(path: Path, out: Path, with_onnx: bool = True, anyway: bool = False) -> parity.Parity:
    """Writes the bundle of the run at `path` to `out`, if it passes every gate; ExportError if not.

    `anyway`: even if training measured too many misses or false accepts.
    """
    run = Run.load(path)
    if not anyway:
        check_quality(run.config)
    quantize.check_finite(run.rows)
    with tempfile.TemporaryDirectory(prefix="mynah-export-") as name:
        folder = Path(name)
        float_model, int8_model = quantize.convert(run, folder)
        bundles.write(run.config, int8_model, folder / "bundle", {})
        found = parity.measure(run, float_model, Bundle.load(folder / "bundle"))
        found.check(parity.TOLERANCES[run.config["kind"]])
        if with_onnx:
            onnx.write(run)
        measured: dict[str, Any] = {"parity": {key: round(value, 6) for key, value in asdict(found).items()}}
        bundles.write(run.config, int8_model, out, measured)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="mynah-export", description=__doc__)
    parser.add_argument("run", type=Path, help="folder of a finished mynah-train run")
    parser.add_argument("--out", type=Path, required=True, help="folder of the bundle")
    parser.add_argument("--no-onnx", action="store_true", help="leave out model.onnx in the run's folder")
    parser.add_argument("--anyway", action="store_true", help="even if it hears too little or too much")
    parsed = parser.parse_args(arguments)
    try:
        found = export(parsed.run, parsed.out, not parsed.no_onnx, parsed.anyway)
    except MynahError as error:
        print(f"mynah-export: {error}", file=sys.stderr)
        return error.exit_status
    size = (parsed.out / "model.tflite").stat().st_size
    print(
        f"{parsed.out}: {size / 1000:.0f} kB; streamed within {found.streamed:.1g}, float TFLite within "
        f"{found.float_tflite:.1g}, int8 at {found.int8_snr:.1f} dB, {found.agreement:.1%} the same decisions"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
