"""A user's skill: a folder of YAML files, and no Python.

    sentences.yaml    what may be said, as Home Assistant writes it; or a folder en/sentences
    skill.yaml        what comes of each intent: a message to send, a reply, or both
    replies.yaml      the replies by their names
    stories.yaml      conversations that show it, for `mynah stories`

docs/SKILLS.md explains them, with an example.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from device.appliances.devices import Scene
from device.appliances.guards import guarded
from device.appliances.rendering import TemplateError
from device.errors import SentencesError, SkillError
from device.events import Command, Intent, Outcome, Question, Reply
from device.mqtt.topics import is_plain
from device.reading import yaml
from device.reading.located import Table, hint
from device.skills.skill import Handlers, World, asked
from device.speaking.rendering import check, render
from device.speaking.replies import Replies
from device.understanding.sentences import Sentences

log = logging.getLogger(__name__)

DONE = "OK"
"""The reply where none is given, or where its template fails."""


@dataclass(frozen=True, slots=True)
class Does:
    """What comes of an intent: `topic` and `payload` are templates, `reply` is a name."""

    topic: str | None
    payload: str
    reply: str | None


@dataclass(frozen=True, slots=True)
class OwnSkill:
    """A folder that was read."""

    name: str
    sentences: Sentences
    handlers: Handlers


def read(folder: Path) -> OwnSkill:
    """Raises SkillError and SentencesError, with file and line."""
    if not folder.is_dir():
        raise SkillError(f"{folder}: no such folder; check skills.folders")
    sentences = Sentences.own([_one(folder, "sentences.yaml", "sentences")])
    replies = _replies(folder)
    file = folder / "skill.yaml"
    does = _intents(file, sentences, replies.variants if replies else {}) if file.exists() else {}
    for intent in sentences.intents:
        if intent not in does and intent not in sentences.responses:
            raise SkillError(f"{file}: {intent} does nothing; give it a command or a reply under `intents:`")
    handlers = {intent: partial(_handle, each, replies) for intent, each in does.items()}
    return OwnSkill(folder.name, sentences, handlers)


def _one(folder: Path, *names: str) -> Path:
    """The first of `names` that is in the folder, or in its part for the language."""
    places = [place / name for name in names for place in (folder, folder / "en")]
    found = next((place for place in places if place.exists()), None)
    if found is None:
        raise SkillError(f"{folder}: there is no {names[0]} in this folder; write the sentences into one")
    return found


def _replies(folder: Path) -> Replies | None:
    file = next(
        (one for one in (folder / "replies.yaml", folder / "en" / "replies.yaml") if one.exists()), None
    )
    return Replies(file) if file else None


def _intents(file: Path, sentences: Sentences, replies: Mapping[str, object]) -> Mapping[str, Does]:
    document = yaml.load(file, SkillError, "a skill")
    document.only(("intents",))
    intents = document.mapping("intents", "intents")
    found: dict[str, Does] = {}
    for intent in intents:
        if intent not in sentences.intents:
            raise intents.wrong(f"no sentence means {intent!r}; {hint(intent, sentences.intents)}", intent)
        found[intent] = _does(intents.mapping(intent, f"intent {intent}"), intent, replies)
    return found


def _does(body: Table, intent: str, replies: Mapping[str, object]) -> Does:
    body.only(("command", "reply"), f"key of {intent}")
    reply = body.get("reply")
    if reply is not None and reply not in replies:
        raise body.wrong(f"no reply is called {reply!r}; {hint(reply, list(replies))}", "reply")
    if "command" not in body:
        if reply is None:
            raise body.wrong(f"{intent} has neither a command nor a reply; give it one of them")
        return Does(None, "", reply)
    command = body.mapping("command", f"the command of {intent}")
    command.only(("topic", "payload"), f"key in the command of {intent}")
    topic, payload = command.get("topic"), command.get("payload", "")
    if not isinstance(topic, str) or not is_plain(topic):
        raise command.wrong(f"the topic is {topic!r}; it must be a topic without + and #", "topic")
    for key in command:
        _well_formed(command, key)
    return Does(topic, str(payload), reply)


def _well_formed(command: Table, key: str) -> None:
    if isinstance(command[key], dict | list):
        raise command.wrong(f"the {key} must be text; put it in quotes", key)
    try:
        check(str(command[key]))
    except TemplateError as error:
        raise command.wrong(f"the {key} is not a template: {error}", key) from error


def _handle(does: Does, replies: Replies | None, intent: Intent, world: World) -> Outcome:
    """Raises TemplateError where the message cannot be made: nothing is sent then."""
    reply = _reply(does, replies, intent, world)
    if does.topic is None:
        return Outcome(reply=reply)
    topic = render(does.topic, intent.slots)
    if not is_plain(topic):
        raise TemplateError(f"{topic!r} is not a topic")
    command = Command(topic, render(does.payload, intent.slots))
    if _guarded(command, world) and intent.confidence < world.home.layout.lock_confidence:
        return asked(Question("Shall I do that?", intent, "confirmation"))
    return Outcome((command,), reply)


def _reply(does: Does, replies: Replies | None, intent: Intent, world: World) -> Reply:
    if does.reply is None or replies is None:
        return Reply(DONE)
    try:
        return replies.say(does.reply, world.said, **intent.slots)
    except TemplateError as error:
        log.warning("%s: the reply %r is not used: %s", replies.file, does.reply, error)
        return Reply(DONE)


def _guarded(command: Command, world: World) -> bool:
    """Whether it goes where a lock or a gate listens."""
    return bool(guarded(world.home.layout.devices, (Scene("", sends=(command,)),)) & {""})


def read_all(folders: Iterable[Path], taken: Iterable[str]) -> tuple[OwnSkill, ...]:
    """The skills in `folders`; what is wrong with one is logged in a line, and the others go on.

    `taken`: intents that are Mynah's own.
    """
    found: list[OwnSkill] = []
    owners = dict.fromkeys(taken, "Mynah itself")
    for folder in folders:
        try:
            skill = read(folder)
            for intent in skill.handlers:
                if intent in owners:
                    raise SkillError(f"{folder}: {intent} belongs to {owners[intent]}; give it another name")
        except (SkillError, SentencesError) as error:
            log.error("a skill is left out: %s", error)
            continue
        owners |= dict.fromkeys(skill.handlers, f"the skill {skill.name}")
        found.append(skill)
    return tuple(found)
