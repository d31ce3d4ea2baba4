"""`mynah-train calibrate`: the decoder's settings and the meaning of its confidence, on held-out speech.

The int8 bundle hears, through the device's code, in training-side noise, what training left out:

- AN4's spelled names, numbers and commands, against a grammar of any letters and numbers in a row;
- made-up home commands by synthetic voices against the home's grammar;
- read sentences against a list of them, as real people's speech that is in the grammar;
- the same against the home's grammar: speech that is no command.

The decoder's settings are those with the fewest errors on the first three, of the commands half. Some of the
read sentences go with the bundle, as posteriors, so that the device knows how such speech fits a grammar.
Confidence is a logistic regression over the rest, heard rightly or not; the rejection threshold its operating
point on the last. Half of the readers left out take part; the others are for `mynah-train evaluate hearing`.
(Common Voice does not tell its speakers apart, so its halves are of clips.)
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from tqdm import tqdm

from device.assembly.stages import make_home
from device.audio.wav import read
from device.engine.bundle import Bundle, sha256
from device.events import Intent, Samples, Transcript
from device.hearing import grammar
from device.hearing.acoustic import AcousticModel, Posteriors
from device.hearing.decoder import Decoder, DecoderSettings
from device.hearing.lexicon import Lexicon
from device.hearing.logistic import logistic
from device.hearing.others import measured, save
from device.settings import Settings
from device.understanding.sentences import Sentences
from device.understanding.understanding import Understanding
from training.corpus import synthesis
from training.corpus.manifest import CALIBRATED_ON, HELD_OUT, held_out, read_manifest
from training.corpus.noises import CLEAN, Noises
from training.corpus.texts import home_commands
from training.edits import distance
from training.json_files import annotate
from training.regression import logistic_regression

RATIOS = (CLEAN, 15.0, 8.0)
"""dB, at which everything is heard."""
FALSE_ACCEPTS = 0.01
"""Share of the sentences that are no command and may pass: far below the 3 % wanted, as there are so few."""
LOOP_PENALTY = 2.5
"""For each phone of the background: a loop that is less free lets accented speech pass, not other speech."""
START = DecoderSettings(
    loop_penalty=LOOP_PENALTY, prior_scale=0.5, silence_bonus=-0.5, phone_penalty=1.0, word_penalty=2.0
)
"""Where the search for the decoder's settings begins: what was found for several models before."""
COMMANDS = 360
"""Made-up commands that are said; half of them tune the decoder."""
WORTH = 0.02
"""Share of the errors that another setting must save: what saves less is chance, and would jump about."""
KEPT = 12
"""Recordings of other speech, each at every ratio, that go with the bundle."""
GRID = {
    "prior_scale": (0.0, 0.2, 0.35, 0.5, 0.7, 0.9),
    "silence_bonus": (-0.5, 0.0, 0.5, 1.0, 1.5, 2.0),
    "phone_penalty": (-1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0),
    "word_penalty": (-1.0, 0.0, 1.0, 2.0, 3.0, 4.5),
}


@dataclass(frozen=True, slots=True)
class Heard:
    """The posteriors of one recording. `text` is None where it is no sentence of the grammar."""

    text: str | None
    ratio: float
    posteriors: Posteriors


def letters_and_numbers(folder: Path) -> Sentences:
    """A grammar of up to nine of the words of AN4's spelled names and numbers, in any order."""
    words = sorted({word for item in read_manifest(folder) for word in item.text.split()})
    chain = "{word}"
    for _ in range(8):
        chain = "{word} [" + chain + "]"
    return made_up([chain], {"word": {"values": words}})


def made_up(templates: Sequence[str], lists: Mapping[str, Any] | None = None) -> Sentences:
    """Sentences of one intent."""
    content = {
        "language": "en",
        "intents": {"Say": {"data": [{"sentences": list(templates)}]}},
        "lists": dict(lists or {}),
    }
    with tempfile.TemporaryDirectory(prefix="mynah-") as folder:
        file = Path(folder) / "sentences.yaml"
        file.write_text(yaml.safe_dump(content), encoding="utf-8")
        return Sentences.load([file])


class NoisyModel:
    """The int8 acoustic model in training-side noise."""

    def __init__(self, bundle: Bundle, noise: Path) -> None:
        self.model = AcousticModel(bundle)
        self._noises = Noises(noise, trained_on=True)

    def hear(self, recordings: Sequence[tuple[str, Samples]], name: str) -> list[Heard]:
        """The posteriors of each of the recordings, (text, samples), at each of RATIOS."""
        heard = []
        for number, (text, samples) in enumerate(tqdm(recordings, name, unit="clip", mininterval=5)):
            for ratio in RATIOS:
                self.model.reset()
                mixed = self._noises.behind(samples, ratio, number)
                parts = [self.model.process(mixed), self.model.finish()]
                heard.append(Heard(text, ratio, np.concatenate(parts)))
        return heard


