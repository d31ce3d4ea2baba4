from __future__ import annotations

import pytest

from device.mqtt.payload import parsed


def test_json_is_read() -> None:
    assert parsed(b'{"a": [1, -2.5, true, null, "x"], "b": 18446744073709551615}') == {
        "a": [1, -2.5, True, None, "x"],
        "b": 2**64 - 1,
    }
    assert isinstance(parsed("3"), int)


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"\xff", b"[" * 100_000, b'{"a":' * 100_000],
)
def test_what_is_none_or_too_much_is_a_value_error(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parsed(payload)


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "1" + "0" * 400])
def test_what_is_no_number_is_null(number: str) -> None:
    assert parsed(f'{{"temperature": {number}, "contact": true}}') == {"temperature": None, "contact": True}
