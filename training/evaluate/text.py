"""`mynah-train evaluate text`: how well a text model reads what it was not trained on."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from device.understanding.pieces import words
from device.understanding.tagging import spans
from training.evaluate.intervals import share_with_interval
from training.text.corpora import OUT_OF_SCOPE, PARTS, READERS, Example, read, tags
from training.text.reading import Readings, reader
from training.text.scores import calibration_error, calibration_interval, macro, slot_f1, threshold

CONFUSED = 10
"""The pairs of intents that are shown, most frequent first."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--corpus", choices=tuple(READERS), required=True)
    parser.add_argument(
        "--data", type=Path, required=True, help="the corpus's folder, or one with a folder for each corpus"
    )
    parser.add_argument(
        "--run", type=Path, required=True, help="folder of a run of mynah-train text --head, or its bundle"
    )
    parser.add_argument("--part", choices=PARTS, default="test", help="part of the corpus (test)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> None:
    """Raises MynahError."""
    model = reader(arguments.run)
    examples = read(arguments.corpus, arguments.data, arguments.part)
    reading = model.read([one.text for one in examples])
    figures = {
        "corpus": arguments.corpus,
        "part": arguments.part,
        **measured(examples, reading, model.labels, model.reject_below),
    }
    print(json.dumps(figures, indent=1) if arguments.json else report(figures))


def measured(
    examples: Sequence[Example], reading: Readings, labels: Sequence[str], reject_below: float
) -> dict[str, Any]:
    """All figures but those of refusal are of sentences in scope; a label new to the model is wrong.

    A model that knows what is out of scope refuses as it was calibrated to: a sentence in scope that it
    refuses is wrong too. `accuracy_without_refusal` is the share of best intents that are right. `ece` is of
    the likeliest label, which may be that of what is out of scope.
    """
    inside = [number for number, label in enumerate(labels) if label != OUT_OF_SCOPE]
    best, names = reading.probability[:, inside], np.array(labels)[inside]
    sure, found = best.max(axis=1), names[best.argmax(axis=1)]
    said = np.where(sure < reject_below, OUT_OF_SCOPE, found) if len(inside) < len(labels) else found
    scoped = np.array([one.intent != OUT_OF_SCOPE for one in examples])
    truth = [one.intent for one in examples if one.intent != OUT_OF_SCOPE]
    chosen = [str(one) for one in said[scoped]]
    right, plain = (np.array(truth) == one[scoped] for one in (said, found))
    share, low, high = share_with_interval(int(right.sum()), len(right))
    means = macro(truth, chosen)
    label = np.array(labels)[reading.probability.argmax(axis=1)]
    calibration = reading.probability.max(axis=1)[scoped], label[scoped] == np.array(truth)
    error_low, error_high = calibration_interval(*calibration)
    figures: dict[str, Any] = {
        "examples": len(truth),
        "accuracy": share,
        "accuracy_interval": [low, high],
        "accuracy_without_refusal": float(plain.mean()),
        "precision": means.precision,
        "recall": means.recall,
        "f1": means.f1,
        "ece": calibration_error(*calibration),
        "ece_interval": [error_low, error_high],
        "confused": confused(truth, chosen),
    }
    if reading.tags is not None:
        meant = [spans(tags(one, words(one.text))) for one in examples]
        figures["slot_f1"] = slot_f1(meant, [spans(row) for row in reading.tags])
    if not scoped.all():
        figures |= refusal(sure, scoped, reject_below)
    return figures


def refusal(sure: Any, scoped: Any, reject_below: float) -> dict[str, Any]:
    """What the run's own threshold refuses, and what one that loses LOST of what is in scope here would."""
    outside = ~scoped
    share, low, high = share_with_interval(int((sure[outside] < reject_below).sum()), int(outside.sum()))
    here = threshold(sure[scoped])
    return {
        "out_of_scope": int(outside.sum()),
        "in_scope_lost": float(np.mean(sure[scoped] < reject_below)),
        "oos_recall": share,
        "oos_recall_interval": [low, high],
        "oos_recall_at_3_percent_lost": float(np.mean(sure[outside] < here)),
    }


def confused(truth: Sequence[str], found: Sequence[str]) -> list[list[Any]]:
    pairs = Counter((one, other) for one, other in zip(truth, found, strict=True) if one != other)
    return [[one, other, count] for (one, other), count in pairs.most_common(CONFUSED)]


def report(figures: dict[str, Any]) -> str:
    """A line for each figure, shares in percent."""
    low, high = figures["accuracy_interval"]
    lines = [
        f"{figures['corpus']}, {figures['part']}: {figures['examples']} sentences",
        f"accuracy   {figures['accuracy']:7.2%}  ({low:.2%} … {high:.2%});"
        f" {figures['accuracy_without_refusal']:.2%} if none were refused",
        f"precision  {figures['precision']:7.2%}  (mean over labels, as the next two)",
        f"recall     {figures['recall']:7.2%}",
        f"F1         {figures['f1']:7.2%}",
    ]
    if "slot_f1" in figures:
        lines.append(f"slot F1    {figures['slot_f1']:7.2%}")
    low, high = figures["ece_interval"]
    lines.append(f"expected calibration error {figures['ece']:.4f}  ({low:.4f} … {high:.4f})")
    if "oos_recall" in figures:
        low, high = figures["oos_recall_interval"]
        lines.append(
            f"out of scope: {figures['oos_recall']:.1%} of {figures['out_of_scope']} refused ({low:.1%} …"
            f" {high:.1%}) while {figures['in_scope_lost']:.2%} in scope are lost;"
            f" {figures['oos_recall_at_3_percent_lost']:.1%} if 3 % were"
        )
    lines += [f"{count:5} × {one} read as {other}" for one, other, count in figures["confused"]]
    return "\n".join(lines)
