from __future__ import annotations

import time

import numpy as np
import pytest

from device.hearing import grammar
from device.hearing.decoder import Decoder, DecoderSettings
from device.hearing.grammar import SILENCE, Graph
from device.hearing.lexicon import Lexicon
from device.hearing.nbest import narrowed, nbest
from device.hearing.others import measured
from tests.device.hearing.synthetic import PHONES, PRIOR, STRANGERS, group, phones_of, posteriors

ROOMS = ["kitchen", "living room", "bedroom", "bathroom", "hall", "office", "garage", "garden", "attic"]
TEMPLATES = group(
    "[please] (turn|switch) (on|off) [the] {name} [in the {room}]",
    "set [the] {name} to {level} percent",
    "play the {song}",
    "what time is it",
    lists={
        "name": [f"{room} {thing}" for room in ROOMS for thing in ("light", "lamp", "fan", "blinds")],
        "room": ROOMS,
        "level": ["five", "ten", "twenty", "twenty five", "fifty", "seventy five", "one hundred"],
        "song": ["sun", "son", "night", "knight"],
    },
)
SENTENCES = [
    "turn on the kitchen light",
    "please switch off bedroom blinds in the living room",
    "set the hall lamp to twenty five percent",
    "set garage fan to one hundred percent",
    "what time is it",
]
OTHERS = [
    "my sister went to boston last thursday",
    "there is nothing wrong with yellow bananas",
    "please remember your umbrella before leaving",
    "could somebody explain football to grandmother",
]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon()


@pytest.fixture(scope="module")
def graph(lexicon: Lexicon) -> Graph:
    return grammar.compile([TEMPLATES], lexicon, PHONES)


@pytest.fixture(scope="module")
def decoder(graph: Graph) -> Decoder:
    return Decoder(graph, PRIOR)


@pytest.mark.parametrize("text", SENTENCES)
@pytest.mark.parametrize("seed", range(3))
def test_decodes_exactly_in_noise(text: str, seed: int, decoder: Decoder, lexicon: Lexicon) -> None:
    random = np.random.default_rng(seed)
    decoded = decoder.decode(posteriors(phones_of(text, lexicon, random), random, noise=1.7))
    assert decoded is not None
    assert " ".join(decoded.words) == text


def test_the_ratio_separates_other_speech_and_noise(decoder: Decoder, lexicon: Lexicon) -> None:
    random = np.random.default_rng(1)

    def ratios(texts: list[str]) -> list[float]:
        heard = [
            decoder.decode(posteriors(phones_of(text, lexicon, random), random, 1.7)) for text in texts * 4
        ]
        return [one.details.llr for one in heard if one is not None]

    meant, others = ratios(SENTENCES), ratios(OTHERS)
    assert len(meant) == 4 * len(SENTENCES)
    assert min(meant) > max(others, default=-99.0) + 0.3


def test_confidence_rejects_other_speech(graph: Graph, lexicon: Lexicon) -> None:
    random = np.random.default_rng(2)
    strangers = [posteriors(phones_of(text, lexicon, random), random) for text in STRANGERS * 3]
    decoder = Decoder(graph, PRIOR, DecoderSettings(slope=2.0, offset=-4.5))
    decoder = decoder.over(graph, measured(decoder, strangers))
    for text, good in [*((text, True) for text in SENTENCES), *((text, False) for text in OTHERS)]:
        decoded = decoder.decode(posteriors(phones_of(text, lexicon, random), random))
        assert (decoded is not None and decoded.confidence > 0.5) == good


def test_one_wrong_word_shows_in_that_word(decoder: Decoder, lexicon: Lexicon) -> None:
    random = np.random.default_rng(3)
    phones = phones_of("turn on the kitchen", lexicon, random) + phones_of("bicycle", lexicon, random)
    decoded = decoder.decode(posteriors(phones, random, noise=0.5))
    assert decoded is not None
    assert decoded.words[:4] == ("turn", "on", "the", "kitchen")
    assert min(word.llr for word in decoded.details.words[:4]) > -0.5
    assert min(word.llr for word in decoded.details.words[4:]) == decoded.details.worst < -1.0


