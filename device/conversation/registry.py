"""The skills, and which of them handles an intent."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from device.appliances.rendering import TemplateError
from device.events import Intent, Outcome, Reply, refused
from device.skills.alarms import handle as alarms
from device.skills.announcements import handle as announcements
from device.skills.clock import handle as clock
from device.skills.delayed import handle as delayed
from device.skills.desk import handle as desk
from device.skills.documents import handle as documents
from device.skills.facts import handle as facts
from device.skills.habits import handle as habits
from device.skills.help import handle as help_
from device.skills.history import handle as history
from device.skills.home import handle as home
from device.skills.learning import handle as learning
from device.skills.lists import handle as lists
from device.skills.reminders import handle as reminders
from device.skills.rules import handle as rules
from device.skills.skill import Handlers, World
from device.skills.smalltalk import handle as smalltalk
from device.skills.timers import handle as timers
from device.skills.voice import handle as voice
from device.speaking.rendering import render
from device.understanding.times import timed

log = logging.getLogger(__name__)

OF_TIME: Handlers = {
    **timers.HANDLERS,
    **alarms.HANDLERS,
    **reminders.HANDLERS,
    **delayed.HANDLERS,
    **desk.HANDLERS,
    **history.HANDLERS,
    **rules.HANDLERS,
}
"""Those that know what a time means to them; all others are planned."""
SHIPPED: Handlers = {
    **home.HANDLERS,
    **clock.HANDLERS,
    **lists.HANDLERS,
    **facts.HANDLERS,
    **learning.HANDLERS,
    **announcements.HANDLERS,
    **help_.HANDLERS,
    **documents.HANDLERS,
    **habits.HANDLERS,
    **smalltalk.HANDLERS,
    **voice.HANDLERS,
    **OF_TIME,
}
FAILED = "Sorry, something went wrong with that"


@dataclass(frozen=True, slots=True)
class Skills:
    """`handlers` by intent; `responses`: templates of replies in sentence files, by intent and key."""

    handlers: Handlers = field(default_factory=lambda: SHIPPED)
    responses: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def handle(self, intent: Intent, world: World) -> Outcome:
        """What comes of `intent`, now or at the time in its slots. A handler that raises, and a template that
        fails, are logged in a line."""
        if not home.has_target(intent):
            return refused("Sorry, I do not know what you mean by that")
        if timed(intent.slots) and intent.name not in OF_TIME:
            return delayed.plan(intent, world, self.handle)
        handler = self.handlers.get(intent.name)
        response = self._response(intent)
        if handler is None:
            unknown = refused(f"Nothing in this home knows what to do for {intent.name}")
            return Outcome(reply=response) if response else unknown
        try:
            outcome = handler(intent, world)
        except Exception as error:
            log.error("what handles %s failed: %s: %s", intent.name, type(error).__name__, error)
            log.debug("in detail:", exc_info=True)
            return refused(FAILED)
        answered = outcome.fine and outcome.question is None
        return replace(outcome, reply=response) if response and answered else outcome

    def _response(self, intent: Intent) -> Reply | None:
        template = self.responses.get(intent.name, {}).get(intent.response)
        if template is None:
            return None
        try:
            return Reply(render(template, intent.slots))
        except TemplateError as error:
            log.warning("the response %s of %s is not used: %s", intent.response, intent.name, error)
            return None
