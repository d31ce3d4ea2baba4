"""What Mynah can do, what can be said to what there is, and what it cannot do."""

from __future__ import annotations

from device.events import Intent, Outcome, Reply, refused
from device.skills.help import examples
from device.skills.help.examples import REPLIES
from device.skills.skill import Handlers, World


def help_(intent: Intent, world: World) -> Outcome:
    """In general, on a `topic` such as "light" or "timers", or on the thing called `name`."""
    topic, name = intent.slots.get("topic"), intent.slots.get("name")
    if name is not None:
        return _of_thing(str(name), world)
    if topic is None:
        return Outcome(reply=Reply(f"{examples.short(world.home)}. {REPLIES.say('more', world.said).text}"))
    if topic == "scene":
        return _of_scenes(world)
    if topic in examples.KINDS:
        text = examples.of_kind(world.home, topic)
        return Outcome(reply=Reply(text)) if text else refused(REPLIES.say(f"no_{topic}", world.said).text)
    return Outcome(reply=REPLIES.say(str(topic), world.said))


def _of_thing(name: str, world: World) -> Outcome:
    if any(scene.name == name for scene in world.home.layout.scenes):
        return Outcome(reply=REPLIES.say("scene", world.said, name=name))
    devices = world.home.named(name)
    text = examples.of_device(devices[0]) if devices else None
    return (
        Outcome(reply=Reply(text)) if text else refused(REPLIES.say("no_thing", world.said, name=name).text)
    )


def _of_scenes(world: World) -> Outcome:
    scenes = world.home.layout.scenes
    if not scenes:
        return refused(REPLIES.say("no_scene", world.said).text)
    return Outcome(reply=REPLIES.say("scene", world.said, name=scenes[0].name))


def cannot(intent: Intent, world: World) -> Outcome:
    """Something that people ask of assistants and that needs what Mynah has not."""
    what = str(intent.slots.get("what", "anything"))
    name = f"cannot_{what}"
    return refused(REPLIES.say(name if name in REPLIES.variants else "cannot_anything", world.said).text)


def weather(intent: Intent, world: World) -> Outcome:
    return refused(REPLIES.say("cannot_weather", world.said).text)


HANDLERS: Handlers = {"MynahHelp": help_, "MynahCannot": cannot, "HassGetWeather": weather}
