"""Speech in, words out: the acoustic model and the decoder, chunk by chunk while the speaker speaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from device.events import AudioChunk, Samples, Transcript
from device.hearing.decoder import Decoder, Scores
from device.hearing.opinion import SecondOpinion, Weighed


class Acoustic(Protocol):
    """`device.hearing.acoustic.AcousticModel`: samples in, (n, phones) log posteriors out."""

    @property
    def frame_seconds(self) -> float: ...

    def reset(self) -> None: ...
    def process(self, samples: Samples) -> Scores: ...
    def finish(self) -> Scores: ...


class Hearing:
    """Transcribes utterances one after another; with a second opinion where there is a graph of any words."""

    def __init__(self, acoustic: Acoustic, decoder: Decoder, second: SecondOpinion | None = None) -> None:
        self.acoustic, self.decoder, self.second = acoustic, decoder, second
        self._doubt = 0.0

    def adopt(self, decoder: Decoder) -> None:
        """Hear by `decoder` from the next utterance on."""
        self.decoder = decoder

    def settled(self) -> float:
        """Seconds of silence that were heard since the end of a whole sentence; 0 while it is none."""
        return self.decoder.settled() * self.acoustic.frame_seconds

    def transcribe(self, speech: Iterable[AudioChunk]) -> Transcript | None:
        """The sentence that was said, however doubtful; None where no sentence fits or nobody spoke.

        Any words instead of it, where these fit so much better that it would not be acted on.

        Pulls `speech` to its end and decodes each chunk as it comes, so that after the last one only the
        model's look-ahead and the best path remain.
        """
        searches = (self.decoder,) if self.second is None else (self.decoder, self.second)
        self.acoustic.reset()
        for search in searches:
            search.reset()
        for scores in self._heard(speech):
            for search in searches:
                search.advance(scores)
        decoded = self.decoder.result()
        if decoded is None:
            return None
        plain = Weighed(decoded.words, decoded.confidence, 0.0)
        weighed = plain if self.second is None else self.second.of(decoded, self.decoder)
        self._doubt = weighed.doubt
        return Transcript(" ".join(weighed.words), weighed.confidence)

    def _heard(self, speech: Iterable[AudioChunk]) -> Iterator[Scores]:
        for chunk in speech:
            yield self.acoustic.process(chunk.samples)
        yield self.acoustic.finish()

    def alternatives(self, count: int, within: float = 12.0) -> list[Transcript]:
        """The `count` likeliest sentences of the utterance that was transcribed last, the best first.

        `within`: the most nats by which one may be behind the best.
        """
        found = self.decoder.alternatives(count, within, self._doubt)
        return [Transcript(" ".join(one.words), one.confidence, one.behind) for one in found]
