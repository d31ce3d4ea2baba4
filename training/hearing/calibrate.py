"""`mynah-train calibrate`: the decoder's settings and the meaning of its confidence, on held-out speech.

The int8 bundle hears, through the device's code, speakers that training never used, in training-side noise:

- AN4's spelled names, numbers and commands, against a grammar of any letters and numbers in a row;
- made-up home commands by synthetic voices against the home's grammar;
- read sentences against the home's grammar: speech that is no command.

The decoder's settings are those with the fewest word errors on the first two. The confidence is a logistic
regression over all three, heard rightly or not; the rejection threshold its operating point on the last.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml
from scipy.optimize import minimize
from tqdm import tqdm

from device.assembly import make_home
from device.audio.wav import read
from device.engine.bundle import Bundle
from device.events import Samples
from device.hearing import grammar
from device.hearing.acoustic import AcousticModel, Posteriors
from device.hearing.decoder import Decoded, Decoder
from device.hearing.decoder import Settings as Decoding
from device.hearing.lexicon import Lexicon
from device.settings import Settings
from device.understanding.sentences import Sentences
from training.corpus import synthesis
from training.corpus.manifest import held_out, read_manifest
from training.evaluate.recordings import CLEAN, Noises
from training.hearing.labels import HELD_OUT

RATIOS = (CLEAN, 15.0, 8.0)
"""dB, at which everything is heard."""
FALSE_ACCEPTS = 0.02
"""Share of the sentences that are no command and may pass."""
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
    content = {
        "language": "en",
        "intents": {"Spell": {"data": [{"sentences": [chain]}]}},
        "lists": {"word": {"values": words}},
    }
    file = folder.name + ".yaml"
    scratch = Path("/tmp") / file
    scratch.write_text(yaml.safe_dump(content))
    return Sentences.load([scratch])


class Ear:
    """The int8 acoustic model in training-side noise."""

    def __init__(self, bundle: Bundle, noise: Path) -> None:
        self.model = AcousticModel(bundle)
        self._noises = Noises(noise, trained_on=True)

    def hear(self, recordings: Sequence[tuple[str | None, Samples]], name: str) -> list[Heard]:
        heard = []
        for number, (text, samples) in enumerate(tqdm(recordings, name, unit="clip", mininterval=5)):
            for ratio in RATIOS:
                self.model.reset()
                mixed = self._noises.behind(samples, ratio, number)
                parts = [self.model.process(mixed), self.model.finish()]
                heard.append(Heard(text, ratio, np.concatenate(parts)))
        return heard


def recordings_of(folder: Path, most: int, longest: float = 7.0) -> list[tuple[str, Samples]]:
    """Texts and samples of held-out speakers."""
    items = [
        item for item in read_manifest(folder) if held_out(item.speaker, HELD_OUT) and item.seconds <= longest
    ]
    return [(item.text, read(item.path)) for item in items[:: max(1, len(items) // most)]]


def spoken_commands(sentences: Sequence[str], count: int) -> list[tuple[str, Samples]]:
    """Made-up commands for the example home by the voices that training used."""
    rng = np.random.default_rng(3)
    drawn = synthesis.draw(sentences, synthesis.TRAINING_VOICES, count, rng, espeak_share=0.5)
    return [(item.text, samples) for item, samples in zip(drawn, synthesis.speak_all(drawn), strict=True)]


def word_errors(reference: Sequence[str], hypothesis: Sequence[str]) -> int:
    """Levenshtein's distance in words."""
    row = list(range(len(hypothesis) + 1))
    for i, word in enumerate(reference, 1):
        last, row[0] = row[0], i
        for j, other in enumerate(hypothesis, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (word != other))
    return row[-1]


def word_error_rate(heard: Sequence[Heard], decoder: Decoder) -> float:
    errors = words = 0
    for item in heard:
        reference = (item.text or "").split()
        decoded = decoder.decode(item.posteriors)
        errors += word_errors(reference, decoded.words if decoded else ())
        words += len(reference)
    return errors / words


Sets = Sequence[tuple[Sequence[Heard], grammar.Graph]]


def tuned(sets: Sets, log_prior: Any, start: Decoding) -> Decoding:
    """Coordinate descent over GRID, twice through, on the mean word error rate of `sets`."""

    def rates(decoding: Decoding) -> list[float]:
        return [word_error_rate(heard, Decoder(graph, log_prior, decoding)) for heard, graph in sets]

    best, lowest = start, float(np.mean(rates(start)))
    print(f"word error rate {lowest:.4f} at the start", flush=True)
    for _ in range(2):
        for name, values in GRID.items():
            for value in values:
                if value == getattr(best, name):
                    continue
                candidate = Decoding(**{**asdict(best), name: value})
                rate = float(np.mean(rates(candidate)))
                if rate < lowest:
                    best, lowest = candidate, rate
            print(f"word error rate {lowest:.4f} with {name} {getattr(best, name)}", flush=True)
    return best


