"""From phone posteriors to words: the best path through the graph, and how far it is from the best of all.

A frame's score for a phone is `acoustic_scale · (log posterior − prior_scale · log prior)`, for silence with
`silence_bonus` added. kaldi-decoder finds the best sentence of the graph; beside it a loop over all phones
finds the best phones of any sentence. What the sentence falls behind, for each frame of speech, is the
log-likelihood ratio `llr`: about 0 where the sentence was said, clearly below where something else was. How
far below depends on the grammar, and confidence is measured against that (`device.hearing.impostors`).

Calibration, over posteriors computed once: build one `Graph`, then for every `DecoderSettings` run `decode`
on each utterance. Settings that differ only in `slope` and `offset` need `confidence` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import kaldi_decoder
import numpy as np
import numpy.typing as npt

from device.hearing.grammar import SILENCE, Graph
from device.hearing.impostors import UNMEASURED, Impostors
from device.hearing.logistic import logistic
from device.hearing.nbest import nbest
from device.hearing.phone_loop import PhoneLoop, Scores

_AS_GOOD = 1.0
"""What a whole sentence may cost more than half of another one, and still be what was said."""

_LOWEST = -50.0
"""A log posterior below this says nothing more, and −∞ would end every path."""


@dataclass(frozen=True, slots=True)
class DecoderSettings:
    """How to decode; a bundle's `decision`. Costs and beam are in units of scores."""

    acoustic_scale: float = 1.0
    prior_scale: float = 0.5  # 0: posteriors as they are; 1: likelihoods
    silence_bonus: float = 0.0  # a frame
    phone_penalty: float = 0.0  # for each phone but silence, in the graph and in the loop
    word_penalty: float = 0.0  # for each word
    filler_penalty: float = 4.0  # for each "um", besides word_penalty
    loop_penalty: float = 0.0  # for each phone in the loop, beside phone_penalty: makes the loop less free
    beam: float = 16.0  # wider finds nothing better, at twice the time
    max_active: int = 1500  # states a frame, at most; in noise more find nothing better
    slope: float = 1.5  # of confidence over the deviations that llr is above the impostors'
    offset: float = -2.5
    reject_below: float = 0.5  # confidence; what is below is not acted on

    @classmethod
    def of(cls, decision: Mapping[str, Any]) -> DecoderSettings:
        """From a bundle: the same names, but slope and offset are under "confidence"."""
        given = {**decision, **decision.get("confidence", {})}
        return cls(**{name: given[name] for name in cls.__slots__ if name in given})


class HeardWord(NamedTuple):
    """A word that was heard in the frames [begin, end), with its own llr a frame."""

    text: str
    begin: int
    end: int
    llr: float


class Details(NamedTuple):
    """`llr`: what confidence rests on; `worst`: the lowest of a word; `speech`: frames without silence.

    `hesitates`: the last thing that was heard is an "um". `sound`: the scores of the path's phones, added up,
    without any cost.
    """

    llr: float
    worst: float
    speech: int
    frames: int
    words: tuple[HeardWord, ...]
    hesitates: bool = False
    sound: float = 0.0

    @property
    def gain(self) -> float:
        """Nats by which the path is ahead of the loop of phones, over all frames; mostly less than none."""
        return self.llr * max(self.speech, 1)


class Decoded(NamedTuple):
    words: tuple[str, ...]
    confidence: float
    details: Details


class Alternative(NamedTuple):
    """One of several sentences that may have been said. `behind`: what it costs more than the best."""

    words: tuple[str, ...]
    confidence: float
    behind: float


