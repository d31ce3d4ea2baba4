"""The step model as ONNX, beside the run: for other runtimes, states in and out by name."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import numpy as np

from export.errors import ExportError
from export.streaming import Floats, Run, keras_step, state_name, step_function, streamed

TOLERANCE = 1e-3  # logits
OUT = "_out"
"""Added to the names of the states that come out: ONNX has one name space for inputs and outputs."""


def write(run: Run) -> Path:
    """Writes `model.onnx` into the run's folder, checked under onnxruntime. Raises ExportError."""
    worker = multiprocessing.get_context("spawn").Process(target=_convert, args=(run.path,))
    worker.start()
    worker.join()
    if worker.exitcode:
        raise ExportError(f"{run.path}: tf2onnx failed (status {worker.exitcode}); see above")
    file = run.path / "model.onnx"
    difference = compare(run, file)
    if difference > TOLERANCE:
        file.unlink()
        raise ExportError(f"the ONNX model differs from Keras by {difference:.2g}, {TOLERANCE:g} is allowed")
    return file


def _convert(path: Path) -> None:
    import tf2onnx

    run = Run.load(path)
    function = step_function(run, OUT)
    tf2onnx.convert.from_function(
        function, input_signature=function.input_signature, opset=17, output_path=str(path / "model.onnx")
    )


def compare(run: Run, file: Path, rows: int = 4) -> float:
    """The largest difference of logits between `file` under onnxruntime and Keras, both streamed."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    inputs = [entry.name for entry in session.get_inputs()]

    def step(x: Floats, states: list[Floats]) -> tuple[Floats, list[Floats]]:
        given = {"x": x, **{state_name(index): state for index, state in enumerate(states)}}
        out = dict(
            zip(
                names,
                session.run(None, {name: given[name.partition(":")[0]] for name in inputs}),
                strict=True,
            )
        )
        return out["y"], [out[state_name(index) + OUT] for index in range(len(states))]

    reference = keras_step(run)
    pairs = [(streamed(run, step, row), streamed(run, reference, row)) for row in run.rows[:rows]]
    return max(float(np.abs(one - other).max()) for one, other in pairs)
