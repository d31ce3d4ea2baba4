"""What "it", "there", "the other one" and "fifteen" stand for, given what was spoken of last. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from device.dialogue.levels import of_kind
from device.dialogue.state import Focus
from device.events import Intent, Option, Question
from device.understanding import times
from device.understanding.acts import RESTRICTING, several
from device.understanding.scope import BESIDE, NAMED, NEAR, PLACES

THINGS = ("name", "names", "among", "entry", "entries")
KINDS = ("domain", "device_class")
AROUND = "around"
"""True in the slots of what means the things around here, where there are such: "brighter"."""
MEMBERS = "members"
"""What "it" stands for besides: the names of the things in a place, for "them" with others."""
ROOM = "room"
"""Where a thing is that was spoken of by its name: "there"."""
LIKE = "like"
"""Slot: the name of a thing of which, in another place, the one that is called alike is meant."""
MEASURED = "measured"
"""True where only the measure of a place was spoken of, such as its warmth: that is set, and not switched."""
DEVICES = ("name", "names", *PLACES, *KINDS)
"""Slots that say which devices are meant."""
UNTOLD = (MEMBERS, ROOM, MEASURED)
"""Of these, what no request is told."""
TARGETS = (*THINGS, *PLACES, *KINDS)
"""Slots that say what a request is about."""
SEVERAL: Mapping[str, Callable[[int], bool]] = {
    "both": lambda count: count == 2,
    "every": lambda count: count > 1,
}
"""By what is said of several things: how many that may be."""
IT = (*DEVICES[:2], *PLACES, MEMBERS)
"""Slots of which "it" needs one: a kind by itself, of which Mynah asked which, is no thing."""
SETTLED = ("light", "fan", "switch", "media_player", "climate", "humidifier")
"""Kinds of which "the light" is the one that was spoken of: a mistake does no harm."""
VERBS: Mapping[str, str] = {"cover": "open", "valve": "open", "lock": "lock", "alarm_panel": "arm"}
"""By the kind of a thing: how one speaks of what HassTurnOn does to it; all others are turned on."""
SWITCHING = ("HassTurnOn", "HassTurnOff", "HassToggle")
"""Requests that mean something else for things of another verb: HassTurnOff unlocks a lock."""
INSTEAD: Mapping[tuple[str, str, str], str] = {
    ("HassTurnOn", "open", "lock"): "MynahOpenLock",
    ("HassTurnOff", "open", "lock"): "HassTurnOn",
    ("HassTurnOn", "turn", "open"): "HassTurnOn",
    ("HassTurnOff", "turn", "open"): "HassTurnOff",
    ("HassTurnOn", "turn", "arm"): "HassTurnOn",
    ("HassTurnOff", "turn", "arm"): "HassTurnOff",
}
"""By a request, the verb that was said and the verb of the thing: the request that is meant. To close a lock
that was spoken of is to lock it."""
OF_DEVICES = {"HassPauseTimer": "MynahPause", "HassUnpauseTimer": "HassMediaUnpause"}
"""Requests about "it" that mean another for a device than for what they are about otherwise."""
OF_ENTRIES = {"HassMediaUnpause": "HassUnpauseTimer", "HassMediaPause": "HassPauseTimer"}
"""Requests about no thing that mean another where a timer was spoken of last: "resume"."""
PLAYING = (
    *("HassMediaPause", "HassMediaUnpause", "HassMediaNext", "HassMediaPrevious", "HassMediaPlayerMute"),
    *("HassMediaPlayerUnmute", "HassSetVolume", "HassSetVolumeRelative"),
)
"""Requests that mean the player that was spoken of last, where they name none."""
OF_ROBOTS: Mapping[tuple[str, str], str] = {
    ("HassMediaPause", "vacuum"): "MynahPause",
    ("HassMediaUnpause", "vacuum"): "HassVacuumStart",
    ("HassMediaPause", "lawn_mower"): "MynahPause",
    ("HassMediaUnpause", "lawn_mower"): "HassLawnMowerStartMowing",
}
"""Requests about no thing that mean another where a robot was spoken of last: "pause"."""
POINTING = ("which", "other", "place")
"""Slots that choose among what was spoken of: "the left one", "the other one", "the second one"."""
POINTERS = ("it", "there", "except_it")
"""Slots that are true where the words only point at it. `it` may also be the name of a slot: it is then what
was spoken of last if that has such a slot, and anything otherwise, which is for the skill to find out."""


def resolved(intent: Intent, focus: Focus | None) -> Intent | None:
    """`intent` in which "it" and "there" have become what they stand for; None where nobody knows."""
    bare = intent.name in OF_ENTRIES and NAMED.isdisjoint(intent.slots)
    if bare and focus is not None and "entry" in focus.about:
        return Intent(OF_ENTRIES[intent.name], {"entry": focus.about["entry"]}, intent.confidence)
    robots = None if focus is None else OF_ROBOTS.get((intent.name, str(focus.about.get("domain"))))
    if robots is not None and focus is not None and NAMED.isdisjoint(intent.slots):
        robot = {slot: focus.about[slot] for slot in TARGETS if slot in focus.about}
        return Intent(robots, robot, intent.confidence)
    if intent.name in PLAYING and NAMED.isdisjoint(intent.slots) and "it" not in intent.slots:
        player = focus is not None and focus.about.get("domain") == "media_player" and focus.about.get("name")
        return replace(intent, slots={**intent.slots, "name": player}) if player else intent
    slots = dict(intent.slots)
    verb, them = slots.pop("verb", None), slots.pop("them", None)
    if not any(slots.pop(pointer, False) for pointer in POINTERS) and "other" not in slots:
        return intent
    about: Mapping[str, Any] = {}
    if focus is not None:
        about = focus.together if them and focus.together else focus.about
    if them in SEVERAL and not SEVERAL[them](len(names(about))):
        return None
    if not slots.keys().isdisjoint(POINTING):
        found = None if focus is None else pointed(focus, slots)
        kind = {slot: about[slot] for slot in KINDS if slot in about}
        if found is None:
            return None
        return told(of_kind(replace(intent, slots=found), about.get("domain")), verb, kind)
    if (slot := intent.slots.get("it")) and isinstance(slot, str):
        if slot not in about and any(one in about for one in DEVICES) and intent.name in OF_DEVICES:
            return replace(intent, name=OF_DEVICES[intent.name], slots={**about, **slots})
        return replace(intent, slots={**slots, slot: about[slot]} if slot in about else slots)
    if intent.slots.get("there"):
        places = {slot: about[slot] for slot in PLACES if slot in about}
        if not places and ROOM in about:
            places = {"area": about[ROOM]}
        return replace(intent, slots={**slots, **places}) if places else None
    if intent.slots.get("except_it"):
        left_out = (*names(about), *several(slots.get("except_name")))
        return replace(intent, slots={**slots, "except_name": left_out}) if names(about) else None
    if verb == "lock" and them is None and len(names(about)) > 1:
        return told(replace(intent, slots={**slots, "among": names(about)}), verb, about)
    if not any(slot in about for slot in IT) or _of_another_kind(slots, about):
        return replace(intent, slots={**slots, AROUND: True}) if "domain" in slots else None
    meant = {slot: value for slot, value in about.items() if slot not in UNTOLD}
    return told(of_kind(replace(intent, slots={**meant, **slots}), about.get("domain")), verb, about)


def _of_another_kind(slots: Mapping[str, Any], about: Mapping[str, Any]) -> bool:
    """ "Louder" is not said of a lamp."""
    return "domain" in slots and slots["domain"] != about.get("domain", slots["domain"])


def names(about: Mapping[str, Any]) -> tuple[Any, ...]:
    """The names of the things in `about`."""
    return several(about.get("names", about.get("name", about.get(MEMBERS))))


def told(intent: Intent, verb: str | None, about: Mapping[str, Any]) -> Intent | None:
    """What `intent` means, said with `verb` ("turn", "open", "lock"; None: any) of what is in `about`.

    None where nobody says that of it: "lock it" of blinds.
    """
    of = verb_of(about)
    if verb is None or verb == of:
        return intent
    name = INSTEAD.get((intent.name, verb, of))
    return None if name is None else replace(intent, name=name)


def verb_of(about: Mapping[str, Any]) -> str:
    """ "turn", "open" or "lock": how one speaks of the things in `about`; "set" of a measure."""
    if about.get(MEASURED):
        return "set"
    return VERBS.get(str(about.get("domain") or ("cover" if "device_class" in about else "")), "turn")


def likewise(intent: Intent, about: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether `intent`, said of `about`, can mean `other` too: not "lock the door and the blinds"."""
    return not other or intent.name not in SWITCHING or verb_of(about) == verb_of(other)


