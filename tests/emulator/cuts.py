"""The power is cut, again and again, at any moment of starting and of writing. Nothing that was kept is lost.

The card loses what it was not told to bring to its flash (`tests.emulator.forgetful`).

Each time the card carries other settings and another bundle for the device to take over, every other time
something of which it leaves a note on the card; somebody moves a threshold, and wake words without a command
are kept for review. At the next start all is there that the device had said to be kept, and the system starts
by itself.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
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
from tests.emulator.house import BOOT, DEVICE, House
from tests.emulator.machine import Machine
from tests.emulator.trials import START
from tests.recordings import WAKE_AND_COMMAND
from tests.virtual_audio import VirtualAudio

THRESHOLD = f"mynah/{DEVICE}/threshold/hey_mynah"

KEPT = """\
cat /etc/machine-id
sha256sum /var/lib/mynah-card/mynah.toml /var/lib/mynah-card/taken/bundles/mine/*
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
    kept: set[str] = field(default_factory=set)  # recordings that the device said are


def trial(house: House, card: Card, audio: VirtualAudio, cuts: int, seed: int) -> dict[str, object]:
    """Cut the power so many times. Raises AssertionError where something was lost or does not start."""
    chance, seen = random.Random(seed), Seen()
    starts, writing, lost = [], 0, list[int]()
    for number in range(cuts + 1):
        files = _furnish(card, number, house)
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
            _compare(house, machine, seen, number, files)
            wait_for(lambda: _noted(house, machine) == bool(number % 2), START)  # noqa: B023
            writing += 1
            if number < cuts:
                _live(house, seen, chance.uniform(1, 15))
                seen.kept |= _said_to_be_kept(house, machine)
                _live(house, seen, chance.uniform(0, 3))
    assert seen.kept, "nothing was kept for review that could have been lost"
    return {
        "cuts": cuts,
        "while_writing": writing - 1,
        "while_starting": cuts - writing + 1,
        "slowest_start_s": round(max(starts)),
        "reviews_kept": len(seen.kept),
        "writes_lost": sum(lost),
    }


def _wait_until_online(house: House, machine: Machine, number: int) -> None:
    said = len(house.ears.payloads(f"mynah/{DEVICE}/availability"))
    topic = f"mynah/{DEVICE}/availability"
    wait_for(lambda: "online" in house.ears.payloads(topic)[said:] or not machine.on, START)
    assert machine.on, f"start {number}: the machine is off: {machine.said[-500:]}"


def _compare(house: House, machine: Machine, seen: Seen, number: int, furnished: Mapping[str, str]) -> None:
    """With what was seen before, and with what is on the card."""
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
    there = {Path(path).name for path in seen.reviews}
    assert seen.kept <= there, f"start {number}: lost {seen.kept - there}"
    taken = {Path(path).name: content for path, content in sums.items() if "/mynah-card/" in path}
    assert taken == furnished, f"start {number}: settings and bundle are not the card's"
    kept = float(house.ears.payloads(THRESHOLD)[-1])
    assert seen.threshold in (None, kept) or kept == seen.asked, f"start {number}: {kept}, not {seen}"
    seen.threshold = kept


def _live(house: House, seen: Seen, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        _move_threshold(house, seen)


def _said_to_be_kept(house: House, machine: Machine) -> set[str]:
    """Names of recordings."""
    log = house.inside(machine, "journalctl -b -u mynah -o cat")
    return set(re.findall(r"kept (\S+) for review", log))


def _noted(house: House, machine: Machine) -> bool:
    """Whether there is a note on the card, of what `_furnish` has put there."""
    note = house.inside(machine, f"cat {BOOT}/mynah-problems.txt 2>/dev/null || true")
    assert not note or "broken.yaml" in note, note
    return bool(note)


def _move_threshold(house: House, seen: Seen) -> None:
    """Somebody moves it in Home Assistant; what is answered is kept."""
    seen.asked = 0.5 if seen.asked > 0.9 else round(seen.asked + 0.001, 3)
    house.ears.say(f"{THRESHOLD}/set", str(seen.asked))
    time.sleep(0.3)
    if float(house.ears.payloads(THRESHOLD)[-1]) == seen.asked:
        seen.threshold = seen.asked


def _furnish(card: Card, number: int, house: House) -> Mapping[str, str]:
    """Settings, and the shipped bundle, changed so that they are taken over anew; the sums of the files.

    Every other time sentences as well that cannot be read.
    """
    page = f"{house.page()}# start {number}\n".encode()
    card.write("mynah.toml", page)
    if number % 2:
        card.write("sentences/broken.yaml", "intents: [\n")
    elif number:
        card.remove("sentences/broken.yaml")
    mine = house.folder / "mine"
    shutil.rmtree(mine, ignore_errors=True)
    shutil.copytree(bundle_folder("hey_mynah"), mine)
    config = json.loads((mine / "bundle.json").read_text())
    config["training"]["recipe"] = f"the one of start {number}"
    (mine / "bundle.json").write_text(json.dumps(config))
    card.copy(mine, "bundles/")
    contents = {"mynah.toml": page, **{path.name: path.read_bytes() for path in mine.iterdir()}}
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


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
