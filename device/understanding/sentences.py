"""Sentence templates, parsed and checked, which are bound to the names of a home."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from hassil.expression import Expression, Group, ListReference, RuleReference
from hassil.intents import SlotList, TextSlotList

from device.errors import SentencesError
from device.reading.located import nearest
from device.understanding import templates
from device.understanding.groups import OF_THE_DIALOGUE, Binder
from device.understanding.speakable import speakable_list
from device.understanding.template_group import OF_THE_HOME, TemplateGroup
from device.understanding.templates import Block, SentenceTemplate, TemplateFile, Typed
from device.understanding.vocabulary import Speakable, Vocabulary

SKILLS = Path(__file__).parent.parent / "skills"
SHIPPED = tuple(sorted(SKILLS.glob("*/en/sentences")))
COMMON = SKILLS / "common.yaml"
"""Lists and rules that every sentence file may use; its own of the same name come first."""


class Sentences:
    """Parsed sentence files. Immutable once loaded; `groups` binds them to a home's names."""

    def __init__(
        self,
        blocks: Iterable[Block],
        lists: Mapping[str, SlotList],
        rules: Mapping[str, SentenceTemplate],
        skip_words: Iterable[str] = (),
        responses: Mapping[str, Mapping[str, str]] | None = None,
        typed: Typed | None = None,
    ) -> None:
        """`responses`: templates of replies, by intent and by the `response` key of its blocks."""
        self.blocks = tuple(blocks)
        self.lists = {name: speakable_list(body) for name, body in lists.items()}
        self.responses = dict(responses or {})
        self.rules = dict(rules)
        self.typed = typed or Typed()
        self.skip_words = tuple(dict.fromkeys(skip_words))
        for block in self.blocks:
            self._check(block)

    @classmethod
    def load(cls, paths: Iterable[Path | str] = ()) -> Sentences:
        """Load files and folders; none: the shipped sentences. They replace the shipped ones, except for
        lists and rules in `COMMON` that they use and do not define. Raises SentencesError with file and line.
        """
        chosen = [Path(path) for path in paths] or [COMMON, *SHIPPED]
        files = tuple(templates.template_files(chosen))
        return _loaded(files, tuple(file.stat().st_mtime_ns for file in files))

    @classmethod
    def own(cls, paths: Iterable[Path]) -> Sentences:
        """The sentences of a skill whose lists and rules are for itself alone. Raises as `load`."""
        common = templates.read(COMMON)
        files = []
        for path in templates.template_files(paths):
            file = templates.read(path)
            if file.typed != Typed():
                raise SentencesError(
                    f"{path}: `typed` cannot be used in a skill; give its blocks `heard: false`"
                )
            files.append(file)
        lists = {name: body for file in files for name, body in file.lists.items()}
        rules = {name: body for file in files for name, body in file.rules.items()}
        blocks = [
            replace(block, lists={**lists, **block.lists}, rules={**rules, **block.rules})
            for file in files
            for block in file.blocks
        ]
        responses = {intent: keys for file in files for intent, keys in file.responses.items()}
        return cls(blocks, common.lists, common.rules, (), responses, common.typed)

    @functools.lru_cache(maxsize=2)  # noqa: B019  # as `_of`
    def unheard(self, intents: tuple[str, ...]) -> Sentences:
        """With the sentences of `intents` as what can be typed and is not listened for."""
        blocks = (replace(one, heard=one.heard and one.intent not in intents) for one in self.blocks)
        return Sentences(blocks, self.lists, self.rules, self.skip_words, self.responses, self.typed)

    @functools.lru_cache(maxsize=2)  # noqa: B019  # as `_of`
    def naming(self, name: str, value: str) -> Sentences:
        """With one more value of the list `name`, if there is one."""
        named = self.lists.get(name)
        if not isinstance(named, TextSlotList):
            return self
        one = TextSlotList.from_strings([value], allow_template=False, name=name)
        lists = {**self.lists, name: TextSlotList(name, [*named.values, *one.values])}
        return Sentences(self.blocks, lists, self.rules, self.skip_words, self.responses, self.typed)

    def plus(self, others: Iterable[Sentences]) -> Sentences:
        """With the sentences of the user's skills, which come first."""
        others = tuple(others)
        if not others:
            return self
        blocks = (*(block for other in others for block in other.blocks), *self.blocks)
        responses = {intent: keys for each in (self, *others) for intent, keys in each.responses.items()}
        return Sentences(blocks, self.lists, self.rules, self.skip_words, responses, self.typed)

    @property
    def intents(self) -> tuple[str, ...]:
        """The names of what can be meant."""
        return tuple(dict.fromkeys(block.intent for block in self.blocks))

    def groups(self, home: Speakable, free: bool = False) -> tuple[TemplateGroup, ...]:
        """One group a block, for the names of `home`; blocks that this home has nothing for are left out.

        `free`: with the sentences that have wildcards, and all others that can be typed and not heard.
        """
        return self._of(home.vocabulary, free)

    @functools.lru_cache(maxsize=4)  # noqa: B019  # sentences are loaded once and kept
    def _of(self, vocabulary: Vocabulary, free: bool) -> tuple[TemplateGroup, ...]:
        return self.bound(vocabulary, {}, free)

    def bound(
        self, vocabulary: Vocabulary, lists: Mapping[str, SlotList], free: bool = False
    ) -> tuple[TemplateGroup, ...]:
        """As `groups`, for a vocabulary; `lists`: values for OF_THE_DIALOGUE."""
        rules = {**self.rules, **self.typed.rules} if free else self.rules
        binder = Binder(self.lists, rules, self.skip_words, vocabulary, lists, free)
        return tuple(binder.groups(self.blocks))

    def _check(self, block: Block) -> None:
        """Raise SentencesError for references to lists and rules that do not exist, and for circles."""
        lists = {*OF_THE_HOME, *OF_THE_DIALOGUE, *self.lists, *block.lists}
        for rules in ({**self.rules, **block.rules}, {**self.rules, **self.typed.rules, **block.rules}):
            for template in block.templates:
                _check_references(template, template.sentence.expression, lists, rules, ())


