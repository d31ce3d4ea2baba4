"""What was not understood, or only in part: nothing of it is done, and nothing is asked twice. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from device.dialogue import outcomes
from device.dialogue.handing_over import or_handed_over
from device.dialogue.questions import CONFIRMATION, UNANSWERED
from device.dialogue.remembering import UNKNOWN, Step, World, closed, opened, remembered
from device.dialogue.state import Dialogue, Focus
from device.events import Act, Intent, NotRecognized, Outcome, Question, Reply, Request, refused
from device.speaking.wording import listed, said_back, to_do
from device.understanding.acts import TOO_DOUBTFUL
from device.understanding.beside import VERBS
from device.understanding.scope import NAMED
from device.understanding.wondering import wonders

STOPPING = frozenset({"HassStopMoving", "HassMediaPause", "HassMediaPlayerMute", "MynahPause", "MynahStop"})
"""Requests that must not wait for an answer, and harm nobody, where they were said at all."""

POINTING = re.compile(r"\b(?:it|that|this|them|those|these)\b")
"""In a sentence that was not understood: words for what was spoken of before."""


def missed(dialogue: Dialogue, act: NotRecognized, world: World) -> Step:
    """Nothing was understood. A question is explained once, then given up; it is not asked again."""
    question = dialogue.question
    if question is not None and question.expects in UNANSWERED:
        dialogue, question = closed(dialogue), None
        if not act.text:
            return dialogue, Outcome()
    if question is not None and not act.text:
        return closed(dialogue), refused("I leave it as it is")
    if question is None:
        hint = f". {world.help()}" if dialogue.misses else ""
        strayed = not POINTING.search(act.text)
        again = replace(dialogue, misses=dialogue.misses + 1, strayed=strayed)
        step = again, refused(f"Sorry, I did not understand that{hint}")
        asked = act.text if act.reason != TOO_DOUBTFUL and wonders(act.text) else ""
        return or_handed_over(dialogue, step, asked, world, "I do not know that")
    if question.misses:
        return closed(dialogue), refused("Sorry, I did not understand that. I leave it as it is")
    once = opened(replace(question, misses=1), world)
    text = f"Sorry, I did not understand that. {outcomes.answers(once)}"
    return replace(dialogue, question=once), Outcome(reply=Reply(text), question=once, fine=False)


def asked_first(dialogue: Dialogue, intent: Intent, sentence: str, step: Step, world: World) -> Step:
    """Whether Mynah shall do what gives `step`: what it inferred, in the words of `sentence`; or `sentence`,
    which it heard with little confidence. Where that changes nothing, or what was heard stops something,
    there is nothing to ask before."""
    _, outcome = step
    changes = outcome.commands or outcome.done
    stops = intent.name in STOPPING and not intent.inferred
    if not changes or stops:
        return step
    text = f"Shall I {_offered(sentence, outcome)}?" if intent.inferred else f"Did you say “{sentence}”?"
    question = Question(text, intent, CONFIRMATION)
    asking = Outcome(reply=Reply(question.text), question=question, about=outcome.about)
    after = remembered(dialogue, intent, asking, world)
    return (replace(after, focus=dialogue.focus) if intent.inferred and dialogue.focus else after), asking


def _offered(sentence: str, outcome: Outcome) -> str:
    """What `sentence` asks for, by its own words or, where it has no verb, by the reply of its `outcome`."""
    return said_back(sentence) if sentence.split()[0] in VERBS else to_do(outcome.reply.text)


def meant_asked(dialogue: Dialogue, focus: Focus | None, outcome: Outcome, world: World) -> Step:
    """Whether what was spoken of is still meant, after something that was not understood and may have been
    about another thing. Nothing is done yet; `focus`: the request as it was completed, with its `outcome`."""
    if focus is None:
        return dialogue, refused(UNKNOWN)
    things = [*dict.fromkeys(one.called for one in outcome.expected)] or ["what you asked for before"]
    question = Question(f"Do you mean {listed(things)}?", focus.intent, CONFIRMATION)
    asking = Outcome(reply=Reply(question.text), question=question, about=outcome.about)
    return remembered(dialogue, focus.intent, asking, world), asking


def is_wide(intent: Intent, outcome: Outcome) -> bool:
    """Whether what was inferred tells several things although nobody said where, or all."""
    return (
        bool(intent.inferred)
        and len(outcome.commands) > 1
        and not intent.all_meant
        and NAMED.isdisjoint(intent.slots)
    )


def asked_back(dialogue: Dialogue, acts: Sequence[Act], world: World) -> Step:
    """A sentence of which only a part was understood is not half done."""
    unknown = next(act for act in acts if isinstance(act, NotRecognized))
    known = [act for act in acts if isinstance(act, Request)]
    if not known:
        return missed(dialogue, unknown, world)
    first, *rest = known
    return rest_offered(dialogue, f"I did not understand “{unknown.text}”", first, rest, world)


def rest_offered(dialogue: Dialogue, why: str, first: Request, rest: Sequence[Act], world: World) -> Step:
    """Nothing is done yet, for the reason `why`; the other requests of the sentence are offered."""
    text = f"{why}. Shall I do the rest?"
    question = Question(text, first.intent, CONFIRMATION, then=tuple(rest))
    outcome = Outcome(reply=Reply(text), question=question, fine=False)
    return remembered(dialogue, first.intent, outcome, world), outcome
