"""Rules that are spoken: "tell me when the washing machine is done". Asked back, kept, listed, taken back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from device.events import Change, Intent, Outcome, Question, Reply, refused
from device.knowledge.rules.binding import bound
from device.knowledge.rules.naming import Unclear
from device.knowledge.rules.watching import Watch
from device.memory.rules import ADD, DO, REMOVE, TELL, Rule
from device.skills.skill import Handlers, World, asked
from device.speaking.replies import Replies
from device.speaking.times import span as in_words
from device.speaking.wording import are, capitalized, listed, said_back
from device.understanding import times
from device.understanding.numbers import spoken, words

REPLIES = Replies(Path(__file__).parent / "en" / "replies.yaml")
SURE = "sure"
"""Slot: whoever asked was asked back."""
MOST, LONGEST = 100, 200
"""Rules that are kept, and characters of one."""
ALWAYS = ("whenever", "if")
"""What begins a condition that is waited for again and again."""
FILLING = frozenset(
    {"for", "the", "my", "our", "about", "when", "if", "whenever", "that", "is", "are", "me", "you"}
)
"""Words that do not tell one rule from another."""


def add(intent: Intent, world: World) -> Outcome:
    """ "Tell me when …", "remind me to … when …", "turn on … when …"."""
    slots = intent.slots
    if isinstance(kept := slots.get("kept"), Rule):
        return _kept(kept, world, "back")
    if world.watch is None:
        return _no(world, "never")
    try:
        rule, guarded = _rule(slots, world.watch, world)
    except Unclear as error:
        return _no(world, "unclear", why=capitalized(said_back(str(error).replace("‘", "“"))))
    if guarded:
        return _no(world, "guarded")
    if any(one.name == rule.name for one in world.rules.rules):
        return _no(world, "known", rule=rule.name)
    if len(world.rules.said) >= MOST or len(rule.name) > LONGEST:
        return _no(world, "full" if len(rule.name) <= LONGEST else "long", count=MOST)
    if not slots.get(SURE):
        text = REPLIES.say("all_right", world.said, rule=rule.name).text
        return asked(Question(text, replace(intent, slots={**slots, SURE: True}), "confirmation"))
    return _kept(rule, world, "noted")


def _rule(slots: Any, watch: Watch, world: World) -> tuple[Rule, bool]:
    """The rule that is said, and whether it does what is never left to one. Raises Unclear."""
    when, begins = _when(slots, world), str(slots.get("begins", "when"))
    link = "whenever" if begins in ALWAYS else "when"
    if "do" in slots:
        command = spoken(f"{slots['do']} {slots['rest']}")
        doing = watch.doing(command)
        name = f"{'ask whether to ' if doing.asks else ''}{doing.does} {link} {said_back(when)}"
        rule = Rule(name, (when,), DO, command, once=link == "when")
        guarded = doing.guarded
    else:
        task = str(slots.get("text", "")).strip()
        told = f"I was to remind you to {said_back(task)}" if task else f"{capitalized(said_back(when))}"
        name = f"{f'remind you to {said_back(task)}' if task else 'tell you'} {link} {said_back(when)}"
        rule, guarded = Rule(name, (when,), TELL, told, once=link == "when"), False
    bound(rule, world.home, world.facts, watch.doing, world.journal is not None)
    return rule, guarded


def _when(slots: Any, world: World) -> str:
    """The condition in words, also where it was heard as a name and a state."""
    if "when" in slots:
        return spoken(str(slots["when"]))
    if "state" not in slots:
        than = words(round(slots["temperature"]))
        moves = "falls below" if slots["falls"] else "rises above"
        return f"the temperature in the {slots['area']} {moves} {than}"
    devices = world.home.named(str(slots["name"]))
    called = spoken(devices[0].called) if len(devices) == 1 else str(slots["name"])
    span = times.length(slots)
    return f"{called} {are([called])} {slots['state']}" + (
        f" for {spoken(in_words(span.total_seconds()))}" if span else ""
    )


def _kept(rule: Rule, world: World, reply: str) -> Outcome:
    return Outcome(
        reply=_say(world, reply, rule=rule.name),
        done=(Change(ADD, {"text": rule.name}, rule),),
        undo=(Intent("MynahRemoveRule", {"kept": rule}, 1.0),),
    )


def removal(rule: Rule) -> Change:
    """What takes a spoken rule out of memory."""
    return Change(REMOVE, {"text": rule.name}, rule)


def remove(intent: Intent, world: World) -> Outcome:
    """ "Stop watching the washing machine", "stop telling me when …"."""
    said = world.rules.said
    if isinstance(kept := intent.slots.get("kept"), Rule):
        found: Sequence[Rule] = [one for one in said if one.name == kept.name]
    elif intent.slots.get("all"):
        found = said
    else:
        found = about(said, _what(intent))
    if not found:
        written = about(world.rules.rules, _what(intent))
        if written and "kept" not in intent.slots:
            return _no(world, "written", rule=written[0].name, source=written[0].source)
        return _no(world, "nothing")
    if len(found) > 1 and not intent.slots.get(SURE):
        text = REPLIES.say("shall_i_stop", world.said, rules=listed([one.name for one in found])).text
        return asked(Question(text, replace(intent, slots={**intent.slots, SURE: True}), "confirmation"))
    return Outcome(
        reply=_say(world, "stopped", rules=listed([one.name for one in found], "or")),
        done=tuple(removal(one) for one in found),
        undo=tuple(Intent("MynahAddRule", {"kept": one}, 1.0) for one in found),
    )


def _what(intent: Intent) -> str:
    return str(intent.slots.get("what", intent.slots.get("name", "")))


def about(rules: Sequence[Rule], what: str) -> tuple[Rule, ...]:
    """Those in whose words all words of `what` stand that tell something."""
    wanted = {word for word in said_back(spoken(what)).split() if word not in FILLING}
    return tuple(one for one in rules if wanted and wanted <= {*re.findall(r"[\w']+", one.name.lower())})


def watching(intent: Intent, world: World) -> Outcome:
    """ "What are you watching for"."""
    if not world.rules.rules:
        return Outcome(reply=_say(world, "watching_nothing"))
    said = [one.name for one in world.rules.said]
    written = [f"“{one.name}”" for one in world.rules.rules if one not in world.rules.said]
    if not said:
        return Outcome(reply=_say(world, "written_only", rules=listed(written)))
    return Outcome(
        reply=_say(world, "watching", rules=listed(said), written=listed(written) if written else "")
    )


def _say(world: World, reply: str, **values: Any) -> Reply:
    return REPLIES.say(reply, world.said, **values)


def _no(world: World, reply: str, **values: Any) -> Outcome:
    return refused(_say(world, reply, **values).text)


HANDLERS: Handlers = {"MynahAddRule": add, "MynahRemoveRule": remove, "MynahRules": watching}
