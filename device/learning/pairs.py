"""The journal's turns → what was said and failed, and what was meant by it. Pure.

A sentence has failed where Mynah understood nothing, or where what it made of it was denied, corrected or
taken back. What was meant is what the user said otherwise within half a minute, or the correction itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from device.memory.journal.entries import Turned
from device.speaking.wording import to_do
from device.understanding.numbers import spoken

WITHIN = 30.0
"""Seconds from a failure to the sentence that says it otherwise."""
CORRECTING = frozenset({"correct", "also"})
"""Acts that say by themselves what was meant."""
UNKNOWN = CORRECTING | {"notrecognized"}
"""Acts of which nothing was understood, where nothing came of them: "make it cosy" may be a correction."""


@dataclass(frozen=True, slots=True)
class Pair:
    """`said` failed `at` that time, and `intent` with `slots` was meant. `means`: that as a whole sentence of
    Mynah's own. `wrong`: Mynah made something else of it, and did not only fail to understand."""

    said: str
    means: str
    intent: str
    slots: Mapping[str, Any]
    at: float
    wrong: bool = False


def pairs(turns: Iterable[Turned]) -> Iterator[Pair]:
    """Of `turns` in their order, as the journal has them."""
    heard = [turn for turn in turns if turn.text]
    wrong = {turn.wrong for turn in heard if turn.wrong}
    failed: list[Turned] = []
    before: Turned | None = None
    for turn in heard:
        failed = [one for one in failed if 0 <= turn.at - one.at <= WITHIN]
        if turn.id in wrong or _is_unknown(turn):
            failed.append(turn)
        elif before is not None and before not in failed and _denies(turn, before):
            failed.append(before)
        elif (meant := _corrected(turn)) is not None:
            yield from (_pair(one, meant, spoken(to_do(_last_sentence(turn.reply)))) for one in failed[-1:])
            failed.clear()
        elif (done := _done(turn, before)) is not None:
            meant, means = done
            yield from (_pair(one, meant, means) for one in failed if spoken(one.text or "") != means)
            failed.clear()
        before = turn


def _pair(failed: Turned, meant: Mapping[str, Any], means: str) -> Pair:
    known = failed.intent is not None
    return Pair(spoken(failed.text or ""), means, meant["name"], meant["slots"], failed.at, known)


def _last_sentence(text: str) -> str:
    return text.rstrip(".").rpartition(". ")[2]


def _acts(turn: Turned) -> Sequence[str]:
    return tuple(turn.body.get("acts", ()))


def _is_unknown(turn: Turned) -> bool:
    """Whether nothing was understood, of what was neither a question nor an answer to one."""
    missed = turn.intent is None and UNKNOWN.issuperset(_acts(turn))
    asks = (turn.text or "").rstrip().endswith("?")
    return missed and not asks and not turn.fine and not turn.body.get("answers")


def _denies(turn: Turned, before: Turned) -> bool:
    """Whether `turn` says no to what Mynah made of the words of `before`."""
    return _acts(turn) == ("deny",) and bool(before.body.get("inferred")) and _answers(turn, before)


def _answers(turn: Turned, before: Turned) -> bool:
    return turn.body.get("answers") == before.body.get("asked")


def _corrected(turn: Turned) -> Mapping[str, Any] | None:
    """What a correction has led to."""
    meant: Mapping[str, Any] | None = turn.body.get("meant")
    return meant if turn.fine and turn.acted and CORRECTING.intersection(_acts(turn)) else None


def _done(turn: Turned, before: Turned | None) -> tuple[Mapping[str, Any], str] | None:
    """The one request that was done, in this turn or confirmed by it, and its sentence in Mynah's words."""
    if not turn.acted or turn.corrects:
        return None
    if before is not None and _acts(turn) == ("affirm",) and _answers(turn, before):
        turn = before
    intents = turn.body.get("intents", ())
    if _acts(turn) != ("request",) or len(intents) != 1:
        return None
    return intents[0], spoken(str(turn.body.get("inferred") or turn.text))