def test_words_lie_where_they_were_said(decoder: Decoder, lexicon: Lexicon) -> None:
    random = np.random.default_rng(4)
    phones = [SILENCE, *["W", "AH", "T"], SILENCE, *["T", "AY", "M", "IH", "Z", "IH", "T"], SILENCE]
    frames = posteriors(phones, random, noise=0.5)
    decoded = decoder.decode(frames)
    assert decoded is not None
    what, time_, is_, it = decoded.details.words
    silent = frames.argmax(axis=1) == 0
    assert silent[: what.begin].all()
    assert silent[what.end : time_.begin].all()
    assert not silent[what.begin : what.end].any()
    assert time_.end == is_.begin
    assert is_.end == it.begin
    assert silent[it.end :].all()
    assert decoded.details.speech == int((~silent).sum())
    assert decoded.details.frames == len(frames)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_streaming_equals_batch(size: int, graph: Graph, lexicon: Lexicon) -> None:
    random = np.random.default_rng(5)
    frames = posteriors(phones_of(SENTENCES[2], lexicon, random), random, 1.7)
    for settings in (DecoderSettings(), DecoderSettings(phone_penalty=0.7, loop_penalty=2.0)):
        whole = Decoder(graph, PRIOR, settings).decode(frames)
        decoder = Decoder(graph, PRIOR, settings)
        decoder.advance(frames[:0])
        for start in range(0, len(frames), size):
            decoder.advance(frames[start : start + size])
            decoder.result()
        assert decoder.result() == whole


def test_forgets_the_last_utterance(decoder: Decoder, lexicon: Lexicon) -> None:
    random = np.random.default_rng(6)
    first, second = (posteriors(phones_of(text, lexicon, random), random) for text in SENTENCES[:2])
    alone = decoder.decode(second)
    decoder.decode(first)
    assert decoder.decode(second) == alone


def test_phones_that_last_and_phones_that_repeat(lexicon: Lexicon) -> None:
    graph = grammar.compile([group("one lamp", "ten name", "big guitar", "bee east")], lexicon, PHONES)
    decoder = Decoder(graph, PRIOR)
    random = np.random.default_rng(7)
    for text in ("ten name", "big guitar", "bee east", "one lamp"):
        slow = [phone for phone in phones_of(text, lexicon, random) for _ in range(8)]
        decoded = decoder.decode(posteriors(slow, random))
        assert decoded is not None
        assert " ".join(decoded.words) == text


def test_words_that_sound_alike(decoder: Decoder, lexicon: Lexicon) -> None:
    random = np.random.default_rng(8)
    for text, alike in (("play the sun", {"sun", "son"}), ("play the night", {"night", "knight"})):
        decoded = decoder.decode(posteriors(phones_of(text, lexicon, random), random))
        assert decoded is not None
        assert decoded.words[-1] in alike


def test_nothing_and_silence_are_no_sentence(decoder: Decoder) -> None:
    random = np.random.default_rng(9)
    decoder.reset()
    assert decoder.result() is None
    assert decoder.decode(posteriors([SILENCE] * 10, random)[:0]) is None
    heard = decoder.decode(posteriors([SILENCE] * 10, random))
    assert heard is None or heard.confidence < 0.01


def test_survives_half_a_sentence_and_impossible_frames(decoder: Decoder, lexicon: Lexicon) -> None:
    random = np.random.default_rng(10)
    half = posteriors([*phones_of("turn on the", lexicon, random)[:-1]], random)
    heard = decoder.decode(half)
    assert heard is None or heard.confidence < 0.5
    impossible = np.full((40, len(PHONES)), -np.inf, np.float32)
    decoder.decode(np.concatenate((half, impossible)))
    decoder.decode(impossible)


