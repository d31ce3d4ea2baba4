"""Speakers that no engine brings: drawn at random, so that a model hears thousands of voices.

A formant synthesizer's voice is a list of numbers, and a statistical one's vocal tract is one; both are
drawn from ranges around those of the voices that the engines bring. Speaker `number` is the same for ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MARK = "drawn"
"""What the variant of a drawn speaker begins with; its number follows."""

ALL_PASS = re.compile(rb"ALPHA=([0-9.]+)")


def name(number: int) -> str:
    return f"{MARK}{number}"


def number_of(variant: str) -> int | None:
    """The number of a drawn speaker; None for a variant that the engine itself brings."""
    return int(variant.removeprefix(MARK)) if variant.startswith(MARK) else None


def espeak_voice(number: int) -> str:
    """The voice file of espeak-ng's speaker `number`.

    Percentages of the default voice for each formant's frequency, height and width; a vocal tract of 0.86 to
    1.2 times the common one's frequencies, and each formant a little elsewhere (espeak-ng's docs/voices.md).
    """
    rng = np.random.default_rng((7, number))
    tract = rng.uniform(0.86, 1.2)
    base = float(np.exp(rng.uniform(np.log(65), np.log(215))))
    lines = [
        "language variant",
        f"name {name(number)}",
        f"pitch {base:.0f} {base * rng.uniform(1.15, 1.7):.0f}",
        f"flutter {rng.integers(0, 12)}",
        f"roughness {rng.integers(0, 5)}",
        f"voicing {rng.integers(35, 150)}",
        f"consonants {rng.integers(50, 125)} {rng.integers(40, 140)}",
    ]
    for formant in range(9):
        own = rng.normal() * (0.12 if formant in (1, 2) else 0.08)
        frequency = 100 * (1.0 if formant == 0 else np.clip(tract * (1 + own), 0.72, 1.42))
        height = rng.uniform(50, 150) if formant < 4 else rng.uniform(5, 110)
        lines.append(f"formant {formant} {frequency:.0f} {height:.0f} {rng.uniform(60, 180):.0f}")
    if rng.random() < 0.5:
        edges = np.sort(rng.uniform((80, 700, 1700, 3000), (600, 1500, 2800, 4800)))
        heights = np.sort(rng.uniform(15, 255, 4))[::-1] if rng.random() < 0.7 else rng.uniform(40, 255, 4)
        tone = " ".join(f"{edge:.0f} {height:.0f}" for edge, height in zip(edges, heights, strict=True))
        lines.append(f"tone {tone}")
    if rng.random() < 0.4:
        lines.append("stressAmp " + " ".join(str(value) for value in rng.integers(12, 32, 8)))
    if rng.random() < 0.3:
        lines.append(f"intonation {rng.integers(1, 4)}")
    if rng.random() < 0.2:
        lines.append(f"echo {rng.integers(10, 150)} {rng.integers(5, 50)}")
    if rng.random() < 0.15:
        lines.append("breath " + " ".join(str(value) for value in rng.integers(0, 12, 8)))
    if rng.random() < 0.12:
        lines.append(f"klatt {rng.integers(1, 6)}")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Tract:
    """How a voice becomes another: played `pitch` times as fast, its spectrum warped by `alpha`."""

    pitch: float
    alpha: float


def tract(number: int, own: float) -> Tract:
    """Speaker `number` of a voice with the all-pass constant `own`.

    Playing slower lowers pitch and formants; another all-pass constant moves the formants back, to 0.82 to
    1.06 times the voice's own. A constant a puts low frequencies at (1 − a) / (1 + a) of the warped scale's.
    """
    rng = np.random.default_rng((8, number))
    pitch = rng.uniform(0.58, 1.12)
    formants = np.clip(rng.uniform(0.82, 1.06), pitch * 0.85, pitch * 1.5)
    slope = (1 + own) / (1 - own) * pitch / formants
    return Tract(float(pitch), float((slope - 1) / (slope + 1)))


def add_espeak_voice(folder: Path, installed: Path, number: int) -> None:
    """Makes `folder` what `espeak-ng --path` takes: speaker `number`, and of the `installed` data English."""
    data = folder / "espeak-ng-data"
    (data / "voices" / "!v").mkdir(parents=True)
    (data / "voices" / "!v" / name(number)).write_text(espeak_voice(number), encoding="utf-8")
    for entry in installed.iterdir():
        if entry.name != "voices" and (entry.name == "en_dict" or not entry.name.endswith("_dict")):
            (data / entry.name).symlink_to(entry)


def warped_voice(folder: Path, original: Path, number: int) -> tuple[Path, Tract]:
    """In `folder`, the file of an HTS voice (`original`) with the vocal tract of speaker `number`.

    ValueError for a file that is none.
    """
    content = original.read_bytes()
    found = ALL_PASS.search(content)
    if not found:
        raise ValueError(f"{original}: no all-pass constant in it; is it the voice of an HTS engine?")
    warped = tract(number, float(found.group(1)))
    file = folder / original.name
    file.write_bytes(content[: found.start(1)] + f"{warped.alpha:.4f}".encode() + content[found.end(1) :])
    return file, warped
