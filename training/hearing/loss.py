"""Losses: cross-entropy a frame, and a conditional random field over whole rows.

The random field's score of a phone sequence is the sum of its logits and of learned transitions; the loss
is log Z minus the aligned path's score, a frame (Lafferty et al. 2001; with phone transitions as the
denominator it is the little sister of lattice-free MMI, Povey et al. 2016).
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

Tensor = Any


def frame_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.05) -> Tensor:
    """Mean cross-entropy of (rows, frames, phones) logits against (rows, frames) labels."""
    log_posteriors = tf.nn.log_softmax(logits)
    hit = tf.gather(log_posteriors, labels, axis=2, batch_dims=2)
    return -tf.reduce_mean((1 - smoothing) * hit + smoothing * tf.reduce_mean(log_posteriors, axis=2))


def sequence_loss(logits: Tensor, labels: Tensor, transitions: Tensor) -> Tensor:
    """Mean of (log Z − path score) a frame. `transitions`: (phones, phones), from row to column."""
    frames = logits.shape[1]
    transitions = tf.convert_to_tensor(transitions)
    there = tf.one_hot(labels, logits.shape[2])
    moved = tf.reduce_sum(tf.matmul(there[:, :-1], transitions) * there[:, 1:], axis=(1, 2))
    path = tf.reduce_sum(logits * there, axis=(1, 2)) + moved
    moves = tf.exp(transitions)
    alpha = logits[:, 0]
    for t in range(1, frames):
        top = tf.stop_gradient(tf.reduce_max(alpha, axis=1, keepdims=True))
        alpha = top + tf.math.log(tf.matmul(tf.exp(alpha - top), moves) + 1e-30) + logits[:, t]
    return tf.reduce_mean(tf.reduce_logsumexp(alpha, axis=1) - path) / frames
