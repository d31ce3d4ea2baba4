"""Other words for the same, which are looked at where the words as they are mean nothing. Pure.

Nothing that carries meaning is dropped: a reading counts only if all of it is understood.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from device.errors import SentencesError
from device.reading import yaml
from device.understanding.numbers import ONES, TENS, spoken

FILE = Path(__file__).parent.parent / "skills" / "rewordings.yaml"

SHARED = re.compile(
    r"(?P<verb>(?:turn|switch|put) on|turn|switch|set|dim|brighten|change|make|put|adjust|open|close)"
    r" (?P<things>(?!on |off |up |down )\S.*? and \S.*?)"
    r" (?P<value>(?:(?:up |down )?to|at) (?:\S+ ){0,4}\S+)"
)
"""A value for several things, said once: "set the lamp and the radio to twenty percent"."""
OWN_VALUE = re.compile(
    r"\b(?:percent|degrees|to|at|turn|switch|set|dim|open|close|lock|unlock|start|stop|play|pause|put|make|then)\b"
)
"""What says that a thing among several has a verb or a value of its own."""
APART = re.compile(r"\b(turn|switch|put) (?!on |off )(\S.* and .*\S) (on|off)$")
"""Several things between a verb and its particle."""

LESS = {
    **dict.fromkeys(("dark", "dim", "gloomy"), "brighter"),
    **dict.fromkeys(("bright", "light"), "darker"),
    **dict.fromkeys(("loud", "noisy"), "quieter"),
    **dict.fromkeys(("quiet", "soft"), "louder"),
    **dict.fromkeys(("warm", "hot"), "cooler"),
    **dict.fromkeys(("cold", "cool", "chilly"), "warmer"),
}
"""What is less of a quality."""
LESS_OF = re.compile(rf"\b(?:less|not (?:so|as|that|quite so)) ({'|'.join(LESS)})\b")

NUMBER = rf"(?:(?:{'|'.join((*ONES, *TENS, 'a', 'hundred', 'and', 'half', 'point'))}) ?)+(?<! )"
"""A number in words."""

RAISED = re.compile(r"(?P<things>.+?) (?:(?:all the way|right|back) )?(?P<state>up|down)")
"""A blind and where it is to be, without a verb: "blinds down". "Open" also says how a thing is."""
SWITCHED = re.compile(r" (?:on|off)\b")
BOTH_WAYS = re.compile(r"(?P<first>.+? (?:on|off)) (?P<second>(?!and |then |with |the way )\S.* (?:on|off))")
"""Two things and how each is to be: "night light off big light on"."""
VALUED = re.compile(rf"(?P<things>.+?) (?:(?:to|at|on) )?(?P<value>{NUMBER}(?: percent| degrees)?|half|full)")
"""A thing and its value, without a verb: "conservatory heating nineteen"."""
BETTER = re.compile(
    r"(?P<before>(?:brighter|darker|dimmer|louder|quieter|warmer|cooler|faster|slower) )?(?P<things>.+?)"
    r"(?P<behind> (?:brighter|darker|dimmer|louder|quieter|warmer|cooler|faster|slower))?"
)
"""A thing and what it is to be more, without a verb: "louder radio"."""
I_AM = (
    r"(?:i'?m|i am|i've|i have|we're|we are|we've|we have|it'?s|it is|there's|there are|i|we"
    r"|(?:my|the|our) \w+(?: \w+)?(?: is| are|'s))"
)
REASONS = re.compile(
    rf"^{I_AM} [^,.;!?]+[,.;!?]+ *(?:and |so |then )*(?=\S)"
    rf"|,? +(?:because|since|as) (?:{I_AM}|there|my)\b[^,.;!?]*[.!?]*$"
    rf"|[,;]+ *{I_AM} [^,.;!?]+[.!?]*$",
    re.IGNORECASE,
)
"""A reason beside a request: "it's getting dark, …"."""
MORE_THAN_REASONS = re.compile(
    r"\b(?:not|no|never|if|when|whenever|once|until|till|unless|after|before|while|as soon|except|only"
    r"|instead|rather|kidding|joking|testing|already|said|told|asked|mean|meant|sorry|think|thought|wonder|might|would"
    r"|could|should|\d+)\b|n't\b",
    re.IGNORECASE,
)


def without_less(text: str) -> str:
    """`text` with "brighter" for "less dark"."""
    return LESS_OF.sub(lambda found: LESS[found[1]], text)


def ahead(text: str) -> Iterator[str]:
    """Readings of `text`, as it is spoken, that come before its own words: a value said once for several."""
    if value := SHARED.fullmatch(text):
        things = value["things"].removeprefix("both ").split(" and ")
        if not any(OWN_VALUE.search(thing) for thing in things):
            for verb in dict.fromkeys((value["verb"], "set")):
                for each in (_elsewhere(things), things):
                    yield " and ".join(f"{verb} {thing} {value['value']}" for thing in each)


def _elsewhere(things: Sequence[str]) -> Sequence[str]:
    """ "The blinds in the hall and the office" are the blinds in the office, too."""
    what, where, _ = things[0].partition(" in ")
    return [things[0], *(f"{what} in {thing}" for thing in things[1:])] if where else things


def other(text: str, place: Callable[[str], str]) -> Iterator[str]:
    """Other ways to say `text`, as they are spoken. `place`: the room or floor that is named in a text."""
    for written in (text, _without_reason(text, place)):
        for joined in (written, written.replace(",", " and ")):
            said = spoken(joined)
            yield from (said, APART.sub(r"\1 \3 \2", said), reworded(said))


def without_verb(text: str) -> Iterator[str]:
    """What `text`, which only names things and how they are to be, asks for."""
    if (better := BETTER.fullmatch(text)) and bool(better["before"]) != bool(better["behind"]):
        quality = (better["before"] or better["behind"]).strip()
        yield f"make {better['things']} {quality}"
    if raised := RAISED.fullmatch(text):
        yield f"{'open' if raised['state'] == 'up' else 'close'} {raised['things']}"
    if both := BOTH_WAYS.fullmatch(text):
        yield f"turn {both['first']} and turn {both['second']}"
    if SWITCHED.search(text):
        yield f"turn {text}"
    if " to " in text:
        yield f"set {text}"
        return
    if valued := VALUED.fullmatch(text):
        yield f"set {valued['things']} to {valued['value']}"
    things, _, value = text.rpartition(" ")
    yield f"set {things} to {value}"


def _without_reason(text: str, place: Callable[[str], str]) -> str:
    """`text` without "I'm making dinner, …", where that sets no condition. Of "it's dark in the hall, …" the
    hall is kept."""
    for found in REASONS.finditer(text):
        if not MORE_THAN_REASONS.search(found[0]):
            there = place(spoken(found[0]))
            where = re.search(
                rf"\b(?:(?:in|on|at) (?:the |my |our )?)?{re.escape(there)}\b", spoken(found[0])
            )
            text = text.replace(found[0], "", 1).rstrip(".!? ")
            text = f"{text} {where[0]}" if there and where else text
    return text


def reworded(text: str) -> str:
    """`text`, as it is spoken, in the words of `rewordings.yaml`."""
    text = without_less(text)
    for pattern, means in _rewordings():
        text = pattern.sub(means, text)
    return " ".join(text.split())


@functools.cache
def _rewordings() -> tuple[tuple[re.Pattern[str], str], ...]:
    entries = yaml.load(FILE, SentencesError).sequence("rewordings", "rewordings").tables("a rewording")
    said = ((str(one["said"]).replace("{number}", NUMBER), str(one["means"])) for one in entries)
    return tuple((re.compile(pattern), means) for pattern, means in said)
