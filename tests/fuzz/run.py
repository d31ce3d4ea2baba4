"""The fuzz of everything that comes from the network, or lies on the card."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import hypothesis
from hypothesis import HealthCheck, given
from tqdm import tqdm

from device.bench.daemon import resident_mb
from device.system.allocated import trim
from tests.fuzz.card import Reader
from tests.fuzz.payloads import Message, batches
from tests.fuzz.world import World

BATCH = 100
"""Messages after which the home is looked at."""
CARD = 5
"""Batches after which a card is read."""
LEARNT = 50
"""Batches after which its names are learnt in earnest."""
ROUND = 100
"""Batches, after the first so many of which memory shall not grow any more."""


@dataclass
class Figures:
    """`learnt`: homes whose names were compiled to a graph; `cards`: boot partitions that were read. An
    exception would have ended the run."""

    payloads: int = 0
    cards: int = 0
    learnt: int = 0
    devices: int = 0
    rss_growth_mb: float = 0.0


def run(payloads: int, seed: int, quiet: bool = False) -> Figures:
    """Raises AssertionError with the message that something could not bear."""
    world, figures = World(), Figures()
    settled = 0.0
    with (
        quiet_log(),
        Reader() as card,
        tqdm(total=payloads, unit="msg", disable=quiet, mininterval=2) as progress,
    ):
        while figures.payloads < payloads:
            batches_left = -(-(payloads - figures.payloads) // BATCH)
            _round(world, card, figures, min(ROUND, batches_left), seed + figures.payloads)
            progress.update(figures.payloads - progress.n)
            settled = settled or settled_mb()
    figures.rss_growth_mb = round(settled_mb() - settled, 1)
    return figures


def _round(world: World, card: Reader, figures: Figures, count: int, seed: int) -> None:
    """`count` batches; what hypothesis remembers of them is gone afterwards, and not taken for growth."""

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    @given(batches(BATCH))
    def take(messages: list[Message]) -> None:
        world.take(messages)
        figures.payloads += len(messages)
        if figures.payloads // BATCH % CARD == 0:
            card.take(seed + figures.payloads)
            figures.cards += 1
        figures.devices = max(figures.devices, len(world.home.layout.devices))
        if figures.payloads // BATCH % LEARNT == 0:
            world.learn()
            figures.learnt += 1

    take()


@contextmanager
def quiet_log() -> Iterator[None]:
    """Nonsense is logged, and there is much of it."""
    log = logging.getLogger("device")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


def settled_mb() -> float:
    gc.collect()
    trim()
    return resident_mb(os.getpid())
