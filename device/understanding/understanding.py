"""Words → what is meant: hassil matches the text against the groups that the grammar was made of."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from hassil.recognize import RecognizeResult

from device.events import Act, Intent, NotRecognized, Question, Request, Transcript
from device.understanding import rewording, times
from device.understanding.acts import (
    TIMING,
    TOO_DOUBTFUL,
    UNKNOWN,
    acts,
    asks,
    doubted,
    inferred_from,
    unasked,
)
from device.understanding.answers import Answers, act
from device.understanding.asking import Papers, looked_up
from device.understanding.beside import FREE, beside, is_told
from device.understanding.fillers import SPOKEN_TO, unhesitant, unrepeated, without
from device.understanding.gist import gists
from device.understanding.inferring import Inference
from device.understanding.kinds import begins, is_condition, is_doubtful, is_valued, known
from device.understanding.matching import Matcher
from device.understanding.mentions import mentions
from device.understanding.numbers import spoken
from device.understanding.parsing import MOST, Parts, parts
from device.understanding.repairs import CLEAR, of_a_kind, repaired
from device.understanding.results import free_texts, intent_of, rank, tells_apart
from device.understanding.scope import ALSO, is_placed, named, scoped
from device.understanding.sentences import Sentences
from device.understanding.spelling import corrected, is_misspelt, words_of
from device.understanding.template_group import TemplateGroup
from device.understanding.vocabulary import Speakable
from device.understanding.wondering import wonders

DOUBTED = 0.3
"""Confidence below which Mynah asks what was said before an appliance is told. Of right commands by
training's voices, clean, at 15 and 8 dB, 0.5, 0 and 0.6 % are below it; of what was none, a seventh."""
LEGIBLE = 0.6
"""Share of right words from which something is made of any words."""
JOINT = re.compile(r"\b(?:and|then) (?:(?:then|also) )?")
"""What joins two sentences, in words."""
THERE = re.compile(r" (?:(?:in|over|up|down|out) there|there(?= to\b))(?!\w)")
"""The place that was spoken of, where a sentence says it of something."""
ASKING = re.compile(r"\b(?:could|can|would|will|may|might|shall|please|mind|possible|how about|what about)\b")
"""What a request has that is written with a question mark: "hall light off?" asks how it is."""


IN_PASSING = frozenset({ALSO, "HassListAddItem", "MynahCorrect", "MynahSetAlarm", "MynahSetReminder"})
"""What may be asked for beside a plain reason and is nothing that an appliance does."""


