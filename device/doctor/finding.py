"""What a check of the doctor finds."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Health(enum.Enum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` says how it is and, where it is not well, what to do."""

    check: str
    health: Health
    text: str


def ok(check: str, text: str) -> Finding:
    return Finding(check, Health.OK, text)


def warning(check: str, text: str) -> Finding:
    return Finding(check, Health.WARNING, text)


def problem(check: str, text: str) -> Finding:
    return Finding(check, Health.PROBLEM, text)
