"""Losses: cross-entropy a frame, and a conditional random field over whole rows.

The random field's score of a phone sequence is the sum of its logits and of learned transitions; the loss
is log Z minus the score of what was said, a frame (Lafferty et al. 2001; with phone transitions as the
denominator it is the little sister of lattice-free MMI, Povey et al. 2016). What was said is all the paths
through the aligned phones in their order, each no further than a tolerance from where it was aligned.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

Tensor = Any
_NEVER = -1e4
"""Log score of what is impossible; far enough from anything possible, and its gradient is no NaN."""


class Objectives:
    """What the stages minimise; `transitions` (phones, phones), of the random field, are trained as well."""

    def __init__(self, phones: int) -> None:
        self.transitions = tf.Variable(tf.zeros((phones, phones)), name="transitions")

    def frame(self, logits: Tensor, labels: Tensor) -> dict[str, Tensor]:
        return {"frame_loss": frame_loss(logits, labels), "frame_accuracy": frame_accuracy(logits, labels)}

    def sequence(self, logits: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """With a little of the frames' loss, which keeps the posteriors where the labels are."""
        loss = sequence_loss(logits, labels, self.transitions) + 0.1 * frame_loss(logits, labels)
        return {"sequence_loss": loss, "frame_accuracy": frame_accuracy(logits, labels)}


def frame_accuracy(logits: Tensor, labels: Tensor) -> Tensor:
    """The share of the frames whose most probable phone is the labelled one."""
    hits = tf.equal(tf.argmax(logits, axis=2, output_type=tf.int32), labels)
    return tf.reduce_mean(tf.cast(hits, tf.float32))


def frame_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.05) -> Tensor:
    """Mean cross-entropy of (rows, frames, phones) logits against (rows, frames) labels."""
    log_posteriors = tf.nn.log_softmax(logits)
    hit = tf.gather(log_posteriors, labels, axis=2, batch_dims=2)
    return -tf.reduce_mean((1 - smoothing) * hit + smoothing * tf.reduce_mean(log_posteriors, axis=2))


def sequence_loss(logits: Tensor, labels: Tensor, transitions: Tensor, tolerance: int = 2) -> Tensor:
    """Mean of (log Z − score of the aligned phones) a frame.

    `transitions`: (phones, phones), from row to column. `tolerance`: by how many outputs a phone may begin
    earlier or later than `labels` (rows, outputs) say.
    """
    transitions = tf.convert_to_tensor(transitions)
    everything = _log_z(logits, transitions)
    said = _log_aligned(logits, labels, transitions, tolerance)
    return tf.reduce_mean(everything - said) / logits.shape[1]


def _log_z(logits: Tensor, transitions: Tensor) -> Tensor:
    """(rows,) log of the sum over all paths."""
    moves = tf.exp(transitions)
    alpha = logits[:, 0]
    for t in range(1, logits.shape[1]):
        top = tf.stop_gradient(tf.reduce_max(alpha, axis=1, keepdims=True))
        alpha = top + tf.math.log(tf.matmul(tf.exp(alpha - top), moves) + 1e-30) + logits[:, t]
    return tf.reduce_logsumexp(alpha, axis=1)


def _log_aligned(logits: Tensor, labels: Tensor, transitions: Tensor, tolerance: int) -> Tensor:
    """(rows,) log of the sum over the paths that are near the aligned one.

    Segment s of a row is its s-th run of one label; there are at most as many as outputs.
    """
    outputs = logits.shape[1]
    changes = tf.cast(labels[:, 1:] != labels[:, :-1], tf.int32)
    segment = tf.pad(tf.cumsum(changes, axis=1), [[0, 0], [1, 0]])  # of each output
    numbers = tf.range(outputs)
    belongs = segment[:, :, None] == numbers  # (rows, outputs, segments)
    phones = tf.reduce_max(tf.where(belongs, labels[:, :, None], 0), axis=1)
    scores = tf.gather(logits, phones, axis=2, batch_dims=1)
    stay = tf.gather(tf.linalg.diag_part(transitions), phones)
    enter = tf.gather_nd(transitions, tf.stack((phones[:, :-1], phones[:, 1:]), axis=2))
    enter = tf.pad(enter, [[0, 0], [1, 0]], constant_values=_NEVER)
    earlier = tf.gather(segment, tf.maximum(numbers - tolerance, 0), axis=1)
    later = tf.gather(segment, tf.minimum(numbers + tolerance, outputs - 1), axis=1)
    near = (numbers >= earlier[:, :, None]) & (numbers <= later[:, :, None])
    scores = tf.where(near, scores, _NEVER)

    def step(alpha: Tensor, score: Tensor) -> Tensor:
        before = tf.pad(alpha[:, :-1], [[0, 0], [1, 0]], constant_values=_NEVER)
        both = tf.stack((alpha + stay, before + enter))
        return tf.maximum(tf.reduce_logsumexp(both, axis=0) + score, _NEVER)

    first = tf.where(numbers == 0, scores[:, 0], _NEVER)
    alpha = tf.foldl(step, tf.transpose(scores[:, 1:], (1, 0, 2)), first)  # unrolled, it compiles for minutes
    return tf.gather(alpha, segment[:, -1], axis=1, batch_dims=1)
