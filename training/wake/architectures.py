"""`mynah-train architectures`: other small networks on the same phrase, beside the one that ships.

Temporal convolutions of long kernels as TC-ResNet's (Choi et al. 2019), and mixed depthwise kernels as
microWakeWord's MixedNet, after MixConv (Tan and Le 2019): both causal, with an output every 20 ms as ours.
They exist for this comparison alone, so they have no streaming form; all are measured as float models.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from keras import layers

from device.settings import bundle_folder
from training.wake import model as shape
from training.wake.settings import Settings, phrases_of
from training.wake.signal import MELS, STRIDE
from training.wake.threshold import told
from training.wake.train import fit, prepared, trainer_of

RATE = 100 / STRIDE
"""Outputs a second."""


def tc_resnet(words: int, channels: tuple[int, ...] = (24, 32, 40), kernel: int = 9) -> keras.Model:
    """Residual blocks of two convolutions over time; the further up, the further apart their taps."""
    inputs = keras.Input((None, MELS))
    x = _normed(layers.Conv1D(channels[0], 3, STRIDE, padding="causal")(_even(inputs)))
    for number, width in enumerate(channels):
        y = _normed(layers.Conv1D(width, kernel, padding="causal", dilation_rate=1 + number // 2)(x))
        y = layers.Conv1D(width, kernel, padding="causal", dilation_rate=1 + number // 2)(y)
        y = layers.BatchNormalization(momentum=0.95)(y)
        x = layers.ReLU()(y + _normed(layers.Conv1D(width, 1)(x)))
    return keras.Model(inputs, layers.Dense(words)(layers.Dropout(0.1)(x)))


def mixed_net(
    words: int, width: int = 64, mixes: tuple[tuple[int, ...], ...] = ((5,), (7, 11), (9, 15), (23,))
) -> keras.Model:
    """Blocks of a depthwise convolution, whose kernels differ among the channels, and a pointwise one."""
    inputs = keras.Input((None, MELS))
    x = _normed(layers.Conv1D(width, 5, STRIDE, padding="causal")(_even(inputs)))
    for kernels in mixes:
        share = width // len(kernels)
        parts = [
            layers.DepthwiseConv1D(kernel)(
                layers.ZeroPadding1D((kernel - 1, 0))(x[..., first * share : (first + 1) * share])
            )
            for first, kernel in enumerate(kernels)
        ]
        y = layers.Concatenate()(parts) if len(parts) > 1 else parts[0]
        y = layers.BatchNormalization(momentum=0.95)(layers.Conv1D(width, 1)(y))
        x = layers.ReLU()(x + y)
    return keras.Model(inputs, layers.Dense(words)(layers.Dropout(0.1)(x)))


def _even(x: Any) -> Any:
    """One frame later, so that output j sees frames up to STRIDE·j + STRIDE − 1, as ours does."""
    return layers.ZeroPadding1D((0, STRIDE - 1))(x)[:, STRIDE - 1 :]


def _normed(x: Any) -> Any:
    return layers.ReLU()(layers.BatchNormalization(momentum=0.95)(x))


def architectures(settings: Settings) -> Mapping[str, Callable[[], Any]]:
    words = len(settings.words)
    net = shape.settings(settings.width, settings.dropout, words)
    return {
        "ours": lambda: shape.build(net),
        "tc-resnet": lambda: tc_resnet(words),
        "mixed-net": lambda: mixed_net(words),
    }


def work(model: keras.Model) -> int:
    """Multiplications a second of audio: every kernel is used once an output."""
    kernels = [weight for weight in model.trainable_weights if len(weight.shape) > 1]
    return round(sum(int(tf.size(weight)) for weight in kernels) * RATE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--phrase", required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder with speech/, wake/, noise/, rir/")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of the runs; one may be there already"
    )
    parser.add_argument("--features", type=Path, help="store of recordings' features that several runs share")
    parser.add_argument("--updates", type=int, default=4000, help="training steps of each (4,000)")


def run(arguments: argparse.Namespace) -> None:
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    settings = Settings(
        words=(arguments.phrase,), updates=arguments.updates, acoustic=str(bundle_folder("english"))
    )
    phrases, out = phrases_of(settings), arguments.out
    sources = prepared(settings, phrases, arguments.data, out, arguments.features or out / "features")
    figures = {}
    for name, build in architectures(settings).items():
        # XLA makes depthwise convolutions four times slower on a CPU, and the others faster.
        compiled = replace(settings.trainer, compiled=name != "mixed-net")
        trainer = trainer_of(replace(settings, trainer=compiled), out / name, build)
        fit(trainer, settings, sources)
        model = trainer.averaged()
        _, measured = told(model, settings, phrases, sources, out)
        size = {"parameters": model.count_params(), "multiplications_a_second": work(model)}
        figures[name] = {**size, **measured[arguments.phrase]}
        print(f"{name}: {figures[name]}", flush=True)
    (out / "architectures.json").write_text(json.dumps(figures, indent=1) + "\n")
