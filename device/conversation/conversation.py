"""The conversation in a home: holds the dialogue between turns and looks at the world for it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from device.conversation.registry import Skills
from device.conversation.suggestions import suggestion
from device.dialogue.exchange import Exchange
from device.dialogue.falling_due import fallen_due, set_off
from device.dialogue.policy import respond
from device.dialogue.remembering import opened
from device.dialogue.state import Dialogue, Focus
from device.events import Act, Change, Intent, Outcome, Question, Reply, Request
from device.home.model import Home
from device.knowledge.facts.facts import Fact
from device.knowledge.rules.past import past_of
from device.knowledge.rules.watching import Watch
from device.knowledge.shelf import Searched
from device.learning.offering import Offers
from device.memory.agenda import REMINDER, Agenda
from device.memory.habits.following import Following
from device.memory.memory import Memory
from device.memory.rules import Rule
from device.skills.help import examples
from device.skills.rules.handle import removal
from device.skills.skill import World
from device.understanding.prior_cost import prior_cost
from device.understanding.times import later

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
    that clock, None where whoever listens closes it. `memory`: what is kept; by default, until it ends.
    `offers`: what Mynah asks to learn; None: nothing."""

    def __init__(
        self,
        home: Home,
        clock: Clock = datetime.datetime.now,
        patience: datetime.timedelta | None = None,
        memory: Memory | None = None,
        skills: Skills | None = None,
        papers: Searched | None = None,
        offers: Offers | None = None,
        elapsed: Callable[[], float] | None = None,
        habits: Following | None = None,
    ) -> None:
        """`elapsed`: seconds that nobody sets, for lengths of time; default: those of `clock`. `habits`: what
        people usually do; None where nothing is to be suggested."""
        self.home, self._clock, self._patience = home, clock, patience
        self.memory, self._skills = memory or Memory(home.layout.lists), skills or Skills()
        self._papers, self.offers = papers, offers
        self._elapsed = elapsed or (lambda: clock().timestamp())
        self._habits = habits
        if habits is not None:
            home.state.followers.append(habits.notice)
        journal = self.memory.journal
        self.watch = Watch(
            home,
            lambda: self.memory.rules,
            lambda: self.memory.facts,
            lambda intent: self.view().handle(intent),
            self._elapsed,
            past_of(journal) if journal is not None else None,
        )
        """What the rules wait for."""
        self.dialogue = Dialogue()

    @property
    def question(self) -> Question | None:
        """What is waited for now."""
        return self.dialogue.at(self._clock()).question

    def respond(self, acts: Sequence[Act]) -> Outcome:
        """What comes of `acts`. Changes the memory; sends nothing itself."""
        self.dialogue, outcome = respond(self.dialogue, acts, self.view())
        self._apply(outcome.done)
        return self._offered(outcome) if outcome.fine and outcome.commands else outcome

    def _offered(self, outcome: Outcome) -> Outcome:
        """`outcome`, after which Mynah asks whether to learn something, if there is anything."""
        if self.offers is None or outcome.question is not None:
            return outcome
        view = self.view()
        offer = self.offers.next(view.now, self.memory.learnt)
        if offer is None:
            return outcome
        question, change = offer
        self.memory.apply([change])
        text = f"{outcome.reply.text.rstrip('.')}. {question.text}"
        self.dialogue = replace(self.dialogue, question=opened(question, view), said=text)
        return replace(outcome, reply=Reply(text), question=question)

    def prepare(self) -> bool:
        """Get ready to ask whether to learn something, between two turns. Whether there is more to do."""
        view = self.view()
        return self.offers is not None and self.offers.prepare(view.now, self.memory.learnt, view.handle)

    @property
    def meant(self) -> Intent | None:
        """The last request, as it was understood in the conversation."""
        return self.dialogue.heard

    def _apply(self, changes: Sequence[Change]) -> None:
        self.memory.apply(changes)
        if any(isinstance(change.subject, Rule | Fact) for change in changes):
            self.watch.renew(any(isinstance(change.subject, Fact) for change in changes))

    def ask(self, question: Question) -> None:
        """Open `question`. One of somebody else stays open until somebody answers it or closes it."""
        opened_ = question if question.relayed else opened(question, self.view())
        self.dialogue = replace(self.dialogue, question=opened_, said=question.text, misses=0)

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
            self._apply(outcome.done)
            self.dialogue = replace(self.dialogue, said=outcome.reply.text, reason="")
            if one.kind == REMINDER:
                again = Intent("MynahSetReminder", {"text": one.text}, 1.0)
                self.dialogue = replace(self.dialogue, focus=Focus(again, {"text": one.text}, now))
            yield Exchange(None, acts, outcome, one)
            self.memory.settle(one)
        yield from self._set_off(now) if self.watch.is_due() else ()
        if self._habits is not None and self._habits.is_due(now):
            yield from self._suggested(self._habits, now)

    def _set_off(self, now: datetime.datetime) -> Iterator[Exchange]:
        """What the rules do that fire now."""
        for fired in self.watch.look(now):
            due, acts, outcome = set_off(fired, self.view())
            if fired.bound.rule.once:
                outcome = replace(outcome, done=(*outcome.done, removal(fired.bound.rule)))
            self._apply(outcome.done)
            self.dialogue = replace(self.dialogue, said=outcome.reply.text, reason=fired.because)
            yield Exchange(None, acts, outcome, due)

    def _suggested(self, habits: Following, now: datetime.datetime) -> Iterator[Exchange]:
        """What people usually do about now, if they want it to be suggested."""
        found = habits.look(now)
        if found is None or not self.memory.suggests:
            return
        made = suggestion(*found, self.home, self.view().handle, now)
        if made is None or any(rule.text in made[0].text for rule in self.memory.rules.said):
            return
        habits.made(now)
        due, outcome = made
        reason = "Because you usually do that at this time"
        self.dialogue = replace(self.dialogue, said=outcome.reply.text, reason=reason)
        yield Exchange(None, (), outcome, due)

    @property
    def next_due(self) -> datetime.datetime | None:
        """When `due` has something to do next, as local time, if nothing happens before."""
        at, ripe = self.memory.next_due, self.watch.next_due
        if ripe is None:
            return at
        now = self._clock()
        wait = datetime.timedelta(seconds=max(0.0, ripe - self._elapsed()))
        return min(later(now, wait), at or datetime.datetime.max.replace(tzinfo=now.tzinfo))

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
            rules=memory.rules,
            watch=self.watch,
            habits=self._habits is not None,
        )
        return View(world, self._skills, self._patience)
