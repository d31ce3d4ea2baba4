"""int8 models on ai-edge-litert, or on tflite-runtime where that is all there is.

A streaming model has one signature, `step`: the input `x` (1, frames, mels), the output `y` (1, outputs,
labels), and state tensors `state_00` … that go in and come out. All are int8; a state's scale and zero point
are the same on both sides, so its bytes are fed straight back.
"""

from __future__ import annotations

import contextlib
import copy
import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from device.audio.frontend import Features
from device.engine.bundle import Bundle
from device.errors import BundleError

RUNTIMES = ("ai_edge_litert.interpreter", "tflite_runtime.interpreter")
EDGE_TPU = "libedgetpu.so.1"


def runtime() -> Any:
    """The module of the first runtime that is installed. Raises BundleError if none is."""
    for name in RUNTIMES:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise BundleError("no TFLite runtime is installed; pip install ai-edge-litert (or tflite-runtime)")


def opened(model: Path, signature: str, edgetpu: Path | None = None, module: Any = None) -> Any:
    """(interpreter, inputs, outputs): `model`, ready to run, and the tensors of its signature by name.

    `edgetpu`: the same model for a Coral; `module`: a runtime as `runtime()` gives it. BundleError if it
    cannot be loaded.
    """
    try:
        with _quiet():
            interpreter = _interpreter(module or runtime(), model, edgetpu)
            interpreter.allocate_tensors()
            runner = interpreter.get_signature_runner(signature)
        return interpreter, runner.get_input_details(), runner.get_output_details()
    except (RuntimeError, ValueError) as error:
        raise BundleError(f"{model}: the runtime cannot load it ({_first_line(error)})") from error


def _interpreter(module: Any, model: Path, edgetpu: Path | None) -> Any:
    if edgetpu is not None:
        try:
            delegate = module.load_delegate(EDGE_TPU)
        except (OSError, ValueError):
            pass  # no Coral here: the CPU runs the same model
        else:
            return module.Interpreter(str(edgetpu), experimental_delegates=[delegate])
    return module.Interpreter(str(model), num_threads=1)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The runtimes announce on standard error that they use XNNPACK, and no setting stops them."""
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


class StreamingModel:
    """A bundle's model, one step at a time, its state kept between steps. Not for several threads."""

    def __init__(self, bundle: Bundle, module: Any = None) -> None:
        """`module`: a runtime as `runtime()` gives it. Raises BundleError if the model does not fit."""
        self._interpreter, inputs, outputs = opened(bundle.model, "step", bundle.edgetpu, module)
        self._x, self._y = Quantized(inputs.pop("x")), Quantized(outputs.pop("y"))
        _check_states(bundle.model, inputs, outputs)
        self._states = [(inputs[name], outputs[name]) for name in sorted(inputs)]
        expected = (1, bundle.stream.frames, bundle.features.mels)
        if self._x.shape != expected or self._y.shape[2] != len(bundle.labels):
            raise BundleError(f"{bundle.model}: its shapes do not fit bundle.json; export the bundle again")
        self.frames, self.labels = bundle.stream.frames, len(bundle.labels)
        self.reset()

    def beside(self) -> StreamingModel:
        """The same model for another stream: what was loaded is shared, the state is its own."""
        another = copy.copy(self)
        another.reset()
        return another

    def reset(self) -> None:
        """Back to silence: every state zero."""
        self._state = [
            np.full(into["shape"], into["quantization"][1], into["dtype"]) for into, _ in self._states
        ]

    def step(self, frames: Features) -> npt.NDArray[np.float32]:
        """(`self.frames`, mels) normalised features → (outputs, labels) logits."""
        run = self._interpreter
        run.set_tensor(self._x.index, self._x.quantize(frames)[None])
        for (into, _), state in zip(self._states, self._state, strict=True):
            run.set_tensor(into["index"], state)
        run.invoke()
        self._state = [run.get_tensor(out["index"]) for _, out in self._states]
        return self._y.dequantize(run.get_tensor(self._y.index)[0])


class Quantized:
    """The codec of one int8 tensor."""

    def __init__(self, details: dict[str, Any]) -> None:
        self.index = int(details["index"])
        self.shape = tuple(int(size) for size in details["shape"])
        scale, self._zero = details["quantization"]
        self._scale = np.float32(scale)

    def quantize(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.int8]:
        return np.clip(np.rint(values / self._scale) + self._zero, -128, 127).astype(np.int8)

    def dequantize(self, values: npt.NDArray[np.int8]) -> npt.NDArray[np.float32]:
        return (values.astype(np.float32) - self._zero) * self._scale


def _check_states(model: Path, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    if inputs.keys() != outputs.keys():
        raise BundleError(f"{model}: its states do not come out as they go in; export the bundle again")
    for name, into in inputs.items():
        if tuple(into["quantization"]) != tuple(outputs[name]["quantization"]):
            raise BundleError(f"{model}: {name} has another scale out than in; export the bundle again")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
