"""`mynah run`: the daemon, from the microphone, or from recordings at a microphone's pace, to the broker.

SIGTERM and SIGINT end it with status 0, after `offline` is said. With status 75 it is to be started again, as
a new version that it has installed.
"""

from __future__ import annotations

import argparse
import logging
from functools import partial
from pathlib import Path

from device.assembly.daemon import MakeFollower, duties, make_publisher, open_channels
from device.assembly.desk import open_desk
from device.assembly.documents import follow_papers
from device.assembly.sound import make_sound
from device.assembly.stages import (
    facts_of,
    journal,
    make_assistant,
    make_follower,
    make_home,
    make_memory,
    rules_of,
)
from device.assembly.voices import make_mouth, make_volume
from device.assembly.watch import open_watch
from device.assistant import Assistant
from device.audio.volume import AtVolume
from device.channels.home import House
from device.channels.homeassistant import software
from device.channels.own import Topics
from device.channels.terminal import Terminal
from device.commands import options as common
from device.daemon.confirming import Confirming
from device.daemon.daemon import Daemon
from device.daemon.duties import Counting
from device.errors import MynahError
from device.mqtt.client import Publisher
from device.settings import Settings
from device.system.allocated import settle
from device.system.ending import Ending
from device.system.problems import SETTINGS_PAGE, ProblemFile, Problems, kept, problem_file
from device.system.service import Service
from device.update import offer
from device.update.offer import NoUpdates, Updates
from device.update.trial import Trial

log = logging.getLogger(__name__)

AWAIT_BROKER = 5.0
"""Seconds that recordings wait for the broker before they begin. A speaker is never made to wait."""


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
    ending = Ending()
    notes = ProblemFile(problem_file())
    try:
        return listen(options, common.load(options), notes, ending)
    except MynahError as error:
        notes.add(str(error))
        raise


def listen(options: argparse.Namespace, settings: Settings, notes: ProblemFile, ending: Ending) -> int:
    """The whole daemon, as `settings` want it; `notes` keeps what is wrong."""
    home = make_home(settings)
    with journal(settings, home) as kept:
        rules, faults = rules_of(settings)
        for fault in faults:
            log.warning(fault)
        assistant = make_assistant(settings, home, make_memory(home, kept, facts_of(settings), rules))
        following = partial(make_follower, settings, home, assistant)
        return serve(options, settings, assistant, home, following, notes, ending)


def serve(
    options: argparse.Namespace,
    settings: Settings,
    assistant: Assistant,
    house: House,
    make_follower: MakeFollower,
    notes: ProblemFile,
    ending: Ending,
) -> int:
    """Run `assistant` between the audio and the broker until the audio ends, or a signal comes."""
    inputs = options.input or ()
    problems = Problems()
    problems.connect(notes.tell)
    for number, line in enumerate(kept(SETTINGS_PAGE)):
        problems.say(f"settings page {number}", line)
    trial = Trial(problems)
    service = Service(settled=trial.passed)
    publisher = make_publisher(settings, problems)
    updates = updates_of(settings, options.config, trial, publisher, problems)
    volume = make_volume(settings.voice)
    channels = open_channels(settings, assistant, house, publisher, problems, updates, volume, make_follower)
    channels.append(Terminal(partial(common.emit, options)))
    sound = make_sound(settings, inputs, partial(problems.say, "microphone"))
    with (
        sound.microphone as audio,
        sound.speaker as speaker,
        make_mouth(settings, speaker, volume) as mouth,
        publisher,
        updates,
        open_desk(settings, publisher, problems) as desk,
        open_watch(settings, assistant.conversation, publisher, problems) as watch,
    ):
        trial.begin()
        words = " and ".join(folder.name for folder in settings.wake.bundles)
        log.info("%s listens for %s", settings.device_id, words)
        if inputs and "-" not in inputs:
            publisher.wait_connected(AWAIT_BROKER)
        assistant.controls.speaking = lambda: mouth.speaking
        assistant.controls.deaf = sound.deaf
        daemon = Daemon(
            assistant,
            publisher.messages,
            Confirming(publisher, house.state),
            (*channels, *desk, *watch),
            (
                *duties(
                    *(settings, assistant, mouth, AtVolume(speaker, volume.alarm)),
                    *(volume, service, publisher.send),
                ),
                Counting(trial.turned),
            ),
            ends=lambda: updates.restart or trial.restart,
            pause=ending.pause,
        )
        settle()
        for papers in follow_papers(settings, problems):
            papers.begin()
        try:
            daemon.run(ending.items(audio))
        finally:
            service.ending()
            log.info("ending")
    return offer.RESTART if updates.restart or trial.restart else 0


def updates_of(
    settings: Settings, config: Path | None, trial: Trial, publisher: Publisher, problems: Problems
) -> NoUpdates:
    """What looks for new versions: nothing, unless the user names a source."""
    if not settings.update.source:
        return NoUpdates()
    if not trial.launched:  # what it installed would never begin
        problems.say(
            "update", "update.source is set, but this is not started by python -P -m device.update.launch run"
        )
        return NoUpdates()
    topic = Topics(settings.device_id)["update"]
    return Updates(
        offer.command(config),
        settings.update.every * 3600,
        software(),
        lambda text: publisher.retain(topic, text),
        problems,
    )
