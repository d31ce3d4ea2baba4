"""One exchange of a conversation, whoever holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from device.events import Act, Command, Confirmation, Outcome


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was said by text, and what came of it. `due`: what the agenda gave back instead, as JSON.

    `confirmation` is None where no report is expected, or was waited for yet.
    """

    text: str
    acts: tuple[Act, ...]
    outcome: Outcome
    due: Mapping[str, Any] | None = None
    confirmation: Confirmation | None = None

    @property
    def commands(self) -> tuple[Command, ...]:
        return self.outcome.commands
