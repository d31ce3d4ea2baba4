"""Reading Home Assistant's sentence template files, with the file and line of everything that is wrong.

Two layouts, both Home Assistant's: `intents: {Name: {data: [block…]}}` beside `lists`, `expansion_rules` and
`skip_words`; and one `data: [block…]` in a file whose folder is named after the intent.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from hassil.expression import Expression, Sentence
from hassil.intents import Intents, SlotList, TextSlotList, WildcardSlotList
from hassil.parse_expression import parse_sentence
from hassil.parser import ParseError

from device.errors import SentencesError

FILE_KEYS = {"language", "intents", "lists", "expansion_rules", "skip_words", "responses", "settings", "data"}
BLOCK_KEYS = {
    "sentences", "slots", "response", "requires_context", "excludes_context", "expansion_rules", "lists",
    "metadata", "required_keywords", "follows", "name_domains", "inferred_domain", "settings", "example",
    "speech_to_phrase",
}  # fmt: skip
RESPONSE_KEYS = {"intents", "errors"}
LIST_KEYS = {"values", "range", "wildcard", "file", "heard"}
RANGE_KEYS = {
    "type", "from", "to", "step", "fractions", "multiplier", "digits", "words", "words_language",
}  # fmt: skip
ON_OFF_DOMAINS = ("light", "switch", "fan", "media_player", "climate", "input_boolean", "siren", "humidifier")


class Located(str):
    """A string of a YAML file that remembers its line."""

    __slots__ = ("line",)
    line: int


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file, printed as `file:line`."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed sentence and where it stands."""

    sentence: Sentence
    where: Where


@dataclass
class Wildcard(WildcardSlotList):
    """Any words, where they are typed. `heard`: what of them can be heard; None: nothing."""

    heard: Expression | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Sentences of one intent that share slots, lists and the domains that {name} may come from."""

    intent: str
    templates: tuple[Template, ...]
    slots: Mapping[str, Any]
    lists: Mapping[str, SlotList]
    rules: Mapping[str, Template]
    name_domains: frozenset[str] | None
    domain: str | None
    response: str | None
    needs_here: bool
    required_keywords: frozenset[str]
    follows: bool = False
    """Ours: it continues another sentence, or what was said last."""


@dataclass(slots=True)
class TemplateFile:
    """What one file adds."""

    blocks: list[Block] = field(default_factory=list)
    lists: dict[str, SlotList] = field(default_factory=dict)
    rules: dict[str, Template] = field(default_factory=dict)
    skip_words: tuple[str, ...] = ()
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
    return _Reader(path).read()


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML whose strings know their line."""


def _located(loader: Any, node: Any) -> str:
    text = Located(node.value)
    text.line = node.start_mark.line + 1
    return text


_Loader.add_constructor("tag:yaml.org,2002:str", _located)
# Sentences say "on", "off", "yes" and "no" a lot: here they are words.
_Loader.add_constructor("tag:yaml.org,2002:bool", lambda loader, node: _boolean(loader, node))


def _boolean(loader: Any, node: Any) -> bool | str:
    if node.value.lower() in ("true", "false"):
        return bool(node.value.lower() == "true")
    return _located(loader, node)


