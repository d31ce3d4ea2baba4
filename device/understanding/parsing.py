"""A sentence of several parts, cut where each part means something: "… and …", "… except …". Pure.

A part is a whole sentence, or one that follows another ("and the kitchen", "for half an hour"). Whole
sentences are joined by "and" or "then"; what follows needs no joint, and may also come before a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cache, lru_cache
from itertools import pairwise

from device.events import Intent

JOINTS = (("and", "then"), ("then",), ("and",), ("and", "also"))
"""Words between two sentences."""
MOST = 40
"""Words of a sentence that is looked at in parts: nobody says more in one breath."""

Match = Callable[[str, bool], Intent | None]
"""The meaning of a text as a whole sentence, or (True) as one that follows."""

Parts = tuple[Intent | str, ...]
"""Intents; a text where nothing is known."""


def parts(text: str, match: Match, openers: Collection[str], starters: Collection[str]) -> Parts:
    """The fewest parts that `text` is made of; those that mean nothing are text.

    `openers`: the words with which sentences that follow may begin; `starters`: those of whole sentences.
    """
    words, match = tuple(text.split()), lru_cache(maxsize=None)(match)
    whole = match(" ".join(words), False)
    if whole is not None or len(words) > MOST:
        return (whole or text,)
    return _Parser(words, match, openers, starters).parts()


class _Parser:
    def __init__(
        self, words: Sequence[str], match: Match, openers: Collection[str], starters: Collection[str]
    ) -> None:
        self.words, self.match = words, match
        starts = {at for at, word in enumerate(words) if word in openers}
        joints = {at for at in range(len(words)) if self.joint(at)}
        self.ends = sorted({*starts, *joints, len(words)})
        leads = bool(words) and words[0] in openers  # a whole sentence after it may begin with any name
        whole = {at for at, word in enumerate(words) if leads or word in starters}
        self.ends_ahead = sorted({*self.ends, *whole})
        """Where what follows may end that comes first."""

    def joint(self, at: int) -> int:
        """How many words at `at` join two sentences."""
        return max((len(one) for one in JOINTS if tuple(self.words[at : at + len(one)]) == one), default=0)

    def parts(self) -> Parts:
        known = self.known(0, False)
        return known if known is not None else self.mixed()

    @cache  # noqa: B019  # a parser lives as long as its sentence
    def known(self, at: int, after: bool) -> Parts | None:
        """The fewest parts from the word `at` on that all mean something; `after`: a part ends there."""
        if at == len(self.words):
            return () if after else None
        best: Parts | None = None
        for end in self.ends if after else self.ends_ahead:
            if end <= at:
                continue
            for begin, follows in self.beginnings(at, after):
                if begin >= end or not (follows or end in self.ends):
                    continue
                intent = self.match(" ".join(self.words[begin:end]), follows)
                if intent is None:
                    continue
                rest = self.known(end, True) if end < len(self.words) else ()
                if rest is None and follows and not after:
                    rest = self.known(end, False)  # what follows may come first
                if rest is not None and (best is None or 1 + len(rest) < len(best)):
                    best = (intent, *rest)
        return best

    def beginnings(self, at: int, after: bool) -> Sequence[tuple[int, bool]]:
        """Where a part may begin at `at`, and whether as one that follows."""
        joint = self.joint(at)
        if not after:
            here = ((at, False), (at, True))
            return (*here, (at + joint, False), (at + joint, True)) if joint else here
        return ((at + joint, False), (at + joint, True), (at, True)) if joint else ((at, True),)

    def mixed(self) -> Parts:
        """Between the joints: what is known, and the text of what is not."""
        cuts = [0, *(at for at in range(1, len(self.words)) if self.joint(at)), len(self.words)]
        found: list[Intent | str] = []
        for begin, end in pairwise(cuts):
            begin += self.joint(begin) if begin else 0
            part = " ".join(self.words[begin:end])
            if part:
                found.append(self.match(part, False) or part)
        return tuple(found) if any(isinstance(one, Intent) for one in found) else (" ".join(self.words),)
