"""`mynah-train hearing`: from corpora to an acoustic model, in stages, resumable at any of them.

1. bootstrap: a synthesizer that tells its phones' times teaches a first model;
2. that model aligns every corpus; the model is trained on the alignments, aligns again, and so on;
3. a sequence-discriminative finish.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from device.engine.bundle import Bundle
from device.hearing.lexicon import Lexicon
from training.corpus.store import Store
from training.hearing import labels as labelling
from training.hearing import model as shape
from training.hearing.data import Labels, RowSettings, batches
from training.hearing.loss import Objectives
from training.hearing.prepare import BOOTSTRAP, RECORDED, SOURCES, global_mean, prepare, there
from training.hearing.result import WEIGHTS, accuracy, predictor, write_representative, write_run
from training.hearing.settings import CONTINUED, Settings, Stage
from training.hearing.signal import LABELS, Normalisation
from training.hearing.start import fit_transitions, log_prior_of, normalisation_of, renormalise, unfold
from training.json_files import write_json
from training.trainer import Trainer


def run_stages(store: Store, run: Path, settings: Settings, start: Bundle | None = None) -> None:
    """Trains what is left of `settings.stages` in `run`, which holds the last stage's model afterwards.

    `start`: the bundle whose model is trained on, instead of a new one.
    """
    write_json(run / "settings.json", asdict(settings))
    normalisation = (
        normalisation_of(start) if start else Normalisation(global_mean(store, there(store, RECORDED)))
    )
    objectives = Objectives(len(LABELS))
    trainer = resumed(run, settings, objectives)
    if start and not trainer.done:
        unfold(trainer.model, start.model)
        trainer.average_anew()
    lexicon = Lexicon()
    for number, stage in enumerate(settings.stages):
        if weights_of(run, stage.name).exists():
            continue
        if stage.depth > len(trainer.model.blocks):
            trainer = deeper(trainer, run, settings, objectives, stage.depth)
        labels = stage_labels(run, settings, number, store, lexicon, trainer, normalisation, start)
        train_on = labelling.training_part(store, labels)
        stretch = settings.stretch(number)
        done = trainer.done - stretch.first
        if stage.loss == "sequence" and stage.realigned and not done:
            objectives.transitions.assign(labelling.transition_scores(train_on))
        weights = {BOOTSTRAP: 1.0} if stage.sources == "bootstrap" else RowSettings().weights
        seed = settings.seed + 100 * number + done
        with closing(batches(store, train_on, normalisation, RowSettings(weights=weights), seed)) as rows:
            if start and not trainer.done:
                renormalise(trainer.model, np.concatenate([next(rows)[0] for _ in range(4)]))
                trainer.average_anew()
                fit_transitions(objectives.transitions, rows, predictor(trainer.averaged()))
            trainer.train(rows, stretch, stretch.end)
        model = averaged_together(trainer, run, stage.together)
        share = accuracy(store, labels, predictor(model), normalisation)
        print(f"{stage.name}: {share:.4f} of held-out frames", flush=True)
        write_representative(store, normalisation, train_on, run)
        write_run(model, run, settings, normalisation, train_on, {"held_out_frame_accuracy": round(share, 4)})
        finish(trainer, run, stage.name)


def resumed(run: Path, settings: Settings, objectives: Objectives) -> Trainer:
    """The trainer of an unfinished run, or that of a new one."""
    depths = sorted({stage.depth for stage in settings.stages})
    kept = [depth for depth in depths if tf.train.latest_checkpoint(str(run / checkpoints(depth)))]
    return trainer_of(run, settings, objectives, kept[-1] if kept else settings.stages[0].depth)


def trainer_of(run: Path, settings: Settings, objectives: Objectives, depth: int) -> Trainer:
    """Of a model with `depth` blocks; it goes on where one of that depth was kept."""
    keras.utils.set_random_seed(settings.seed)
    return Trainer(
        run,
        partial(shape.build, shape.settings(settings.width, settings.dropout, depth)),
        {"frame": objectives.frame, "sequence": objectives.sequence},
        settings.trainer,
        [objectives.transitions],
        checkpoints(depth),
    )


def checkpoints(depth: int) -> str:
    """The folder, in a run's, with the checkpoints of models of `depth` blocks."""
    return f"checkpoints-{depth}"


