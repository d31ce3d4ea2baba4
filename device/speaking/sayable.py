"""Text as it is written → sentences as they are read out: words only, in pieces that a voice makes at once.

What `device.understanding.numbers` knows of numbers, times and signs holds for hearing and for speaking; here
come the units of appliances, dates, money and abbreviations. Pure, but for a line in the log.
"""

from __future__ import annotations

import html
import logging
import re
import unicodedata
from collections.abc import Iterator

from device.understanding.numbers import in_words, ordinal, words
from device.understanding.writing import fractions, readable

log = logging.getLogger(__name__)

LONGEST = 1000
"""Characters of a text that are read out: a minute of speech."""
PIECE = 120
"""Characters that a voice makes at once: seven seconds of speech. A longer sentence is cut behind a clause,
and its first sound does not wait for its last word."""

UNITS = {
    "W": ("watt", "watts"),
    "kW": ("kilowatt", "kilowatts"),
    "Wh": ("watt hour", "watt hours"),
    "kWh": ("kilowatt hour", "kilowatt hours"),
    "V": ("volt", "volts"),
    "A": ("ampere", "amperes"),
    "mA": ("milliampere", "milliamperes"),
    "Hz": ("hertz", "hertz"),
    "lx": ("lux", "lux"),
    "lm": ("lumen", "lumens"),
    "dB": ("decibel", "decibels"),
    "ppm": ("part per million", "parts per million"),
    "ppb": ("part per billion", "parts per billion"),
    "µg/m³": ("microgram per cubic meter", "micrograms per cubic meter"),
    "hPa": ("hectopascal", "hectopascals"),
    "Pa": ("pascal", "pascals"),
    "mbar": ("millibar", "millibars"),
    "bar": ("bar", "bar"),
    "mm": ("millimeter", "millimeters"),
    "cm": ("centimeter", "centimeters"),
    "m": ("meter", "meters"),
    "km": ("kilometer", "kilometers"),
    "m²": ("square meter", "square meters"),
    "m³": ("cubic meter", "cubic meters"),
    "km/h": ("kilometer per hour", "kilometers per hour"),
    "m/s": ("meter per second", "meters per second"),
    "mph": ("mile per hour", "miles per hour"),
    "g": ("gram", "grams"),
    "kg": ("kilogram", "kilograms"),
    "ml": ("milliliter", "milliliters"),
    "l": ("liter", "liters"),
    "L": ("liter", "liters"),
    "kB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
    "s": ("second", "seconds"),
}
"""What is written behind a number: how one and several of it are said."""
MONEY = {"$": ("dollar", "dollars"), "€": ("euro", "euros"), "£": ("pound", "pounds")}
ABBREVIATIONS = {
    "e.g.": "for example",
    "i.e.": "that is",
    "etc.": "et cetera",
    "approx.": "approximately",
    "vs.": "versus",
    "Dr.": "Doctor",
    "Mr.": "Mister",
    "Mrs.": "Missus",
    "Ms.": "Miz",
}
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"

_ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TAG = re.compile(r"</?[A-Za-z?!][^<>]*>")
_LINES = re.compile(r"\s*[\r\n\u2028\u2029]+\s*")
_MINUS = re.compile(r"[\u2212\u2010\u2011](?=\d)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_RANGE = re.compile(r"(?<=\d)\s?[-–—]\s?(?=\d)")
_DATE = re.compile(rf"\b({MONTHS}) (\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (\d{{4}})\b)?")
_MONEY = re.compile(r"([$€£])\s?(\d+)(?:\.(\d\d))?(?![\d.])")
_LONGEST_FIRST = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_UNIT = re.compile(rf"(?<![\w.])(-?\d+(?:\.\d+)?)\s?({_LONGEST_FIRST})(?![\w/])")
_ABBREVIATION = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, ABBREVIATIONS))})(?!\w)")
_BETWEEN = re.compile(r"(?<=\w)[/_|](?=\w)|[_*#~^|\\<>{}\[\]=]")
_BEFORE_MARK = re.compile(r"\s+(?=[,.;:!?…])")
_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=\S)")
_CLAUSE = re.compile(r"(?<=[,;:—–])\s+")


