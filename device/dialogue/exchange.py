"""One exchange of a conversation, whoever holds it."""

from __future__ import annotations

from dataclasses import dataclass

from device.events import Act, Command, Confirmation, Due, Outcome


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was said by text, and what came of it; or, without a text, what came of something that was `due`.

    `confirmation` is None where no report is expected, or was waited for yet.
    """

    text: str | None
    acts: tuple[Act, ...]
    outcome: Outcome
    due: Due | None = None
    confirmation: Confirmation | None = None

    @property
    def commands(self) -> tuple[Command, ...]:
        return self.outcome.commands
