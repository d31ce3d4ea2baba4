"""`mynah-train opinion`: how a graph of any words is searched with an acoustic model, and what it may object.

On speech that neither model was trained on, or that was made up, in training-side noise:

- dictation's settings are those with the fewest wrong words in sentences that people read;
- the weight of the second opinion is the one with which the fewest sentences near the home's are taken for
  commands, while of the right commands no more than LOST fall below the bundle's threshold. These are made-up
  commands, and spelled names and numbers by people, each in its own grammar.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from device.assembly.stages import make_home
from device.engine.bundle import Bundle, sha256
from device.events import Intent, Transcript
from device.hearing import grammar, others
from device.hearing.decoder import Decoder, DecoderSettings
from device.hearing.lexicon import Lexicon
from device.hearing.opinion import weighed
from device.hearing.words import BY_ITSELF, Words
from device.settings import Settings, bundle_folder
from device.understanding.sentences import Sentences
from device.understanding.understanding import Understanding
from training.corpus import synthesis
from training.corpus.manifest import CALIBRATED_ON, HELD_OUT
from training.edits import distance
from training.hearing import calibrate
from training.hearing.calibrate import Heard, NoisyModel
from training.json_files import annotate
from training.words import nearby

LOST = 0.01
"""Share of the right commands that the second opinion may cost."""
WEIGHTS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
NEAR, COMMANDS, READ = 400, 240, 30
"""Recordings of sentences near the home's, of its commands, and of each corpus of read sentences."""
SCALES = (0.75, 1.0, 1.5, 2.0)
WORD_PENALTIES = (-1.0, 0.0, 1.0, 2.0)


class Case(NamedTuple):
    """What a grammar makes of a recording, beside any words; `right`: it was said, and is understood so."""

    doubted: Sequence[float]  # the confidence by each of WEIGHTS
    before: float
    right: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """By a weight, shares of sentences near commands that are acted on and of right commands that are not."""

    weight: float
    acted_on: float
    lost: float


def chosen(near: Sequence[Case], commands: Sequence[Case], least: float) -> tuple[Tried, Sequence[Tried]]:
    """The best of WEIGHTS and all of them; `least`: the confidence from which is acted."""
    right = [case for case in commands if case.right and case.before >= least]
    tried = [Tried(0.0, _share(case.before >= least for case in near), 0.0)]
    for number, weight in enumerate(WEIGHTS):
        acted_on = _share(case.doubted[number] >= least for case in near)
        tried.append(Tried(weight, acted_on, _share(case.doubted[number] < least for case in right)))
    allowed = [one for one in tried if one.lost <= LOST]
    return min(allowed, key=lambda one: (one.acted_on, one.lost)), tried


def _share(found: Iterator[bool]) -> float:
    each = list(found)
    return sum(each) / max(len(each), 1)


def cases(heard: Sequence[Heard], command: Decoder, free: Decoder, fits: Any) -> Iterator[Case]:
    """Of what decodes to a sentence; `fits(said, found)`: it was said."""
    for item in heard:
        decoded = command.decode(item.posteriors)
        if decoded is None:
            continue
        words = free.decode(item.posteriors)
        doubted = [weighed(decoded, words, weight, command).confidence for weight in WEIGHTS]
        right = item.text is not None and fits(item.text, " ".join(decoded.words))
        yield Case(doubted, decoded.confidence, right)


def spoken(texts: Sequence[str], count: int, seed: int) -> list[tuple[str, Any]]:
    """Some of `texts` by the voices that training used, half of them drawn speakers of espeak-ng."""
    voices = synthesis.TRAINING_VOICES + synthesis.DRAWN_VOICES
    drawn = synthesis.draw(texts, voices, count, np.random.default_rng(seed), espeak_share=0.5)
    return [(item.text, samples) for item, samples in zip(drawn, synthesis.speak_all(drawn), strict=True)]


def word_errors(heard: Sequence[Heard], decoder: Decoder) -> float:
    """Share of the words that were said."""
    wrong = said = 0
    for item in heard:
        found = decoder.decode(item.posteriors)
        text = (item.text or "").split()
        wrong += distance(text, list(found.words) if found else [])
        said += len(text)
    return wrong / max(said, 1)


