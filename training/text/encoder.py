"""A small Transformer encoder and what is trained on it, written so that all of it converts to int8.

Attention is written out, with the mask as an input that becomes a small additive bias: Keras's own, with
`attention_mask`, does not survive int8. Written with keras.ops alone, as `training.layers`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from device.errors import MynahError

Tensor = Any
BIAS = 20.0
"""Taken from the attention scores of what is no piece; larger ones cost int8 its resolution."""


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """The shape of a `TextEncoder`. `length`: the most pieces of a text that it reads."""

    vocabulary: int
    width: int = 192
    layers: int = 3
    heads: int = 4
    inner: int = 768  # channels between the two products of a feed-forward layer
    length: int = 40
    dropout: float = 0.1


NEW = EncoderSettings(6000)
"""Of an encoder that is trained from nothing."""


class Attention(keras.layers.Layer):
    """Multi-head self-attention (Vaswani et al. 2017)."""

    def __init__(self, width: int, heads: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.heads, self.size = heads, width // heads
        self.products = [keras.layers.Dense(width, name=name) for name in ("query", "key", "value", "out")]

    def build(self, shape: Sequence[int | None]) -> None:
        for product in self.products:
            product.build(shape)
        self.built = True

    def call(self, x: Tensor, bias: Tensor) -> Tensor:
        length, width = x.shape[1], x.shape[2]
        query, key, value = (
            ops.transpose(ops.reshape(product(x), (-1, length, self.heads, self.size)), (0, 2, 1, 3))
            for product in self.products[:3]
        )
        scores = ops.matmul(query * float(self.size**-0.5), ops.transpose(key, (0, 1, 3, 2)))
        seen = ops.matmul(ops.softmax(scores + bias[:, None, None, :]), value)
        return self.products[3](ops.reshape(ops.transpose(seen, (0, 2, 1, 3)), (-1, length, width)))


class Block(keras.layers.Layer):
    """Attention and a feed-forward layer, each added to what it saw and normalised."""

    def __init__(self, settings: EncoderSettings, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.settings = settings
        self.attention = Attention(settings.width, settings.heads, name="attention")
        self.inner = keras.layers.Dense(settings.inner, activation="relu", name="inner")
        self.outer = keras.layers.Dense(settings.width, name="outer")
        self.norms = [keras.layers.LayerNormalization(epsilon=1e-3, name=f"norm_{one}") for one in range(2)]
        self.dropout = keras.layers.Dropout(settings.dropout)

    def build(self, shape: Sequence[int | None]) -> None:
        for layer in (self.attention, self.inner, *self.norms):
            layer.build(shape)
        self.outer.build((None, None, self.settings.inner))
        self.built = True

    def call(self, x: Tensor, bias: Tensor, training: bool = False) -> Tensor:
        x = self.norms[0](x + self.dropout(self.attention(x, bias), training=training))
        y = self.outer(self.inner(x))
        return self.norms[1](x + self.dropout(y, training=training))


class TextEncoder(keras.Model):
    """(ids, mask) → a state for each piece (batch, length, width), a vector for each text (batch, width).

    `ids` (batch, length) int32, 0 behind the text; `mask` (batch, length) float, 1 in the text, 0 behind it.
    The vector is a mean of the states with learned weights.
    """

    def __init__(self, settings: EncoderSettings, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.settings = settings
        self.blocks = [Block(settings, name=f"block_{number}") for number in range(settings.layers)]
        self.norm = keras.layers.LayerNormalization(epsilon=1e-3, name="norm")
        self.dropout = keras.layers.Dropout(settings.dropout)
        self.weight = keras.layers.Dense(1, kernel_initializer="zeros", use_bias=False, name="weight")

    def build(self, shape: Any = None) -> None:
        settings = self.settings
        self.pieces = self.add_weight(
            shape=(settings.vocabulary, settings.width), initializer=_small(), name="pieces"
        )
        self.places = self.add_weight(
            shape=(settings.length, settings.width), initializer=_small(), name="places"
        )
        for layer in (self.norm, self.weight, *self.blocks):
            layer.build((None, settings.length, settings.width))
        self.built = True

    def call(self, inputs: tuple[Tensor, Tensor], training: bool = False) -> tuple[Tensor, Tensor]:
        ids, mask = inputs
        bias = (mask - 1.0) * BIAS
        x = self.norm(ops.take(self.pieces, ids, axis=0) + self.places[: ids.shape[1]])
        x = self.dropout(x, training=training)
        for block in self.blocks:
            x = block(x, bias, training=training)
        weights = ops.softmax(ops.squeeze(self.weight(x), axis=-1) + bias)
        return x, ops.squeeze(ops.matmul(weights[:, None, :], x), axis=1)


def save(encoder: TextEncoder, file: Path) -> None:
    """Its weights, to 16 bits, whole or not at all: enough to begin with."""
    part = file.with_name(f"part.{file.name}")
    np.savez_compressed(part, *(weight.astype(np.float16) for weight in encoder.get_weights()))
    part.replace(file)


def load(encoder: TextEncoder, file: Path) -> None:
    """MynahError where the weights are another encoder's."""
    try:
        with np.load(file) as stored:
            encoder.set_weights([stored[name].astype(np.float32) for name in stored.files])
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise MynahError(f"{file}: no weights of this encoder ({error}); pretrain it anew") from error