def deeper(trainer: Trainer, run: Path, settings: Settings, objectives: Objectives, depth: int) -> Trainer:
    """One that goes on, with more blocks, from the model that the run has written last."""
    written = shape.build(trainer.model.settings)
    written.load_weights(run / WEIGHTS)
    grown = trainer_of(run, settings, objectives, depth)
    grown.model.grow_from(written)
    grown.average_anew()
    grown.done = trainer.done
    return grown


def stage_labels(
    run: Path,
    settings: Settings,
    number: int,
    store: Store,
    lexicon: Lexicon,
    trainer: Trainer,
    normalisation: Normalisation,
    start: Bundle | None,
) -> dict[labelling.Key, Labels]:
    """What stage `number` trains on: kept in `run`, or made before its first update."""
    stage, file = settings.stages[number], labels_of(run, settings.stages[number])
    if file.exists():
        return labelling.load(file)
    labels = labelling.load(labels_of(run, settings.stages[number - 1])) if number else {}
    if stage.sources == "bootstrap":
        labels = labelling.bootstrap_labels(store, BOOTSTRAP)
    elif stage.realigned:
        prior = labelling.prior_of(labels) if number or not start else log_prior_of(start)
        predict = predictor(trainer.averaged())
        labels, score = labelling.aligned_labels(
            store, there(store, SOURCES), lexicon, predict, normalisation, prior
        )
        print(f"aligned {len(labels)} utterances, {score:.3f} a frame", flush=True)
    labelling.save(labels, file)
    return labels


def labels_of(run: Path, stage: Stage) -> Path:
    """The file with the labels that `stage` trains on."""
    return run / f"labels-{stage.name}.npz"


def weights_of(run: Path, stage: str) -> Path:
    """The file with the averaged weights after `stage`; it is there once the stage is finished."""
    return run / f"{stage}.weights.h5"


def finish(trainer: Trainer, run: Path, stage: str) -> None:
    """Keeps the averaged weights after `stage`, for later ones, whole or not at all."""
    temporary = weights_of(run, f"{stage}.part")
    trainer.averaged().save_weights(temporary)
    temporary.replace(weights_of(run, stage))


def averaged_together(trainer: Trainer, run: Path, stages: Sequence[str]) -> keras.Model:
    """The averaged model, its weights averaged once more with those kept after earlier `stages`."""
    model = trainer.averaged()
    sets = [model.get_weights()]
    for stage in stages:
        model.load_weights(weights_of(run, stage))
        sets.append(model.get_weights())
    model.set_weights([np.mean(each, axis=0) for each in zip(*sets, strict=True)])
    return model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with speech/, noise/, rir/ and text/"
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="run folder; an unfinished run there is resumed"
    )
    parser.add_argument(
        "--start", type=Path, help="bundle whose model is trained on, by the last stage of the recipe alone"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies the updates of every stage")
    parser.add_argument("--width", type=int, default=Settings().width, help="channels of every layer")


def run(arguments: argparse.Namespace) -> None:
    start = Bundle.load(arguments.start, "hearing") if arguments.start else None
    recipe = CONTINUED if start else Settings()
    stages = tuple(
        replace(stage, updates=max(1, int(stage.updates * arguments.scale))) for stage in recipe.stages
    )
    settings = replace(recipe, width=arguments.width, stages=stages)
    store = Store(arguments.out / "features")
    prepare(
        store, arguments.data, settings.bootstrap_utterances, settings.synthetic_utterances, settings.seed
    )
    run_stages(store, arguments.out, settings, start)
