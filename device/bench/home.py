"""What a big home costs: from its names to ears that know them."""

from __future__ import annotations

import itertools
import os
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from device.bench.daemon import resident_mb
from device.settings import Settings
from device.system.allocated import uncollected

ROOMS = (
    *("kitchen", "living room", "bedroom", "bathroom", "hall", "office", "garage", "garden", "attic"),
    *("cellar", "nursery", "study", "porch", "pantry", "laundry", "den", "loft", "landing", "guest room"),
    "dining room",
)
KINDS = {"lamp": "light", "fan": "fan", "blind": "cover", "socket": "switch", "heater": "climate"}
WHICH = (
    *(
        "left",
        "right",
        "big",
        "small",
        "front",
        "back",
        "upper",
        "lower",
        "new",
        "old",
        "red",
        "green",
        "blue",
    ),
    *("grey", "corner", "wall", "floor", "ceiling", "main", "spare", "tall", "short", "round", "square"),
    *("glass", "wooden", "copper", "silver", "golden", "plain"),
)
MOST = len(ROOMS) * len(KINDS) * len(WHICH)


@dataclass(frozen=True, slots=True)
class HomeCost:
    """`compile`: seconds of processor time from names and sentences to the graph that is searched; `chance`:
    seconds that then tell how other speech fits it; `resident`: MB (10⁶ bytes) that all of it takes.
    """

    devices: int
    compile: float
    chance: float
    resident: float


def made_up_home(devices: int) -> str:
    """The TOML of a home with so many devices in twenty rooms, at most MOST; the same each time."""
    rooms = (f'[[room]]\nname = "{room}"\n' for room in ROOMS)
    return "".join([*rooms, *_devices(names(devices))])


def names(devices: int) -> list[tuple[str, str, str]]:
    """Which, room and thing of so many devices, no two alike."""
    every = list(itertools.product(WHICH, ROOMS, KINDS))
    random.Random(1).shuffle(every)
    return every[:devices]


def _devices(called: list[tuple[str, str, str]]) -> Iterator[str]:
    for which, room, thing in called:
        yield f'[[device]]\nname = "{which} {room} {thing}"\nroom = "{room}"\nkind = "{KINDS[thing]}"\n'
        yield 'protocol = "zigbee2mqtt"\n'


def home_cost(settings: Settings, devices: int) -> HomeCost:
    """Measures in this process, which should not have heard before: memory is what comes on top."""
    from device.assembly.skills import make_sentences
    from device.engine.bundle import Bundle
    from device.hearing import grammar, others
    from device.hearing.decoder import Decoder, DecoderSettings
    from device.hearing.lexicon import Lexicon
    from device.hearing.names import hearable
    from device.home.model import Home

    with tempfile.TemporaryDirectory(prefix="mynah-") as folder:
        file = Path(folder) / "home.toml"
        file.write_text(made_up_home(devices), encoding="utf-8")
        home = Home.load(file)
    bundle = Bundle.load(settings.hearing.bundle, "hearing")
    sentences, lexicon = make_sentences(settings), Lexicon(settings.hearing.lexicon)
    lexicon.pronunciations("lamp")  # reads the dictionary, which is not the home's cost
    strangers = others.load(bundle.others) if bundle.others else []
    decoding = DecoderSettings.of(bundle.decision)

    before, began = resident_mb(os.getpid()), time.process_time()
    with uncollected():
        groups = sentences.groups(hearable(home.vocabulary, lexicon))
        graph = grammar.compile(groups, lexicon, bundle.labels)
        Decoder(graph, bundle.decision["log_prior"], decoding, watchful=True)
    compiled = time.process_time()
    others.measured(Decoder(graph, bundle.decision["log_prior"], decoding), strangers)
    return HomeCost(
        devices, compiled - began, time.process_time() - compiled, resident_mb(os.getpid()) - before
    )