def others(focus: Focus) -> tuple[Option, ...]:
    """The things that were offered and not chosen."""
    return tuple(one for one in focus.among if not one.slots.items() <= focus.about.items())


def pointed(focus: Focus, slots: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """`slots` in which POINTING has become what is meant; None where nobody knows.

    What no question offered is for the skill to find: `among` which things, and none of `but`, is the one
    that is called `which`.
    """
    rest = {slot: value for slot, value in slots.items() if slot not in POINTING}
    chosen = placed(focus, slots)
    if chosen is not None:
        return {**rest, **chosen.slots}
    if "other" in slots and not focus.among and not focus.intent.slots.keys().isdisjoint(RESTRICTING):
        return {**rest, "names": names(focus.about)}  # all but what was left out
    offered = tuple(one.slots["name"] for one in focus.among if "name" in one.slots)
    if "other" in slots and "entry" in focus.about:
        return {**rest, "but_entry": focus.about["entry"]}
    among = offered or names(focus.together) or names(focus.about)
    if "place" in slots or not among:
        return None
    sought = {"which": slots["which"]} if "which" in slots else {"but": names(focus.about)}
    return {**rest, "among": among, **sought}


def placed(focus: Focus, slots: Mapping[str, Any]) -> Option | None:
    """Of the things that were offered, the only `other` one, the one at the `place` that is said, or the only
    one for `which` that is said."""
    if "which" in slots:
        meant = [one for one in focus.among if slots["which"] in one.said]
        return meant[0] if len(meant) == 1 else None
    if "place" not in slots:
        rest = others(focus)
        return rest[0] if len(rest) == 1 else None
    at = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}[slots["place"]]
    return focus.among[at] if focus.among and at < len(focus.among) else None


