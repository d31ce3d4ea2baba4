"""Speech by the free synthesizers of Debian: espeak-ng, flite and festival.

`speak` is a pure function of its arguments: the same text, voice, rate and pitch give the same samples.
Whole voices are held out of training, for measuring. Speakers recur under several engines (flite's kal16
and festival's kal_diphone are one man, the two slt are one woman), so a held-out voice is one whose speaker
occurs nowhere in training.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import soundfile
import soxr

from device.errors import MynahError
from device.events import SAMPLE_RATE, Samples
from device.hearing.lexicon import PHONES
from training.corpus import speakers


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SILENCE = "SIL"

ACCENTS = _words("en en-us en-us-nyc en-gb-scotland en-gb-x-gbclan en-gb-x-rp en-gb-x-gbcwmd en-029")
"""espeak-ng's accents of English. Not `en-gb`, which is `en` but for ignoring every variant (1.51)."""

VARIANTS = (
    "",
    *_words("""
    Alex Alicia Andy Annie Denis Diogo Gene Henrique Jacky Lee Mario Mike Nguyen RicishayMax Storm adam anika
    antonio benjamin boris david ed edward f1 f2 f3 f5 grandma grandpa gustave iven iven3 john klatt klatt3
    m1 m2 m3 m5 m6 m7 m8 max michel miguel norbert pablo paul pedro quincy rob robert sandro travis zac
    """),
)
"""espeak-ng's speakers to train on; the empty one is the accent's own. Whispers and robots are left out."""

HELD_OUT_VARIANTS = _words(
    "Andrea Hugo Marco Michael aunty belinda f4 linda m4 shelby steph steph2 steph3 victor"
)
"""espeak-ng's speakers that training never hears, in any accent."""

ENGINES = {
    "espeak-ng": "espeak-ng",
    "flite": "flite",
    "festival": "festival festvox-kallpc16k festvox-us-slt-hts",
}
"""Each engine's program and the Debian packages that bring it."""


class SynthesisError(MynahError):
    """An engine that is not installed, or text that it does not speak."""


def silent(installed: Callable[[str], object] = shutil.which) -> list[str]:
    """A line for each engine that is not installed. Raises SynthesisError where none is."""
    missing = {engine: packages for engine, packages in ENGINES.items() if not installed(engine)}
    if len(missing) == len(ENGINES):
        raise SynthesisError(f"nothing here can speak: sudo apt install {' '.join(missing.values())}")
    return [
        f"{engine} is not installed, so its voices are left out and fewer kinds of voices are learnt from:"
        f" sudo apt install {packages}"
        for engine, packages in missing.items()
    ]


@dataclass(frozen=True, slots=True)
class Voice:
    """`engine` is one of ENGINES; `name` its voice, espeak-ng's accent; `variant` espeak-ng's speaker.

    A variant of `speakers.name` is a drawn speaker, of espeak-ng or of festival's HTS voice.
    """

    engine: str
    name: str
    variant: str = ""

    def __str__(self) -> str:
        return f"{self.engine}/{self.name}" + (f"+{self.variant}" if self.variant else "")


@dataclass(frozen=True, slots=True)
class Utterance:
    """`text` to be spoken by `voice`, `rate` times as fast and `pitch` times as high as it usually speaks."""

    text: str
    voice: Voice
    rate: float = 1.0
    pitch: float = 1.0


HTS = "cmu_us_slt_arctic_hts"
"""festival's statistical voice."""

TRAINING_VOICES = (
    *(Voice("flite", name) for name in ("awb", "kal16", "slt")),
    *(Voice("festival", name) for name in ("kal_diphone", HTS)),
    *(Voice("espeak-ng", accent, variant) for accent, variant in product(ACCENTS, VARIANTS)),
)


def _drawn(first: int, tracts: int, variants: int) -> tuple[Voice, ...]:
    """`tracts` speakers of the HTS voice, `variants` of espeak-ng in each accent, numbered from `first`."""
    formant = enumerate(ACCENTS * variants, first)
    return (
        *(Voice("festival", HTS, speakers.name(number)) for number in range(first, first + tracts)),
        *(Voice("espeak-ng", accent, speakers.name(number)) for number, accent in formant),
    )


DRAWN_VOICES = _drawn(0, 200, 75)
"""Speakers drawn at random, for training."""
FRESH_VOICES = _drawn(1000, 400, 150)
"""Others of them."""

