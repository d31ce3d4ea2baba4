"""Wake words: small streaming models that listen always.

A wake bundle's `labels` are its words, one or several. Its `normalisation` is {"offset": nats, "scale":
nats}: the model sees (log-mel − offset) / scale and gives one logit a word, which the logistic function makes
a probability. Its `decision` is {"smoothing": outputs, "refractory": s, "words": {word: {"threshold": 0…1,
"delay": s}}}: a word's score is the mean of the last `smoothing` outputs; at its `threshold` it is detected,
its end `delay` seconds before, and not again for `refractory` seconds.

Where a word has a "second_look" as well and an acoustic model is there, a lower score makes a candidate, and
the acoustic model decides with it: see `device.hearing.second_look`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from device.audio.frontend import Features, FrontEnd
from device.audio.pcm import gathered
from device.engine.bundle import Bundle
from device.engine.interpreter import StreamingModel
from device.errors import BundleError
from device.events import SAMPLE_RATE, AudioChunk, Detection, NotDetected, Samples
from device.hearing.logistic import logistic
from device.hearing.second_look import FRAMES, Judgement, SecondLook
from device.hearing.triggers import Candidate, Rises, Trigger

WordScores = npt.NDArray[np.float32]
PIECE = 1280
"""Samples that are listened to at a time: 80 ms, a step of the models."""
IDLE = 3 * PIECE
"""Samples that are waited for: to wake a processor, its caches cold, costs more than a step of the models."""


class Word:
    """One word of a wake bundle: from its probabilities to its scores and candidates."""

    def __init__(
        self,
        bundle: Bundle,
        name: str,
        threshold: float | None = None,
        second_look: SecondLook | None = None,
    ) -> None:
        """`threshold` instead of the bundle's."""
        decision, entry = bundle.decision, bundle.decision["words"][name]
        self.name = name
        self.delay = round(float(entry["delay"]) * SAMPLE_RATE)
        self._judgement = self._second_look = None
        if second_look is not None and "second_look" in entry:
            self._judgement, self._second_look = Judgement.of(entry["second_look"]), second_look
            self.delay = round(self._judgement.delay * SAMPLE_RATE)
        own = self._judgement.accept if self._judgement else float(entry["threshold"])
        own = own if threshold is None else threshold
        if self._judgement is None:
            self._trigger: Trigger | Rises = Trigger(own, float(decision["refractory"]) * SAMPLE_RATE)
        else:
            self._trigger = Rises(self._judgement.candidate, round(self._judgement.wait * SAMPLE_RATE))
        self.threshold = own
        self._smoothing = int(decision["smoothing"])
        self._output_samples = bundle.stream.stride * bundle.features.hop
        self.reset()

    @property
    def threshold(self) -> float:
        """The probability with which it wakes; it may be moved."""
        return self._threshold

    @threshold.setter
    def threshold(self, value: float) -> None:
        self._threshold = value
        if isinstance(self._trigger, Trigger):
            self._trigger.threshold = value

    def reset(self) -> None:
        self._trigger.reset()
        self._last: deque[float] = deque([0.0] * self._smoothing, self._smoothing)
        self._heard: deque[Features] = deque()
        self._outputs = 0

    def listen(self, probabilities: WordScores, frames: Features) -> tuple[WordScores, list[Candidate]]:
        """The scores of `probabilities`, which `frames` led to, and the candidates that are ripe by now."""
        if self._judgement is not None:
            self._remember(frames)
        scores, ripe = [], list[Candidate]()
        for probability in probabilities:
            self._last.append(float(probability))
            score = sum(self._last) / self._smoothing
            scores.append(score)
            ripe += self._update(score)
        return np.array(scores, np.float32), ripe

    def _update(self, score: float) -> list[Candidate]:
        self._outputs += 1
        now = self._outputs * self._output_samples
        if isinstance(self._trigger, Trigger):
            return [Candidate(score, now)] if self._trigger.update(score, now) else []
        return self._looked_at(self._trigger.update(score, now))

    def ripen(self) -> list[Candidate]:
        """The candidate that was waiting when the audio ended."""
        return [] if isinstance(self._trigger, Trigger) else self._looked_at(self._trigger.ripen())

    def _looked_at(self, ripe: Candidate | None) -> list[Candidate]:
        if ripe is None or self._judgement is None or self._second_look is None:
            return []
        frames = np.concatenate(self._heard)[-FRAMES:]
        llr = self._second_look.llr(frames, self._judgement.pronunciations)
        return [Candidate(ripe.score, ripe.at, llr)]

    def probability(self, candidate: Candidate) -> float:
        if self._judgement is None or candidate.llr is None:
            return candidate.score
        return self._judgement.probability(candidate.score, candidate.llr)

    def _remember(self, frames: Features) -> None:
        self._heard.append(frames)
        while sum(map(len, self._heard)) - len(self._heard[0]) >= FRAMES:
            self._heard.popleft()


