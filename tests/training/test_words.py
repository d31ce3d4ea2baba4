"""From sentences to a graph of any words: the n-gram model, the trees, and what is searched in them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from device.errors import MynahError
from device.hearing.decoder import Decoder
from device.hearing.lexicon import Lexicon
from device.hearing.words import graph
from tests.device.hearing.synthetic import PHONES, PRIOR, phones_of, posteriors
from training.corpus.texts import spoken_parts
from training.words import corpus, nearby, ngram
from training.words.graph import network

TEXT = [
    "turn up the lights",
    "turn up the music",
    "turn off the lights",
    "the lights were off",
    "a light supper",
    "call my mother",
    "call my brother",
] * 3
WORDS = sorted({word for line in TEXT for word in line.split()})


@pytest.fixture(scope="module")
def model() -> ngram.Ngrams:
    return ngram.train(TEXT, WORDS, 3, 0.5)


@pytest.mark.parametrize("threshold", [0.0, 0.5, 3.0, 1e9])
def test_the_probabilities_after_every_history_add_up_to_one(threshold: float) -> None:
    model = ngram.train(TEXT, WORDS, 3, threshold)
    for history in model.costs:
        total = sum(math.exp(-model.cost(history, word)) for word in (*WORDS, ngram.END))
        assert total == pytest.approx(1.0, abs=1e-6)


def test_pruning_drops_the_long_ngrams_and_no_word() -> None:
    pruned = ngram.train(TEXT, WORDS, 3, 1e9)
    assert list(pruned.costs) == [()]
    assert {*WORDS, ngram.END} == pruned.costs[()].keys()


def test_what_was_seen_is_likelier_than_what_was_not(model: ngram.Ngrams) -> None:
    assert model.cost(("turn",), "up") < model.cost(("turn",), "mother")
    assert model.perplexity(TEXT) < model.perplexity(["mother the up call", "supper were turn"])


def test_unknown_words_are_not_counted() -> None:
    counts = ngram.counted(["turn zyx off"], ["turn", "off"], 3)
    assert ("turn", "zyx") not in counts
    assert counts[()] == {"turn": 1, "off": 1, ngram.END: 1}


@pytest.fixture(scope="module")
def decoder(model: ngram.Ngrams) -> Decoder:
    lexicon = Lexicon()

    def pronounced(word: str) -> list[tuple[int, ...]]:
        return [tuple(PHONES.index(phone) + 1 for phone in way) for way in lexicon.pronunciations(word)]

    made = network(model, WORDS, pronounced, silence=1)
    return Decoder(graph(made, WORDS, PHONES), PRIOR)


@pytest.mark.parametrize("text", ["turn up the lights", "the brother were off my supper", "a light", "music"])
def test_any_words_are_heard_in_any_order(decoder: Decoder, text: str) -> None:
    random = np.random.default_rng(3)
    heard = decoder.decode(posteriors(phones_of(text, Lexicon(), random), random, noise=1.0, shortest=2))
    assert heard is not None
    assert " ".join(heard.words) == text


def test_what_a_sentence_costs_in_the_graph_is_what_the_model_says(
    decoder: Decoder, model: ngram.Ngrams
) -> None:
    """Paths of the same sounds differ by the model's costs alone."""
    for text in ("turn up the lights", "call my brother", "off off lights"):
        costs = _costs(decoder, text)
        history: tuple[str, ...] = (ngram.BEGIN,)
        total = 0.0
        for word in text.split():
            total += model.cost(history, word)
            history = (*history, word)
        assert costs == pytest.approx(total, abs=1e-3)


def _costs(decoder: Decoder, text: str) -> float:
    """Of the cheapest path that says `text`, found by relaxing (state, words said) over the arcs."""
    arcs = decoder.graph
    numbers = [arcs.words.index(word) + 1 for word in text.split()]
    best = {(0, 0): 0.0}
    changed = True
    while changed:
        changed = False
        for source, target, word, cost in zip(arcs.source, arcs.target, arcs.word, arcs.costs, strict=True):
            for said in range(len(numbers) + 1):
                if (source, said) not in best or (word and (said == len(numbers) or numbers[said] != word)):
                    continue
                after, total = (int(target), said + bool(word)), best[source, said] + float(cost)
                if total < best.get(after, math.inf) - 1e-6:
                    best[after], changed = total, True
    return min(cost for (state, said), cost in best.items() if said == len(numbers) and state in arcs.finals)


def test_sentences_are_parted_and_what_is_not_said_as_written_is_left_out() -> None:
    assert list(spoken_parts("It's late. Call me at 5! Don’t you think so?")) == [
        "it's late",
        "don't you think so",
    ]


def test_a_corpus_in_latin_1_is_read_and_a_broken_or_missing_one_is_named(tmp_path: Path) -> None:
    snips = corpus.WRITTEN["text/snips/*.json"]
    file = tmp_path / "data.json"
    file.write_bytes('{"A": [{"data": [{"text": "caf\xe9 noir"}]}]}'.encode("latin-1"))
    assert list(corpus.written_in(tmp_path, "*.json", snips)) == ["café noir"]
    file.write_text('{"A": [{"dat')
    with pytest.raises(MynahError, match=r"data\.json: not as its corpus has it"):
        list(corpus.written_in(tmp_path, "*.json", snips))
    with pytest.raises(MynahError, match=r"lm\.txt does not exist: name a folder"):
        list(corpus.written_in(tmp_path, "slurp/lm.txt", snips))


def test_numbers_that_sound_alike_are_exchanged() -> None:
    assert nearby.with_another_ending("set it to fifty percent") == "set it to fifteen percent"
    assert nearby.with_another_ending("eighteen or thirty") == "eighty or thirteen"
    assert nearby.with_another_ending("eleven") == "eleven"
    assert nearby.with_another_ending("seventy five percent") == "seventy five percent"


def test_commands_are_changed_until_they_mean_nothing() -> None:
    commands = ["turn on the lights", "set the fan to fifty percent"]
    rng = np.random.default_rng(1)
    changed = [line for line, _ in zip(nearby.changed(commands, rng), range(60), strict=False)]
    assert {"don't", "up", "fifteen"} <= {word for line in changed for word in line.split()}
