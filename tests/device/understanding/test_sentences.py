from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import pytest
from hassil.intents import TextSlotList

from device.errors import SentencesError
from device.events import Intent, NotRecognized, Transcript
from device.home.model import Home
from device.understanding.acts import NO_COMMAND
from device.understanding.sentences import Sentences
from device.understanding.understanding import Understanding
from device.understanding.vocabulary import Name, Vocabulary
from tests.device.understanding.expansion import sample

COFFEE = """
language: en
intents:
  orderDrink:
    data:
      - sentences:
          - "<want> [a|an] [{size}] [{shots}] {drink} [with <milk>]"
          - "{percentage}% {drink}"
lists:
  size:
    values: [small, {in: "(large|big)", out: large}]
  shots:
    values: [single shot, 2 shots]
  drink:
    values: [latte, {in: "espresso[s]", out: espresso}]
  milk:
    values: [milk, oat milk]
  percentage:
    range: {from: 0, to: 100, step: 10}
expansion_rules:
  want: "(i want|i'd like|get me)"
  milk: "[some] {milk}"
"""


@dataclass(frozen=True)
class House:
    """A home with names only."""

    vocabulary: Vocabulary = field(default_factory=Vocabulary)


LAMP = House(
    Vocabulary(
        names=(Name("lamp", "Lamp", "light"), Name("door", "Door", "lock")),
        areas=(Name("hall", "Hall"), Name("attic", "Attic")),
    )
)


SCENE = "good night"
"""Small talk too, but this home has a scene of that name, which goes first."""


def write(folder: Path, text: str, name: str = "own.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")
    return path


def meaning(path: Path, text: str, house: House = LAMP) -> Intent | NotRecognized:
    return Understanding(Sentences.load([path]), house).understand(Transcript(text, 1.0))


def slots(path: Path, text: str, house: House = LAMP) -> dict[str, object] | None:
    intent = meaning(path, text, house)
    return dict(intent.slots) if isinstance(intent, Intent) else None


def block(sentence: str, rest: str = "") -> str:
    return f'intents:\n  Test:\n    data:\n      - sentences: ["{sentence}"]\n        {rest}\n'


def test_whatever_the_shipped_groups_produce_is_understood() -> None:
    sentences, home = Sentences.load(), Home.load()
    understanding = Understanding(sentences, home)
    chance = random.Random(7)
    for group in sentences.groups(home):
        for sentence in group.sentences:
            text = sample(group, sentence.expression, chance)
            assert re.fullmatch(r"[a-z' ]+", text), text
            for act in understanding.acts(Transcript(text, 1.0)):
                assert not isinstance(act, NotRecognized) or act.reason == NO_COMMAND, text


def test_intents_of_a_sentence_are_not_mixed_up() -> None:
    sentences, home = Sentences.load(), Home.load()
    understanding = Understanding(sentences, home)
    wrong = []
    for group in (group for group in sentences.groups(home) if not group.follows):
        chance = random.Random(
            str([sentence.text for sentence in group.sentences])
        )  # whatever others there are
        text = sample(group, chance.choice(group.sentences).expression, chance)
        meant = understanding.understand(Transcript(text, 1.0))
        assert isinstance(meant, Intent), text
        if meant.name != group.intent and not text.endswith(SCENE):
            wrong.append((text, group.intent, meant.name))
    assert wrong == []


def test_own_file_works_alone(tmp_path: Path) -> None:
    path = write(tmp_path, COFFEE)
    assert slots(path, "I'd like a big 2 shots latte with some oat milk") == {
        "size": "large",
        "shots": "2 shots",
        "drink": "latte",
        "milk": "oat milk",
    }
    assert slots(path, "get me espressos", House()) == {"drink": "espresso"}
    assert slots(path, "turn on the lamp") is None


def test_own_names_are_not_needed_for_own_lists(tmp_path: Path) -> None:
    groups = Sentences.load([write(tmp_path, COFFEE)]).groups(House())
    assert [group.intent for group in groups] == ["orderDrink"]
    assert len(groups[0].sentences) == 2  # a percent sign is said


