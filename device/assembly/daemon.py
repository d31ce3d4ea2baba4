"""From settings to what goes along with the voice loop: its connection, its channels and its duties."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Protocol

from device.assembly.desk import components
from device.assistant import Assistant
from device.audio.output import Output
from device.audio.volume import Volume
from device.channels.channel import Channel, Duty
from device.channels.hermes import Hermes
from device.channels.hermes_messages import PLAY
from device.channels.hermes_site import Site
from device.channels.home import Following, House, States
from device.channels.homeassistant import HomeAssistant, announcement
from device.channels.intercom import Intercom
from device.channels.journalling import Journalling
from device.channels.own import Own, Topics
from device.channels.report import lasting_timers_json
from device.conversation.conversation import Conversation
from device.daemon.ducking import Ducking
from device.daemon.duties import Alive, Ring, VoiceVolume, Whispering
from device.daemon.review import Recorder, Store
from device.daemon.speech import Mouth, Speech
from device.daemon.studying import Studying
from device.discovery.following import Follow, Follower
from device.discovery.zigbee2mqtt import LARGEST
from device.events import Command, Transcript, meaning
from device.hearing.thresholds import Thresholds
from device.learning.offering import Offers
from device.learning.study import Study, forgetting, study
from device.mqtt.client import Publisher
from device.settings import Settings
from device.system.places import state_folder
from device.system.problems import Problems
from device.system.service import Service

HOME = "home"
"""What the appliances' own topics are followed as."""

LARGEST_SOUND = 1 << 21
"""Bytes of a recording that is sent to be played: a minute as WAV."""

MakeFollower = Callable[[Follow], Follower | None]
"""Makes what keeps the home at what is announced, if anything does, from what subscribes for it."""


class Updates(Protocol):
    """`device.update.offer.NoUpdates`."""

    @property
    def offered(self) -> bool: ...
    def install(self) -> None: ...


def make_publisher(settings: Settings, problems: Problems) -> Publisher:
    return Publisher(
        settings.mqtt,
        settings.device_id,
        availability=Topics(settings.device_id)["availability"],
        report=lambda problem: problems.say("broker", problem),
        largest={**LARGEST, f"/{PLAY}/": LARGEST_SOUND},
    )


def open_channels(
    settings: Settings,
    assistant: Assistant,
    house: House,
    publisher: Publisher,
    problems: Problems,
    updates: Updates,
    volume: Volume,
    make_follower: MakeFollower,
) -> list[Channel]:
    """The channels that the settings want, subscribed to all that they listen to."""
    topics = Topics(settings.device_id)
    thresholds = Thresholds(getattr(assistant.wake, "words", ()), state_folder() / "thresholds.json")
    channels: list[Channel] = []
    if settings.mqtt.homeassistant:
        content = announcement(topics, house.here, thresholds.names, updates.offered)
        content["components"] |= components(settings)
        channels.append(HomeAssistant(settings.device_id, content, publisher))
    told = partial(timers, assistant)
    channels.append(Own(topics, publisher, thresholds, volume, problems, updates.install, told))
    channels.append(Intercom(topics, publisher, lambda: house.here))
    if settings.mqtt.hermes:
        understanding = assistant.understanding
        site = Site(
            settings.device_id,
            lambda heard: meaning(understanding.acts(heard, None, 0.0)),
            speaks=bool(settings.voice.voice),
        )
        channels.append(Hermes(site, publisher))
    channels.append(States(house))
    if follower := make_follower(lambda those, queries: publisher.follow(HOME, those, queries)):
        channels.append(Following(follower, lambda: publisher.connections))
    for channel in channels:
        publisher.follow(type(channel).__name__, channel.topics, qos=channel.qos)
    publisher.follow(HOME, house.topics(), house.queries())
    return channels


def studying(talk: Conversation, assistant: Assistant) -> Studying:
    """What finds out what `talk` may offer to learn."""
    journal, home = talk.memory.journal, talk.home
    assert journal is not None
    talk.offers = Offers(home, lambda text: assistant.understanding.acts(Transcript(text, 1.0), None, 0.0))

    def look() -> Study:
        with journal.past() as past:
            return study(past, home.vocabulary, talk.memory.learnt, time.time())

    def found(result: Study) -> None:
        assert talk.offers is not None
        talk.memory.apply(forgetting(result))
        talk.offers.take(result.proposals)

    return Studying(look, found, talk.prepare)


def timers(assistant: Assistant) -> str:
    """What is due when, as it is retained on the broker."""
    told = lasting_timers_json(assistant.conversation.agenda, datetime.now())
    return json.dumps(told, ensure_ascii=False)


def duties(
    settings: Settings,
    assistant: Assistant,
    mouth: Mouth,
    ringer: Output,
    volume: Volume,
    service: Service,
    send: Callable[[Iterable[Command]], object] = lambda commands: None,
) -> Iterator[Duty]:
    """The duties that the settings want. `ringer`: where timers and alarms ring. `send`: sends commands."""
    yield VoiceVolume(volume)
    if settings.audio.whispers:
        yield Whispering(volume)
    if settings.audio.sounds:
        yield Ring(ringer, lambda: assistant.conversation.rings, lambda: mouth.speaking)
    yield Speech(mouth, settings.voice.replies, settings.audio.sounds)
    yield Alive(service)
    talk = assistant.conversation
    if settings.audio.duck and isinstance(talk, Conversation):
        yield Ducking(talk.home, send, lambda: mouth.speaking)
    if isinstance(talk, Conversation) and talk.memory.journal is not None:
        yield Journalling(talk.memory.journal, lambda: talk.meant)
        if settings.memory.learn:
            yield studying(talk, assistant)
    if settings.review.keep:
        store = Store(settings.review.folder, settings.review.most)
        yield Recorder(store, lambda: getattr(assistant.wake, "near_miss", None))
