"""What the head `requests` learns: sentences of several corpora and made ones, under Mynah's own labels.

`requests.yaml` beside this file says how. The labels are those of `device/skills/requests.yaml`; what asks
for nothing of Mynah's is out of scope. Names of rooms and things are swapped for others, so that no label
hangs on one of them, and marked: the head learns to find those that a home does not have.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from device.errors import MynahError
from device.reading import yaml
from device.understanding.numbers import spoken
from device.understanding.pieces import plain, words
from training.corpus.texts import dictionary
from training.text.corpora import OUT_OF_SCOPE, Example, Slot, built, free_lines, is_validation, read

FILE = Path(__file__).with_name("requests.yaml")
NAMED = ("slurp", "hwu64", "clinc150")
"""Corpora with requests that Mynah knows. The others, and what is in these besides, is out of scope."""
OUTSIDE = {"snips": 1500, "banking77": 500, "goemotions": 1500, "taskmaster4": 1000, "tatoeba-en-zh": 1500}
"""Sentences of corpora without such requests."""
MADE, AROUND, WRAPPED, BESIDE = 300, 4000, 0.4, 0.15
"""Sentences made for each label; commands that are none, as "don't …"; the shares that have something before
or after them, and that tell why besides."""
EACH_OF_CLINC150 = 30
"""Sentences of each of CLINC150's intents that are out of scope; it has 130 of them."""
SKIP = "skip"
MARKED = {"house_place": "place", "device_type": "thing"}
"""Slots of SLURP and HWU64, and the tags that their words get."""
SWAPPED = 0.5
TAGGED = {"place": "place", "light": "thing", "thing": "thing", "cover": "thing"}
"""What fills a made sentence, and the tags that it gets."""
GENERAL = re.compile(r"^(?:lights?|lamps?|vacuum.*|robot.*|roomba.*|cleaner|coffee.*|house|home|room)$")
"""What is a kind more than a name, and is not swapped."""
OFTEN = 6
"""Requests that a word must be in to be familiar."""
KINDS = frozenset(
    {
        "light",
        "lights",
        "lamp",
        "lamps",
        "bulb",
        "the",
        "big",
        "a",
        "my",
        "on",
        "room",
        "house",
        "plug",
        "socket",
    }
    | {"coffee", "blinds", "curtains", "shutters", "shades"}
)
"""Words of names that say only of which kind something is."""
OPTION = re.compile(r"\(([^()\[\]]*)\)|\[([^()\[\]]*)\]")
SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Recipe:
    """`intents`: of corpora, each with patterns and a label for each. The rest: as in the file."""

    intents: Mapping[str, Sequence[tuple[re.Pattern[str], str]]]
    said: Mapping[str, Sequence[str]]
    around: Sequence[str]
    before: Sequence[str]
    after: Sequence[str]
    beside: Sequence[str]
    fill: Mapping[str, Sequence[str]]

    @classmethod
    def load(cls, file: Path = FILE) -> Recipe:
        """Raises MynahError for a file that is not laid out so."""
        content: Any = yaml.load(file, MynahError)
        colours = "|".join(content["fill"]["colour"])

        def patterns(rows: Any) -> list[tuple[re.Pattern[str], str]]:
            rows = [["", rows]] if isinstance(rows, str) else rows
            return [(re.compile(str(one).replace("{colour}", colours)), str(label)) for one, label in rows]

        try:
            intents = {intent: patterns(rows) for intent, rows in content["intents"].items()}
            parts = (content[name] for name in ("said", "around", "before", "after", "beside", "fill"))
            return cls(intents, *parts)
        except (KeyError, ValueError, TypeError) as error:
            raise MynahError(f"{file}: not a recipe of requests ({error}); see the one that ships") from error

    def label(self, example: Example) -> str:
        """What a corpus's example is here; SKIP where that is not clear."""
        rows = self.intents.get(example.intent, ())
        return next((label for one, label in rows if one.search(example.text.lower())), OUT_OF_SCOPE)


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes sentences from templates: "(one|of these)", "[perhaps this]", "{a word from fill}"."""

    recipe: Recipe
    rng: np.random.Generator

    def one(self, options: Sequence[str]) -> str:
        return options[int(self.rng.integers(len(options)))]

    def expanded(self, template: str) -> str:
        """With its options chosen; its slots stay."""
        while found := OPTION.search(template):
            text = found[1] if found[1] is not None else found[2] if self.rng.random() < 0.5 else ""
            template = template[: found.start()] + self.one(text.split("|")) + template[found.end() :]
        return " ".join(template.replace("[,]", ",").split())

    def filler(self, name: str) -> str:
        """Words for a slot."""
        words = dictionary()
        text = self.one(self.recipe.fill[name])
        text = text.replace("{word}", words[self.rng.integers(len(words))][0])
        return SLOT.sub(lambda inner: self.filler(inner[1]), text)

    def pieces(self, template: str) -> Iterator[tuple[str, str | None]]:
        """The parts of a sentence, each with its tag."""
        at = 0
        for found in SLOT.finditer(template):
            yield template[at : found.start()], None
            yield self.filler(found[1]), TAGGED.get(found[1])
            at = found.end()
        yield template[at:], None

    def made(self, label: str) -> Example:
        return self.wrapped(built(self.pieces(self.expanded(self.one(self.recipe.said[label]))), label))

    def wrapped(self, example: Example) -> Example:
        """Said a little longer now and then: "hey … please", "it's getting dark …"."""
        if self.rng.random() < WRAPPED:
            example = behind(self.one(self.recipe.before), example)
        if self.rng.random() < WRAPPED:
            example = replace(example, text=f"{example.text} {self.one(self.recipe.after)}")
        if self.rng.random() < BESIDE:
            told = self.one(self.recipe.beside)
            if self.rng.random() < 0.6:
                return behind(told, example)
            return replace(example, text=f"{example.text} {told}")
        return example

    def no_command(self, command: Example) -> Example:
        """ "Don't …", "did you …", "… if it rains"."""
        around = self.expanded(self.one(self.recipe.around))
        return Example(around.replace("{command}", command.text), OUT_OF_SCOPE, None)

    def swapped(self, example: Example) -> Example:
        """With other rooms and things, each at even odds."""
        text, pieces, at = example.text, list[tuple[str, str | None]](), 0
        for slot in marked(example):
            words = text[slot.begin : slot.end]
            swap = self.rng.random() < SWAPPED and not GENERAL.match(words)
            fill = (
                "place"
                if slot.name == "place"
                else "light"
                if example.intent.startswith("light")
                else "thing"
            )
            pieces += [(text[at : slot.begin], None), (self.filler(fill) if swap else words, slot.name)]
            at = slot.end
        return built(iter([*pieces, (text[at:], None)]), example.intent)


def marked(example: Example) -> Sequence[Slot]:
    return example.slots or ()


def behind(before: str, example: Example) -> Example:
    """`example` with words before it."""
    moved = (
        replace(one, begin=one.begin + len(before) + 1, end=one.end + len(before) + 1)
        for one in marked(example)
    )
    slots = tuple(moved) if example.slots is not None else None
    return Example(f"{before} {example.text}", example.intent, slots)


def labelled(data: Path, part: str, recipe: Recipe) -> Iterator[Example]:
    """What the corpora say, under Mynah's labels; rooms and things are marked where the corpus marks them."""
    for corpus in NAMED:
        for example in read(corpus, data, part):
            if (label := recipe.label(example)) == SKIP:
                continue
            if label == OUT_OF_SCOPE or corpus == "clinc150":
                yield Example(plain(spoken(example.text)), label, None)
            else:
                slots = (replace(one, name=MARKED[one.name]) for one in marked(example) if one.name in MARKED)
                yield Example(example.text, label, tuple(slots))


