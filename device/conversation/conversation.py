"""The conversation in a home: holds the dialogue between turns and looks at the world for it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from device.conversation.registry import Skills
from device.dialogue.exchange import Exchange
from device.dialogue.falling_due import fallen_due
from device.dialogue.policy import respond
from device.dialogue.state import Dialogue, Focus
from device.events import Act, Change, Intent, Outcome, Question, Request
from device.home.model import Home
from device.knowledge.shelf import Searched
from device.memory.agenda import REMINDER, Agenda
from device.memory.memory import Memory
from device.skills.help import examples
from device.skills.skill import World
from device.understanding.prior_cost import prior_cost

Clock = Callable[[], datetime.datetime]


@dataclass(frozen=True, slots=True)
class View:
    """The world as the dialogue sees it."""

    world: World
    skills: Skills
    patience: datetime.timedelta | None

    @property
    def now(self) -> datetime.datetime:
        return self.world.now

    def handle(self, intent: Intent) -> Outcome:
        return self.skills.handle(intent, self.world)

    def after(self, changes: Sequence[Change]) -> View:
        return replace(self, world=self.world.after(changes))

    def help(self) -> str:
        return examples.short(self.world.home)


class Conversation:
    """With one home. `clock` tells the local time; `patience`: how long a question waits for its answer by
    that clock, None where whoever listens closes it. `memory`: what is kept; by default, until it ends."""

    def __init__(
        self,
        home: Home,
        clock: Clock = datetime.datetime.now,
        patience: datetime.timedelta | None = None,
        memory: Memory | None = None,
        skills: Skills | None = None,
        papers: Searched | None = None,
    ) -> None:
        self.home, self._clock, self._patience = home, clock, patience
        self.memory, self._skills = memory or Memory(home.layout.lists), skills or Skills()
        self._papers = papers
        self.dialogue = Dialogue()

    @property
    def question(self) -> Question | None:
        """What is waited for now."""
        return self.dialogue.at(self._clock()).question

    def respond(self, acts: Sequence[Act]) -> Outcome:
        """What comes of `acts`. Changes the memory; sends nothing itself."""
        self.dialogue, outcome = respond(self.dialogue, acts, self.view())
        self.memory.apply(outcome.done)
        return outcome

    def ask(self, question: Question) -> None:
        """Somebody else asks `question`. It stays open until somebody answers it or closes it."""
        self.dialogue = replace(self.dialogue, question=question, said=question.text)

    def told(self, text: str) -> None:
        """Somebody else had `text` said: it is what "say that again" means. The dialogue goes on."""
        self.dialogue = replace(self.dialogue, said=text)

    def due(self) -> Iterator[Exchange]:
        """What has fallen due, each once, in the order of its time. Cheap where that is nothing.

        A request is done as if it had been heard well. The dialogue goes on as if nothing had been said,
        except that a reminder can be put off: "remind me again in ten minutes".
        """
        now = self._clock()
        for one in self.memory.due(now) if self.memory.is_due(now) else ():
            acts, outcome = fallen_due(one, self.view())
            self.memory.apply(outcome.done)
            self.dialogue = replace(self.dialogue, said=outcome.reply.text)
            if one.kind == REMINDER:
                again = Intent("MynahSetReminder", {"text": one.text}, 1.0)
                self.dialogue = replace(self.dialogue, focus=Focus(again, {"text": one.text}, now))
            yield Exchange(None, acts, outcome, one)
            self.memory.settle(one)

    @property
    def agenda(self) -> Agenda:
        """What is due when."""
        return self.memory.agenda

    @property
    def rings(self) -> bool:
        """Whether something rings now. Cheap: to be asked between two chunks of audio."""
        return self.memory.rings

    def stop(self) -> None:
        """End what rings. The dialogue goes on as if nothing had been said."""
        self.memory.apply(self.view().handle(Intent("MynahStop", {}, 1.0)).done)

    def close(self) -> None:
        """Nobody answers: the question is dropped."""
        self.dialogue = replace(self.dialogue, question=None)

    def begin(self) -> None:
        """A new conversation, which knows nothing of what was said."""
        self.dialogue = Dialogue()

    def preview(self, acts: Sequence[Act]) -> Outcome:
        """What would come of `acts`; nothing changes."""
        return respond(self.dialogue, acts, self.view())[1]

    def prior_cost(self, acts: Sequence[Act]) -> float:
        """Nats: how unlikely it is that somebody asks for this here. 0 for what is to be expected."""
        view = self.view()
        cost = 0.0
        for act in acts:
            if isinstance(act, Request):
                sure = Request(replace(act.intent, confidence=1.0))
                _, outcome = respond(self.dialogue, [sure], view)
                cost += prior_cost(act.intent, outcome)
        return cost

    def view(self) -> View:
        """The world as it is now."""
        memory = self.memory
        world = World(
            self.home,
            self._clock(),
            lists=memory.lists,
            agenda=memory.agenda,
            said=self.dialogue.times,
            journal=memory.journal,
            facts=memory.facts,
            papers=self._papers,
        )
        return View(world, self._skills, self._patience)
