"""Speech in, words out: the acoustic model and the decoder, chunk by chunk while the speaker speaks."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from device.errors import LexiconError
from device.events import SAMPLE_RATE, AudioChunk, Samples, Transcript
from device.hearing.decoder import Decoded, Decoder
from device.hearing.opinion import SecondOpinion, Weighed
from device.hearing.phone_loop import Scores
from device.hearing.wording import Expandable

log = logging.getLogger(__name__)

IN_FRONT = 6.0
"""Nats by which an answer to an open question is likelier than another sentence: three because nineteen of
twenty people who are asked something answer it, three because thousands of sentences fit anything better."""


class Acoustic(Protocol):
    """`device.hearing.acoustic.AcousticModel`: samples in, (n, phones) log posteriors out."""

    @property
    def frame_seconds(self) -> float: ...

    def reset(self) -> None: ...
    def process(self, samples: Samples) -> Scores: ...
    def finish(self) -> Scores: ...


SOMEBODY_ELSE = 2.0
"""Nats that it costs to take what was heard before or after a command for somebody else's speech."""
NARROWER = (0, 4, 8)
"""Frames at either end of what may be somebody else's that are tried as well."""


@dataclass(slots=True)
class Softer:
    """Samples at the beginning and at the end of an utterance that may be somebody else's."""

    lead: int = 0
    tail: int = 0
    sure: bool = False

    def add(self, samples: int, softer: bool) -> None:
        """Count the next chunk."""
        if not softer:
            self.sure, self.tail = True, 0
        elif self.sure:
            self.tail += samples
        else:
            self.lead += samples

    def __bool__(self) -> bool:
        return self.sure and bool(self.lead or self.tail)


Ears = Callable[[Sequence[Expandable]], Decoder]
"""Makes a decoder for a few sentences."""


class Hearing:
    """Transcribes utterances one after another."""

    def __init__(
        self, acoustic: Acoustic, decoder: Decoder, ears: Ears, second: SecondOpinion | None = None
    ) -> None:
        """`ears`: makes the decoder for the answers to a question; `second`: doubts commands by any words."""
        self.acoustic = acoustic
        self.decoder = decoder
        self.second = second
        self._ears = ears
        self._doubt = 0.0
        self._answers: Decoder | None = None

    def adopt(self, decoder: Decoder) -> None:
        """Hear by `decoder` from the next utterance on."""
        self.decoder = decoder

    def expect(self, answers: Sequence[Expandable]) -> None:
        """From now on what `answers` can say is likelier than all else, which stays possible; () ends it."""
        self._answers = None
        if answers:
            try:
                self._answers = self._ears(answers)
            except LexiconError as error:
                log.warning("the answers to a question cannot be told apart: %s", error)

    def settled(self) -> float:
        """Seconds of silence that were heard since the end of a whole sentence; 0 while it is none."""
        return max(one.settled() for one in self._decoders) * self.acoustic.frame_seconds

    def whole(self) -> bool:
        """Whether what was heard so far is a whole sentence."""
        return any(one.whole() for one in self._decoders)

    def transcribe(self, speech: Iterable[AudioChunk]) -> Transcript | None:
        """The sentence that was said, however doubtful; None where no sentence fits or nobody spoke.

        Any words instead of it, where these fit so much better that it is not to be acted on.

        Pulls `speech` to its end and decodes each chunk as it comes, so that after the last one only the
        model's look-ahead and the best path remain.
        """
        self.acoustic.reset()
        for search in self._searches:
            search.reset()
        heard, softer = list[Scores](), Softer()
        for chunk in speech:
            heard.append(self.acoustic.process(chunk.samples))
            softer.add(len(chunk.samples), chunk.softer)
            self._advance(heard[-1])
        heard.append(self.acoustic.finish())
        self._advance(heard[-1])
        if softer:
            self._without_others(np.concatenate(heard), softer)
        ordinary = self.decoder.result()
        decoded = in_front(self._answers.result() if self._answers else None, ordinary)
        if decoded is None:
            return None
        weighed = Weighed(decoded.words, decoded.confidence, 0.0)
        if self.second is not None and decoded is ordinary:
            weighed = self.second.of(decoded, self.decoder)
        self._doubt = weighed.doubt
        return Transcript(" ".join(weighed.words), weighed.confidence, free=weighed.free)

    def _without_others(self, heard: Scores, softer: Softer) -> None:
        """Let the searches have heard what is likeliest to be the speaker's of the frames `heard`."""
        samples = self.acoustic.frame_seconds * SAMPLE_RATE

        def fit(part: slice) -> float:
            for one in self._decoders:
                one.decode(heard[part])
            found = in_front(self._answers.result() if self._answers else None, self.decoder.result())
            return -math.inf if found is None else found.details.gain

        lead, tail = round(softer.lead / samples), len(heard) - round(softer.tail / samples)
        begins = {0} | {lead + more for more in NARROWER if softer.lead}
        ends = {len(heard)} | {tail - less for less in NARROWER if softer.tail}
        cuts = sorted((begin, end) for begin in begins for end in ends if begin < end)
        price = {cut: SOMEBODY_ELSE * ((cut[0] > 0) + (cut[1] < len(heard))) for cut in cuts}
        begin, end = max(cuts, key=lambda cut: fit(slice(*cut)) - price[cut])
        for search in self._searches:
            search.reset()
            search.advance(heard[begin:end])

    def alternatives(self, count: int, within: float = 12.0) -> list[Transcript]:
        """The `count` likeliest sentences of the utterance that was transcribed last, the best first.

        `within`: the most nats by which one may be behind the best. Answers to a question are not among them.
        """
        found = self.decoder.alternatives(count, within, self._doubt)
        return [Transcript(" ".join(one.words), one.confidence, one.behind) for one in found]

    @property
    def _decoders(self) -> Sequence[Decoder]:
        return [self.decoder] if self._answers is None else [self.decoder, self._answers]

    @property
    def _searches(self) -> Sequence[Decoder | SecondOpinion]:
        return self._decoders if self.second is None else [*self._decoders, self.second]

    def _advance(self, scores: Scores) -> None:
        for search in self._searches:
            search.advance(scores)


def in_front(answer: Decoded | None, ordinary: Decoded | None, bonus: float = IN_FRONT) -> Decoded | None:
    """The answer, unless an ordinary sentence is by more than `bonus` nats likelier to have made the sounds.

    Both were heard against the same loop of phones, so their ratios to it tell which fits better.
    """
    if answer is None or ordinary is None:
        return answer or ordinary
    return answer if answer.details.gain + bonus >= ordinary.details.gain else ordinary
