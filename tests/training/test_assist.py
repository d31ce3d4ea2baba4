"""Requests in made-up homes: what is right, refused or wrong, by what changes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from device.appliances.actions import Action, Do
from device.errors import MynahError
from device.events import Change, Command, Outcome
from device.home import reading
from training.evaluate import assist, assist_home, assist_states, command
from training.evaluate.assist import Verdict
from training.evaluate.assist_requests import Area, Case, Entity, Report, read

FIXTURES = """
areas:
  - {name: Workshop, id: workshop, floor: Ground}
  - {name: Attic, id: attic, floor: Top}
devices:
  - {name: Wall Panel, id: panel, area: workshop}
entities:
  - name: Bench Lamp
    id: light.bench
    area: workshop
    attributes: {supported_color_modes: [rgb], color_mode: rgb, brightness: 255}
  - {name: Attic Lamp, id: light.attic, area: attic, state: "off"}
  - name: Hatch
    id: cover.hatch
    area: attic
    state: false
    attributes: {device_class: cover.CoverDeviceClass.WINDOW, supported_features: [cover.SET_POSITION]}
  - {name: Hatch, id: light.hatch, area: attic, state: "off"}
  - {name: Side Gate, id: lock.gate, state: locked}
  - name: Blower
    id: fan.blower
    device: panel
    state: "off"
    attributes: {supported_features: [fan.SET_SPEED]}
  - name: Radio
    id: media_player.radio
    area: workshop
    state: playing
    attributes: {volume_level: 0.4, media_track: 3, supported_features: [media_player.VOLUME_SET]}
  - name: Stove
    id: climate.stove
    attributes: {hvac_mode: heat, supported_features: [climate.TARGET_TEMPERATURE_RANGE]}
  - {name: Sky, id: weather.sky, state: sunny}
"""

REQUESTS = """
- sentences: [turn off the bench lamp, Please turn the bench lamp off.]
  expect_changes: {light.bench: {state: "off", attributes: {brightness: null, color_mode: null}}}
- sentences: [set the bench lamp to 50%]
  setup: {light.bench: {state: "on", attributes: {brightness: 20}}}
  expect_changes: {light.bench: {attributes: {brightness: 128, color_mode: brightness}}}
- sentences: [make the bench lamp red]
  expect_changes: {light.bench: {attributes: {rgb_color: [255, 0, 0], xy_color: [0.7, 0.3]}}}
- sentences: [set the hatch to 30%]
  expect_changes: {cover.hatch: {state: opening}}
  ignore_changes: {cover.hatch: [current_position]}
- sentences: [turn on the hatch light]
  expect_changes: {light.hatch: {state: "on"}}
- sentences: [unlock the side gate]
  expect_changes: {lock.gate: {state: unlocked}}
- sentences: [turn on the blower, turn on the workshop fan]
  expect_changes: {fan.blower: {state: "on", attributes: {percentage: 100}}}
- sentences: [mute the radio]
  expect_changes: {media_player.radio: {attributes: {volume_level: 0.0}}}
- sentences: [set the radio volume to 65%]
  expect_changes: {media_player.radio: {attributes: {volume_level: 0.65}}}
- sentences: [next song]
  expect_changes: {media_player.radio: {attributes: {media_track: 4}}}
- sentences: [set the stove to 21.5 degrees]
  expect_changes: {climate.stove: {attributes: {temperature: 21.5}}}
- sentences: [turn the lights on]
  context_device: panel
  setup: {light.bench: {state: "off"}}
  expect_changes: {light.bench: {state: "on"}}
- sentences: [sing a song]
  expect_changes: {}
- sentences: [is the bench lamp on]
  expect_response: ["yes"]
"""

NOT_RIGHT = """
- sentences: [make the bench lamp dance]
  expect_changes: {light.bench: {state: "off"}}
- sentences: [turn off the lights]
  setup: {light.attic: {state: "on"}}
  expect_changes: {light.bench: {state: "off"}}
- sentences: [set the hatch to 30%]
  expect_changes: {cover.hatch: {state: open, attributes: {current_position: 40}}}
- sentences: [turn off the bench lamp]
  expect_changes: {}
- sentences: [make it rain]
  expect_changes: {weather.sky: {state: rainy}}
- sentences: [make the bench lamp blink]
  expect_changes: {light.bench: {attributes: {effect: blink}}}
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for name, requests in (("one", REQUESTS), ("two", NOT_RIGHT)):
        (folder / name).mkdir()
        (folder / name / "_fixtures.yaml").write_text(FIXTURES)
        (folder / name / "requests.yaml").write_text(f"tests:\n{requests}")
    return folder


