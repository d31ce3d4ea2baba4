"""A label and what a text names → the same in sentences of Mynah's own. Pure.

Slots of a frame are filled with what the text names, and nothing that it names is left out: what fits no
sentence is not meant.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from device.errors import SentencesError
from device.reading import yaml
from device.understanding.mentions import HERE, WHOLE, Mention
from device.understanding.vocabulary import Name, Vocabulary

FILE = Path(__file__).parent.parent / "skills" / "requests.yaml"
SLOT = re.compile(r"\{(\w+)\}")
ALL = re.compile(r"\b(?:all|every|everything|both|each)\b")
ONE = re.compile(r"\b(?:a|an|the|this|that|my) (light|lamp|bulb)\b")
ALARM = re.compile(r"(?:\b(\w+) )?\b(alarms?)\b")
TASK = re.compile(
    r"\b(?:remind(?:er)?(?: me| us)?|remember|forget) (?:for me )?(?:(?:to|about|of|that|for) )?(.+)"
)
BARE = frozenset(
    {"at", "on", "in", "by", "for", "to", "me", "us", "about", "of", "please", "set", "a", "the"}
)
"""Words that say nothing of what to be reminded of."""
IT = re.compile(r"\b(?:(?<!is )it(?! is\b)|them|those|(?:that|this|the other) one)\b(?! in\b)")
"""What was spoken of. Not the "it" of "is it dark", nor that of "make it warm in the hall"."""
CALLED = re.compile(r"\b(?:called|named) (.+)")
HUNDREDS = re.compile(r"\b(\w+) hundred(?: and)?\b")
FROM_NOW = re.compile(r"^(?:in |for )?(.+) from now$")
ONE_LENGTH = re.compile(r"^an? (\w+(?: \w+)?) (hour|minute|second)$")
"""Of "a fifty two minute timer"."""
NOW = frozenset({"today", "tonight", "now", "right now"})
LONGEST = 6
"""Words of what is to be put on a list; more are a story."""


class Said(NamedTuple):
    """`sentence`: of Mynah's own. `unsure`: it holds less than was said, so that it must be asked back."""

    sentence: str
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Things:
    """What a slot of things is filled with, as `requests.yaml` has it."""

    kinds: frozenset[str]
    words: frozenset[str]
    otherwise: str
    called: frozenset[str]
    asked: bool
    by_word: bool
    unless: frozenset[str]


@dataclass(frozen=True, slots=True)
class Frame:
    """What a label means: `forms` with slots. `answered`: it is a question and changes nothing."""

    label: str
    forms: tuple[str, ...]
    answered: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A text to be said otherwise, the home's names, and what it names of them."""

    words: tuple[str, ...]
    mentions: tuple[Mention, ...]
    vocabulary: Vocabulary
    idle: frozenset[str]

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def of(self, *kinds: str) -> tuple[Mention, ...]:
        return tuple(one for one in self.mentions if one.kind in kinds)

    def rest(self, *without: str) -> list[int]:
        """Places of the words that are in no mention of the kinds `without`."""
        inside = {at for one in self.of(*without) for at in range(one.begin, one.end)}
        return [at for at in range(len(self.words)) if at not in inside]


class Filled(NamedTuple):
    """`used`: the kinds of mentions that are in `text`."""

    text: str
    used: frozenset[str] = frozenset()
    unsure: bool = False


@functools.cache
def frames() -> Mapping[str, Frame]:
    """By their labels. Raises SentencesError."""
    content = yaml.load(FILE, SentencesError)
    parts = (("requests", False), ("questions", True))
    return {
        label: Frame(label, tuple(forms), answered)
        for part, answered in parts
        for label, forms in content[part].items()
    }


@functools.cache
def things() -> Mapping[str, Things]:
    """By their slots. Raises SentencesError."""
    return {
        slot: Things(
            frozenset(one["kinds"]),
            frozenset(one["words"]),
            one["else"],
            frozenset(one.get("called", ())),
            bool(one.get("asked", False)),
            bool(one.get("by_word", False)),
            frozenset(one.get("unless", ())),
        )
        for slot, one in yaml.load(FILE, SentencesError)["things"].items()
    }


@functools.cache
def idle() -> frozenset[str]:
    """Words around what is free. Raises SentencesError."""
    return frozenset(yaml.load(FILE, SentencesError)["idle"].split())


