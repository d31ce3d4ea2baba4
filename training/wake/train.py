"""`mynah-train wake`: from a typed phrase to a model and its threshold, resumable.

Synthetic voices say the phrase, what sounds like it, and commands; people's recordings say everything else.
The shipped weights are an exponential moving average of those trained. The threshold is chosen on speakers
and voices that training left out; whole voices that it never heard then tell how often the phrase is heard.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from device.audio.frontend import Features, FrontEndSettings
from device.audio.wav import read
from device.engine.bundle import describe
from device.errors import MynahError, UsageError
from device.settings import bundle_folder
from training.corpus import synthesis, texts
from training.corpus.manifest import normalise
from training.corpus.store import Item
from training.wake import measure, people, suitability
from training.wake import model as shape
from training.wake.corpus import VOICES, is_left_out, trimmed
from training.wake.data import Batch, Rows, RowSettings, batches
from training.wake.gates import Gates
from training.wake.mining import mine
from training.wake.phrases import Phrase
from training.wake.prepare import Amounts, Own, prepare
from training.wake.signal import STEP_FRAMES, STRIDE, Normalisation, sigmoid, smoothed
from training.wake.sources import Sources


@dataclass(frozen=True, slots=True)
class Settings:
    words: tuple[str, ...]  # one phrase, or several that the model tells apart
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of words, further ones
    width: int = 40
    dropout: float = 0.1
    updates: int = 9000
    rows: int = 64  # an update
    compiled: bool = True  # by XLA, three times as fast once it is
    rate: float = 3e-3
    average: float = 0.998
    mine: tuple[float, ...] = (0.35, 0.7)  # shares of the updates after which hard negatives are looked for
    mined_share: float = 0.4  # of the training speech that is searched each time
    start: str = ""  # a finished run of the same width whose weights to start from
    hardest: int = 8  # outputs of a row whose loss counts once more
    amounts: Amounts = field(default_factory=Amounts)
    smoothing: int = 5  # outputs whose mean decides: 0.1 s
    refractory: float = 1.0  # s
    false_accepts: float = 0.3  # an hour
    trials: int = 400  # sayings of the phrase in which it is measured
    recordings: tuple[str, ...] = ()  # folders in which people say the phrase
    negatives: tuple[str, ...] = ()  # folders in which nobody does
    review: str = ""  # folder of what the daemon kept and somebody labelled
    acoustic: str = (
        ""  # bundle that tells where the phones are in what people say; "": nothing is put together
    )
    seed: int = 1
    gates: Gates = field(default_factory=Gates)


DEFAULTS = Settings(words=())


class Trainer:
    """The model, its optimizer and its average; `save` checkpoints all three, or raises MynahError."""

    def __init__(self, run: Path, settings: Settings, build: Callable[[], Any] | None = None) -> None:
        """`build`: another architecture than the one that ships."""
        self.settings = settings
        keras.utils.set_random_seed(settings.seed)
        net = shape.settings(settings.width, settings.dropout, len(settings.words))
        self._build = build or (lambda: shape.build(net))
        self.model = self._build()
        self.optimizer = keras.optimizers.AdamW(settings.rate, weight_decay=1e-4, clipnorm=1.0)
        self.optimizer.build(self.model.trainable_variables)
        if settings.start:
            self.model.load_weights(Path(settings.start) / "model.weights.h5")
        self.average = [tf.Variable(weight) for weight in self.model.weights]
        self.done = tf.Variable(0)
        kept = [variable.value for variable in (*self.model.variables, *self.optimizer.variables)]
        saved = tf.train.Checkpoint(variables=[*kept, *self.average], done=self.done)
        self._manager = tf.train.CheckpointManager(saved, str(run / "checkpoints"), max_to_keep=2)
        saved.restore(self._manager.latest_checkpoint)
        self._update = tf.function(self._step, jit_compile=settings.compiled)

    def _step(self, x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = row_loss(self.model(x, training=True), y, self.settings.hardest)
        trained = self.model.trainable_variables
        self.optimizer.apply_gradients(
            zip(tape.gradient(loss, [variable.value for variable in trained]), trained, strict=True)
        )
        for mean, weight in zip(self.average, self.model.weights, strict=True):
            mean.assign(self.settings.average * mean + (1 - self.settings.average) * weight)
        return loss

    def save(self, done: int) -> None:
        self.done.assign(done)
        try:
            self._manager.save()
        except tf.errors.OpError as error:
            folder, reason = self._manager.directory, str(error.message).splitlines()[0]
            raise MynahError(
                f"{folder}: update {done} cannot be kept ({reason}); make room and run the same command"
                " again: it goes on where it was kept last"
            ) from None

    def averaged(self) -> keras.Model:
        """A copy of the model with the averaged weights."""
        copy = self._build()
        for weight, mean in zip(copy.weights, self.average, strict=True):
            weight.assign(mean)
        return copy

    def train(self, rows: Iterator[Batch], until: int, board: Any) -> None:
        """On to update `until`, at a rate that falls along a half cosine; a checkpoint every 500."""
        updates, first = self.settings.updates, int(self.done)
        progress = tqdm(total=updates, initial=first, desc="wake", unit="upd", mininterval=10)
        for update in range(first, until):
            falling = 0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * update / updates))
            self.optimizer.learning_rate.assign(self.settings.rate * falling * min(1.0, (update + 1) / 200))
            x, y = next(rows)
            loss = self._update(tf.constant(x), tf.constant(y))
            progress.update()
            if update % 50 == 49:
                progress.set_postfix(loss=f"{float(loss):.4f}")
                with board.as_default():
                    tf.summary.scalar("loss", loss, update)
            if update % 500 == 499 or update == until - 1:
                self.save(update + 1)
        progress.close()


def row_loss(logits: Any, labels: Any, hardest: int) -> Any:
    """Cross-entropy of (rows, outputs, words) logits against labels (rows, outputs): the number of a word
    from 1 on, 0 for none and −1 (ignored). Outputs after a word weigh three times; half the mean over each
    row's `hardest` outputs comes on top."""
    labels = tf.cast(labels, tf.int32)
    truth = tf.one_hot(labels - 1, logits.shape[2])
    weight = tf.cast(labels >= 0, tf.float32) * (1.0 + 2.0 * tf.cast(labels > 0, tf.float32))
    losses = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(truth, logits), axis=2) * weight
    mean = tf.reduce_sum(losses) / tf.reduce_sum(weight)
    ordered = tf.sort(losses, axis=1, direction="DESCENDING")
    return mean + 0.5 * tf.reduce_mean(ordered[:, :hardest])