class Decoder:
    """Decodes one utterance at a time, as it comes. Streaming gives what one call over all frames gives.

    `log_prior` (phones,) of the acoustic model; `impostors`: how well other speech fits `graph`, by which
    confidence is measured. `watchful`: follow unfinished sentences as well, for `settled`, at the cost of
    another search.
    """

    def __init__(
        self,
        graph: Graph,
        log_prior: npt.ArrayLike,
        settings: DecoderSettings = DecoderSettings(),
        impostors: Impostors = UNMEASURED,
        *,
        watchful: bool = False,
    ) -> None:
        self.graph = graph
        self.settings = settings
        self.impostors = impostors
        self._log_prior = np.asarray(log_prior, np.float32)
        self._silence = graph.phones.index(SILENCE)
        options = kaldi_decoder.FasterDecoderOptions(beam=settings.beam, max_active=settings.max_active)
        self._search = kaldi_decoder.FasterDecoder(self._fst(), options)
        self._unfinished: Any = None
        if watchful:
            self._unfinished = kaldi_decoder.FasterDecoder(self._fst(whole=False), options)
        self.reset()

    def over(self, graph: Graph, impostors: Impostors) -> Decoder:
        """One like this for another graph, with the impostor statistics `impostors`."""
        watchful = self._unfinished is not None
        return Decoder(graph, self._log_prior, self.settings, impostors, watchful=watchful)

    def _fst(self, whole: bool = True) -> Any:
        costs = self.settings
        return self.graph.fst(costs.phone_penalty, costs.word_penalty, costs.filler_penalty, whole)

    def reset(self) -> None:
        """Forget the utterance."""
        for search in self._searches:
            search.init_decoding()
        self._loop = PhoneLoop(self.settings.phone_penalty + self.settings.loop_penalty, self._silence)
        self._scores: list[Scores] = []
        self._frames = 0

    def advance(self, log_posteriors: Scores) -> None:
        """Hear (n, phones) more frames, n ≥ 0."""
        if not len(log_posteriors):
            return
        scores = frame_scores(log_posteriors, self._log_prior, self.settings, self._silence)
        for search in self._searches:
            search.advance_decoding(kaldi_decoder.DecodableCtc(scores, self._frames))
        self._loop.advance(scores)
        self._scores.append(scores)
        self._frames += len(scores)

    def result(self) -> Decoded | None:
        """The best sentence that the frames so far make whole; None if they make none."""
        if not self._frames or not self._search.reached_final():
            return None
        return self._decoded(_best_path(self._search), np.concatenate(self._scores))

    def _decoded(self, steps: list[_Step], scores: Scores) -> Decoded | None:
        """What `steps`, the best path through all frames, says; None if it is empty or has no words."""
        if not steps:
            return None
        details = _compared(steps, scores, self._loop.gains(scores), self.graph, self._silence)
        if not details.words:
            return None
        words = tuple(word.text for word in details.words)
        return Decoded(words, confidence(details.llr, self.settings, self.impostors), details)

    def alternatives(self, count: int, within: float = 12.0, doubt: float = 0.0) -> list[Alternative]:
        """The `count` likeliest sentences of what was heard, the best first, at most `within` behind it.

        Each with the confidence that it would have as the best one, `doubt` taken from its ratio. Costs as
        much as hearing all of it again.
        """
        if not self._frames or not self._search.reached_final():
            return []
        steps, scores = _best_path(self._search), np.concatenate(self._scores)
        best = self._decoded(steps, scores)
        if best is None:
            return []
        found = nbest(self._fst(), scores, self.settings.beam, within, count, self.graph.fillers)
        speech = max(best.details.speech, 1)
        lowest = min((one.cost for one in found), default=0.0)
        lowest = min(lowest, _cost(steps, scores))
        alternatives = []
        for one in found:
            words, behind = tuple(self.graph.words[word - 1] for word in one.words), one.cost - lowest
            ratio = best.details.llr - doubt - behind / speech
            if behind <= within:
                alternatives.append(
                    Alternative(words, confidence(ratio, self.settings, self.impostors), behind)
                )
        return alternatives

    def settled(self) -> int:
        """Frames of silence since the end of a whole sentence; 0 where what was heard so far is none.

        None is what will not be acted on, what fits worse than the beginning of some other sentence, and what
        ends in an "um". For a `watchful` decoder, while the speaker speaks: it is cheap where the last frame
        is no silence.
        """
        if not self._scores or int(self._scores[-1][-1].argmax()) != self._silence:
            return 0
        heard = self._whole()
        return 0 if heard is None else max(0, heard.details.frames - heard.details.words[-1].end)

    def whole(self) -> bool:
        """Whether what was heard so far is a whole sentence, as for `settled`, whatever follows it."""
        return bool(self._scores) and self._whole() is not None

    def _whole(self) -> Decoded | None:
        if not self._search.reached_final():
            return None
        steps, scores = _best_path(self._search), np.concatenate(self._scores)
        decoded = self._decoded(steps, scores)
        if decoded is None or decoded.confidence < self.settings.reject_below or decoded.details.hesitates:
            return None
        if _cost(steps, scores) > _cost(_best_path(self._unfinished), scores) + _AS_GOOD:
            return None
        return decoded

    @property
    def _searches(self) -> list[Any]:
        return [self._search] if self._unfinished is None else [self._search, self._unfinished]

    def decode(self, log_posteriors: Scores) -> Decoded | None:
        """A whole utterance."""
        self.reset()
        self.advance(log_posteriors)
        return self.result()


