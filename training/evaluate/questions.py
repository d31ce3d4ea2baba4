"""`mynah-train evaluate questions`: typed questions about the state of made-up homes, by what is replied.

An answer is right where nothing is sent, and the reply has one of the expected texts in it, as words of their
own: "locked" is not in "unlocked".
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence

from device.errors import MynahError
from device.events import Outcome
from training.evaluate import assist, assist_states
from training.evaluate.assist import Judgement, Verdict
from training.evaluate.assist_requests import ANSWER, Case, read

add_arguments = assist.add_arguments


def run(arguments: argparse.Namespace) -> None:
    cases = read(arguments.data, ANSWER)
    judgements = [one for case in cases for one in judged(case)]
    if not judgements:
        raise MynahError(f"{arguments.data}: no question expects an answer; name another folder")
    print(assist.report(judgements, arguments.data, arguments.wrong))
    if arguments.json:
        assist.write(judgements, arguments.data, arguments.json)


def judged(case: Case) -> Iterator[Judgement]:
    """Each of the case's questions, judged."""
    states = {entity.id: assist_states.initial(entity) for entity in case.entities}
    for sentence, outcome in zip(case.sentences, assist.answers(case, states), strict=True):
        yield Judgement(
            case.file,
            sentence,
            verdict(outcome, case.answers),
            changed=", ".join(f"{one.topic} {one.payload}" for one in outcome.commands) or "nothing",
            expected=" or ".join(case.answers),
            reply=outcome.reply.text,
        )


def verdict(outcome: Outcome, answers: Sequence[str]) -> Verdict:
    """A question is no request: what changes anything is wrong, whatever is replied."""
    if outcome.commands or outcome.done:
        return Verdict.WRONG
    if outcome.question is not None:
        return Verdict.ASKED
    if not outcome.fine:
        return Verdict.REFUSED
    return Verdict.RIGHT if any(has(outcome.reply.text, answer) for answer in answers) else Verdict.WRONG


def has(reply: str, answer: str) -> bool:
    """Whether the reply has `answer` in it, as words of their own."""
    return re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", reply, re.IGNORECASE) is not None