def sentences(frame: Frame, text: Text) -> Iterator[Said]:
    """`text` in Mynah's own words, if it means `frame`; the likeliest form first."""
    for form in frame.forms:
        values = [one for slot in SLOT.findall(form) if (one := _filled(slot, text)) is not None]
        if len(values) < len(SLOT.findall(form)):
            continue
        used = frozenset[str]().union(*(one.used for one in values))
        left = [one for one in text.mentions if one.kind not in used and one.text not in form.split()]
        sentence = SLOT.sub("{}", form).format(*(one.text for one in values)).strip()
        unsure = any(one.unsure for one in values)
        if not left:
            yield Said(sentence, unsure)
        elif not frame.answered and all(_is_moment(one, text) for one in left):
            moments = " ".join(map(_moment, left))
            yield from (Said(f"{sentence} {at}{moments}", unsure) for at in ("", "at "))


def _is_moment(mention: Mention, text: Text) -> bool:
    """Whether it says when something is to be done; "at three" does."""
    at = mention.begin > 0 and text.words[mention.begin - 1] == "at"
    return mention.kind == "time" or (mention.kind == "number" and at)


def _filled(slot: str, text: Text) -> Filled | None:
    if slot in things():
        return _things(things()[slot], text)
    return FILLERS[slot](text)


def _things(wanted: Things, text: Text) -> Filled | None:
    fitting = [one for one in text.of("name") if one.name is not None and _fits(one.name, wanted)]
    names = [one for one in text.of("name") if one in fitting or not _is_kind(one, wanted)]
    if names != fitting or not wanted.unless.isdisjoint(text.words):
        return None
    strange = [one for one in text.of("strange thing") if not _is_kind(one, wanted)]
    places = text.of("place", "strange place")
    used = frozenset({"name", "strange thing", "place", "strange place"})
    where = f" in the {' and the '.join(one.text for one in places)}" if places else ""
    here = bool(HERE.search(text.text)) and not places and not names
    if names or strange:
        return Filled(" and ".join(f"the {one.text}" for one in (*names, *strange)) + where, used)
    told = (bool(places) and not wanted.by_word) or not wanted.words.isdisjoint(text.words)
    if not told and (it := _it(text)):
        return it
    unsure = wanted.asked or (here and text.vocabulary.here is None)
    if wanted.called:
        found = {one.value for one in text.vocabulary.names if _is_called(one, wanted)}
        named = f"the {found.pop()}" if len(found) == 1 else wanted.otherwise
        spoken_of = not wanted.asked or not wanted.words.isdisjoint(text.words)
        return Filled(named + where, used, unsure) if spoken_of else None
    return Filled(_several(wanted, text) + where, used, unsure or not told)


def _it(text: Text) -> Filled | None:
    """What was spoken of, where nothing is named."""
    found = IT.search(text.text)
    named = text.of("name", "strange thing", "place", "strange place") or HERE.search(text.text)
    return Filled(found[0]) if found and not named else None


def _several(wanted: Things, text: Text) -> str:
    """ "The lights", all of them or one, as the text has it."""
    noun, every = wanted.otherwise.removeprefix("the "), bool(ALL.search(text.text))
    if "lamp" in wanted.words and (one := ONE.search(text.text)) and not every:
        return f"the {one[1]}"
    if "blind" in wanted.words:
        noun = next((word for word in text.words if word in wanted.words), noun)
    return f"all the {noun}" if every and noun.endswith("s") else f"the {noun}"


def _is_kind(mention: Mention, wanted: Things) -> bool:
    """Whether it says only of which kind something is: "the lights", "smart plug"."""
    return {*mention.text.split()} <= wanted.words | WHOLE


def _fits(name: Name, wanted: Things) -> bool:
    """Whether a thing of this name, which is said, may be meant."""
    return name.domain in wanted.kinds and (wanted.asked or not wanted.called or _is_called(name, wanted))


def _is_called(name: Name, wanted: Things) -> bool:
    return name.domain in wanted.kinds and not wanted.called.isdisjoint(name.text.split())


def _colour(text: Text) -> Filled | None:
    """The colour; of two, "from red to blue", the second."""
    found = text.of("colour")
    changed = len(found) == 2 and text.words[found[0].begin - 1] == "from"
    return Filled(found[-1].text, frozenset({"colour"})) if len(found) == 1 or changed else None