def learned(data: Path, seed: int) -> list[Example]:
    """All that the head learns from. Raises MynahError where a corpus is not there."""
    recipe = Recipe.load()
    rng = np.random.default_rng(seed)
    maker = Maker(recipe, rng)
    said = list(labelled(data, "train", recipe))
    meant = [one for one in said if one.intent != OUT_OF_SCOPE]
    outside = [
        *thinned(data, [one for one in said if one.intent == OUT_OF_SCOPE], rng),
        *elsewhere(data, rng),
    ]
    outside = [maker.wrapped(one) for one in outside]
    meant = [*(maker.wrapped(one) for one in meant), *(maker.swapped(one) for one in meant)]
    made = [maker.made(label) for label in recipe.said for _ in range(MADE)]
    commands = [one for one in (*meant, *made) if one.intent != OUT_OF_SCOPE]
    none = [maker.no_command(commands[one]) for one in rng.integers(0, len(commands), AROUND)]
    return [*meant, *outside, *made, *none]


def said_longer(examples: Sequence[Example], times: int, seed: int) -> list[Example]:
    """Each of `examples` so many times, now and then with a word before or after it."""
    maker = Maker(Recipe.load(), np.random.default_rng(seed))
    return [maker.wrapped(one) for one in examples for _ in range(times)]


def familiar(examples: Sequence[Example]) -> tuple[str, ...]:
    """The words of requests that name no room and no thing."""
    recipe = Recipe.load()
    names = {word for fill in TAGGED for text in recipe.fill[fill] for word in text.split()} - KINDS
    counts = Counter[str]()
    for text in {one.text: one for one in examples if one.intent != OUT_OF_SCOPE}.values():
        inside = [(slot.begin, slot.end) for slot in marked(text)]
        inside += [
            (found, found + len(told)) for told in recipe.beside if (found := text.text.find(told)) >= 0
        ]
        counts.update(
            word.text
            for word in {one for one in words(text.text) if not any(a <= one.begin < b for a, b in inside)}
        )
    return tuple(sorted(word for word, often in counts.items() if often >= OFTEN and word not in names))


def thinned(data: Path, outside: Sequence[Example], rng: np.random.Generator) -> list[Example]:
    """`outside` with fewer sentences of CLINC150, which has the most."""
    most = EACH_OF_CLINC150 * 130
    clinc = {plain(spoken(one.text)) for one in read("clinc150", data, "train") if one.intent != OUT_OF_SCOPE}
    there = [one for one in outside if one.text in clinc]
    rest = [one for one in outside if one.text not in clinc]
    return [*rest, *(there[one] for one in rng.permutation(len(there))[:most])]


def elsewhere(data: Path, rng: np.random.Generator) -> Iterator[Example]:
    """Some sentences of the corpora in OUTSIDE, as far as they are there."""
    for corpus, most in OUTSIDE.items():
        if (data / corpus).is_dir():
            texts = [one for one in plain_texts(corpus, data) if one and not is_validation(one)]
            yield from (Example(texts[one], OUT_OF_SCOPE, None) for one in rng.permutation(len(texts))[:most])


def plain_texts(corpus: str, data: Path) -> list[str]:
    lines: Mapping[str, Callable[[], Iterator[str]]] = {
        "taskmaster4": lambda: free_lines(data, "taskmaster4/user-turns.txt"),
        "tatoeba-en-zh": lambda: free_lines(data, "tatoeba-en-zh/train.tsv"),
    }
    found = lines[corpus]() if corpus in lines else (one.text for one in read(corpus, data, "train"))
    return [plain(spoken(text)) for text in found]


def held_out(data: Path) -> list[Example]:
    """What the corpora keep for validation, under Mynah's labels."""
    return list(labelled(data, "validation", Recipe.load()))
