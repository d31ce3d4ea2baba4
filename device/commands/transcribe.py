"""`mynah transcribe`: what is said in recordings, each one utterance of the home's sentences."""

from __future__ import annotations

import argparse
import time

from device.audio import wav
from device.commands import options as common
from device.report import transcript_json, transcript_text


def arguments(parser: argparse.ArgumentParser) -> None:
    common.understanding(parser)
    common.output(parser)
    common.recordings(parser)


def main(options: argparse.Namespace) -> int:
    from device.assembly import make_hearing, make_home

    settings = common.load(options)
    hearing, _ = make_hearing(settings, make_home(settings))

    def work(file: str) -> None:
        audio = list(wav.open_file(file))
        began = time.perf_counter()
        transcript = hearing.transcribe(audio)
        timings = {
            "audio_s": round(audio[-1].end / 16_000, 3) if audio else 0.0,
            "hearing_ms": round(1000 * (time.perf_counter() - began), 2),
        }
        report = {"file": file, "transcript": transcript_json(transcript), "timings": timings}
        common.emit(options, report, f"{file}: {transcript_text(transcript)}")

    return common.each_file(options.files, work)
