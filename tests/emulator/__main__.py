"""The very image in emulated machines, which nobody tells how to start but the card.

    script/image-test [--image FILE]            starts, hears, acts, is restarted; faults; updates
    script/image-test --board raspi3b           starts as a Pi 3 does, and says what it misses
    script/image-test --cuts 50 [--seed 1]      the power is cut
    script/image-test --count                   what listening costs in instructions

Prints what it measured, in one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.emulator import counted, cuts, faults, trials, updates
from tests.emulator.card import Card
from tests.emulator.house import House, house
from tests.emulator.machine import RASPI3B, VIRT, Machine
from tests.virtual_audio import VirtualAudio

DIST = Path(__file__).parents[2] / "dist"

Found = Mapping[str, object]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="script/image-test", description=__doc__)
    parser.add_argument("--image", type=Path, help="default: the newest in dist/")
    parser.add_argument("--board", choices=("virt", "raspi3b"), default="virt")
    parser.add_argument("--cuts", type=int, default=0, help="cut the power so many times instead")
    parser.add_argument("--count", action="store_true", help="count instructions instead")
    parser.add_argument("--seed", type=int, default=1, help="of when the power is cut")
    parser.add_argument("--keep", type=Path, help="folder in which the card and what was said is kept")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that machine, broker and sound end as well
    image = options.image or max(DIST.glob("*.img"), key=lambda path: path.stat().st_mtime, default=None)
    if image is None:
        print("script/image-test: no image in dist/: make one with script/image", file=sys.stderr)
        return 2
    measured: dict[str, object] = {"image_mb": image.stat().st_size // 1_000_000}
    with tempfile.TemporaryDirectory(prefix="mynah-", dir="/var/tmp") as name:
        folder = options.keep or Path(name)
        with house(folder) as home:
            card = Card(image, folder / "card.img")
            home.furnish(card)
            for found in run(home, card, options):
                print(found, file=sys.stderr, flush=True)
                measured.update(found)
    print(json.dumps(measured))
    return 0


def run(home: House, card: Card, options: argparse.Namespace) -> Iterator[Found]:
    """The trials that are asked for; what each found."""
    if options.count:
        yield from count(home, card)
    elif options.board == "raspi3b":
        with Machine(RASPI3B, card, home.folder) as machine:
            yield trials.lonely_start(machine, card)
    else:
        with tempfile.TemporaryDirectory(prefix="mynah-") as short:  # a socket's path has 108 bytes
            audio = VirtualAudio(Path(short))
            audio.start_server()
            try:
                if options.cuts:
                    yield cuts.trial(home, card, audio, options.cuts, options.seed)
                else:
                    yield from whole(home, card, audio)
            finally:
                audio.stop_server()


def whole(home: House, card: Card, audio: VirtualAudio) -> Iterator[Found]:
    updates.furnish(card, home.folder)
    with Machine(VIRT, card, home.folder, audio.environment) as machine:
        yield trials.first_start(home, machine)
        yield trials.spoken(home, machine, audio)
        yield trials.figures(home, machine)
        yield trials.watchdog(home, machine)
        yield {"lines": {**faults.trial(home, machine), **updates.trial(home, machine)}}


def count(home: House, card: Card) -> Iterator[Found]:
    counted.furnish(card, home.folder)
    with Machine(counted.COUNTED, card, home.folder, sound={}) as machine:
        yield counted.trial(home, machine)


if __name__ == "__main__":
    sys.exit(main())