def test_ranges_are_words_with_numbers(tmp_path: Path) -> None:
    text = block("set {level}") + "lists: {level: {range: {from: 0, to: 30, step: 10, fractions: halves}}}"
    path = write(tmp_path, text)
    assert slots(path, "set twenty point five") == {"level": 20.5}
    assert slots(path, "set 10") == {"level": 10}
    assert slots(path, "set 11") is None
    assert slots(path, "set 30.5") is None
    [group] = Sentences.load([path]).groups(House())
    values = group.lists["level"]
    assert isinstance(values, TextSlotList)
    assert all(isinstance(value.value_out, int | float) for value in values.values)


def test_range_with_multiplier(tmp_path: Path) -> None:
    text = block("down {level}") + "lists: {level: {range: {from: 1, to: 9, multiplier: -1}}}"
    assert slots(write(tmp_path, text), "down 4") == {"level": -4}


def test_inline_range(tmp_path: Path) -> None:
    assert slots(write(tmp_path, block("channel {1..20:channel}")), "channel twelve") == {"channel": 12}


def test_names_only_of_the_domains_asked_for(tmp_path: Path) -> None:
    for restriction in ("name_domains: [lock]", "requires_context: {domain: lock}"):
        path = write(tmp_path, block("check [the] {name}", restriction))
        assert slots(path, "check the door") == {"name": "Door"}
        assert slots(path, "check the lamp") is None


def test_domain_of_a_group_is_a_slot(tmp_path: Path) -> None:
    path = write(tmp_path, block("lights in {area}", "inferred_domain: light"))
    assert slots(path, "lights in attic") == {"area": "Attic", "domain": "light"}


def test_what_the_home_does_not_have_is_left_out(tmp_path: Path) -> None:
    path = write(tmp_path, block("clean {area}", "inferred_domain: vacuum"))
    assert Sentences.load([path]).groups(LAMP) == ()
    path = write(tmp_path, block("go {floor}"))
    assert Sentences.load([path]).groups(LAMP) == ()


def test_where_mynah_stands(tmp_path: Path) -> None:
    text = """
    intents:
      Test:
        data:
          - sentences: ["lights on"]
            inferred_domain: light
          - sentences: ["lights on"]
            inferred_domain: light
            requires_context: {area: {slot: true}}
    """
    path = write(tmp_path, text)
    here = House(Vocabulary(LAMP.vocabulary.names, LAMP.vocabulary.areas, here="Hall"))
    assert slots(path, "lights on") == {"domain": "light"}
    assert slots(path, "lights on", here) == {"domain": "light", "area": "Hall"}


def test_wildcards_can_be_typed_and_not_heard(tmp_path: Path) -> None:
    path = write(tmp_path, block("play {what} [now]") + "lists: {what: {wildcard: true}}")
    assert Sentences.load([path]).groups(LAMP) == ()
    assert slots(path, "Play some jazz!") == {"what": "some jazz"}
    assert slots(path, "play it loud now") == {"what": "it loud"}
    assert slots(path, "play") is None


def test_what_need_not_be_heard_can_be_typed(tmp_path: Path) -> None:
    path = write(tmp_path, block("do tell", "heard: false"))
    assert Sentences.load([path]).groups(LAMP) == ()
    assert slots(path, "do tell") == {}


def test_a_list_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "things.txt").write_text("# things\nmilk\n\nolive oil\n")
    path = write(tmp_path, block("buy {thing}") + "lists: {thing: {file: things.txt}}")
    assert slots(path, "buy olive oil") == {"thing": "olive oil"}
    assert slots(path, "buy things") is None
    missing = write(tmp_path, block("buy {thing}") + "lists: {thing: {file: nothing.txt}}")
    with pytest.raises(SentencesError, match=r"nothing\.txt: cannot be read"):
        Sentences.load([missing])


def test_a_slot_that_is_given_twice_holds_both(tmp_path: Path) -> None:
    path = write(tmp_path, block("buy {thing} [and {thing}]") + "lists: {thing: {values: [milk, eggs]}}")
    assert slots(path, "buy milk and eggs") == {"thing": "milk and eggs"}


