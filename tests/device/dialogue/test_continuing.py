"""What continues the last request."""

from __future__ import annotations

import pytest

from device.dialogue.continuing import like_before


@pytest.mark.parametrize(
    ("slot", "number", "before", "meant"),
    [
        ("temperature_step", 1, -2, -1),
        ("temperature_step", 1, 2, 1),
        ("number", 5, -18, 5),
    ],
)
def test_a_step_keeps_its_direction_and_a_value_is_as_it_was_said(
    slot: str, number: float, before: float, meant: float
) -> None:
    assert like_before(slot, number, before) == meant
