from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from device.assembly.stages import adjusted, make_home
from device.audio.wav import read
from device.errors import MynahError
from device.events import SAMPLE_RATE
from device.settings import Settings
from device.understanding.numbers import spoken
from tests.device import fakes
from training.corpus.noises import CLEAN
from training.edits import distance
from training.evaluate import command, parallel, templates, turns
from training.evaluate.hearing import Clip, Judge, Outcome, curve, report, table
from training.evaluate.listeners import Hypothesis
from training.evaluate.pictures import phone_errors, rejection_curves
from training.evaluate.sphinx import PocketSphinx

ROOT = Path(__file__).parents[2]
COFFEE = ROOT / "docs" / "examples" / "coffee.yaml"
DEMO = ROOT / "demo" / "recordings"


def outcome(confidence: float, label: str | None, fits: bool = False, meant: bool = True) -> Outcome:
    clip, heard = Clip(Path("clip.wav"), label), Hypothesis("turn it on", confidence, 0.01)
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
    phone_errors([1.0, 2.0], [0.5, 0.4], tmp_path / "phones.png")
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
        (["--templates", "empty"], "no sentence file"),
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
        command.clips_of(parsed, Judge(Settings()), Settings(), tmp_path)


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
    assert distance(said.split(), heard.split()) == errors


TEMPLATES = """
language: en
data:
  - sentences: ["illuminate {name}"]
  - sentences: ["turn on [the] {name}", "turn on {name} in {minutes} minutes", "<nothing> on"]
    speech_to_phrase: true
"""


def test_phrases_of_templates_are_those_that_people_say_and_we_know(tmp_path: Path) -> None:
    for intent in ("HassTurnOn", "HassOpenTheSkylight"):
        (tmp_path / intent).mkdir()
        (tmp_path / intent / "all.yaml").write_text(TEMPLATES)
    home = make_home(Settings())
    groups = templates.sayable_groups(tmp_path, home)
    assert [(group.intent, len(group.sentences)) for group in groups] == [("HassTurnOn", 1)]
    drawn = templates.phrases(groups, 200, np.random.default_rng(1))
    names = {spoken(name.text) for name in home.vocabulary.names}
    assert len(drawn) == 200
    assert {re.sub("^turn on (the )?", "", text) for text in drawn} <= names
    assert len(set(drawn)) > 20
    assert drawn == templates.phrases(groups, 200, np.random.default_rng(1))


@pytest.mark.parametrize(("seconds", "delay", "cut_off"), [(1.5, 0.5, 0.0), (0.8, -0.2, 1.0)])
def test_how_late_a_turn_ends_counts_from_where_the_voice_does(
    seconds: float, delay: float, cut_off: float
) -> None:
    """Woken at 1 s, of a voice that ends at 2 s, by an endpointer that waits for `seconds`."""
    assistant = replace(fakes.assistant((1.0,), ["turn on the lamp"]), endpointer=fakes.Ends(seconds))
    spoken_turn = turns.Spoken("turn on the lamp", "flite/rms", np.ones(4 * SAMPLE_RATE, np.int16), 32_000)
    found = turns.run_turns(assistant, spoken_turn, CLEAN)
    assert (found.woke, found.right) == (True, True)
    assert found.delay == pytest.approx(delay, abs=0.08)  # a chunk
    (row,) = turns.table([found], [CLEAN])
    assert row["cut_off"] == cut_off
    assert row["median_speech_end_to_command_ms"] == pytest.approx(1000 * found.delay, abs=50)


def test_a_turn_that_never_came_is_no_right_one() -> None:
    spoken_turn = turns.Spoken("turn on the lamp", "flite/rms", np.ones(4 * SAMPLE_RATE, np.int16), 32_000)
    found = turns.run_turns(fakes.assistant(), spoken_turn, CLEAN)
    assert (found.woke, found.heard, found.right) == (False, None, False)


def test_pocketsphinx_hears_a_sentence_of_the_grammar() -> None:
    listener = PocketSphinx(Settings())
    (recording,) = DEMO.glob("turn off all the lights.flac")
    heard = listener.listen(read(recording)[-3 * SAMPLE_RATE :])
    judge = Judge(Settings())
    assert heard.text is not None
    assert judge.meaning(heard.text) is not None, heard.text  # it ends where a sentence may
    assert listener.listen(np.zeros(SAMPLE_RATE, np.int16)).work > 0