class _Reader:
    """Turns one YAML document into blocks, lists and rules, checking every level on the way."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.near = 1
        """The last line that was looked at: where an error is, for values that know no line."""

    def read(self) -> TemplateFile:
        document = self.document()
        self.known(document, FILE_KEYS, "key")
        result = TemplateFile(
            skip_words=tuple(map(str, self.sequence(document.get("skip_words"), "skip_words")))
        )
        result.lists.update(self.lists(document.get("lists")))
        result.rules.update(self.rules(document.get("expansion_rules")))
        result.responses.update(self.responses(document.get("responses")))
        for intent, body in self.mapping(document.get("intents"), "intents").items():
            body = self.mapping(body, f"intent {intent}")
            self.known(body, {"data"}, "key")
            for block in self.sequence(body.get("data"), f"the data of {intent}"):
                result.blocks.append(self.block(str(intent), block))
        for block in self.sequence(document.get("data"), "data"):
            result.blocks.append(self.block(self.path.parent.name, block))
        return result

    def document(self) -> Mapping[str, Any]:
        try:
            text = self.path.read_text(encoding="utf-8")
        except OSError as error:
            raise SentencesError(f"{self.path}: cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            line = self.path.read_bytes()[: error.start].count(b"\n") + 1
            raise SentencesError(f"{self.path}:{line}: not UTF-8 text; save the file as UTF-8") from error
        try:
            document = yaml.load(text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            unfinished = "end of stream" in str(error.problem)
            mark = error.context_mark if unfinished else error.problem_mark
            self.near = mark.line + 1 if mark else 1
            raise self.error(f"not valid YAML: {error.problem}; check indentation and quotes") from error
        except yaml.YAMLError as error:
            raise self.error(f"not valid YAML: {str(error).splitlines()[0]}") from error
        return self.mapping(document, "a sentence file")

    def block(self, intent: str, block: Any) -> Block:
        block = self.mapping(block, f"a block of {intent}")
        self.known(block, BLOCK_KEYS, "key")
        sentences = self.sequence(block.get("sentences"), f"the sentences of {intent}")
        if not sentences:
            raise self.error(f"a block of {intent} has no sentences; add `sentences:` with a list")
        context = self.mapping(block.get("requires_context"), "requires_context")
        slots = dict(self.mapping(block.get("slots"), "slots"))
        domain = block.get("inferred_domain")
        if domain and "{name" not in "".join(map(str, sentences)):
            slots.setdefault("domain", str(domain))
        return Block(
            intent=intent,
            templates=tuple(self.template(sentence) for sentence in sentences),
            slots={str(slot): _plain(value) for slot, value in slots.items()},
            lists=self.lists(block.get("lists")),
            rules=self.rules(block.get("expansion_rules")),
            name_domains=_name_domains(block.get("name_domains"), context.get("domain")),
            domain=str(domain) if domain else None,
            response=str(block["response"]) if block.get("response") else None,
            needs_here="area" in context,
            required_keywords=frozenset(map(str, self.sequence(block.get("required_keywords"), "keywords"))),
            follows=block.get("follows") is True,
        )

    def template(self, text: Any) -> Template:
        self.look(text)
        if not isinstance(text, str):
            raise self.error(f"a sentence must be text, this is {text!r}; put it in quotes")
        where = Where(self.path, self.near)
        _balanced(text, where)
        try:
            sentence = parse_sentence(str(text).strip(), keep_text=True)
        except (ParseError, AssertionError, ValueError, IndexError) as error:
            raise self.error(f"not a sentence template: {text!r}; check its brackets") from error
        return Template(sentence, where)

    def rules(self, rules: Any) -> dict[str, Template]:
        items = self.mapping(rules, "expansion_rules").items()
        return {str(name): self.template(body) for name, body in items}

    def responses(self, responses: Any) -> Iterator[tuple[str, Mapping[str, str]]]:
        body = self.mapping(responses, "responses")
        self.known(body, RESPONSE_KEYS, "key of responses")
        for intent, templates in self.mapping(body.get("intents"), "the intents of responses").items():
            keys = self.mapping(templates, f"the responses of {intent}")
            yield str(intent), {str(key): str(template).strip() for key, template in keys.items()}

    def lists(self, lists: Any) -> dict[str, SlotList]:
        return {str(name): self.slot_list(name, body) for name, body in self.mapping(lists, "lists").items()}

    def slot_list(self, name: str, body: Any) -> SlotList:
        self.look(name)
        body = self.mapping(body, f"list {{{name}}}")
        self.known(body, LIST_KEYS, f"key of list {{{name}}}")
        if "range" in body:
            self.known(self.mapping(body["range"], f"the range of {{{name}}}"), RANGE_KEYS, "range key")
        for value in self.sequence(body.get("values"), f"the values of {{{name}}}"):
            said = value.get("in") if isinstance(value, Mapping) else value
            self.look(said)
            if said is None:
                raise self.error(f"a value of list {{{name}}} has no `in`; give the words that are said")
            _balanced(str(said), Where(self.path, self.near))
        if "file" in body:
            return self.word_list(name, self.path.parent / str(body["file"]))
        if body.get("wildcard") is True:
            return Wildcard(str(name), self.template(body["heard"]).sentence.expression if "heard" in body else None)
        try:
            parsed = Intents.from_dict({"language": "en", "intents": {}, "lists": {str(name): _texts(body)}})
            return parsed.slot_lists[str(name)]
        except (ParseError, AssertionError, ValueError, KeyError, TypeError) as error:
            raise self.error(
                f"list {{{name}}} is malformed: it needs `values:`, `range:` with from and to, `file:`, or `wildcard: true`"
            ) from error

    def word_list(self, name: str, path: Path) -> SlotList:
        """The lines of a text file, each a value; empty lines and those that begin with # are none."""
        try:
            lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        except (OSError, UnicodeDecodeError) as error:
            raise self.error(f"list {{{name}}}: {path} cannot be read; name a text file in UTF-8") from error
        values = ((line, line) for line in lines if line and not line.startswith("#"))
        return TextSlotList.from_tuples(values, allow_template=False, name=str(name))

    def mapping(self, value: Any, what: str) -> Mapping[str, Any]:
        if value is None:
            return {}
        self.look(value)
        if not isinstance(value, Mapping):
            raise self.error(f"{what} must be a mapping (key: value), this is {_kind(value)}")
        return value

    def sequence(self, value: Any, what: str) -> list[Any]:
        if value is None:
            return []
        self.look(value)
        if not isinstance(value, list):
            raise self.error(f"{what} must be a list (lines that begin with -), this is {_kind(value)}")
        return value

    def known(self, mapping: Mapping[str, Any], keys: Collection[str], what: str) -> None:
        for key in mapping:
            if str(key) not in keys:
                self.look(key)
                near = difflib.get_close_matches(str(key), keys, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(keys))}"
                raise self.error(f"unknown {what} {str(key)!r}; {hint}")

    def look(self, value: Any) -> None:
        """Remember the line of `value`, or of the first thing in it that knows one."""
        if isinstance(value, Located):
            self.near = value.line
        elif isinstance(value, Mapping) and value:
            self.look(next(iter(value)))
        elif isinstance(value, list) and value:
            self.look(value[0])

    def error(self, message: str) -> SentencesError:
        return SentencesError(f"{self.path}:{self.near}: {message}")


