"""`mynah-train opinion`: how a graph of any words is searched with an acoustic model, and what it may object.

On speech that neither model was trained on, or that was made up, in training-side noise:

- each word costs what leaves the fewest wrong words in sentences that people read;
- the weight of the second opinion is the one with which the fewest sentences near the home's are taken for
  commands, while of what is said in a grammar and rightly heard no more than LOST falls below the bundle's
  threshold: of made-up commands by synthetic voices, of spelled names and numbers by people, and of sentences
  that people read, against a list of these. People's accents fit many words as well as those they said, so
  that without them the weight would be too high for real commands.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from device.assembly.stages import make_home
from device.engine.bundle import Bundle, sha256
from device.events import Intent, Samples, Transcript
from device.hearing import grammar, others
from device.hearing.decoder import Decoder, DecoderSettings
from device.hearing.lexicon import Lexicon
from device.hearing.opinion import weighed
from device.hearing.words import Words
from device.home.model import Home
from device.settings import Settings, bundle_folder
from device.understanding.sentences import Sentences
from device.understanding.understanding import Understanding
from training import regression
from training.corpus import synthesis
from training.corpus.manifest import CALIBRATED_ON, HELD_OUT
from training.edits import distance
from training.hearing import calibrate
from training.hearing.calibrate import Heard, NoisyModel
from training.json_files import annotate
from training.words import nearby

LOST = 0.015
"""Share of what was rightly heard that the second opinion may cost, of each kind."""
WEIGHTS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
NEAR, COMMANDS, READ = 300, 160, 120
"""Recordings of sentences near the home's and of its commands, each at every ratio; and of what people of
each corpus read, all ratios together."""
WORD_PENALTIES = (1.0, 2.0, 3.0)

Fits = Callable[[str, str], bool]
"""Whether what was said is what was heard."""


class Case(NamedTuple):
    """What a grammar made of a recording: its confidence `before` and `after` a doubt, by each of WEIGHTS."""

    before: float
    after: Sequence[float]


@dataclass(frozen=True, slots=True)
class Tried:
    """A weight: the share of sentences near commands that are acted on, and what is lost of each kind."""

    weight: float
    acted_on: float
    lost: Mapping[str, float]


def chosen(
    near: Sequence[Case], right: Mapping[str, Sequence[Case]], least: float
) -> tuple[Tried, Sequence[Tried]]:
    """The best weight and all that were tried, 0 first; `least`: the confidence from which is acted."""
    tried = [Tried(0.0, _share(case.before >= least for case in near), dict.fromkeys(right, 0.0))]
    for number, weight in enumerate(WEIGHTS):
        acted_on = _share(case.after[number] >= least for case in near)
        lost = {
            kind: _share(case.after[number] < least for case in cases if case.before >= least)
            for kind, cases in right.items()
        }
        tried.append(Tried(weight, acted_on, lost))
    allowed = [one for one in tried if max(one.lost.values(), default=0.0) <= LOST]
    return min(allowed, key=lambda one: one.acted_on), tried


def _share(found: Iterable[bool]) -> float:
    each = list(found)
    return sum(each) / max(len(each), 1)


def cases(heard: Sequence[Heard], command: Decoder, free: Decoder, fits: Fits | None) -> Iterator[Case]:
    """Of what decodes to a sentence and `fits` what was said; None: whatever it is."""
    for item in heard:
        decoded = command.decode(item.posteriors)
        if decoded is None or (fits and not fits(item.text or "", " ".join(decoded.words))):
            continue
        words = free.decode(item.posteriors)
        after = [weighed(decoded, words, weight, command) for weight in WEIGHTS]
        yield Case(decoded.confidence, [0.0 if one.free else one.confidence for one in after])


def word_errors(heard: Sequence[Heard], decoder: Decoder) -> float:
    """Share of the words that were said."""
    wrong = said = 0
    for item in heard:
        found = decoder.decode(item.posteriors)
        text = (item.text or "").split()
        wrong += distance(text, list(found.words) if found else [])
        said += len(text)
    return wrong / max(said, 1)


def best_word_penalty(words: Words, acoustic: Bundle, heard: Sequence[Heard]) -> tuple[float, float]:
    """With which the fewest words of `heard` are wrong, and their share."""
    rates = {}
    for penalty in WORD_PENALTIES:
        rates[penalty] = word_errors(heard, replace(words, word_penalty=penalty).decoder(acoustic))
        print(f"word penalty {penalty:g}: {rates[penalty]:.1%} of the words wrong", flush=True)
    best = min(rates, key=rates.__getitem__)
    return best, rates[best]


def right_words(heard: Sequence[Heard], decoder: Decoder) -> tuple[float, float]:
    """Slope and offset of the share of heard words that are right, over the log-likelihood ratio."""
    ratios: list[float] = []
    right: list[bool] = []
    for item in heard:
        found = decoder.decode(item.posteriors)
        if found is not None:
            wrong = min(distance((item.text or "").split(), list(found.words)), len(found.words))
            ratios += [found.details.llr] * len(found.words)
            right += [number >= wrong for number in range(len(found.words))]
    slope, offset = regression.logistic_regression(np.array(ratios)[:, None], np.array(right)).tolist()
    share = float(np.clip(np.mean(right), 0.01, 0.99))
    return slope, offset + float(np.log(share / (1 - share)))  # both kinds weighed as much there


class Listeners:
    """The home's grammar and others, to be held against any words."""

    def __init__(self, acoustic: Bundle) -> None:
        self._acoustic, self._lexicon = acoustic, Lexicon()
        settings = Settings()
        self.home: Home = make_home(settings)
        self.sentences = Sentences.load(settings.home.sentences)
        self.understanding = Understanding(self.sentences, self.home)

    def decoder(self, sentences: Sentences) -> Decoder:
        """As the device makes it."""
        acoustic = self._acoustic
        graph = grammar.compile(sentences.groups(self.home), self._lexicon, acoustic.labels)
        plain = Decoder(graph, acoustic.decision["log_prior"], DecoderSettings.of(acoustic.decision))
        strangers = others.load(acoustic.others) if acoustic.others else ()
        return plain.over(graph, others.measured(plain, strangers))

    def meaning(self, text: str) -> Any:
        """None where it has none."""
        found = self.understanding.understand(Transcript(text, 1.0))
        return (found.name, dict(found.slots)) if isinstance(found, Intent) else None


