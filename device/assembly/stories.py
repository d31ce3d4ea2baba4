"""Stories: whole conversations as data, and whether Mynah holds them.

A file is a list of stories:

    - story: a lamp that is not named
      clock: "2026-03-02T18:00"       # default
      home: flat.toml                 # beside the file; default: the example home
      config: journal.toml            # settings, beside the file; default: none
      before: ['zigbee2mqtt/floor lamp {"state": "ON"}']
      turns:
        - say: turn on the lamp
          question: [kitchen lamp, floor lamp, bedside lamp]
        - say: the floor lamp
          commands: ['zigbee2mqtt/floor lamp/set {"state": "ON"}']

A turn says something (`say`), lets time pass (`pass`, seconds), brings a message of the broker (`hear`) or
begins a new dialogue (`begin`). What must come of it: `intent`, `commands` (exactly these), `done` (these
changes in order, each with at least these values), `reply` (a regular expression that is found in it),
`question` (its options; true for any, false for none), `due` (what falls due, in order), `source` (where the
answer stands; null for nowhere). `documents`: a folder of manuals beside the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from device import settings_file
from device.assembly.chatting import Chat
from device.channels.report import exchange_json
from device.errors import StoryError
from device.settings import Settings

STORY_KEYS = ("story", "clock", "home", "config", "documents", "before", "turns")
ACTIONS = ("say", "pass", "hear", "begin")
CLAIMS = ("intent", "commands", "done", "reply", "question", "due", "source")
CLOCK = "2026-03-02T18:00"


@dataclass(frozen=True, slots=True)
class Story:
    """`file` and `turns` as they were read."""

    name: str
    file: Path
    clock: str
    home: Path | None
    config: Path | None
    documents: Path | None
    before: tuple[str, ...]
    turns: tuple[Mapping[str, Any], ...]


def read(file: Path) -> list[Story]:
    """Raises StoryError, which names the file and the story."""
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise StoryError(f"{file}: cannot be read: {str(error).splitlines()[0]}") from error
    if not isinstance(content, list):
        raise StoryError(f"{file}: stories are a list; begin each with `- story:`")
    return [_story(file, number, entry) for number, entry in enumerate(content, 1)]


def _story(file: Path, number: int, entry: Any) -> Story:
    where = f"{file}: story {number}"
    if not isinstance(entry, Mapping) or not isinstance(entry.get("turns"), list):
        raise StoryError(f"{where} has no turns; give it `turns:` with a list")
    where = f"{file}: {entry.get('story', f'story {number}')!r}"
    _known(entry, STORY_KEYS, where)
    for turn in entry["turns"]:
        if not isinstance(turn, Mapping):
            raise StoryError(f"{where}: a turn is {turn!r}; write `- say: …`")
        _known(turn, (*ACTIONS, *CLAIMS), where)
        if sum(action in turn for action in ACTIONS) != 1:
            raise StoryError(f"{where}: a turn needs one of {', '.join(ACTIONS)}; this is {dict(turn)!r}")
    home, config, documents = (
        file.parent / entry[key] if key in entry else None for key in ("home", "config", "documents")
    )
    before = tuple(map(str, entry.get("before", ())))
    clock = str(entry.get("clock", CLOCK))
    name, turns = str(entry.get("story", number)), tuple(entry["turns"])
    return Story(name, file, clock, home, config, documents, before, turns)


def _known(entry: Mapping[str, Any], keys: Sequence[str], where: str) -> None:
    for key in entry:
        if key not in keys:
            raise StoryError(f"{where}: unknown key {key!r}; known are {', '.join(keys)}")


def lines(story: Story) -> Iterator[str]:
    """What `mynah chat` would be given to hold it."""
    yield from (f"< {_quoted(message)}" for message in story.before)
    yield from map(_line, story.turns)


def play(story: Story, settings: Settings | None = None) -> Iterator[str]:
    """What goes wrong in it, a line each; nothing where all is well."""
    settings = settings or Settings()
    if story.config is not None:
        settings = settings_file.load(story.config)
    if story.home is not None:
        settings = replace(settings, home=replace(settings.home, file=story.home))
    if story.documents is not None:
        settings = replace(settings, knowledge=replace(settings.knowledge, documents=story.documents))
    chat = Chat.of(settings, story.clock)
    for message in story.before:
        list(chat.take(f"< {_quoted(message)}"))
    for turn in story.turns:
        line, told = _line(turn), [exchange_json(each) for each in chat.take(_line(turn))]
        for problem in _wrong(turn, told):
            yield f"{line!r}: {problem}"


def _line(turn: Mapping[str, Any]) -> str:
    if "hear" in turn:
        return f"< {_quoted(str(turn['hear']))}"
    if "pass" in turn:
        return f"+{turn['pass']}"
    return str(turn.get("say", ""))


def _quoted(message: str) -> str:
    """A message whose topic may have blanks: its payload begins at the first bracket or the last blank."""
    found = re.match(r"(.*?) ([{\[].*)", message) or re.match(r"(.*) (\S*)", message)
    return f"{json.dumps(found[1])} {found[2]}" if found else json.dumps(message)


def _wrong(turn: Mapping[str, Any], told: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    last = told[-1] if told else {}
    if "intent" in turn and (found := (last.get("intent") or {}).get("name")) != turn["intent"]:
        yield f"intent {found}, not {turn['intent']}"
    if "commands" in turn:
        sent = [_command(each) for one in told for each in one["commands"]]
        if sorted(sent) != sorted(map(_normal, turn["commands"])):
            yield f"sends {sent}, not {turn['commands']}"
    if "done" in turn:
        done = [each for one in told for each in one["done"]]
        if not _cover(turn["done"] or [], done):
            yield f"does {done}, not {turn['done']}"
    if "reply" in turn and not any(re.search(str(turn["reply"]), one["reply"]) for one in told):
        yield f"says {[one['reply'] for one in told]}, not {turn['reply']!r}"
    if "question" in turn:
        yield from _wrong_question(turn["question"], last.get("question"))
    if "source" in turn and (source := last.get("source")) != turn["source"]:
        yield f"from {source}, not {turn['source']}"
    if "due" in turn:
        due = [one["due"] for one in told if one["due"]]
        if not _cover(turn["due"] or [], due):
            yield f"due is {due}, not {turn['due']}"


def _wrong_question(claim: Any, question: Mapping[str, Any] | None) -> Iterator[str]:
    if isinstance(claim, list):
        options = sorted(question["options"]) if question else None
        if options != sorted(claim):
            yield f"asks with options {options}, not {claim}"
    elif bool(claim) != (question is not None):
        yield f"asks {question['text']!r}, not nothing" if question else "asks nothing"


def _cover(claims: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]) -> bool:
    """Whether `found` has one for each of `claims`, in order, with at least its values."""
    return len(claims) == len(found) and all(
        all(one.get(key) == value for key, value in claim.items())
        for claim, one in zip(claims, found, strict=True)
    )


def _command(command: Mapping[str, Any]) -> str:
    payload = command["payload"]
    return _normal(f"{command['topic']} {payload if isinstance(payload, str) else json.dumps(payload)}")


def _normal(text: str) -> str:
    """A command as it is compared: its JSON payload with its keys in order."""
    found = re.match(r"(.*?) (\{.*)", text)
    if found is None:
        return text.rstrip()
    return f"{found[1]} {json.dumps(json.loads(found[2]), sort_keys=True)}"