def _balanced(text: str, where: Where) -> None:
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


def _name_domains(names: Any, required: Any) -> frozenset[str] | None:
    """The domains that {name} may come from; None: any."""
    found: set[str] = set()
    for source in (names, required.get("value") if isinstance(required, Mapping) else required):
        if source == "default":
            found.update(ON_OFF_DOMAINS)
        elif isinstance(source, str):
            found.add(str(source))
        elif isinstance(source, list):
            found.update(map(str, source))
    return frozenset(found) if found else None


def _texts(body: Mapping[str, Any]) -> dict[str, Any]:
    """A list's body as hassil wants it: numbers among the values are text to be said."""
    values = body.get("values")
    if not isinstance(values, list):
        return {str(key): _plain(value) for key, value in body.items()}
    entries: list[Any] = []
    for value in values:
        if isinstance(value, Mapping):
            said = str(value.get("in"))
            entries.append({**{str(k): _plain(v) for k, v in value.items()}, "in": said})
            entries[-1].setdefault("out", said)
        else:
            entries.append(str(value))
    return {"values": entries}


def _plain(value: Any) -> Any:
    """`value` without its line numbers, so that it prints and serializes as itself."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _kind(value: Any) -> str:
    return "a list" if isinstance(value, list) else "text" if isinstance(value, str) else repr(value)
