"""From phrases to a model with its thresholds: prepare, train, mine hard negatives, train on, choose.

Synthetic voices say the phrases, what sounds like them, and commands; people's recordings say everything
else. The thresholds are chosen on speakers and voices that training left out; whole voices that it never
heard then tell how often a phrase is heard.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np

from device.audio.frontend import FrontEndSettings
from device.engine.bundle import describe
from training.corpus.store import Item
from training.json_files import write_json
from training.trainer import Stretch, Tensor, Trainer
from training.wake import model as shape
from training.wake.corpus import VOICES
from training.wake.data import Rows, RowSettings, batches
from training.wake.loss import row_loss
from training.wake.mining import mine
from training.wake.phrases import Phrase
from training.wake.prepare import Own, prepare
from training.wake.settings import Settings, phrases_of
from training.wake.signal import STEP_FRAMES, STRIDE, Normalisation
from training.wake.sources import Sources
from training.wake.threshold import compare, scorer, told

WEIGHTS = "model.weights.h5"
"""The file of a run with its model."""


def train(settings: Settings, data: Path, run: Path, shared: Path) -> None:
    """A whole run, or the rest of one; `run` holds its weights and figures afterwards.

    `shared`: the store of recordings' features, for several runs.
    """
    begun = time.monotonic()
    phrases = phrases_of(settings)
    sources = prepared(settings, phrases, data, run, shared)
    write_json(run / "settings.json", asdict(settings))
    trainer = trainer_of(settings, run)
    fit(trainer, settings, sources)
    model = trainer.averaged()
    words, measured = told(model, settings, phrases, sources, run)
    if settings.start:
        model.load_weights(Path(settings.start) / WEIGHTS)
        _, before = told(model, settings, phrases, sources, run)
        model = trainer.averaged()
        compare(before, measured)
    decision = {"smoothing": settings.smoothing, "refractory": settings.refractory, "words": words}
    write_run(run, model, settings, sources, data, decision, measured)
    print(f"{run}: {(time.monotonic() - begun) / 60:.1f} min; {decision}; {measured}", flush=True)


def prepared(settings: Settings, phrases: Sequence[Phrase], data: Path, run: Path, shared: Path) -> Sources:
    """What `settings` train on, computed where it is missing."""
    return prepare(
        phrases,
        data,
        run,
        shared,
        Path(settings.acoustic) if settings.acoustic else None,
        settings.amounts,
        Own(
            tuple(map(Path, settings.recordings)),
            tuple(map(Path, settings.negatives)),
            Path(settings.review) if settings.review else None,
        ),
        settings.seed,
    )


def trainer_of(settings: Settings, run: Path, build: Callable[[], keras.Model] | None = None) -> Trainer:
    """A new one, or that of an unfinished `run`. `build`: another architecture than the one that ships."""

    def objective(logits: Tensor, labels: Tensor) -> dict[str, Tensor]:
        return {"loss": row_loss(logits, labels, settings.hardest)}

    keras.utils.set_random_seed(settings.seed)
    net = shape.settings(settings.width, settings.dropout, len(settings.words))
    trainer = Trainer(run, build or partial(shape.build, net), {"rows": objective}, settings.trainer)
    if settings.start and not trainer.done:
        trainer.model.load_weights(Path(settings.start) / WEIGHTS)
        trainer.average_anew()
    return trainer


def fit(trainer: Trainer, settings: Settings, sources: Sources) -> None:
    """The rest of the updates, with hard negatives mined in between."""
    stretch = Stretch("wake", "rows", settings.updates, settings.rate)
    for part, share in enumerate((*settings.mine, 1.0)):
        until = round(share * settings.updates)
        if trainer.done < until:
            hard = mined(trainer, settings, sources, part) if part or settings.start else []
            seed = settings.seed + trainer.done
            with closing(
                batches(sources, Normalisation(), RowSettings(rows=settings.rows), seed, hard)
            ) as rows:
                trainer.train(rows, stretch, until)


def mined(trainer: Trainer, settings: Settings, sources: Sources, seed: int) -> list[Item]:
    """Hard negatives of the model as it is."""
    score = scorer(trainer.averaged(), Normalisation(), settings.smoothing)
    found = mine(sources, score, settings.mined_share, 0.1, 2500, seed)
    print(f"mined {len(found)} stretches of speech that sound like the phrase", flush=True)
    return found


def write_run(
    run: Path,
    model: keras.Model,
    settings: Settings,
    sources: Sources,
    data: Path,
    decision: Any,
    measured: Any,
) -> None:
    """What `mynah-export` needs: weights, settings and calibration rows; config.json last."""
    model.save_weights(run / WEIGHTS)
    x, _ = Rows(sources, Normalisation(), RowSettings(), seed=99).batch()
    np.savez_compressed(run / "representative.npz", x=x)
    config = {
        "kind": "wake",
        "name": " / ".join(settings.words),
        "labels": list(settings.words),
        **describe(FrontEndSettings()),
        "model": asdict(model.settings),
        "stream": {"frames": STEP_FRAMES, "stride": STRIDE, "lookahead": 0},
        "normalisation": asdict(Normalisation()),
        "decision": decision,
        "measured": measured,
        "training": {
            "recipe": "mynah-train wake " + " ".join(f'--phrase "{word}"' for word in settings.words),
            "settings": {name: value for name, value in asdict(settings).items() if name != "gates"},
            "started_from": _training_of(settings.start),
            "synthetic_voices": len(VOICES),
            "sources": [source for _, source in (*sources.speech, *sources.noise)],
        },
        "gates": asdict(settings.gates),
        "data": str(data.resolve()),
    }
    write_json(run / "config.json", config)


def _training_of(start: str) -> Any:
    """What the run whose weights were the start tells of its own training; None without one."""
    config = Path(start) / "config.json"
    return json.loads(config.read_text(encoding="utf-8"))["training"] if start and config.is_file() else None
