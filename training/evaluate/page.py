"""What a wake word does, as one HTML page: curves, misses by voice, false accepts to be heard."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import soundfile
from matplotlib.figure import Figure

from device.events import SAMPLE_RATE, Samples
from training.corpus.noises import ratio_name
from training.evaluate import pictures
from training.evaluate.wakewords import Attempt, Background, Event, Examination

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 } td, th { padding: .2rem .8rem; text-align: right }
th { border-bottom: 1px solid #999 } td:first-child, th:first-child { text-align: left }
img { max-width: 100% } audio { height: 2rem; vertical-align: middle }
"""

WORST = 10
"""False accepts, or what comes nearest to one, that are told."""


def wake_page(found: Examination, alone: Examination | None, clips: int, run: Path | None) -> str:
    """The page; beside `found`, the curves of the small model `alone`, if given.

    `clips` of the worst false accepts can be heard on it (without any, it holds nothing of the recordings but
    their texts), `run` brings its training curves.
    """
    silent, threshold = found.silent, found.threshold
    parts = [f"<h1>{escape(found.name)}</h1>", _summary(found.rows, silent), _misses(found.rows)]
    if silent is not None:
        parts.append(_picture(pictures.detection_errors(found, alone)))
    parts += ["<h2>Probabilities</h2>", _picture(pictures.probabilities(found.sayings, silent, threshold))]
    parts += ["<h2>Misses by speaker</h2>", _by(speaker_of, found.sayings, threshold)]
    parts += ["<h2>Misses by accent</h2>", _by(accent_of, found.sayings, threshold)]
    if silent is not None:
        parts += ["<h2>What comes nearest to it</h2>", _events(silent.worst(WORST), threshold, clips)]
    if run is not None and (curves := training_curves(run)):
        parts += ["<h2>Training</h2>", _picture(pictures.curves(curves))]
    head = f"<meta charset=utf-8><title>{escape(found.name)}</title><style>{STYLE}</style>"
    return f"<!doctype html><html lang=en><head>{head}</head><body>{''.join(parts)}</body></html>\n"


def training_curves(run: Path) -> dict[str, list[tuple[int, float]]]:
    """(update, value) by name, in order of updates, from TensorBoard's files in `run`.

    A run that was stopped and resumed has several files, read in the order of their names.
    """
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    log = EventAccumulator(str(run / "tensorboard"), size_guidance={"tensors": 0})
    log.Reload()
    return {
        name: sorted((event.step, float(make_ndarray(event.tensor_proto))) for event in log.Tensors(name))
        for name in log.Tags()["tensors"]
    }


def _summary(rows: Sequence[Mapping[str, Any]], silent: Background | None) -> str:
    shipped = [row for row in rows if row["at"] == "as shipped"]
    misses = ", ".join(f"{row['missed']:.1%} of {row['said']} missed ({row['noise']})" for row in shipped)
    if silent is None:
        return f"<p>As shipped: {misses}.</p>"
    rate, cost = shipped[0]["false_accepts_per_hour"], silent.work / silent.hours
    return (
        f"<p>As shipped: {misses}; {rate:.2f} false accepts an hour over {silent.hours:.2f} h of other"
        f" speech; {cost:.1f} CPU seconds for an hour of it on the machine that measured.</p>"
    )


def _misses(rows: Sequence[Mapping[str, Any]]) -> str:
    return _table(
        ("noise", "false accepts", "threshold", "said", "missed", "95 % interval"),
        (
            (
                row["noise"],
                row["at"],
                f"{row['threshold']:.3f}",
                row["said"],
                f"{row['missed']:.1%}",
                f"{row['interval'][0]:.1%} – {row['interval'][1]:.1%}",
            )
            for row in rows
        ),
    )


def speaker_of(saying: Attempt) -> str:
    """A synthetic voice in all of its accents together."""
    formant = saying.speaker.startswith("espeak-ng/")
    return saying.speaker.rpartition("+")[2] if formant else saying.speaker


def accent_of(saying: Attempt) -> str:
    """espeak-ng's accent; of others the engine or the corpus."""
    if saying.speaker.startswith("espeak-ng/"):
        return saying.speaker.partition("/")[2].partition("+")[0]
    return "/".join(saying.speaker.split("/")[:-1][:2])


def _by(group: Callable[[Attempt], str], sayings: Sequence[Attempt], threshold: float, most: int = 20) -> str:
    """The groups that are missed most, at each ratio."""
    ratios = sorted({one.ratio for one in sayings}, reverse=True)
    counts: dict[str, dict[float, list[bool]]] = {}
    for one in sayings:
        counts.setdefault(group(one), {}).setdefault(one.ratio, []).append(one.probability < threshold)
    ordered = sorted(counts, key=lambda name: -sum(sum(missed) for missed in counts[name].values()))
    return _table(
        ("", *map(ratio_name, ratios)),
        (
            (name, *(f"{sum(counts[name].get(r, []))} of {len(counts[name].get(r, []))}" for r in ratios))
            for name in ordered[:most]
            if any(any(missed) for missed in counts[name].values())
        ),
    )


def _events(events: Sequence[Event], threshold: float, clips: int) -> str:
    """The first `clips` of them can be heard, where their sound was kept."""
    rows = (
        (
            f"{event.probability:.3f}" + (" (wakes)" if event.probability >= threshold else ""),
            event.said or "–",
            event.source,
            _Html(_audio(event.sound)) if event.sound is not None and number < clips else "",
        )
        for number, event in enumerate(events)
    )
    return _table(("probability", "what was said", "from", ""), rows)


class _Html(str):
    """Text that is HTML already."""


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    def cells(tag: str, values: Iterable[object]) -> str:
        shown = (value if isinstance(value, _Html) else escape(str(value)) for value in values)
        return "".join(f"<{tag}>{value}</{tag}>" for value in shown)

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><tr>{cells('th', head)}</tr>{body}</table>"


def _picture(figure: Figure) -> str:
    data = io.BytesIO()
    pictures.save(figure, data)
    return f'<p><img alt="" src="data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}"></p>'


def _audio(samples: Samples) -> str:
    data = io.BytesIO()
    soundfile.write(data, samples, SAMPLE_RATE, format="FLAC")
    encoded = base64.b64encode(data.getvalue()).decode()
    return f'<audio controls preload=none src="data:audio/flac;base64,{encoded}"></audio>'
