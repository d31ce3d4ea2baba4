"""`mynah-train evaluate …`: recordings through the device's own code."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from device.assembly.stages import adjusted, make_home
from device.engine.bundle import Bundle
from device.errors import MynahError, UsageError
from device.hearing.decoder import DecoderSettings
from device.settings import BundleFolder, Settings
from training.arguments import positive
from training.corpus.manifest import CALIBRATED_ON, HELD_OUT, Utterance, read_manifest, split
from training.corpus.noises import CLEAN
from training.evaluate import (
    assist,
    desk,
    dialogues,
    dictation,
    documents,
    echo,
    enrolment,
    everyday,
    habits,
    hearing,
    keywords,
    learning,
    parallel,
    phones,
    questions,
    requests,
    stories,
    templates,
    text,
    turns,
    voice,
    wake,
    watch,
)
from training.evaluate.arguments import parse_ratios
from training.evaluate.listeners import Mynah
from training.evaluate.sphinx import PocketSphinx
from training.json_files import annotate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True)
    spoken = kinds.add_parser("turns", help="wake word and command by held-out synthetic voices")
    spoken.add_argument("--phrase", default="hey mynah")
    spoken.add_argument(
        "--commands", type=Path, required=True, help="YAML list of commands, as they are said"
    )
    spoken.add_argument("--count", type=int, default=240)
    spoken.add_argument("--seed", type=int, default=11)
    spoken.add_argument("--hesitation", type=float, default=0.0, help="seconds of a pause in each command")
    heard = kinds.add_parser("hearing", help="recordings of commands and of other speech, push-to-talk")
    heard.add_argument(
        "--manifest",
        type=Path,
        help="folder with a manifest.tsv of commands, labelled slot=value; … or with their words",
    )
    heard.add_argument(
        "--templates",
        type=Path,
        help="folder with a folder of sentence templates for each intent, as Home Assistant's: held-out"
        " synthetic voices say what it marks as said by people (speech_to_phrase)",
    )
    heard.add_argument("--count", type=positive, default=240, help="phrases of --templates (240)")
    heard.add_argument("--seed", type=int, default=11, help="which phrases, by which voices (11)")
    heard.add_argument(
        "--others",
        type=Path,
        action="append",
        default=[],
        help="folder with a manifest.tsv of speech that is no command; only what training did not hear",
    )
    heard.add_argument("--most", type=positive, default=150, help="clips of each of --others (150)")
    heard.add_argument("--pocketsphinx", action="store_true", help="PocketSphinx beside it, same clips")
    heard.add_argument("--picture", type=Path, help="write the rejection curves here, PNG or SVG")
    assist.add_arguments(kinds.add_parser("assist", help="typed requests in made-up homes: what changes"))
    asked = kinds.add_parser("questions", help="typed questions in made-up homes: what is answered")
    questions.add_arguments(asked)
    documents.add_arguments(
        kinds.add_parser("documents", help="questions about manuals: right, refused or wrong")
    )
    habits.add_arguments(kinds.add_parser("habits", help="what usually comes next, in simulated families"))
    asked_of = kinds.add_parser("desk", help="questions that are offered to a person, and those that are not")
    desk.add_arguments(asked_of)
    watch.add_arguments(kinds.add_parser("watch", help="surges of complaints in simulated months of texts"))
    phones.add_arguments(kinds.add_parser("phones", help="phone error rate on people left out of training"))
    wake.add_arguments(kinds.add_parser("wake", help="a wake bundle: misses and false accepts"))
    enrolment.add_arguments(kinds.add_parser("enrolment", help="the effect of enrolment on a wake bundle"))
    keywords.add_arguments(
        kinds.add_parser("keywords", help="a wake bundle of several words: the confusion among them")
    )
    text.add_arguments(kinds.add_parser("text", help="a text model: how well it reads a corpus"))
    typed = kinds.add_parser("requests", help="requests in other words, with and without the encoder")
    requests.add_arguments(typed)
    told = kinds.add_parser("stories", help="conversations as data, typed")
    stories.add_arguments(told)
    told.add_argument("--home", type=Path)
    told.add_argument("--sentences", type=Path, action="append")
    learning.add_arguments(kinds.add_parser("learning", help="recurring failures, with and without learning"))
    said = kinds.add_parser(
        "dialogues", help="answers, and several requests in a sentence, by synthetic voices"
    )
    dialogues.add_arguments(said)
    written = kinds.add_parser(
        "dictation", help="word errors in sentences, read by people left out of training"
    )
    dictation.add_arguments(written)
    voice.add_arguments(kinds.add_parser("voice", help="Mynah's own voice: understood, early, cheap"))
    spoken_over = kinds.add_parser("echo", help="wake words said while Mynah speaks, in simulated rooms")
    echo.add_arguments(spoken_over)
    lines = kinds.add_parser("everyday", help="everyday requests to a home: right, refused, wrong")
    everyday.add_arguments(lines)
    for kind in (spoken, heard, said, written, lines):
        kind.add_argument("--home", type=Path)
        kind.add_argument("--sentences", type=Path, action="append")
        kind.add_argument("--bundle", type=Path, help="acoustic model (the shipped one)")
        kind.add_argument("--words", type=Path, help="graph of any words (the shipped one)")
        kind.add_argument("--noise", type=Path, help="folder of noise recordings with a manifest.tsv")
        kind.add_argument("--ratios", default="clean", help="comma-separated dB, and clean")
        kind.add_argument("--jobs", type=positive, default=1)
        kind.add_argument("--json", type=Path, help="write the figures here")
        kind.add_argument("--record", help="under this name, put the table into the acoustic model's bundle")


def run(arguments: argparse.Namespace) -> None:
    if run_plain := PLAIN.get(arguments.kind):
        run_plain(arguments)
        return
    ratios = parse_ratios(arguments.ratios)
    if arguments.kind == "echo":
        echo.run(arguments, ratios)
        return
    if any(ratio != CLEAN for ratio in ratios) and arguments.noise is None:
        raise UsageError("--ratios in dB need --noise, a folder of noise recordings")
    if run_wake := WAKE.get(arguments.kind):
        run_wake(arguments, ratios)
    elif arguments.kind == "dialogues":
        dialogues.run(arguments, settings_for(arguments), ratios)
    elif arguments.kind == "dictation":
        dictation.run(arguments, settings_for(arguments))
    elif arguments.kind == "everyday":
        everyday.run(arguments, settings_for(arguments), ratios)
    elif arguments.kind == "turns":
        run_turns(arguments, ratios)
    else:
        run_hearing(arguments, ratios)


def run_stories(arguments: argparse.Namespace) -> None:
    stories.run(arguments, adjusted(Settings(), home=arguments.home, sentences=arguments.sentences))


PLAIN: Mapping[str, Callable[[argparse.Namespace], None]] = {
    "assist": assist.run,
    "questions": questions.run,
    "desk": desk.run,
    "watch": watch.run,
    "documents": documents.run,
    "habits": habits.run,
    "phones": phones.run,
    "text": text.run,
    "requests": requests.run,
    "voice": lambda arguments: voice.run(arguments, Settings()),
    "stories": run_stories,
    "learning": learning.run,
}
"""What needs no noise, by its kind."""
WAKE: Mapping[str, Callable[[argparse.Namespace, Sequence[float]], None]] = {
    "wake": wake.run,
    "enrolment": enrolment.run,
    "keywords": keywords.run,
}
"""What measures wake words, in noise."""


def run_turns(arguments: argparse.Namespace, ratios: Sequence[float]) -> None:
    settings = settings_for(arguments)
    texts = turns.load_commands(arguments.commands)
    recordings = turns.spoken_turns(
        arguments.phrase, texts, arguments.count, arguments.seed, arguments.hesitation
    )
    tasks = ((number, spoken, ratios) for number, spoken in enumerate(recordings))
    make = partial(turns.Measure, settings, arguments.noise)
    found = parallel.each(make, tasks, arguments.count, "turns", arguments.jobs)
    outcomes = list(chain.from_iterable(found))
    print(turns.report(outcomes, ratios))
    if arguments.json:
        turns.write(outcomes, ratios, arguments.json)
    if arguments.record:
        bundle = Path(settings.hearing.bundle) / "bundle.json"
        annotate(bundle, {"measured": {arguments.record: turns.table(outcomes, ratios)}})


def listened(
    clips: Sequence[hearing.Clip], settings: Settings, arguments: argparse.Namespace, ratios: Sequence[float]
) -> list[hearing.Outcome]:
    """Every clip through every listener at every ratio, in several processes."""
    make = partial(hearing.Measure.of, settings, arguments.noise, arguments.pocketsphinx)
    tasks = ((number, clip, ratios) for number, clip in enumerate(clips))
    return list(chain.from_iterable(parallel.each(make, tasks, len(clips), "hearing", arguments.jobs)))


def run_hearing(arguments: argparse.Namespace, ratios: Sequence[float]) -> None:
    settings = settings_for(arguments)
    with TemporaryDirectory(prefix="mynah-") as folder:
        clips = clips_of(arguments, hearing.Judge(settings), settings, Path(folder))
        outcomes = listened(clips, settings, arguments, ratios)
    decision = Bundle.load(settings.hearing.bundle, "hearing").decision
    ours = DecoderSettings.of(decision).reject_below
    thresholds = {Mynah.name: ours}
    if arguments.pocketsphinx:
        thresholds[PocketSphinx.name] = PocketSphinx.threshold
    rows = list(hearing.table(outcomes, thresholds))
    print(hearing.report(rows, outcomes))
    if arguments.json:
        hearing.write(rows, outcomes, arguments.json)
    if arguments.record:
        annotate(Path(settings.hearing.bundle) / "bundle.json", {"measured": {arguments.record: rows}})
    if arguments.picture:
        from training.evaluate.pictures import rejection_curves

        rejection_curves(outcomes, ours, arguments.picture)


def clips_of(
    arguments: argparse.Namespace, judge: hearing.Judge, settings: Settings, folder: Path
) -> list[hearing.Clip]:
    """The recordings that are asked for; what synthetic voices say is written to `folder`.

    Raises MynahError where there are none, or labels mean nothing.
    """
    if not (arguments.manifest or arguments.others or arguments.templates):
        raise UsageError("name recordings: --manifest or --templates for commands, --others for other speech")
    clips: list[hearing.Clip] = []
    if arguments.templates:
        rng = np.random.default_rng(arguments.seed)
        groups = templates.sayable_groups(arguments.templates, make_home(settings))
        texts = templates.phrases(groups, arguments.count, rng)
        missing = sum(not judge.knows(text) for text in texts)
        print(f"{missing} of {len(texts)} phrases mean nothing to the sentences at hand")
        clips += templates.clips(texts, folder, rng)
    if arguments.manifest:
        labelled = [item for item in read_manifest(arguments.manifest) if item.label]
        # Slots are compared as they are written, words without case and punctuation.
        clips += [hearing.Clip(one.path, one.label if "=" in one.label else one.text) for one in labelled]
        unknown = [clip.label for clip in clips if clip.label and not judge.knows(clip.label)]
        if unknown:
            raise MynahError(
                f"{arguments.manifest}: {len(unknown)} of {len(clips)} labels are no sentence, the first is "
                f"{unknown[0]!r}; add it to the sentences, or name others with --sentences"
            )
    for folder in arguments.others:
        clips += [hearing.Clip(item.path, None) for item in other_speech(folder, arguments.most)]
    if not clips:
        raise MynahError(f"{arguments.manifest}: no recording has a text; name another manifest")
    return clips


def settings_for(arguments: argparse.Namespace) -> Settings:
    """The default settings, but for another home, other sentences, another acoustic model or other words."""
    settings = adjusted(Settings(), home=arguments.home, sentences=arguments.sentences)
    own = settings.hearing
    bundle, words = BundleFolder(arguments.bundle or own.bundle), BundleFolder(arguments.words or own.words)
    return replace(settings, hearing=replace(own, bundle=bundle, words=words))


def other_speech(folder: Path, most: int) -> list[Utterance]:
    """Clips that neither training nor calibration heard, nor their sentences calibration; up to 7 s each."""
    _, left_out = split(read_manifest(folder), HELD_OUT)
    measured, calibrated_on = split(left_out, HELD_OUT * CALIBRATED_ON)
    known = {item.text for item in calibrated_on}
    kept = [item for item in measured if item.text not in known and item.seconds <= 7]
    if not kept:
        raise MynahError(f"{folder}: no speaker of it was left out of training; name another --others")
    return kept[:: -(-len(kept) // max(most, 1))]
