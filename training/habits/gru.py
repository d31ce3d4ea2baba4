"""A small recurrent network that tells what comes next, to compare it with the counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt

from device.memory.habits.deeds import Deed, Done, free
from device.memory.habits.model import Since, possible
from training.habits.measuring import Ranked

LENGTH = 8
"""Deeds that it looks back on."""
UNITS, EPOCHS, BATCH = 32, 60, 32

Array = npt.NDArray[np.float32]


def by_gru(learnt: Sequence[Done], seed: int = 0) -> Ranked:
    """Trained on `learnt`. What is so already is left out of its answer, as the counts do."""
    import tensorflow as tf

    deeds = sorted({one.deed for one in learnt})
    index = {deed: at for at, deed in enumerate(deeds)}
    tf.keras.utils.set_random_seed(seed)
    rows = np.stack([_row(one, index) for one in learnt])
    inputs = np.stack([_window(rows[:at]) for at in range(1, len(rows))])
    targets = np.array([index[one.deed] for one in learnt[1:]])
    network = tf.keras.Sequential(
        [
            tf.keras.layers.Input((LENGTH, rows.shape[1])),
            tf.keras.layers.GRU(UNITS, unroll=True),
            tf.keras.layers.Dropout(0.3),
            tf.keras.layers.Dense(len(deeds)),
        ]
    )
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(tf.keras.optimizers.Adam(3e-3), loss)
    network.fit(inputs, targets, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    run = tf.function(lambda window: network(window, training=False))
    history: list[Done] = list(learnt[-LENGTH:])

    def ranked(before: Sequence[Done], since: Since, now: datetime) -> Sequence[Deed]:
        if before and before[-1] is not history[-1]:
            history.append(before[-1])
        window = _window(np.stack([_row(one, index) for one in history[-LENGTH:]]))
        scores = run(tf.constant(window[None])).numpy()[0]
        order = np.argsort(-scores)
        return [deeds[at] for at in order if possible(deeds[at], since)]

    return ranked


def _row(one: Done, index: dict[Deed, int]) -> Array:
    """A deed, and the time of its day."""
    row = np.zeros(len(index) + 5, np.float32)
    if one.deed in index:
        row[index[one.deed]] = 1.0
    turn = 2 * math.pi * (one.at.hour * 60 + one.at.minute) / 1440
    row[-5:] = math.sin(turn), math.cos(turn), math.sin(2 * turn), math.cos(2 * turn), free(one.at)
    return row


def _window(rows: Array) -> Array:
    window = np.zeros((LENGTH, rows.shape[1]), np.float32)
    last = rows[-LENGTH:]
    window[LENGTH - len(last) :] = last
    return window
