"""The acoustic model: samples in, log posteriors of English phones out, while the speaker speaks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from device.audio.frontend import Features, FrontEnd, RunningMean
from device.engine.bundle import Bundle
from device.engine.interpreter import StreamingModel
from device.events import Samples

Posteriors = npt.NDArray[np.float32]
"""(frames, phones) natural logarithms; each row's exponentials sum to 1."""

SHIFTS = (-1, 0, 1)
"""Feature frames by which the model's runs over the same audio are moved.

An output is about three frames, and where these happen to begin changes what a doubtful sound is taken for;
the mean over all three beginnings hardly depends on it.
"""


class AcousticModel:
    """A bundle of kind `hearing`, streaming. `phones[0]` is silence, "SIL".

    Its posteriors are the geometric mean of those of a run for each of `shifts`.
    """

    def __init__(
        self, bundle: Bundle, shifts: Sequence[int] = SHIFTS, model: StreamingModel | None = None
    ) -> None:
        """`model`: the bundle's, where it is loaded already."""
        self.model = model or StreamingModel(bundle)
        self.phones = bundle.labels
        self.decision = bundle.decision
        self.log_prior = np.asarray(bundle.decision["log_prior"], np.float32)
        self.frame_seconds = bundle.stream.stride * bundle.features.hop / bundle.features.sample_rate
        self._frontend = FrontEnd(bundle.features)
        self._normaliser = Normaliser(bundle)
        self._runs = [_Run(self.model.beside(), shift, bundle.stream.lookahead) for shift in shifts]
        # Enough silence for the last sound's label to come out, whatever is still pending.
        self._stride = bundle.stream.stride
        self._flush = bundle.stream.lookahead * self._stride + bundle.stream.frames + max(0, *shifts)
        self.reset()

    def reset(self) -> None:
        """Ready for a new utterance."""
        self._frontend.reset()
        self._normaliser.reset()
        for run in self._runs:
            run.reset()
        self._heard = 0
        self._given = 0

    def process(self, samples: Samples) -> Posteriors:
        """The posteriors that `samples` complete; frame i is about the audio from i · frame_seconds on."""
        self._heard += len(samples)
        return self._steps(self._normaliser.process(self._frontend.process(samples)))

    def finish(self) -> Posteriors:
        """What the look-ahead still holds back; then `reset` before the next utterance."""
        if not self._normaliser.heard:
            return np.zeros((0, len(self.phones)), np.float32)
        missing = int(self._heard / (self.frame_seconds * self._frontend.settings.sample_rate)) - self._given
        return self._steps(self._tail())[: max(0, missing)]

    def of_features(self, frames: Features) -> Posteriors:
        """The posteriors of a stretch of log-mel frames (n, mels), n > 0, as an utterance of its own."""
        self.reset()
        given = self._steps(self._normaliser.process(frames))
        return np.concatenate((given, self._steps(self._tail())))[: len(frames) // self._stride]

    def _tail(self) -> Features:
        """What follows the end of the audio: its own quietest frame, for as long as the look-ahead needs."""
        return np.repeat(self._normaliser.quietest()[None], self._flush, axis=0)

    def _steps(self, frames: Features) -> Posteriors:
        for run in self._runs:
            run.advance(frames)
        count = min(len(run.ready) for run in self._runs)
        self._given += count
        return log_softmax(np.mean([log_softmax(run.take(count)) for run in self._runs], axis=0))


class _Run:
    """The model over the frames of an utterance, as if it began `shift` frames later."""

    def __init__(self, model: StreamingModel, shift: int, lookahead: int) -> None:
        self._model, self._shift, self._lookahead = model, shift, lookahead
        self.reset()

    def reset(self) -> None:
        self._model.reset()
        self._drop, self._repeat, self._skip = max(0, self._shift), max(0, -self._shift), self._lookahead
        self._pending: Features | None = None
        self.ready: list[npt.NDArray[np.float32]] = []

    def advance(self, frames: Features) -> None:
        """Hear (n, mels) normalised frames; what they complete is `ready`, a row of logits each."""
        dropped = min(self._drop, len(frames))
        self._drop -= dropped
        frames = frames[dropped:]
        if self._repeat and len(frames):  # the first frame stands for what was before it
            frames = np.concatenate((np.repeat(frames[:1], self._repeat, axis=0), frames))
            self._repeat = 0
        pending = frames if self._pending is None else np.concatenate((self._pending, frames))
        while len(pending) >= self._model.frames:
            logits = self._model.step(pending[: self._model.frames])
            pending = pending[self._model.frames :]
            skipped = min(self._skip, len(logits))
            self._skip -= skipped
            self.ready += list(logits[skipped:])
        self._pending = pending

    def take(self, count: int) -> npt.NDArray[np.float32]:
        """The first `count` that are ready."""
        taken, self.ready = self.ready[:count], self.ready[count:]
        return np.array(taken, np.float32).reshape(count, self._model.labels)


class Normaliser:
    """What stands between log-mel features and a hearing model: running mean, scale and clip.

    `bundle.normalisation`: {"prior": (mels,) nats, "weight": frames, "scale": nats, "clip": in scales}.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._mean = RunningMean(bundle.normalisation["prior"], bundle.normalisation["weight"])
        self._scale = np.float32(1.0 / bundle.normalisation["scale"])
        self._clip = float(bundle.normalisation["clip"])
        self.reset()

    def reset(self) -> None:
        self._mean.reset()
        self._quietest: Features | None = None

    def process(self, frames: Features) -> Features:
        normalised = np.clip(self._mean.process(frames) * self._scale, -self._clip, self._clip)
        if len(normalised):
            quietest = normalised[np.argmin(normalised.sum(axis=1))]
            if self._quietest is None or quietest.sum() < self._quietest.sum():
                self._quietest = quietest
        return normalised

    @property
    def heard(self) -> bool:
        return self._quietest is not None

    def quietest(self) -> Features:
        """(mels,) the quietest normalised frame of the utterance so far."""
        if self._quietest is None:
            raise ValueError("no frame was heard yet")
        return self._quietest


def log_softmax(logits: npt.NDArray[np.float32]) -> Posteriors:
    """Of each row."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
