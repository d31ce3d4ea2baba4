"""How loud Mynah is: the user's volume, that of alarms, and the quiet hours."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

import numpy as np

from device.audio.output import Output
from device.events import Samples
from device.system.atomic import write_whole

log = logging.getLogger(__name__)

LOUDEST = 100
_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begin` to `end` by the clock on the wall; over midnight where `end` is earlier."""

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> QuietHours | None:
        """ "22:00-07:00"; None where it is not so."""
        found = _HOURS.fullmatch(text.replace(" ", ""))
        if found is None:
            return None
        hours = list(map(int, found.groups()))
        return cls(time(hours[0], hours[1]), time(hours[2], hours[3]))

    def __contains__(self, now: time) -> bool:
        if self.begin <= self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end


def gain(volume: int) -> float:
    """By what samples are multiplied at `volume`, 0 to 100: 50 sounds about half as loud as 100."""
    return (min(max(volume, 0), LOUDEST) / LOUDEST) ** 2


class Volume:
    """0 to 100. `level` is the user's, kept in `file`, if any. It is `begins` where nothing was kept, or
    where it was moved from another one. In the quiet hours only an alarm is louder than `quiet_level`."""

    def __init__(
        self,
        begins: int,
        alarm: int = LOUDEST,
        quiet: QuietHours | None = None,
        quiet_level: int = LOUDEST,
        file: Path | None = None,
        clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._begins, self._file, self._clock = begins, file, clock
        self._alarm, self._quiet, self._quiet_level = alarm, quiet, quiet_level
        self.whispered = False
        """Whether somebody whispers: what is said now is no louder than in the quiet hours."""
        kept = self._kept()
        self.level = kept["volume"] if kept.get("instead_of") == begins else begins

    def set(self, level: int) -> None:
        """From now on, and after a restart. Below 0 is 0, above 100 is 100."""
        self.level = min(max(level, 0), LOUDEST)
        log.info("the volume is %d", self.level)
        if self._file is None:
            return
        content = {"volume": self.level, "instead_of": self._begins}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, json.dumps(content).encode())
        except OSError as error:
            log.warning("%s: %s: the volume holds only until the end", self._file, error.strerror)

    def spoken(self) -> float:
        """The gain of speech and short sounds now."""
        if self.whispered or (self._quiet is not None and self._clock().time() in self._quiet):
            return gain(min(self.level, self._quiet_level))
        return gain(self.level)

    def alarm(self) -> float:
        """The gain of rings."""
        return gain(self._alarm)

    def _kept(self) -> dict[str, Any]:
        try:
            content = json.loads(self._file.read_text("utf-8")) if self._file else {}
        except (OSError, ValueError):
            return {}
        kept = content.get("volume") if isinstance(content, dict) else None
        return content if isinstance(kept, int) and 0 <= kept <= LOUDEST else {}


class AtVolume:
    """A loudspeaker whose sounds are as loud as `gain` (0…1) says when they begin."""

    def __init__(self, speaker: Output, gain: Callable[[], float]) -> None:
        self._speaker, self._gain = speaker, gain

    def play(self, samples: Samples) -> None:
        gain = self._gain()
        self._speaker.play(samples if gain == 1 else (samples * np.float32(gain)).astype(np.int16))

    def stop(self) -> None:
        self._speaker.stop()

    @property
    def playing(self) -> bool:
        return self._speaker.playing

    @property
    def there(self) -> bool:
        return self._speaker.there
