"""Text → the words that a search compares: numbers as digits, error codes whole, endings cut off."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from typing import Any

from device.understanding.numbers import ONES, TENS

_DIGITS = {word: number for number, word in enumerate(ONES)} | {"oh": 0}
_TENS = {word: 10 * number for number, word in enumerate(TENS) if number > 1}
_SIGNS = {"°c": " degrees ", "°f": " degrees ", "°": " degrees ", "%": " percent ", "’": "'", "&": " and "}
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))
_WRITTEN_CODE = re.compile(r"\b([a-z]{1,3})-?(\d{1,4})\b")
_WORD = re.compile(r"[^\W_]+(?:'[a-z]+)?")
_CODE = re.compile(r"[a-z]{1,3}\d{1,4}")
_NO_LETTERS_OF_CODES = frozenset(
    {"a", "i", "is", "in", "at", "to", "of", "by", "or", "on", "up", "no", "be", "the", "and", "for", "all"}
    | {"out", "has", "had", "are", "my", "it", "if", "as", "do", "us", "we", "me", "so", "an", "am", "than"}
)

STOP = frozenset(
    """
    a about according actually again all also always am an and another any anything are as at be been
    being booklet both but by can can't could did do document does doesn't doing don't done each ever
    every for from get gets getting go goes going got had happen happens has have having he here how
    how's i i'm i've if in instructions into is isn't it it's its just know let lets make makes manual
    may me mean meaning means might mine must my mynah need needs no nor not of off ok okay on once one
    ones only onto or other our out over own paper papers please really right said same say says shall
    she should so some something still such tell than that that's the their them then there there's
    these they thing things this those to too up us very want wants was we well were what what's when
    where where's which who whom whose why will with won't would wrong yet you your
    """.split()  # noqa: SIM905
)
"""Words that say nothing about what a question is about."""


def words(text: str) -> list[str]:
    """The words of `text`. "E-24", "E 24" and "e twenty four" are all "e24"."""
    text = _SIGN.sub(lambda sign: _SIGNS[sign[0]], text.lower())
    text = _WRITTEN_CODE.sub(r"\1\2", text)
    return _with_codes(_with_digits(_WORD.findall(text)))


def _with_digits(found: Sequence[str]) -> list[str]:
    """Numbers in words as digits: "twenty", "four" → "24"."""
    made: list[str] = []
    tens = False
    for word in found:
        if word in _TENS:
            made.append(str(_TENS[word]))
        elif word in _DIGITS and tens and 0 < _DIGITS[word] < 10:
            made[-1] = str(int(made[-1]) + _DIGITS[word])
        else:
            made.append(str(_DIGITS[word]) if word in _DIGITS and word != "oh" else word)
        tens = word in _TENS
    return made


def _with_codes(found: Sequence[str]) -> list[str]:
    """Letters with the digits behind them as one word: "e", "24" → "e24"; "a", "oh", "2" → "a02"."""
    made: list[str] = []
    for word in found:
        before = made[-1] if made else ""
        if word.isdigit() and before == "oh" and len(made) > 1 and len(made[-2]) == 1:
            made[-2:] = [f"{made[-2]}0{word}"]
        elif word.isdigit() and before.isalpha() and len(before) <= 2 and before not in _NO_LETTERS_OF_CODES:
            made[-1] = before + word
        elif (
            word.isdigit() and is_code(before) and len(before) < 4 and word in ("0", *map(str, range(1, 10)))
        ):
            made[-1] = before + word  # "e two four", digit by digit
        else:
            made.append(word)
    return made


def is_code(word: str) -> bool:
    """Whether it is an error code or the like, which stands for itself alone."""
    return bool(_CODE.fullmatch(word))


def content(found: Iterable[str]) -> list[str]:
    """Those of the words that say what a text is about."""
    return [word for word in found if word not in STOP]


@functools.cache
def _stemmer() -> Any:
    import snowballstemmer  # for those who have documents

    return snowballstemmer.stemmer("english")


@functools.lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its ending: "descaling" and "descaled" → "descal"."""
    return str(_stemmer().stemWord(word)).replace("'", "")


def stems(text: str) -> list[str]:
    """The stems of all words of `text`, in order."""
    return [stem(word) for word in words(text)]
