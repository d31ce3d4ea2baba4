"""Phrases of sentence templates, such as Home Assistant's, said by voices that training never heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import yaml
from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    TextChunk,
)
from hassil.intents import TextSlotList
from tqdm import tqdm

from device.audio.wav import write
from device.errors import MynahError, SentencesError
from device.understanding.sentences import Sentences
from device.understanding.template_group import TemplateGroup
from device.understanding.templates import Block, read, template_files
from device.understanding.vocabulary import Speakable
from training.corpus import synthesis
from training.evaluate.hearing import Clip


def sayable_groups(folder: Path, home: Speakable) -> list[TemplateGroup]:
    """The templates under `folder` of the intents that we have, a group each.

    Without those that need lists or rules that are not ours, or something that `home` lacks. A folder of
    files bears the name of their intent. MynahError if there is none.
    """
    ours = Sentences.load()
    intents = {block.intent for block in ours.blocks}
    blocks = [
        one
        for file in template_files([folder])
        for block in _commonly_said(file)
        if block.intent in intents
        for one in _known(block, ours)
    ]
    groups = list(Sentences(blocks, ours.lists, ours.rules).groups(home))
    if not groups:
        raise MynahError(
            f"{folder}: nothing in it can be said in this home; name a folder with one for each intent"
        )
    return groups


def _commonly_said(file: Path) -> list[Block]:
    """The blocks that Home Assistant marks as what people say (`speech_to_phrase`)."""
    data = yaml.safe_load(file.read_text(encoding="utf-8")).get("data") or []
    marked = [bool(block.get("speech_to_phrase")) for block in data]
    return (
        [block for block, mark in zip(read(file).blocks, marked, strict=True) if mark] if any(marked) else []
    )


def _known(block: Block, ours: Sentences) -> Iterator[Block]:
    """A block for each template of `block` that needs no list or rule but its own and `ours`."""
    for template in block.templates:
        one = replace(block, templates=(template,))
        try:
            Sentences([one], ours.lists, ours.rules)
        except SentencesError:
            continue
        yield one


def phrases(groups: Sequence[TemplateGroup], count: int, rng: np.random.Generator) -> list[str]:
    """`count` phrases: any template, and any way to say it, all as likely."""
    templates = [(group, sentence) for group in groups for sentence in group.sentences]
    drawn: list[str] = []
    while len(drawn) < count:
        group, sentence = templates[rng.integers(len(templates))]
        text = " ".join(one_way(sentence.expression, group, lambda n: int(rng.integers(n))).split())
        if text:
            drawn.append(text)
    return drawn


def one_way(expression: Expression, group: TemplateGroup, choose: Callable[[int], int]) -> str:
    """One of the texts that `expression` stands for; `choose` draws below a number."""

    def said(part: Expression) -> str:
        return one_way(part, group, choose)

    if isinstance(expression, TextChunk):
        return expression.text
    if isinstance(expression, RuleReference):
        return said(group.rules[expression.rule_name].expression)
    if isinstance(expression, ListReference):
        values = group.lists[expression.list_name]
        assert isinstance(values, TextSlotList)
        value = said(values.values[choose(len(values.values))].text_in)
        return value + (" " if expression.is_end_of_word else "")
    if isinstance(expression, Permutation):
        items = list(expression.items)
        return " ".join(said(items.pop(choose(len(items)))) for _ in range(len(items)))
    if isinstance(expression, Alternative):
        return said(expression.items[choose(len(expression.items))])
    assert isinstance(expression, Group)
    return "".join(map(said, expression.items))


def clips(texts: Sequence[str], folder: Path, rng: np.random.Generator) -> Iterator[Clip]:
    """Each text as a recording in `folder`, by voices held out of training, half by each kind of engine."""
    drawn = synthesis.draw([""], synthesis.HELD_OUT_VOICES, len(texts), rng, (0.85, 1.15), (0.92, 1.1), 0.5)
    utterances = [replace(one, text=text) for one, text in zip(drawn, texts, strict=True)]
    said = tqdm(synthesis.speak_all(utterances), "speak", len(texts), unit="clip", mininterval=5)
    for number, (utterance, samples) in enumerate(zip(utterances, said, strict=True)):
        path = folder / f"{number:04}-{str(utterance.voice).replace('/', '-')}.wav"
        write(path, samples)
        yield Clip(path, utterance.text)