class Pretraining(keras.Model):
    """(ids, mask, places) → logits of the piece at each of `places` (batch, places, vocabulary), and the
    teacher's vector for the text (batch, `teacher`), None with `teacher` 0."""

    def __init__(self, settings: EncoderSettings, teacher: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.encoder = TextEncoder(settings, name="encoder")
        self.guess = keras.layers.Dense(settings.width, activation="relu", name="guess")
        self.norm = keras.layers.LayerNormalization(epsilon=1e-3, name="norm")
        self.teacher = keras.layers.Dense(teacher, name="teacher") if teacher else None

    def build(self, shape: Any = None) -> None:
        width = self.encoder.settings.width
        self.encoder.build()
        for layer in filter(None, (self.guess, self.norm, self.teacher)):
            layer.build((None, None, width))
        self.built = True

    def call(
        self, inputs: tuple[Tensor, Tensor, Tensor], training: bool = False
    ) -> tuple[Tensor, Tensor | None]:
        ids, mask, places = inputs
        states, vector = self.encoder((ids, mask), training=training)
        hidden = self.norm(self.guess(ops.take_along_axis(states, places[..., None], axis=1)))
        logits = ops.matmul(hidden, ops.transpose(self.encoder.pieces))
        return logits, self.teacher(vector) if self.teacher else None


class Classifier(keras.Model):
    """(ids, mask) → logits of a text's labels (batch, labels) and of each piece's tags (batch, length, tags).

    With `tags` 0 there is None instead of those.
    """

    def __init__(
        self, settings: EncoderSettings, labels: int, tags: int, dropout: float, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.encoder = TextEncoder(settings, name="encoder")
        self.dropout = keras.layers.Dropout(dropout)
        self.inner = keras.layers.Dense(settings.width, activation="relu", name="inner")
        self.labels = keras.layers.Dense(labels, name="labels")
        self.tags = keras.layers.Dense(tags, name="tags") if tags else None

    def build(self, shape: Any = None) -> None:
        self.encoder.build()
        for layer in filter(None, (self.inner, self.labels, self.tags)):
            layer.build((None, None, self.encoder.settings.width))
        self.built = True

    def call(self, inputs: tuple[Tensor, Tensor], training: bool = False) -> tuple[Tensor, Tensor | None]:
        states, vector = self.encoder(inputs, training=training)
        hidden = self.inner(self.dropout(vector, training=training))
        labels = self.labels(self.dropout(hidden, training=training))
        return labels, self.tags(self.dropout(states, training=training)) if self.tags else None


def _small() -> Any:
    return keras.initializers.RandomNormal(stddev=0.05)
