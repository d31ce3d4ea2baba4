"""`mynah-export RUN --out BUNDLE`: a finished training run becomes a streaming int8 bundle, or an error."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from device.engine.bundle import Bundle
from device.settings import bundle_folder
from device.understanding import encoder
from export import bundle as bundles
from export import onnx, parity, quantize, text
from export.errors import ExportError
from export.streaming import Run
from export.wake import Proof, Trial

Prove = Callable[[Mapping[str, Any], Path, Path], Proof]
"""From a run's config, its int8 bundle and its folder to what it can do."""


def export(
    path: Path, out: Path, prove: Prove | None = None, with_onnx: bool = True, anyway: bool = False
) -> parity.Parity:
    """Writes the bundle of the run at `path` to `out`, if it passes every gate; ExportError if not.

    `anyway`: even if `prove` finds too many misses or false accepts; the bundle tells them.
    """
    run = Run.load(path)
    quantize.check_finite(run.rows)
    with tempfile.TemporaryDirectory(prefix="mynah-export-") as name:
        folder = Path(name)
        float_model, int8_model = quantize.convert(run, folder)
        bundles.write(run.config, int8_model, folder / "bundle", {})
        found = parity.measure(run, float_model, Bundle.load(folder / "bundle"))
        found.check(parity.TOLERANCES[run.config["kind"]])
        if with_onnx:
            onnx.write(run)
        config, measured = dict(run.config), dict[str, Any]()
        if prove is not None:
            proof = prove(config, folder / "bundle", path)
            if proof.missed and not anyway:
                raise ExportError(
                    f"{'; '.join(proof.missed)}. See the report in {path}; train longer, "
                    "choose a longer phrase, or export it --anyway"
                )
            config["decision"] = {**config["decision"], **proof.decision}
            measured |= proof.measured
        measured["parity"] = {key: round(value, 6) for key, value in asdict(found).items()}
        bundles.write(config, int8_model, out, measured)
    return found


def kind_of(run: Path) -> str | None:
    """What kind of bundle the run gives; None where it is not finished."""
    file = run / "config.json"
    return json.loads(file.read_text(encoding="utf-8")).get("kind") if file.is_file() else None


def trial_of(run: Path, data: Path | None, acoustic: Path) -> Prove | None:
    """How the run's model is proven; None where its kind has no gates. ExportError without the data."""
    file = run / "config.json"
    config = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if config.get("kind") != "wake":
        return None
    data = data or (Path(config["data"]) if "data" in config else None)
    if data is None or not data.is_dir():
        raise ExportError(f"{run}: the data that its wake word is tried on is not at {data}; name it: --data")
    if not (acoustic / "bundle.json").is_file():
        print(f"mynah-export: no acoustic model at {acoustic}: no second look", file=sys.stderr)
        return Trial(data, None).of
    return Trial(data, acoustic).of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, help="folder of a finished mynah-train run")
    parser.add_argument("--out", type=Path, required=True, help="folder of the bundle")
    parser.add_argument("--no-onnx", action="store_true", help="leave out model.onnx in the run's folder")
    parser.add_argument(
        "--anyway", action="store_true", help="export even if there are too many misses or false accepts"
    )
    parser.add_argument("--data", type=Path, help="the data folder of a wake word, if it has moved")
    parser.add_argument(
        "--hearing",
        type=Path,
        default=Path(bundle_folder("english")),
        help="acoustic model for the second look",
    )


def run(arguments: argparse.Namespace) -> None:
    """Raises ExportError, BundleError."""
    if kind_of(arguments.run) == encoder.KIND:
        read = text.export(arguments.run, arguments.out, not arguments.no_onnx)
        size = (arguments.out / "model.tflite").stat().st_size
        print(
            f"{arguments.out}: {size / 1000:.0f} kB; {read.int8_accuracy:.2%} of held-out texts right,"
            f" {read.accuracy:.2%} in float; float TFLite within {read.float_tflite:.1g}, int8 at"
            f" {read.int8_snr:.1f} dB"
        )
        return
    prove = trial_of(arguments.run, arguments.data, arguments.hearing)
    found = export(arguments.run, arguments.out, prove, not arguments.no_onnx, arguments.anyway)
    size = (arguments.out / "model.tflite").stat().st_size
    print(
        f"{arguments.out}: {size / 1000:.0f} kB; streamed within {found.streamed:.1g}, float TFLite within "
        f"{found.float_tflite:.1g}, int8 at {found.int8_snr:.1f} dB, {found.agreement:.1%} the same decisions"
    )
