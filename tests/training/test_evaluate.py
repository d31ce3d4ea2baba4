from __future__ import annotations

from pathlib import Path

import pytest

from device.assembly import adjusted
from device.settings import Settings
from training.evaluate.hearing import Clip, Heard, Judge, Outcome, curve, report, table, word_errors
from training.evaluate.recordings import CLEAN

COFFEE = Path(__file__).parents[2] / "docs" / "examples" / "coffee.yaml"


def outcome(confidence: float, label: str | None, fits: bool = False, meant: bool = True) -> Outcome:
    clip, heard = Clip(Path("clip.wav"), label), Heard("turn it on", confidence, 0.01)
    return Outcome("mynah", 0.5, CLEAN, clip, heard, meant, fits, word_errors=1, words=4, seconds=1.0)


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
    assert points[-1] == (0.9, 0.0, 0.25)


def test_labels_of_slots_and_of_words() -> None:
    judge = Judge(adjusted(Settings(), sentences=[COFFEE]))
    heard = judge.meaning("can i get a large latte with soy milk")
    assert judge.fits("size=large; coffeeDrink=latte", heard)
    assert not judge.fits("size=large; coffeeDrink=latte; sugarAmount=sugar", heard)
    assert judge.fits("get me a large latte with soy milk", heard)
    assert not judge.fits("get me a small latte with soy milk", heard)
    assert judge.meaning("what lovely weather") is None
    assert not judge.fits("get me a large latte", None)


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [("a b c", "a b c", 0), ("a b c", "a c", 1), ("a b", "c a b d", 2), ("", "a", 1)],
)
def test_word_errors(said: str, heard: str, errors: int) -> None:
    assert word_errors(said.split(), heard.split()) == errors