@functools.lru_cache(maxsize=8)
def _loaded(paths: tuple[Path, ...], changed: tuple[int, ...]) -> Sentences:
    """The sentences of files, which are parsed once; `changed`: when they were written."""
    common = templates.read(COMMON)
    files = [common if path == COMMON else templates.read(path) for path in paths]
    lists, rules = dict(common.lists), dict(common.rules)
    for file in files:
        lists.update(file.lists)
        rules.update(file.rules)
    _check_alike(file for file in files if file is not common)
    blocks = [block for file in files for block in file.blocks]
    if not blocks:
        raise SentencesError(f"{paths[0]}: no sentences; add `intents:` with sentences to it")
    responses = {intent: keys for file in files for intent, keys in file.responses.items()}
    skipped = (word for file in files for word in file.skip_words)
    typed = functools.reduce(Typed.plus, (file.typed for file in files), common.typed)
    return Sentences(blocks, lists, rules, skipped, responses, typed)


def _check_alike(files: Iterable[TemplateFile]) -> None:
    """Raise SentencesError for a rule that two files have in other words: all files share it."""
    first: dict[str, SentenceTemplate] = {}
    for name, rule in (item for file in files for item in file.rules.items()):
        other = first.setdefault(name, rule)
        if rule.sentence.text != other.sentence.text:
            raise SentencesError(
                f"{rule.where}: rule <{name}> is another one in {other.where}; give one of them a new name"
            )


def _check_references(
    template: SentenceTemplate,
    expression: Expression,
    lists: set[str],
    rules: Mapping[str, SentenceTemplate],
    path: tuple[str, ...],
) -> None:
    if isinstance(expression, Group):
        for item in expression.items:
            _check_references(template, item, lists, rules, path)
    elif isinstance(expression, ListReference):
        if expression.list_name not in lists and not expression.is_inline_range:
            raise _unknown("list", f"{{{expression.list_name}}}", expression.list_name, lists, template)
    elif isinstance(expression, RuleReference):
        name = expression.rule_name
        if name not in rules:
            raise _unknown("rule", f"<{name}>", name, set(rules), template)
        if name in path:
            raise SentencesError(f"{rules[name].where}: rule <{name}> contains itself; take the circle out")
        rule = rules[name]
        _check_references(rule, rule.sentence.expression, lists, rules, (*path, name))


def _unknown(kind: str, shown: str, name: str, known: set[str], template: SentenceTemplate) -> SentencesError:
    near = nearest(name, known)
    section = "lists" if kind == "list" else "expansion_rules"
    hint = f"did you mean {near!r}?" if near else f"define it under `{section}:`"
    return SentencesError(f"{template.where}: unknown {kind} {shown} in {template.sentence.text!r}; {hint}")
