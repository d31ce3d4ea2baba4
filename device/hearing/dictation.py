"""Dictation: an utterance in any words, with the time and the confidence of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from device.events import AudioChunk
from device.hearing.decoder import Decoder
from device.hearing.transcriber import Acoustic


class Word(NamedTuple):
    """A word that was heard from `begin` to `end`, in seconds since the utterance began."""

    text: str
    begin: float
    end: float


class Written(NamedTuple):
    """`words` is empty and `confidence` 0 where nothing was heard."""

    words: tuple[Word, ...]
    confidence: float

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


class Dictation:
    """Writes down utterances one after another. `decoder`: over the graph of any words."""

    def __init__(self, acoustic: Acoustic, decoder: Decoder) -> None:
        self._acoustic, self._decoder = acoustic, decoder

    def write(self, speech: Iterable[AudioChunk]) -> Written:
        """Pulls `speech` to its end, and searches each chunk as it comes."""
        self._acoustic.reset()
        self._decoder.reset()
        for chunk in speech:
            self._decoder.advance(self._acoustic.process(chunk.samples))
        self._decoder.advance(self._acoustic.finish())
        decoded = self._decoder.result()
        if decoded is None:
            return Written((), 0.0)
        second = self._acoustic.frame_seconds
        words = (
            Word(word.text, round(word.begin * second, 2), round(word.end * second, 2))
            for word in decoded.details.words
        )
        return Written(tuple(words), decoded.confidence)
