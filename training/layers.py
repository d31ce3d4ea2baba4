"""Causal convolutional networks that run on whole utterances in training and step by step on the device.

Every layer has two forms over the same weights: `call` on (batch, frames, channels), which pads the past
with zeros, and `step` on a few frames with the past as an explicit state tensor. From a zero state, the
steps' outputs put end to end equal `call`. Written with keras.ops alone, so that a model trains under any
Keras backend.

A convolution is its taps side by side and one matrix product: no dilated convolution reaches the
converter, and the int8 model is made of CONCATENATION, STRIDED_SLICE, FULLY_CONNECTED and ADD.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

Tensor = Any


@dataclass(frozen=True, slots=True)
class NetSettings:
    """The shape of a `StreamingNet`. `blocks`: for each residual block, the dilations of its convolutions."""

    mels: int
    labels: int
    width: int
    blocks: tuple[tuple[int, ...], ...]
    stem_kernel: int = 5  # frames
    stride: int = 3  # frames of features to one frame of output
    kernel: int = 3  # taps
    dropout: float = 0.0

    @property
    def history(self) -> int:
        """Frames of features that one output sees, its own last one included."""
        taps = sum((self.kernel - 1) * dilation for block in self.blocks for dilation in block)
        return self.stem_kernel + self.stride * taps


@keras.saving.register_keras_serializable("mynah")
class CausalConv(keras.layers.Layer):
    """Convolution over the past, batch normalisation and, if `activation`, a ReLU.

    With stride s, output j sees frames up to j·s + s − 1. `step` uses the normalisation folded into the
    weights, as it stands after training.
    """

    def __init__(
        self,
        filters: int,
        kernel: int,
        dilation: int = 1,
        stride: int = 1,
        activation: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.filters, self.kernel_size, self.dilation = filters, kernel, dilation
        self.stride, self.activation = stride, activation
        self.past = (kernel - 1) * dilation - (stride - 1)
        self.norm = keras.layers.BatchNormalization(momentum=0.95, epsilon=1e-3)

    def build(self, shape: Sequence[int | None]) -> None:
        self.channels = int(shape[-1] or 0)
        self.kernel = self.add_weight(
            shape=(self.kernel_size * self.channels, self.filters), initializer="he_normal", name="kernel"
        )
        self.norm.build((None, None, self.filters))
        self.built = True

    def _taps(self, padded: Tensor, outputs: int) -> Tensor:
        span = (outputs - 1) * self.stride + 1
        offsets = [tap * self.dilation for tap in range(self.kernel_size)]
        return ops.concatenate([padded[:, i : i + span : self.stride] for i in offsets], axis=-1)

    def product(self, x: Tensor) -> Tensor:
        """The convolution alone, before its normalisation."""
        padded = ops.pad(x, [[0, 0], [self.past, 0], [0, 0]])
        return ops.matmul(self._taps(padded, x.shape[1] // self.stride), self.kernel)

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        y = self.norm(self.product(x), training=training)
        return ops.relu(y) if self.activation else y

    def step(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        padded = ops.concatenate([state, x], axis=1)
        scale = self.norm.gamma / ops.sqrt(self.norm.moving_variance + self.norm.epsilon)
        bias = self.norm.beta - self.norm.moving_mean * scale
        y = ops.matmul(self._taps(padded, x.shape[1] // self.stride), self.kernel * scale) + bias
        return (ops.relu(y) if self.activation else y), padded[:, padded.shape[1] - self.past :]

    def state_shape(self) -> tuple[int, int]:
        return self.past, self.channels


@keras.saving.register_keras_serializable("mynah")
class StreamingNet(keras.Model):
    """A strided stem, residual blocks of dilated convolutions and a linear head: logits per output frame.

    `call`: (batch, frames, mels) → (batch, frames / stride, labels); frames a multiple of the stride.
    """

    def __init__(self, settings: NetSettings, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.settings = settings
        self.stem = CausalConv(settings.width, settings.stem_kernel, stride=settings.stride, name="stem")
        self.blocks = [
            [
                CausalConv(
                    settings.width,
                    settings.kernel,
                    dilation,
                    activation=position < len(block) - 1,
                    name=f"block_{number}_{position}",
                )
                for position, dilation in enumerate(block)
            ]
            for number, block in enumerate(settings.blocks)
        ]
        self.dropout = keras.layers.Dropout(settings.dropout, noise_shape=(None, 1, None))
        self.head = keras.layers.Dense(settings.labels, name="head")

    def build(self, shape: Sequence[int | None]) -> None:
        width = self.settings.width
        self.stem.build((None, None, self.settings.mels))
        for conv in self.convolutions[1:]:
            conv.build((None, None, width))
        self.head.build((None, None, width))
        self.built = True

    @property
    def convolutions(self) -> list[CausalConv]:
        return [self.stem, *(conv for block in self.blocks for conv in block)]

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        x = self.stem(x, training=training)
        for block in self.blocks:
            y = x
            for conv in block:
                y = conv(y, training=training)
            x = ops.relu(x + self.dropout(y, training=training))
        return self.head(x)

    def step(self, x: Tensor, *states: Tensor) -> tuple[Tensor, ...]:
        """(1, n·stride, mels) and a state for each of `convolutions` → logits (1, n, labels), new states."""
        past = iter(states)
        x, state = self.stem.step(x, next(past))
        after = [state]
        for block in self.blocks:
            y = x
            for conv in block:
                y, state = conv.step(y, next(past))
                after.append(state)
            x = ops.relu(x + y)
        return (self.head(x), *after)

    def grow_from(self, shallower: StreamingNet) -> None:
        """Takes over the weights of a net with fewer blocks; the further blocks begin as identities."""
        for own, other in zip(self.convolutions, shallower.convolutions, strict=False):
            own.set_weights(other.get_weights())
        self.head.set_weights(shallower.head.get_weights())
        for block in self.blocks[len(shallower.blocks) :]:
            block[-1].norm.gamma.assign(ops.zeros_like(block[-1].norm.gamma))

    def state_shapes(self) -> list[tuple[int, int, int]]:
        """(1, past frames, channels) for each of `convolutions`."""
        return [(1, *conv.state_shape()) for conv in self.convolutions]
