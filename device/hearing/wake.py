"""Wake words: small streaming models that listen always.

A wake bundle's `normalisation` is {"offset": nats, "scale": nats}: the model sees (log-mel − offset) / scale
and gives one logit, which the logistic function makes a probability. Its `decision` is {"threshold": 0…1,
"smoothing": outputs, "refractory": s, "delay": s}: the score is the mean of the last `smoothing` outputs; at
`threshold` the word is detected, its end `delay` seconds before, and nothing more for `refractory` seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from device.audio.frontend import Features, FrontEnd
from device.engine.bundle import Bundle
from device.engine.interpreter import StreamingModel
from device.errors import BundleError
from device.events import SAMPLE_RATE, AudioChunk, Detection, NotDetected, Samples

Scores = npt.NDArray[np.float32]


class Trigger:
    """Decides on a stream of scores: one detection for each rise above `threshold`.

    After a detection at time t nothing is detected before t + `refractory`, nor before the score has fallen
    below the threshold again.
    """

    def __init__(self, threshold: float, refractory: float) -> None:
        self.threshold, self.refractory = threshold, refractory
        self.reset()

    def reset(self) -> None:
        self._armed_at = float("-inf")
        self._low = True

    def update(self, score: float, at: float) -> bool:
        """Whether `score` at time `at` (any unit, that of `refractory`) is a detection."""
        if score < self.threshold:
            self._low = True
            return False
        if not self._low or at < self._armed_at:
            return False
        self._low, self._armed_at = False, at + self.refractory
        return True


class WakeModel:
    """One bundle of kind `wake`, streaming: features in, smoothed probabilities out."""

    def __init__(
        self, bundle: Bundle, threshold: float | None = None, model: StreamingModel | None = None
    ) -> None:
        """`threshold` instead of the bundle's. Raises BundleError if the bundle is none for a wake word."""
        if bundle.kind != "wake":
            raise BundleError(
                f"{bundle.path}: a bundle for {bundle.kind}, not for a wake word; name another one"
            )
        decision = bundle.decision
        self.name, self.features = bundle.name, bundle.features
        self.delay = round(float(decision["delay"]) * SAMPLE_RATE)
        self.output_samples = bundle.stream.stride * bundle.features.hop
        self.trigger = Trigger(
            float(decision["threshold"] if threshold is None else threshold),
            float(decision["refractory"]) * SAMPLE_RATE,
        )
        self._offset = np.float32(bundle.normalisation["offset"])
        self._scale = np.float32(1.0 / bundle.normalisation["scale"])
        self._model = model or StreamingModel(bundle)
        self._smoothing = int(decision["smoothing"])
        self.reset()

    def reset(self) -> None:
        self._model.reset()
        self.trigger.reset()
        self._pending = np.zeros((0, self.features.mels), np.float32)
        self._last: deque[float] = deque([0.0] * self._smoothing, self._smoothing)

    def process(self, frames: Features) -> Scores:
        """The scores that `frames` (n, mels) complete: one for every `output_samples` of audio."""
        pending = np.concatenate((self._pending, (frames - self._offset) * self._scale))
        scores: list[float] = []
        size = self._model.frames
        while len(pending) >= size:
            logits = self._model.step(pending[:size])[:, -1]
            pending = pending[size:]
            for probability in 1.0 / (1.0 + np.exp(-logits)):
                self._last.append(float(probability))
                scores.append(sum(self._last) / self._smoothing)
        self._pending = pending
        return np.array(scores, np.float32)


class WakeWord:
    """Several wake words at once, over one front end."""

    def __init__(self, models: Sequence[WakeModel]) -> None:
        """Raises BundleError if the models were trained on different features."""
        if len({model.features.fingerprint for model in models}) > 1:
            names = ", ".join(model.name for model in models)
            raise BundleError(
                f"the wake words {names} need different features; train them for one version of Mynah"
            )
        self.models = tuple(models)
        self._frontend = FrontEnd(self.models[0].features)
        self.reset()

    @classmethod
    def load(cls, bundles: Sequence[Bundle], thresholds: Mapping[str, float] | None = None) -> WakeWord:
        """`thresholds`: by the name of the wake word, instead of the bundles' own."""
        return cls([WakeModel(bundle, (thresholds or {}).get(bundle.name)) for bundle in bundles])

    def reset(self) -> None:
        """Forgets the audio so far."""
        self._frontend.reset()
        self._origin: int | None = None
        self._outputs = 0
        for model in self.models:
            model.reset()

    def detect(self, audio: Iterator[AudioChunk]) -> Detection | NotDetected:
        """Listens until a wake word was said or the audio ends.

        Starts from silence each time: what was said to the last command is no part of a wake word.
        """
        self.reset()
        for chunk in audio:
            _, detections = self.process(chunk)
            if detections:
                return detections[0]
        return NotDetected()

    def process(self, chunk: AudioChunk) -> tuple[dict[str, Scores], list[Detection]]:
        """The scores of `chunk` by wake word, and what was detected in it."""
        if self._origin is None:
            self._origin = chunk.start
        frames = self._frontend.process(chunk.samples)
        scores: dict[str, Scores] = {}
        detections: list[Detection] = []
        for model in self.models:
            values = model.process(frames)
            scores[model.name] = values
            detections += self._decide(model, values)
        self._outputs += len(scores[self.models[0].name])
        return scores, detections

    def _decide(self, model: WakeModel, scores: Scores) -> Iterator[Detection]:
        origin = self._origin or 0
        for number, score in enumerate(scores, self._outputs):
            now = origin + (number + 1) * model.output_samples
            if model.trigger.update(float(score), now):
                yield Detection(model.name, float(score), max(origin, now - model.delay))


def scores(wake: WakeWord, samples: Samples) -> tuple[dict[str, Scores], list[Detection]]:
    """A whole recording: every score by wake word, one every `output_samples`, and every detection."""
    wake.reset()
    return wake.process(AudioChunk(samples, 0))
