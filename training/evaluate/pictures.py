"""Figures that are better seen than read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from training.corpus.noises import ratio_name
from training.evaluate.hearing import Outcome, curve
from training.evaluate.listeners import Mynah
from training.evaluate.wakewords import Attempt, Background, Examination

matplotlib.use("Agg")
from matplotlib import pyplot


def rejection_curves(outcomes: Sequence[Outcome], threshold: float, file: Path) -> None:
    """Commands done right over other speech acted on, a curve for each ratio, the operating point marked.

    Without other speech: commands done right over the threshold.
    """
    ours = [outcome for outcome in outcomes if outcome.listener == Mynah.name]
    compared = any(not outcome.is_command for outcome in ours)
    figure, axes = pyplot.subplots(figsize=(7, 5), layout="constrained")
    for ratio in sorted({outcome.ratio for outcome in ours}, reverse=True):
        points = np.array(curve(outcome for outcome in ours if outcome.ratio == ratio))
        x = 100 * points[:, 1] if compared else np.minimum(points[:, 0], 1.0)
        (line,) = axes.plot(x, 100 * points[:, 2], label=ratio_name(ratio), drawstyle="steps-pre")
        at = int(np.searchsorted(points[:, 0], threshold))
        axes.plot(x[at], 100 * points[at, 2], "o", color=line.get_color())
    axes.set_xlabel("other speech acted on, %" if compared else "threshold of confidence")
    axes.set_ylabel("commands done right, %")
    if compared:
        axes.set_xlim(0, 20)
    axes.set_ylim(0, 100)
    axes.grid(alpha=0.3)
    axes.legend(title="dots: as shipped")
    save(figure, file)


def phone_errors(hours: Sequence[float], rates: Sequence[float], file: Path) -> None:
    """The phone error rate over the hours of training."""
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    axes.plot(hours, [100 * rate for rate in rates], "o-")
    axes.set_xlabel("training, hours")
    axes.set_ylabel("phones wrong, %")
    axes.set_xlim(left=0)
    axes.set_ylim(0, 115 * max(rates))
    axes.grid(alpha=0.3)
    save(figure, file)


def detection_errors(found: Examination, alone: Examination | None = None) -> Figure:
    """Misses over false accepts an hour (detection error trade-off), a curve for each ratio.

    Dashed, those of the small model `alone`. The bundle's own thresholds are marked. Less than one false
    accept in all hours is drawn as half of one. Raises ValueError for an examination without background.
    """
    figure, axes = pyplot.subplots(figsize=(7, 5), layout="constrained")
    least, highest = math.inf, 5.0
    for one, style in ((found, "-"), (alone, "--")):
        if one is None:
            continue
        if one.silent is None:
            raise ValueError(f"{one.name} was examined without background")
        events = (event.probability for event in one.silent.events)
        thresholds = np.unique(np.array([0.01, *(saying.probability for saying in one.sayings), *events]))
        least = min(least, 0.5 / one.silent.hours)
        for number, (ratio, probabilities) in enumerate(_by_ratio(one.sayings)):
            x = [max(least, one.silent.per_hour(value)) for value in thresholds]
            y = [100 * np.mean(probabilities < value) for value in thresholds]
            missed = 100 * float(np.mean(probabilities < one.threshold))
            highest = max(highest, 1.5 * missed, 1.2 * float(np.interp(0.5, x[::-1], y[::-1])))
            label = ratio_name(ratio) if one is found else f"{ratio_name(ratio)}, no second look"
            axes.plot(x, y, style, color=f"C{number}", label=label, drawstyle="steps-post")
            at = max(least, one.silent.per_hour(one.threshold))
            filled = "full" if one is found else "none"
            axes.plot(at, missed, "o", color=f"C{number}", fillstyle=filled, clip_on=False)
        axes.set_xlabel(f"false accepts an hour, over {one.silent.hours:.1f} h without the phrase")
    axes.set_xscale("log")
    axes.set_xticks([0.2, 0.5, 1, 2, 5, 10, 20])
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")
    axes.set_xlim(least, 30)
    axes.set_ylim(0, min(highest, 100))
    axes.set_ylabel("missed, %")
    axes.set_title(found.name)
    axes.grid(alpha=0.3, which="both")
    axes.legend(title="dots: as shipped")
    return figure


def probabilities(sayings: Sequence[Attempt], silent: Background | None, threshold: float) -> Figure:
    """How often which probability came, of the phrase and of what is none."""
    figure, axes = pyplot.subplots(figsize=(7, 3), layout="constrained")
    bins = np.linspace(0, 1, 41).tolist()
    for ratio, values in _by_ratio(sayings):
        axes.hist(values, bins, histtype="step", label=f"the phrase, {ratio_name(ratio)}", linewidth=1.5)
    if silent is not None:
        axes.hist([event.probability for event in silent.events], bins, label="other speech", alpha=0.4)
    axes.axvline(threshold, color="black", linestyle=":", label="threshold")
    axes.set_yscale("log")
    axes.set_xlabel("probability")
    axes.set_ylabel("how often")
    axes.legend()
    return figure


def confusion_matrices(
    said: Sequence[str], heard: Sequence[str], counts: Mapping[str, npt.NDArray[np.int64]]
) -> Figure:
    """What is heard (columns) where what is said (rows), beside one another by the names of `counts`.

    What nobody says has no row. The shade is the share of the row.
    """
    some = [number for number in range(len(said)) if any(each[number].sum() for each in counts.values())]
    figure, every = pyplot.subplots(
        1,
        len(counts),
        figsize=(1.5 + 5 * len(counts), 1.6 + 0.4 * len(some)),
        layout="constrained",
        squeeze=False,
    )
    for axes, (name, each) in zip(every[0], counts.items(), strict=True):
        rows = each[some]
        axes.imshow(rows / np.maximum(rows.sum(axis=1, keepdims=True), 1), cmap="Blues", vmin=0, vmax=1)
        for (row, column), count in np.ndenumerate(rows):
            if count:
                dark = count > rows[row].sum() / 2
                axes.text(
                    column, row, str(count), ha="center", va="center", color="white" if dark else "black"
                )
        axes.set_xticks(range(len(heard)), heard, rotation=45, ha="right")
        axes.set_yticks(range(len(some)), [said[number] for number in some])
        axes.set_xlabel("heard")
        axes.set_ylabel("said")
        axes.set_title(name)
    return figure


def curves(named: Mapping[str, Sequence[tuple[int, float]]]) -> Figure:
    """Values over updates, each smoothed over a fiftieth of its length."""
    figure, axes = pyplot.subplots(figsize=(7, 3), layout="constrained")
    for name, points in named.items():
        x, y = np.array(sorted(points)).T  # a run that was resumed has some updates twice
        width = max(1, len(y) // 50)
        axes.plot(x[width - 1 :], np.convolve(y, np.ones(width) / width, "valid"), label=name)
    axes.set_xlabel("update")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def save(figure: Figure, file: Path | BinaryIO) -> None:
    figure.savefig(file, dpi=120)
    pyplot.close(figure)


def _by_ratio(sayings: Sequence[Attempt]) -> Iterator[tuple[float, npt.NDArray[np.float64]]]:
    for ratio in sorted({one.ratio for one in sayings}, reverse=True):
        yield ratio, np.array([one.probability for one in sayings if one.ratio == ratio])
