"""The fuzz, short: it neither breaks anything nor fills the memory."""

from __future__ import annotations

import json
import time

from tests.fuzz.payloads import HOSTILE, TEMPLATED
from tests.fuzz.run import quiet_log, run, settled_mb
from tests.fuzz.world import World


def test_whatever_comes_nothing_escapes() -> None:
    # Growth counts from the end of the first round, which is 10,000.
    figures = run(15_000, seed=2, quiet=True)
    assert figures.payloads >= 15_000
    assert figures.cards >= 30
    assert figures.learnt >= 1
    assert figures.devices > 10
    assert figures.rss_growth_mb < 30


def test_templates_from_the_network_neither_loop_nor_allocate() -> None:
    assert len(HOSTILE) >= 50
    before, begun = settled_mb(), time.process_time()
    with quiet_log():
        world = World()
        for hostile in HOSTILE:
            announced = {
                topic: {key: hostile if key.endswith("template") else value for key, value in content.items()}
                for topic, content in TEMPLATED.items()
            }
            world.take((topic, json.dumps(content).encode()) for topic, content in announced.items())
    assert time.process_time() - begun < 20
    assert settled_mb() - before < 30
