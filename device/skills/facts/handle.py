"""What the user tells of the home: kept, asked about, contradicted and forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from device.appliances.devices import Device
from device.events import Change, Intent, Outcome, Question, Reply, refused
from device.home.conditions import CONDITIONS, holds
from device.home.model import Home
from device.knowledge.facts.facts import (
    ADD,
    BELONGS,
    HOME,
    PLACES,
    REMOVE,
    SAID,
    Fact,
    Facts,
    bare,
)
from device.skills.facts.telling import predicate, sentence, told
from device.skills.skill import Handlers, World, asked
from device.speaking.replies import Replies
from device.speaking.wording import are, capitalized, listed, said_back
from device.understanding.numbers import spoken

REPLIES = Replies(Path(__file__).parent / "en" / "replies.yaml")
SOURCE = "facts"
MOST = 2000
"""Facts that are kept."""
REPLACE = "replace"
"""Slot: what contradicts it may go."""


def remember(intent: Intent, world: World) -> Outcome:
    """ "Remember that the spare key is in the blue drawer"; "the boiler belongs to the basement circuit"."""
    kept = _kept(intent)
    fact = kept or told(_text(intent.slots), _caller(world.home), SAID, f"{world.now:%Y-%m-%d}")
    if fact is None:
        return _no(world, "not_a_fact")
    known = everything(world)
    if same := next((one for one in known.facts if one.same(fact)), None):
        return _say(world, "known", fact=sentence(same))
    against = known.against(fact) if kept is None else None
    if against is not None:
        if against.source != SAID:
            return _no(world, "elsewhere", fact=sentence(against), source=against.source)
        if not intent.slots.get(REPLACE):
            text = _say(world, "shall_i_replace", fact=sentence(against)).reply.text
            return asked(
                Question(text, replace(intent, slots={**intent.slots, REPLACE: True}), "confirmation")
            )
    if len(known.facts) >= MOST:
        return _no(world, "full", count=MOST)
    outcome = _say(world, "noted", fact=sentence(fact))
    gone = () if against is None else (against,)
    return replace(
        outcome,
        done=(*(Change(REMOVE, one.json, one) for one in gone), Change(ADD, fact.json, fact)),
        undo=(*(_intent("MynahRemember", one) for one in gone), _intent("MynahForgetFact", fact)),
    )


def forget(intent: Intent, world: World) -> Outcome:
    """ "Forget that the spare key is in the blue drawer", "forget what you know about the boiler"."""
    caller, slots = _caller(world.home), intent.slots
    if (fact := _kept(intent)) is not None or "fact" in slots:
        wanted = fact or told(_text(slots), caller, SAID, "")
        found = tuple(one for one in world.facts.facts if wanted is not None and one.same(wanted))
    else:
        relations = PLACES if slots.get("ask") == "where" else ()
        found = world.facts.of(caller(str(slots["thing"])), relations)
    if not found:
        return _no(world, "nothing_to_forget")
    if given := next((one for one in found if one.source != SAID), None):
        return _no(world, "elsewhere", fact=sentence(given), source=given.source)
    if len(found) > 1 and not slots.get(REPLACE):
        text = _say(world, "shall_i_forget", facts=listed([sentence(one) for one in found])).reply.text
        return asked(Question(text, replace(intent, slots={**slots, REPLACE: True}), "confirmation"))
    return replace(
        _say(world, "forgotten", facts=listed([sentence(one) for one in found])),
        done=tuple(Change(REMOVE, one.json, one) for one in found),
        undo=tuple(_intent("MynahRemember", one) for one in found),
    )


def answer(intent: Intent, world: World) -> Outcome:
    """What is written down about something."""
    return ANSWERS[str(intent.slots["ask"])](intent.slots, world)


def _where(slots: Mapping[str, Any], world: World) -> Outcome:
    return _about(slots, world, PLACES)


def _about(slots: Mapping[str, Any], world: World, relations: Iterable[str]) -> Outcome:
    """What is known of a thing, in some relations or in any."""
    thing = _thing(slots, world)
    facts = everything(world).of(thing, relations)
    if not relations:
        facts = (*facts, *(one for one in everything(world).facts if bare(one.what) == bare(thing)))
    if not facts:
        return _no(world, "unknown", thing=said_back(thing))
    return _say(world, "facts", facts=listed([sentence(one) for one in facts]))


def _to(slots: Mapping[str, Any], world: World) -> Outcome:
    """What stands in a relation to something: on a circuit, of a person, in a drawer."""
    relation, what = str(slots["relation"]), _what(slots, world)
    facts = everything(world).to(what, (relation,))
    if not facts:
        named = f"the {what}" if relation in PLACES else what
        return _no(world, "nothing_there", relation=predicate(relation, named))
    names = [said_back(one.thing) for one in facts]
    plural = are([one.thing for one in facts]) == "are"
    return _say(world, "there", things=listed(names), relation=predicate(relation, facts[0].what, plural))


def _from(slots: Mapping[str, Any], world: World) -> Outcome:
    """To what something stands in a relation: which circuit, whose, when bought."""
    return _about(slots, world, (str(slots["relation"]),))


def _state(slots: Mapping[str, Any], world: World) -> Outcome:
    """ "Is anything of Mum's still on upstairs": what belongs there, and is so."""
    what, relation, wanted = _what(slots, world), str(slots["relation"]), str(slots["state"])
    things = [bare(one.thing) for one in everything(world).to(what, (relation,))]
    devices = [
        one for one in world.home.layout.devices if spoken(one.name) in things and _is_in(world, one, slots)
    ]
    if wanted not in CONDITIONS or not devices:
        return _no(world, "no_device", relation=predicate(relation, what, True))
    known = [(one, holds(world.home.state.of(one.name), wanted)) for one in devices]
    so = [one for one, is_so in known if is_so]
    if so:
        return _say(
            world,
            "so",
            things=listed([one.called for one in so]),
            are="are" if len(so) > 1 else "is",
            state=wanted,
        )
    if all(is_so is None for _, is_so in known):
        return _no(world, "no_state", things=listed([one.called for one in devices]))
    return _say(world, "not_so", things=listed([one.called for one in devices], "or"), state=wanted)


def _is_in(world: World, device: Device, slots: Mapping[str, Any]) -> bool:
    area, floor = slots.get("area"), slots.get("floor")
    return area in (None, device.room) and floor in (None, world.home.floor_of(device))


ANSWERS: Mapping[str, Callable[[Mapping[str, Any], World], Outcome]] = {
    "where": _where,
    "about": lambda slots, world: _about(slots, world, ()),
    "to": _to,
    "from": _from,
    "state": _state,
}
"""By the slot `ask`."""


def everything(world: World) -> Facts:
    """What was told and written down, and what the home knows: in which rooms its things are."""
    rooms = (
        Fact(one.called.lower(), "is in", f"the {one.room}", HOME)
        for one in world.home.layout.devices
        if one.room
    )
    called = _caller(world.home)
    known = (replace(one, thing=called(one.thing), what=called(one.what)) for one in world.facts.facts)
    return Facts(tuple(known)).plus(rooms)


def _caller(home: Home) -> Callable[[str], str]:
    """Gives a text as the home calls it, or as it was said."""
    names = home.vocabulary
    known = {one.text: one.value for one in (*names.areas, *names.names)}

    def called(text: str) -> str:
        value = known.get(bare(text))
        devices = home.named(value) if value is not None else ()
        if len(devices) == 1:
            return spoken(devices[0].called)
        return f"the {spoken(value)}" if value is not None and not devices else text.strip()

    return called


def _thing(slots: Mapping[str, Any], world: World) -> str:
    return _caller(world.home)(str(slots.get("name", slots.get("thing", ""))))


def _what(slots: Mapping[str, Any], world: World) -> str:
    """A person is named with or without an "'s"."""
    said = str(slots.get("name", slots.get("what", "")))
    return _caller(world.home)(said.removesuffix("'s") if slots["relation"] == BELONGS else said)


def _text(slots: Mapping[str, Any]) -> str:
    if "fact" in slots:
        return str(slots["fact"])
    return f"{slots['thing']} {slots['tells']} {slots['what']}"


def _kept(intent: Intent) -> Fact | None:
    """The fact that is taken back."""
    fact = intent.slots.get("kept")
    return fact if isinstance(fact, Fact) else None


def _intent(name: str, fact: Fact) -> Intent:
    return Intent(name, {"kept": fact}, 1.0)


def _say(world: World, reply: str, **values: Any) -> Outcome:
    said = REPLIES.say(reply, world.said, **values)
    return Outcome(reply=Reply(capitalized(said.text), said.name), source=SOURCE)


def _no(world: World, reply: str, **values: Any) -> Outcome:
    return replace(refused(_say(world, reply, **values).reply.text), source=SOURCE)


HANDLERS: Handlers = {"MynahRemember": remember, "MynahForgetFact": forget, "MynahFacts": answer}