@pytest.fixture(scope="module")
def judgements(data: Path) -> list[assist.Judgement]:
    return [one for case in read(data) for one in assist.judged(case)]


def test_what_is_right(judgements: list[assist.Judgement]) -> None:
    found = [one for one in judgements if one.file.parent.name == "one"]
    assert {one.sentence: one for one in found if one.verdict is not Verdict.RIGHT} == {}
    sentences = [text for test in yaml.safe_load(REQUESTS)[:-1] for text in test["sentences"]]
    assert [one.sentence for one in found] == sentences, "all but what expects an answer"


def test_what_is_not(judgements: list[assist.Judgement]) -> None:
    found = [one for one in judgements if one.file.parent.name == "two"]
    bench = "light.bench state on → off, light.bench brightness 100 → None"
    assert [(one.verdict.value, one.changed, one.expected) for one in found] == [
        ("refused", "nothing", bench),
        ("wrong", f"{bench}, light.attic state on → off", bench),
        (
            "wrong",
            "cover.hatch state closed → open, cover.hatch position 0 → 30",
            "cover.hatch state closed → open, cover.hatch position 0 → 40",
        ),
        ("wrong", bench, "nothing"),
        ("refused", "nothing", "weather.sky state sunny → rainy"),
        ("refused", "nothing", "light.bench effect None → blink"),
    ]


def test_a_refusal_names_the_kind_that_home_toml_lacks(judgements: list[assist.Judgement]) -> None:
    replies = {one.sentence: one.reply for one in judgements}
    assert replies["make it rain"] == "home.toml has no weather"
    assert "home.toml" not in replies["make the bench lamp dance"]


@pytest.mark.parametrize(
    ("changes", "fits", "asks", "expected"),
    [
        (False, False, True, Verdict.ASKED),
        (False, False, False, Verdict.REFUSED),
        (True, False, True, Verdict.WRONG),
        (False, True, True, Verdict.RIGHT),
        (True, True, False, Verdict.RIGHT),
    ],
)
def test_a_question_is_neither_right_nor_a_refusal(
    changes: bool, fits: bool, asks: bool, expected: Verdict
) -> None:
    assert assist.verdict(changes, fits, asks) is expected


CHANGES = [
    (
        "light",
        {"state": "off", "brightness": None},
        Action(Do.BRIGHTNESS, 40),
        {"state": "on", "brightness": 40},
    ),
    ("light", {"state": "on", "brightness": 40}, Action(Do.BRIGHTNESS, 0), {"state": "off", "brightness": 0}),
    (
        "light",
        {"state": "off", "color": None},
        Action(Do.COLOR, "red"),
        {"state": "on", "color": (255, 0, 0)},
    ),
    ("fan", {"state": "off"}, Action(Do.ON), {"state": "on"}),
    ("fan", {"state": "on", "speed": 50}, Action(Do.OFF), {"state": "off", "speed": 0}),
    ("cover", {"state": "closed", "position": 0}, Action(Do.ON), {"state": "open", "position": 100}),
    ("cover", {"state": "open", "position": 70}, Action(Do.STOP), {"state": "open", "position": 70}),
    ("lock", {"state": "unlocked"}, Action(Do.ON), {"state": "locked"}),
    (
        "climate",
        {"state": "heat", "target": 20},
        Action(Do.TEMPERATURE, 21.5),
        {"state": "heat", "target": 21.5},
    ),
    ("media_player", {"state": "paused", "track": 3}, Action(Do.PREVIOUS), {"state": "playing", "track": 2}),
    ("media_player", {"state": "paused", "volume": 30}, Action(Do.PLAY), {"state": "playing", "volume": 30}),
    ("vacuum", {"state": "cleaning"}, Action(Do.DOCK), {"state": "returning"}),
]


@pytest.mark.parametrize(("kind", "before", "action", "after"), CHANGES)
def test_a_command_tells_what_it_changes(
    kind: str, before: Mapping[str, Any], action: Action, after: Mapping[str, Any], tmp_path: Path
) -> None:
    """Through home.toml and back: the topic is the entity, the payload the change."""
    file = tmp_path / "home.toml"
    file.write_text(assist_home.home_toml(Case(file, (), (), (Entity(f"{kind}.one", "One"),))))
    (device,) = reading.read(file).devices
    (sent,) = device.commands[action.do].commands(action)
    assert sent.topic == f"{kind}.one"
    assert assist_states.commanded(before, str(sent.payload)) == after


