"""Posteriors as an acoustic model would give them, made from pronunciations; and templates from text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from hassil.expression import Sentence
from hassil.intents import SlotList, TextSlotList
from hassil.parse_expression import parse_sentence

from device.hearing.grammar import SILENCE
from device.hearing.lexicon import PHONES as SPEECH
from device.hearing.lexicon import Lexicon

PHONES = (SILENCE, *SPEECH)
PRIOR = np.full(len(PHONES), -np.log(len(PHONES)), np.float32)


@dataclass(frozen=True)
class Group:
    sentences: tuple[Sentence, ...]
    lists: Mapping[str, SlotList] = field(default_factory=dict)
    rules: Mapping[str, Sentence] = field(default_factory=dict)
    follows: bool = False
    cost: float = 0.0
    leads: bool = False


def group(
    *sentences: str, lists: Mapping[str, Iterable[str]] | None = None, rules: Mapping[str, str] | None = None
) -> Group:
    return Group(
        tuple(parse_sentence(text) for text in sentences),
        {name: TextSlotList.from_strings(values, name=name) for name, values in (lists or {}).items()},
        {name: parse_sentence(text) for name, text in (rules or {}).items()},
    )


def phones_of(text: str, lexicon: Lexicon, random: np.random.Generator) -> list[str]:
    """One of the pronunciations of `text`, with silence at both ends and sometimes between words."""
    phones = [SILENCE]
    for word in text.split():
        choices = lexicon.pronunciations(word)
        phones += choices[random.integers(len(choices))]
        if random.random() < 0.2:
            phones.append(SILENCE)
    return [*phones, SILENCE]


STRANGERS = [
    "yesterday we ran along the river",
    "her grandfather used to repair watches",
    "is anybody going to eat that last potato",
    "the train to leeds was late again",
]
"""What people say who want nothing of us."""


def posteriors(
    phones: Iterable[str], random: np.random.Generator, noise: float = 1.0, shortest: int = 1
) -> npt.NDArray[np.float32]:
    """(frames, phones) log posteriors: each phone lasts `shortest` to 5 frames of 30 ms.

    The right phone's logit is 4 above the others', and Gaussian `noise` is added to all.
    """
    frames: list[int] = []
    for phone in phones:
        length = random.integers(5, 12) if phone == SILENCE else random.integers(shortest, 6)
        frames += [PHONES.index(phone)] * int(length)
    logits = random.normal(0.0, noise, (len(frames), len(PHONES)))
    logits[np.arange(len(frames)), frames] += 4.0
    return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), np.float32)