def spoken(texts: Sequence[str], count: int, seed: int) -> list[tuple[str, Samples]]:
    """Some of `texts` by the voices that training used, half of them drawn speakers of espeak-ng."""
    voices = synthesis.TRAINING_VOICES + synthesis.DRAWN_VOICES
    drawn = synthesis.draw(texts, voices, count, np.random.default_rng(seed), espeak_share=0.5)
    return [(item.text, samples) for item, samples in zip(drawn, synthesis.speak_all(drawn), strict=True)]


def second_opinion(
    words: Words, acoustic: Bundle, data: Path, ear: NoisyModel, people: Sequence[Heard]
) -> tuple[Tried, Sequence[Tried]]:
    """The weight, and what was tried; `people`: read sentences, none of which goes with the bundle."""
    listeners = Listeners(acoustic)
    free, meaning = words.decoder(acoustic), listeners.meaning
    at_home = listeners.decoder(listeners.sentences)
    texts = calibrate.calibration_commands(listeners.understanding)
    near = nearby.sentences(
        data,
        texts,
        lambda text: meaning(text) is not None,
        at_home.graph.words,
        NEAR,
        np.random.default_rng(21),
    )
    an4 = data / "speech" / "an4"
    listed = calibrate.made_up(sorted({item.text for item in people if item.text}))
    kinds: Mapping[str, tuple[Sequence[Heard], Sentences, Fits]] = {
        "commands": (
            ear.hear(spoken(texts, COMMANDS, 6), "commands"),
            listeners.sentences,
            lambda said, found: bool(meaning(said) == meaning(found)),
        ),
        "spelled": (
            ear.hear(calibrate.recordings_of(an4, 100, HELD_OUT), "spelled"),
            calibrate.letters_and_numbers(an4),
            lambda said, found: said == found,
        ),
        "read": (people, listed, lambda said, found: said == found),
    }
    right = {
        name: list(cases(heard, listeners.decoder(sentences), free, fits))
        for name, (heard, sentences, fits) in kinds.items()
    }
    bent = list(cases(ear.hear(spoken(near, NEAR, 5), "near commands"), at_home, free, None))
    return chosen(bent, right, at_home.settings.reject_below)


def fit(folder: Path, acoustic: Bundle, data: Path) -> dict[str, Any]:
    """The `decision` of the words in `folder` with the acoustic model."""
    ear, words = NoisyModel(acoustic, data / "noise"), Words.load(folder, acoustic)
    read, more = (
        ear.hear(calibrate.recordings_of(data / "speech" / name, 150, HELD_OUT * CALIBRATED_ON), name)
        for name in ("common-voice", "common-voice-more")
    )
    _, unkept = calibrate.parted(read)  # the others went with the acoustic model
    people = [*unkept[:READ], *more[:READ]]
    penalty, rate = best_word_penalty(words, acoustic, people)
    words = replace(words, word_penalty=penalty)
    slope, offset = right_words(people, words.decoder(acoustic))
    best, tried = second_opinion(words, acoustic, data, ear, people)
    return {
        "acoustic": sha256(acoustic.model),
        "word_penalty": penalty,
        "slope": round(slope, 4),
        "offset": round(offset, 4),
        "weight": best.weight,
        "calibration": {"read_words_wrong": round(rate, 4), "tried": [asdict(one) for one in tried]},
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--words", type=Path, required=True, help="bundle of words to fit")
    parser.add_argument(
        "--bundle", type=Path, default=bundle_folder("english"), help="acoustic model to fit it to"
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with speech/, text/ and noise/")


def run(arguments: argparse.Namespace) -> None:
    file = arguments.words / "bundle.json"
    content = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if content.pop("decision", None):  # what was found with another acoustic model is in the way
        file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    decision = fit(arguments.words, Bundle.load(arguments.bundle, "hearing"), arguments.data)
    print(json.dumps(decision, indent=1), flush=True)
    annotate(file, {"decision": decision})
    print(f"{arguments.words}: fitted to {arguments.bundle}")
