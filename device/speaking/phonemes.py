"""ARPAbet phones as the phonemes that hibari and Kokoro read: IPA with one letter for a diphthong."""

from __future__ import annotations

from collections.abc import Sequence

_VOWELS = {
    **{"AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "W", "AY": "I", "EH": "ɛ", "ER": "ɜɹ", "EY": "A"},
    **{"IH": "ɪ", "IY": "i", "OW": "O", "OY": "Y", "UH": "ʊ", "UW": "u"},
}
_WEAK = {"AH": "ə", "ER": "əɹ"}
"""Vowels that sound otherwise without stress."""
_CONSONANTS = {
    **{
        "B": "b",
        "CH": "ʧ",
        "D": "d",
        "DH": "ð",
        "F": "f",
        "G": "ɡ",
        "HH": "h",
        "JH": "ʤ",
        "K": "k",
        "L": "l",
    },
    **{"M": "m", "N": "n", "NG": "ŋ", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ", "T": "t", "TH": "θ", "V": "v"},
    **{"W": "w", "Y": "j", "Z": "z", "ZH": "ʒ"},
}
_STRESS = {"1": "ˈ", "2": "ˌ"}


def in_ipa(phones: Sequence[str]) -> str:
    """`phones` as one word: Z IH G B IY → "zˈɪɡbi". Without stress digits, the first full vowel has the
    stress."""
    if not any(phone[-1].isdigit() for phone in phones):
        phones = _stressed(phones)
    return "".join(map(_in_ipa, phones))


def _stressed(phones: Sequence[str]) -> list[str]:
    vowels = [at for at, phone in enumerate(phones) if phone in _VOWELS]
    full = next((at for at in vowels if phones[at] not in _WEAK), vowels[0] if vowels else None)
    return [f"{phone}1" if at == full else phone for at, phone in enumerate(phones)]


def _in_ipa(phone: str) -> str:
    plain, stress = phone.rstrip("012"), _STRESS.get(phone[-1], "")
    if plain not in _VOWELS:
        return _CONSONANTS[plain]
    return stress + (_VOWELS[plain] if stress else _WEAK.get(plain, _VOWELS[plain]))
