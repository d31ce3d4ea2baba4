"""The fuzz, short: it neither breaks anything nor fills the memory."""

from __future__ import annotations

from tests.fuzz.run import run


def test_whatever_comes_nothing_escapes() -> None:
    # Growth counts from the end of the first round, which is 20,000.
    figures = run(30_000, seed=2, quiet=True)
    assert figures.payloads >= 30_000
    assert figures.cards >= 60
    assert figures.learnt >= 1
    assert figures.devices > 10
    assert figures.rss_growth_mb < 30