class WakeModel:
    """One bundle of kind `wake`, streaming: features in; scores and candidates of its words out."""

    def __init__(
        self,
        bundle: Bundle,
        thresholds: Mapping[str, float] | None = None,
        second_look: SecondLook | None = None,
        only: str | None = None,
    ) -> None:
        """`thresholds`: of words, instead of the bundle's. `only`: the one of its words that counts.

        BundleError if it is none for a wake word, or has not that word.
        """
        if bundle.kind != "wake":
            raise BundleError(
                f"{bundle.path}: a bundle for {bundle.kind}, not for a wake word; name another one"
            )
        if set(bundle.decision.get("words", ())) != set(bundle.labels):
            raise BundleError(f"{bundle.path}: its decision is not about its words; export it again")
        if only is not None and only not in bundle.labels:
            raise BundleError(f"{bundle.path}: does not know the word {only!r}; name another one")
        given = thresholds or {}
        self._columns = [n for n, name in enumerate(bundle.labels) if only in (None, name)]
        self.features = bundle.features
        self.output_samples = bundle.stream.stride * bundle.features.hop
        names = [bundle.labels[column] for column in self._columns]
        self.words = tuple(Word(bundle, name, given.get(name), second_look) for name in names)
        self._outputs = len(bundle.labels)
        self._offset = np.float32(bundle.normalisation["offset"])
        self._scale = np.float32(1.0 / bundle.normalisation["scale"])
        self._model = StreamingModel(bundle)
        self.reset()

    def reset(self) -> None:
        self._model.reset()
        self._pending = np.zeros((0, self.features.mels), np.float32)
        for word in self.words:
            word.reset()

    def listen(self, frames: Features) -> tuple[dict[str, WordScores], list[tuple[Word, Candidate]]]:
        """The scores by word that `frames` (n, mels) complete, one for every `output_samples` of audio,
        and the candidates that are ripe by now: at once, or after their second look."""
        probabilities = self._probabilities(frames)
        scores, ripe = {}, list[tuple[Word, Candidate]]()
        for column, word in zip(self._columns, self.words, strict=True):
            scores[word.name], candidates = word.listen(probabilities[:, column], frames)
            ripe += [(word, candidate) for candidate in candidates]
        return scores, ripe

    def ripen(self) -> list[tuple[Word, Candidate]]:
        """The candidates that were waiting when the audio ended."""
        return [(word, candidate) for word in self.words for candidate in word.ripen()]

    def _probabilities(self, frames: Features) -> WordScores:
        """(outputs, words)."""
        pending = np.concatenate((self._pending, (frames - self._offset) * self._scale))
        logits, size = [np.zeros((0, self._outputs), np.float32)], self._model.frames
        while len(pending) >= size:
            logits.append(self._model.step(pending[:size]))
            pending = pending[size:]
        self._pending = pending
        return logistic(np.concatenate(logits))