def heard_in_pieces(graph: Graph, frames: np.ndarray) -> list[int]:
    """`settled` after each frame."""
    decoder = Decoder(graph, PRIOR, watchful=True)
    found = []
    for frame in frames:
        decoder.advance(frame[None])
        found.append(decoder.settled())
    return found


def test_silence_behind_a_whole_sentence_is_counted(graph: Graph, lexicon: Lexicon) -> None:
    random = np.random.default_rng(11)
    spoken = posteriors(phones_of("turn on the kitchen light", lexicon, random)[:-1], random)
    quiet = posteriors([SILENCE] * 3, random)
    counted = heard_in_pieces(graph, np.concatenate((spoken, quiet)))
    assert not any(counted[: len(spoken) - 5])
    assert counted[-1] == pytest.approx(len(quiet), abs=2)


def test_half_a_sentence_is_never_settled(graph: Graph, lexicon: Lexicon) -> None:
    random = np.random.default_rng(12)
    spoken = posteriors(phones_of("set the hall lamp to twenty five", lexicon, random)[:-1], random)
    quiet = posteriors([SILENCE] * 2, random)
    assert not any(heard_in_pieces(graph, np.concatenate((spoken, quiet))))


def test_silence_bonus_keeps_noise_from_becoming_words(graph: Graph, lexicon: Lexicon) -> None:
    random = np.random.default_rng(11)
    frames = posteriors(phones_of("what time is it", lexicon, random), random)
    plain = Decoder(graph, PRIOR).decode(frames)
    keen = Decoder(graph, PRIOR, DecoderSettings(silence_bonus=5.0)).decode(frames)
    assert plain is not None
    assert keen is None or keen.details.speech < plain.details.speech


def test_penalties_are_the_same_for_sentence_and_background(graph: Graph, lexicon: Lexicon) -> None:
    """What was said without noise is the best of any phones, so the ratio is 0 whatever phones cost."""
    random = np.random.default_rng(12)
    frames = posteriors(phones_of(SENTENCES[0], lexicon, random), random, noise=0.1, shortest=2)
    for penalty in (0.0, 1.0):
        decoded = Decoder(graph, PRIOR, DecoderSettings(phone_penalty=penalty)).decode(frames)
        assert decoded is not None
        assert decoded.details.llr == pytest.approx(0.0, abs=1e-3)
        assert decoded.details.worst == pytest.approx(0.0, abs=1e-2)


def test_settings_of_a_bundle() -> None:
    settings = DecoderSettings.of({"beam": 9.0, "confidence": {"slope": 2.0, "offset": 1.0}, "more": 1})
    assert settings == DecoderSettings(beam=9.0, slope=2.0, offset=1.0)


def test_decodes_a_hundred_times_faster_than_speech(decoder: Decoder, lexicon: Lexicon) -> None:
    random = np.random.default_rng(13)
    frames = [posteriors(phones_of(text, lexicon, random), random, 1.7) for text in (*SENTENCES, *OTHERS)]
    start = time.process_time()
    for utterance in frames:
        decoder.decode(utterance)
    assert time.process_time() - start < 0.01 * 0.03 * sum(map(len, frames))


def test_alternatives_are_what_each_sentence_alone_would_be(lexicon: Lexicon) -> None:
    """Against a decoder for every single sentence, in noise that makes them doubtful."""
    texts = ["open the door", "open the drawer", "close the door", "open a door", "play the sun"]
    wide = DecoderSettings(beam=300.0)
    together = Decoder(grammar.compile([group(*texts)], lexicon, PHONES), PRIOR, wide)
    random = np.random.default_rng(4)
    heard = posteriors(phones_of("open the door", lexicon, random), random, noise=4.0)
    best = together.decode(heard)
    assert best is not None
    found = together.alternatives(5, within=1000.0)
    assert found[0].words == best.words
    assert found[0].confidence == pytest.approx(best.confidence)
    alone = {}
    for text in texts:
        single = Decoder(grammar.compile([group(text)], lexicon, PHONES), PRIOR, wide).decode(heard)
        assert single is not None
        alone[tuple(text.split())] = single.details.llr * single.details.speech
    assert [one.words for one in found] == sorted(alone, key=lambda words: -alone[words])
    assert [one.confidence for one in found] == sorted((one.confidence for one in found), reverse=True)


