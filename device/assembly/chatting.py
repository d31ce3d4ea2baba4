"""A conversation by text, as `mynah chat` and `mynah understand` hold it: no audio, no broker."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator

from device.assembly.documents import index_now, make_papers
from device.assembly.inference import make_inference
from device.assembly.remarks import remarks
from device.assembly.skills import make_skills
from device.assembly.stages import facts_of, make_answers, make_home, rules_of, taught
from device.channels.journalling import of_exchange
from device.conversation.conversation import Conversation
from device.dialogue.exchange import Exchange
from device.discovery.announcements import Announcements
from device.discovery.joining import joined
from device.errors import UsageError
from device.events import Act, Question, Transcript
from device.home.model import Home, own
from device.learning.offering import Offers
from device.learning.sentences import with_learnt
from device.learning.study import forgetting, study
from device.memory.habits.following import Following
from device.memory.journal.journal import follow, passing
from device.memory.learnt import Learnt, Lesson
from device.memory.memory import Memory
from device.settings import Settings
from device.understanding.times import later
from device.understanding.understanding import Understanding

TYPING = datetime.timedelta(minutes=2)
"""How long a question waits for somebody who types, by a real clock."""


class SimulatedClock:
    """Time that passes only when it is told to."""

    def __init__(self, now: datetime.datetime) -> None:
        self.now = now

    def __call__(self) -> datetime.datetime:
        return self.now

    @classmethod
    def at(cls, text: str) -> SimulatedClock:
        """From an ISO 8601 time; one without a date is today's. Raises UsageError."""
        try:
            at = datetime.datetime.fromisoformat(text)
            return cls(at if at.tzinfo is None else datetime.datetime.fromtimestamp(at.timestamp()))
        except ValueError:
            pass
        try:
            return cls(datetime.datetime.combine(datetime.date.today(), datetime.time.fromisoformat(text)))
        except ValueError:
            raise UsageError(f"--clock {text}: not a time; write it like 2026-03-02T18:00") from None


