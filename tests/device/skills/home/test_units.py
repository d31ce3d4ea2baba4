"""Degrees are those in which the people of a home count, whatever its devices count in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from device.assembly.chatting import Chat
from device.assembly.skills import make_sentences
from device.assembly.stages import adjusted, make_home
from device.hearing.wording import plain_texts
from device.settings import Settings
from device.settings_file import parse

HOME = Path(__file__).with_name("imperial.toml")
KITCHEN = "zigbee2mqtt/kitchen heating"
ANNOUNCED = {
    "name": "Lodge heater",
    **{"temp_cmd_t": "lodge/set", "temp_stat_t": "lodge/is", "curr_temp_t": "lodge/now", "temp_unit": "F"},
    **{"min_temp": 50, "max_temp": 86},
}


@pytest.fixture(scope="module")
def imperial() -> Chat:
    found = Chat.of(adjusted(Settings(), HOME))
    list(found.take(f"< homeassistant/climate/lodge/config {json.dumps(ANNOUNCED)}"))
    list(found.take(f'< "{KITCHEN}" {{"local_temperature": 20.5, "occupied_heating_setpoint": 20}}'))
    return found


@pytest.fixture(scope="module")
def metric() -> Chat:
    return Chat.of(Settings())


def told(talk: Chat, text: str) -> tuple[list[object], str]:
    talk.begin()
    outcome = talk.say(text).outcome
    assert outcome.reply is not None
    return [command.payload for command in outcome.commands], outcome.reply.text


@pytest.mark.parametrize(
    ("text", "payload", "reply"),
    [
        ("set the heating to 70", {"occupied_heating_setpoint": 21}, "Set the kitchen heating to 70 degrees"),
        ("set the den heater to 68 degrees", "20", "Set the den heater to 68 degrees"),
        ("set the den heater to 70F", "21", "Set the den heater to 70 degrees"),
        ("set the den heater to 20°C", "20", "Set the den heater to 68 degrees"),
        ("set the den heater to 20 degrees celsius", "20", "Set the den heater to 68 degrees"),
        ("heat the den to 65", "18.5", "Set the den heater to 65 degrees"),
        ("set the boiler to 120", "49", "Set the boiler to 120 degrees"),
        ("set the lodge heater to 70", "70", "Set the Lodge heater to 70 degrees"),
        ("turn the kitchen heating up by two degrees", {"occupied_heating_setpoint": 21}, None),
    ],
)
def test_fahrenheit_is_what_is_meant(imperial: Chat, text: str, payload: object, reply: str | None) -> None:
    sent, said = told(imperial, text)
    assert sent == [payload]
    assert reply in (None, said)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("set the heating to 17", "The kitchen heating can only be set from 41 to 95 degrees"),
        ("set the heating to 96 degrees", "The kitchen heating can only be set from 41 to 95 degrees"),
        ("set the boiler to 200", "The boiler can only be set from 86 to 140 degrees"),
        ("set the lodge heater to 90", "The Lodge heater can only be set from 50 to 86 degrees"),
    ],
)
def test_what_is_out_of_range_is_refused_as_people_count(imperial: Chat, text: str, reply: str) -> None:
    assert told(imperial, text) == ([], reply)


def test_temperatures_are_told_as_people_count(imperial: Chat) -> None:
    assert told(imperial, "what is the temperature")[1] == "It is 69 degrees in the kitchen"
    list(imperial.take("< lodge/now 64"))
    assert told(imperial, "what is the temperature of the lodge heater")[1] == "It is 64 degrees"


def test_undoing_brings_back_what_was(imperial: Chat) -> None:
    told(imperial, "set the kitchen heating to 75")
    [command] = imperial.say("undo that").outcome.commands
    assert command.payload == {"occupied_heating_setpoint": 20}


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("set the bathroom heating to 70 degrees fahrenheit", {"occupied_heating_setpoint": 21}),
        ("set the bathroom heating to 70°F", {"occupied_heating_setpoint": 21}),
        ("set the bathroom heating to 21 degrees celsius", {"occupied_heating_setpoint": 21}),
        ("set the bathroom heating to 21", {"occupied_heating_setpoint": 21}),
    ],
)
def test_fahrenheit_is_understood_everywhere(metric: Chat, text: str, payload: object) -> None:
    assert told(metric, text)[0] == [payload]


def test_out_of_range_in_a_metric_home(metric: Chat) -> None:
    for degrees in ("70", "200 degrees fahrenheit"):
        sent, reply = told(metric, f"set the bathroom heating to {degrees}")
        assert (sent, reply) == ([], "The bathroom heating can only be set from 5 to 35 degrees")


def test_seventeen_cannot_be_heard_in_an_imperial_home() -> None:
    home = make_home(adjusted(Settings(), HOME))
    for group in make_sentences(Settings()).groups(home):
        heard = plain_texts(group.lists["temperature"])  # type: ignore[arg-type]
        assert heard is not None
        assert "seventy" in heard
        assert "seventeen" not in heard


def test_the_settings_have_the_last_word() -> None:
    for units in ("metric", "imperial"):
        settings = parse(f'[home]\nunits = "{units}"\n', Path(), "mynah.toml")
        assert make_home(adjusted(settings, HOME)).layout.units == units
