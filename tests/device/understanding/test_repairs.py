"""Sentences that are corrected while they are said."""

from __future__ import annotations

import pytest

from device.understanding.fillers import unrepeated, without
from device.understanding.repairs import CLEAR, READINGS, of_a_kind, repaired


@pytest.mark.parametrize(
    ("text", "meant"),
    {
        "open the blinds no the curtains": "open the curtains",
        "open the blinds no the curtains i mean": "open the curtains",
        "turn the lamp off sorry on": "turn the lamp on",
        "turn the lamp off no on i mean off": "turn the lamp off",
        "set the lamp to fifty er forty percent": "set the lamp to forty percent",
        "a bit dimmer no brighter": "a bit brighter",
        "turn on the lamp no wait turn off the fan": "turn off the fan",
    }.items(),
)
def test_what_follows_the_correction_replaces_what_was_said(text: str, meant: str) -> None:
    assert meant in repaired(text)


@pytest.mark.parametrize(
    "text", ["turn on the lamp", "no the lamp", "i mean the lamp", "turn on the lamp no", ""]
)
def test_nothing_is_replaced_where_nothing_was_said_before_or_after(text: str) -> None:
    assert list(repaired(text)) == []


def test_a_long_chain_of_corrections_gives_a_bounded_number_of_readings() -> None:
    assert len(list(repaired(" no ".join(f"word{at} other" for at in range(8))))) == READINGS


@pytest.mark.parametrize(("text", "clear"), {"butter no not butter": True, "no sugar cake": False}.items())
def test_a_clear_correction_is_part_of_no_name(text: str, clear: bool) -> None:
    assert bool(CLEAR.search(text)) is clear


@pytest.mark.parametrize(
    ("text", "bare"),
    {
        "turn it off love": "turn it off",
        "yes love": "yes love",
        "remind me to call my love": "remind me to call my love",
        "turn it off please dear": "turn it off",
    }.items(),
)
def test_whom_one_speaks_to_is_left_out(text: str, bare: str) -> None:
    assert without(["please"], text) == bare
    assert without(["please"], "yes please love", fewest=1) == "yes"


@pytest.mark.parametrize(("text", "once"), {"no no no": "no", "twenty twenty": "twenty twenty"}.items())
def test_a_word_that_is_repeated_counts_once_but_a_number(text: str, once: str) -> None:
    assert unrepeated(text) == once


OF_A_KIND = {
    "set a timer for ten no fifteen minutes": "set a timer for fifteen minutes",
    "the blinds to twenty percent no wait thirty percent": "the blinds to thirty percent",
    "turn the lamp on sorry i mean off": "turn the lamp off",
    "wake me on monday no tuesday": "wake me on tuesday",
    "set it to ten no make that twelve degrees": "set it to twelve degrees",
    "open the blinds no the curtains": None,
    "set it to ten": None,
    "wake me at seven oh five": None,
    "milk and two no three lemons": "milk and three lemons",
    "turn it on no never mind": None,
}


@pytest.mark.parametrize(("text", "reading"), OF_A_KIND.items())
def test_a_value_is_given_up_for_another_one_of_its_kind(text: str, reading: str | None) -> None:
    assert of_a_kind(text) == reading
