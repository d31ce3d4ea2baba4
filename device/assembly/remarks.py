"""What of the user's sentence files does not do what it says: a line for each, with its file and line."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Set
from pathlib import Path

from hassil.intents import SlotList

from device.appliances.rendering import TemplateError
from device.speaking.rendering import check
from device.understanding.groups import keys_of
from device.understanding.sentences import SKILLS, Sentences
from device.understanding.template_group import OF_THE_HOME, is_wildcard, references
from device.understanding.templates import Block, SentenceTemplate

FROM_HOME_ASSISTANT = re.compile(r"\{[{%][^}]*\b(state|query|states|state_attr)\b")
"""What only Home Assistant gives to a response."""
OF_NAMES = {"domain", "device_class"}


def remarks(sentences: Sentences) -> Iterator[str]:
    """Sentences that cannot be heard or never count, and responses that are never said."""
    for block in sentences.blocks:
        own = [one for one in block.templates if not _shipped(one.where.file)]
        if own:
            yield from _of_block(sentences, block, own)
    yield from _of_responses(sentences)


@functools.lru_cache
def _shipped(file: str) -> bool:
    return Path(file).is_relative_to(SKILLS)


def _of_block(sentences: Sentences, block: Block, templates: list[SentenceTemplate]) -> Iterator[str]:
    lists = {**sentences.lists, **block.lists}
    where = templates[0].where
    for template in templates:
        yield from _of_template(template, lists, block, {**sentences.rules, **block.rules})
    for word in sorted(word for word in block.required_keywords if " " in word):
        yield f"{where}: required_keywords are single words: {word!r} never matches"


def _of_template(
    template: SentenceTemplate,
    lists: dict[str, SlotList],
    block: Block,
    rules: dict[str, SentenceTemplate],
) -> Iterator[str]:
    if template.said is None:
        yield f"{template.where}: left out: nothing of {template.sentence.text!r} can be said"
        return
    spelled = {name: rule.sentence for name, rule in rules.items()}
    names = {each.list_name for each in references(template.sentence.expression, spelled)}
    if wild := sorted(name for name in names if is_wildcard(lists.get(name))):
        yield f"{template.where}: {{{wild[0]}}} takes any words: you can type this, but Mynah cannot hear it"
    given = {key for name in names for key in _keys(name, lists)}
    for key in sorted(block.context.of_values().keys() - given):
        why = "only {name} has one" if key in OF_NAMES else "nothing here has such a context"
        yield f"{template.where}: left out: requires_context needs a {key}: {why}"


def _keys(name: str, lists: dict[str, SlotList]) -> Set[str]:
    if name in OF_THE_HOME:
        return OF_NAMES if name == "name" else frozenset()
    return keys_of(lists.get(name))


def _of_responses(sentences: Sentences) -> Iterator[str]:
    asked: dict[str, set[str]] = {}
    for block in sentences.blocks:
        asked.setdefault(block.intent, set()).add(block.response or "default")
    for intent, templates in sentences.responses.items():
        for key, template in templates.items():
            if intent not in asked:
                yield f"the responses of {intent} are not used: no sentence has that intent"
                break
            if key not in asked[intent]:
                yield f"the response {key!r} of {intent} is not used: no sentence asks for it"
            elif found := FROM_HOME_ASSISTANT.search(template):
                yield f"the response {key!r} of {intent} is not said: only Home Assistant has {found[1]!r}"
            else:
                yield from _broken(intent, key, template)


def _broken(intent: str, key: str, template: str) -> Iterator[str]:
    try:
        check(template)
    except TemplateError as error:
        yield f"the response {key!r} of {intent} is not said: {error}"