def test_words_that_sound_alike_are_alternatives(decoder: Decoder, lexicon: Lexicon) -> None:
    random = np.random.default_rng(0)
    decoder.decode(posteriors(phones_of("play the sun", lexicon, random), random))
    first, second = decoder.alternatives(2)
    assert {first.words, second.words} == {("play", "the", "sun"), ("play", "the", "son")}
    assert first.confidence == pytest.approx(second.confidence, abs=1e-3)


def test_alternatives_are_held_against_the_best_of_both_searches(decoder: Decoder, lexicon: Lexicon) -> None:
    """In noise the search for alternatives is narrower, and may miss that path."""
    random = np.random.default_rng(0)
    flat = posteriors(phones_of("play the sun", lexicon, random), random, noise=8.0)
    best = decoder.decode(flat)
    for one in decoder.alternatives(5):
        assert best is not None
        assert one.confidence <= best.confidence + 1e-6
        assert 0 <= one.behind <= 12


def test_where_too_many_sentences_are_near_fewer_are_looked_at(graph: Graph, lexicon: Lexicon) -> None:
    random = np.random.default_rng(0)
    scores = posteriors(phones_of("turn on the kitchen light", lexicon, random), random, noise=3.5) - PRIOR
    scores = np.ascontiguousarray(scores, np.float32)
    fst, fillers = graph.fst(0.0, 0.0, 8.0), graph.fillers
    many = nbest(fst, scores, 16.0, 12.0, 50, fillers)
    few = nbest(fst, scores, 16.0, 12.0, 50, fillers, most=9)
    assert 0 < len(few) < len(many)
    assert few[0].words == many[0].words


def test_the_beam_narrows_where_phones_are_hardly_told_apart() -> None:
    clear = np.where(np.eye(40, dtype=np.float32)[:10] > 0, 0.0, -20.0).astype(np.float32)
    flat = np.zeros((10, 40), np.float32)
    assert narrowed(16.0, clear) == 16.0
    assert 2 < narrowed(16.0, flat) < 8


def test_without_a_whole_sentence_there_are_no_alternatives(decoder: Decoder, lexicon: Lexicon) -> None:
    random = np.random.default_rng(0)
    decoder.decode(posteriors(phones_of("set the hall", lexicon, random), random)[:20])
    assert decoder.alternatives(3) == []
    decoder.reset()
    assert decoder.alternatives(3) == []


@pytest.mark.parametrize(
    "said", ["um turn on the hall light", "turn on um the hall light", "turn on hmm uh the hall light"]
)
def test_hesitations_are_not_words(said: str, decoder: Decoder, lexicon: Lexicon) -> None:
    random = np.random.default_rng(3)
    decoded = decoder.decode(posteriors(phones_of(said, lexicon, random), random))
    assert decoded is not None
    assert " ".join(decoded.words) == "turn on the hall light"
    assert not decoded.details.hesitates
    assert [one.words for one in decoder.alternatives(3)].count(decoded.words) == 1


def test_who_hesitates_at_the_end_has_not_finished(graph: Graph, lexicon: Lexicon) -> None:
    decoder = Decoder(graph, PRIOR, DecoderSettings(reject_below=0.0), watchful=True)
    for said, hesitates in (("turn on the hall light", False), ("turn on the hall light um", True)):
        random = np.random.default_rng(5)
        decoded = decoder.decode(posteriors([*phones_of(said, lexicon, random), SILENCE, SILENCE], random))
        assert decoded is not None
        assert " ".join(decoded.words) == "turn on the hall light"
        assert decoded.details.hesitates == hesitates
        assert (decoder.settled() == 0) == hesitates
