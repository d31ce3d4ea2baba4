"""Reading Home Assistant's sentence template files, with the file and line of everything that is wrong.

Two layouts, both Home Assistant's: `intents: {Name: {data: [block…]}}` beside `lists`, `expansion_rules` and
`skip_words`; and one `data: [block…]` in a file whose folder is named after the intent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from hassil.expression import Expression, Sentence
from hassil.intents import Intents, SlotList, TextSlotList
from hassil.parse_expression import parse_sentence
from hassil.parser import ParseError

from device.errors import SentencesError
from device.reading import yaml
from device.reading.located import Items, Place, Table
from device.reading.text import load as load_text
from device.understanding import contexts
from device.understanding.contexts import Context
from device.understanding.numbers import spoken
from device.understanding.speakable import NotSpeakable, speakable

FILE_KEYS = (
    "language",
    "intents",
    "lists",
    "expansion_rules",
    "skip_words",
    "responses",
    "settings",
    "data",
    "typed",
)
TYPED_KEYS = ("expansion_rules", "skip_words")
BLOCK_KEYS = (
    "sentences", "slots", "response", "requires_context", "excludes_context", "expansion_rules", "lists",
    "metadata", "required_keywords", "follows", "leads", "heard", "cost",
    "name_domains", "inferred_domain", "settings", "example",
    "speech_to_phrase",
)  # fmt: skip
RESPONSE_KEYS = ("intents", "errors")
LIST_KEYS = ("values", "range", "wildcard", "file")
RANGE_KEYS = (
    "type", "from", "to", "step", "fractions", "multiplier", "digits", "words", "words_language",
)  # fmt: skip
ON_OFF_DOMAINS = ("light", "switch", "fan", "media_player", "climate", "input_boolean", "siren", "humidifier")


@dataclass(frozen=True)
class SentenceTemplate:
    """A parsed sentence and where it stands."""

    sentence: Sentence
    where: Place

    @cached_property
    def said(self) -> Expression | None:
        """The sentence without what cannot be said; None where nothing is left."""
        try:
            return speakable(self.sentence.expression)
        except NotSpeakable:
            return None


@dataclass(frozen=True, slots=True)
class Block:
    """Sentences of one intent that share slots, lists and the domains that {name} may come from."""

    intent: str
    templates: tuple[SentenceTemplate, ...]
    slots: Mapping[str, Any]
    lists: Mapping[str, SlotList]
    rules: Mapping[str, SentenceTemplate]
    name_domains: frozenset[str] | None
    domain: str | None
    response: str | None
    context: Context
    required_keywords: frozenset[str]
    cost: float = 0.0
    """Ours: nats by which it is less likely to be said than an ordinary sentence."""
    follows: bool = False
    """Ours: it continues another sentence, or what was said last."""
    leads: bool = False
    """Ours: of what follows, that which also comes right before a sentence ("don't …")."""
    heard: bool = True
    """Ours: False for what is typed alone, so that the grammar stays small and clear."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Ours: rules that take the place of others of their name where words are typed, and more words to skip
    there. The grammar for hearing stays small and clear."""

    rules: Mapping[str, SentenceTemplate] = field(default_factory=dict)
    skip_words: tuple[str, ...] = ()

    def plus(self, other: Typed) -> Typed:
        return Typed({**self.rules, **other.rules}, (*self.skip_words, *other.skip_words))


@dataclass(slots=True)
class TemplateFile:
    """What one file adds."""

    blocks: list[Block] = field(default_factory=list)
    lists: dict[str, SlotList] = field(default_factory=dict)
    rules: dict[str, SentenceTemplate] = field(default_factory=dict)
    skip_words: tuple[str, ...] = ()
    typed: Typed = field(default_factory=Typed)
    responses: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """By intent and `response` key: Jinja2 templates of replies."""


def template_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and the *.yaml files below the folders named, in order.

    Raises SentencesError for a path that does not exist and a folder without such a file.
    """
    for path in paths:
        if path.is_dir():
            found = sorted(path.rglob("*.yaml"))
            if not found:
                raise SentencesError(f"{path}: no sentence file (*.yaml) in this folder; name another one")
            yield from found
        elif path.exists():
            yield path
        else:
            raise SentencesError(f"{path}: no such sentence file or folder; check --sentences")


def read(path: Path) -> TemplateFile:
    """Parse one file. Raises SentencesError with file and line."""
    document = yaml.load(path, SentencesError, "a sentence file")
    document.only(FILE_KEYS)
    typed = document.mapping("typed", "typed")
    typed.only(TYPED_KEYS, "key of typed")
    result = TemplateFile(skip_words=_skip_words(document), typed=Typed(_rules(typed), _skip_words(typed)))
    result.lists.update(_lists(document))
    result.rules.update(_rules(document))
    result.responses.update(_responses(document))
    intents = document.mapping("intents", "intents")
    for intent in intents:
        body = intents.mapping(intent, f"intent {intent}")
        body.only(("data",))
        result.blocks.extend(_blocks(intent, body.sequence("data", f"the data of {intent}")))
    result.blocks.extend(_blocks(path.parent.name, document.sequence("data", "data")))
    return result


def _blocks(intent: str, data: Items) -> Iterator[Block]:
    return (_block(intent, block) for block in data.tables(f"a block of {intent}"))


