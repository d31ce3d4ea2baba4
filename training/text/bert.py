"""A small BERT (MiniLM) in TensorFlow: begun with its published weights, and read by the device as int8."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from device.errors import MynahError

Tensor = Any
Floats = npt.NDArray[np.float32]
HEAD = 32
"""Channels of an attention head."""
CUT_OFF = 1e4
"""Taken from the attention scores of what is no piece."""
DENSE = {
    **{name: f"attention.self.{name}" for name in ("query", "key", "value")},
    **{"mixed": "attention.output.dense", "inner": "intermediate.dense", "outer": "output.dense"},
}
NORMS = {"attended": "attention.output.LayerNorm", "fed": "output.LayerNorm"}


def read_weights(file: Path) -> dict[str, Floats]:
    """The float tensors of a safetensors file, by name. Raises MynahError."""
    try:
        content = file.read_bytes()
        (size,) = struct.unpack("<Q", content[:8])
        header = json.loads(content[8 : 8 + size])
        found = {}
        for name, about in header.items():
            if name != "__metadata__" and about["dtype"] == "F32":
                begin, end = (8 + size + offset for offset in about["data_offsets"])
                found[name] = np.frombuffer(content[begin:end], np.float32).reshape(about["shape"])
    except (OSError, KeyError, ValueError, struct.error) as error:
        raise MynahError(f"{file}: cannot be read ({error}); --model names MiniLM's folder") from error
    return found


class Layer(tf.Module):
    """Attention and a feed-forward layer, each added to what it saw and normalised (Vaswani et al. 2017)."""

    def __init__(self, weights: Mapping[str, Floats], number: int) -> None:
        super().__init__()
        at = f"encoder.layer.{number}."
        self.dense = {
            name: (tf.Variable(weights[f"{at}{key}.weight"].T), tf.Variable(weights[f"{at}{key}.bias"]))
            for name, key in DENSE.items()
        }
        self.norms = {
            name: (tf.Variable(weights[f"{at}{key}.weight"]), tf.Variable(weights[f"{at}{key}.bias"]))
            for name, key in NORMS.items()
        }

    def __call__(self, x: Tensor, bias: Tensor) -> Tensor:
        """`x` (texts, length, width); `bias` (texts, 1, 1, length) is added to the scores."""
        width = x.shape[-1]
        length = tf.shape(x)[1]

        def heads(name: str) -> Tensor:
            return tf.transpose(
                tf.reshape(self._linear(x, name), (-1, length, width // HEAD, HEAD)), (0, 2, 1, 3)
            )

        scores = tf.matmul(heads("query"), heads("key"), transpose_b=True) * HEAD**-0.5
        seen = tf.transpose(tf.matmul(tf.nn.softmax(scores + bias), heads("value")), (0, 2, 1, 3))
        x = normalised(
            x + self._linear(tf.reshape(seen, (-1, length, width)), "mixed"), self.norms["attended"]
        )
        fed = self._linear(tf.nn.gelu(self._linear(x, "inner"), approximate=True), "outer")
        return normalised(x + fed, self.norms["fed"])

    def alone(self, x: Tensor) -> Tensor:
        """The same for one text, (length, width), in operations that the device runs quickly."""
        width = x.shape[-1]

        def heads(name: str, order: Sequence[int]) -> Tensor:
            return tf.transpose(tf.reshape(self._linear(x, name), (-1, width // HEAD, HEAD)), order)

        scores = tf.matmul(heads("query", (1, 0, 2)) * HEAD**-0.5, heads("key", (1, 2, 0)))
        seen = tf.transpose(tf.matmul(tf.nn.softmax(scores), heads("value", (1, 0, 2))), (1, 0, 2))
        x = normalised(x + self._linear(tf.reshape(seen, (-1, width)), "mixed"), self.norms["attended"])
        fed = self._linear(tf.nn.gelu(self._linear(x, "inner"), approximate=True), "outer")
        return normalised(x + fed, self.norms["fed"])

    def _linear(self, x: Tensor, name: str) -> Tensor:
        kernel, bias = self.dense[name]
        return tf.matmul(x, kernel) + bias


def normalised(x: Tensor, scale_and_shift: tuple[Tensor, Tensor]) -> Tensor:
    scale, shift = scale_and_shift
    apart = x - tf.reduce_mean(x, -1, keepdims=True)
    return apart * tf.math.rsqrt(tf.reduce_mean(apart * apart, -1, keepdims=True) + 1e-6) * scale + shift


class Bert(tf.Module):
    """Vectors of pieces → a vector for each text: the mean of its states, of length 1."""

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        super().__init__()
        embeddings = "embeddings."
        self.pieces = weights[f"{embeddings}word_embeddings.weight"]
        self.places = (
            weights[f"{embeddings}position_embeddings.weight"]
            + weights[f"{embeddings}token_type_embeddings.weight"][0]
        )
        norm = f"{embeddings}LayerNorm"
        self.norm = tuple(tf.constant(weights[f"{norm}.{name}"]) for name in ("weight", "bias"))
        count = sum(name.endswith("attention.self.query.weight") for name in weights)
        self.layers = [Layer(weights, number) for number in range(count)]

    def states(self, ids: npt.NDArray[np.int32], layers: int) -> Tensor:
        """What the first `layers` layers make of texts of pieces (texts, length); 0 is behind a text."""
        x = normalised(tf.constant(self.pieces[ids] + self.places[: ids.shape[1]]), self.norm)
        mask = tf.constant((ids > 0).astype(np.float32))
        for layer in self.layers[:layers]:
            x = layer(x, _bias(mask))
        return x

    def vectors(self, states: Tensor, mask: Tensor, layers: int) -> Tensor:
        """(texts, width), from what the first `layers` layers made of them."""
        for layer in self.layers[layers:]:
            states = layer(states, _bias(mask))
        total = tf.reduce_sum(states * mask[..., None], 1)
        return tf.math.l2_normalize(total / tf.reduce_sum(mask, 1)[:, None], -1)

    def read(self, x: Tensor) -> dict[str, Tensor]:
        """What the device runs: the vectors of one text's pieces → its vector."""
        x = normalised(x, self.norm)
        for layer in self.layers:
            x = layer.alone(x)
        mean = tf.reduce_mean(x, 0)
        return {"vector": mean * tf.math.rsqrt(tf.reduce_sum(mean * mean))}


def _bias(mask: Tensor) -> Tensor:
    return (mask - 1.0)[:, None, None, :] * CUT_OFF
