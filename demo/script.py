"""What the demonstration says, and what must come of it: `script.toml`, read and judged."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.appliances import State
from demo.house import Changed

SCRIPT = Path(__file__).with_name("script.toml")


@dataclass(frozen=True, slots=True)
class Scene:
    """One recording, and for each appliance that must change by it the values that it must have then."""

    recording: Path
    changes: Mapping[str, State]

    @property
    def text(self) -> str:
        """The command in the recording: the file is named after it."""
        return self.recording.stem

    def complete(self, seen: Iterable[Changed]) -> bool:
        """Whether everything expected has happened."""
        now = _latest(seen)
        return all(_holds(now.get(name, {}), wanted) for name, wanted in self.changes.items())

    def faults(self, seen: Iterable[Changed]) -> list[str]:
        """What is missing and what changed though it should not have; empty if all is as commanded."""
        now = _latest(seen)
        missing = [
            f"{name} should have {_words(wanted)}, but "
            + (f"has {_words(now[name])}" if name in now else "did not change")
            for name, wanted in self.changes.items()
            if not _holds(now.get(name, {}), wanted)
        ]
        return missing + [f"{name} should not have changed" for name in now if name not in self.changes]


def load(path: Path) -> tuple[Scene, ...]:
    """The scenes in a script file, in its order; recordings are relative to the file."""
    scenes = tomllib.loads(path.read_text("utf-8"))["scene"]
    return tuple(Scene(path.parent / scene["recording"], scene["changes"]) for scene in scenes)


def _latest(seen: Iterable[Changed]) -> Mapping[str, State]:
    return {change.appliance.name: change.after for change in seen}


def _holds(state: State, wanted: State) -> bool:
    return all(key in state and state[key] == value for key, value in wanted.items())


def _words(state: State) -> str:
    return ", ".join(f"{key} {value}" for key, value in state.items())
