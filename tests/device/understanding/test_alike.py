from __future__ import annotations

import pytest

from device.events import Act, Intent, NotRecognized, Option, Request
from device.understanding.alike import Swap, alike, between


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("set the lamp to fifteen percent", {"set the lamp to fifty percent": Swap("fifteen", "fifty")}),
        ("ninety", {"nineteen": Swap("ninety", "nineteen")}),
        ("set the lamp to twenty percent", {}),
        (
            "from thirty to sixty",
            {
                "from thirteen to sixty": Swap("thirty", "thirteen"),
                "from thirty to sixteen": Swap("sixty", "sixteen"),
            },
        ),
    ],
)
def test_texts_with_a_number_that_sounds_alike(text: str, others: dict[str, Swap]) -> None:
    assert alike(text) == others


def lamp(brightness: int, name: str = "lamp") -> Request:
    return Request(Intent("HassLightSet", {"name": name, "brightness": brightness}, 0.8))


def test_a_request_is_open_between_two_numbers() -> None:
    radio = Request(Intent("HassTurnOn", {"name": "radio"}, 0.8))
    first, second = between([radio, lamp(15)], [radio, lamp(50)], Swap("fifteen", "fifty"))
    assert first == radio
    assert second == Request(
        lamp(15).intent,
        (
            Option("fifteen", ("fifteen", "one five"), {"brightness": 15}),
            Option("fifty", ("fifty", "five zero", "five oh"), {"brightness": 50}),
        ),
    )


@pytest.mark.parametrize(
    "others",
    [
        [lamp(15)],
        [lamp(50), lamp(50)],
        [NotRecognized("set the lamp to fifty percent", "out of range")],
        [Request(Intent("HassTurnOn", {"name": "lamp", "brightness": 50}, 0.8))],
        [Request(Intent("HassLightSet", {"brightness": 50}, 0.8))],
    ],
    ids=["no difference", "another number of acts", "not understood", "another intent", "other slots"],
)
def test_what_differs_in_more_is_left_as_it_is(others: list[Act]) -> None:
    assert between([lamp(15)], others, Swap("fifteen", "fifty")) == (lamp(15),)