def dictation(words: Words, acoustic: Bundle, heard: Sequence[Heard]) -> tuple[float, DecoderSettings, float]:
    """The scale of the language model, how to decode, and the share of wrong words of `heard` with both."""
    prior, start = acoustic.decision["log_prior"], DecoderSettings.of(acoustic.decision)

    def rate(scale: float, penalty: float) -> float:
        settings = replace(start, word_penalty=penalty)
        found = word_errors(heard, Decoder(words.graph.scaled(scale), prior, settings, BY_ITSELF))
        print(f"scale {scale:g}, word penalty {penalty:g}: {found:.1%} of the words wrong", flush=True)
        return found

    scales = {scale: rate(scale, 0.0) for scale in SCALES}
    scale = min(scales, key=scales.__getitem__)
    rates = {penalty: scales[scale] if penalty == 0 else rate(scale, penalty) for penalty in WORD_PENALTIES}
    penalty = min(rates, key=rates.__getitem__)
    return scale, replace(start, word_penalty=penalty), rates[penalty]


def fit(folder: Path, acoustic: Bundle, data: Path) -> dict[str, Any]:
    """The `decision` of the words in `folder` with the acoustic model."""
    ear, lexicon, settings = NoisyModel(acoustic, data / "noise"), Lexicon(), Settings()
    plain, prior = Words.load(folder, acoustic), acoustic.decision["log_prior"]
    speech = data / "speech"
    share = HELD_OUT * CALIBRATED_ON
    read = [
        calibrate.recordings_of(speech / name, READ, share) for name in ("common-voice", "common-voice-more")
    ]
    scale, decoding, rate = dictation(plain, acoustic, ear.hear([*read[0], *read[1]], "read sentences"))
    graph = plain.graph.scaled(scale)
    free = Decoder(graph, prior, decoding, BY_ITSELF)

    home, sentences = make_home(settings), Sentences.load(settings.home.sentences)
    understanding = Understanding(sentences, home)

    def meaning(text: str) -> Any:
        found = understanding.understand(Transcript(text, 1.0))
        return (found.name, dict(found.slots)) if isinstance(found, Intent) else None

    def decoder(of: Sentences) -> Decoder:
        graph = grammar.compile(of.groups(home), lexicon, acoustic.labels)
        plain = Decoder(graph, prior, DecoderSettings.of(acoustic.decision))
        strangers = others.load(acoustic.others) if acoustic.others else ()
        return plain.over(graph, others.measured(plain, strangers))

    at_home = decoder(sentences)
    texts = calibrate.calibration_commands(understanding)
    rng = np.random.default_rng(21)
    near_texts = nearby.sentences(
        data, texts, lambda text: meaning(text) is not None, at_home.graph.words, NEAR, rng
    )
    near = ear.hear(spoken(near_texts, NEAR, 5), "near commands")
    commands = ear.hear(spoken(texts, COMMANDS, 6), "commands")
    spelled = ear.hear(calibrate.recordings_of(speech / "an4", 100, HELD_OUT), "an4")
    letters = decoder(calibrate.letters_and_numbers(speech / "an4"))
    right = [
        *cases(commands, at_home, free, lambda said, found: meaning(said) == meaning(found)),
        *cases(spelled, letters, free, lambda said, found: said == found),
    ]
    unmeant = [replace(item, text=None) for item in near]
    best, tried = chosen(
        list(cases(unmeant, at_home, free, None)), right, DecoderSettings.of(acoustic.decision).reject_below
    )
    return {
        "acoustic": sha256(acoustic.model),
        "scale": scale,
        "decoding": {"word_penalty": decoding.word_penalty},
        "weight": best.weight,
        "calibration": {
            "near_commands": len(near),
            "commands": len(right),
            "tried": [{name: round(value, 4) for name, value in asdict(one).items()} for one in tried],
            "read_words_wrong": round(rate, 4),
        },
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--words", type=Path, required=True, help="bundle of words that gets the settings")
    parser.add_argument(
        "--bundle", type=Path, default=bundle_folder("english"), help="acoustic model that hears them"
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
