"""The skills, and which of them handles an intent."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from device.events import Intent, Outcome, Reply, refused
from device.skills.announcements import handle as announcements
from device.skills.clock import handle as clock
from device.skills.help import handle as help_
from device.skills.home import handle as home
from device.skills.lists import handle as lists
from device.skills.skill import Handlers, World
from device.skills.smalltalk import handle as smalltalk
from device.speaking.rendering import TemplateFailed, render

log = logging.getLogger(__name__)

SHIPPED: Handlers = {
    **home.HANDLERS,
    **clock.HANDLERS,
    **lists.HANDLERS,
    **announcements.HANDLERS,
    **help_.HANDLERS,
    **smalltalk.HANDLERS,
}
FAILED = "Sorry, something went wrong with that"


@dataclass(frozen=True, slots=True)
class Skills:
    """`handlers` by intent; `responses`: templates of replies that sentence files bring, by intent and key."""

    handlers: Handlers = field(default_factory=lambda: SHIPPED)
    responses: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def handle(self, intent: Intent, world: World) -> Outcome:
        """What comes of `intent`. A handler that raises, and a template that fails, are logged in a line."""
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
        except TemplateFailed as error:
            log.warning("the response %s of %s is not used: %s", intent.response, intent.name, error)
            return None
