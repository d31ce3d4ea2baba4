"""Shopping lists and others: written on, read out, ticked off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from device.events import Change, Intent, Option, Outcome, Question, Reply, refused
from device.memory import lists as memory
from device.memory.lists import find
from device.skills.lists.items import ANOTHER_LIST, LONGEST, parted, things
from device.skills.skill import Handler, Handlers, World, asked
from device.speaking.replies import Replies
from device.speaking.wording import are, capitalized, listed

REPLIES = Replies(Path(__file__).parent / "en" / "replies.yaml")
MOST = 5000
"""Items of a list."""
AT_ONCE = 7
"""Items that are read out before Mynah asks whether to go on."""


def add(intent: Intent, world: World) -> Outcome:
    return _on_a_list(intent, world, _add)


def remove(intent: Intent, world: World) -> Outcome:
    """Also what was bought or done."""
    return _on_a_list(intent, world, _remove)


def _on_a_list(
    intent: Intent, world: World, do: Callable[[Intent, World, str, Sequence[str]], Outcome]
) -> Outcome:
    """What `do` makes of the list and the items of `intent`; a question where no item is named."""
    items = _items(intent)
    name = _list(intent, world) if do is _add else _list_with(items, intent, world)
    if name is None:
        return _no_list(intent, world)
    named = replace(intent, slots={**intent.slots, "list": name})
    if not items:
        wanted = "what_to_add" if do is _add else "what_to_remove"
        return _asked(_say(world, wanted, list=called(name)).text, named, "items")
    if any(len(item) > LONGEST for item in items):
        return refused(_say(world, "too_long").text)
    if any(ANOTHER_LIST.search(item) for item in items):
        return refused(_say(world, "one_list").text)
    return do(named, world, name, items)


def _add(intent: Intent, world: World, name: str, items: Sequence[str]) -> Outcome:
    if intent.slots.get("doubtful"):
        sure = {slot: value for slot, value in intent.slots.items() if slot != "doubtful"}
        text = _say(world, "shall_i_add", items=_named(items), list=called(name)).text
        return _asked(text, replace(intent, slots=sure), "confirmation")
    there = world.lists.items[name]
    new = [item for item in items if item not in there]
    already = [item for item in items if item in there]
    if len(there) + len(new) > MOST:
        return refused(_say(world, "full", list=capitalized(called(name)), count=len(there)).text)
    told = []
    if new:
        told.append(_say(world, "added", items=_named(new), list=called(name)).text)
    if already:
        values = {"items": capitalized(listed(already)), "are": are(already), "list": called(name)}
        told.append(_say(world, "already", **values).text)
    return Outcome(
        reply=Reply(". ".join(told)),
        done=tuple(Change(memory.ADD, {"list": name, "item": item}) for item in new),
        undo=(_intent("MynahRemoveItem", name, new),) if new else (),
        about=_spoken_of(name, items),
    )


def _remove(intent: Intent, world: World, name: str, items: Sequence[str]) -> Outcome:
    found: list[str] = []
    missing: list[str] = []
    for number, item in enumerate(items):
        meant = find(world.lists.items[name], item)
        if len(meant) > 1:
            others = (*found, *missing, *items[number + 1 :])
            return _which(intent, world, item, meant, others)
        found += meant
        missing += [] if meant else [item]
    if not found:
        reply = _say(world, "not_there", items=listed(missing, "or"), list=called(name))
        return replace(refused(reply.text), about={"list": name})
    told = [_say(world, "removed", items=_named(found), list=called(name)).text]
    if missing:
        told.append(_say(world, "not_there", items=listed(missing, "or"), list=called(name)).text)
    return Outcome(
        reply=Reply(". ".join(told)),
        done=tuple(Change(memory.REMOVE, {"list": name, "item": item}) for item in found),
        undo=(_intent("HassListAddItem", name, found),),
        about={"list": name},
    )


def _which(intent: Intent, world: World, item: str, among: Sequence[str], others: Sequence[str]) -> Outcome:
    """Several items fit one word. `others`: what else is to be removed, whatever the answer is."""
    text = _say(world, "which", item=item, items=listed(among, "or")).text
    slots = {slot: value for slot, value in intent.slots.items() if slot != "item"}
    about = replace(intent, slots={**slots, "others": tuple(others)})
    options = tuple(Option(one, (one, *one.split()[:1]), {"item": one}) for one in among)
    return Outcome(reply=Reply(text), question=Question(text, about, "choice", options))


def get(intent: Intent, world: World) -> Outcome:
    """What is on a list, or whether something is. A long one is read out in pieces."""
    if intent.slots.get("lists") and world.lists.names:
        return Outcome(reply=_say(world, "lists", known=listed([called(name) for name in world.lists.names])))
    wanted = _items(intent)
    name = _list_with(wanted, intent, world)
    if name is None:
        return _no_list(intent, world)
    there = world.lists.items[name]
    if wanted:
        return replace(_whether(world, name, wanted), about={"list": name})
    if not there:
        return Outcome(reply=_say(world, "empty", list=capitalized(called(name))), about={"list": name})
    begin = min(int(intent.slots.get("begin", 0)), len(there))
    piece, rest = there[begin : begin + AT_ONCE], len(there) - begin - AT_ONCE
    what = "more_items" if begin else "items"
    values = {"list": capitalized(called(name)), "count": _count(there), "items": listed(piece)}
    text = _say(world, what, **values).text
    if rest <= 0:
        return Outcome(reply=Reply(text), about=_spoken_of(name, there))
    on = replace(intent, slots={**intent.slots, "list": name, "begin": begin + AT_ONCE})
    return replace(
        _asked(f"{text}. {_say(world, 'go_on', rest=rest).text}", on, "more"), about={"list": name}
    )


def _spoken_of(name: str, items: Sequence[str]) -> Mapping[str, Any]:
    """The list, and the item where it was only one: "tick that off"."""
    return {"list": name, **({"item": items[0]} if len(items) == 1 else {})}


def _whether(world: World, name: str, wanted: Sequence[str]) -> Outcome:
    there = world.lists.items[name]
    found = [item for text in wanted for item in find(there, text)]
    missing = [text for text in wanted if not find(there, text)]
    told = []
    if found:
        told.append(_say(world, "there", items=listed(found), are=are(found), list=called(name)).text)
    if missing:
        told.append(_say(world, "missing", items=listed(missing), are=are(missing), list=called(name)).text)
    return Outcome(reply=Reply(". ".join(told)))


def clear(intent: Intent, world: World) -> Outcome:
    name = _list(intent, world)
    if name is None:
        return _no_list(intent, world)
    there = world.lists.items[name]
    if not there:
        return Outcome(reply=_say(world, "empty", list=capitalized(called(name))), about={"list": name})
    if not intent.slots.get("sure"):
        return _whether_sure(intent, world, name, "shall_i_clear")
    return Outcome(
        reply=_say(world, "cleared", list=called(name)),
        done=(Change(memory.CLEAR, {"list": name}),),
        undo=(_intent("HassListAddItem", name, there),),
        about={"list": name},
    )


def create(intent: Intent, world: World) -> Outcome:
    text = str(intent.slots.get("list", "")).strip()
    if not text:
        return _asked(_say(world, "what_list").text, intent, "list_name")
    if len(text) > LONGEST:
        return refused(_say(world, "too_long").text)
    name = text if text.endswith("list") else f"{text} list"
    if name in world.lists.items:
        return replace(refused(_say(world, "list_exists", list=called(name)).text), about={"list": name})
    items = tuple(intent.slots.get("items", ()))
    return Outcome(
        reply=_say(world, "created", list=called(name)),
        done=(
            Change(memory.CREATE, {"list": name}),
            *(Change(memory.ADD, {"list": name, "item": item}) for item in items),
        ),
        undo=(Intent("MynahDeleteList", {"list": name, "sure": True}, 1.0),),
        about={"list": name},
    )


def delete(intent: Intent, world: World) -> Outcome:
    if not intent.slots.get("list"):
        return _asked(_say(world, "what_list").text, intent, "list_name")
    name = _list(intent, world)
    if name is None:
        return _no_list(intent, world)
    if name in world.lists.given:
        return refused(_say(world, "given", list=capitalized(called(name))).text)
    if world.lists.items[name] and not intent.slots.get("sure"):
        return _whether_sure(intent, world, name, "shall_i_delete")
    return Outcome(
        reply=_say(world, "deleted", list=called(name)),
        done=(Change(memory.DELETE, {"list": name}),),
        undo=(Intent("MynahCreateList", {"list": name, "items": world.lists.items.get(name, ())}, 1.0),),
    )


def _whether_sure(intent: Intent, world: World, name: str, question: str) -> Outcome:
    text = _say(world, question, list=called(name), count=_count(world.lists.items[name])).text
    return _asked(text, replace(intent, slots={**intent.slots, "list": name, "sure": True}), "confirmation")


def _asked(text: str, about: Intent, expects: str) -> Outcome:
    return asked(Question(text, about, expects))


def _list(intent: Intent, world: World) -> str | None:
    """The list that is meant: the one that is named, or the usual one; None where there is no such list."""
    name = intent.slots.get("list", intent.slots.get("name"))
    if name is None:
        return world.lists.usual
    return name if name in world.lists.items else None


def _list_with(items: Sequence[str], intent: Intent, world: World) -> str | None:
    """As `_list`; where none is named, the first one that one of `items` is on."""
    usual = _list(intent, world)
    if usual is None or "list" in intent.slots:
        return usual
    names = (usual, *world.lists.names)
    return next((name for name in names if any(find(world.lists.items[name], item) for item in items)), usual)


def _no_list(intent: Intent, world: World) -> Outcome:
    known = [called(name) for name in world.lists.names]
    wanted = str(intent.slots.get("list", "list"))
    if not known:
        return refused(_say(world, "no_lists").text)
    return refused(_say(world, "no_such_list", list=wanted.removesuffix(" list"), known=listed(known)).text)


def _items(intent: Intent) -> tuple[str, ...]:
    """What is said in words, what was chosen, and what is to be done besides."""
    said = parted(str(intent.slots.get("item", "")), things())
    given = (*intent.slots.get("others", ()), *intent.slots.get("items", ()))
    return tuple(dict.fromkeys((*said, *given)))


def _intent(name: str, of: str, items: Sequence[str]) -> Intent:
    return Intent(name, {"list": of, "items": tuple(items)}, 1.0)


def _say(world: World, name: str, **values: Any) -> Reply:
    return REPLIES.say(name, world.said, **values)


def _named(items: Sequence[str]) -> str:
    return listed(items) if len(items) <= AT_ONCE else f"{len(items)} items"


def _count(items: Sequence[str]) -> str:
    return "1 item" if len(items) == 1 else f"{len(items)} items"


def called(name: str) -> str:
    """A list as it is spoken of: "the shopping list"."""
    return f"the {name}" if name.endswith("list") else f"the {name} list"


def _on_the_shopping_list(handler: Handler) -> Handler:
    """For intents that mean this list."""
    return lambda intent, world: handler(
        replace(intent, slots={"list": world.lists.usual, **intent.slots}), world
    )


HANDLERS: Handlers = {
    "HassListAddItem": add,
    "HassListCompleteItem": remove,
    "HassShoppingListAddItem": _on_the_shopping_list(add),
    "HassShoppingListCompleteItem": _on_the_shopping_list(remove),
    "MynahRemoveItem": remove,
    "MynahGetList": get,
    "MynahClearList": clear,
    "MynahCreateList": create,
    "MynahDeleteList": delete,
}
