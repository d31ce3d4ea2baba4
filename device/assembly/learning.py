"""What a home's names mean for ears and understanding: compiled here, or by another process meanwhile.

A big home takes a second to compile, and the voice loop may not wait for it. So when the home changes,
another process compiles the new one and hands over the result, of which the loop only reads the graph.
"""

from __future__ import annotations

import logging
import multiprocessing
import pickle
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kaldifst

from device.assembly.documents import make_papers
from device.assembly.inference import make_inference
from device.assembly.remarks import remarks
from device.assembly.skills import make_sentences
from device.discovery.learnt import Learnt
from device.engine.bundle import Bundle
from device.errors import MynahError
from device.hearing import grammar, others
from device.hearing.decoder import Decoder, DecoderSettings
from device.hearing.lexicon import Lexicon
from device.hearing.names import hearable
from device.hearing.transcriber import Ears
from device.hearing.wording import Expandable
from device.home.model import Home
from device.home.reading import Layout
from device.learning.sentences import with_learnt
from device.settings import Settings
from device.system.allocated import uncollected
from device.understanding.answers import Answers
from device.understanding.sentences import Sentences
from device.understanding.understanding import Understanding

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

log = logging.getLogger(__name__)

LAYOUT = "layout"
"""Name of the file that tells the process what to learn."""


def decoding_of(settings: Settings, bundle: Bundle) -> DecoderSettings:
    """How to decode: the bundle's way, with what the settings say instead."""
    own = DecoderSettings.of(bundle.decision)
    least = settings.hearing.reject_below
    return own if least is None else replace(own, reject_below=least)


def learn(
    settings: Settings, home: Home, sentences: Sentences, bundle: Bundle, lexicon: Lexicon, watchful: bool
) -> Learnt:
    """Raises BundleError, SentencesError, LexiconError."""
    with uncollected():
        return _learn(settings, home, sentences, bundle, lexicon, watchful)


def _learn(
    settings: Settings, home: Home, sentences: Sentences, bundle: Bundle, lexicon: Lexicon, watchful: bool
) -> Learnt:
    names, sentences = hearable(home.vocabulary, lexicon), with_learnt(sentences, home)
    graph = grammar.compile(sentences.groups(names), lexicon, bundle.labels)
    decoder = Decoder(graph, bundle.decision["log_prior"], decoding_of(settings, bundle))
    impostors = others.measured(decoder, others.load(bundle.others) if bundle.others else ())
    problems = (*names.problems, *remarks(sentences))
    understanding = Understanding(
        sentences, home, Answers.load(), make_inference(settings), make_papers(settings)
    )
    learnt = Learnt(graph, impostors, understanding, problems)
    decoder_for(settings, bundle, learnt, watchful)  # compiles what the graph then keeps
    return learnt


def decoder_for(settings: Settings, bundle: Bundle, learnt: Learnt, watchful: bool) -> Decoder:
    """A decoder for what was learnt; quick, where `learn` was as watchful."""
    prior, decoding = bundle.decision["log_prior"], decoding_of(settings, bundle)
    return Decoder(learnt.graph, prior, decoding, learnt.impostors, watchful=watchful)


def ears_for(settings: Settings, bundle: Bundle, lexicon: Lexicon, watchful: bool) -> Ears:
    """What makes decoders for a few sentences, such as the answers to a question, in some hundredths of a
    second. They raise LexiconError."""
    prior, decoding = bundle.decision["log_prior"], decoding_of(settings, bundle)
    strangers = tuple(others.load(bundle.others)) if bundle.others else ()

    def ears(groups: Sequence[Expandable]) -> Decoder:
        graph = grammar.compile(groups, lexicon, bundle.labels)
        impostors = others.measured(Decoder(graph, prior, decoding), strangers)
        return Decoder(graph, prior, decoding, impostors, watchful=watchful)

    return ears


class Learner:
    """A process that learns one home after another. Nothing here waits for it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = tempfile.TemporaryDirectory(prefix="mynah-")
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._layout: Layout | None = None
        self._found: tuple[Learnt, Mapping[Any, Path]] | str | None = None

    @property
    def busy(self) -> bool:
        """Whether a home is being learnt."""
        return self._layout is not None

    def prepare(self) -> None:
        """There will be a home to learn, or perhaps not: the process takes half a second to begin."""
        if self._process is not None and self._process.is_alive():
            return
        self.close()
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        work = (theirs, self._settings, Path(self._folder.name))
        self._process = context.Process(target=_work, args=work, daemon=True)
        self._process.start()
        theirs.close()

    def begin(self, layout: Layout) -> None:
        """Begin to learn a home; what was being learnt is given up."""
        if self.busy:
            self.close()
        self.prepare()
        assert self._pipe is not None
        self._layout = layout
        Path(self._folder.name).mkdir(exist_ok=True)  # what cleans /tmp does so by age
        # As a file: what is written to a pipe waits for the process to read it, but for a few bytes.
        (Path(self._folder.name) / LAYOUT).write_bytes(pickle.dumps(layout))
        with suppress(OSError):  # it has ended already, as `poll` finds
            self._pipe.send(LAYOUT)

    def poll(self) -> tuple[Layout, Learnt] | None:
        """The home and what was learnt of it, once, when it is done; a failure is logged and forgotten."""
        if self._process is None or self._pipe is None or self._layout is None:
            return None
        if self._found is None and not self._pipe.poll() and self._process.is_alive():
            return None
        if self._found is None:
            try:
                self._found = self._pipe.recv()
            except (EOFError, OSError):
                self._found = "it ended without an answer"
            return None  # the graphs are for the next time: one wait shall not become two
        layout, found = self._layout, self._found
        self.close()
        if isinstance(found, str):
            log.warning("the changes of the home cannot be compiled: %s", found)
            return None
        learnt, fsts = found
        graph = replace(learnt.graph, _fsts={key: _read(file) for key, file in fsts.items()})
        return layout, replace(learnt, graph=graph)

    def close(self) -> None:
        """End what is going on."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = self._layout = self._found = None


def _read(file: Path) -> Any:
    return kaldifst.StdConstFst.read(str(file))


def _work(pipe: Connection, settings: Settings, folder: Path) -> None:
    """Gets ready, waits for the word that the layout lies in `folder`, and answers with what it learnt."""
    try:
        bundle = Bundle.load(settings.hearing.bundle, "hearing")
        sentences = make_sentences(settings)
        lexicon = Lexicon(settings.hearing.lexicon)
        lexicon.pronunciations("lamp")  # reads the dictionary
        pipe.recv()
        layout = pickle.loads((folder / LAYOUT).read_bytes())
        learnt = learn(settings, Home(layout), sentences, bundle, lexicon, watchful=True)
        fsts = {key: folder / f"{number}.fst" for number, key in enumerate(learnt.graph.fsts)}
        for key, file in fsts.items():
            learnt.graph.fsts[key].write(str(file))
        pipe.send((replace(learnt, graph=learnt.graph.lean()), fsts))
    except (MynahError, OSError) as error:
        pipe.send(str(error))
    except EOFError:
        pass  # nobody wants to know any more
