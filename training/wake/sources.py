"""Where each kind of a wake word's training rows comes from."""

from __future__ import annotations

from dataclasses import dataclass

from training.wake.corpus import Source
from training.wake.people import Crowd


@dataclass(frozen=True, slots=True)
class Sources:
    """`words`: the phrases. Of each kind, sources of features."""

    words: tuple[str, ...]
    phrases: tuple[Source, ...]  # one for each, by synthetic voices
    crowd: Crowd | None  # who says them as well, out of pieces
    recorded: tuple[Source | None, ...]  # of each by people, where there are such recordings
    near: tuple[Source, ...]
    speech: tuple[Source, ...]
    followers: tuple[Source, ...]  # commands, which follow the phrase
    noise: tuple[Source, ...]