def test_a_list_counts_its_items() -> None:
    before = {"todo.errands": {"state": "1"}, "light.one": {"state": "on"}}
    lists = {"errands": "todo.errands"}

    def after(*verbs: str) -> str:
        done = tuple(Change(verb, {"list": "Errands", "item": "stamps"}) for verb in verbs)
        return str(assist.changed(before, Outcome(done=done), lists)["todo.errands"]["state"])

    assert (after("list.add"), after("list.add", "list.add"), after("list.remove")) == ("2", "3", "0")
    assert (after("list.clear"), after("timer.start")) == ("0", "1")


def test_commands_for_one_entity_leave_the_others() -> None:
    before = {"light.one": {"state": "off"}, "light.two": {"state": "off"}}
    outcome = Outcome((Command("light.two", '{"state": "on"}'),))
    assert assist.changed(before, outcome, {}) == {
        "light.one": {"state": "off"},
        "light.two": {"state": "on"},
    }


def test_the_home_has_floors_rooms_and_a_name_for_each(tmp_path: Path) -> None:
    entities = (
        Entity("cover.door", 'The "Big" Door', "Shed", Report(attributes={"device_class": "garage"})),
        Entity(
            "light.door", "the big door", "Shed", Report(attributes={"supported_color_modes": ["color_temp"]})
        ),
        Entity("light.door_2", "The Big Door"),
    )
    case = Case(tmp_path, (), (Area("Shed", "Yard"), Area("Porch")), entities, here="Porch")
    file = tmp_path / "home.toml"
    file.write_text(assist_home.home_toml(case))
    layout = reading.read(file)
    assert layout.here == "Porch"
    assert [(room.name, room.floor) for room in layout.rooms] == [("Shed", "Yard"), ("Porch", None)]
    assert [(one.name, one.room, one.device_class, sorted(one.can)) for one in layout.devices] == [
        ('The "Big" Door', "Shed", "garage", []),
        ("the big door light", "Shed", None, ["brightness", "color_temperature"]),
        ("The Big Door light 2", None, None, []),
    ]


@pytest.mark.parametrize(
    ("fixtures", "requests", "problem"),
    [
        (None, "[]", "no _fixtures.yaml in it or below it; name a folder"),
        ("entities: [", "[]", "_fixtures.yaml: not a file of assist requests: ParserError"),
        ("[]", "[]", "_fixtures.yaml: not a file of assist requests: TypeError a mapping is expected"),
        (
            "entities: [{id: light.one}]",
            "[]",
            "_fixtures.yaml: not a file of assist requests: KeyError 'name'",
        ),
        (FIXTURES, "[{expect_changes: {}}]", "0.yaml: not a file of assist requests: KeyError 'sentences'"),
        (
            FIXTURES,
            "[{sentences: [hello], setup: {light.moon: {}}, expect_changes: {}}]",
            "0.yaml: no light.moon in _fixtures.yaml beside it",
        ),
        (FIXTURES, "[{sentences: [hello], expect_response: hi}]", "no request expects a change"),
    ],
)
def test_what_is_not_such_data_is_told_in_one_line(
    fixtures: str | None, requests: str, problem: str, tmp_path: Path
) -> None:
    if fixtures is not None:
        (tmp_path / "_fixtures.yaml").write_text(fixtures)
    (tmp_path / "0.yaml").write_text(f"tests: {requests}")
    with pytest.raises(MynahError) as caught:
        assist.run(argparse.Namespace(data=tmp_path, wrong=False, json=None))
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_table_counts_each_home_and_all(judgements: list[assist.Judgement], data: Path) -> None:
    rows = list(assist.table(judgements, data))
    assert [(row["home"], row["requests"], row["right"], row["refused"], row["wrong"]) for row in rows] == [
        ("one", 15, 15, 0, 0),
        ("two", 6, 0, 3, 3),
        ("all", 21, 15, 3, 3),
    ]
    assert rows[2]["share_right"] == 0.7143
    assert rows[2]["interval"][0] < 0.7143 < rows[2]["interval"][1]


def test_the_report_lists_what_is_not_right_if_asked(judgements: list[assist.Judgement], data: Path) -> None:
    line = "two/requests.yaml: 'turn off the lights' wrong"
    listed = assist.report(judgements, data, wrong=True)
    assert line in listed
    assert "one/requests.yaml" not in listed
    assert line not in assist.report(judgements, data, wrong=False)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "_fixtures.yaml").write_text(FIXTURES)
    (tmp_path / "0.yaml").write_text("tests: [{sentences: [lock the side gate], expect_changes: {}}]")
    figures = tmp_path / "figures.json"
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    command.run(parser.parse_args(["assist", "--data", str(tmp_path), "--json", str(figures)]))
    assert "100.0%" in capsys.readouterr().out
    written = json.loads(figures.read_text())
    assert [row["home"] for row in written["table"]] == ["."]
    assert written["requests"][0]["sentence"] == "lock the side gate"
