"""The gates between a trained model and a bundle: each form of it must do what the one before it did.

Keras over whole rows → Keras streamed → float TFLite streamed → int8 streamed by the device's own engine.
Rows are those of `representative.npz`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from device.engine.bundle import Bundle
from device.engine.interpreter import StreamingModel, runtime
from device.hearing.logistic import logistic
from export.errors import ExportError
from export.streaming import Floats, Run, Step, keras_step, state_name, streamed


@dataclass(frozen=True, slots=True)
class Tolerances:
    """What a form of the model may differ by."""

    streamed: float = 1e-3  # logits, Keras streamed against Keras over whole rows
    float_tflite: float = 2e-3  # logits, float TFLite against Keras over whole rows
    int8_snr: float = 20.0  # dB, int8 against Keras over whole rows, mean over rows
    agreement: float = 0.93  # share of outputs (hearing) or rows (wake) with the same decision


TOLERANCES = {"hearing": Tolerances(), "wake": Tolerances(int8_snr=18.0, agreement=0.97)}


@dataclass(frozen=True, slots=True)
class Parity:
    """The measured differences, in the terms of Tolerances."""

    streamed: float
    float_tflite: float
    int8_snr: float
    agreement: float

    def check(self, allowed: Tolerances) -> None:
        """Raises ExportError naming every gate that is missed."""
        missed = [
            f"{name} {got:.4g}, {'at most' if smaller else 'at least'} {limit:g} is allowed"
            for name, got, limit, smaller in (
                ("streamed Keras differs by", self.streamed, allowed.streamed, True),
                ("float TFLite differs by", self.float_tflite, allowed.float_tflite, True),
                ("int8 signal-to-noise ratio is", self.int8_snr, allowed.int8_snr, False),
                ("int8 agrees on", self.agreement, allowed.agreement, False),
            )
            if not (got <= limit if smaller else got >= limit)
        ]
        if missed:
            raise ExportError("the exported model is not the trained one: " + "; ".join(missed))


def measure(run: Run, float_model: Path, bundle: Bundle, rows: int = 24) -> Parity:
    """Parity over `rows` rows; the int8 model is the one in `bundle`."""
    chosen = run.rows[:rows]
    truth = [np.asarray(run.model(row[None]))[0] for row in chosen]
    engine = StreamingModel(bundle)
    keras_rows = [
        streamed(run, keras_step_once, row) for keras_step_once in [keras_step(run)] for row in chosen
    ]
    float_step = tflite_step(float_model)
    float_rows = [streamed(run, float_step, row) for row in chosen]
    int8_rows = [engine_rows(engine, row) for row in chosen]
    return Parity(
        streamed=largest(keras_rows, truth),
        float_tflite=largest(float_rows, truth),
        int8_snr=float(np.mean([snr(got, want) for got, want in zip(int8_rows, truth, strict=True)])),
        agreement=agreement(run, int8_rows, truth),
    )


def tflite_step(file: Path) -> Step:
    """The step of a float TFLite model."""
    interpreter: Any = runtime().Interpreter(str(file), num_threads=1)
    runner = interpreter.get_signature_runner("step")

    def step(x: Floats, states: list[Floats]) -> tuple[Floats, list[Floats]]:
        out = runner(x=x, **{state_name(index): state for index, state in enumerate(states)})
        return out["y"], [out[state_name(index)] for index in range(len(states))]

    return step


def engine_rows(engine: StreamingModel, row: Floats) -> Floats:
    """`row` through the device's engine from silence on."""
    engine.reset()
    steps = range(0, len(row), engine.frames)
    return np.concatenate([engine.step(row[start : start + engine.frames]) for start in steps])


def largest(got: list[Floats], want: list[Floats]) -> float:
    """The largest absolute difference."""
    return max(float(np.abs(one - other).max()) for one, other in zip(got, want, strict=True))


def snr(got: Floats, want: Floats) -> float:
    """Decibels of `want`, without its mean, over the difference."""
    signal = float(np.var(want))
    return 10 * float(np.log10((signal + 1e-12) / (np.mean((got - want) ** 2) + 1e-12)))


def agreement(run: Run, got: list[Floats], want: list[Floats]) -> float:
    """Hearing: share of outputs with the same best label. Wake: of words in rows, where both wake or none."""
    if run.config["kind"] == "hearing":
        same: list[npt.NDArray[np.bool_]] = [
            one.argmax(axis=1) == other.argmax(axis=1) for one, other in zip(got, want, strict=True)
        ]
        return float(np.mean(np.concatenate(same)))
    decision = run.config["decision"]
    thresholds = [float(decision["words"][word]["threshold"]) for word in run.config["labels"]]
    mean = np.ones(int(decision["smoothing"])) / int(decision["smoothing"])

    def wakes(logits: Floats) -> list[bool]:
        scores = logistic(logits)
        return [
            bool(np.convolve(score, mean, "valid").max() >= threshold)
            for score, threshold in zip(scores.T, thresholds, strict=True)
        ]

    return float(np.mean([np.equal(wakes(one), wakes(other)) for one, other in zip(got, want, strict=True)]))