def test_files_named_after_their_intent(tmp_path: Path) -> None:
    text = 'language: en\ndata:\n  - sentences: ["<turn> on [<the>] {name}"]\n    name_domains: default\n'
    path = write(tmp_path / "HassTurnOn", text, "name_only.yaml")
    intent = meaning(path, "switch on my lamp")
    assert isinstance(intent, Intent)
    assert (intent.name, dict(intent.slots)) == ("HassTurnOn", {"name": "Lamp"})


def test_fixed_slots_give_way_to_spoken_ones(tmp_path: Path) -> None:
    path = write(tmp_path, block("dim [to {0..100:level}]", "slots: {level: 50}"))
    assert slots(path, "dim") == {"level": 50}
    assert slots(path, "dim to 20") == {"level": 20}


def test_skip_words_are_skipped_and_may_be_part_of_a_sentence(tmp_path: Path) -> None:
    text = block("i want {name}") + 'skip_words: ["i want", "please"]'
    path = write(tmp_path, text)
    assert slots(path, "I want lamp") == {"name": "Lamp"}
    assert slots(path, "please i want lamp please") == {"name": "Lamp"}


def test_permutations(tmp_path: Path) -> None:
    path = write(tmp_path, block("(turn on;[the] {name};now)"))
    assert slots(path, "now turn on the lamp") == {"name": "Lamp"}


def test_a_folder_is_read_whole_and_later_lists_come_first(tmp_path: Path) -> None:
    write(tmp_path, block("show {shape}") + "lists: {shape: {values: [circle]}}", "a.yaml")
    write(tmp_path, "lists: {shape: {values: [square]}}", "b.yaml")
    assert slots(tmp_path, "show square") == {"shape": "square"}
    assert slots(tmp_path, "show circle") is None


def test_a_rule_that_two_files_have_in_other_words_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, block("show <shape>") + 'expansion_rules: {shape: "(circle|disc)"}', "a.yaml")
    write(tmp_path, 'expansion_rules: {shape: "square"}', "b.yaml")
    message = r"b.yaml:1: rule <shape> is another one in .*a.yaml:\d+; give one of them a new name"
    with pytest.raises(SentencesError, match=message):
        Sentences.load([tmp_path])


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (block("set {nmae}"), 4, "unknown list {nmae} in 'set {nmae}'; did you mean 'name'?"),
        (block("set {quux}"), 4, "unknown list {quux} in 'set {quux}'; define it under `lists:`"),
        (block("<trun> on"), 4, "unknown rule <trun> in '<trun> on'; did you mean 'turn'?"),
        (block("turn (on"), 4, "'(' is never closed in 'turn (on'"),
        (block("turn on]"), 4, "']' closes nothing in 'turn on]'"),
        (block("turn (on]"), 4, "']' closes nothing in 'turn (on]'"),
        ("intents:\n  A:\n   data:\n  - x\n", 4, "not valid YAML"),
        ('intents:\n  "A: 1\n', 2, "not valid YAML"),
        ("- a\n- b\n", 1, "a sentence file must be a mapping (key: value), this is a list"),
        ("inents: {}\n", 1, "unknown key 'inents'; did you mean 'intents'?"),
        ("intents:\n  A:\n    dta: []\n", 3, "unknown key 'dta'; did you mean 'data'?"),
        ("intents:\n  A:\n    data:\n      - sentenses: []\n", 4, "did you mean 'sentences'?"),
        ("intents:\n  A:\n    data:\n      - slots: {a: b}\n", 4, "a block of A has no sentences"),
        ("intents:\n  A:\n    data: on\n", 3, "the data of A must be a list"),
        (block("a") + "lists:\n  size:\n    valeus: [a]\n", 8, "unknown key of list {size} 'valeus'"),
        (block("a") + "lists:\n  size:\n    range: {from: 5, to: 1}\n", 8, "list {size} is malformed"),
        (block("a") + "lists:\n  size:\n    range: {from: 5, until: 1}\n", 8, "unknown range key 'until'"),
        (block("a") + 'lists:\n  size:\n    values: ["(a"]\n', 8, "'(' is never closed in '(a'"),
        (block("<a>") + 'expansion_rules:\n  a: "x <b>"\n  b: "[<a>]"\n', 7, "rule <a> contains itself"),
        ("lists: {a: {values: [b]}}\n", None, "no sentences; add `intents:`"),
    ],
)
def test_what_is_wrong_with_a_file(tmp_path: Path, text: str, line: int | None, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SentencesError) as raised:
        Sentences.load([path])
    told = str(raised.value)
    assert told.startswith(f"{path}:{line}: " if line else f"{path}: "), told
    assert message in told
    assert "\n" not in told


