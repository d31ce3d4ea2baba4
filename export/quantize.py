"""From a SavedModel to TFLite: float, and full int8 with int8 input, output and states.

A conversion runs in a process of its own: what the converter cannot do may end it with a segmentation fault.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from export.errors import ExportError
from export.streaming import Floats, Run, keras_step, save, state_name

CALIBRATION_STEPS = 600


def convert(run: Run, folder: Path) -> tuple[Path, Path]:
    """Writes `float.tflite` and `int8.tflite` to `folder`. Raises ExportError if the converter fails."""
    worker = multiprocessing.get_context("spawn").Process(target=_convert, args=(run.path, folder))
    worker.start()
    worker.join()
    files = folder / "float.tflite", folder / "int8.tflite"
    if worker.exitcode or not all(file.is_file() for file in files):
        raise ExportError(f"{run.path}: the TFLite converter failed (status {worker.exitcode}); see above")
    return files


def _convert(path: Path, folder: Path) -> None:
    import tensorflow as tf

    run = Run.load(path)
    saved = folder / "saved_model"
    save(run, saved)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(saved), signature_keys=["step"])
    (folder / "float.tflite").write_bytes(converter.convert())
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: calibration(run)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    (folder / "int8.tflite").write_bytes(converter.convert())


def calibration(run: Run) -> Iterator[dict[str, Floats]]:
    """About CALIBRATION_STEPS inputs of the step by name, with the states that really precede them."""
    step = keras_step(run)
    every = max(1, run.rows.shape[0] * (run.rows.shape[1] // run.frames) // CALIBRATION_STEPS)
    count = 0
    for row in run.rows:
        states = run.zero_states()
        for start in range(0, len(row), run.frames):
            x = row[None, start : start + run.frames]
            if count % every == 0:
                yield {"x": x, **{state_name(index): state for index, state in enumerate(states)}}
            _, states = step(x, states)
            count += 1


def check_finite(rows: Floats) -> None:
    """Raises ExportError if the calibration rows would spoil every scale."""
    if not np.isfinite(rows).all():
        raise ExportError("representative.npz holds values that are not finite; train again")
