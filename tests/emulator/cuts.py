"""The power is cut, again and again, at any moment of starting and of writing. Nothing that was kept is lost.

The card loses what it was not told to bring to its flash (`tests.emulator.forgetful`).

Each time the card carries another bundle for the device to take over, somebody moves a threshold, and wake
words without a command are kept for review. At the next start all is there as it was when last seen, and the
system starts by itself.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from device.audio.wav import read
from device.settings import bundle_folder
from tests.device.broker import wait_for
from tests.emulator.card import Card
from tests.emulator.forgetful import powered
from tests.emulator.house import DEVICE, House
from tests.emulator.machine import Machine
from tests.emulator.trials import START
from tests.recordings import WAKE_AND_COMMAND
from tests.virtual_audio import VirtualAudio

THRESHOLD = f"mynah/{DEVICE}/threshold/hey_mynah"

KEPT = """\
cat /etc/machine-id
sha256sum /var/lib/mynah-card/taken/bundles/mine/*
for clip in /var/lib/private/mynah/review/*.json; do
    [ ! -e "$clip" ] || sha256sum "$clip" "${clip%.json}.wav"
done
"""
"""What a device keeps: who it is, what was taken over from the card, what waits for review: a recording is
whole as soon as there is a file beside it."""


@dataclass
class Seen:
    """What was seen to be kept, and may not be lost."""

    identity: str = ""
    threshold: float | None = None
    asked: float = 0.5  # for the threshold, last
    reviews: dict[str, str] = field(default_factory=dict)


def trial(house: House, card: Card, audio: VirtualAudio, cuts: int, seed: int) -> dict[str, object]:
    """Cut the power so many times. Raises AssertionError where something was lost or does not start."""
    chance, seen = random.Random(seed), Seen()
    starts, writing, lost = [], 0, list[int]()
    for number in range(cuts + 1):
        bundle = _next_bundle(card, number, house.folder)
        told = len(house.ears.payloads(THRESHOLD))
        with (
            _talk(audio, house.folder),
            powered(card, house.folder, audio.environment, chance, lost) as machine,
        ):
            if number < cuts and chance.random() < 0.4:  # in the middle of starting
                time.sleep(chance.uniform(2, 60))
                continue
            _wait_until_online(house, machine, number)
            starts.append(machine.age)
            print(f"start {number}: online after {machine.age:.0f} s", file=sys.stderr, flush=True)
            wait_for(lambda: len(house.ears.payloads(THRESHOLD)) > told, START)  # noqa: B023
            _compare(house, machine, seen, number, bundle)
            writing += 1
            end = time.monotonic() + chance.uniform(1, 15)
            while number < cuts and time.monotonic() < end:
                _move_threshold(house, seen)
    assert seen.reviews, "nothing was kept for review that could have been lost"
    return {
        "cuts": cuts,
        "while_writing": writing - 1,
        "while_starting": cuts - writing + 1,
        "slowest_start_s": round(max(starts)),
        "reviews_kept": len(seen.reviews),
        "writes_lost": sum(lost),
    }


def _wait_until_online(house: House, machine: Machine, number: int) -> None:
    said = len(house.ears.payloads(f"mynah/{DEVICE}/availability"))
    topic = f"mynah/{DEVICE}/availability"
    wait_for(lambda: "online" in house.ears.payloads(topic)[said:] or not machine.on, START)
    assert machine.on, f"start {number}: the machine is off: {machine.said[-500:]}"


def _compare(house: House, machine: Machine, seen: Seen, number: int, bundle: Mapping[str, str]) -> None:
    """With what was seen before, and with the bundle that is on the card."""
    deadline = time.monotonic() + START
    while True:
        try:
            identity, *files = house.inside(machine, KEPT).splitlines()
            break
        except (subprocess.SubprocessError, ValueError):
            assert time.monotonic() < deadline, f"start {number}: nobody can get in"
            time.sleep(2)
    assert seen.identity in ("", identity), f"start {number}: the device is another one"
    seen.identity = identity
    sums = {path: content for content, path in (line.split(maxsplit=1) for line in files)}
    lost = [path for path, content in seen.reviews.items() if sums.get(path) != content]
    assert not lost, f"start {number}: lost or changed {lost}"
    seen.reviews = {path: content for path, content in sums.items() if "/review/" in path}
    taken = {Path(path).name: content for path, content in sums.items() if "/bundles/mine/" in path}
    assert taken == bundle, f"start {number}: the bundle is not the card's"
    kept = float(house.ears.payloads(THRESHOLD)[-1])
    assert seen.threshold in (None, kept) or kept == seen.asked, f"start {number}: {kept}, not {seen}"
    seen.threshold = kept


def _move_threshold(house: House, seen: Seen) -> None:
    """Somebody moves it in Home Assistant; what is answered is kept."""
    seen.asked = 0.5 if seen.asked > 0.9 else round(seen.asked + 0.001, 3)
    house.ears.say(f"{THRESHOLD}/set", str(seen.asked))
    time.sleep(0.3)
    if float(house.ears.payloads(THRESHOLD)[-1]) == seen.asked:
        seen.threshold = seen.asked


def _next_bundle(card: Card, number: int, folder: Path) -> Mapping[str, str]:
    """The shipped one, changed so that it has to be taken over anew; the sums of its files."""
    mine = folder / "mine"
    shutil.rmtree(mine, ignore_errors=True)
    shutil.copytree(bundle_folder("hey_mynah"), mine)
    config = json.loads((mine / "bundle.json").read_text())
    config["training"]["recipe"] = f"the one of start {number}"
    (mine / "bundle.json").write_text(json.dumps(config))
    card.copy(mine, "bundles/")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in mine.iterdir()}


@contextmanager
def _talk(audio: VirtualAudio, folder: Path) -> Iterator[None]:
    """Somebody says the wake word, and then nothing, again and again."""
    samples = read(WAKE_AND_COMMAND)
    word = samples[: int(1.2 * 16000)]
    path = folder / "word.wav"
    soundfile.write(path, np.concatenate([word, np.zeros(6 * 16000, np.int16)] * 100), 16000)
    talker = audio.start(path)
    try:
        yield
    finally:
        talker.kill()
        talker.wait()