def test_endless_range(tmp_path: Path) -> None:
    path = write(tmp_path, block("a {n}") + "lists: {n: {range: {from: 0, to: 100000}}}")
    with pytest.raises(SentencesError, match=r"list \{n\} has 100001 numbers, more than 1000"):
        Sentences.load([path]).groups(LAMP)


def test_missing_file_and_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(SentencesError, match="no such sentence file"):
        Sentences.load([tmp_path / "none.yaml"])
    with pytest.raises(SentencesError, match="no sentence file"):
        Sentences.load([tmp_path])


def test_not_text(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(b"language: en\nx: \xff\n")
    with pytest.raises(SentencesError, match=r"own.yaml:2: not UTF-8"):
        Sentences.load([path])


def test_what_is_typed_may_be_broader_than_what_is_heard(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        language: en
        intents: {Wave: {data: [{sentences: ["<wave> back"]}]}}
        expansion_rules: {wave: wave}
        typed: {expansion_rules: {wave: "(wave|greet)"}, skip_words: [kindly]}
        """,
    )
    assert meaning(path, "kindly greet back") == Intent("Wave", {}, 1.0)
    [group] = Sentences.load([path]).groups(LAMP)
    said = {sample(group, sentence.expression, random.Random(1)) for sentence in group.sentences}
    assert said == {"wave back"}
    with pytest.raises(SentencesError, match="`typed` cannot be used in a skill"):
        Sentences.own([path])


CONTEXTS = House(
    Vocabulary(
        names=(
            Name("blind", "Blind", "cover", device_class="blind"),
            Name("gate", "Gate", "cover", device_class="gate"),
            Name("hatch", "Hatch", "cover"),
            Name("lamp", "Lamp", "light"),
        ),
        here="Hall",
    )
)


@pytest.mark.parametrize(
    ("context", "names"),
    [
        ("requires_context: {domain: cover}", ["blind", "gate", "hatch"]),
        ("requires_context: {domain: [light, switch]}", ["lamp"]),
        ("requires_context: {domain: {value: light}}", ["lamp"]),
        ("requires_context: {domain: cover, device_class: gate}", ["gate"]),
        ("requires_context: {device_class: [gate, blind]}", ["blind", "gate"]),
        ("requires_context: {device_class: null}", ["blind", "gate"]),
        ("excludes_context: {domain: cover}", ["lamp"]),
        ("excludes_context: {domain: [light, lock]}", ["blind", "gate", "hatch"]),
        ("excludes_context: {device_class: gate}", ["blind", "hatch", "lamp"]),
        ("requires_context: {domain: cover}; excludes_context: {device_class: gate}", ["blind", "hatch"]),
        ("name_domains: [cover]; requires_context: {domain: light}", []),
        ("requires_context: {weather: sunny}", []),
        ("excludes_context: {weather: sunny}", ["blind", "gate", "hatch", "lamp"]),
        ("requires_context: {area: hall}", ["blind", "gate", "hatch", "lamp"]),
        ("requires_context: {area: [attic]}", []),
        ("excludes_context: {area: Hall}", []),
        ("required_keywords: [Lamp, gate]", ["gate", "lamp"]),
    ],
)
def test_a_sentence_counts_only_in_its_context(tmp_path: Path, context: str, names: list[str]) -> None:
    path = write(tmp_path, block("check {name}", "\n        ".join(context.split("; "))))
    meant = [name.text for name in CONTEXTS.vocabulary.names if slots(path, f"check {name.text}", CONTEXTS)]
    assert meant == names