def observations(heard: Sequence[Heard], decoder: Decoder) -> Iterator[tuple[float, float, bool, bool]]:
    """(llr, worst word's llr, right, is a command) of everything that decodes to a sentence."""
    for item in heard:
        decoded: Decoded | None = decoder.decode(item.posteriors)
        if decoded is not None:
            right = item.text is not None and " ".join(decoded.words) == item.text
            yield decoded.details.llr, decoded.details.worst, right, item.text is not None


def logistic(x: npt.NDArray[np.float64], y: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Weights (features + 1,) of a logistic regression, both classes weighing as much."""
    weight = np.where(y, 0.5 / max(y.sum(), 1), 0.5 / max((~y).sum(), 1))
    full = np.column_stack((x, np.ones(len(x))))
    sign = np.where(y, 1.0, -1.0)

    def loss(w: npt.NDArray[np.float64]) -> float:
        return float(np.sum(weight * np.logaddexp(0, -sign * (full @ w))) + 1e-5 * np.sum(w[:-1] ** 2))

    return np.asarray(minimize(loss, np.zeros(full.shape[1])).x)


def calibrate(bundle: Bundle, data: Path) -> dict[str, Any]:
    """The entries of `decision` that calibration finds, and what it saw."""
    ear, lexicon, settings = Ear(bundle, data / "noise"), Lexicon(), Settings()
    log_prior, phones = ear.model.log_prior, ear.model.phones
    an4 = ear.hear(recordings_of(data / "speech" / "an4", 100), "an4")
    spelling = grammar.compile(
        letters_and_numbers(data / "speech" / "an4").groups(make_home(settings)), lexicon, phones
    )
    sentences = Sentences.load(settings.home.sentences)
    home = grammar.compile(sentences.groups(make_home(settings)), lexicon, phones)
    texts = yaml.safe_load((Path(__file__).parent / "calibration.yaml").read_text())
    commands = ear.hear(spoken_commands(texts, 150), "commands")
    decoding = tuned([(an4, spelling), (commands[: len(commands) // 4], home)], log_prior, Decoding())
    others = [
        (None, samples)
        for folder in ("common-voice", "librispeech")
        for _, samples in recordings_of(data / "speech" / folder, 150)
    ]
    read_speech = ear.hear(others, "read sentences")
    home_decoder = Decoder(home, log_prior, decoding)
    seen = [*observations(an4, Decoder(spelling, log_prior, decoding))]
    at_home = [*observations(commands, home_decoder), *observations(read_speech, home_decoder)]
    seen += at_home
    x = np.array([(llr, worst) for llr, worst, _, _ in seen])
    right = np.array([hit for _, _, hit, _ in seen])
    slope, worst_slope, offset = logistic(x, right)
    confident = replace(decoding, slope=slope, worst_slope=worst_slope, offset=offset)
    scores = 1 / (
        1
        + np.exp(-(np.array([(llr, worst) for llr, worst, _, _ in at_home]) @ (slope, worst_slope) + offset))
    )
    command = np.array([is_command for _, _, _, is_command in at_home])
    hit = np.array([right for _, _, right, _ in at_home])
    allowed = int(FALSE_ACCEPTS * len(read_speech))
    threshold = float(np.sort(scores[~command])[::-1][allowed]) if (~command).sum() > allowed else 0.5
    seen_text = {
        "word_error_rate_an4_held_out": round(
            word_error_rate(an4, Decoder(spelling, log_prior, decoding)), 4
        ),
        "an4_utterances": len(an4),
        "read_sentences": len(read_speech),
        "read_sentences_accepted": round(float((scores[~command] > threshold).sum()) / len(read_speech), 4),
        "commands": len(commands),
        "commands_right": round(float(hit.sum()) / len(commands), 4),
        "commands_right_and_accepted": round(float((hit & (scores > threshold)).sum()) / len(commands), 4),
    }
    print(json.dumps(seen_text, indent=1), flush=True)
    kept = ("acoustic_scale", "prior_scale", "silence_bonus", "phone_penalty", "word_penalty", "beam")
    return {
        **{name: getattr(confident, name) for name in kept},
        "confidence": {
            "slope": round(float(slope), 4),
            "worst_slope": round(float(worst_slope), 4),
            "offset": round(float(offset), 4),
        },
        "reject_below": round(threshold, 4),
        "calibration": seen_text,
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--run",
        type=Path,
        required=True,
        dest="run_folder",
        help="run folder",
    )
    parser.add_argument(
        "--bundle", type=Path, required=True, help="the bundle exported from it; both get the settings"
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with speech/ and noise/")


def run(arguments: argparse.Namespace) -> None:
    bundle = Bundle.load(arguments.bundle, "hearing")
    decision = calibrate(bundle, arguments.data)
    for file in (arguments.run_folder / "config.json", arguments.bundle / "bundle.json"):
        content = json.loads(file.read_text(encoding="utf-8"))
        content["decision"].update(decision)
        temporary = file.with_suffix(".part")
        temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        temporary.rename(file)
        print(f"{file}: calibrated")
