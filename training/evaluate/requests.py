"""`mynah-train evaluate requests`: requests in people's own words, typed, with the encoder and without.

The corpora's sentences for validation, under Mynah's labels, in a home. A request is understood where the
right intent comes of it, be it that Mynah asks back first; wrong where another comes of it that is not asked
back. Of what is out of scope nothing should come.
"""

from __future__ import annotations

import argparse
import enum
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from device.assembly.stages import make_home, make_understanding
from device.errors import MynahError
from device.events import Request, Transcript
from device.settings import Off, Settings, bundle_folder
from device.understanding.frames import frames
from device.understanding.understanding import Understanding
from training.evaluate.intervals import share_with_interval
from training.text.corpora import OUT_OF_SCOPE, Example
from training.text.requests import held_out
from training.text.scores import calibration_error

INTENTS = {
    "light_on": {"HassTurnOn", "HassLightSet", "MynahTooDark"},
    "light_off": {"HassTurnOff"},
    "light_brighter": {"HassLightSet"},
    "light_dimmer": {"HassLightSet"},
    "light_colour": {"HassLightSet"},
    "turn_on": {"HassTurnOn"},
    "turn_off": {"HassTurnOff"},
    "clean": {"HassVacuumStart", "HassTurnOn"},
    "coffee": {"HassTurnOn"},
    "volume_up": {"HassSetVolumeRelative", "HassSetVolume", "MynahSetVoiceVolume"},
    "volume_down": {"HassSetVolumeRelative", "HassSetVolume", "MynahSetVoiceVolume"},
    "mute": {"HassMediaPlayerMute"},
    "unmute": {"HassMediaPlayerUnmute"},
    "alarm_set": {"MynahSetAlarm"},
    "alarm_cancel": {"MynahCancelAlarm"},
    "alarms": {"MynahAlarms"},
    "timer_set": {"HassStartTimer"},
    "list_add": {"HassListAddItem"},
    "list_remove": {"MynahRemoveItem", "HassListCompleteItem"},
    "list_query": {"MynahGetList"},
    "list_has": {"MynahGetList"},
    "lists": {"MynahGetList"},
    "list_create": {"MynahCreateList"},
    "list_delete": {"MynahDeleteList", "MynahClearList"},
    "list_clear": {"MynahClearList", "MynahDeleteList"},
    "reminder_set": {"MynahSetReminder"},
    "reminders": {"MynahReminders"},
    "time": {"HassGetCurrentTime"},
    "date": {"HassGetCurrentDate"},
}
"""What each label should come to."""
GROUPS = {
    "home": "light_on light_off light_brighter light_dimmer light_colour turn_on turn_off clean coffee",
    "alarms, lists, time": "alarm_set alarm_cancel alarms list_add list_remove list_query list_has lists"
    " list_create list_delete list_clear time date",
    "others": "volume_up volume_down mute unmute timer_set reminder_set reminders",
}


class Kind(enum.Enum):
    DONE = "done"
    ASKED = "asked"
    REFUSED = "refused"
    WRONG = "wrong"
    ASKED_WRONG = "asked wrongly"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    label: str
    kind: Kind
    name: str | None
    confidence: float


def judged(understanding: Understanding, example: Example) -> Row:
    """What comes of a sentence that is typed."""
    acts = understanding.acts(Transcript(example.text, 1.0))
    asked = [act for act in acts if isinstance(act, Request)]
    if not asked:
        return Row(example.text, example.intent, Kind.REFUSED, None, 0.0)
    first, wanted = asked[0], INTENTS.get(example.intent, set())
    right = first.intent.name in wanted
    if first.asked or first.intent.slots.get("doubtful"):
        kind = Kind.ASKED if right else Kind.ASKED_WRONG
    elif right:
        kind = Kind.DONE
    else:
        kind = Kind.ANSWERED if is_answered(first.intent.name) else Kind.WRONG
    return Row(example.text, example.intent, kind, first.intent.name, first.intent.confidence)


def is_answered(name: str) -> bool:
    """Whether an intent changes nothing: neither the home nor what Mynah remembers."""
    commands = {
        intent for label, names in INTENTS.items() for intent in names if not frames()[label].answered
    }
    return name not in commands and (not name.startswith("Hass") or name.startswith("HassGet"))


def report(rows: Sequence[Row]) -> Iterator[str]:
    """A line for each label and group, and one for what is out of scope."""
    for group, labels in GROUPS.items():
        part = [row for row in rows if row.label in labels.split()]
        if part:
            yield f"{group}: {line(part)}"
            yield from (
                f"  {label:16} {line(some)}"
                for label in labels.split()
                if (some := [row for row in part if row.label == label])
            )
    outside = [row for row in rows if row.label == OUT_OF_SCOPE]
    counts = Counter(row.kind for row in outside)
    acted, low, high = share_with_interval(counts[Kind.WRONG], len(outside))
    yield (
        f"out of scope: {len(outside)}, acted on {acted:.2%} ({low:.2%} … {high:.2%}),"
        f" asked {counts[Kind.ASKED_WRONG]}, answered {counts[Kind.ANSWERED]}"
    )
    read = [row for row in rows if row.name and row.confidence < 1.0]
    if read:
        right = np.array([row.kind in (Kind.DONE, Kind.ASKED) for row in read])
        sure = np.array([row.confidence for row in read], np.float32)
        yield f"expected calibration error of what the encoder read: {calibration_error(sure, right):.3f}"


def line(rows: Sequence[Row]) -> str:
    counts = Counter(row.kind for row in rows)
    share, low, high = share_with_interval(counts[Kind.DONE] + counts[Kind.ASKED], len(rows))
    told = ", ".join(f"{counts[kind]} {kind.value}" for kind in Kind if counts[kind])
    return f"{len(rows):4}, understood {share:.1%} ({low:.1%} … {high:.1%}): {told}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder with a folder for each corpus")
    parser.add_argument("--home", type=Path, help="home.toml in which they are said (the example)")
    parser.add_argument("--bundle", type=Path, help="bundle of the encoder (the shipped one)")
    parser.add_argument("--without", action="store_true", help="templates alone")
    parser.add_argument("--json", type=Path, help="write the result of each sentence here")


def run(arguments: argparse.Namespace) -> None:
    """Raises MynahError."""
    settings = Settings()
    if arguments.home:
        settings = replace(settings, home=replace(settings.home, file=arguments.home))
    encoder = Off(False) if arguments.without else settings.understanding.encoder
    if arguments.bundle:
        encoder = bundle_folder(f"{arguments.bundle}/")
    settings = replace(settings, understanding=replace(settings.understanding, encoder=encoder))
    understanding = make_understanding(settings, make_home(settings))
    examples = list({one.text: one for one in held_out(arguments.data)}.values())
    if not examples:
        raise MynahError(f"{arguments.data}: no sentences for validation; name the folder with the corpora")
    rows = [judged(understanding, one) for one in examples]
    print("\n".join(report(rows)))
    if arguments.json:
        plain = [
            {"text": row.text, "label": row.label, "kind": row.kind.value, "name": row.name,
             "confidence": round(row.confidence, 4)}
            for row in rows
        ]  # fmt: skip
        arguments.json.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