def recordings_of(folder: Path, most: int, share: float, longest: float = 7.0) -> list[tuple[str, Samples]]:
    """Texts and samples of a `share` of the speakers; up to HELD_OUT, of those that training left out."""
    items = [
        item for item in read_manifest(folder) if held_out(item.speaker, share) and item.seconds <= longest
    ]
    return [(item.text, read(item.path)) for item in items[:: -(-len(items) // most)]]


def calibration_commands(understanding: Understanding) -> list[str]:
    """Commands for the example home: those of calibration.yaml, and as many that a rule made up.

    None is one that `mynah-train evaluate turns` measures with.
    """
    here = Path(__file__).parent
    written: list[str] = yaml.safe_load((here / "calibration.yaml").read_text(encoding="utf-8"))
    measured = yaml.safe_load((here.parent / "evaluate" / "commands.yaml").read_text(encoding="utf-8"))
    made_up: dict[str, None] = {}
    for text in home_commands(20_000, np.random.default_rng(4)):
        known = isinstance(understanding.understand(Transcript(text, 1.0)), Intent)
        if known and text not in (*written, *measured):
            made_up[text] = None
        if len(made_up) == len(written):
            break
    return [*written, *made_up]


def spoken_commands(sentences: Sequence[str], count: int) -> list[tuple[str, Samples]]:
    """Made-up commands for the example home by the voices that training used, drawn speakers among them."""
    rng = np.random.default_rng(3)
    voices = synthesis.TRAINING_VOICES + synthesis.DRAWN_VOICES
    drawn = synthesis.draw(sentences, voices, count, rng, espeak_share=0.5)
    return [(item.text, samples) for item, samples in zip(drawn, synthesis.speak_all(drawn), strict=True)]


@dataclass(frozen=True, slots=True)
class Task:
    """Recordings for a grammar; `errors(said, heard)` counts what is wrong, out of `parts(said)`."""

    heard: Sequence[Heard]
    graph: grammar.Graph
    errors: Callable[[str, str], int]
    parts: Callable[[str], int]

    def error_rate(self, decoder: Decoder) -> float:
        wrong = total = 0
        for item in self.heard:
            decoded = decoder.decode(item.posteriors)
            wrong += self.errors(item.text or "", " ".join(decoded.words) if decoded else "")
            total += self.parts(item.text or "")
        return wrong / total

    def observations(self, decoder: Decoder) -> Iterator[Observation]:
        """Of everything that decodes to a sentence."""
        for item in self.heard:
            decoded = decoder.decode(item.posteriors)
            if decoded is not None:
                right = item.text is not None and not self.errors(item.text, " ".join(decoded.words))
                yield Observation(decoder.impostors.height(decoded.details.llr), right)


class Observation(NamedTuple):
    """`height`: what confidence rests on; `right`: heard as it was meant; else to be rejected."""

    height: float
    right: bool


def spelling_task(heard: Sequence[Heard], graph: grammar.Graph) -> Task:
    """Errors are words."""
    return Task(
        heard,
        graph,
        lambda said, found: distance(said.split(), found.split()),
        lambda said: len(said.split()),
    )


def command_task(heard: Sequence[Heard], graph: grammar.Graph, understanding: Understanding) -> Task:
    """Errors are commands that are understood otherwise than they were said."""

    def meaning(text: str) -> Any:
        found = understanding.understand(Transcript(text, 1.0))
        return (found.name, dict(found.slots)) if isinstance(found, Intent) else None

    return Task(heard, graph, lambda said, found: int(meaning(said) != meaning(found)), lambda _: 1)


def tuned(tasks: Sequence[Task], log_prior: Any, start: DecoderSettings) -> DecoderSettings:
    """Coordinate descent over GRID, twice through, on the error rates of `tasks`.

    On their geometric mean: a tenth fewer errors weighs the same in an easy task and in a hard one. A setting
    is left only for one that is better by WORTH.
    """

    def rate_of(decoding: DecoderSettings) -> float:
        rates = [task.error_rate(Decoder(task.graph, log_prior, decoding)) for task in tasks]
        return float(np.exp(np.mean(np.log(np.maximum(rates, 1e-3)))))  # 0 would outweigh everything

    best, lowest = start, rate_of(start)
    print(f"error rate {lowest:.4f} at the start", flush=True)
    for _ in range(2):
        for name, values in GRID.items():
            for value in values:
                if value == getattr(best, name):
                    continue
                candidate = DecoderSettings(**{**asdict(best), name: value})
                rate = rate_of(candidate)
                if rate < lowest * (1 - WORTH):
                    best, lowest = candidate, rate
            print(f"error rate {lowest:.4f} with {name} {getattr(best, name)}", flush=True)
    return best


def calibrate(bundle: Bundle, data: Path) -> tuple[dict[str, Any], list[Posteriors]]:
    """The entries of `decision` that calibration finds, with what it saw; the other speech to be kept."""
    noisy, lexicon, settings = NoisyModel(bundle, data / "noise"), Lexicon(), Settings()
    log_prior, phones = noisy.model.log_prior, noisy.model.phones
    at_home = make_home(settings)
    sentences = Sentences.load(settings.home.sentences)
    home = grammar.compile(sentences.groups(at_home), lexicon, phones)
    letters = letters_and_numbers(data / "speech" / "an4")
    understanding = Understanding(sentences, at_home)
    texts = calibration_commands(understanding)
    an4 = spelling_task(
        noisy.hear(recordings_of(data / "speech" / "an4", 100, HELD_OUT), "an4"),
        grammar.compile(letters.groups(at_home), lexicon, phones),
    )
    commands = command_task(noisy.hear(spoken_commands(texts, COMMANDS), "commands"), home, understanding)
    heard = noisy.hear(
        recordings_of(data / "speech" / "common-voice", 150, HELD_OUT * CALIBRATED_ON), "read sentences"
    )
    going, staying = parted(heard)
    kept = [one.posteriors for one in going]
    known = {one.text for one in going}  # several people read the same sentence
    unknown = [one for one in staying if one.text not in known]
    listed = made_up(sorted({one.text for one in unknown if one.text}))
    people = spelling_task(unknown, grammar.compile(listed.groups(at_home), lexicon, phones))
    others = command_task([replace(one, text=None) for one in staying], home, understanding)
    half = len(commands.heard) // 2
    tuning = replace(commands, heard=commands.heard[:half])
    commands = replace(commands, heard=commands.heard[half:])
    decoding = tuned([an4, tuning, people], log_prior, START)

    def observed(task: Task) -> list[Observation]:
        decoder = Decoder(task.graph, log_prior, decoding)
        return list(task.observations(decoder.over(task.graph, measured(decoder, kept))))

    spoken, unspoken, in_grammar = observed(commands), observed(others), observed(people)
    seen = [*in_grammar, *spoken, *unspoken]
    heights = np.array([[one.height] for one in seen])
    slope, offset = logistic_regression(heights, np.array([one.right for one in seen])).round(4).tolist()

    def sure(one: Observation) -> float:
        return logistic(slope * one.height + offset)

    false = sorted((sure(one) for one in unspoken), reverse=True)
    # Just above the first of those that must not pass.
    threshold = round(false[min(int(FALSE_ACCEPTS * len(others.heard)), len(false) - 1)] + 1e-4, 4)
    found = ("acoustic_scale", *GRID, "loop_penalty", "beam")

    def right(found: Sequence[Observation], task: Task, least: float = 0.0) -> float:
        return round(sum(one.right and sure(one) >= least for one in found) / len(task.heard), 4)

    return {
        **{name: getattr(decoding, name) for name in found},
        "confidence": {"slope": slope, "offset": offset},
        "reject_below": threshold,
        "calibration": {
            "an4_held_out": len(an4.heard),
            "an4_word_error_rate": round(an4.error_rate(Decoder(an4.graph, log_prior, decoding)), 4),
            "read_sentences": len(others.heard),
            "read_sentences_accepted": round(sum(x >= threshold for x in false) / len(others.heard), 4),
            "read_sentences_in_grammar_right": right(in_grammar, people),
            "read_sentences_in_grammar_right_and_accepted": right(in_grammar, people, threshold),
            "commands": len(commands.heard),
            "commands_right": right(spoken, commands),
            "commands_right_and_accepted": right(spoken, commands, threshold),
        },
    }, kept


def parted(heard: Sequence[Heard]) -> tuple[list[Heard], list[Heard]]:
    """Other speech to go with the bundle, `KEPT` rather short recordings at every ratio; the rest."""
    clips = [heard[first : first + len(RATIOS)] for first in range(0, len(heard), len(RATIOS))]
    by_length = sorted(clips, key=lambda clip: len(clip[0].posteriors))
    begin = len(clips) // 4
    middle = by_length[begin : begin + KEPT]
    rest = by_length[:begin] + by_length[begin + KEPT :]
    return [one for clip in middle for one in clip], [one for clip in rest for one in clip]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, required=True, help="the bundle to calibrate")
    parser.add_argument("--data", type=Path, required=True, help="folder with speech/ and noise/")


def run(arguments: argparse.Namespace) -> None:
    folder = arguments.bundle
    decision, kept = calibrate(Bundle.load(folder, "hearing"), arguments.data)
    print(json.dumps(decision, indent=1), flush=True)
    new = folder / "others.npz.part"
    save(kept, new)
    entry = {"file": "others.npz", "sha256": sha256(new)}
    new.replace(folder / "others.npz")
    annotate(folder / "bundle.json", {"others": entry, "decision": decision})
    print(f"{folder}: calibrated")