def scorer(
    model: keras.Model, normalisation: Normalisation, smoothing: int, word: int | None = None
) -> measure.Score:
    """Smoothed probabilities of a whole stretch of features, by the batch form of the model.

    Those of one `word`, by number, or the highest of all.
    """
    forward = tf.function(lambda x: model(x))

    def score(frames: Features) -> Any:
        # In pieces of two lengths, or TensorFlow compiles anew; each begins with the model's history.
        piece, history = (600 if len(frames) <= 600 else 3000), 200
        logits = []
        for start in range(0, len(frames), piece):
            part = frames[max(0, start - history) : start + piece]
            before = min(history, start)
            padded = np.zeros((history + piece, frames.shape[1]), np.float32)
            padded[history - before : history - before + len(part)] = normalisation.batch(part)
            every = np.asarray(forward(tf.constant(padded[None])))[0]
            out = every.max(axis=1) if word is None else every[:, word]
            logits.append(out[history // STRIDE : (history + len(part) - before) // STRIDE])
        return smoothed(sigmoid(np.concatenate(logits)), smoothing)

    return score


def calibrated(
    settings: Settings, phrase: Phrase, sources: Sources, score: measure.Score, run: Path
) -> tuple[Any, Any]:
    """(what `decision["words"]` of a bundle says of a word, what was measured).

    The threshold is the lowest that keeps to the false accepts, and a fifth of the way from there to the
    highest that hears 98 % of the left-out training voices and of the phrases of left-out people in noise
    at 10 dB.
    """
    noise = measure.noises(sources)
    silent = measure.FalseAccepts.over(measure.streams(sources), score, settings.refractory)
    if not silent.hours:
        raise MynahError("nobody is left to set the threshold by: add speech by more people to the data")
    lowest = silent.lowest_threshold(settings.false_accepts)
    left_out = [voice for voice in synthesis.TRAINING_VOICES if is_left_out(voice)]
    joined = [trimmed(read(item.path)) for item in people.trials(run, people.CHOICE, phrase.text)]
    spoken = measure.phrases(phrase, left_out, settings.trials, seed=11) + joined
    chosen = measure.trials(spoken, noise, 10.0, score)
    highest = float(np.quantile([trial.peak for trial in chosen], 0.02))
    threshold = round(lowest + 0.2 * max(0.0, highest - lowest), 2)
    delays = [delay for trial in chosen if (delay := trial.delay(threshold)) is not None]
    decision = {"threshold": threshold, "delay": round(float(np.median(delays or [0.1])), 2)}
    counts = silent.count(threshold)
    measured: dict[str, Any] = {
        "false_accepts": counts,
        "false_accepts_per_hour": round(sum(counts.values()) / silent.hours, 2),
        "hours_without_the_phrase": round(silent.hours, 3),
        "lowest_threshold": lowest,
    }
    others = [trimmed(read(item.path)) for item in people.trials(run, people.GATES, phrase.text)]
    unheard = measure.phrases(phrase, synthesis.HELD_OUT_VOICES, settings.trials, seed=12)
    for name, ratio in (("clean", None), ("15_db", 15.0), ("10_db", 10.0), ("5_db", 5.0)):
        tried = measure.trials(unheard, noise, ratio, score)
        measured[f"recall_{name}"] = round(measure.recall(tried, threshold), 4)
        if others:
            tried = measure.trials(others, noise, ratio, score)
            measured[f"recall_people_{name}"] = round(measure.recall(tried, threshold), 4)
    return decision, measured


def told(
    model: keras.Model, settings: Settings, phrases: Sequence[Phrase], sources: Sources, run: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    """`calibrated` for each of the words, by word."""
    decisions, measured = {}, {}
    for number, phrase in enumerate(phrases):
        score = scorer(model, Normalisation(), settings.smoothing, number)
        decisions[phrase.text], measured[phrase.text] = calibrated(settings, phrase, sources, score, run)
    return decisions, measured


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Prints what the start could do, and what it can now, on the same test."""
    for word, figures in after.items():
        for name, value in figures.items():
            if isinstance(value, float):
                print(f"{word}: {name} {before[word][name]:g} before, {value:g} now", flush=True)


def mined(trainer: Trainer, sources: Sources, seed: int) -> list[Item]:
    """Hard negatives of the model as it is."""
    score = scorer(trainer.averaged(), Normalisation(), trainer.settings.smoothing)
    found = mine(sources, score, trainer.settings.mined_share, 0.1, 2500, seed)
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
    model.save_weights(run / "model.weights.h5")
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
    temporary = run / "config.json.part"
    temporary.write_text(json.dumps(config, indent=1))
    temporary.rename(run / "config.json")


def _training_of(start: str) -> Any:
    """What the run whose weights were the start tells of its own training; None without one."""
    config = Path(start) / "config.json"
    return json.loads(config.read_text(encoding="utf-8"))["training"] if start and config.is_file() else None


def train(settings: Settings, data: Path, run: Path, shared: Path) -> None:
    """A whole run, or the rest of one; `run` holds its weights and figures afterwards."""
    begun = time.monotonic()
    phrases = phrases_of(settings)
    sources = prepared(settings, phrases, data, run, shared)
    trainer = Trainer(run, settings)
    fit(trainer, sources, run)
    model = trainer.averaged()
    words, measured = told(model, settings, phrases, sources, run)
    if settings.start:
        model.load_weights(Path(settings.start) / "model.weights.h5")
        _, before = told(model, settings, phrases, sources, run)
        model = trainer.averaged()
        compare(before, measured)
    decision = {"smoothing": settings.smoothing, "refractory": settings.refractory, "words": words}
    write_run(run, model, settings, sources, data, decision, measured)
    print(f"{run}: {(time.monotonic() - begun) / 60:.1f} min; {decision}; {measured}", flush=True)


def phrases_of(settings: Settings) -> list[Phrase]:
    return [Phrase(word, settings.spellings.get(word, ())) for word in settings.words]


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


def fit(trainer: Trainer, sources: Sources, run: Path) -> None:
    """The rest of the updates, with hard negatives mined in between."""
    settings = trainer.settings
    board = tf.summary.create_file_writer(str(run / "tensorboard"))
    for part, share in enumerate((*settings.mine, 1.0)):
        until = round(share * settings.updates)
        if int(trainer.done) < until:
            hard = mined(trainer, sources, part) if part or settings.start else []
            seed = settings.seed + int(trainer.done)
            rows = batches(sources, Normalisation(), RowSettings(rows=settings.rows), seed, hard)
            trainer.train(rows, until, board)
            rows.close()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--phrase",
        action="append",
        required=True,
        help='what wakes it, in words: "hey mynah"; given several times, one model tells them apart',
    )
    parser.add_argument(
        "--sounds-like",
        action="append",
        default=[],
        help="another spelling, for voices that misread it; of several phrases: phrase=spelling",
    )
    parser.add_argument(
        "--recordings", action="append", default=[], help="folder in which people say it, a folder for each"
    )
    parser.add_argument(
        "--negatives", action="append", default=[], help="folder of what is heard at home otherwise"
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with speech/, wake/, negative/, noise/, rir/"
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="run folder; an unfinished run there is resumed"
    )
    parser.add_argument("--features", type=Path, help="store of recordings' features that several runs share")
    parser.add_argument("--updates", type=int, default=DEFAULTS.updates, help="training steps of 64 rows")
    parser.add_argument(
        "--start", type=Path, help="finished run whose weights to start from; its figures are told beside"
    )
    parser.add_argument(
        "--review", type=Path, help="folder of what the daemon kept, with the labels of mynah review"
    )
    parser.add_argument(
        "--hearing",
        type=Path,
        default=Path(bundle_folder("english")),
        help="acoustic model that finds the phrase's sounds in what people say",
    )
    parser.add_argument("--width", type=int, default=DEFAULTS.width, help="channels of every layer")
    parser.add_argument("--anyway", action="store_true", help="train a phrase that is not fit for it as well")


def said_otherwise(data: Path) -> Iterator[str]:
    """Sentences that people say or write, as far as `data` has them."""
    requested, written = data / "text" / "hwu64", data / "text" / "tatoeba-en-zh" / "train.tsv"
    if requested.is_dir():
        yield from map(normalise, texts.requests(requested))
    if written.is_file():
        yield from map(normalise, texts.sentences(written))


def spellings_of(words: Sequence[str], given: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """By word. Raises UsageError for a spelling of which it is not clear what it spells."""
    found: dict[str, tuple[str, ...]] = {}
    for text in given:
        word, _, spelling = text.rpartition("=")
        if len(words) == 1 and not word:
            word = words[0]
        if word not in words:
            raise UsageError(f"--sounds-like {text!r}: write phrase=spelling with one of {', '.join(words)}")
        found[word] = (*found.get(word, ()), spelling)
    return found


def run(arguments: argparse.Namespace) -> None:
    words = tuple(dict.fromkeys(" ".join(phrase.lower().split()) for phrase in arguments.phrase))
    spellings = spellings_of(words, arguments.sounds_like)
    for word in words:
        doubts = suitability.doubts(word, said_otherwise(arguments.data), spellings.get(word, ()))
        for doubt in suitability.check(doubts, arguments.anyway):
            print(f"mynah-train: {doubt}", file=sys.stderr)
    for line in synthesis.silent():
        print(f"mynah-train: {line}", file=sys.stderr)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    settings = Settings(
        words=words,
        spellings=spellings,
        recordings=tuple(arguments.recordings),
        negatives=tuple(arguments.negatives),
        review=str(arguments.review or ""),
        updates=arguments.updates,
        start=str(arguments.start or ""),
        acoustic=str(arguments.hearing),
        width=arguments.width,
    )
    train(settings, arguments.data, arguments.out, arguments.features or arguments.out / "features")
