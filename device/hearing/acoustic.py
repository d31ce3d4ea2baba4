"""The acoustic model: samples in, log posteriors of English phones out, while the speaker speaks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from device.audio.frontend import Features, FrontEnd, RunningMean
from device.engine.bundle import Bundle
from device.engine.interpreter import StreamingModel
from device.events import Samples

Posteriors = npt.NDArray[np.float32]
"""(frames, phones) natural logarithms; each row's exponentials sum to 1."""


class AcousticModel:
    """A bundle of kind `hearing`, streaming. `phones[0]` is silence, "SIL"."""

    def __init__(self, bundle: Bundle, model: StreamingModel | None = None) -> None:
        self.phones = bundle.labels
        self.decision = bundle.decision
        self.log_prior = np.asarray(bundle.decision["log_prior"], np.float32)
        self.frame_seconds = bundle.stream.stride * bundle.features.hop / bundle.features.sample_rate
        self._frontend = FrontEnd(bundle.features)
        self._normaliser = Normaliser(bundle)
        self._model = model or StreamingModel(bundle)
        self._lookahead = bundle.stream.lookahead
        # Enough silence for the last sound's label to come out, whatever is still pending.
        self._stride = bundle.stream.stride
        self._flush = self._lookahead * self._stride + bundle.stream.frames
        self.reset()

    def reset(self) -> None:
        """Ready for a new utterance."""
        self._frontend.reset()
        self._normaliser.reset()
        self._model.reset()
        self._pending = np.zeros((0, self._frontend.settings.mels), np.float32)
        self._skip = self._lookahead
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
        self._pending = np.concatenate((self._pending, frames))
        outputs = []
        while len(self._pending) >= self._model.frames:
            outputs.append(self._model.step(self._pending[: self._model.frames]))
            self._pending = self._pending[self._model.frames :]
        if not outputs:
            return np.zeros((0, len(self.phones)), np.float32)
        logits = np.concatenate(outputs)
        skipped = min(self._skip, len(logits))
        self._skip -= skipped
        logits = logits[skipped:]
        self._given += len(logits)
        return log_softmax(logits)


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
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
