"""`mynah enroll`: says the wake word to the device a few times, so that it knows a voice.

The recordings, kept with --keep, are also what `mynah-train wake --recordings` wants. A wake word that is
there already gets used to the voice at once: --out is a bundle to be named in the settings.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np

from device.audio import wav
from device.audio.endpoint import Endpointer
from device.audio.microphone import Microphone
from device.commands import options as common
from device.engine.bundle import Bundle
from device.errors import AudioError, BundleError, UsageError
from device.events import SAMPLE_RATE, Samples
from device.settings import Settings

LONGEST = 4.0
"""Seconds of a saying; the phrase does not take longer."""
SOFTEST = 300
"""Of the loudest sample: below it, a microphone hears next to nothing."""
TRIES = 4
"""Sayings that may fail one after another."""


def arguments(parser: argparse.ArgumentParser) -> None:
    common.config(parser)
    parser.add_argument("--phrase", help="the phrase that you say; default: the wake word of the settings")
    parser.add_argument(
        "--times", type=int, choices=range(1, 21), default=3, metavar="N", help="number of recordings (3)"
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the recordings here, as 1.wav …")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write the adapted wake word's bundle here")
    parser.add_argument("files", nargs="*", metavar="WAV", help="recordings instead of the microphone")


def main(options: argparse.Namespace) -> int:
    settings = common.load(options)
    wanted = " ".join(options.phrase.lower().split()) if options.phrase else None
    bundle = bundle_of(settings, wanted)
    phrase = wanted or (bundle.labels[0] if bundle else "")
    if options.out and bundle is None:
        raise UsageError(f"--out needs a wake word {phrase!r} in the settings: wake.bundles has none")
    if not (options.keep or options.out):
        raise UsageError("nothing to write: use --keep DIR for the recordings, or --out DIR for a bundle")
    if options.files:
        sayings = [useful(file) for file in options.files]
    else:
        sayings = list(recorded(settings, phrase, options.times))
    if options.keep:
        keep(sayings, options.keep)
    if options.out and bundle is not None:
        adapt(settings, bundle, phrase, sayings, options.out)
    return 0


def useful(file: str) -> Samples:
    """The recording. AudioError where it is of no use."""
    samples = wav.read(file)
    if problem := wrong(samples):
        raise AudioError(f"{file}: {problem}")
    return samples


def bundle_of(settings: Settings, phrase: str | None) -> Bundle | None:
    """The settings' bundle that has the wake word `phrase`, or the first of them."""
    bundles = [Bundle.load(folder, "wake") for folder in settings.wake.bundles]
    return next((bundle for bundle in bundles if phrase is None or phrase in bundle.labels), None)


def recorded(settings: Settings, phrase: str, times: int) -> Iterator[Samples]:
    """`times` sayings from the microphone; prompts go to standard error. AudioError if none comes right."""
    with Microphone(settings.audio.microphone) as chunks:
        for number in range(1, times + 1):
            for _ in range(TRIES):
                print(f'say "{phrase}" ({number} of {times})', file=sys.stderr, flush=True)
                samples = [chunk.samples for chunk in Endpointer(settings.endpoint).speech(chunks)]
                said = np.concatenate(samples) if samples else np.zeros(0, np.int16)
                problem = wrong(said)
                if problem is None:
                    yield said
                    break
                print(f"  {problem}; again, please", file=sys.stderr, flush=True)
            else:
                raise AudioError(f"nothing usable in {TRIES} tries: check the microphone with mynah doctor")


def wrong(samples: Samples) -> str | None:
    """Why a saying is of no use, if so."""
    if not len(samples):
        return "nothing was heard"
    if len(samples) > LONGEST * SAMPLE_RATE:
        return "that was longer than the phrase"
    loudest = int(np.abs(samples.astype(np.int32)).max())
    if loudest < SOFTEST:
        return "that was too soft: come nearer"
    if np.mean(np.abs(samples.astype(np.int32)) >= 32_700) > 0.001:
        return "that was too loud: go further away, or turn the microphone down"
    return None


def keep(sayings: list[Samples], folder: Path) -> None:
    """Writes them beside those that are there already."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AudioError(f"{folder}: cannot be written to ({error.strerror}); choose another place") from None
    free = (path for number in count(1) if not (path := folder / f"{number}.wav").exists())
    for samples, path in zip(sayings, free, strict=False):
        wav.write(path, samples)
        print(path)


def adapt(settings: Settings, bundle: Bundle, word: str, sayings: list[Samples], out: Path) -> None:
    """Writes the bundle for this voice to `out`, and says what it changes."""
    from device.hearing.acoustic import AcousticModel
    from device.hearing.enrolment import adapted

    if out.resolve() == bundle.path.resolve():
        raise UsageError(f"--out {out}: that is the wake word's own bundle; choose another folder")
    acoustic = AcousticModel(Bundle.load(settings.hearing.bundle, "hearing"))
    found = adapted(bundle, word, acoustic, sayings)
    content = json.loads((bundle.path / "bundle.json").read_text(encoding="utf-8"))
    content["decision"]["words"][word] = found.entry
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "bundle.json").unlink(missing_ok=True)
        for file in (
            entry["file"] for entry in content.values() if isinstance(entry, dict) and "file" in entry
        ):
            shutil.copyfile(bundle.path / file, out / file)
        (out / "bundle.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise BundleError(f"{out}: cannot be written ({error.strerror}); choose another place") from None
    for number, (before, after) in enumerate(zip(found.before, found.after, strict=True), start=1):
        print(f"saying {number}: probability {before:.3f} before, {after:.3f} now")
    print(f"{out}: {word} wakes from {found.threshold:.3g} on; put it into wake.bundles")
