"""`mynah-train evaluate phones`: the phone error rate of acoustic models on people whom training left out.

No grammar: the best path through the loop of phones, against the pronunciation that fits best of those the
lexicon allows, silence left out on both sides. The cost of a phone in the loop is chosen on the half of the
recordings that calibration hears as well; the rate is that of the other half.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from device.audio.wav import read
from device.engine.bundle import Bundle
from device.errors import LexiconError, MynahError, UsageError
from device.hearing.acoustic import AcousticModel, Posteriors
from device.hearing.decoder import DecoderSettings, frame_scores
from device.hearing.lexicon import Lexicon
from device.hearing.phone_loop import PhoneLoop
from training.corpus.manifest import CALIBRATED_ON, HELD_OUT, Utterance, read_manifest, split
from training.edits import distance
from training.hearing.align import align, states

PENALTIES = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
PRIOR_SCALE = 0.35


@dataclass(frozen=True, slots=True)
class Spoken:
    """The scores of one recording, and the phones that were said."""

    scores: Posteriors
    phones: Sequence[str]


class PhoneRecognizer:
    """One bundle, and what it takes recordings for."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle, self._model, self._lexicon = bundle, AcousticModel(bundle), Lexicon()
        self._index = {phone: number for number, phone in enumerate(self._model.phones)}

    def hear(self, items: Sequence[Utterance]) -> Iterator[Spoken]:
        """Those of `items` whose words can be pronounced and aligned."""
        settings = DecoderSettings(prior_scale=PRIOR_SCALE)
        self._lexicon.prepare(sorted({word for item in items for word in item.text.split()}))
        for item in tqdm(items, self.bundle.path.name, unit="clip", mininterval=5):
            self._model.reset()
            posteriors = np.concatenate((self._model.process(read(item.path)), self._model.finish()))
            scores = frame_scores(posteriors, self._model.log_prior, settings, 0)
            try:
                words = [self._lexicon.pronunciations(word) for word in item.text.split()]
            except LexiconError:
                continue
            aligned = align(scores, states(words, self._index))
            if aligned is not None:
                yield Spoken(scores, self.without_silence(aligned[0].tolist()))

    def heard(self, spoken: Spoken, penalty: float) -> list[str]:
        loop = PhoneLoop(penalty, 0)
        loop.advance(spoken.scores)
        return self.without_silence(loop.path())

    def without_silence(self, frames: Sequence[int]) -> list[str]:
        """The phones of a path, one for each stretch of frames."""
        return [self._model.phones[phone] for phone, _ in itertools.groupby(frames) if phone]

    def error_rate(self, spoken: Sequence[Spoken], penalty: float) -> float:
        wrong = sum(distance(one.phones, self.heard(one, penalty)) for one in spoken)
        return wrong / sum(len(one.phones) for one in spoken)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--manifest", type=Path, required=True, help="folder with a manifest.tsv of sentences that were read"
    )
    parser.add_argument("--bundle", type=Path, action="append", required=True, help="may be given repeatedly")
    parser.add_argument(
        "--hours", type=float, action="append", default=[], help="hours of training, for each bundle"
    )
    parser.add_argument("--picture", type=Path, help="the rate over the hours, as a PNG")


def run(arguments: argparse.Namespace) -> None:
    _, left_out = split(read_manifest(arguments.manifest), HELD_OUT)
    measured, chosen_on = split(left_out, HELD_OUT * CALIBRATED_ON)
    if arguments.picture and len(arguments.hours) != len(arguments.bundle):
        raise UsageError("--picture needs as many --hours as there are bundles")
    if not measured or not chosen_on:
        raise MynahError(f"{arguments.manifest}: too few speakers of it were left out; name another manifest")
    rates = []
    for path in arguments.bundle:
        recognizer = PhoneRecognizer(Bundle.load(path, "hearing"))
        tried = list(recognizer.hear(chosen_on))
        penalty = min(PENALTIES, key=lambda value: recognizer.error_rate(tried, value))
        spoken = list(recognizer.hear(measured))
        rates.append(recognizer.error_rate(spoken, penalty))
        print(
            f"{path}: {rates[-1]:.1%} of the phones of {len(spoken)} recordings wrong,"
            f" at a cost of {penalty:g} a phone"
        )
    if arguments.picture:
        from training.evaluate.pictures import phone_errors

        phone_errors(arguments.hours, rates, arguments.picture)
