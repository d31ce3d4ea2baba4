"""From settings to the objects of the loop. Each part alone, so that a command loads what it needs.

Imports are inside the functions: `mynah understand` needs no model, and `mynah --help` nothing at all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from device.assistant import STOP, Assistant
from device.conversation.conversation import Conversation
from device.errors import SettingsError
from device.settings import Settings

if TYPE_CHECKING:
    from device.discovery.following import Follow, Follower
    from device.discovery.learnt import Learnt
    from device.engine.bundle import Bundle
    from device.hearing.acoustic import AcousticModel
    from device.hearing.transcriber import Hearing
    from device.hearing.wake import WakeWord
    from device.home.model import Home
    from device.home.reading import Layout
    from device.knowledge.facts.facts import Fact
    from device.memory.habits.following import Following
    from device.memory.journal.journal import Journal
    from device.memory.memory import Memory
    from device.memory.rules import Rule
    from device.understanding.answers import Answers
    from device.understanding.sentences import Sentences
    from device.understanding.understanding import Understanding

log = logging.getLogger(__name__)


def adjusted(
    settings: Settings,
    home: Path | None = None,
    sentences: list[Path] | None = None,
    wake: list[Path] | None = None,
    documents: Path | None = None,
) -> Settings:
    """The settings with what the command line says instead."""
    if home is not None:
        settings = replace(settings, home=replace(settings.home, file=home))
    if sentences:
        settings = replace(settings, home=replace(settings.home, sentences=tuple(sentences)))
    if documents is not None:
        settings = replace(settings, knowledge=replace(settings.knowledge, documents=documents))
    if wake:
        settings = replace(settings, wake=replace(settings.wake, bundles=tuple(wake)))  # type: ignore[arg-type]
    return settings


def make_home(settings: Settings) -> Home:
    """Raises HomeError."""
    from device.home import reading
    from device.home.model import Home, standing_in
    from device.memory.learnt import FILE, learnt_store
    from device.system.places import state_folder

    layout = reading.read(settings.home.file)
    learnt = learnt_store(state_folder() / FILE).read().lessons
    layout = replace(layout, units=settings.home.units or layout.units, learnt=learnt)
    return Home(standing_in(layout, settings.device.room) if settings.device.room else layout)


def make_answers() -> Answers:
    """Raises SentencesError."""
    from device.understanding.answers import Answers

    return Answers.load()


def make_understanding(settings: Settings, home: Home, sentences: Sentences | None = None) -> Understanding:
    """Raises SentencesError, BundleError."""
    from device.assembly.documents import make_papers
    from device.assembly.inference import make_inference
    from device.assembly.skills import make_sentences
    from device.learning.sentences import with_learnt
    from device.understanding.understanding import Understanding

    return Understanding(
        *(with_learnt(sentences or make_sentences(settings), home), home, make_answers()),
        *(make_inference(settings), make_papers(settings)),
    )


def facts_of(settings: Settings) -> tuple[Fact, ...]:
    """What the user has written down. Raises FactsError."""
    from device.knowledge.facts.file import read

    return read(settings.knowledge.facts) if settings.knowledge.facts else ()


def make_habits(settings: Settings, memory: Memory | None) -> Following | None:
    """What people usually do; None where nothing is to be suggested."""
    if not settings.habits.suggest or memory is None:
        return None
    if memory.journal is None:
        log.warning("habits.suggest takes the journal: set journal = true under [memory]")
        return None
    from device.memory.habits.following import Following

    return Following(memory.journal, datetime.now)


def rules_of(settings: Settings) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """The rules that the user has written, and a line for each entry that is none. Raises RulesError."""
    from device.knowledge.rules.file import read

    return read(settings.knowledge.rules) if settings.knowledge.rules else ((), ())


def make_memory(
    home: Home,
    journal: Journal | None = None,
    facts: Iterable[Fact] = (),
    rules: Iterable[Rule] = (),
) -> Memory:
    """What the service remembers, kept in its state folder. The home knows the lists in it, and what was
    learnt, from now on."""
    from device.memory.memory import Memory
    from device.system.places import state_folder
    from device.system.watch import ClockWatch

    memory = Memory(home.layout.lists, state_folder(), ClockWatch(), journal, facts, rules)
    home.rearrange(taught(memory, home.layout))
    return memory


def taught(memory: Memory, layout: Layout) -> Layout:
    """`layout` with the lists that there are, and with what was learnt."""
    lists, lessons = memory.lists.names, memory.learnt.lessons
    if (lists, lessons) == (layout.lists, layout.learnt):
        return layout
    return replace(layout, lists=lists, learnt=lessons)


@contextmanager
def journal(settings: Settings, home: Home) -> Iterator[Journal | None]:
    """What happens in `home`, kept in the state folder; None where the settings do not want it."""
    from device.memory.journal.journal import FILE, follow, kept
    from device.memory.journal.writer import Bounds
    from device.system.places import state_folder

    if not settings.memory.journal:
        yield None
        return
    bounds = Bounds(settings.memory.days, settings.memory.megabytes)
    opened = kept(state_folder() / FILE, bounds)
    told = follow(opened)
    home.state.followers.append(told)
    try:
        yield opened
    finally:
        home.state.followers.remove(told)
        opened.sink.close()


def wake_bundles(settings: Settings) -> list[Bundle]:
    """Raises BundleError, and SettingsError for a threshold of a wake word that there is not."""
    from device.engine.bundle import Bundle

    bundles = [Bundle.load(folder, "wake") for folder in settings.wake.bundles]
    names = [word for bundle in bundles for word in bundle.labels]
    for table, named in (("thresholds", settings.wake.thresholds), ("actions", settings.wake.actions)):
        for name in named:
            if name not in names:
                raise SettingsError(
                    f"wake.{table}: no wake word is called {name!r}: there are {', '.join(names)}"
                )
    return bundles


def make_wake(
    settings: Settings,
    acoustic: AcousticModel | None = None,
    sounding: Callable[[], bool] = lambda: False,
) -> WakeWord:
    """The wake words. `acoustic`: for the second look, and for nothing else; by default it is loaded.
    `sounding`: whether Mynah speaks, rings or plays, so that "stop" counts.

    Raises BundleError, SettingsError.
    """
    from device.engine.bundle import Bundle
    from device.hearing.acoustic import AcousticModel
    from device.hearing.second_look import SecondLook
    from device.hearing.wake import WakeModel, WakeWord

    bundles, folder = wake_bundles(settings), settings.wake.stop
    acoustic = acoustic or AcousticModel(Bundle.load(settings.hearing.bundle, "hearing"))
    stopping = WakeModel(Bundle.load(folder, "wake"), only=STOP) if isinstance(folder, Path) else None
    return WakeWord.load(bundles, settings.wake.thresholds, SecondLook(acoustic), stopping, sounding)


def make_hearing(
    settings: Settings, home: Home, sentences: Sentences | None = None, *, watchful: bool = False
) -> tuple[Hearing, float]:
    """Hearing for the home's sentences, and the confidence below which it is not acted on.

    `watchful`: it can tell when a command is whole. Names that cannot be heard are left out, with a warning.

    Raises BundleError, SentencesError, LexiconError.
    """
    from device.assembly.skills import make_sentences
    from device.engine.bundle import Bundle
    from device.hearing.acoustic import AcousticModel

    bundle = Bundle.load(settings.hearing.bundle, "hearing")
    acoustic = AcousticModel(bundle)
    hearing, _ = _ears(settings, home, sentences or make_sentences(settings), watchful, bundle, acoustic)
    return hearing, hearing.decoder.settings.reject_below


def _ears(
    settings: Settings,
    home: Home,
    sentences: Sentences,
    watchful: bool,
    bundle: Bundle,
    acoustic: AcousticModel,
) -> tuple[Hearing, Learnt]:
    from device.assembly.learning import decoder_for, ears_for, learn
    from device.assembly.words import second_opinion
    from device.hearing.lexicon import Lexicon
    from device.hearing.transcriber import Hearing

    lexicon = Lexicon(settings.hearing.lexicon)
    learnt = learn(settings, home, sentences, bundle, lexicon, watchful)
    learnt = replace(learnt, graph=learnt.graph.compiled())  # the arcs take as much memory again
    for problem in learnt.problems:
        log.warning(problem)
    decoder = decoder_for(settings, bundle, learnt, watchful)
    ears = ears_for(settings, bundle, lexicon, watchful)
    second = second_opinion(settings.hearing.words, bundle)
    return Hearing(acoustic, decoder, ears, second), learnt


def make_follower(settings: Settings, home: Home, assistant: Assistant, follow: Follow) -> Follower | None:
    """What keeps `assistant` at what the broker announces; None where the settings do not want it.

    The example home's devices are nobody's, and make way for what is announced.
    """
    from device.assembly.learning import Learner
    from device.discovery.announcements import Announcements
    from device.discovery.following import Follower
    from device.hearing.transcriber import Hearing
    from device.home.model import own
    from device.understanding.understanding import Understanding

    if not settings.home.discover:
        return None
    hearing, understanding = assistant.hearing, assistant.understanding
    assert isinstance(hearing, Hearing)
    assert isinstance(understanding, Understanding)

    def adopt(learnt: Learnt) -> None:
        hearing.adopt(hearing.decoder.over(learnt.graph, learnt.impostors))
        understanding.adopt(learnt.understanding)

    layout = own(home.layout, settings.home.file)
    announcements = Announcements(layout.zigbee2mqtt)
    talk = assistant.conversation
    told = partial(taught, talk.memory) if isinstance(talk, Conversation) else None
    return Follower(home, layout, announcements, Learner(settings), adopt, follow, told)


def make_assistant(
    settings: Settings,
    home: Home | None = None,
    memory: Memory | None = None,
    *,
    push_to_talk: bool = False,
) -> Assistant:
    """The whole loop. `memory`: what is kept; by default it ends with the process. `push_to_talk`: without a
    wake word, and a recording's end is the button's release."""
    from device.assembly.documents import make_papers
    from device.assembly.skills import make_skills
    from device.assistant import Controls, Held, Never
    from device.audio.endpoint import Endpointer
    from device.engine.bundle import Bundle
    from device.hearing.acoustic import AcousticModel
    from device.system.watch import passed

    home, (sentences, skills) = home or make_home(settings), make_skills(settings)
    bundle = Bundle.load(settings.hearing.bundle, "hearing")
    acoustic = AcousticModel(bundle)
    hearing, learnt = _ears(settings, home, sentences, not push_to_talk, bundle, acoustic)
    learnt.understanding.prepare()
    conversation = Conversation(
        home,
        memory=memory,
        skills=skills,
        papers=make_papers(settings),
        elapsed=passed,
        habits=make_habits(settings, memory),
    )
    conversation.watch.understand = learnt.understanding.requests
    conversation.watch.bind()
    controls = Controls()
    return Assistant(
        wake=Never()
        if push_to_talk
        else make_wake(
            settings,
            AcousticModel(bundle, model=acoustic.model),
            lambda: controls.speaking() or conversation.rings,
        ),
        endpointer=Held()
        if push_to_talk
        else Endpointer(settings.endpoint, hearing.settled, hearing.whole, settings.audio.whispers),
        hearing=hearing,
        understanding=learnt.understanding,
        conversation=conversation,
        reject_below=hearing.decoder.settings.reject_below,
        patience=settings.dialogue.patience,
        actions={} if push_to_talk else actions(settings, learnt.understanding),
        controls=controls,
    )


def actions(settings: Settings, understanding: Understanding) -> Mapping[str, str]:
    """What each wake word does. Raises SettingsError where that means nothing."""
    from device.assistant import LISTEN
    from device.events import NotRecognized, Transcript

    for name, action in settings.wake.actions.items():
        if action in (LISTEN, STOP):
            continue
        if isinstance(understanding.understand(Transcript(action, 1.0)), NotRecognized):
            raise SettingsError(
                f"wake.actions: {action!r} for {name!r} means nothing: write listen, stop or a command"
            )
    stopping = {STOP: STOP} if settings.wake.stop else {}
    return {**stopping, **settings.wake.actions}
