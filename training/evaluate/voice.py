"""`mynah-train evaluate voice`: whether what Mynah says is understood, and what it costs.

The device's own code says the replies of the shipped stories. A recognizer writes down what it hears; both
texts are compared word by word, as they are spoken. It runs in an environment of its own: `--whisper` is
its Python, with faster-whisper, `--model` the folder of a model for it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from device.assembly.chatting import Chat
from device.assembly.stories import lines, read
from device.assembly.voices import make_voice
from device.audio import wav
from device.errors import MynahError
from device.events import SAMPLE_RATE
from device.settings import DEVICE, HIBARI, Settings, voice_name
from device.speaking.sayable import sentences
from device.speaking.voice import Voice
from device.understanding.numbers import spoken
from training.edits import distance
from training.evaluate.dictation import SAMPLES

SHOWN = 12
"""Replies with wrong words that are shown."""
LISTEN = """
import json, sys
from faster_whisper import WhisperModel

model = WhisperModel(sys.argv[1], device="cpu", compute_type="int8", cpu_threads=1)
for line in sys.stdin:
    segments, _ = model.transcribe(line.strip(), language="en", beam_size=5, condition_on_previous_text=False)
    print(json.dumps(" ".join(segment.text.strip() for segment in segments)), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Said:
    """One reply: the milliseconds until its first sound, the seconds of work and of sound, and its file."""

    text: str
    first_ms: float
    work: float
    seconds: float
    file: Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--voice", default=HIBARI, help="hibari, espeak, or a voice of Piper (hibari)")
    parser.add_argument("--most", type=int, default=200, help="replies (200)")
    parser.add_argument("--whisper", type=Path, help="Python of an environment that has faster-whisper")
    parser.add_argument("--model", help="folder of a model of Whisper in CTranslate2's format")


def run(arguments: argparse.Namespace, settings: Settings) -> None:
    """Raises VoiceError where the voice cannot be had, MynahError where the recognizer fails."""
    texts = replies(settings, arguments.most)
    settings = replace(settings, voice=replace(settings.voice, voice=voice_name(arguments.voice)))
    before = resident()
    voice = make_voice(settings)
    loaded = resident() - before
    with tempfile.TemporaryDirectory(prefix="mynah-voice-") as folder:
        list(voice.speak("Warm."))
        said = [say(voice, text, Path(folder) / f"{number}.wav") for number, text in enumerate(tqdm(texts))]
        print(timings(said, loaded, resident() - before))
        if arguments.whisper is not None:
            heard = listened([one.file for one in said], arguments.whisper, arguments.model)
            print(report([one.text for one in said], heard))


def replies(settings: Settings, most: int) -> list[str]:
    """Different replies of the shipped stories, spread over all of them."""
    found: dict[str, None] = {}
    for file in sorted((DEVICE / "skills").rglob("stories.yaml")):
        for story in read(file):
            at_home = settings
            if story.home is not None:
                at_home = replace(settings, home=replace(settings.home, file=story.home))
            chat = Chat.of(at_home, story.clock)
            for line in lines(story):
                for exchange in chat.take(line):
                    found.setdefault(exchange.outcome.reply.text)
    texts = [text for text in found if text]
    return texts[:: max(1, len(texts) // most)][:most]


def say(voice: Voice, text: str, file: Path) -> Said:
    pieces, first = [], 0.0
    began, clock = time.process_time(), time.perf_counter()
    for samples in voice.speak(text):
        first = first or 1000 * (time.perf_counter() - clock)
        pieces.append(samples)
    work = time.process_time() - began
    sound = np.concatenate(pieces)
    wav.write(file, sound)
    return Said(text, first, work, len(sound) / SAMPLE_RATE, file)


def timings(said: Sequence[Said], loaded: float, added: float) -> str:
    first = np.array([one.first_ms for one in said])
    factor = sum(one.work for one in said) / sum(one.seconds for one in said)
    return (
        f"{len(said)} replies, {sum(one.seconds for one in said):.0f} s; first sound after "
        f"{np.median(first):.0f} ms (median), {np.quantile(first, 0.95):.0f} ms (95 %), {first.max():.0f} ms "
        f"(most); real-time factor {factor:.3f}; memory {loaded:.0f} MB loaded, {added:.0f} MB after all"
    )


def listened(files: Sequence[Path], python: Path, model: str) -> list[str]:
    """What the recognizer writes down of `files`."""
    done = subprocess.run(
        [str(python), "-c", LISTEN, model],
        input="\n".join(map(str, files)),
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    if done.returncode:
        raise MynahError(f"{python}: the recognizer failed: {done.stderr.strip().splitlines()[-1]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def report(texts: Sequence[str], heard: Sequence[str]) -> str:
    """Wrong words with the 95 % interval by drawing replies anew (Efron 1979), and the worst replies."""
    pairs = [(words(text), words(written(one))) for text, one in zip(texts, heard, strict=True)]
    wrong = np.array([apart(said, back) for said, back in pairs])
    counts = np.array([len(said) for said, _ in pairs])
    drawn = np.random.default_rng(0).integers(len(pairs), size=(SAMPLES, len(pairs)))
    low, high = np.quantile(wrong[drawn].sum(axis=1) / counts[drawn].sum(axis=1), (0.025, 0.975))
    lines = [f"{counts.sum()} words, {wrong.sum() / counts.sum():.1%} wrong ({low:.1%}…{high:.1%})"]
    worst = sorted(range(len(pairs)), key=lambda at: -wrong[at])[:SHOWN]
    lines += [f"  {texts[at]!r}: {heard[at]!r}" for at in worst if wrong[at]]
    return "\n".join(lines)


def apart(said: Sequence[str], heard: Sequence[str]) -> int:
    """Words that are wrong; whether two words are written as one does not count."""
    if "".join(said) == "".join(heard):
        return 0
    return distance(said, heard)


def written(heard: str) -> str:
    """What the recognizer wrote, as replies are written: "6.30" is a time, "canceled" has two letters l."""
    return re.sub(r"\b(\d{1,2})\.(\d\d)\b", r"\1:\2", heard).replace("anceled", "ancelled")


def words(text: str) -> list[str]:
    """What is said of `text`, word by word."""
    return spoken(" ".join(sentences(text))).split()


def resident() -> float:
    """MB of memory that this process has now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
