"""What the journal knows of a condition: whether a thing became so in the time that is meant."""

from __future__ import annotations

import logging
from datetime import datetime, time

from device.errors import JournalError
from device.knowledge.rules.conditions import Is, Was
from device.knowledge.rules.watching import Remembers
from device.memory.journal.journal import Journal
from device.memory.journal.past import Past

log = logging.getLogger(__name__)


def past_of(journal: Journal) -> Remembers:
    """Asks `journal`; what it cannot read is not known."""

    def was(thing: str, test: Was, now: datetime) -> bool | None:
        midnight = datetime.combine(now.date(), time(), now.tzinfo).timestamp()
        since = midnight if test.seconds is None else now.timestamp() - test.seconds
        try:
            with journal.past() as past:
                begins = past.begins()
                if begins is None or begins > since:
                    return None if test.never else _became(past, thing, test, since)
                return _became(past, thing, test, since) != test.never
        except JournalError as error:
            log.error(error)
            return None

    return was


def _became(past: Past, thing: str, test: Was, since: float) -> bool:
    changes = (past.last_to(thing, key, value) for key, value in Is(test.wanted).states)
    return any(one is not None and one.at >= since and not one.found for one in changes)
