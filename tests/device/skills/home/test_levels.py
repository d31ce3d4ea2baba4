"""Up and down, all the way, by so much and to so much, shares and words: of every kind that has a level."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.assembly.chatting import Chat
from device.assembly.stages import adjusted
from device.settings import Settings

STATES = """
< "zigbee2mqtt/desk lamp" {"state": "ON", "brightness": 127}
< "zigbee2mqtt/attic lamp" {"state": "ON", "brightness": 127}
< "zigbee2mqtt/desk fan" {"state": "ON", "fan_mode": "medium"}
< "zigbee2mqtt/roof blind" {"position": 50}
< zigbee2mqtt/stove {"local_temperature": 20, "occupied_heating_setpoint": 20}
< stat/speaker/RESULT {"MP3Volume": 50}
< "zigbee2mqtt/garden valve" {"position": 50}
< zigbee2mqtt/mister {"target_humidity": 50}
"""


@pytest.fixture(scope="module")
def chat() -> Chat:
    found = Chat.of(adjusted(Settings(), Path(__file__).with_name("levels.toml")))
    for line in STATES.strip().splitlines():
        list(found.take(line))
    return found


def reply(talk: Chat, text: str) -> str:
    outcome = talk.say(text).outcome
    assert outcome.reply is not None
    return outcome.reply.text if outcome.commands else f"({outcome.reply.text})"


@pytest.mark.parametrize(
    ("texts", "thing", "level"),
    [
        (
            "turn the desk lamp up by 20 percent; make the desk lamp 20 percent brighter",
            "desk lamp",
            "70 percent",
        ),
        ("turn the desk lamp down by 20 percent; dim the desk lamp by 20 percent", "desk lamp", "30 percent"),
        ("turn the desk lamp down to 20 percent; dim the desk lamp to 20 percent", "desk lamp", "20 percent"),
        ("turn the desk lamp all the way up; turn up the desk lamp all the way", "desk lamp", "100 percent"),
        ("turn the desk lamp all the way down", "desk lamp", "1 percent"),
        ("set the desk lamp to a quarter; set the attic lights to a quarter", "", "25 percent"),
        ("set the desk lamp to three quarters", "desk lamp", "75 percent"),
        ("set the desk lamp to half; set the desk lamp to medium", "desk lamp", "50 percent"),
        ("set the desk lamp to high; set the study lights to high", "desk lamp", "80 percent"),
        ("set the desk lamp to full", "desk lamp", "100 percent"),
        ("turn the attic lights down by 20 percent", "attic lamp", "30 percent"),
        ("brighter; a bit brighter", "desk lamp", ""),
        ("turn the desk fan up by 20 percent; speed up the fan by 20 percent", "desk fan", "87 percent"),
        ("turn the desk fan up to 80 percent", "desk fan", "80 percent"),
        ("turn the desk fan all the way up; set the desk fan to high", "desk fan", "100 percent"),
        ("turn the fan all the way down", "desk fan", "1 percent"),
        ("set the desk fan to a quarter", "desk fan", "25 percent"),
        ("raise the roof blind by 20 percent; open the roof blind by 20 percent", "roof blind", "70 percent"),
        ("lower the roof blind by 20 percent; close the blinds by 20 percent", "roof blind", "30 percent"),
        ("lower the roof blind to 20 percent", "roof blind", "20 percent"),
        ("open the roof blind three quarters; set the blinds to three quarters", "roof blind", "75 percent"),
        ("turn the stove up by two degrees; make the stove two degrees warmer", "stove", "22 degrees"),
        ("turn the stove down to 18 degrees; turn the heating down by two degrees", "stove", "18 degrees"),
        ("turn the heating all the way up; set the stove to maximum", "stove", "35 degrees"),
        ("turn the stove all the way down", "stove", "5 degrees"),
        ("warmer; a bit warmer; make it warmer", "stove", "21 degrees"),
        ("turn the speaker up by 20 percent; make the speaker 20 percent louder", "speaker", "70 percent"),
        ("turn the speaker down to 20 percent; set the volume to low", "speaker", "20 percent"),
        ("turn the volume all the way up; set the volume to full", "speaker", "100 percent"),
        ("set the volume to half; set the speaker to half volume", "speaker", "50 percent"),
        ("open the garden valve by 20 percent", "garden valve", "70 percent"),
        ("set the garden valve to a quarter", "garden valve", "25 percent"),
        ("turn up the mister; turn the mister up by 5 percent", "mister", "55 percent"),
        ("turn the mister down to 40 percent", "mister", "40 percent"),
        ("set the mister to maximum; turn the mister all the way up", "mister", "100 percent"),
        ("set the pump power to half", "pump power", "100"),
        ("set the pump power to maximum; turn the pump power all the way up", "pump power", "200"),
    ],
)
def test_a_level_by_name_or_kind(chat: Chat, texts: str, thing: str, level: str) -> None:
    for text in texts.split("; "):
        chat.begin()
        said = reply(chat, text)
        assert said.startswith(f"Set the {thing}"), text
        assert said.endswith(level), text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("open the roof blind all the way", "Opened the roof blind"),
        ("put the blinds down", "Closed the roof blind"),
        ("roof blind up", "Opened the roof blind"),
        ("close the garden valve all the way", "Closed the garden valve"),
        ("turn up the pump power", "(I do not know how the pump power is set)"),
        ("turn it up", "(I do not know what you mean)"),
        ("higher", "(I do not know what you mean)"),
    ],
)
def test_what_is_moved_or_not_known(chat: Chat, text: str, said: str) -> None:
    chat.begin()
    assert reply(chat, text) == said


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (
            "turn on the desk lamp",
            {
                "turn it up": "Set the desk lamp to 70 percent",
                "turn it down by 30 percent": "Set the desk lamp to 20 percent",
                "turn it all the way up": "Set the desk lamp to 100 percent",
                "set it to a quarter": "Set the desk lamp to 25 percent",
            },
        ),
        (
            "turn on the desk fan",
            {
                "turn it down": "Set the desk fan to 34 percent",
                "set it to high": "Set the desk fan to 80 percent",
                "turn it up to 90 percent": "Set the desk fan to 90 percent",
                "slower": "Set the desk fan to 57 percent",
            },
        ),
        (
            "set the stove to 20 degrees",
            {
                "turn it up": "Set the stove to 21 degrees",
                "turn it down by two degrees": "Set the stove to 19 degrees",
                "set it to 23": "Set the stove to 23 degrees",
                "set it to half": "(Sorry, I cannot set it to that)",
                "all the way down": "Set the stove to 5 degrees",
            },
        ),
        (
            "open the roof blind",
            {
                "put it down": "Closed the roof blind",
                "raise it by 20 percent": "Set the roof blind to 70 percent",
                "set it to half": "Set the roof blind to 50 percent",
            },
        ),
        (
            "turn up the speaker",
            {
                "turn it down by 20 percent": "Set the speaker to 30 percent",
                "set it to half": "Set the speaker to 50 percent",
            },
        ),
        ("turn up the mister", {"turn it down": "Set the mister to 45 percent"}),
    ],
)
def test_a_level_of_what_was_spoken_of(chat: Chat, first: str, then: dict[str, str]) -> None:
    chat.begin()
    reply(chat, first)
    assert {text: reply(chat, text) for text in then} == then
