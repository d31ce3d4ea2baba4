"""Figures that are better seen than read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np

from training.evaluate.hearing import Mynah, Outcome, curve
from training.evaluate.recordings import ratio_name
from training.evaluate.wakewords import Background

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
    figure.savefig(file, dpi=120)
    pyplot.close(figure)


def detection_errors(
    name: str, sayings: Mapping[str, Sequence[float]], silent: Background, threshold: float, file: Path
) -> None:
    """Misses over false accepts an hour (detection error trade-off), a curve for each ratio.

    The bundle's own threshold is marked. Less than one false accept in all hours is drawn as half of one.
    """
    thresholds = np.unique(np.concatenate(([0.01], silent.events, *map(np.asarray, sayings.values()))))
    least = 0.5 / silent.hours
    figure, axes = pyplot.subplots(figsize=(7, 5), layout="constrained")
    for ratio, probabilities in sayings.items():
        x = [max(least, silent.per_hour(value)) for value in thresholds]
        y = [100 * np.mean(np.asarray(probabilities) < value) for value in thresholds]
        (line,) = axes.plot(x, y, label=ratio, drawstyle="steps-post")
        missed = 100 * float(np.mean(np.asarray(probabilities) < threshold))
        axes.plot(max(least, silent.per_hour(threshold)), missed, "o", color=line.get_color())
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")
    axes.set_xlim(least, 30)
    axes.set_ylim(0, 30)
    axes.set_xlabel(f"false accepts an hour, over {silent.hours:.1f} h without the phrase")
    axes.set_ylabel("missed, %")
    axes.set_title(name)
    axes.grid(alpha=0.3, which="both")
    axes.legend(title="dots: as shipped")
    figure.savefig(file, dpi=120)
    pyplot.close(figure)