class WakeWord:
    """Several wake words at once, over one front end."""

    def __init__(
        self,
        models: Sequence[WakeModel],
        stopping: WakeModel | None = None,
        sounding: Callable[[], bool] = lambda: False,
    ) -> None:
        """`stopping`: has the word that counts only while Mynah is `sounding`.

        Raises BundleError if the models were trained on different features.
        """
        self.words = tuple(word for model in models for word in model.words)
        every = (*models, *([stopping] if stopping else []))
        if len({model.features.fingerprint for model in every}) > 1:
            names = ", ".join(word.name for model in every for word in model.words)
            raise BundleError(
                f"the wake words {names} need different features; train them for one version of Mynah"
            )
        self.models = tuple(models)
        self._stopping, self._sounding = stopping, sounding
        self._frontend = FrontEnd(self.models[0].features)
        self.near_miss: Detection | None = None  # what a second look refused last
        self.reset()

    @classmethod
    def load(
        cls,
        bundles: Sequence[Bundle],
        thresholds: Mapping[str, float] | None = None,
        second_look: SecondLook | None = None,
        stopping: WakeModel | None = None,
        sounding: Callable[[], bool] = lambda: False,
    ) -> WakeWord:
        """`thresholds`: by the name of the wake word, instead of the bundles' own."""
        models = [WakeModel(bundle, thresholds, second_look) for bundle in bundles]
        return cls(models, stopping, sounding)

    def reset(self) -> None:
        """Forgets the audio so far."""
        self._frontend.reset()
        self._origin: int | None = None
        for model in self.models:
            model.reset()
        if self._stopping is not None:
            self._stopping.reset()

    def detect(self, audio: Iterator[AudioChunk]) -> Detection | NotDetected:
        """Listens until a wake word was said or the audio ends.

        Starts from silence each time: what was said to the last command is no part of a wake word.
        """
        self.reset()
        for chunk in gathered(audio, IDLE):
            _, detections = self.process(chunk)
            if detections:
                return _surest(detections)
        last = self.finish()
        return _surest(last) if last else NotDetected()

    def process(self, chunk: AudioChunk) -> tuple[dict[str, WordScores], list[Detection]]:
        """The scores of `chunk` by wake word, and what was detected in it."""
        if self._origin is None:
            self._origin = chunk.start
        scores: dict[str, list[WordScores]] = {word.name: [] for word in self.words}
        detections: list[Detection] = []
        for first in range(0, len(chunk.samples), PIECE):
            frames = self._frontend.process(chunk.samples[first : first + PIECE])
            for model in self.models:
                values, candidates = model.listen(frames)
                for name, new in values.items():
                    scores[name].append(new)
                detections += self._accepted(candidates)
            if self._stopping is not None and self._sounding():
                detections += self._accepted(self._stopping.listen(frames)[1])
        return {name: np.concatenate(values) for name, values in scores.items()}, detections

    def finish(self) -> list[Detection]:
        """What the last of the audio held."""
        return [found for model in self.models for found in self._accepted(model.ripen())]

    def _accepted(self, candidates: Iterable[tuple[Word, Candidate]]) -> Iterator[Detection]:
        origin = self._origin or 0
        for word, candidate in candidates:
            found = Detection(
                word.name, word.probability(candidate), origin + max(0, candidate.at - word.delay)
            )
            if found.probability >= word.threshold:
                yield found
            else:
                self.near_miss = found


def _surest(detections: Sequence[Detection]) -> Detection:
    """Of words that are heard together, one is what was said."""
    return max(detections, key=lambda found: found.probability)


def scores(wake: WakeWord, samples: Samples) -> tuple[dict[str, WordScores], list[Detection]]:
    """A whole recording: every score by wake word, one every `output_samples`, and every detection."""
    wake.reset()
    found, detections = wake.process(AudioChunk(samples, 0))
    return found, detections + wake.finish()
