"""`mynah review`: what the wake word may have got wrong: listed, played, labelled, deleted.

With `review.keep = true` in the settings the daemon keeps a few seconds of such moments on this device.
"""

from __future__ import annotations

import argparse
import time

from device.audio import wav
from device.audio.speaker import Speaker
from device.commands import options as common
from device.daemon.review import Clip, Label, Store
from device.errors import UsageError
from device.events import SAMPLE_RATE
from device.system import as_service


def arguments(parser: argparse.ArgumentParser) -> None:
    common.config(parser)
    common.output(parser)
    parser.add_argument("--play", type=int, metavar="N", help="play number N of the list")
    parser.add_argument(
        "--label",
        nargs=2,
        metavar=("N", "WHAT"),
        action="append",
        default=[],
        help="label number N: the wake word (wake) or not (other)",
    )
    parser.add_argument("--delete", metavar="N", help="delete number N, or all")


def main(options: argparse.Namespace) -> int:
    if as_service.needed():
        return as_service.run(options)
    settings = common.load(options)
    store = Store(settings.review.folder, settings.review.most)
    clips = store.clips()
    for number, what in options.label:
        if what not in [label.value for label in Label]:
            raise UsageError(f"--label {number} {what}: write wake or other")
        store.label(_chosen(clips, number), Label(what))
    if options.play is not None:
        samples = wav.read(_chosen(clips, options.play).file)
        with Speaker(settings.audio.speaker) as speaker:
            speaker.play(samples)
            time.sleep(len(samples) / SAMPLE_RATE + 0.5)
    if options.delete is not None:
        if options.delete == "all":
            store.clear()
        else:
            store.delete(_chosen(clips, options.delete))
    for number, clip in enumerate(store.clips(), start=1):
        label = clip.label.value if clip.label else None
        report = {
            "number": number,
            "file": str(clip.file),
            "name": clip.name,
            "probability": clip.probability,
            "reason": clip.reason.name.lower(),
            "when": clip.when,
            "label": label,
        }
        text = f"{number:>3}  {clip.when}  {clip.name} ({clip.probability:.2f})  {clip.reason.value}"
        common.emit(options, report, f"{text}  {label or ''}".rstrip())
    if not clips and not options.json:
        consent = "nothing yet" if settings.review.keep else "review.keep is false in the settings"
        print(f"{settings.review.folder}: {consent}")
    return 0


def _chosen(clips: list[Clip], number: str | int) -> Clip:
    if not (str(number).isdecimal() and 1 <= int(number) <= len(clips)):
        raise UsageError(f"there is no number {number}: mynah review lists {len(clips)}")
    return clips[int(number) - 1]
