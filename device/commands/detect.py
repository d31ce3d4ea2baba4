"""`mynah detect`: the wake words in recordings."""

from __future__ import annotations

import argparse
from typing import Any

from device.audio import wav
from device.channels.report import detection_json, seconds
from device.commands import options as common
from device.events import Detection


def arguments(parser: argparse.ArgumentParser) -> None:
    common.config(parser)
    parser.add_argument(
        "--bundle",
        type=common.bundle,
        action="append",
        metavar="P",
        help="wake-word bundle, a folder or a shipped one's name, instead of the settings'; may be repeated",
    )
    parser.add_argument(
        "--scores", action="store_true", help="also print the score at every step of the model"
    )
    common.output(parser)
    common.recordings(parser)


def main(options: argparse.Namespace) -> int:
    from device.assembly.stages import make_wake

    wake = make_wake(common.load(options))
    steps = {word.name: model.output_samples for model in wake.models for word in model.words}

    def work(file: str) -> None:
        wake.reset()
        scores: dict[str, list[float]] = {name: [] for name in steps}
        found: list[Detection] = []
        for chunk in wav.open_file(file):
            values, detections = wake.process(chunk)
            found += detections
            for name, new in values.items():
                scores[name] += [round(float(score), 4) for score in new]
        found += wake.finish()
        report: dict[str, Any] = {"file": file, "detections": [detection_json(each) for each in found]}
        lines = [f"  {seconds(each.at):8.2f} s  {each.name} ({each.probability:.2f})" for each in found]
        if options.scores:
            (name, step), *others = steps.items()
            times = [seconds((number + 1) * step) for number in range(len(scores[name]))]
            report |= {"times": times, "scores": scores if others else scores[name]}
            lines += [
                f"  highest score of {word}: {max(all_, default=0.0):.3f}" for word, all_ in scores.items()
            ]
        common.emit(options, report, "\n".join([file, *(lines or ["  no wake word"])]))

    return common.each_file(options.files, work)
