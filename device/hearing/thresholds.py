"""The wake words' thresholds, as they are moved while the daemon runs; they outlast it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from device.mqtt.topics import level
from device.system.atomic import write_whole

log = logging.getLogger(__name__)

LEAST, MOST = 0.01, 0.99
"""Below, it would wake at everything; above, at nothing."""


class Adjustable(Protocol):
    """A wake word (`device.hearing.wake.Word`) whose threshold, a probability, can be moved."""

    name: str
    threshold: float


class Thresholds:
    """By the wake word's name as one level of a topic: "hey mynah" is hey_mynah. Kept in `file`, if any.

    What was kept holds as long as the threshold that it was moved from does: with another bundle, or another
    one in the settings, the slider begins anew.
    """

    def __init__(self, words: Iterable[Adjustable], file: Path | None = None) -> None:
        self._words: dict[str, list[Adjustable]] = {}
        for word in words:
            self._words.setdefault(level(word.name), []).append(word)
        self._own = {name: [word.threshold for word in some] for name, some in self._words.items()}
        self._file = file
        for name, entry in self._kept().items():
            if name in self._words and entry.get("instead_of") == self._own[name]:
                self._set(name, entry.get("threshold"))

    @property
    def names(self) -> Mapping[str, str]:
        """The words by what they are called in topics."""
        return {name: some[0].name for name, some in self._words.items()}

    def __getitem__(self, name: str) -> str:
        """What is published of it."""
        return f"{self._words[name][0].threshold:.4g}"

    def move(self, name: str, payload: bytes) -> bool:
        """Whether `payload` was a threshold for a word that there is; then it holds from now on."""
        try:
            value = float(payload)
        except ValueError:
            value = -1.0
        if not self._set(name, value):
            log.warning("a threshold is a number from %g to %g, not %r", LEAST, MOST, payload[:20])
            return False
        self._keep({**self._kept(), name: {"threshold": value, "instead_of": self._own[name]}})
        return True

    def _set(self, name: str, value: Any) -> bool:
        if name not in self._words or not isinstance(value, float) or not LEAST <= value <= MOST:
            return False
        for word in self._words[name]:
            word.threshold = value
        log.info("%s wakes from %g on", name, value)
        return True

    def _kept(self) -> dict[str, dict[str, Any]]:
        try:
            content = json.loads(self._file.read_text("utf-8")) if self._file else {}
        except (OSError, ValueError):
            return {}
        entries = content.items() if isinstance(content, dict) else ()
        return {name: entry for name, entry in entries if isinstance(entry, dict)}

    def _keep(self, values: Mapping[str, Any]) -> None:
        if self._file is None:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, json.dumps(values).encode())
        except OSError as error:
            log.warning("%s: %s: the threshold holds only until the end", self._file, error.strerror)
