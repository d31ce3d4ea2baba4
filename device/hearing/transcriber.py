"""Speech in, words out: the acoustic model and the decoder, chunk by chunk while the speaker speaks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from device.errors import LexiconError
from device.events import AudioChunk, Samples, Transcript
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

    def transcribe(self, speech: Iterable[AudioChunk]) -> Transcript | None:
        """The sentence that was said, however doubtful; None where no sentence fits or nobody spoke.

        Any words instead of it, where these fit so much better that it is not to be acted on.

        Pulls `speech` to its end and decodes each chunk as it comes, so that after the last one only the
        model's look-ahead and the best path remain.
        """
        self.acoustic.reset()
        for search in self._searches:
            search.reset()
        for chunk in speech:
            self._advance(self.acoustic.process(chunk.samples))
        self._advance(self.acoustic.finish())
        ordinary = self.decoder.result()
        decoded = in_front(self._answers.result() if self._answers else None, ordinary)
        if decoded is None:
            return None
        weighed = Weighed(decoded.words, decoded.confidence, 0.0)
        if self.second is not None and decoded is ordinary:
            weighed = self.second.of(decoded, self.decoder)
        self._doubt = weighed.doubt
        return Transcript(" ".join(weighed.words), weighed.confidence)

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
