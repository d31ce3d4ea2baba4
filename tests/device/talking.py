"""What comes of an intent, for tests of what lies behind it."""

from __future__ import annotations

from device.conversation.conversation import Conversation
from device.events import Intent, NotRecognized, Outcome, Request
from device.home.model import Home


def outcome_of(home: Home | Conversation, meaning: Intent | NotRecognized) -> Outcome:
    """In a new conversation with `home`, or in one that goes on."""
    conversation = home if isinstance(home, Conversation) else Conversation(home)
    return conversation.respond([Request(meaning) if isinstance(meaning, Intent) else meaning])
