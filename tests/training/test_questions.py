"""Questions in made-up homes: what counts as an answer."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from device.errors import MynahError
from device.events import Change, Command, Intent, Outcome, Question, Reply, impossible
from tests.training.test_assist import FIXTURES, REQUESTS
from training.evaluate import assist_states, command, questions
from training.evaluate.assist import Verdict
from training.evaluate.assist_requests import ANSWER, Entity, Report, read

QUESTIONS = """
- sentences: [is the side gate locked]
  expect_response: ["yes"]
- sentences: [is the side gate locked]
  setup: {lock.gate: {state: unlocked}}
  expect_response: unlocked
- sentences: [where does the side gate come from]
  expect_response: ["yes"]
- sentences: [how bright is the bench lamp]
  setup: {light.bench: {attributes: {brightness: 51}}}
  expect_response: [20]
- sentences: [is the radio paused]
  expect_response: ["yes"]
"""


def test_answers_are_judged_by_their_words(tmp_path: Path) -> None:
    (tmp_path / "_fixtures.yaml").write_text(FIXTURES)
    (tmp_path / "questions.yaml").write_text(f"tests:\n{QUESTIONS}{REQUESTS}")
    judged = [one for case in read(tmp_path, ANSWER) for one in questions.judged(case)]
    assert [one.verdict.value for one in judged] == ["right", "right", "refused", "right", "wrong", "right"]
    assert judged[1].expected == "unlocked"
    assert judged[4].reply == "No, the Radio is playing"


COMMAND = Command("lamp/set", "ON")
WHICH = Question("Yes or no?", Intent("HassGetState", {}, 1.0), "choice")
KILOWATTS = {"device_class": "power", "native_unit_of_measurement": "kW"}
NATIVE = {"device_class": "humidity", "native_value": 7}


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome(reply=Reply("Yes, it is")), Verdict.RIGHT),
        (Outcome(reply=Reply("No, it is not")), Verdict.WRONG),
        (Outcome(reply=Reply("Eyes on the road")), Verdict.WRONG),
        (impossible("There is no yes"), Verdict.REFUSED),
        (Outcome(reply=Reply("Yes or no?"), question=WHICH), Verdict.ASKED),
        (Outcome(commands=(COMMAND,), reply=Reply("Yes")), Verdict.WRONG),
        (Outcome(done=(Change("list.add", {}),), reply=Reply("Yes")), Verdict.WRONG),
    ],
)
def test_what_changes_anything_is_no_answer(outcome: Outcome, expected: Verdict) -> None:
    assert questions.verdict(outcome, ("yes",)) is expected


@pytest.mark.parametrize(
    ("entity", "reported"),
    [
        (Entity("sensor.a", "A", None, Report("42", {"device_class": "battery"})), {"battery": 42}),
        (Entity("sensor.b", "B", None, Report(None, NATIVE)), {"humidity": 7}),
        (
            Entity("sensor.c", "C", None, Report("2", KILOWATTS)),
            {"power": 2000},
        ),
        (Entity("sensor.d", "D", None, Report("wet", {"device_class": "humidity"})), {}),
        (Entity("binary_sensor.e", "E", None, Report("on", {"device_class": "window"})), {"contact": False}),
        (Entity("binary_sensor.f", "F", None, Report(True, {"device_class": "motion"})), {"occupancy": True}),
        (Entity("binary_sensor.g", "G", None, Report("off", {"device_class": "smoke"})), {"on": False}),
        (Entity("alarm_control_panel.h", "H", None, Report("armed_away")), {"armed": True}),
    ],
)
def test_sensors_report_in_the_units_of_the_home(entity: Entity, reported: dict[str, object]) -> None:
    state = assist_states.initial(entity)
    assert assist_states.reported(assist_states.kind_of(entity.id), state) == reported


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "_fixtures.yaml").write_text(FIXTURES)
    (tmp_path / "questions.yaml").write_text(f"tests:\n{QUESTIONS}")
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    command.run(parser.parse_args(["questions", "--data", str(tmp_path), "--wrong"]))
    assert "replied   No, the Radio is playing" in capsys.readouterr().out
    (tmp_path / "questions.yaml").write_text("tests: []\n")
    with pytest.raises(MynahError, match="no question expects an answer; name another folder"):
        command.run(parser.parse_args(["questions", "--data", str(tmp_path)]))
