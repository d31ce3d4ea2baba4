from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pytest

from device.errors import LexiconError
from device.events import AudioChunk, Samples, Transcript
from device.hearing import grammar
from device.hearing.decoder import Decoder
from device.hearing.lexicon import Lexicon
from device.hearing.transcriber import Hearing
from device.hearing.wording import Expandable
from tests.device.hearing.synthetic import PHONES, PRIOR, group, phones_of, posteriors

HOP = 480  # samples of one frame of posteriors
LATE = 5  # frames of look-ahead


class Model:
    """Gives frames that were made before, `LATE` after the audio they belong to."""

    frame_seconds = 0.03

    def __init__(self, frames: npt.NDArray[np.float32]) -> None:
        self.frames = frames
        self.resets = 0
        self.reset()

    def reset(self) -> None:
        self.resets += 1
        self.samples = 0
        self.given = 0

    def process(self, samples: Samples) -> npt.NDArray[np.float32]:
        self.samples += len(samples)
        return self._until(max(0, self.samples // HOP - LATE))

    def finish(self) -> npt.NDArray[np.float32]:
        return self._until(len(self.frames))

    def _until(self, end: int) -> npt.NDArray[np.float32]:
        begin, self.given = self.given, max(self.given, min(end, len(self.frames)))
        return self.frames[begin : self.given]


def speech(frames: int) -> Iterator[AudioChunk]:
    for start in range(0, frames * HOP, 1280):
        yield AudioChunk(np.zeros(min(1280, frames * HOP - start), np.int16), start)


@pytest.fixture(scope="module")
def decoder() -> Decoder:
    return Decoder(grammar.compile([group("turn (on|off) the lamp")], Lexicon(), PHONES), PRIOR)


def ears(groups: Sequence[Expandable]) -> Decoder:
    return Decoder(grammar.compile(groups, Lexicon(), PHONES), PRIOR)


def test_an_answer_is_heard_in_front_of_the_ordinary_sentences(decoder: Decoder) -> None:
    random = np.random.default_rng(2)
    model = Model(posteriors(phones_of("the lamp", Lexicon(), random), random))
    hearing = Hearing(model, decoder, ears)
    before = hearing.transcribe(speech(len(model.frames)))
    assert before is None or before.text != "the lamp"
    hearing.expect([group("[the] (lamp|fan)")])
    heard = hearing.transcribe(speech(len(model.frames)))
    assert heard is not None
    assert heard.text == "the lamp"
    model = Model(posteriors(phones_of("turn off the lamp", Lexicon(), random), random))
    hearing.acoustic = model
    heard = hearing.transcribe(speech(len(model.frames)))
    assert heard is not None
    assert heard.text == "turn off the lamp"


def test_answers_that_cannot_be_pronounced_leave_the_ordinary_sentences(decoder: Decoder) -> None:
    def deaf(groups: Sequence[Expandable]) -> Decoder:
        raise LexiconError("cannot pronounce it")

    random = np.random.default_rng(0)
    model = Model(posteriors(phones_of("turn on the lamp", Lexicon(), random), random))
    hearing = Hearing(model, decoder, deaf)
    hearing.expect([group("yes")])
    assert hearing.transcribe(speech(len(model.frames))) is not None


def test_transcribes_one_utterance_after_another(decoder: Decoder) -> None:
    random = np.random.default_rng(0)
    for text in ("turn on the lamp", "turn off the lamp"):
        model = Model(posteriors(phones_of(text, Lexicon(), random), random))
        hearing = Hearing(model, decoder, ears)
        for _ in range(2):
            transcript = hearing.transcribe(speech(len(model.frames)))
            assert transcript is not None
            assert transcript.text == text
            assert transcript.confidence > 0.5


def test_decodes_while_the_speaker_speaks(decoder: Decoder) -> None:
    """Before the last chunk is pulled, all but the look-ahead has been decoded."""
    random = np.random.default_rng(1)
    model = Model(posteriors(phones_of("turn on the lamp", Lexicon(), random), random))
    total = len(model.frames)

    def watched() -> Iterator[AudioChunk]:
        for chunk in speech(total):
            assert model.given == max(0, chunk.start // HOP - LATE)
            yield chunk

    assert isinstance(Hearing(model, decoder, ears).transcribe(watched()), Transcript)


def test_no_speech_is_no_transcript(decoder: Decoder) -> None:
    model = Model(np.zeros((0, len(PHONES)), np.float32))
    assert Hearing(model, decoder, ears).transcribe(iter(())) is None


@pytest.mark.parametrize("others", ["before", "after", "both"])
def test_what_somebody_else_says_is_no_part_of_a_command(others: str, decoder: Decoder) -> None:
    random = np.random.default_rng(5)

    def said(text: str) -> npt.NDArray[np.float32]:
        return posteriors(phones_of(text, Lexicon(), random), random)

    talk, command = said("my sister went to boston"), said("turn off the lamp")
    lead = talk if others != "after" else talk[:0]
    tail = talk if others != "before" else talk[:0]
    hearing = Hearing(Model(np.concatenate((lead, command, tail))), decoder, ears)

    def marked() -> Iterator[AudioChunk]:
        ends = len(lead), len(lead) + len(command), len(lead) + len(command) + len(tail)
        for at, (begin, end) in enumerate(zip((0, *ends), ends, strict=False)):
            if begin < end:
                yield AudioChunk(np.zeros((end - begin) * HOP, np.int16), begin * HOP, softer=at != 1)

    heard = hearing.transcribe(marked())
    assert heard is not None
    assert heard.text == "turn off the lamp"
    assert heard.confidence > 0.5


def test_a_command_that_ends_softly_is_heard_whole(decoder: Decoder) -> None:
    random = np.random.default_rng(6)
    model = Model(posteriors(phones_of("turn off the lamp", Lexicon(), random), random))
    frames = len(model.frames)

    def marked() -> Iterator[AudioChunk]:
        yield AudioChunk(np.zeros(frames // 2 * HOP, np.int16), 0)
        yield AudioChunk(np.zeros((frames - frames // 2) * HOP, np.int16), frames // 2 * HOP, softer=True)

    heard = Hearing(model, decoder, ears).transcribe(marked())
    assert heard is not None
    assert heard.text == "turn off the lamp"