class Understanding:
    """Binds sentences, and the answers to questions, to a home. Takes what was heard or typed."""

    def __init__(
        self,
        sentences: Sentences,
        home: Speakable,
        answers: Answers | None = None,
        inference: Inference | None = None,
        papers: Papers | None = None,
    ) -> None:
        """`inference`: what is asked for the meaning of what no sentence has; `papers` are asked last."""
        self.groups = sentences.groups(home, free=True)
        self._answers, self._vocabulary, self._inference = answers, home.vocabulary, inference
        self._papers = papers
        self._fillers = _longest_first((*sentences.skip_words, *sentences.typed.skip_words))
        self._whole = Matcher(group for group in self.groups if not group.follows)
        following = [group for group in self.groups if group.follows and not group.takes_any_words]
        self._following = Matcher(following)
        self._openers = frozenset(word for group in following for word in group.first_words)
        whole = (group for group in self.groups if not group.follows)
        self._starters = frozenset(word for group in whole for word in group.first_words)
        self._continuing = Matcher(group for group in self.groups if group.follows and group.takes_any_words)

    def adopt(self, other: Understanding) -> None:
        """Understand what `other` does from now on."""
        self.__dict__.update(other.__dict__)

    def prepare(self) -> None:
        """Index all sentences and names now. Without it the first texts that meet them take several times as
        long as later ones."""
        for matcher in (self._whole, self._following, self._continuing):
            matcher.prepare()

    def understand(self, transcript: Transcript, reject_below: float = 0.0) -> Intent | NotRecognized:
        """The one intent of a whole sentence, with the transcript's confidence. Case, punctuation and digits
        do not matter."""
        if transcript.confidence < reject_below:
            return NotRecognized(transcript.text, TOO_DOUBTFUL)
        found = self._match(spoken(transcript.text), False, transcript.confidence)
        return found or NotRecognized(transcript.text, UNKNOWN)

    def requests(self, text: str) -> tuple[Intent, ...]:
        """All that a typed sentence asks for; nothing where one part of it is not known for certain."""
        told = self.acts(Transcript(text, 1.0))
        asked = tuple(one.intent for one in told if isinstance(one, Request) and not one.asked)
        return asked if len(asked) == len(told) and not any(one.inferred for one in asked) else ()

    def acts(
        self, transcript: Transcript, question: Question | None = None, reject_below: float = 0.0
    ) -> tuple[Act, ...]:
        """What the sentence does in the conversation: it answers `question`, or makes one request or more."""
        if transcript.free:
            return self._in_any_words(transcript, question)
        if transcript.confidence < reject_below:
            return (NotRecognized(transcript.text, TOO_DOUBTFUL),)
        return tuple(looked_up(self._acts(unhesitant(transcript), question), transcript, self._papers))

    def _acts(self, transcript: Transcript, question: Question | None) -> tuple[Act, ...]:
        text, sure = spoken(transcript.text), transcript.confidence
        if question is not None and (answer := self.answer(text, question, sure)):
            return (answer,)
        found = self._read(transcript.text, text, sure)
        told_of = any(isinstance(part, Intent) for part in found)
        if not told_of and question is not None and (answer := self.answer(text, question, sure, free=True)):
            return (answer,)
        beside = () if known(found) else self._beside(text, sure)
        if not known(found) and (right := self._put_right(text, sure) or unasked(beside)):
            return right
        if told_of:
            told = acts(found, sure, transcript.text)
            told = self._needed(text, sure, told) if is_doubtful(text, found) else told
            told = self._inferred(text, sure) or told if is_condition(found) else told
            return doubted(told, transcript) if sure < DOUBTED else told
        inferred = self._repaired(text, sure) or self._inferred(text, sure)
        if asks(inferred) and question is not None:
            inferred = ()  # one question at a time, but for what somebody says instead
        inferred = inferred or beside or self._gist(text, sure)
        if transcript.text.rstrip().endswith("?") and not ASKING.search(text) and _acts(inferred):
            inferred = ()  # it asks how something is
        open_ = not inferred or asks(inferred)
        if open_ and (free := self._best(text, self._continuing, free=True)):
            return acts([intent_of(free, sure, text)], sure, transcript.text)
        return inferred or acts(found, sure, transcript.text)

    def _in_any_words(self, heard: Transcript, question: Question | None) -> tuple[Act, ...]:
        """What was heard in words that nothing was listened for: at most requests, which are asked about."""
        found = self.acts(replace(heard, free=False)) if heard.confidence >= LEGIBLE and not question else ()
        if found and all(isinstance(act, Request) for act in found):
            return doubted(found, heard)
        if len(found) == 1 and isinstance(found[0], NotRecognized) and wonders(heard.text):
            return found  # nothing is done, and somebody else may answer it
        return (NotRecognized(heard.text, TOO_DOUBTFUL),)

    def _needed(self, text: str, confidence: float, bought: tuple[Act, ...]) -> tuple[Act, ...]:
        """What "i need …" means: something else, if that is sure; about what an appliance is to do Mynah asks
        then. Else it is a thing to be `bought`."""
        meant = self._inferred(text, confidence)
        if not meant or asks(meant):
            return bought
        intents = [act.intent for act in meant if isinstance(act, Request)]
        return inferred_from(intents, intents[0].inferred, confidence) if _acts(meant) else meant

    def _inferred(self, text: str, confidence: float) -> tuple[Act, ...]:
        """What a text that is in no sentence is held to mean; nothing where that is too improbable."""
        if self._inference is None or len(text.split()) > MOST:
            return ()
        text = rewording.without_less(text)
        found = self._inference.of(text, self._vocabulary, self._whole_sentence, confidence)
        if found is None:
            return ()
        intents = [
            replace(one, confidence=found.probability, inferred=found.sentence) for one in found.intents
        ]
        first, *others = acts(intents, found.probability, text)
        asked = found.sentence if found.asks else ""
        return (replace(first, asked=asked) if isinstance(first, Request) else first, *others)

    def _beside(self, text: str, confidence: float) -> tuple[Act, ...]:
        """The request in a text that also tells why, "turn on the light we have guests". Mynah asks about
        it where something else may be meant."""
        words = (of_a_kind(text) or text).split()
        if len(words) > MOST:
            return ()
        there = [one for one in mentions(words, self._vocabulary) if one.kind in ("name", "place", "list")]
        named = [any(one.begin <= at < one.end for one in there) for at in range(len(words))]
        for request in beside(words, named):
            found = self._whole_sentence(request.text)
            if found and all(is_told(one) or (request.plain and one.name in IN_PASSING) for one in found):
                return inferred_from(found, request.text, confidence, asked=not request.plain)
        return ()

    def _put_right(self, text: str, confidence: float) -> tuple[Act, ...]:
        """What a text asks for in which a value takes the place of another one of its kind."""
        reading = of_a_kind(text) if len(text.split()) <= MOST else None
        found = self._whole_sentence(reading) if reading else ()
        return inferred_from(found, reading or text, confidence, asked=False) if begins(found) else ()

    def _repaired(self, text: str, confidence: float) -> tuple[Act, ...]:
        """What a text asks for that corrects itself, "open the blinds no the curtains", to be asked about."""
        for reading in repaired(text) if len(text.split()) <= MOST else ():
            found = self._whole_sentence(reading)
            if found and all(FREE.isdisjoint(one.slots) for one in found):
                return inferred_from(found, reading, confidence)
        return ()

    def _gist(self, text: str, confidence: float) -> tuple[Act, ...]:
        """What a text in no order of words that a sentence has names and asks for, to be asked about."""
        for sentence in gists(text, self._vocabulary):
            found = self._whole_sentence(sentence)
            if found and all(is_told(one) or one.name == TIMING for one in found):
                return inferred_from(found, sentence, confidence)
        return ()

    def _whole_sentence(self, text: str) -> tuple[Intent, ...]:
        """What a sentence means of which every part is known; nothing where one is not."""
        return known(self._read(text, text, 1.0))

    def _read(self, written: str, text: str, confidence: float) -> Parts:
        """The parts of a sentence, in its own words or in others that mean the same."""
        if len(text.split()) > MOST:
            return self._parts(text, confidence)
        shared = tuple(dict.fromkeys(rewording.ahead(text)))
        for reading in shared:
            found = self._parts(reading, confidence)
            names = {part.name if isinstance(part, Intent) else None for part in found}
            if len(names) == 1 and None not in names:
                return found
        found = self._parts(text, confidence)
        if shared and isinstance(last := found[-1], Intent) and is_placed(last):
            return (text,)  # a value for all, which not all of them have
        if is_valued(found) and (own := self._without_verbs(text.removeprefix("and "), confidence)):
            return own
        if all(isinstance(part, Intent) for part in found):
            listed = (
                self._parts(spoken(written.replace(",", " and ")), confidence) if "," in written else found
            )
            items = all(isinstance(part, Intent) and "item" in part.slots for part in (*found, *listed))
            return listed if items else found
        for reading in dict.fromkeys(self._other(written, text)):
            again = self._parts(reading, confidence) if reading != text else found
            if all(isinstance(part, Intent) for part in again):
                return again
        states = written.rstrip().endswith("?") or "'s" in text
        return found if states else self._without_verbs(text, confidence) or found

    def _without_verbs(self, text: str, confidence: float) -> Parts:
        """The requests of a text that only names things and how they are to be: "blinds down and lamp on"."""
        found: list[Intent] = []
        for part in rewording.reworded(text).split(" and "):
            readings = (part, *rewording.without_verb(part))
            meant = next(
                (one for each in readings if begins(one := known(self._parts(each, confidence)))), ()
            )
            if not meant:
                return ()
            found += meant
        return tuple(found)

    def _scoped(self, text: str, follows: bool, confidence: float) -> Intent | None:
        """As `_match`, where the places that are named tell which things are meant."""
        found = self._match(text, follows, confidence)
        return None if found is None else scoped(found, text, self._vocabulary)

    def _other(self, written: str, text: str) -> Iterator[str]:
        """Other words for the same, then what a misspelt text may be."""

        def place(words: str) -> str:
            return named(words, self._vocabulary)

        yield from rewording.other(written, place)
        if any(map(is_misspelt, text.split())) and (spelt := corrected(text, words_of(self.groups))) != text:
            yield spelt
            yield from rewording.other(spelt, place)

    def _parts(self, text: str, confidence: float) -> Parts:
        match = functools.partial(self._scoped, confidence=confidence)
        return parts(text, match, self._openers, self._starters)

    def answers(self, question: Question) -> tuple[TemplateGroup, ...]:
        """The sentences that answer `question`."""
        return self._answers.groups(question, self._vocabulary) if self._answers else ()

    def answer(
        self, text: str, question: Question, confidence: float = 1.0, free: bool = False
    ) -> Act | None:
        """What `text`, as it is spoken, answers to `question`; None where it answers something else.

        `free`: where the question takes any words, these are its answer.
        """
        said = text if free else unrepeated(text)
        match = self._best(said, Matcher(self.answers(question)), free, fewest=1)
        return act(intent_of(match, confidence), question) if match else None

    def _match(self, text: str, follows: bool, confidence: float) -> Intent | None:
        intents = self._following if follows else self._whole
        if best := self._best(text, intents, free=True):
            return intent_of(best, confidence, text)
        if THERE.search(text) and (best := self._best(THERE.sub("", text), intents, free=False)):
            intent = intent_of(best, confidence, text)
            return replace(intent, slots={**intent.slots, "there": True})
        return None

    def _best(
        self, text: str, matcher: Matcher, free: bool, fewest: int = SPOKEN_TO
    ) -> RecognizeResult | None:
        """The best match of `text`. `free`: wildcards may match, where no sentence hides in their words;
        `fewest`: words before an address."""
        bare = without(self._fillers, text, fewest)
        readings = ((text, False), (bare, free), (text, free)) if bare != text else ((text, free),)
        for candidate, wild in readings:  # "too quiet" is no "quiet"
            matches = matcher.matches(candidate)
            fitting = (
                one
                for one in matches
                if not (words := free_texts(one))
                or (wild and not self._hide(candidate, words) and tells_apart(one))
            )
            if (best := max(fitting, key=rank, default=None)) is not None:
                return best
        return None

    def _hide(self, whole: str, texts: Sequence[str]) -> bool:
        """Whether in one of `texts`, parts of `whole`, a sentence follows an "and": "milk and turn on the
        lamp", or begins there: "pasta timer for nine minutes and a rice" before "timer for ten minutes"; or
        another one of the same at its own time, "bins and at six to feed the cat"; or something is corrected:
        "butter no not butter"."""
        return any(CLEAR.search(text) or of_a_kind(text) for text in texts) or any(
            self._best(rest, self._whole, free=False) or self._is_another(rest)
            for text in texts
            for joint in JOINT.finditer(text)
            for rest in dict.fromkeys((text[joint.end() :], whole[whole.find(text) + joint.end() :]))
            if len(rest.split()) <= MOST
        )

    def _is_another(self, text: str) -> bool:
        """Whether `text` continues a request, at a time of its own."""
        return any(slot in one.entities for one in self._continuing.matches(text) for slot in times.WHEN)


def _acts(acts: Sequence[Act]) -> bool:
    """Whether something is to be done that is no answer."""
    return any(isinstance(act, Request) and is_told(act.intent) for act in acts)


def _longest_first(phrases: Iterable[str]) -> list[str]:
    return sorted(map(spoken, phrases), key=len, reverse=True)
