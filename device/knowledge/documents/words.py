"""Text → the words that a search compares: lower case, numbers as digits, error codes whole, endings cut off."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

import snowballstemmer

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
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "if",
        "then",
        "so",
        "that",
        "this",
        "these",
        "those",
        "there",
        "here",
        "it",
        "its",
        "it's",
        "they",
        "them",
        "their",
        "he",
        "she",
        "we",
        "us",
        "our",
        "you",
        "your",
        "i",
        "me",
        "my",
        "mine",
        "one",
        "ones",
        "some",
        "any",
        "all",
        "both",
        "each",
        "every",
        "other",
        "another",
        "such",
        "only",
        "own",
        "same",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "do",
        "does",
        "did",
        "done",
        "doing",
        "have",
        "has",
        "had",
        "having",
        "can",
        "could",
        "may",
        "might",
        "must",
        "shall",
        "should",
        "will",
        "would",
        "what",
        "which",
        "who",
        "whom",
        "whose",
        "when",
        "where",
        "why",
        "how",
        "of",
        "in",
        "on",
        "at",
        "by",
        "for",
        "with",
        "from",
        "to",
        "into",
        "onto",
        "about",
        "as",
        "than",
        "too",
        "very",
        "just",
        "also",
        "not",
        "no",
        "nor",
        "please",
        "tell",
        "say",
        "says",
        "said",
        "mean",
        "means",
        "meaning",
        "know",
        "want",
        "wants",
        "need",
        "needs",
        "let",
        "lets",
        "get",
        "gets",
        "got",
        "getting",
        "go",
        "goes",
        "going",
        "make",
        "makes",
        "thing",
        "things",
        "something",
        "anything",
        "manual",
        "paper",
        "papers",
        "instructions",
        "booklet",
        "document",
        "according",
        "mynah",
        "i'm",
        "i've",
        "isn't",
        "doesn't",
        "don't",
        "can't",
        "won't",
        "what's",
        "how's",
        "where's",
        "that's",
        "there's",
        "ok",
        "okay",
        "well",
        "up",
        "out",
        "off",
        "over",
        "again",
        "once",
        "still",
        "yet",
        "ever",
        "always",
        "really",
        "actually",
        "happen",
        "happens",
        "wrong",
        "right",
    ]
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


_STEMMER = snowballstemmer.stemmer("english")


@functools.lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its ending: "descaling" and "descaled" → "descal"."""
    return str(_STEMMER.stemWord(word)).replace("'", "")


def stems(text: str) -> list[str]:
    """The stems of all words of `text`, in order."""
    return [stem(word) for word in words(text)]
