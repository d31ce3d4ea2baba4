"""Words → what is meant: hassil matches the text against the groups that the grammar was made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import hassil
from hassil.expression import Sentence
from hassil.intents import IntentData, Intents
from hassil.recognize import RecognizeResult, recognize_all

from device.events import Act, Intent, NotRecognized, Question, Transcript
from device.understanding.acts import acts
from device.understanding.answers import Answers, act
from device.understanding.numbers import spoken
from device.understanding.parsing import parts
from device.understanding.sentences import Sentences, TemplateGroup, first_words
from device.understanding.vocabulary import Speakable

NOTHING_KNOWN = "no sentence that is known"
TOO_DOUBTFUL = "heard too doubtfully"
QUESTIONS = ("any", "all", "which", "how_many")
"""Home Assistant's response keys that say what is asked about several devices."""


class Understanding:
    """Binds sentences, and the answers to questions, to a home. Takes what was heard or typed."""

    def __init__(self, sentences: Sentences, home: Speakable, answers: Answers | None = None) -> None:
        self.groups = sentences.groups(home)
        self._answers, self._home = answers, home
        self._fillers = sorted((spoken(word) for word in sentences.skip_words), key=len, reverse=True)
        self._whole = _intents(group for group in self.groups if not group.follows)
        self._following = _intents(group for group in self.groups if group.follows)
        self._openers = frozenset(
            word for group in self.groups if group.follows for word in first_words(group)
        )

    def adopt(self, other: Understanding) -> None:
        """Understand what `other` does from now on."""
        self.__dict__.update(other.__dict__)

    def understand(self, transcript: Transcript, reject_below: float = 0.0) -> Intent | NotRecognized:
        """The one intent of a whole sentence, with the transcript's confidence. Case, punctuation and digits
        do not matter."""
        if transcript.confidence < reject_below:
            return NotRecognized(transcript.text, TOO_DOUBTFUL)
        found = self._match(spoken(transcript.text), False, transcript.confidence)
        return found or NotRecognized(transcript.text, NOTHING_KNOWN)

    def acts(
        self, transcript: Transcript, question: Question | None = None, reject_below: float = 0.0
    ) -> tuple[Act, ...]:
        """What the sentence does in the conversation: it answers `question`, or makes one request or more."""
        if transcript.confidence < reject_below:
            return (NotRecognized(transcript.text, TOO_DOUBTFUL),)
        text, sure = spoken(transcript.text), transcript.confidence
        if question is not None and (answer := self.answer(text, question, sure)):
            return (answer,)
        found = parts(text, lambda part, follows: self._match(part, follows, sure), self._openers)
        return acts(found, sure, transcript.text)

    def answers(self, question: Question) -> tuple[TemplateGroup, ...]:
        """The sentences that answer `question`."""
        return self._answers.groups(question, self._home) if self._answers else ()

    def answer(self, text: str, question: Question, confidence: float = 1.0) -> Act | None:
        """What `text`, as it is spoken, answers to `question`; None where it answers something else."""
        intents = _intents(self.answers(question))
        match = self._best(text, intents)
        if match is None:
            return None
        return act(Intent(match.intent.name, _slots(match), confidence), question)

    def _match(self, text: str, follows: bool, confidence: float) -> Intent | None:
        best = self._best(text, self._following if follows else self._whole)
        return Intent(best.intent.name, _slots(best), confidence) if best is not None else None

    def _best(self, text: str, intents: Intents) -> RecognizeResult | None:
        for candidate in dict.fromkeys((self._without_filler(text), text)):
            matches = recognize_all(candidate, intents) if candidate else ()
            if (best := max(matches, key=_rank, default=None)) is not None:
                return best
        return None

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
