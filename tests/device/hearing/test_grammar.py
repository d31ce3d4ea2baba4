from __future__ import annotations

import itertools
import time
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hassil.intents import WildcardSlotList
from hassil.sample import sample_sentence

from device.errors import LexiconError, SentencesError
from device.events import NotRecognized, Transcript
from device.hearing import grammar
from device.hearing.grammar import SILENCE, Graph
from device.hearing.lexicon import Lexicon
from device.understanding import parsing
from device.understanding.acts import NO_COMMAND
from device.understanding.sentences import Sentences
from device.understanding.understanding import Understanding
from device.understanding.vocabulary import Name, Vocabulary
from tests.device.hearing.synthetic import PHONES, Group, group


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon()


def said_by(network: grammar.Network) -> set[str]:
    """All that a small network of words can say."""
    arcs: dict[int, list[tuple[int, str]]] = {}
    for source, target, word in network.arcs:
        arcs.setdefault(source, []).append((target, word))
    found, waiting = set(), [(0, "")]
    while waiting:
        state, text = waiting.pop()
        if state in network.finals:
            found.add(text.strip())
        waiting += [(target, f"{text} {word}") for target, word in arcs.get(state, [])]
    return found


def sentences(graph: Graph) -> set[str]:
    """All that a small graph can say."""
    arcs: dict[int, list[tuple[int, int]]] = {}
    for source, target, word in zip(
        graph.source.tolist(), graph.target.tolist(), graph.word.tolist(), strict=True
    ):
        if source != target:
            arcs.setdefault(source, []).append((target, word))
    finals = set(graph.finals.tolist())
    found = set()
    stack: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    seen = set(stack)
    while stack:
        state, words = stack.pop()
        if state in finals:
            found.add(" ".join(words))
        for target, word in arcs.get(state, ()):
            step = (target, (*words, graph.words[word - 1]) if word else words)
            if step not in seen:
                seen.add(step)
                stack.append(step)
    return found


def sampled(templates: Group) -> set[str]:
    """What hassil says that the templates say."""
    return {
        " ".join(text.lower().split())
        for sentence in templates.sentences
        for text in sample_sentence(sentence, dict(templates.lists), dict(templates.rules))
    }


ROOMS = ["kitchen", "hall", "attic", "cellar", "den"]
THINGS = ["lamp", "fan", "blinds", "heater", "speaker"]
SIZES = ["big", "small", "old", "new"]
NAMES = ["Kitchen Lamp", "kitchen lamp two", "fan", "Bob's lamp", *(f"room {c}" for c in "abcdefghijkl")]


@pytest.mark.parametrize(
    "templates",
    [
        group("(turn|switch) on [the] lamp[s]"),
        group("[please] (turn on;the lamp) [now]"),
        group("open {name}", "open {name} and {name}", "is {name} open", lists={"name": NAMES}),
        group("is {name}[s] [really] on", "{name}'s door", lists={"name": NAMES}),
        group(
            "<turn> <it>",
            rules={"turn": "(turn|switch) [it] on", "it": "(the {name}|it all)"},
            lists={"name": ["fan"]},
        ),
        group("what's on[?| now]", "stop", "stop", "stop it"),
        group("set {level}[%| percent]", lists={"level": ["one", "twenty two"]}),
        group("{a}{b}", lists={"a": ["some", "any"], "b": ["thing", "where"]}),
    ],
)
def test_says_what_the_templates_say_and_nothing_else(templates: Group, lexicon: Lexicon) -> None:
    expected = {text.replace("on?", "on") for text in sampled(templates)}
    assert sentences(grammar.compile([templates], lexicon, PHONES, fillers=())) == expected
    assert said_by(grammar.network([templates])) == expected


def test_groups_with_lists_of_the_same_name(lexicon: Lexicon) -> None:
    lights = group("dim {name}", lists={"name": [f"light {c}" for c in "abcdefghijkl"]})
    covers = group("close {name}", lists={"name": [f"blind {c}" for c in "abcdefghijkl"]})
    graph = grammar.compile([lights, covers], lexicon, PHONES, fillers=())
    assert sentences(graph) == sampled(lights) | sampled(covers)


def test_every_state_holds_one_phone_and_may_last(lexicon: Lexicon) -> None:
    graph = grammar.compile(
        [group("turn {name} (on|off)", lists={"name": NAMES})], lexicon, PHONES, fillers=()
    )
    loops = graph.source == graph.target
    held = dict(zip(graph.source[loops].tolist(), graph.phone[loops].tolist(), strict=True))
    entering = (graph.phone > 0) & ~loops
    assert all(
        held[t] == p
        for t, p in zip(graph.target[entering].tolist(), graph.phone[entering].tolist(), strict=True)
    )
    assert set(graph.finals.tolist()) <= set(held)
    assert not graph.word[loops].any()


def test_silence_is_allowed_around_every_word(lexicon: Lexicon) -> None:
    graph = grammar.compile([group("lamp on")], lexicon, PHONES, fillers=())
    silence = graph.phones.index(SILENCE) + 1
    phones = [silence, *(graph.phones.index(p) + 1 for p in ["L", "AE", "M", "P"]), silence]
    phones += [*(graph.phones.index(p) + 1 for p in ["AA", "N"]), silence]
    states = _free(graph, {0})
    for phone in phones:
        step = (graph.phone == phone) & np.isin(graph.source, list(states))
        states = _free(graph, set(graph.target[step].tolist()))
    assert states & set(graph.finals.tolist())


