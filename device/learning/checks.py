"""What must not be learnt, and why. A question is better than a wrong action."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from device.events import Act, Also, Correct, Intent, NotRecognized, Outcome, Request
from device.home.model import Home
from device.learning.proposals import OPEN, Proposal
from device.memory.learnt import Lesson
from device.understanding.frames import Text, idle
from device.understanding.mentions import mentions
from device.understanding.requesting import Mood, mood
from device.understanding.scope import NAMED, UNSAID

ASKING = frozenset(
    {"what", "what's", "when", "how", "who", "why", "which", "where", "whose", "did", "does", "do"}
    | {"is", "are", "was", "were", "has", "have", "am"}
)
"""First words of questions."""
TELLING = frozenset(
    {"is", "are", "was", "were", "am", "been", "has", "had", "have", "i'm", "it's", "that's", "there's"}
    | {"i", "he", "she", "they", "we", "he's", "she's", "they're", "we're", "isn't", "aren't", "won't"}
)
"""Words of reports."""
ALL = frozenset({"all", "every", "everything", "everywhere", "anything", "whole", "house", "home"})
REFERRING = frozenset(
    {"it", "them", "there", "which", "other", "place", "among", "entry", "entries", "again"}
)
"""Slots of what was spoken of before."""
EMPTY_WORDS = frozenset(
    {"the", "a", "an", "it", "that", "this", "them", "one", "thing", "on", "off", "up", "down", "in", "to"}
    | {"and", "or", "please", "light", "lights", "lamp", "lamps", "here", "there", "my", "your"}
)
"""Words of which no name is made alone."""
WITH_NAME = ("turn on the {}", "turn off the {}", "turn on {}", "is the {} on", "open the {}")
"""Sentences in which another name would be said."""

MOST = 6
"""Rooms or things with which a sentence for all of them is tried."""
NOTHING = "it tells no appliance anything"


@dataclass(frozen=True, slots=True)
class Checks:
    """`acts`: what a text does, as it is understood now. `handle`: what comes of a request, in `home`."""

    home: Home
    acts: Callable[[str], Sequence[Act]]
    handle: Callable[[Intent], Outcome]

    def settled(self, proposal: Proposal) -> Lesson | str:
        """The lesson as it means now what it meant, or why it must not be learnt."""
        lesson = proposal.lesson
        if problem := next(self._of_words(lesson), ""):
            return problem
        wrong = all(pair.wrong for pair in proposal.evidence)
        return self._alias(lesson) if lesson.is_alias else self._sentence(lesson, wrong)

    def _of_words(self, lesson: Lesson) -> Iterator[str]:
        words = tuple(OPEN.sub("thing", lesson.said).split())
        text = Text(words, mentions(words, self.home.vocabulary), self.home.vocabulary, idle())
        if not all(word.replace("'", "").isalpha() and word.isascii() for word in words):
            yield f"“{lesson.said}” has something in it that is no word"
        if words[0] in ASKING or TELLING.intersection(words) or mood(text) is not Mood.ASKS:
            yield f"“{lesson.said}” is no request"
        if ALL.intersection((*words, *lesson.means.split())):
            yield f"“{lesson.said}” is about everything"

    def _alias(self, lesson: Lesson) -> Lesson | str:
        things = self.home.named(lesson.means) or tuple(
            device
            for one in self.home.vocabulary.names
            if one.text == lesson.means
            for device in self.home.named(one.value)
        )
        if len({device.name for device in things}) != 1:
            return f"nothing, or more than one thing, is called {lesson.means}"
        if things[0].name in self.home.guarded:
            return f"the {lesson.means} is guarded"
        vocabulary = self.home.vocabulary
        taken = {one.text for one in (*vocabulary.names, *vocabulary.areas, *vocabulary.floors)}
        if lesson.said in taken or EMPTY_WORDS.issuperset(lesson.said.split()):
            return f"“{lesson.said}” means something else"
        known = (self.acts(sentence.format(lesson.said)) for sentence in WITH_NAME)
        if any(_is_known(acts) for acts in known):
            return f"“{lesson.said}” means something else"
        return replace(lesson, means=things[0].name)

    def _sentence(self, lesson: Lesson, wrong: bool) -> Lesson | str:
        examples = tuple(self._examples(lesson))
        if not examples:
            return f"“{lesson.means}” is not understood any more"
        problems = []
        for said, means in examples:
            before = self.acts(said)
            if _is_known(before) and not (wrong and _is_inferred(before)):
                return f"“{said}” means something already"
            problems.append(self._of_meaning(means))
        grave = [problem for problem in problems if problem and problem != NOTHING]
        if grave or all(problems):  # a room may have no lamp
            return (*grave, NOTHING)[0]
        if not OPEN.search(lesson.said):
            intent = examples[0][1]
            return replace(lesson, intent=intent.name, slots=dict(intent.slots))
        return lesson

    def _examples(self, lesson: Lesson) -> Iterator[tuple[str, Intent]]:
        """What can be said by it, and what that means."""
        names = {
            "area": {one.value: one.text for one in self.home.vocabulary.areas},
            "name": {
                one.value: one.text
                for one in self.home.vocabulary.names
                if one.domain == lesson.slots.get("domain")
                and self.home.guarded.isdisjoint(device.name for device in self.home.named(one.value))
            },
        }
        opened = OPEN.search(lesson.said)
        texts = tuple(names[opened[0].strip("{}")].values())[:MOST] if opened else ("",)
        for text in texts:
            acts = self.acts(OPEN.sub(text, lesson.means))
            intents = tuple(act.intent for act in acts if isinstance(act, Request) and not act.asked)
            if len(acts) == len(intents) == 1 and intents[0].name == lesson.intent:
                slots = {slot: value for slot, value in intents[0].slots.items() if slot not in UNSAID}
                yield OPEN.sub(text, lesson.said), replace(intents[0], slots=slots)

    def _of_meaning(self, intent: Intent) -> str:
        """Why what is meant must not be done by other words; empty where it may."""
        if NAMED.isdisjoint(intent.slots) or intent.slots.get("all") or _is_wide(intent):
            return "it does not say what it is for"
        if REFERRING.intersection(intent.slots):
            return "it is about what was spoken of before"
        outcome = self.handle(replace(intent, confidence=1.0))
        if not outcome.fine or outcome.question is not None or not outcome.commands:
            return NOTHING
        if outcome.done:
            return "it changes more than an appliance"
        told = {one.device for one in outcome.expected}
        sent = {command.topic for command in outcome.commands}
        guarded = {one.topic for name, one in self.home.devices.items() if name in self.home.guarded}
        if told & self.home.guarded or any(_around(one, topic) for one in guarded for topic in sent):
            return "something guarded is told something by it"
        return ""


def _around(topic: str, other: str) -> bool:
    """Whether a message to `other` may be one to what listens on `topic`."""
    return other == topic or other.startswith(f"{topic}/") or topic in other.split("/")


def _is_wide(intent: Intent) -> bool:
    """Whether it means everything that there is."""
    return intent.slots.get("area") == "all" or "floor" in intent.slots


def _is_known(acts: Sequence[Act]) -> bool:
    """Words that may put another sentence right, "make it cosy", say nothing by themselves."""
    return not all(
        isinstance(act, NotRecognized) or (isinstance(act, Correct | Also) and act.slots.keys() <= {"words"})
        for act in acts
    )


def _is_inferred(acts: Sequence[Act]) -> bool:
    return all(isinstance(act, Request) and act.intent.inferred for act in acts)
