"""`mynah dictate`: what is said in recordings, in any words."""

from __future__ import annotations

import argparse
from pathlib import Path

from device.audio import wav
from device.commands import options as common


def arguments(parser: argparse.ArgumentParser) -> None:
    common.config(parser)
    common.output(parser)
    common.recordings(parser)


def main(options: argparse.Namespace) -> int:
    from device.engine.bundle import Bundle
    from device.hearing.acoustic import AcousticModel
    from device.hearing.dictation import Dictation
    from device.hearing.words import Words

    settings = common.load(options).hearing
    bundle = Bundle.load(settings.bundle, "hearing")
    dictation = Dictation(AcousticModel(bundle), Words.load(Path(settings.words), bundle).decoder(bundle))

    def work(file: str) -> None:
        written = dictation.write(wav.open_file(file))
        report = {
            "file": file,
            "text": written.text,
            "confidence": round(written.confidence, 4),
            "words": [word._asdict() for word in written.words],
        }
        common.emit(options, report, f"{file}: {written.text or '(nothing)'} ({written.confidence:.2f})")

    return common.each_file(options.files, work)
