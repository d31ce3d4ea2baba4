"""What is wrong with this device, and what to do: one finding a check, none of which needs another."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from device.audio.health import Fault
from device.doctor.access import appliances, broker, daemon, services
from device.doctor.announcements import announced
from device.doctor.finding import Finding, ok, problem, warning
from device.errors import MynahError, VoiceError
from device.events import SAMPLE_RATE, AudioChunk
from device.settings import Settings

PROBE = 4.0
"""Seconds of noise that the models are timed on."""

PROBE_TEXT = "The kitchen lamp is on, and it is 21.5 degrees in the living room."
"""What the voice is timed on."""

MICROPHONE_PATIENCE = 4.0
"""Seconds in which the microphone must give audio."""
MICROPHONE_TELLS = 0.5
"""Seconds of it that tell what is wrong with it."""


def examine(settings: Settings) -> Iterator[Finding]:
    """All checks, each as soon as it is done."""
    for check in (
        cpu,
        clock,
        microphone,
        loudspeaker,
        voice,
        pronunciation,
        home,
        rules,
        wake_words,
        hearing,
        broker,
        daemon,
        services,
        appliances,
        announced,
    ):
        yield guarded(check, settings)


def guarded(check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    """The finding of `check`; an error in it is a problem."""
    name = check.__name__.replace("_", " ")
    try:
        return check(settings)
    except MynahError as error:
        return problem(name, str(error))
    except Exception as error:  # a doctor does not fall ill
        return problem(name, f"the check itself failed: {type(error).__name__}: {error}")


def cpu(settings: Settings) -> Finding:
    cores = os.cpu_count() or 1
    text = f"{cores} cores, {platform.machine()}, Python {platform.python_version()}"
    load = os.getloadavg()[0]
    if load > cores:
        return warning("cpu", f"{text}, but the load is {load:.1f}: use `top` to see what else runs here")
    return ok("cpu", text)


def clock(settings: Settings) -> Finding:
    return judge_clock(time.time(), Path(__file__).stat().st_mtime, _synchronized())


def judge_clock(now: float, installed: float, synchronized: bool | None) -> Finding:
    """`now` against the time at which Mynah was installed (seconds since 1970); None: nobody knows."""
    date = time.strftime("%Y-%m-%d %H:%M", time.gmtime(now))
    if now < installed - 86_400:
        return problem(
            "clock", f"it says {date} UTC, which is past: TLS will fail; sudo timedatectl set-ntp true"
        )
    if synchronized is False:
        return warning("clock", f"{date} UTC, not synchronized: sudo timedatectl set-ntp true")
    return ok("clock", f"{date} UTC{', synchronized' if synchronized else ''}")


def _synchronized() -> bool | None:
    try:
        command = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {"yes": True, "no": False}.get(answer)


def microphone(settings: Settings) -> Finding:
    from device.audio.microphone import Microphone, list_devices

    names = ", ".join(f"{device.index} {device.name!r}" for device in list_devices())
    with Microphone(settings.audio.microphone) as audio:
        timer = threading.Timer(MICROPHONE_PATIENCE, audio.stop)
        timer.start()
        try:
            heard = [chunk.samples for chunk, _ in zip(audio, range(10), strict=False)]
        finally:
            timer.cancel()
        return judge_microphone(f"{audio.name!r}", heard, audio.fault(MICROPHONE_TELLS), names)


def judge_microphone(
    name: str,
    heard: list[np.ndarray],  # type: ignore[type-arg]
    fault: Fault | None,
    offered: str,
) -> Finding:
    """`heard`: chunks that came within a second or so; `fault`: what is wrong with them; `offered`: the
    microphones that there are."""
    if not heard:
        return problem(
            "microphone", f"{name} opens but gives no audio: set audio.microphone to one of {offered}"
        )
    if fault is not None:
        tell = problem if fault is Fault.ZEROS else warning
        return tell("microphone", f"{name} {fault.value}; there are {offered}")
    samples = np.concatenate(heard).astype(np.float64)
    level = 20 * np.log10(max(np.sqrt(np.mean(samples**2)), 0.1) / 32_768)
    return ok("microphone", f"{name}, level {level:.0f} dB; there are {offered}")


def loudspeaker(settings: Settings) -> Finding:
    if not (settings.audio.sounds or settings.voice.voice):
        return ok("loudspeaker", 'not wanted (audio.sounds = false, voice.voice = "")')
    from device.audio.speaker import Speaker

    try:
        with Speaker(settings.audio.speaker):
            return ok("loudspeaker", "opens")
    except MynahError as error:
        return warning("loudspeaker", f"no sounds: {error}")


def voice(settings: Settings) -> Finding:
    from device.assembly.voices import make_voice

    if not settings.voice.voice:
        return ok("voice", 'not wanted (voice.voice = "")')
    began = time.perf_counter()
    try:
        speaks = make_voice(settings)
    except VoiceError as error:
        return warning("voice", f"{error}; without it, espeak-ng speaks, if it is installed")
    ready = time.perf_counter()
    samples = sum(len(piece) for piece in speaks.speak(PROBE_TEXT))
    made = time.perf_counter()
    return judge_voice(speaks.name, ready - began, made - ready, samples / SAMPLE_RATE)


def judge_voice(name: str, ready: float, made: float, seconds: float) -> Finding:
    """`made`: the time that `seconds` of speech took; `ready`: that of loading the voice."""
    share = made / seconds if seconds else 1.0
    text = f"{name}, ready in {ready:.1f} s, {100 * share:.0f} % of a core while it speaks"
    if share > 0.8:
        return warning("voice", f'{text}: replies will come late; set voice.voice = "espeak"')
    return ok("voice", text)


def pronunciation(settings: Settings) -> Finding:
    return judge_pronunciation(shutil.which("espeak-ng"))


def judge_pronunciation(espeak: str | None) -> Finding:
    if espeak is None:
        return warning(
            "pronunciation",
            "espeak-ng is missing, for names that are not in the dictionary: sudo apt install espeak-ng",
        )
    return ok("pronunciation", f"{espeak} for names that are not in the dictionary")


def home(settings: Settings) -> Finding:
    from device.assembly.remarks import remarks
    from device.assembly.skills import make_sentences
    from device.assembly.stages import make_home
    from device.hearing.lexicon import Lexicon
    from device.hearing.names import hearable

    house = make_home(settings)
    sentences = make_sentences(settings)
    groups = sentences.groups(house)
    text = f"{len(house.devices)} devices from {settings.home.file}, {len(groups)} groups of sentences"
    if not house.devices:
        return warning("home", f"{text}: describe your devices in home.toml")
    heard = hearable(house.vocabulary, Lexicon(settings.hearing.lexicon))
    problems = (*heard.problems, *remarks(sentences))
    return warning("home", "; ".join((text, *problems))) if problems else ok("home", text)


def rules(settings: Settings) -> Finding:
    from device.assembly.chatting import Chat

    if settings.knowledge.rules is None:
        return ok("rules", "not wanted (no knowledge.rules)")
    faults = Chat.of(settings).faults
    text = f"read from {settings.knowledge.rules}"
    return warning("rules", "; ".join((text, *faults))) if faults else ok("rules", text)


def wake_words(settings: Settings) -> Finding:
    from device.assembly.stages import make_wake

    wake = make_wake(settings)
    noise = _noise()
    began = time.perf_counter()
    wake.detect(iter(noise))
    share = (time.perf_counter() - began) / PROBE
    text = f"{', '.join(word.name for word in wake.words)}: {100 * share:.1f} % of a core"
    if share > 0.3:
        return problem(
            "wake words", f"{text}, too slow to listen always: use fewer wake words or a faster board"
        )
    return ok("wake words", text)


def hearing(settings: Settings) -> Finding:
    from device.assembly.stages import make_hearing, make_home

    began = time.perf_counter()
    ears, reject_below = make_hearing(settings, make_home(settings))
    ready = time.perf_counter() - began
    began = time.perf_counter()
    ears.transcribe(_noise())
    share = (time.perf_counter() - began) / PROBE
    text = (
        f"ready in {ready:.1f} s, {100 * share:.0f} % of a core while you speak, acts from {reject_below:.2f}"
    )
    if share > 0.8:
        return problem("hearing", f"{text}: too slow to keep up with speech; use a faster board")
    return ok("hearing", text)


def _noise() -> list[AudioChunk]:
    """`PROBE` seconds of soft noise."""
    from device.audio.pcm import chunked

    samples = np.random.default_rng(0).normal(0, 300, round(PROBE * SAMPLE_RATE)).astype(np.int16)
    return list(chunked([samples]))
