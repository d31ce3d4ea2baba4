"""How much of a home the words of a part of a sentence mean. Pure.

"Close the blinds and turn on the light in the study" means the study's blinds where it has some: what names
neither a place nor all of them is `loose`, and near the place that another part names. "The light" is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from device.events import Act, Also, Intent, Request
from device.understanding.vocabulary import Name, Vocabulary

PLACES = ("area", "floor")
NAMED = frozenset(("name", "names", *PLACES))
"""Slots that name a target."""
KIND = ("name", "domain", "device_class")
LOOSE, PLACE, BARE, EVERY = "scope:loose", "scope:place", "scope:bare", "scope:every"
"""Slots that live from a part of a sentence to the sentence: it names no place; the place that it names; it
has no article, "the kitchen lamp and radio"; it is about all of a kind."""
NEAR, BESIDE = "near", "beside"
"""Slots: places to look in, the likeliest first; true where it is nowhere else."""
WONDERED = "wondered"
"""The slot of a request that Mynah only refuses: the whole question, which somebody else may answer."""
UNSAID = (NEAR, BESIDE, WONDERED)
"""Slots that nobody outside is told."""
ALL = re.compile(r"\b(all|any|both|each|every)\b")
WHOLE = re.compile(r"\b(everything|everywhere|whole|house|home|here|there|this room|it|them)\b")
ALSO = "MynahAlso"
NEARBY = ("light", "fan", "cover", "climate")
"""Kinds of which those at hand are meant. "Lock the doors" and "pause the music" mean what there is."""
ONE = re.compile(r"(?<!candle )(?<!day )\b(light|blind|curtain|shutter|shade|awning)\b")
ARTICLE = re.compile(r"(?:(?:and|also|then|plus|but|not) )*(?:the|my|our|this|that|a|an) ")


def scoped(intent: Intent, text: str, vocabulary: Vocabulary) -> Intent:
    """`intent`, found in the part `text`, with what its words say of the place."""
    if not any(slot in intent.slots for slot in KIND) or intent.name.startswith("HassGet"):
        return intent
    if place := _place(text, vocabulary):
        return replace(intent, slots={**intent.slots, PLACE: place})
    kind = intent.slots.get("domain", "cover" if "device_class" in intent.slots else None)
    if "name" not in intent.slots and kind not in NEARBY:
        return intent
    if WHOLE.search(text) or any(slot in intent.slots for slot in PLACES if slot != "area"):
        return intent
    if ALL.search(text):
        return replace(intent, slots={**intent.slots, EVERY: True})
    found: dict[str, Any] = {LOOSE: True}
    if "name" not in intent.slots and intent.name == ALSO and vocabulary.here:
        found["area"] = vocabulary.here
    if "name" in intent.slots and not ARTICLE.match(text):
        found[BARE] = True
    if (one := ONE.search(text)) and not any(slot in intent.slots for slot in ("name", "area", "one")):
        found["one"] = one[0]
    return replace(intent, slots={**intent.slots, **found})


def is_placed(intent: Intent) -> bool:
    """Whether it is about a place, and about nothing in it by its name."""
    return "name" not in intent.slots and any(slot in intent.slots for slot in PLACES)


def named(text: str, vocabulary: Vocabulary) -> str:
    """The room or the floor in `text`, as it is called there; empty where there is none."""
    found = _longest(text, (*vocabulary.areas, *vocabulary.floors))
    return "" if found is None else found.text


def _place(text: str, vocabulary: Vocabulary) -> Mapping[str, str]:
    if area := _longest(text, vocabulary.areas):
        return {"area": area.value}
    return {"floor": floor.value} if (floor := _longest(text, vocabulary.floors)) else {}


def _longest(text: str, names: Iterable[Name]) -> Name | None:
    padded = f" {text} "
    return max(
        (one for one in names if f" {one.text} " in padded), key=lambda one: len(one.text), default=None
    )


def shared(acts: Sequence[Act]) -> tuple[Act, ...]:
    """`acts` of one sentence; what is loose is near the place named before it, or else after it. "All the
    lights and fans upstairs" are all upstairs."""
    places = [_slots(act).get(PLACE) for act in acts]
    return tuple(_near(act, _place_of(at, acts, places)) for at, act in enumerate(acts))


def _place_of(
    at: int, acts: Sequence[Act], places: Sequence[Mapping[str, str] | None]
) -> Mapping[str, str] | None:
    with_it = takewhile(
        lambda pair: isinstance(pair[0], Also), zip(acts[at + 1 :], places[at + 1 :], strict=True)
    )
    among = tuple(place for _, place in with_it)
    every = EVERY in _slots(acts[at])
    return next((one for one in (among if every else (*places[:at][::-1], *places[at:])) if one), None)


def _slots(act: Act) -> Mapping[str, Any]:
    if isinstance(act, Request):
        return act.intent.slots
    return act.slots if isinstance(act, Also) else {}


def _near(act: Act, place: Mapping[str, str] | None) -> Act:
    if isinstance(act, Request):
        return Request(replace(act.intent, slots=_placed(act.intent.slots, place, False)))
    return replace(act, slots=_placed(act.slots, place, True)) if isinstance(act, Also) else act


def _placed(slots: Mapping[str, Any], place: Mapping[str, str] | None, also: bool) -> Mapping[str, Any]:
    kept = {slot: value for slot, value in slots.items() if slot not in (LOOSE, PLACE, BARE, EVERY)}
    if not (LOOSE in slots or EVERY in slots) or place is None:
        return kept
    here = ({"area": kept.pop("area")},) if "area" in kept else ()
    beside = {BESIDE: True} if also and slots.get(BARE) else {}
    return {**kept, NEAR: (place, *here), **beside}