def _free(graph: Graph, states: set[int]) -> set[int]:
    """`states`, and those that are reached from them without a frame."""
    more = set(graph.target[(graph.phone == 0) & np.isin(graph.source, list(states))].tolist())
    return states if more <= states else _free(graph, states | more)


def test_sentences_are_joined_by_words_and_continued_without_them(lexicon: Lexicon) -> None:
    parts = [group("lamp on"), replace(group("at ten"), follows=True, cost=3.0)]
    graph = grammar.compile(parts, lexicon, PHONES, fillers=())
    random = Random(1)
    said = {" ".join(random_words(graph, random)) for _ in range(300)}
    assert {"lamp on", "at ten", "lamp on at ten", "lamp on and lamp on"} <= said
    assert not {"lamp on lamp on", "at ten lamp on"} & said
    assert 3.0 in graph.costs


def test_what_leads_comes_right_before_a_sentence(lexicon: Lexicon) -> None:
    parts = [group("lamp on"), replace(group("don't"), follows=True, leads=True, cost=3.0)]
    graph = grammar.compile(parts, lexicon, PHONES, fillers=())
    random = Random(1)
    said = {" ".join(random_words(graph, random)) for _ in range(300)}
    assert {"lamp on", "don't lamp on", "don't lamp on and lamp on"} <= said
    assert not {"don't", "lamp on don't", "lamp on don't lamp on", "don't don't lamp on"} & said


def test_the_fst_has_the_costs_asked_for(lexicon: Lexicon) -> None:
    graph = grammar.compile([group("lamp")], lexicon, PHONES, fillers=())
    lines = [line.split() for line in graph.fst(0.5, 2.0).to_str(show_weight_one=True).splitlines()]
    arcs = [line for line in lines if len(line) == 5 and line[0] != line[1]]
    silence = str(PHONES.index(SILENCE) + 1)
    assert {float(line[4]) for line in arcs if line[2] not in {"0", silence} and line[3] == "0"} == {0.5}
    assert {float(line[4]) for line in arcs if line[3] != "0"} == {2.5}
    assert all(float(line[4]) == 0.0 for line in arcs if line[2] == silence)
    assert graph.fst(0.5, 2.0) is graph.fst(0.5, 2.0)


def test_sentences_with_wildcards_are_left_out(lexicon: Lexicon) -> None:
    templates = group("play {song}", "play [{song}] music")
    templates = Group(templates.sentences, {"song": WildcardSlotList("song")})
    assert sentences(grammar.compile([templates], lexicon, PHONES, fillers=())) == {"play music"}


@pytest.mark.parametrize(
    ("templates", "error", "message"),
    [
        (group("open {nme}", lists={"name": ["door"]}), SentencesError, "unknown list {nme}"),
        (group("open <the>"), SentencesError, "unknown rule <the>"),
        (group(), SentencesError, "no sentence can be said"),
        (group("open {name}", lists={"name": []}), SentencesError, "no sentence can be said"),
        (group("open {name}", lists={"name": ["door", "氷"]}), LexiconError, "cannot pronounce '氷'"),
    ],
)
def test_errors_name_what_is_wrong(
    templates: Group, error: type[Exception], message: str, lexicon: Lexicon
) -> None:
    with pytest.raises(error, match=message):
        grammar.compile([templates], lexicon, PHONES, fillers=())


class Large:
    """A home of 100 devices in 20 rooms."""

    rooms = tuple(Name(f"{size} {room}", f"{size} {room}") for size in SIZES for room in ROOMS)
    things = tuple(zip(THINGS, ("light", "fan", "cover", "switch", "media_player"), strict=True))
    vocabulary = Vocabulary(
        tuple(
            Name(f"{room.text} {thing}", f"{room.text} {thing}", domain)
            for room, (thing, domain) in itertools.product(rooms, things)
        ),
        rooms,
        (Name("upstairs", "upstairs"), Name("ground floor", "ground floor")),
        "big kitchen",
    )


class Small:
    """A home of 10 of those devices."""

    vocabulary = replace(Large.vocabulary, names=Large.vocabulary.names[:10])


def test_ten_times_the_devices_take_less_than_three_times_as_long_to_compile() -> None:
    assert (len(Small.vocabulary.names), len(Large.vocabulary.names)) == (10, 100)
    sentences, lexicon = Sentences.load(), Lexicon()

    def seconds(home: Small | Large) -> float:
        groups = sentences.groups(home)
        start = time.process_time()
        grammar.compile(groups, lexicon, PHONES).fst()
        return time.process_time() - start

    seconds(Small())  # what is prepared once
    assert min(seconds(Large()), seconds(Large())) < 3 * min(seconds(Small()), seconds(Small()))


def test_what_the_shipped_grammar_says_is_understood(lexicon: Lexicon) -> None:
    sentences = Sentences.load()
    graph = grammar.compile(sentences.groups(Large()), lexicon, PHONES, fillers=())
    understanding = Understanding(sentences, Large())
    random = Random(0)
    for _ in range(80):
        text = " ".join(random_words(graph, random))
        acts = understanding.acts(Transcript(text, 1.0))
        known = not any(isinstance(act, NotRecognized) and act.reason != NO_COMMAND for act in acts)
        assert known or len(text.split()) > parsing.MOST, text


def random_words(graph: Graph, random: Random) -> list[str]:
    """What a random way through `graph` says."""
    state, words = 0, []
    finals = set(graph.finals.tolist())
    while state not in finals or random.random() < 0.5:
        ways = np.flatnonzero((graph.source == state) & (graph.target != state))
        if not len(ways):
            break
        way = random.choice(ways.tolist())
        state = int(graph.target[way])
        if graph.word[way]:
            words.append(graph.words[graph.word[way] - 1])
    return words
