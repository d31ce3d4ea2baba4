"""A question about the past, and how its answers are said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from device.appliances.devices import Device
from device.events import Outcome, Reply
from device.home.model import Home
from device.memory.journal.past import Past
from device.skills.history import meant
from device.skills.history.meant import Series
from device.skills.history.periods import Period, period
from device.skills.skill import World
from device.speaking import times
from device.speaking.replies import Replies
from device.speaking.wording import capitalized, listed

REPLIES = Replies(Path(__file__).parent / "en" / "replies.yaml")
SOURCE = "journal"


@dataclass(frozen=True, slots=True)
class Asked:
    """`slots`: of the sentence. `past`: the journal, open for reading."""

    slots: Mapping[str, Any]
    world: World
    past: Past

    @property
    def home(self) -> Home:
        return self.world.home

    @property
    def now(self) -> datetime:
        return self.world.now

    @property
    def wanted(self) -> str:
        """The condition that is asked about; of what runs, nothing is said of it."""
        return str(self.slots.get("state", "on"))

    @property
    def devices(self) -> tuple[Device, ...]:
        return meant.devices(self.home, self.slots)

    @property
    def series(self) -> tuple[Series, ...]:
        """What the journal has of the condition, of each thing that is meant."""
        return tuple(meant.series(self.past, self.devices, self.wanted))

    @property
    def period(self) -> Period | None:
        return period(self.slots, self.now)

    def period_or(self, named: str) -> Period:
        """The time that is said; otherwise the one that is called so."""
        found = self.period or period({"past": named}, self.now)
        assert found is not None
        return found

    def moment(self, at: float) -> str:
        """ "at 7 in the morning yesterday"."""
        return times.moment(datetime.fromtimestamp(round(at / 60) * 60), self.now)

    def say(self, reply: str, *about: Device, **values: Any) -> Outcome:
        """An answer, after which "it" is what it is `about`."""
        if "at" in values:
            values["since"] = str(values["at"]).removeprefix("at ")
        told = REPLIES.say(reply, self.world.said, **values)
        text = capitalized(" ".join(told.text.split()))
        return Outcome(reply=Reply(text, told.name), about=spoken_of(about), source=SOURCE)

    def unknown(self) -> Outcome:
        """Nothing is in the journal of what is meant."""
        begins = self.past.begins()
        if not self.devices and not {"name", "domain", "device_class"}.isdisjoint(self.slots):
            return self.say("nothing_such")
        of = listed([one.called for one in self.devices[:3]]) if self.devices else "that"
        if begins is None:
            return self.say("empty", *self.devices)
        return self.say("no_entry", *self.devices, of=of, begins=self.moment(begins))


def spoken_of(devices: tuple[Device, ...]) -> Mapping[str, Any]:
    if not devices:
        return {}
    kind, room = devices[0].kind, devices[0].room
    if len(devices) == 1:
        return {"name": devices[0].name, "domain": kind, **({"room": room} if room else {})}
    return {"names": tuple(one.name for one in devices), "domain": kind}


def often(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
