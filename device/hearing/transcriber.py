"""Speech in, words out: the acoustic model and the decoder, chunk by chunk while the speaker speaks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from device.events import AudioChunk, Samples, Transcript
from device.hearing.decoder import Decoder
from device.hearing.phone_loop import Scores


class Acoustic(Protocol):
    """`device.hearing.acoustic.AcousticModel`: samples in, (n, phones) log posteriors out."""

    @property
    def frame_seconds(self) -> float: ...

    def reset(self) -> None: ...
    def process(self, samples: Samples) -> Scores: ...
    def finish(self) -> Scores: ...


class Hearing:
    """Transcribes utterances one after another."""

    def __init__(self, acoustic: Acoustic, decoder: Decoder) -> None:
        self.acoustic = acoustic
        self.decoder = decoder

    def adopt(self, decoder: Decoder) -> None:
        """Hear by `decoder` from the next utterance on."""
        self.decoder = decoder

    def settled(self) -> float:
        """Seconds of silence that were heard since the end of a whole sentence; 0 while it is none."""
        return self.decoder.settled() * self.acoustic.frame_seconds

    def transcribe(self, speech: Iterable[AudioChunk]) -> Transcript | None:
        """The sentence that was said, however doubtful; None where no sentence fits or nobody spoke.

        Pulls `speech` to its end and decodes each chunk as it comes, so that after the last one only the
        model's look-ahead and the best path remain.
        """
        self.acoustic.reset()
        self.decoder.reset()
        for chunk in speech:
            self.decoder.advance(self.acoustic.process(chunk.samples))
        self.decoder.advance(self.acoustic.finish())
        decoded = self.decoder.result()
        return None if decoded is None else Transcript(" ".join(decoded.words), decoded.confidence)

    def alternatives(self, count: int, within: float = 12.0) -> list[Transcript]:
        """The `count` likeliest sentences of the utterance that was transcribed last, the best first.

        `within`: the most nats by which one may be behind the best.
        """
        found = self.decoder.alternatives(count, within)
        return [Transcript(" ".join(one.words), one.confidence, one.behind) for one in found]
