"""From settings to the skills: what may be said, and what handles it; Mynah's own and the user's."""

from __future__ import annotations

from collections.abc import Iterable

from device.conversation.registry import SHIPPED, Skills
from device.settings import Settings
from device.skills import folder
from device.skills.desk import handle as desk
from device.skills.folder import OwnSkill
from device.understanding.sentences import Sentences

OF_THE_JOURNAL = ("MynahHistory", "MynahForget")
"""Intents for which nothing is listened for where no journal is kept: they cost memory."""

OF_RULES = ("MynahAddRule", "MynahRemoveRule", "MynahRules")
"""The same, where no file of rules is named."""


def make_sentences(settings: Settings) -> Sentences:
    """Raises SentencesError. What is wrong with a user's skill is logged instead."""
    return _sentences(settings, folder.read_all(settings.skills.folders, SHIPPED))


def make_skills(settings: Settings) -> tuple[Sentences, Skills]:
    """The sentences and their handlers. Raises as `make_sentences`."""
    own = folder.read_all(settings.skills.folders, SHIPPED)
    sentences = _sentences(settings, own)
    handlers = {intent: handler for skill in own for intent, handler in skill.handlers.items()}
    asked = desk.handlers(settings.desk.person)
    return sentences, Skills({**SHIPPED, **asked, **handlers}, sentences.responses)


def _sentences(settings: Settings, own: Iterable[OwnSkill]) -> Sentences:
    found = Sentences.load(settings.home.sentences)
    unheard = (
        *(() if settings.memory.journal else OF_THE_JOURNAL),
        *(() if settings.knowledge.rules else OF_RULES),
        *(() if settings.desk.person else (desk.HAND_OVER,)),
    )
    if settings.desk.person:
        found = found.naming("somebody", settings.desk.person.lower())
    found = found.unheard(unheard) if unheard else found
    return found.plus(skill.sentences for skill in own)
