"""The fuzz, short; and what keeps a flood from filling the memory."""

from __future__ import annotations

from tests.fuzz.run import run


def test_whatever_comes_nothing_escapes() -> None:
    figures = run(5_000, seed=2, quiet=True)
    assert figures.payloads >= 5_000
    assert figures.learnt >= 1
    assert figures.devices > 10
