"""The very image in emulated machines: it starts, hears, acts, is found out when it stands still.

    script/image-test [--image FILE] [--board virt|raspi3b]     starts, hears, acts, is restarted; faults
    script/image-test --cuts 50 [--seed 1]                     the power is cut

Prints what it measured, in one line of JSON. Nothing here is told how to start but by the card.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.emulator import cuts, faults, trials, updates
from tests.emulator.card import Card
from tests.emulator.house import house
from tests.emulator.machine import BOARDS, Machine
from tests.virtual_audio import VirtualAudio

DIST = Path(__file__).parents[2] / "dist"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="script/image-test", description=__doc__)
    parser.add_argument("--image", type=Path, help="default: the newest in dist/")
    parser.add_argument("--board", choices=BOARDS, default="virt")
    parser.add_argument("--cuts", type=int, default=0, help="cut the power so many times instead")
    parser.add_argument("--seed", type=int, default=1, help="of when the power is cut")
    parser.add_argument("--keep", type=Path, help="folder in which the card and what was said is kept")
    options = parser.parse_args(arguments)
    image = options.image or max(DIST.glob("*.img"), key=lambda path: path.stat().st_mtime, default=None)
    if image is None:
        print("script/image-test: no image in dist/: make one with script/image", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="mynah-", dir="/var/tmp") as name:
        folder = options.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        print(json.dumps(run(image, options.board, folder, options.cuts, options.seed)))
    return 0


def run(image: Path, board: str, folder: Path, count: int, seed: int) -> dict[str, object]:
    measured: dict[str, object] = {"board": board, "image_mb": image.stat().st_size // 1_000_000}

    def tell(found: Mapping[str, object]) -> None:
        measured.update(found)
        print(found, file=sys.stderr, flush=True)

    with house(folder) as home, tempfile.TemporaryDirectory(prefix="mynah-") as short:
        card = Card(image, folder / "card.img")
        home.furnish(card)
        updates.furnish(card, folder)
        audio = VirtualAudio(Path(short))
        audio.start_server()
        try:
            if count:
                tell(cuts.trial(home, card, audio, count, seed))
                return measured
            with Machine(BOARDS[board], card, folder, audio.environment) as machine:
                tell(trials.first_start(home, machine))
                tell(trials.spoken(home, machine, audio, folder))
                tell(trials.figures(home, machine))
                tell(trials.watchdog(home, machine))
                tell({"lines": {**faults.trial(home, machine), **updates.trial(home, machine)}})
        finally:
            audio.stop_server()
    return measured


if __name__ == "__main__":
    sys.exit(main())
