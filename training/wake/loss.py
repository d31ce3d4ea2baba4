"""The loss of a wake word: cross-entropy that ignores what is near a phrase's end and dwells on the worst."""

from __future__ import annotations

from typing import Any

import tensorflow as tf


def row_loss(logits: Any, labels: Any, hardest: int) -> Any:
    """Cross-entropy of (rows, outputs, words) logits against labels (rows, outputs): the number of a word
    from 1 on, 0 for none and −1 (ignored). Outputs after a word weigh three times; half the mean over each
    row's `hardest` outputs comes on top."""
    labels = tf.cast(labels, tf.int32)
    truth = tf.one_hot(labels - 1, logits.shape[2])
    weight = tf.cast(labels >= 0, tf.float32) * (1.0 + 2.0 * tf.cast(labels > 0, tf.float32))
    losses = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(truth, logits), axis=2) * weight
    mean = tf.reduce_sum(losses) / tf.reduce_sum(weight)
    ordered = tf.sort(losses, axis=1, direction="DESCENDING")
    return mean + 0.5 * tf.reduce_mean(ordered[:, :hardest])