def frame_scores(
    log_posteriors: Scores, log_prior: Scores, settings: DecoderSettings, silence: int
) -> Scores:
    """What the searches add up. (n, phones) → (n, phones)."""
    scores = np.maximum(log_posteriors, _LOWEST) - settings.prior_scale * log_prior
    scores *= settings.acoustic_scale
    scores[:, silence] += settings.silence_bonus
    return np.ascontiguousarray(scores, np.float32)


def confidence(llr: float, settings: DecoderSettings, impostors: Impostors) -> float:
    """0…1, a logistic of how far the log-likelihood ratio is above the impostors'."""
    return logistic(settings.slope * impostors.height(llr) + settings.offset)


class _Step(NamedTuple):
    """A frame of the best path: its phone's index, the word that ends in it or 0, the cost in the graph."""

    phone: int
    word: int
    cost: float


def _cost(steps: list[_Step], scores: Scores) -> float:
    """Of a path: what it costs in the graph, less the scores of its phones."""
    return sum(step.cost - float(scores[t, step.phone]) for t, step in enumerate(steps))


def _best_path(search: Any) -> list[_Step]:
    """The frames of the best path so far, empty where there is none.

    The costs of arcs without a frame go to the frame before; those before the first frame, to that one.
    """
    found, lattice = search.get_best_path()
    steps: list[_Step] = []
    ahead = 0.0
    if not found:
        return steps
    for line in lattice.to_str(show_weight_one=True).splitlines():
        fields = line.split()
        if len(fields) < 5:
            continue
        phone, word, cost = int(fields[2]), int(fields[3]), float(fields[4].split(",")[0])
        if phone:
            steps.append(_Step(phone - 1, word, ahead + cost))
            ahead = 0.0
        elif steps:
            steps[-1] = steps[-1]._replace(cost=steps[-1].cost + cost)
        else:
            ahead += cost
    return steps


def _compared(steps: list[_Step], scores: Scores, loop: Scores, graph: Graph, silence: int) -> Details:
    """The best path held against the loop's gains (frames,)."""
    phones = np.array([step.phone for step in steps])
    sounds = scores[np.arange(len(steps)), phones]
    gains = sounds - np.array([step.cost for step in steps], np.float32)
    ratio = (gains - loop).astype(np.float64)
    spoken = phones != silence
    heard: list[HeardWord] = []
    hesitates, begin = False, 0
    for t, step in enumerate(steps):
        if not step.word:
            continue
        end = t + 1
        while end < len(steps) and phones[end] == step.phone and not steps[end].word:
            end += 1
        begin += int(np.argmax(spoken[begin:end]))
        hesitates = step.word in graph.fillers
        if not hesitates:
            heard.append(HeardWord(graph.words[step.word - 1], begin, end, float(ratio[begin:end].mean())))
        begin = end
    speech = int(spoken.sum())
    worst = min((word.llr for word in heard), default=0.0)
    llr = float(ratio.sum()) / max(speech, 1)
    return Details(llr, worst, speech, len(steps), tuple(heard), hesitates, float(sounds.sum()))