def settled_on(intent: Intent, focus: Focus | None, question: Question | None) -> Intent:
    """`intent` for the thing that was spoken of, where `question` asks which and that is one of them: "dim
    the light", after the study light. The same again, and what is guarded, leave the question."""
    if question is None or question.expects != "choice" or focus is None or intent.name == focus.intent.name:
        return intent
    spoken_of = {*names(focus.about), *names(focus.together)}
    options = (one.slots for one in question.options if one.slots.keys() == {"name"})
    found = [slots for slots in options if slots["name"] in spoken_of]
    kind = question.about.slots.get("kind", focus.about.get("domain"))
    if len(found) != 1 or verb_of(focus.about) == "lock" or kind not in SETTLED:
        return intent
    meant = found[0]
    slots = {slot: value for slot, value in intent.slots.items() if slot not in (*TARGETS, "one")}
    return replace(intent, slots={**slots, **meant})


def settled(intent: Intent, about: Mapping[str, Any]) -> Intent:
    """`intent` with the name of what it pointed at, once that was found."""
    if LIKE in intent.slots and "name" in about:
        rest = {slot: value for slot, value in intent.slots.items() if slot not in (LIKE, *TARGETS)}
        return replace(intent, slots={**rest, "name": about["name"]})
    if "among" not in intent.slots:
        return intent
    slots = {slot: value for slot, value in intent.slots.items() if slot not in ("among", "which", "but")}
    return replace(
        intent, slots={**slots, **{slot: about[slot] for slot in ("name", "names") if slot in about}}
    )


def merged(intent: Intent, slots: Mapping[str, Any], about: Mapping[str, Any]) -> Intent:
    """`intent` with other `slots`: another thing or place instead of its own, another value for its value.

    "The kitchen" after something about a lamp means the lamp that is called alike there, or else the things
    of that kind in the kitchen.
    """
    base = times.giving_way(intent.slots, slots)
    base = {slot: value for slot, value in base.items() if slot not in (NEAR, BESIDE, LIKE, *RESTRICTING)}
    if any(slot in slots for slot in (*THINGS, *KINDS)):
        base = {slot: value for slot, value in base.items() if slot not in TARGETS}
    elif any(slot in slots for slot in PLACES):
        kind = {slot: about[slot] for slot in KINDS if slot in about}
        base = {slot: value for slot, value in base.items() if slot not in (*THINGS, *PLACES)}
        base = {**kind, **base, **({LIKE: about["name"]} if "name" in about else {})}
    return replace(intent, slots={**base, **slots})
