"""Numbers as they are said, and typed text as it would be said.

What the decoder hears is words, so grammar and understanding know numbers as words only: "25%" that was
typed becomes "twenty five percent" before it is matched. The voice reads numbers out in the same words.
"""

from __future__ import annotations

import re

from device.understanding.writing import written_out

ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

SYMBOLS = {
    "%": " percent ",
    "°c": " degrees celsius ",
    "°f": " degrees fahrenheit ",
    "°": " degrees ",
    "&": " and ",
    "+": " plus ",
    "@": " at ",
}
UNITS = {"h": "hours", "hr": "hours", "hrs": "hours", "min": "minutes", "mins": "minutes", "sec": "seconds"}
"""What is written behind a number and said as a word."""
_UNIT = re.compile(rf"(?<=\d)\s*({'|'.join(UNITS)})\b\.?", re.IGNORECASE)
_CLOCK = re.compile(r"(?<![\w.:])(\d{1,2}):(\d{2})(?![\w:])")
_HALF_OF_DAY = re.compile(r"(?<=\d)\s*([ap])\.?\s?(m)\b\.?", re.IGNORECASE)
_SYMBOL = re.compile("|".join(map(re.escape, SYMBOLS)), re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])(-?)(\d+)(?:[.,](\d+))?(?![\d])")
_ORDINAL = re.compile(r"(?<![\w.])(\d{1,2})(?:st|nd|rd|th)\b", re.IGNORECASE)
_NOT_A_WORD = re.compile(r"[^\w' ]|_")
_LETTERS_AND_DIGITS = re.compile(r"(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d)")

_ALIKE = {ONES[number]: TENS[number - 10] for number in range(13, 20)}
ALIKE = {**_ALIKE, **{tens: teen for teen, tens in _ALIKE.items()}}
"""Numbers that sound alike: fifteen and fifty."""


def words(number: int) -> str:
    """`number`, -9999 to 999,999, in words without "and" or hyphens: 125 → "one hundred twenty five"."""
    if number < 0:
        return f"minus {words(-number)}"
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + (f" {ONES[number % 10]}" if number % 10 else "")
    size, name = (100, "hundred") if number < 1000 else (1000, "thousand")
    rest = number % size
    return f"{words(number // size)} {name}" + (f" {words(rest)}" if rest else "")


ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
            "nine": "ninth", "twelve": "twelfth"}  # fmt: skip


def ordinal(number: int) -> str:
    """ "first", "twelfth", "twenty first": the place that has `number`, 1 to 99."""
    *before, last = words(number).split()
    stem = f"{last[:-1]}ie" if last.endswith("y") else last
    return " ".join((*before, ORDINALS.get(last, f"{stem}th")))


def spellings(number: float) -> tuple[str, ...]:
    """Every way in which `number` is said, the usual one first. `number` has at most one decimal."""
    whole, tenth = divmod(round(abs(number) * 10), 10)
    bases = [words(whole)]
    if whole == 0:
        bases.append("nought")
    if 100 < whole < 1000 and whole % 100:
        bases.append(f"{words(whole // 100 * 100)} and {words(whole % 100)}")
    if 100 <= whole < 200:
        bases += [f"a{base.removeprefix('one')}" for base in bases]
    if 1000 < whole < 10000 and whole % 1000 >= 100 and whole % 100 == 0:
        bases.append(f"{words(whole // 100)} hundred")
    if number < 0:
        bases = [f"minus {base}" for base in bases]
    if tenth == 0:
        return tuple(bases)
    said = [f"{base} point {ONES[tenth]}" for base in bases]
    return (*said, *(f"{base} and a half" for base in bases)) if tenth == 5 else tuple(said)


def spoken(text: str) -> str:
    """`text` as words to be said: lower case, digits and symbols as words, no punctuation.

    "Set the Lamp to 25%!" → "set the lamp to twenty five percent"; "lamp2" → "lamp two"; "2nd" → "second";
    "7:05pm" → "seven oh five p m".
    """
    text = in_words(written_out(text))
    text = _NOT_A_WORD.sub(" ", text)
    return " ".join(word for word in (part.strip("'") for part in text.split()) if word)


def in_words(text: str) -> str:
    """`text` with its digits and symbols as words. All else stays as it is: case, punctuation, spaces."""
    text = _HALF_OF_DAY.sub(r" \1 \2", text)
    text = _UNIT.sub(lambda match: f" {UNITS[match[1].lower()]}", text)
    text = _CLOCK.sub(_say_clock, text)
    text = _ORDINAL.sub(lambda match: ordinal(int(match[1])), text)
    text = _SYMBOL.sub(lambda match: SYMBOLS[match[0].lower()], text)
    text = _NUMBER.sub(_say, text)
    text = _LETTERS_AND_DIGITS.sub(" ", text)
    return re.sub(r"\d+", lambda match: f" {words(int(match[0]))} " if len(match[0]) < 7 else " ", text)


def _say_clock(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    if not minute:
        return f"{words(hour)} o'clock"
    return f"{words(hour)} {'oh ' if minute < 10 else ''}{words(minute)}"


def _say(match: re.Match[str]) -> str:
    sign, whole, decimals = match.groups()
    if len(whole) > 6:
        return " ".join(ONES[int(digit)] for digit in whole)
    said = [words(int(whole))]
    if decimals and decimals.strip("0"):
        said += ["point", *(ONES[int(digit)] for digit in decimals.rstrip("0"))]
    return f" {'minus ' if sign else ''}{' '.join(said)} "
