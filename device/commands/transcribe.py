"""`mynah transcribe`: what is said in recordings, each one utterance of the home's sentences."""

from __future__ import annotations

import argparse
import time

from device.audio import wav
from device.channels.report import transcript_json, transcript_text
from device.commands import options as common


def arguments(parser: argparse.ArgumentParser) -> None:
    common.understanding(parser)
    common.output(parser)
    common.recordings(parser)
    parser.add_argument(
        "--alternatives", type=int, default=0, metavar="N", help="show the N likeliest sentences as well"
    )


def main(options: argparse.Namespace) -> int:
    from device.assembly.stages import make_hearing, make_home

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
        report: dict[str, object] = {
            "file": file,
            "transcript": transcript_json(transcript),
            "timings": timings,
        }
        lines = [f"{file}: {transcript_text(transcript)}"]
        if options.alternatives > 0:
            others = hearing.alternatives(options.alternatives)
            report["alternatives"] = [transcript_json(other) for other in others]
            lines += [f"  {number}. {transcript_text(other)}" for number, other in enumerate(others, 1)]
        common.emit(options, report, "\n".join(lines))

    return common.each_file(options.files, work)