HELD_OUT_VOICES = (
    Voice("flite", "rms"),
    *(Voice("espeak-ng", accent, variant) for accent, variant in product(ACCENTS, HELD_OUT_VARIANTS)),
)


def voices() -> tuple[Voice, ...]:
    """Every voice, those to train on first."""
    return TRAINING_VOICES + HELD_OUT_VOICES


def able(voices: Iterable[Voice]) -> list[Voice]:
    """Those whose engine is installed."""
    there = {engine for engine in ENGINES if shutil.which(engine)}
    return [voice for voice in voices if voice.engine in there]


def speak(text: str, voice: Voice, rate: float = 1.0, pitch: float = 1.0) -> Samples:
    """`text` as 16 kHz mono int16, with the silence that the engine puts around it.

    SynthesisError if the engine is not installed or gives no sound.
    """
    with tempfile.TemporaryDirectory(prefix="mynah-") as folder:
        wav = Path(folder) / "speech.wav"
        if voice.engine == "espeak-ng":
            _espeak(text, voice, rate, pitch, wav)
            return _read(wav, voice, 1.0)
        if voice.engine == "festival":
            pitch = _festival(text, voice, rate, pitch, wav)
        else:
            _flite(text, voice, rate / pitch, wav)
        return _read(wav, voice, pitch)


def speak_utterance(utterance: Utterance) -> Samples:
    return speak(utterance.text, utterance.voice, utterance.rate, utterance.pitch)


def speak_aligned(
    text: str, voice: Voice, rate: float = 1.0, pitch: float = 1.0
) -> tuple[Samples, list[tuple[str, float, float]]]:
    """`speak` by a flite voice, and its (phone, start, end) in seconds: PHONES and SILENCE, without gaps."""
    if voice.engine != "flite":
        raise SynthesisError(f"{voice} gives no alignment; use a flite voice")
    with tempfile.TemporaryDirectory(prefix="mynah-") as folder:
        wav = Path(folder) / "speech.wav"
        durations = _flite(text, voice, rate / pitch, wav)
        return _read(wav, voice, pitch), _segments(durations, pitch)


def espeak_phonemes(text: str, accent: str) -> str:
    """`text` in espeak-ng's own phoneme letters, as `accent` pronounces it."""
    return " ".join(_run(["espeak-ng", "-q", "-x", "-v", accent, "--stdin"], text).split())


def speak_all(utterances: Iterable[Utterance], jobs: int = 2) -> Iterator[Samples]:
    """`speak` of each, in order; `jobs` engines at work at a time, a few utterances ahead of the reader."""
    with ThreadPoolExecutor(jobs) as pool:
        waiting: deque[Future[Samples]] = deque()
        for utterance in utterances:
            waiting.append(pool.submit(speak_utterance, utterance))
            if len(waiting) > 8 * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def draw(
    texts: Sequence[str],
    among: Sequence[Voice],
    count: int,
    rng: np.random.Generator,
    rates: tuple[float, float] = (0.8, 1.3),
    pitches: tuple[float, float] = (0.85, 1.2),
    espeak_share: float = 0.7,
) -> list[Utterance]:
    """`count` utterances: random text, rate and pitch, `espeak_share` of them by espeak-ng.

    Its many formant voices resemble one another, so the few others weigh more than their number. A name is
    drawn first, then one of those who share it.
    """
    formant, others = (
        _by_name(v for v in among if v.engine == "espeak-ng"),
        _by_name(v for v in among if v.engine != "espeak-ng"),
    )

    def voice() -> Voice:
        pool = formant if formant and (not others or rng.random() < espeak_share) else others
        speakers = pool[rng.integers(len(pool))]
        return speakers[rng.integers(len(speakers))]

    return [
        Utterance(
            texts[int(rng.integers(len(texts)))],
            voice(),
            float(np.exp(rng.uniform(*np.log(rates)))),
            float(np.exp(rng.uniform(*np.log(pitches)))),
        )
        for _ in range(count)
    ]


def _by_name(voices: Iterable[Voice]) -> list[list[Voice]]:
    named: dict[tuple[str, str], list[Voice]] = {}
    for voice in voices:
        named.setdefault((voice.engine, voice.name), []).append(voice)
    return list(named.values())


