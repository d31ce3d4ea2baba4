"""Mynah among the services of Rhasspy and Snips, which speak Hermes over MQTT.

A wake word begins a session, in which follow what was heard and what was meant; it goes on while a question
is open. Others may ask for an intent, a text, a session, or another turn of the last session.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from device.assistant import Listening
from device.channels.asks import Ask, Listen, Play, Pose, Say
from device.channels.channel import Channel, Outlet, late
from device.channels.hermes_messages import CONTINUE, END, QUERY, SAY, START, Post
from device.channels.hermes_site import Site
from device.channels.steps import Aborted, Asked, Due, Ended, Muted, Said, Step, Told
from device.events import SAMPLE_RATE, AudioChunk, Turn
from device.mqtt.connection import Message

TOPICS = (QUERY, SAY, START, CONTINUE, END)
"""Where others ask for something."""


class Hermes(Channel):
    """Follows the voice loop as the satellite `site`."""

    def __init__(self, site: Site, outlet: Outlet) -> None:
        self._site, self._outlet = site, outlet
        self.topics = (*TOPICS, site.sounds)
        self._muted = False
        self._ends: dict[str, tuple[Post, ...]] = {}  # what is posted when something is over, by its token

    def receive(self, message: Message) -> Iterable[Ask]:
        if not self._is_ours(message.topic) or message.retained or late(message):
            return
        asked = self._site.receive(message.topic, message.payload)
        self._post(asked.answers)
        if message.asker is not None:
            for _, content in asked.answers:
                self._outlet.answer(message.asker, content)
        if asked.listen and self._muted:
            self._post(self._site.aborted())
            return
        if asked.relay:
            yield Pose(asked.say)
            return
        if asked.listen:
            yield Listen(first=asked.say)
        elif asked.play:
            yield Play(asked.play, self._token(asked.ended))
        elif asked.say:
            yield Say(asked.say, self._token(asked.ended))

    def _is_ours(self, topic: str) -> bool:
        return topic in TOPICS or topic.rpartition("/")[0] == self._site.sounds.removesuffix("/+")

    def _token(self, posts: tuple[Post, ...]) -> str:
        """One for what is to be said or played, after which `posts` are posted."""
        if not posts:
            return ""
        token = uuid4().hex
        self._ends[token] = posts
        return token

    def take(self, step: Step) -> None:
        match step:
            case Listening(detection):
                self._post(self._site.begun(detection))
            case Asked(question):
                self._post(self._site.asked(question.text))
            case Turn():
                self._post(self._site.heard(step))
            case Told(turn):
                self._post(self._site.told(turn))
            case Said(text, True):
                self._post(self._site.said(text))
            case Due(exchange):
                self._post(self._site.said(exchange.outcome.reply.text))
            case Aborted():
                self._post(self._site.aborted())
            case Ended(token):
                self._post(self._ends.pop(token, ()))
            case Muted(on):
                self._muted = on

    def hear(self, chunk: AudioChunk) -> None:
        self._post(self._site.passed(chunk.end / SAMPLE_RATE))

    def _post(self, posts: Iterable[Post]) -> None:
        for topic, content in posts:
            self._outlet.post(topic, content)
