"""What other words make of a command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from device.events import AudioChunk, Transcript
from device.hearing import grammar
from device.hearing.decoder import Decoded, Decoder, Details, confidence
from device.hearing.dictation import Dictation
from device.hearing.lexicon import Lexicon
from device.hearing.opinion import SecondOpinion, Weighed, weighed
from device.hearing.others import measured
from device.hearing.transcriber import Hearing
from tests.device.hearing.synthetic import PHONES, PRIOR, STRANGERS, group, phones_of, posteriors
from tests.device.hearing.test_transcriber import Model, speech

COMMANDS = group("turn (on|off) the (lights|heating) [in the (hall|kitchen)]")
WORDS = [
    "turn",
    "on",
    "off",
    "up",
    "down",
    "the",
    "lights",
    "heating",
    "in",
    "hall",
    "kitchen",
    "don't",
    "did",
    "you",
    "all",
]
ANY = group("{word} [{word} [{word} [{word} [{word} [{word} [{word} [{word}]]]]]]]", lists={"word": WORDS})


@pytest.fixture(scope="module")
def commands() -> Decoder:
    lexicon, random = Lexicon(), np.random.default_rng(7)
    others = [posteriors(phones_of(text, lexicon, random), random, 1.5) for text in STRANGERS]
    decoder = Decoder(grammar.compile([COMMANDS], lexicon, PHONES), PRIOR)
    return decoder.over(decoder.graph, measured(decoder, others))


@pytest.fixture(scope="module")
def free() -> Decoder:
    return Decoder(grammar.compile([ANY], Lexicon(), PHONES, fillers=()), PRIOR)


def said(text: str, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    return posteriors(phones_of(text, Lexicon(), random), random, noise=1.2, shortest=2)


@pytest.mark.parametrize("text", ["turn on the lights in the kitchen", "turn off the heating"])
def test_a_command_that_was_said_is_not_doubted(text: str, commands: Decoder, free: Decoder) -> None:
    command = commands.decode(said(text, 1))
    assert command is not None
    found = weighed(command, free.decode(said(text, 1)), 2.0, commands)
    assert " ".join(found.words) == text
    assert found.doubt < 0.05
    assert found.confidence > 0.5


@pytest.mark.parametrize(
    "text", ["turn up the lights", "don't turn on the lights", "did you turn off the heating"]
)
def test_what_is_better_heard_as_other_words_is_not_bent(text: str, commands: Decoder, free: Decoder) -> None:
    command = commands.decode(said(text, 1))
    assert command is not None
    doubtful = replace(commands.settings, reject_below=command.confidence)
    strict = Decoder(commands.graph, PRIOR, doubtful, commands.impostors)
    found = weighed(command, free.decode(said(text, 1)), 2.0, strict)
    assert found.free
    assert found.doubt > 0
    assert " ".join(found.words) == text


def test_without_weight_or_other_words_nothing_is_doubted(commands: Decoder, free: Decoder) -> None:
    frames = said("turn up the lights", 2)
    command = commands.decode(frames)
    assert command is not None
    for words, weight in ((free.decode(frames), 0.0), (None, 2.0)):
        assert weighed(command, words, weight, commands) == Weighed(command.words, command.confidence, 0.0)


def heard(words: str, llr: float, sound: float) -> Decoded:
    """In 50 frames of speech."""
    return Decoded(tuple(words.split()), 0.9, Details(llr, llr, 50, 60, (), sound=sound))


@pytest.mark.parametrize(
    ("sound", "llr", "doubt"),
    [
        (20.0, 0.0, 20.0),  # other words sound better and are as likely
        (20.0, -0.5, 5.0),  # they cost 25 nats more, 30 of which a command has for nothing
        (20.0, -0.6, 0.0),
        (-5.0, 0.0, 0.0),  # the command sounds better
    ],
)
def test_other_words_count_as_far_as_they_are_likely(
    sound: float, llr: float, doubt: float, commands: Decoder
) -> None:
    command, free = heard("turn off the lights", 0.0, 0.0), heard("turn up the lights", llr, sound)
    assert weighed(command, free, 2.0, commands).doubt == pytest.approx(2.0 * doubt / 50)


def test_streaming_gives_the_same_opinion(commands: Decoder, free: Decoder) -> None:
    frames = said("don't turn on the lights", 3)
    command = commands.decode(frames)
    assert command is not None
    whole = weighed(command, free.decode(frames), 2.0, commands)
    hearing = Hearing(Model(frames), commands, lambda _: commands, SecondOpinion(free, 2.0))
    for _ in range(2):
        transcript = hearing.transcribe(speech(len(frames)))
        assert transcript == Transcript(" ".join(whole.words), whole.confidence, free=whole.free)
        likeliest = hearing.alternatives(1)[0]
        doubted = confidence(command.details.llr - whole.doubt, commands.settings, commands.impostors)
        assert likeliest.confidence == pytest.approx(doubted)


def test_dictation_tells_when_each_word_was_said(free: Decoder) -> None:
    text = "did you turn down the heating"
    frames = said(text, 4)
    dictation = Dictation(Model(frames), free)
    written = dictation.write(speech(len(frames)))
    assert written.text == text
    ends = [time for word in written.words for time in (word.begin, word.end)]
    assert ends == sorted(ends)
    assert ends[-1] <= len(frames) * Model.frame_seconds
    silent: Iterable[AudioChunk] = iter(())
    assert Dictation(Model(np.zeros((0, len(PHONES)), np.float32)), free).write(silent).words == ()
