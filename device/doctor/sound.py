"""The loop from the loudspeaker to the microphone, measured with a short sweep, if the user asks for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from device.audio.microphone import Microphone
from device.audio.speaker import Speaker
from device.doctor.finding import Finding, ok, problem, warning
from device.echo.canceller import CANCELS, Canceller, scaled
from device.echo.reference import Reference
from device.errors import MynahError
from device.events import SAMPLE_RATE, AudioChunk, Samples
from device.settings import Settings

LENGTHS = tuple(0.04 + 0.01 * (7 * number % 11) for number in range(56))
"""Seconds of the sweeps, one after the other: as they differ, only one delay fits all of them; as they are
short, the filter hears all frequencies at once."""
LOW, HIGH = 150.0, 7_000.0
"""Hz that a sweep goes through."""
LOUD = 0.25
"""Of full scale: as loud as speech."""
BEFORE, SETTLED = 1.0, 2.5
"""Seconds of quiet that are listened to first; of sweeps after which the echo counts."""
TOO_LOUD = -6.0
"""dB of full scale: a microphone that gets more distorts."""
FAINT = 6.0
"""dB above the quiet, below which there is no echo that matters."""
LATE = 0.5
"""Seconds of delay that are worth a word."""


@dataclass(frozen=True, slots=True)
class Loop:
    """`quiet`, `echo`, `left`: dB of full scale, of the room, of the sweep in it, and of what is left of that
    with echo cancellation. `delay`: seconds, None where it could not be told; `drift`: of both clocks, as a
    share."""

    quiet: float
    echo: float
    left: float
    delay: float | None
    drift: float


def sweeps() -> Samples:
    """(samples,) int16: up and down in turn."""
    parts = []
    for number, seconds in enumerate(LENGTHS):
        at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
        rate = np.log(HIGH / LOW) / seconds
        wave = np.sin(2 * np.pi * LOW * (np.exp(rate * at) - 1) / rate)
        fade = np.minimum(1.0, np.minimum(at, at[::-1]) / 0.005)
        parts.append((wave * fade)[:: -1 if number % 2 else 1])
    return np.asarray(LOUD * 32_767 * np.concatenate(parts), np.int16)


class Listener:
    """Takes each chunk of the microphone before and after its echo is taken out."""

    def __init__(self, canceller: Canceller) -> None:
        self._canceller = canceller
        self._heard: list[tuple[float, float]] = []

    def process(self, chunk: AudioChunk, at: float) -> AudioChunk:
        """As `Canceller.process`."""
        given = self._canceller.process(chunk, at)
        self._heard.append((_power(chunk.samples), _power(given.samples)))
        return given

    def loop(self, before: int) -> Loop:
        """What was found; the first `before` chunks were quiet."""
        quiet = [heard for heard, _ in self._heard[2:before]]
        during = self._heard[before:]
        settled = during[round(len(during) * SETTLED / sum(LENGTHS)) :]
        echo, left = (float(np.mean([each[side] for each in settled] or [0.0])) for side in (0, 1))
        alignment = self._canceller.alignment
        delay = alignment.delay if alignment.measured else None
        room = _decibels(float(np.mean(quiet or [0.0])))
        return Loop(room, _decibels(echo), _decibels(left), delay, alignment.drift)


def _power(samples: Samples) -> float:
    return float(np.mean(scaled(samples) ** 2))


def _decibels(power: float) -> float:
    return 10 * float(np.log10(power + 1e-10))


def measured(audio: Iterable[AudioChunk], play: Callable[[Samples], None], listener: Listener) -> Loop:
    """Play the sweeps into `audio`, which `listener` processes, after some quiet."""
    seconds, quiet, playing = 0.0, 0, False
    for chunk in audio:
        seconds += len(chunk.samples) / SAMPLE_RATE
        if playing and seconds >= BEFORE + sum(LENGTHS):
            break
        if not playing and seconds >= BEFORE:
            play(sweeps())
            playing = True
        quiet += not playing
    return listener.loop(quiet)


def judged(loop: Loop) -> Finding:
    """What the user is to know, and to do."""
    if loop.echo < loop.quiet + FAINT:
        text = "the microphone hears nothing of the loudspeaker: all is well, if you heard the sweep"
        return warning("sound", f"{text} (room {loop.quiet:.0f} dB, sweep {loop.echo:.0f} dB)")
    gain = loop.echo - loop.left
    delay = "unknown" if loop.delay is None else f"{1000 * loop.delay:.0f} ms"
    clocks = f"delay {delay}, drift {1e6 * loop.drift:.0f} ppm"
    levels = f"room {loop.quiet:.0f} dB, sweep {loop.echo:.0f} dB, left of it {loop.left:.0f} dB"
    figures = f"{clocks}, {levels}"
    if loop.echo > TOO_LOUD:
        return problem("sound", f"the microphone is overdriven by the loudspeaker: turn it down ({figures})")
    if loop.delay is None or (gain < CANCELS and loop.left > loop.quiet + FAINT):
        how = "turn the loudspeaker down, or use one device for both"
        return warning("sound", f"the echo cannot be taken out: {how} ({figures})")
    if loop.delay > LATE:
        return warning("sound", f"the loudspeaker is late, as over Bluetooth: a cable is better ({figures})")
    return ok("sound", f"the echo is taken out by {gain:.0f} dB ({figures})")


def sound(settings: Settings) -> Finding:
    """Plays for seven seconds on this device's loudspeaker."""
    reference = Reference()
    listener = Listener(Canceller(reference))
    try:
        with (
            Speaker(settings.audio.speaker, tap=reference) as speaker,
            Microphone(settings.audio.microphone, cancel=listener.process) as microphone,
        ):
            loop = measured(microphone, speaker.play, listener)
            time.sleep(0.2)  # what is left in the loudspeaker's buffer
        return judged(loop)
    except MynahError as error:
        hint = "if the service has the devices, stop it first: sudo systemctl stop mynah"
        return problem("sound", f"it cannot be measured: {error}; {hint}")