def sentences(text: str) -> tuple[str, ...]:
    """`text` in pieces to be read out one after the other, none longer than about PIECE characters.

    Tags and control characters are left out. What is longer than LONGEST is cut behind a sentence, and what
    has no letters that English has is not read out; the log says so.
    """
    text = _cut(_cleaned(text))
    if not _is_latin(text):
        log.warning("this cannot be read out, it is not written in Latin letters: %.60s", text)
        return ()
    return tuple(piece for line in text.split("\n") for piece in _pieces(written_out(line)))


def written_out(line: str) -> str:
    """One line in words: "21.5 °C on March 6" → "twenty one point five degrees Celsius on March sixth"."""
    line = fractions(readable(_MINUS.sub("-", line)))
    line = _THOUSANDS.sub("", line)
    line = _DATE.sub(_say_date, line)
    line = _MONEY.sub(_say_money, line)
    line = _UNIT.sub(_say_unit, _RANGE.sub(" to ", line))
    line = _ABBREVIATION.sub(lambda match: ABBREVIATIONS[match[1]], line)
    line = _BETWEEN.sub(" ", in_words(line))
    return _BEFORE_MARK.sub("", " ".join(line.split()))


def _cleaned(text: str) -> str:
    """Without tags and control characters; what ends a line stays."""
    text = _LINES.sub("\n", html.unescape(_TAG.sub(" ", _ESCAPE.sub(" ", text))))
    kept = (letter if letter.isprintable() or letter == "\n" else " " for letter in text)
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    log.warning("a text of %d characters is read out as far as the first %d go", len(text), LONGEST)
    ends = [match.start() for match in re.finditer(r"(?<=[.!?…])(?=\s)|\n", text[: LONGEST + 1])]
    return text[: ends[-1]] if ends else text[:LONGEST].rpartition(" ")[0] or text[:LONGEST]


def _is_latin(text: str) -> bool:
    """Whether at least one of its letters is, or it has none and is a number or nothing."""
    letters = [letter for letter in text if letter.isalpha()]
    return not letters or any("LATIN" in unicodedata.name(letter, "") for letter in letters)


def _pieces(line: str) -> Iterator[str]:
    for sentence in _END.split(line):
        piece = ""
        for clause in _CLAUSE.split(sentence):
            if piece and len(piece) + len(clause) >= PIECE:
                yield from _halved(piece)
                piece = clause
            else:
                piece = f"{piece} {clause}" if piece else clause
        yield from _halved(piece)


def _halved(piece: str) -> Iterator[str]:
    """A clause that is longer than PIECE itself, cut between two words; nothing where nothing can be said."""
    while len(piece) > PIECE:
        at = piece.rfind(" ", 0, PIECE)
        at = at if at > 0 else PIECE
        yield piece[:at]
        piece = piece[at:].strip()
    if any(letter.isalnum() for letter in piece):
        yield piece


def _say_date(match: re.Match[str]) -> str:
    month, day, year = match.groups()
    if not 1 <= int(day) <= 31:
        return match[0]
    return f"{month} {ordinal(int(day))}" + (f", {_year(int(year))}" if year else "")


def _year(year: int) -> str:
    """1999 → "nineteen ninety nine", 2026 → "twenty twenty six", 2005 → "two thousand five"."""
    century, rest = divmod(year, 100)
    if rest < 10 and century % 10 == 0:
        return words(year)
    return f"{words(century)} " + ("hundred" if not rest else f"{'oh ' if rest < 10 else ''}{words(rest)}")


def _say_money(match: re.Match[str]) -> str:
    sign, whole, cents = match.groups()
    text = f"{whole} {MONEY[sign][int(whole) != 1]}"
    return f"{text} {cents}" if cents and int(cents) else text


def _say_unit(match: re.Match[str]) -> str:
    number, unit = match.groups()
    return f"{number} {UNITS[unit][float(number) not in (1, -1)]}"
