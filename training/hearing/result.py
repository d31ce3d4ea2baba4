"""What a stage gives: the model with all that `mynah-export` needs, and how well it fits who was left out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from device.audio.frontend import FrontEndSettings
from device.engine.bundle import describe
from training.corpus.store import Store, first_copies
from training.hearing import labels as labelling
from training.hearing.data import Labels, RowSettings, batches
from training.hearing.prepare import BOOTSTRAP, SOURCES
from training.hearing.settings import Settings
from training.hearing.signal import LABELS, LOOKAHEAD, STEP_FRAMES, STRIDE, Normalisation
from training.json_files import write_json

WEIGHTS = "model.weights.h5"
"""The file of a run with the model that it has written last."""


def predictor(model: keras.Model) -> labelling.Predict:
    """Logits of a batch of normalised features."""
    forward = tf.function(lambda x: model(x), jit_compile=True)
    return lambda x: np.asarray(forward(tf.constant(x)))


def accuracy(
    store: Store, labels: Mapping[labelling.Key, Labels], predict: labelling.Predict, normalisation: Any
) -> float:
    """Share of frames of held-out speakers whose most probable phone is the aligned one."""
    trained_on = labelling.training_part(store, labels)
    hits = total = 0
    for source in sorted({source for source, _ in labels}):
        items = [
            item
            for item in first_copies(store.items(source))
            if (source, item.number) in labels and (source, item.number) not in trained_on
        ][:200]
        for item, posteriors in labelling.posteriors_of(items, store.mapped(source), predict, normalisation):
            truth = labels[source, item.number]
            hits += int((posteriors.argmax(axis=1) == truth).sum())
            total += len(truth)
    return hits / max(total, 1)


def write_run(
    model: keras.Model,
    run: Path,
    settings: Settings,
    normalisation: Normalisation,
    labels: Any,
    measured: Any,
) -> None:
    """What `mynah-export` needs: weights, settings and calibration rows; config.json last."""
    model.save_weights(run / WEIGHTS)
    net, learnt = model.settings, {source for source, _ in labels}
    config = {
        "kind": "hearing",
        "name": "english",
        "labels": list(LABELS),
        **describe(FrontEndSettings()),
        "model": asdict(net),
        "stream": {"frames": STEP_FRAMES, "stride": STRIDE, "lookahead": LOOKAHEAD},
        "normalisation": asdict(normalisation),
        "decision": {"log_prior": [round(float(value), 4) for value in labelling.prior_of(labels)]},
        "measured": measured,
        "training": {
            "recipe": "mynah-train hearing",
            "settings": asdict(settings),
            "sources": [source for source in SOURCES if source in learnt],
            "utterances": len(labels),
        },
    }
    write_json(run / "config.json", config)


def write_representative(store: Store, normalisation: Any, labels: Any, run: Path, count: int = 64) -> None:
    """Normalised rows for the int8 calibration, as training sees them."""
    weights = {
        source: weight
        for source, weight in RowSettings().weights.items()
        if any(s == source for s, _ in labels)
    }
    settings = RowSettings(rows=count, weights=weights or {BOOTSTRAP: 1.0})
    with closing(batches(store, labels, normalisation, settings, 7)) as rows:
        x, _ = next(rows)
    np.savez_compressed(run / "representative.npz", x=x)
