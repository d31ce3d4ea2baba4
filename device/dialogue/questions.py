"""What answers a question."""

from __future__ import annotations

from device.events import Act, Affirm, Answer, Question

CONFIRMATION = "confirmation"
YES_OR_NO = (CONFIRMATION, "more", "handover")
"""What questions expect that are answered with yes or no."""
UNANSWERED = ("reading",)
"""What questions expect that need no answer: silence ends them, without a word."""
SURE = 0.7
"""How sure a yes must be: it stands for a command that is done at once. Of 190 that held-out voices said to a
question, clean and at 15 and 8 dB, the least sure had 0.93."""


def answers(act: Act, question: Question) -> bool:
    """A yes answers only what can be confirmed, and only where it was heard well."""
    if isinstance(act, Affirm):
        return question.expects in YES_OR_NO and act.confidence >= SURE
    return isinstance(act, Answer)
