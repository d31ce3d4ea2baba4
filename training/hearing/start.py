"""A bundle's model as the beginning of a training, where its floats are lost or somebody else's.

A bundle has its batch normalisations folded into its int8 weights. `unfold` brings the weights back as
floats, with normalisations that do nothing; `renormalise` then gives each the mean and the variance that its
convolution has on training rows. Both leave the outputs as the bundle's are, to rounding, and only after the
second does a normalisation in training mode do what the folded one did.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from ai_edge_litert import schema_py_generated as tflite
from keras import ops

from device.engine.bundle import Bundle
from device.errors import BundleError
from training.hearing.model import Normalisation
from training.layers import CausalConv, StreamingNet, Tensor

Floats = npt.NDArray[np.float32]


class Product(NamedTuple):
    """A matrix product of a TFLite model, dequantized: `kernel` (inputs, outputs), `bias` (outputs,)."""

    kernel: Floats
    bias: Floats


def products(file: Path) -> Iterator[Product]:
    """The fully connected layers of a TFLite model with int8 weights, in the order in which they run."""
    model = tflite.ModelT.InitFromPackedBuf(file.read_bytes())
    graph = model.subgraphs[0]

    def floats(number: int, stored: type[np.generic]) -> Floats:
        tensor = graph.tensors[number]
        values = np.frombuffer(bytes(model.buffers[tensor.buffer].data), stored).reshape(tensor.shape)
        scale = np.asarray(tensor.quantization.scale, np.float32)
        return values.astype(np.float32) * scale.reshape(-1, *(1,) * (values.ndim - 1))

    for operator in graph.operators:
        code = model.operatorCodes[operator.opcodeIndex].builtinCode
        if code == tflite.BuiltinOperator.FULLY_CONNECTED:
            _, weights, bias = operator.inputs
            yield Product(floats(weights, np.int8).T, floats(bias, np.int32))


def normalisation_of(bundle: Bundle) -> Normalisation:
    """What stands before the bundle's model."""
    return Normalisation(**{**bundle.normalisation, "prior": tuple(bundle.normalisation["prior"])})


def log_prior_of(bundle: Bundle) -> Floats:
    """Log of each label's share of the frames that the bundle's model was trained on."""
    return np.asarray(bundle.decision["log_prior"], np.float32)


def unfold(model: StreamingNet, file: Path) -> None:
    """Gives `model` the weights of the TFLite model in `file`. BundleError where it has another shape."""
    found = list(products(file))
    wanted = [conv.kernel.shape for conv in model.convolutions] + [model.head.kernel.shape]
    if [product.kernel.shape for product in found] != [tuple(shape) for shape in wanted]:
        raise BundleError(f"{file}: a model of another shape than the one to be trained; name another bundle")
    for conv, product in zip(model.convolutions, found, strict=False):
        conv.kernel.assign(product.kernel)
        _normalise(conv, np.zeros_like(product.bias), np.ones_like(product.bias), product.bias)
    model.head.set_weights(list(found[-1]))


def renormalise(model: StreamingNet, rows: Floats) -> None:
    """Sets each normalisation of an unfolded `model` by normalised features `rows` (rows, frames, mels)."""

    def heard(conv: CausalConv, x: Tensor) -> Tensor:
        product = np.asarray(conv.product(x))
        mean, variance = product.mean(axis=(0, 1)), product.var(axis=(0, 1))
        _normalise(conv, mean, variance, np.asarray(conv.norm.beta) + mean)
        return conv(x)

    x = heard(model.stem, ops.convert_to_tensor(rows))
    for block in model.blocks:
        y = x
        for conv in block:
            y = heard(conv, y)
        x = ops.relu(x + y)


def _normalise(conv: CausalConv, mean: Floats, variance: Floats, beta: Floats) -> None:
    """A normalisation that adds `beta` − `mean` to what it gets, whatever its `variance`."""
    norm = conv.norm
    norm.moving_mean.assign(mean)
    norm.moving_variance.assign(variance)
    norm.gamma.assign(np.sqrt(variance + norm.epsilon))
    norm.beta.assign(beta)
