"""Text as people write it → words as they say it: ordinals, fractions, signs and names in CamelCase. Pure."""

from __future__ import annotations

import re
import unicodedata

ORDINALS = (
    *("zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth"),
)
TENTHS = {
    **{2: "twentieth", 3: "thirtieth", 4: "fortieth", 5: "fiftieth"},
    **{6: "sixtieth", 7: "seventieth", 8: "eightieth", 9: "ninetieth"},
}
TENS = ("", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
FRACTIONS = {
    **{"½": "half", "⅓": "third", "⅔": "two thirds", "¼": "quarter", "¾": "three quarters", "⅛": "eighth"},
    **{"1/2": "half", "1/3": "third", "2/3": "two thirds", "1/4": "quarter", "3/4": "three quarters"},
}
AFTER_NUMBERS = {"half": "a half", "third": "a third", "quarter": "a quarter", "eighth": "an eighth"}
""" "1½" is "one and a half"."""
APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ´`", "'"))
WHOLE = frozenset({"youtube", "playstation", "chromecast", "homepod", "airpods", "facetime"})
"""What is written in CamelCase and is one word."""

PICTURES = ("So", "Cs", "Co", "Cn")
"""Categories of Unicode's characters: from FIRST_PICTURE on; "°" is one of them before."""
FIRST_PICTURE = "\u2190"
JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")

_CAMEL = re.compile(r"(?<=[a-zà-ÿ]{3})(?=[A-ZÀ-Þ](?:[a-zà-ÿ]{2}|[A-Z]+\b))|(?<=[A-Z]{2})(?=[A-Z][a-zà-ÿ]{2})")
_FRACTION = re.compile(r"(?:(\d) ?)?([½⅓⅔¼¾⅛])|(?<![\d/.])(?:(\d) )?([123]/[234])(?![\d/])")
_ORDINAL = re.compile(r"(?<![\w.])(\d{1,2})(?:st|nd|rd|th)\b")
_NUMBER_SIGN = re.compile(r"(?:#|№|\bn[°º]\.?|\bnr\.?|\bno\.)\s?(?=\d)")
_MARKS = re.compile("[™®©]")
_GAS = re.compile(r"\bco2\b")


def written_out(text: str) -> str:
    """`text` in lower case, in which what is not said as it is written stands as it is said.

    "2nd floor" → "second floor"; "½ bath" → "half bath"; "Lamp #3" → "lamp number 3"; "KitchenLight" →
    "kitchen light". Numbers and most signs are left to `numbers.spoken`.
    """
    text = unicodedata.normalize("NFC", _MARKS.sub(" ", text)).translate(APOSTROPHES)
    text = _apart(text)
    text = _NUMBER_SIGN.sub(" number ", text.casefold())
    text = fractions(text)
    text = _ORDINAL.sub(lambda match: f" {ordinal(int(match[1]))} ", text)
    return _GAS.sub("c o 2", unicodedata.normalize("NFKC", text).casefold())


def fractions(text: str) -> str:
    """`text` with fractions in words: "1½" → "1 and a half"."""
    return _FRACTION.sub(_fraction, text)


def _apart(text: str) -> str:
    """The words of what is written in CamelCase."""
    return " ".join(word if word.casefold() in WHOLE else _CAMEL.sub(" ", word) for word in text.split(" "))


def readable(text: str) -> str:
    """`text` in words that can be read out: without emoji and other pictures, "KitchenLight" as two."""
    text = _apart(text)
    kept = (" " if _is_picture(each) else each for each in text if each not in JOINERS)
    return " ".join("".join(kept).split()) or text


def _is_picture(character: str) -> bool:
    return character >= FIRST_PICTURE and unicodedata.category(character) in PICTURES


def ordinal(number: int) -> str:
    """0 to 99: 21 → "twenty first"."""
    tens, ones = divmod(number, 10)
    if number < 20:
        return ORDINALS[number]
    return f"{TENS[tens]} {ORDINALS[ones]}" if ones else TENTHS[tens]


def _fraction(match: re.Match[str]) -> str:
    before, written = match[1] or match[3], match[2] or match[4]
    if written not in FRACTIONS:
        return match[0]
    said = FRACTIONS[written]
    return f"{before} and {AFTER_NUMBERS.get(said, said)} " if before else f" {said} "
