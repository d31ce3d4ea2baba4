"""Pronunciations that espeak-ng makes, as ARPAbet phones; of words in other languages, by their letters."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping

from device.errors import LexiconError

Pronunciation = tuple[str, ...]

LETTERS: Mapping[str, str] = {
    "de": "äöüß",
    "fr": "éèêëàâçîïôûùœ",
    "es": "ñáíóúé",
    "nb": "øæå",
    "sv": "åäö",
    "pl": "łżźśćńąęó",
    "cs": "ěščřžýůťďňáíé",
    "pt": "ãõçáêóú",
    "hu": "őűáéíóöúü",
    "tr": "ğşıçöü",
    "ro": "ățșşţâî",
    "it": "òìùàè",
}
"""Letters that tell a language, by its name in espeak-ng; of two that have as many of a word, the first."""


def language(word: str) -> str | None:
    """The language of a word in lower case, as far as its letters tell; None for plain ones."""
    counts = {name: sum(letter in letters for letter in word) for name, letters in LETTERS.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


def native(words: Iterable[str]) -> dict[str, Pronunciation]:
    """word → phones as in its own language, for those of `words` in lower case that have one."""
    by_language: dict[str, list[str]] = {}
    for word in words:
        if name := language(word):
            by_language.setdefault(name, []).append(word)
    read = (espeak_readings(words, name) for name, words in by_language.items())
    return {word: phones for some in read for word, phones in some.items() if phones}


_ESPEAK_TABLE = """
p:P b:B t:T d:D k:K g:G f:F v:V T:TH D:DH s:S z:Z S:SH Z:ZH h:HH m:M n:N N:NG l:L r:R w:W j:Y tS:CH dZ:JH
t#:T t2:T ?:T x:K C:K l#:L r-:R n-:AH,N m-:AH,M @L:AH,L A~:AA,N O~:AO,N
a:AE aa:AA A:AA E:EH I:IH i:IY 0:AA O:AO O2:AO U:UH u:UW V:AH @:AH a#:AH o:OW e:EY y:UW Y:UH W:ER
3:ER aI:AY aU:AW eI:EY oU:OW OI:OY
E~:AE,N W~:AH,N n^:N,Y l^:L,Y L:L c:K J^:D,Y Q:G **:R *:R R:R R^:R r^:R 8:UW h:HH ts:T,S dz:D,Z
A@:AA,R e@:EH,R i@:IY,AH i@3:IH,R o@:AO,R O@:AO,R U@:UH,R aI@:AY,AH aI3:AY,ER aU@:AW,ER
"""
_ESPEAK = dict(entry.rsplit(":", 1) for entry in _ESPEAK_TABLE.split())
"""espeak-ng's phoneme mnemonics → ARPAbet; length marks and digits are dropped where not listed."""
_ABROAD = {"x": "HH", "C": "SH", "a": "AA"}
"""Those that an English accent says otherwise."""


def espeak_readings(words: list[str], accent: str = "en-us") -> dict[str, Pronunciation | None]:
    """word → phones for all `words`, in one call; None where espeak-ng has nothing to say."""
    # an empty line between words makes each a sentence, and each sentence is one line of the answer
    command = ["espeak-ng", "-q", "-x", "--sep=_", "-v", accent, "--stdin"]
    try:
        answer = subprocess.run(
            command,
            input="\n\n".join(words) + "\n",
            capture_output=True,
            encoding="utf-8",
            check=True,
            timeout=600,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise LexiconError(f"espeak-ng failed, reinstall it or add words to your lexicon: {error}") from None
    lines = [line for line in answer.stdout.splitlines() if line.strip()]
    if len(lines) != len(words):
        if len(words) == 1:
            return {words[0]: None}
        return {word: phones for one in words for word, phones in espeak_readings([one], accent).items()}
    table = _ESPEAK if accent.startswith("en") else {**_ESPEAK, **_ABROAD}
    return {word: _from_espeak(line, table) for word, line in zip(words, lines, strict=True)}


def _from_espeak(line: str, table: Mapping[str, str]) -> Pronunciation | None:
    phones: list[str] = []
    for symbol in re.split(r"[_\s]+", line.strip()):
        bare = symbol.lstrip("',%=|")
        forms = (bare, bare.rstrip(":"), bare.rstrip(":;#-0123456789"))
        mapped = next((table[form] for form in forms if form in table), "")
        for phone in filter(None, mapped.split(",")):
            if not (phone == "R" and phones[-1:] in (["R"], ["ER"])):
                phones.append(phone)
    return tuple(phones) or None