def _block(intent: str, block: Table) -> Block:
    block.only(BLOCK_KEYS)
    sentences = block.sequence("sentences", f"the sentences of {intent}")
    if not sentences:
        raise block.wrong(f"a block of {intent} has no sentences; add `sentences:` with a list")
    context = contexts.parsed(
        block.mapping("requires_context", "requires_context"),
        block.mapping("excludes_context", "excludes_context"),
    )
    slots = dict(block.mapping("slots", "slots"))
    domain = block.get("inferred_domain")
    if domain and "{name" not in "".join(map(str, sentences)):
        slots.setdefault("domain", str(domain))
    return Block(
        intent=intent,
        templates=tuple(_template(sentence, where) for sentence, where in sentences.placed()),
        slots=_plain(slots),
        lists=_lists(block),
        rules=_rules(block),
        name_domains=_name_domains(block.get("name_domains")),
        domain=str(domain) if domain else None,
        response=str(block["response"]) if block.get("response") else None,
        context=context,
        required_keywords=frozenset(
            spoken(str(word)) for word in block.sequence("required_keywords", "required_keywords")
        ),
        cost=_cost(block),
        follows=block.get("follows") is True or block.get("leads") is True,
        leads=block.get("leads") is True,
        heard=block.get("heard") is not False,
    )


def _cost(block: Table) -> float:
    cost = block.get("cost", 0.0)
    if isinstance(cost, bool) or not isinstance(cost, int | float) or not 0 <= cost <= 20:
        raise block.wrong(f"cost is {cost!r}; it must be a number of nats from 0 to 20")
    return float(cost)


def _template(text: Any, where: Place) -> SentenceTemplate:
    if not isinstance(text, str):
        raise SentencesError(f"{where}: a sentence must be text, this is {text!r}; put it in quotes")
    _balanced(text, where)
    try:
        return SentenceTemplate(parse_sentence(text.strip(), keep_text=True), where)
    except (ParseError, AssertionError, ValueError, IndexError) as error:
        message = f"not a sentence template: {text!r}; check its brackets"
        raise SentencesError(f"{where}: {message}") from error


def _rules(owner: Table) -> dict[str, SentenceTemplate]:
    rules = owner.mapping("expansion_rules", "expansion_rules")
    return {name: _template(body, rules.place(name)) for name, body in rules.items()}


def _skip_words(owner: Table) -> tuple[str, ...]:
    return tuple(map(str, owner.sequence("skip_words", "skip_words")))


def _responses(document: Table) -> Iterator[tuple[str, Mapping[str, str]]]:
    responses = document.mapping("responses", "responses")
    responses.only(RESPONSE_KEYS, "key of responses")
    intents = responses.mapping("intents", "the intents of responses")
    for intent in intents:
        keys = intents.mapping(intent, f"the responses of {intent}")
        yield intent, {key: str(template).strip() for key, template in keys.items()}


def _lists(owner: Table) -> dict[str, SlotList]:
    lists = owner.mapping("lists", "lists")
    return {name: _slot_list(name, lists.mapping(name, f"list {{{name}}}")) for name in lists}


def _slot_list(name: str, body: Table) -> SlotList:
    body.only(LIST_KEYS, f"key of list {{{name}}}")
    body.mapping("range", f"the range of {{{name}}}").only(RANGE_KEYS, "range key")
    for value, where in body.sequence("values", f"the values of {{{name}}}").placed():
        said = value.get("in") if isinstance(value, Mapping) else value
        if said is None:
            raise SentencesError(
                f"{where}: a value of list {{{name}}} has no `in`; give the words that are said"
            )
        _balanced(str(said), where)
    if "file" in body:
        return _word_list(name, body)
    try:
        parsed = Intents.from_dict({"language": "en", "intents": {}, "lists": {name: _texts(body)}})
        return parsed.slot_lists[name]
    except (ParseError, AssertionError, ValueError, KeyError, TypeError) as error:
        raise body.wrong(
            f"list {{{name}}} is malformed: it needs `values:`, `range:`, `file:` or `wildcard: true`"
        ) from error


def _word_list(name: str, body: Table) -> TextSlotList:
    """Each line of a text file is a value; empty lines and comments (#) are not."""
    path = Path(body.origin.file).parent / str(body["file"])
    lines = (line.strip() for line in load_text(path, SentencesError).splitlines())
    values = ((line, line) for line in lines if line and not line.startswith("#"))
    return TextSlotList.from_tuples(values, allow_template=False, name=name)


def _balanced(text: str, where: Place) -> None:
    """Raise SentencesError for brackets that do not match; hassil accepts some of them silently."""
    closing = {")": "(", "]": "[", "}": "{", ">": "<"}
    opened: list[str] = []
    characters = iter(text)
    for character in characters:
        if character == "\\":
            next(characters, None)
        elif character in closing.values():
            opened.append(character)
        elif character in closing and (not opened or opened.pop() != closing[character]):
            raise SentencesError(f"{where}: {character!r} closes nothing in {text!r}")
    if opened:
        raise SentencesError(f"{where}: {opened[-1]!r} is never closed in {text!r}")


def _name_domains(names: Any) -> frozenset[str] | None:
    """The domains that {name} may come from; None: any."""
    if names == "default":
        return frozenset(ON_OFF_DOMAINS)
    found = map(str, names) if isinstance(names, list) else (str(names),) if names else ()
    return frozenset(found) or None


def _texts(body: Table) -> dict[str, Any]:
    """A list's body as hassil wants it: numbers among the values are text to be said."""
    values = body.get("values")
    if not isinstance(values, list):
        return dict(_plain(body))
    entries: list[Any] = []
    for value in values:
        if isinstance(value, Mapping):
            said = str(value.get("in"))
            entries.append({"out": said, **_plain(value), "in": said})
        else:
            entries.append(str(value))
    return {"values": entries}


def _plain(value: Any) -> Any:
    """`value` without its line numbers, so that it prints and serializes as itself."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
