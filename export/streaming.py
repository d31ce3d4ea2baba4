"""A training run as a model that steps: fixed shapes, explicit states, batch normalisation folded.

A run folder holds `config.json` (all of a bundle.json but the model), `model.weights.h5` and
`representative.npz`, whose `x` (rows, frames, mels) are normalised features as training saw them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from export.errors import ExportError
from training.layers import NetSettings, StreamingNet

Floats = npt.NDArray[np.float32]
Step = Callable[[Floats, list[Floats]], tuple[Floats, list[Floats]]]
"""(1, frames, mels) and the states → (1, outputs, labels) and the states after it."""


@dataclass(frozen=True, slots=True)
class Run:
    """A finished training run, its model built and its weights loaded."""

    path: Path
    config: Mapping[str, Any]
    model: StreamingNet
    rows: Floats  # (rows, frames, mels) normalised features

    @classmethod
    def load(cls, path: Path) -> Run:
        """Raises ExportError for a folder that is no finished run."""
        for name in ("config.json", "model.weights.h5", "representative.npz"):
            if not (path / name).is_file():
                raise ExportError(f"{path}: no finished training run ({name} is missing); train first")
        config = json.loads((path / "config.json").read_text(encoding="utf-8"))
        net = dict(config["model"])
        net["blocks"] = tuple(tuple(block) for block in net["blocks"])
        model = StreamingNet(NetSettings(**net))
        model.build((None, None, net["mels"]))
        model.load_weights(path / "model.weights.h5")
        rows = np.load(path / "representative.npz")["x"].astype(np.float32)
        frames = int(config["stream"]["frames"])
        usable = rows.shape[1] // frames * frames  # whole steps
        return cls(path, config, model, rows[:, :usable])

    @property
    def frames(self) -> int:
        """Feature frames a step."""
        return int(self.config["stream"]["frames"])

    def zero_states(self) -> list[Floats]:
        return [np.zeros(shape, np.float32) for shape in self.model.state_shapes()]


def state_name(index: int) -> str:
    return f"state_{index:02d}"


def step_function(run: Run, suffix: str = "") -> Any:
    """A tf.function `step(x, state_00, …)` → {"y": …, "state_00": …}, with fixed shapes.

    `suffix` is added to the names of the states that come out.
    """
    import tensorflow as tf

    names = [state_name(index) for index in range(len(run.model.state_shapes()))]

    def step(x: Any, *states: Any) -> dict[str, Any]:
        y, *after = run.model.step(x, *states)
        return {"y": y, **{name + suffix: state for name, state in zip(names, after, strict=True)}}

    specs = [tf.TensorSpec((1, run.frames, run.model.settings.mels), tf.float32, name="x")]
    specs += [
        tf.TensorSpec(shape, tf.float32, name=name)
        for name, shape in zip(names, run.model.state_shapes(), strict=True)
    ]
    return tf.function(step, input_signature=specs)


def save(run: Run, folder: Path) -> None:
    """Writes the step model as a SavedModel with the one signature `step`."""
    archive = keras.export.ExportArchive()
    archive.track(run.model)
    function = step_function(run)
    archive.add_endpoint("step", function)
    archive.write_out(str(folder), verbose=False)


def keras_step(run: Run) -> Step:
    """The step of the Keras model itself."""
    function = step_function(run)

    def step(x: Floats, states: list[Floats]) -> tuple[Floats, list[Floats]]:
        out = function(x, *states)
        return np.asarray(out["y"]), [np.asarray(out[state_name(index)]) for index in range(len(states))]

    return step


def streamed(run: Run, step: Step, row: Floats) -> Floats:
    """`row` (frames, mels) through `step` from silence on: (outputs, labels)."""
    states, outputs = run.zero_states(), []
    for start in range(0, len(row), run.frames):
        y, states = step(row[None, start : start + run.frames], states)
        outputs.append(y[0])
    return np.concatenate(outputs)