def _espeak(text: str, voice: Voice, rate: float, pitch: float, wav: Path) -> None:
    name = voice.name + (f"+{voice.variant}" if voice.variant else "")
    number = speakers.number_of(voice.variant)
    if number is not None:
        speakers.add_espeak_voice(wav.parent, _espeak_data(), number)
    words_per_minute = round(np.clip(175 * rate, 80, 450))
    # From 0 to 99 espeak-ng's pitch runs over two octaves, with the voice's own at 50.
    height = round(float(np.clip(50 + 50 * np.log2(pitch), 0, 99)))
    options = ["-v", name, "-s", f"{words_per_minute}", "-p", f"{height}", "-w", f"{wav}", "--stdin"]
    data = [] if number is None else [f"--path={wav.parent}"]
    _run(["espeak-ng", *data, *options], text)


@functools.cache
def _espeak_data() -> Path:
    """Where espeak-ng keeps its data, as it says itself."""
    return Path(_run(["espeak-ng", "--version"], "").partition("Data at:")[2].strip())


@functools.cache
def _hts_file() -> Path:
    """The file of festival's HTS voice, as festival says itself."""
    tell = '(format t "%s" (cadr (car hts_engine_params)))'
    return Path(_run(["festival", "-b", f"(voice_{HTS})", tell], "").strip())


def _flite(text: str, voice: Voice, rate: float, wav: Path) -> str:
    options = ["-voice", voice.name, "--setf", f"duration_stretch={1 / rate:.4f}", "-psdur"]
    return _run(["flite", *options, "-t", text, "-o", f"{wav}"], "")


def _festival(text: str, voice: Voice, rate: float, pitch: float, wav: Path) -> float:
    """Speaks at `rate` once it is played at the pitch that is returned."""
    quoted = text.replace("\\", " ").replace('"', " ")
    number = speakers.number_of(voice.variant)
    file = ""
    if number is not None:
        path, tract = speakers.warped_voice(wav.parent, _hts_file(), number)
        pitch *= tract.pitch
        file = f"""(set! hts_engine_params (cons '("-m" "{path}") (cdr hts_engine_params)))"""
    # The HTS voice reads its speed from its engine's parameters, the diphone voice from Duration_Stretch.
    hts = f"""(set! hts_engine_params (append hts_engine_params '(("-r" {rate / pitch:.4f}))))"""
    stretch = f"(Parameter.set 'Duration_Stretch {pitch / rate:.4f})"
    program = f"""(voice_{voice.name})
{file}
{hts if voice.name == HTS else stretch}
(set! speech (utt.synth (Utterance Text "{quoted}")))
(utt.save.wave speech "{wav}" 'riff)
"""
    scheme = wav.with_suffix(".scm")
    scheme.write_text(program, encoding="utf-8")
    _run(["festival", "-b", f"{scheme}"], "")
    return pitch


def _run(command: list[str], text: str) -> str:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            command,
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=environment,
            timeout=120,
        )
    except FileNotFoundError:
        raise SynthesisError(f"{command[0]} is not installed; apt install {ENGINES[command[0]]}") from None
    except subprocess.TimeoutExpired:
        raise SynthesisError(f"{command[0]} does not finish; leave this text out") from None
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[0]
        raise SynthesisError(
            f"{command[0]}: {reason}; are its voices there? apt install {ENGINES[command[0]]}"
        )
    return done.stdout


def _read(wav: Path, voice: Voice, pitch: float) -> Samples:
    """The engine's sound, `pitch` times as high and as fast, at 16 kHz."""
    if not wav.exists() or wav.stat().st_size <= 44:
        raise SynthesisError(f"{voice} made no sound; apt install {ENGINES[voice.engine]}")
    sound, rate = soundfile.read(wav, dtype="float32")
    if rate * pitch != SAMPLE_RATE:
        sound = soxr.resample(sound, rate * pitch, SAMPLE_RATE, "HQ")
    samples: Samples = np.round(np.clip(sound, -1, 1) * 32767).astype(np.int16)
    return samples


def _segments(durations: str, pitch: float) -> list[tuple[str, float, float]]:
    """flite's `-psdur`, items `phone:end`; the ends run on from sentence to sentence."""
    segments: list[tuple[str, float, float]] = []
    end = 0.0
    for item in durations.split():
        phone, _, time = item.partition(":")
        start, end = end, float(time) / pitch
        segments.append((_phone(phone), start, end))
    return segments


def _phone(flite: str) -> str:
    name = flite.upper()
    if name in PHONES:
        return name
    return {"AX": "AH", "AXR": "ER"}.get(name, SILENCE)
