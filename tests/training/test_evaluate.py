from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from device.assembly import adjusted
from device.errors import MynahError
from device.settings import Settings
from training.evaluate import command, parallel
from training.evaluate.hearing import Clip, Heard, Judge, Outcome, curve, report, table
from training.evaluate.pictures import rejection_curves
from training.evaluate.recordings import CLEAN, word_errors

COFFEE = Path(__file__).parents[2] / "docs" / "examples" / "coffee.yaml"


def outcome(confidence: float, label: str | None, fits: bool = False, meant: bool = True) -> Outcome:
    clip, heard = Clip(Path("clip.wav"), label), Heard("turn it on", confidence, 0.01)
    return Outcome("mynah", CLEAN, clip, heard, meant, fits, word_errors=1, words=4, seconds=1.0)


OUTCOMES = [
    outcome(0.9, "right and sure", fits=True),
    outcome(0.6, "right and sure enough", fits=True),
    outcome(0.4, "right but rejected", fits=True),
    outcome(0.8, "wrong and sure"),
    outcome(0.7, None),
    outcome(0.2, None),
    outcome(0.9, None, meant=False),
    outcome(0.0, None, meant=False),
]


def test_only_what_is_sure_enough_counts_as_done() -> None:
    (row,) = table(OUTCOMES, {"mynah": 0.5})
    assert (row["commands"], row["others"]) == (4, 4)
    assert (row["right"], row["right_unrejected"], row["wrong"]) == (0.5, 0.75, 0.25)
    assert row["others_acted_on"] == 0.25, "what means nothing is not acted on, however sure"
    assert row["word_error_rate"] == 0.25
    assert "50.0%" in report([row], OUTCOMES)


def test_the_curve_runs_from_lax_to_strict() -> None:
    points = curve(OUTCOMES)
    assert points[0] == (0.0, 0.5, 0.75)
    assert (0.6, 0.25, 0.5) in points
    assert points[-2] == (0.9, 0.0, 0.25)
    assert points[-1][1:] == (0.0, 0.0), "nothing reaches the last threshold"


def test_the_curves_are_drawn(tmp_path: Path) -> None:
    rejection_curves(OUTCOMES, 0.5, tmp_path / "compared.png")
    rejection_curves([one for one in OUTCOMES if one.is_command], 2.0, tmp_path / "alone.svg")
    assert (tmp_path / "compared.png").stat().st_size > 1000
    assert "<svg" in (tmp_path / "alone.svg").read_text()


def test_labels_of_slots_and_of_words() -> None:
    judge = Judge(adjusted(Settings(), sentences=[COFFEE]))
    heard = judge.meaning("can i get a large latte with soy milk")
    assert judge.fits("size=large; coffeeDrink=latte", heard)
    assert not judge.fits("size=large; coffeeDrink=latte; sugarAmount=sugar", heard)
    assert judge.fits("get me a large latte with soy milk", heard)
    assert not judge.fits("get me a small latte with soy milk", heard)
    assert judge.meaning("what lovely weather") is None
    assert not judge.fits("get me a large latte", None)


def manifest(folder: Path, *texts: str) -> Path:
    rows = [f"{number}.wav\t1.0\t{number}\t{text}" for number, text in enumerate(texts)]
    (folder / "manifest.tsv").write_text("\n".join(["path\tseconds\tspeaker\ttext", *rows]) + "\n")
    return folder


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "name recordings"),
        (["--manifest", "nowhere"], "does not exist"),
        (["--manifest", "moon"], "1 of 2 labels are no sentence, the first is 'blow up the moon'"),
        (["--manifest", "empty"], "no recording has a text"),
        (["--others", "empty"], "no speaker of it was left out"),
    ],
)
def test_recordings_that_tell_nothing_are_errors(arguments: list[str], problem: str, tmp_path: Path) -> None:
    for name, texts in (("moon", ("never mind", "Blow up the moon!")), ("empty", ("",))):
        (tmp_path / name).mkdir()
        manifest(tmp_path / name, *texts)
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    places = [word if word.startswith("-") else str(tmp_path / word) for word in arguments]
    parsed = parser.parse_args(["hearing", *places])
    with pytest.raises(MynahError, match=re.escape(problem)):
        command.clips_of(parsed, Judge(Settings()))


def no_worker() -> Callable[[int], int]:
    raise MynahError("no bundle here")


def test_what_a_worker_cannot_begin_with_is_told_here() -> None:
    with pytest.raises(MynahError, match="no bundle here"):
        list(parallel.each(no_worker, [(1,), (2,)], 2, "nothing", 1))


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [("a b c", "a b c", 0), ("a b c", "a c", 1), ("a b", "c a b d", 2), ("", "a", 1)],
)
def test_word_errors(said: str, heard: str, errors: int) -> None:
    assert word_errors(said.split(), heard.split()) == errors
