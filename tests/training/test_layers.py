"""The step form of a network gives what its batch form gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from training.layers import NetSettings, StreamingNet

SETTINGS = NetSettings(mels=8, labels=5, width=12, blocks=((1, 2), (1, 4)), stride=3)


@pytest.fixture(scope="module")
def net() -> StreamingNet:
    """With normalisation statistics that matter."""
    model = StreamingNet(SETTINGS)
    model.build((None, None, SETTINGS.mels))
    rng = np.random.default_rng(0)
    for conv in model.convolutions:
        conv.norm.moving_mean.assign(rng.normal(0, 0.3, SETTINGS.width))
        conv.norm.moving_variance.assign(rng.uniform(0.5, 2, SETTINGS.width))
        conv.norm.gamma.assign(rng.uniform(0.5, 1.5, SETTINGS.width))
    return model


def streamed(net: StreamingNet, x: np.ndarray, frames: int) -> np.ndarray:
    states = [np.zeros(shape, np.float32) for shape in net.state_shapes()]
    outputs = []
    for start in range(0, x.shape[1], frames):
        y, *states = net.step(x[:, start : start + frames], *states)
        outputs.append(np.asarray(y))
    return np.concatenate(outputs, axis=1)


@pytest.mark.parametrize("frames", [3, 6, 12, 60])
def test_streaming_equals_batch(net: StreamingNet, frames: int) -> None:
    x = np.random.default_rng(1).normal(size=(1, 60, SETTINGS.mels)).astype(np.float32)
    np.testing.assert_allclose(streamed(net, x, frames), np.asarray(net(x)), atol=1e-4)


def test_the_future_changes_nothing(net: StreamingNet) -> None:
    x = np.random.default_rng(2).normal(size=(1, 60, SETTINGS.mels)).astype(np.float32)
    changed = x.copy()
    changed[:, 30:] += 1
    np.testing.assert_array_equal(np.asarray(net(x))[:, :10], np.asarray(net(changed))[:, :10])


def test_the_past_counts_as_far_as_the_settings_say(net: StreamingNet) -> None:
    x = np.random.default_rng(3).normal(size=(1, 90, SETTINGS.mels)).astype(np.float32)
    last = np.asarray(net(x))[:, -1]
    beyond, within = x.copy(), x.copy()
    beyond[:, : 90 - SETTINGS.history] += 1
    within[:, 90 - SETTINGS.history] += 1
    np.testing.assert_array_equal(np.asarray(net(beyond))[:, -1], last)
    assert not np.array_equal(np.asarray(net(within))[:, -1], last)


def test_a_deeper_net_begins_as_the_shallower_one(net: StreamingNet) -> None:
    deeper = StreamingNet(replace(SETTINGS, blocks=(*SETTINGS.blocks, (1, 2), (1, 2))))
    deeper.build((None, None, SETTINGS.mels))
    x = np.random.default_rng(4).normal(size=(2, 60, SETTINGS.mels)).astype(np.float32)
    assert not np.allclose(np.asarray(deeper(x)), np.asarray(net(x)))
    deeper.grow_from(net)
    np.testing.assert_allclose(np.asarray(deeper(x)), np.asarray(net(x)), atol=1e-6)
