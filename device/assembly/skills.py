"""From settings to the skills: what may be said, and what handles it; Mynah's own and the user's."""

from __future__ import annotations

from device.conversation.registry import SHIPPED, Skills
from device.settings import Settings
from device.skills import folder
from device.understanding.sentences import Sentences


def make_sentences(settings: Settings) -> Sentences:
    """Raises SentencesError. What is wrong with a user's skill is logged instead."""
    own = folder.read_all(settings.skills.folders, SHIPPED)
    return Sentences.load(settings.home.sentences).plus(skill.sentences for skill in own)


def make_skills(settings: Settings) -> tuple[Sentences, Skills]:
    """The sentences and their handlers. Raises as `make_sentences`."""
    own = folder.read_all(settings.skills.folders, SHIPPED)
    sentences = Sentences.load(settings.home.sentences).plus(skill.sentences for skill in own)
    handlers = {intent: handler for skill in own for intent, handler in skill.handlers.items()}
    return sentences, Skills({**SHIPPED, **handlers}, sentences.responses)