class Chat:
    """Takes lines, gives what comes of them."""

    def __init__(
        self,
        home: Home,
        conversation: Conversation,
        understand: Callable[[], Understanding],
        announcements: Announcements,
        clock: SimulatedClock | None,
    ) -> None:
        """`understand`: binds the sentences to the home as it is then."""
        self._home, self._conversation, self._clock = home, conversation, clock
        self._understand, self._understanding = understand, understand()
        self._announcements, self._own = announcements, home.layout
        conversation.watch.understand = lambda text: self._understanding.requests(text)
        self.remarks: tuple[str, ...] = ()
        """Lines on the user's files: what of their sentences does not do what it says, and which
        documents cannot be read."""
        self.faults: tuple[str, ...] = ()
        """Lines on the rules that do not work."""

    @classmethod
    def of(cls, settings: Settings, clock: str | None = None) -> Chat:
        """Raises HomeError, SentencesError, BundleError, UsageError."""
        home, answers, inference = make_home(settings), make_answers(), make_inference(settings)
        sentences, skills = make_skills(settings)
        simulated = SimulatedClock.at(clock) if clock else None
        patience = datetime.timedelta(seconds=settings.dialogue.patience) if simulated else TYPING
        problems, papers = index_now(settings), make_papers(settings)
        clock_ = simulated or datetime.datetime.now
        journal = passing(lambda: clock_().timestamp()) if settings.memory.journal else None
        if journal is not None:
            home.state.followers.append(follow(journal, settling=0))
        rules, faults = rules_of(settings)
        learnt = Learnt(home.layout.learnt)
        memory = Memory(
            home.layout.lists, journal=journal, facts=facts_of(settings), rules=rules, learnt=learnt
        )
        habits = None
        if settings.habits.suggest and journal is not None:
            habits = Following(journal, clock_, start=lambda learn: learn())
        conversation = Conversation(home, clock_, patience, memory, skills, papers, habits=habits)
        announcements = Announcements(home.layout.zigbee2mqtt)

        def understand() -> Understanding:
            return Understanding(with_learnt(sentences, home), home, answers, inference, papers)

        chat = cls(home, conversation, understand, announcements, simulated)
        if settings.memory.learn and journal is not None:
            conversation.offers = Offers(home, chat.acts)
        chat._own = own(home.layout, settings.home.file)
        conversation.watch.bind()
        chat.faults = (*faults, *conversation.watch.faults)
        chat.remarks = (*remarks(sentences), *problems, *faults)
        return chat

    def take(self, line: str) -> Iterator[Exchange]:
        """One line. Raises UsageError for one that is malformed."""
        if not line.strip():
            self.begin()
        elif line.startswith("<"):
            self._message(line[1:].strip())
            yield from self._fallen_due()
        elif line[0] == "+" and line[1:].strip().replace(".", "", 1).isdigit():
            yield from self._wait(float(line[1:]))
        else:
            yield self.say(line.strip())
            yield from self._fallen_due()

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        """What was learnt by now."""
        return self._conversation.memory.learnt.lessons

    def begin(self) -> None:
        """A new dialogue."""
        self._conversation.begin()

    def say(self, text: str) -> Exchange:
        while self._conversation.prepare():
            pass
        question = self._conversation.question
        acts = self.acts(text, question)
        exchange = Exchange(text, acts, self._conversation.respond(acts))
        self._write_down(exchange, question)
        self._know_what_was_told()
        return exchange

    def acts(self, text: str, question: Question | None = None) -> tuple[Act, ...]:
        """What `text` does, as it is understood now; nothing comes of it."""
        return self._understanding.acts(Transcript(text, 1.0), question)

    def _write_down(self, exchange: Exchange, question: Question | None = None) -> None:
        """Keep it in the journal, if there is one. `question`: what it answers."""
        talk, journal = self._conversation, self._conversation.memory.journal
        if journal is not None:
            journal.sink.take(of_exchange(exchange, journal.elapsed(), question, understood=talk.meant))
        if journal is not None and talk.offers is not None:
            with journal.past() as past:
                known = study(past, self._home.vocabulary, talk.memory.learnt, journal.elapsed())
            talk.memory.apply(forgetting(known))
            talk.offers.take(known.proposals)

    def _know_what_was_told(self) -> None:
        """The lists that were made, and what was learnt, can be said from now on."""
        layout = taught(self._conversation.memory, self._home.layout)
        if layout is not self._home.layout:
            self._own = taught(self._conversation.memory, self._own)
            self._home.rearrange(layout)
            self._understanding = self._understand()

    def _wait(self, seconds: float) -> Iterator[Exchange]:
        if self._clock is None:
            raise UsageError("time passes by itself; to let it pass with +SECONDS, use --clock")
        end = later(self._clock.now, datetime.timedelta(seconds=seconds))
        while (at := self._conversation.next_due) is not None and at <= end:
            self._clock.now = max(at, self._clock.now)
            yield from self._fallen_due()
        self._clock.now = end
        yield from self._fallen_due()

    def _fallen_due(self) -> Iterator[Exchange]:
        if self._conversation.watch.is_stale:
            self._conversation.watch.bind()
        for exchange in self._conversation.due():
            question = exchange.outcome.question
            if question is not None and self._conversation.question is None:
                self._conversation.ask(question)
            self._write_down(exchange)
            yield exchange

    def _message(self, text: str) -> None:
        """A message of the broker; what it announces can be said from now on."""
        topic, payload = _parted(text)
        if self._announcements.receive(topic, payload.encode()):
            self._home.rearrange(joined(self._own, self._announcements.found())[0])
            self._understanding = self._understand()
        self._home.observe(topic, payload.encode())


def _parted(text: str) -> tuple[str, str]:
    """Topic and payload. A topic with blanks is a JSON string."""
    if not text.startswith('"'):
        topic, _, payload = text.partition(" ")
        return topic, payload.strip()
    try:
        topic, end = json.JSONDecoder().raw_decode(text)
    except ValueError:
        raise UsageError(f"< {text}: the topic is not a JSON string; close its quotes") from None
    return topic, text[end:].strip()
