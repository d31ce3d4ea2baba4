"""Wake words: small streaming models that listen always.

A wake bundle's `normalisation` is {"offset": nats, "scale": nats}: the model sees (log-mel − offset) / scale
and gives one logit, which the logistic function makes a probability. Its `decision` is {"threshold": 0…1,
"smoothing": outputs, "refractory": s, "delay": s}: the score is the mean of the last `smoothing` outputs; at
`threshold` the word is detected, its end `delay` seconds before, and nothing more for `refractory` seconds.

Where the bundle has `decision["second_look"]` and an acoustic model is there, a lower score makes a
candidate, and the acoustic model decides with it: see `device.hearing.second_look`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.audio.frontend import Features, FrontEnd
from device.audio.pcm import gathered
from device.engine.bundle import Bundle
from device.engine.interpreter import StreamingModel
from device.errors import BundleError
from device.events import SAMPLE_RATE, AudioChunk, Detection, NotDetected, Samples
from device.hearing.second_look import FRAMES, Judgement, SecondLook

Scores = npt.NDArray[np.float32]
PIECE = 1280
"""Samples that are listened to at a time: 80 ms, a step of the models."""
IDLE = 3 * PIECE
"""Samples that are waited for: to wake a processor, its caches cold, costs more than a step of the models."""


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


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rise of the score: its highest value, the sample at which that came, the llr of a second look."""

    score: float
    at: int
    llr: float | None = None


class WakeModel:
    """One bundle of kind `wake`, streaming: features in, smoothed probabilities and candidates out."""

    def __init__(
        self,
        bundle: Bundle,
        threshold: float | None = None,
        model: StreamingModel | None = None,
        second_look: SecondLook | None = None,
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
        self._judgement = self._second_look = None
        if second_look is not None and "second_look" in decision:
            self._judgement, self._second_look = Judgement.of(decision["second_look"]), second_look
            self.delay = round(self._judgement.delay * SAMPLE_RATE)
        own = self._judgement.accept if self._judgement else float(decision["threshold"])
        self.threshold = own if threshold is None else threshold
        self.trigger = Trigger(
            self._judgement.candidate if self._judgement else self.threshold,
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
        self._heard: deque[Features] = deque()
        self._outputs = 0
        self._rising: Candidate | None = None
        self._ripe_at = 0

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

    def listen(self, frames: Features) -> tuple[Scores, list[Candidate]]:
        """The scores, and the candidates that are ripe by now: at once, or after their second look."""
        scores = self.process(frames)
        if self._judgement is not None:
            self._remember(frames)
        ripe: list[Candidate] = []
        for score in scores:
            self._outputs += 1
            now = self._outputs * self.output_samples
            if self._rising is not None and score > self._rising.score:
                self._rising = Candidate(float(score), now)
            if self.trigger.update(float(score), now):
                self._rising, self._ripe_at = Candidate(float(score), now), now + self._wait
            if self._rising is not None and now >= self._ripe_at:
                ripe += self.ripen()
        return scores, ripe

    def ripen(self) -> list[Candidate]:
        """The candidate that was waiting, looked at now: because its time has come, or the audio ended."""
        rising, self._rising = self._rising, None
        if rising is None:
            return []
        if self._judgement is None or self._second_look is None:
            return [rising]
        frames = np.concatenate(self._heard)[-FRAMES:]
        llr = self._second_look.llr(frames, self._judgement.pronunciations)
        return [Candidate(rising.score, rising.at, llr)]

    def probability(self, candidate: Candidate) -> float:
        if self._judgement is None or candidate.llr is None:
            return candidate.score
        return self._judgement.probability(candidate.score, candidate.llr)

    @property
    def _wait(self) -> int:
        return round(self._judgement.wait * SAMPLE_RATE) if self._judgement else 0

    def _remember(self, frames: Features) -> None:
        self._heard.append(frames)
        while sum(map(len, self._heard)) - len(self._heard[0]) >= FRAMES:
            self._heard.popleft()


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
    def load(
        cls,
        bundles: Sequence[Bundle],
        thresholds: Mapping[str, float] | None = None,
        second_look: SecondLook | None = None,
    ) -> WakeWord:
        """`thresholds`: by the name of the wake word, instead of the bundles' own."""
        given = thresholds or {}
        return cls([WakeModel(bundle, given.get(bundle.name), None, second_look) for bundle in bundles])

    def reset(self) -> None:
        """Forgets the audio so far."""
        self._frontend.reset()
        self._origin: int | None = None
        for model in self.models:
            model.reset()

    def detect(self, audio: Iterator[AudioChunk]) -> Detection | NotDetected:
        """Listens until a wake word was said or the audio ends.

        Starts from silence each time: what was said to the last command is no part of a wake word.
        """
        self.reset()
        for chunk in gathered(audio, IDLE):
            _, detections = self.process(chunk)
            if detections:
                return detections[0]
        last = self.finish()
        return last[0] if last else NotDetected()

    def process(self, chunk: AudioChunk) -> tuple[dict[str, Scores], list[Detection]]:
        """The scores of `chunk` by wake word, and what was detected in it."""
        if self._origin is None:
            self._origin = chunk.start
        scores: dict[str, list[Scores]] = {model.name: [] for model in self.models}
        detections: list[Detection] = []
        for first in range(0, len(chunk.samples), PIECE):
            frames = self._frontend.process(chunk.samples[first : first + PIECE])
            for model in self.models:
                values, candidates = model.listen(frames)
                scores[model.name].append(values)
                detections += self._accepted(model, candidates)
        return {name: np.concatenate(values) for name, values in scores.items()}, detections

    def finish(self) -> list[Detection]:
        """What the last of the audio held."""
        return [found for model in self.models for found in self._accepted(model, model.ripen())]

    def _accepted(self, model: WakeModel, candidates: Sequence[Candidate]) -> Iterator[Detection]:
        origin = self._origin or 0
        for candidate in candidates:
            probability = model.probability(candidate)
            if probability >= model.threshold:
                yield Detection(model.name, probability, origin + max(0, candidate.at - model.delay))


def scores(wake: WakeWord, samples: Samples) -> tuple[dict[str, Scores], list[Detection]]:
    """A whole recording: every score by wake word, one every `output_samples`, and every detection."""
    wake.reset()
    found, detections = wake.process(AudioChunk(samples, 0))
    return found, detections + wake.finish()
