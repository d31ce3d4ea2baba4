"""What a text asks for in no order of words that a sentence has: "gate to close please", "mirror light on I'm
doing my make-up". Pure.

What is named and one word of what is to become of it make sentences of Mynah's own. That is too little to do
anything by; it is enough to ask whether it is meant. The words are data: `gist.yaml`.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from device.errors import SentencesError
from device.reading import yaml
from device.understanding.beside import ELSEWHERE
from device.understanding.frames import Text, idle
from device.understanding.mentions import Mention, mentions
from device.understanding.requesting import PAST, Mood, mood
from device.understanding.vocabulary import Vocabulary

FILE = Path(__file__).parent.parent / "skills" / "gist.yaml"
MOST = 16
"""Words of a text; more are a story."""
IT = re.compile(r"(?<!\S)(?:(?:it|them)|(?:that|this|the other) one)(?!\S)")
ELSEWHERE_THAN = re.compile(r"(?<!\S)(?:in|inside) (?:the|my|our) (\w+)")
OF = re.compile(r"(?<!\S)(\w+) (?:of|from) (?:the )?(\w+)(?!\S)")
ARTICLES = frozenset({"the", "my", "our", "a", "an"})
BEFORE_ON = frozenset({"turn", "switch", "put", "pop", "stick", "flick", "get"})
"""Verbs of an "on" that is no preposition."""
WEAK = frozenset({"on", "up", "down"})
"""Words that another deed may have beside it: "lock up", "shut down", "on low"."""
LEFT = re.compile(r"\bleft (?:on|off|open|unlocked)\b")
"""How something is."""
IT_WORDS = frozenset({"it", "them"})
BEFORE_TIMES = ("", "in ", "at ")


@dataclass(frozen=True, slots=True)
class Deed:
    words: frozenset[str]
    forms: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """The content of `gist.yaml`."""

    deeds: tuple[Deed, ...]
    with_value: frozenset[str]
    parts: tuple[tuple[re.Pattern[str], str], ...]
    kinds: frozenset[str]
    ahead: frozenset[str]
    never: frozenset[str]

    @functools.cached_property
    def told(self) -> frozenset[str]:
        return frozenset().union(*(deed.words for deed in self.deeds))


@functools.cache
def known() -> Words:
    """Raises SentencesError."""
    content = yaml.load(FILE, SentencesError)
    return Words(
        tuple(Deed(_set(one["words"]), tuple(one["forms"])) for one in content["deeds"]),
        _set(content["with_value"]),
        tuple((re.compile(rf"(?<!\S)(?:{one['said']})(?!\S)"), one["percent"]) for one in content["parts"]),
        _set(content["kinds"]),
        _set(content["ahead"]),
        _set(content["never"]),
    )


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def gists(said: str, vocabulary: Vocabulary) -> Iterator[str]:
    """Sentences that `said`, as it is spoken, may mean, the likeliest first; none where it names nothing of
    the home, or no one thing that is to become of it."""
    text = OF.sub(lambda found: _turned(found, vocabulary), said)
    text = text.replace(" and a half", " point five").replace("i am ", "i'm ")
    for part, percent in known().parts:
        text = part.sub(f"{percent} percent", text)
    words = tuple(text.split())
    named = Text(words, mentions(words, vocabulary), vocabulary, idle())
    free = named.rest("name", "place", "number", "colour", "time")
    if len(words) > MOST or named.of("list") or mood(named) is not Mood.ASKS:
        return
    if ELSEWHERE.search(text) or LEFT.search(text) or any(_tells(named, at) for at in free):
        return
    when = " ".join(one.text for one in named.of("time"))
    whens = [f" {before}{when}" for before in BEFORE_TIMES] if when else [""]
    for form, thing, when in itertools.product(_forms(named, free), _things(named, free), whens):
        yield form.format(thing) + when


def _tells(named: Text, at: int) -> bool:
    """Whether the word there makes a story of it: "the hall light shines", "tom opened"."""
    word = named.words[at]
    usual = word in known().kinds | known().told | known().ahead
    behind = any(one.end == at for one in named.of("name"))
    is_verb = word.endswith("s") and behind and not usual
    return word in known().never or is_verb or PAST.fullmatch(word) is not None


def _turned(found: re.Match[str], vocabulary: Vocabulary) -> str:
    """ "The lamp of the desk" is the desk lamp, where there is one."""
    name = f"{found[2]} {found[1]}"
    return name if any(one.text == name for one in vocabulary.names) else found[0]


def _forms(named: Text, free: Sequence[int]) -> Sequence[str]:
    """What is to become of the thing; nothing where it is not one and the same."""
    values = named.of("number", "colour")
    said = [named.words[at] for at in free if not _is_preposition(named, at)]
    told = [word for word in said if word in known().told and not (values and word in known().with_value)]
    if values:
        return () if told else [f"set {{}} to {value}" for value in _values(values)]
    told = [word for word in told if word not in WEAK] or told[:1]
    deeds = [deed for deed in known().deeds if not deed.words.isdisjoint(told)]
    return deeds[0].forms if len(deeds) == 1 else ()


def _values(values: Sequence[Mention]) -> Iterator[str]:
    """How a value is said in sentences; nothing where there are several."""
    if len(values) > 1:
        return
    text = values[0].text
    if values[0].kind == "colour":
        yield from dict.fromkeys((text, text.split()[-1]))
    else:
        yield from (text, f"{text} percent", f"{text} degrees")


def _is_preposition(named: Text, at: int) -> bool:
    """Whether it is the "on" of "on the landing" and "on television", or the "off" of "off the wall"."""
    words = named.words
    if words[at] not in ("on", "off") or at in (0, len(words) - 1) or words[at - 1] in BEFORE_ON:
        return False
    return words[at + 1] in ARTICLES | known().kinds or any(
        one.begin == at + 1 for one in named.of("name", "place")
    )


def _things(named: Text, free: Sequence[int]) -> Iterator[str]:
    """What is named, as sentences say it; nothing where it may be something that the home has not."""
    words, names, places = named.words, named.of("name"), named.of("place")
    kinds = [at for at in free if words[at] in known().kinds]
    if any(not _begins(named, at) for at in (*(one.begin for one in names), *kinds)):
        return
    if any(at in free and words[at] not in known().kinds for at in _elsewhere(named.text)):
        return
    where = f" in the {' and the '.join(one.text for one in places)}" if places else ""
    if names:
        things = " and ".join(dict.fromkeys(f"the {one.text}" for one in names))
        yield from dict.fromkeys((things + where, things))
    elif kind := {words[at] for at in kinds}:
        yield from (f"{'' if one == 'everything' else 'the '}{one}{where}" for one in kind if len(kind) == 1)
    elif places and any(one.text.endswith(("degree", "degrees")) for one in named.of("number")):
        yield f"the heating{where}"
    elif not places and (it := IT.search(named.text)) and all(words[at] in _usual() for at in free):
        yield it[0]


@functools.cache
def _usual() -> frozenset[str]:
    """Words around a pronoun, which may be about anything."""
    return known().ahead | known().told | IT_WORDS | {"one", "other"}


def _begins(named: Text, at: int) -> bool:
    """Whether no other name can begin before the word there."""
    inside = any(one.begin < at <= one.end for one in named.mentions)
    return at == 0 or inside or named.words[at - 1] in known().ahead


def _elsewhere(text: str) -> Iterator[int]:
    """Places of the words by which a room is named, or something that a thing is in."""
    return (len(text[: found.start(1)].split()) for found in ELSEWHERE_THAN.finditer(text))
