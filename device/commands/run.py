"""`mynah run`: the daemon, from the microphone, or from recordings at a microphone's pace, to the broker.

SIGTERM and SIGINT end it with status 0, after `offline` is said. With status 75 it is to be started again, as
a new version that it has installed.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import FrameType
from typing import TYPE_CHECKING, Protocol

import numpy as np

from device.audio.pacing import paced
from device.audio.pcm import chunked, read_raw
from device.audio.speaker import SilentSpeaker, open_speaker
from device.channels.hermes import TOPICS, Hermes
from device.channels.report import turn_json, turn_text
from device.commands import options as common
from device.daemon.daemon import ASKED, Company, Daemon, Observer
from device.daemon.review import Forgetful, Recorder, Store
from device.discovery.following import Follow, Follower
from device.errors import MynahError
from device.events import SAMPLE_RATE, AudioChunk, Command, Samples, Turn
from device.hearing.thresholds import Thresholds
from device.settings import Settings
from device.system.places import state_folder
from device.system.problems import SETTINGS_PAGE, ProblemFile, Problems, kept, problem_file
from device.system.service import Service
from device.update import offer
from device.update.offer import Updates
from device.update.trial import Trial

if TYPE_CHECKING:
    from device.assistant import Assistant
    from device.mqtt.client import Publisher

Audio = Iterable[AudioChunk]

log = logging.getLogger(__name__)

AFTER_RECORDING = 1.0
"""Seconds of silence after each recording given as input, so that its last utterance ends."""

AWAIT_BROKER = 5.0
"""Seconds that recordings wait for the broker before they begin. A speaker is never made to wait."""


class HomeInTouch(Observer, Protocol):
    """`device.home.model.Home`, as far as the broker is concerned."""

    def topics(self) -> Iterable[str]: ...

    def queries(self) -> Iterable[Command]: ...


def arguments(parser: argparse.ArgumentParser) -> None:
    common.understanding(parser)
    common.output(parser)
    parser.add_argument(
        "--input",
        nargs="+",
        metavar="FILE",
        help="instead of the microphone: recordings, one after the other; - is raw PCM on standard input"
        " (signed 16-bit little-endian, 16 kHz, mono); played in real time, then it ends",
    )


def main(options: argparse.Namespace) -> int:
    end_on_signals()
    notes = ProblemFile(problem_file())
    try:
        return listen(options, common.load(options), notes)
    except MynahError as error:
        notes.add(str(error))
        raise


def listen(options: argparse.Namespace, settings: Settings, notes: ProblemFile | None = None) -> int:
    """The whole daemon, as `settings` want it; `notes` keeps what is wrong."""
    from device.assembly.stages import make_assistant, make_follower, make_home

    home = make_home(settings)
    assistant = make_assistant(settings, home)

    def following(follow: Follow) -> Follower | None:
        return make_follower(settings, home, assistant, follow)

    return serve(options, settings, home, assistant, following, notes)


def serve(
    options: argparse.Namespace,
    settings: Settings,
    home: HomeInTouch,
    assistant: Assistant,
    following: Callable[[Follow], Follower | None] = lambda _: None,
    notes: ProblemFile | None = None,
) -> int:
    """Run `assistant` between the audio and the broker until the audio ends, or a signal comes.

    `following`: makes what keeps it at what is announced, from what subscribes for it.
    """
    from device.channels.homeassistant import STATUS, announcement, config_topic
    from device.mqtt.client import HOME, Publisher

    def report(turn: Turn, dropped: Sequence[Command]) -> None:
        common.emit(options, turn_json(turn, dropped), turn_text(turn, dropped))

    def say(text: str) -> None:
        common.emit(options, {"say": text}, f"  says    {text}")

    problems = Problems()
    trial = Trial(problems)
    service = Service(settled=trial.passed)
    for number, line in enumerate(kept(SETTINGS_PAGE)):
        problems.say(f"settings page {number}", line)
    thresholds = Thresholds(getattr(assistant.wake, "words", ()), state_folder() / "thresholds.json")
    with (
        microphone(settings, options.input, problems) as audio,
        loudspeaker(settings, options.input) as speaker,
        Publisher(
            settings.mqtt,
            settings.device_id,
            home.topics(),
            ASKED,
            queries=home.queries(),
            report=lambda text: problems.say("broker", text),
        ) as publisher,
    ):
        updates = updates_of(options, settings, trial, publisher, problems)
        if settings.mqtt.homeassistant:
            room = getattr(home, "here", None)
            content = announcement(publisher.topics, room, thresholds.names, updates is not None)
            publisher.keep(config_topic(settings.device_id), json.dumps(content, ensure_ascii=False))
            publisher.follow("homeassistant", [STATUS])
        problems.connect(lambda lines: publisher.retain("problem", problems_json(lines)))
        if notes is not None:
            problems.connect(notes.tell)
        trial.begin()
        speaks = hermes_of(settings, assistant)
        if speaks is not None:
            publisher.follow("hermes", TOPICS)
        follower = following(lambda topics, queries: publisher.follow(HOME, topics, queries))
        if follower is not None:
            publisher.follow("announcements", follower.topics)
        words = " and ".join(folder.name for folder in settings.wake.bundles)
        log.info("%s listens for %s", settings.device_id, words)
        if options.input and "-" not in options.input:
            publisher.wait_connected(AWAIT_BROKER)
        gc.freeze()  # what is loaded by now stays: no collection need look at it again
        try:
            company = Company(reviewer(settings, assistant), follower, speaks, thresholds, service, updates)
            with updates or nullcontext():
                Daemon(assistant, home, publisher, speaker, report, say, company).run(audio)
        finally:
            service.ending()
            log.info("ending")
    return offer.RESTART if updates is not None and updates.restart else 0


def updates_of(
    options: argparse.Namespace, settings: Settings, trial: Trial, publisher: Publisher, problems: Problems
) -> Updates | None:
    """Who looks for new versions: nobody, unless the user names a source."""
    from device.channels.homeassistant import software

    if not settings.update.source:
        return None
    if not trial.launched:  # what it installed would never begin
        problems.say(
            "update", "update.source is set, but this is not started by python -P -m device.update.launch run"
        )
        return None
    return Updates(
        offer.command(options.config),
        settings.update.every * 3600,
        software(),
        lambda text: publisher.retain("update", text),
        problems,
    )


def problems_json(lines: Sequence[str]) -> str:
    return json.dumps({"problems": lines}, ensure_ascii=False)


def hermes_of(settings: Settings, assistant: Assistant) -> Hermes | None:
    """Who speaks with Rhasspy and Snips: nobody, unless the user wants it."""
    if not settings.mqtt.hermes:
        return None
    return Hermes(settings.device_id, lambda heard: assistant.understanding.understand(heard, 0.0))


def reviewer(settings: Settings, assistant: Assistant) -> Forgetful:
    """Who keeps what the wake word may have got wrong: nobody, unless the user wants it."""
    if not settings.review.keep:
        return Forgetful()
    store = Store(settings.review.folder, settings.review.most)
    return Recorder(store, lambda: getattr(assistant.wake, "near_miss", None))


def loudspeaker(settings: Settings, inputs: Sequence[str] | None) -> SilentSpeaker:
    """The loudspeaker; a silent one where recordings are the input or the settings say so."""
    if inputs or not settings.audio.sounds:
        return SilentSpeaker()
    return open_speaker(settings.audio.speaker)


def microphone(
    settings: Settings, inputs: Sequence[str] | None, problems: Problems | None = None
) -> AbstractContextManager[Iterable[AudioChunk]]:
    """The microphone, waited for where there is none yet; or the recordings, at its pace."""
    if inputs:
        return nullcontext(paced(chunked(recordings(inputs))))
    from device.audio.microphone import Microphone

    def report(problem: str) -> None:
        if problems is not None:
            problems.say("microphone", problem)

    return Microphone(settings.audio.microphone, wait=True, report=report)


def recordings(inputs: Iterable[str]) -> Iterator[Samples]:
    """The samples of the files one after the other, a silence behind each; `-` is standard input."""
    from device.audio import wav

    for name in inputs:
        if name == "-":
            yield from (chunk.samples for chunk in read_raw(sys.stdin.buffer))
        else:
            yield wav.read(name)
            yield np.zeros(round(AFTER_RECORDING * SAMPLE_RATE), np.int16)


def end_on_signals() -> None:
    """SIGTERM and SIGINT end the program in good order, once."""

    def end(number: int, frame: FrameType | None) -> None:
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_IGN)
        sys.exit(0)

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)