def _number(text: Text, unit: str, by: bool) -> Filled | None:
    found = text.of("number")
    if len(found) != 1:
        return None
    one = found[0]
    if by != (one.begin > 0 and text.words[one.begin - 1] == "by"):
        return None
    bare = one.text.split()[-1] not in ("percent", "degrees", "degree")
    said = f"{one.text} {unit}" if bare and not IT.search(text.text) else one.text
    return Filled(said, frozenset({"number"}))


def _degrees(text: Text) -> Filled | None:
    return _number(text, "degrees", True) or _number(text, "degrees", False)


def _time(text: Text) -> Filled | None:
    found = text.of("time", "number")
    said = " ".join(map(_moment, found)).removeprefix("for ")
    return Filled(said, frozenset({"time", "number"})) if found else None


def _today(text: Text) -> Filled | None:
    """Nothing: what is asked for is as it is now anyway."""
    found = text.of("time")
    return Filled("", frozenset({"time"})) if found and all(one.text in NOW for one in found) else None


def _moment(mention: Mention) -> str:
    """As templates say it: "in two minutes", "five thirty" for 530, "quarter past six"."""
    said = HUNDREDS.sub(r"\1", mention.text).replace(" after ", " past ")
    said = FROM_NOW.sub(r"in \1", said)
    return ONE_LENGTH.sub(r"\1 \2s", said)


def _alarm(text: Text) -> Filled | None:
    if ALL.search(text.text):
        return Filled("all alarms")
    found = ALARM.search(text.text)
    named = found is not None and found[1] and found[1] not in text.idle
    if found is not None and named and not text.of("time", "number"):
        return Filled(f"the {found[1]} alarm")
    return Filled(f"the {found[2] if found else 'alarm'}")


def _list(text: Text) -> Filled | None:
    found = text.of("list")
    if len(found) > 1:
        return None
    return Filled(f"the {found[0].text if found else 'list'}", frozenset({"list"}), not found)


EVERYTHING = frozenset({"name", "place", "colour", "number", "time", "strange thing", "strange place"})
"""What may be in words that are free."""


def _item(text: Text) -> Filled | None:
    """What is left of the text without the list and the words around."""
    rest = text.rest("list")
    while rest and text.words[rest[0]] in text.idle:
        rest.pop(0)
    while rest and text.words[rest[-1]] in text.idle:
        rest.pop()
    if not rest or len(rest) > LONGEST or rest[-1] - rest[0] >= len(rest):
        return None
    return Filled(" ".join(text.words[at] for at in rest), EVERYTHING)


def _new(text: Text) -> Filled | None:
    """How a new list shall be called."""
    if found := CALLED.search(text.text):
        return Filled(found[1], EVERYTHING | {"list"})
    said = text.of("list")
    name = said[-1].text.removesuffix("list").removesuffix("lists").strip() if said else ""
    return Filled(name, frozenset({"list"})) if name else None


def _task(text: Text) -> Filled | None:
    """What to be reminded of, without the times around it."""
    timed = {at for one in text.of("time") for at in range(one.begin, one.end)}
    marked = " ".join("|" if at in timed else word for at, word in enumerate(text.words))
    found = TASK.search(marked)
    task = found[1].strip("| ") if found else ""
    said = task and "|" not in task and not BARE.issuperset(task.split())
    return Filled(task, EVERYTHING - {"time"}) if said else None


def _place(text: Text) -> Filled | None:
    """A room to be cleaned, of which nothing else is named."""
    found = text.of("place", "strange place")
    others = text.of("strange thing", "name")
    if len(found) != 1 or not all(_is_kind(one, things()["vacuum"]) for one in others):
        return None
    return Filled(f"the {found[0].text}", frozenset({"place", "strange place", "strange thing", "name"}))


FILLERS = {
    "it": _it,
    "to": lambda text: _number(text, "percent", False),
    "by": lambda text: _number(text, "percent", True),
    "degrees": _degrees,
    "colour": _colour,
    "time": _time,
    "today": _today,
    "place": _place,
    "alarm": _alarm,
    "list": _list,
    "item": _item,
    "new": _new,
    "task": _task,
}
