"""A bundle's model as the beginning of a training, where its floats are lost or somebody else's.

A bundle has its batch normalisations folded into its int8 weights. `unfold` brings the weights back as
floats, with normalisations that do nothing; `renormalise` then gives each the mean and the variance that its
convolution has on training rows. Both leave the outputs as the bundle's are, to rounding, and only after the
second does a normalisation in training mode do what the folded one did. The random field's transitions, which
a bundle does not have, are learned again by `fit_transitions` before the model itself is changed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from ai_edge_litert import schema_py_generated as tflite
from keras import ops

from device.engine.bundle import Bundle
from device.errors import BundleError
from training.hearing.labels import Predict
from training.hearing.loss import sequence_loss
from training.hearing.signal import Normalisation
from training.layers import CausalConv, StreamingNet, Tensor

Floats = npt.NDArray[np.float32]
COLUMN = 0.1
"""Root mean square of a column of a kernel: about what a long training makes of it. What lies before a
normalisation may have any size; but an update is as large whatever the size of the weights, so that smaller
ones, as the folded are, would be changed beyond recognition by the first."""
TRANSITIONS_UPDATES, TRANSITIONS_RATE = 200, 0.03


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
        ones = np.ones_like(product.bias)
        _normalise(conv, np.zeros_like(ones), ones, product.bias, ones)
    model.head.set_weights(list(found[-1]))


def renormalise(model: StreamingNet, rows: Floats) -> None:
    """Sets each normalisation of an unfolded `model` by normalised features `rows` (rows, frames, mels), and
    the columns of each kernel to one size."""

    def heard(conv: CausalConv, x: Tensor) -> Tensor:
        kernel = np.asarray(conv.kernel)
        scale = COLUMN / np.sqrt(np.square(kernel).mean(axis=0))
        bias = np.asarray(conv.norm.beta) + np.asarray(conv.product(x)).mean(axis=(0, 1))
        conv.kernel.assign(kernel * scale)
        product = np.asarray(conv.product(x))
        _normalise(conv, product.mean(axis=(0, 1)), product.var(axis=(0, 1)), bias, scale)
        return conv(x)

    x = heard(model.stem, ops.convert_to_tensor(rows))
    for block in model.blocks:
        y = x
        for conv in block:
            y = heard(conv, y)
        x = ops.relu(x + y)


def fit_transitions(transitions: tf.Variable, rows: Iterator[tuple[Floats, Any]], predict: Predict) -> None:
    """Learns `transitions` (phones, phones), by the sequence loss on the logits that `predict` gives for
    normalised features of `rows`."""
    optimizer = keras.optimizers.Adam(TRANSITIONS_RATE)
    optimizer.build([transitions])

    @tf.function(jit_compile=True)
    def slope(logits: Tensor, labels: Tensor) -> Tensor:
        with tf.GradientTape() as tape:
            loss = sequence_loss(logits, labels, transitions)
        return tape.gradient(loss, transitions)

    for features, labels in itertools.islice(rows, TRANSITIONS_UPDATES):
        gradient = slope(tf.constant(predict(features)), tf.constant(labels))
        optimizer.apply_gradients([(gradient, transitions)])


def _normalise(conv: CausalConv, mean: Floats, variance: Floats, beta: Floats, scale: Floats) -> None:
    """A normalisation that takes `mean` from what it gets, divides it by `scale` and adds `beta`, whatever
    the `variance`."""
    norm = conv.norm
    norm.moving_mean.assign(mean)
    norm.moving_variance.assign(variance)
    norm.gamma.assign(np.sqrt(variance + norm.epsilon) / scale)
    norm.beta.assign(beta)
