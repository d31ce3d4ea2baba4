"""Words → what is meant: hassil matches the text against the groups that the grammar was made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import hassil
from hassil.expression import Sentence
from hassil.intents import IntentData, Intents
from hassil.recognize import RecognizeResult, recognize_all

from device.events import Intent, NotRecognized, Transcript
from device.understanding.numbers import spoken
from device.understanding.sentences import Sentences, TemplateGroup
from device.understanding.vocabulary import Speakable

NOTHING_KNOWN = "no sentence that is known"
TOO_DOUBTFUL = "heard too doubtfully"
QUESTIONS = ("any", "all", "which", "how_many")
"""Home Assistant's response keys that say what is asked about several devices."""


class Understanding:
    """Binds sentences to a home. `understand` takes what was heard as well as what was typed."""

    def __init__(self, sentences: Sentences, home: Speakable) -> None:
        self.groups = sentences.groups(home)
        self._fillers = sorted((spoken(word) for word in sentences.skip_words), key=len, reverse=True)
        self._intents = _intents(self.groups)

    def adopt(self, other: Understanding) -> None:
        """Understand what `other` does from now on."""
        self.groups, self._fillers, self._intents = other.groups, other._fillers, other._intents

    def understand(self, transcript: Transcript, reject_below: float = 0.0) -> Intent | NotRecognized:
        """The intent, with the transcript's confidence. Case, punctuation and digits do not matter."""
        if transcript.confidence < reject_below:
            return NotRecognized(transcript.text, TOO_DOUBTFUL)
        text = spoken(transcript.text)
        for candidate in dict.fromkeys((self._without_filler(text), text)):
            best = max(self._matches(candidate), key=_rank, default=None)
            if best is not None:
                return Intent(best.intent.name, _slots(best), transcript.confidence)
        return NotRecognized(transcript.text, NOTHING_KNOWN)

    def _matches(self, text: str) -> Iterator[RecognizeResult]:
        return iter(recognize_all(text, self._intents)) if text else iter(())

    def _without_filler(self, text: str) -> str:
        """`text` without words at its ends that mean nothing ("please")."""
        before = ""
        while before != text:
            before = text
            for phrase in self._fillers:
                text = text.removeprefix(f"{phrase} ").removesuffix(f" {phrase}")
        return text


@dataclass(frozen=True)
class _Bound(IntentData):
    """A group as hassil wants it; `sentences` are parsed already."""

    group: TemplateGroup | None = None

    @cached_property
    def sentences(self) -> list[Sentence]:
        return list(self.group.sentences) if self.group else []


def _intents(groups: Iterable[TemplateGroup]) -> Intents:
    intents: dict[str, hassil.intents.Intent] = {}
    for group in groups:
        intent = intents.setdefault(group.intent, hassil.intents.Intent(group.intent))
        intent.data.append(
            _Bound(
                sentence_texts=[],
                slots=dict(group.slots),
                response=group.response,
                expansion_rules=dict(group.rules),
                slot_lists=dict(group.lists),
                required_keywords=set(group.required_keywords) or None,
                group=group,
            )
        )
    return Intents(language="en", intents=intents)


def _rank(match: RecognizeResult) -> tuple[bool, bool, int, int]:
    """A thing by its name before a room; the room in which Mynah stands before the whole house; then the
    template with more words and fewer slots."""
    assert isinstance(match.intent_data, _Bound)
    contextual = match.intent_data.group is not None and match.intent_data.group.contextual
    return "name" in match.entities, contextual, match.text_chunks_matched, -len(match.entities)


def _slots(match: RecognizeResult) -> Mapping[str, Any]:
    slots = {name: entity.value for name, entity in match.entities.items()}
    if match.intent.name == "HassGetState" and match.response in QUESTIONS:
        slots["question"] = match.response
    return slots
