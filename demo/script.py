"""What the demonstration says, and what must come of it: `script.toml`, read and judged."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.appliances import State
from demo.house import Changed

SCRIPT = Path(__file__).with_name("script.toml")


@dataclass(frozen=True, slots=True)
class Scene:
    """One recording, and for each appliance that must change by it the values that it must have then.

    `answers`: it answers the question of the scene before it, without the wake word. `asks`: the options that
    Mynah must offer, if it is to ask something. `done`: what must change in its own memory. `due`: what must
    fall due afterwards, by its name.
    """

    recording: Path
    changes: Mapping[str, State]
    answers: bool = False
    asks: tuple[str, ...] = ()
    done: tuple[Mapping[str, Any], ...] = ()
    due: str = ""

    @property
    def text(self) -> str:
        """What is said in the recording: the file is named after it."""
        return self.recording.stem

    @property
    def spoken(self) -> str:
        """All that is said in the recording."""
        return self.text if self.answers else f"Hey Mynah … {self.text}"

    def mistakes(self, turn: Mapping[str, Any]) -> list[str]:
        """What Mynah did not ask or do in `turn` as it should."""
        offered = tuple((turn.get("question") or {}).get("options", ()))
        wrong = [f"it should ask {', '.join(self.asks) or 'nothing'}"] if offered != self.asks else []
        done = turn.get("done", ())
        missing = [one for one in self.done if not any(one.items() <= each.items() for each in done)]
        return wrong + [f"{values(one)} should be done" for one in missing]

    def complete(self, seen: Iterable[Changed]) -> bool:
        """Whether everything expected has happened."""
        now = _latest(seen)
        return all(_holds(now.get(name, {}), wanted) for name, wanted in self.changes.items())

    def faults(self, seen: Iterable[Changed]) -> list[str]:
        """What is missing and what changed though it should not have; empty if all is as commanded."""
        now = _latest(seen)
        missing = [
            f"{name} should have {values(wanted)}, but "
            + (f"has {values(now[name])}" if name in now else "did not change")
            for name, wanted in self.changes.items()
            if not _holds(now.get(name, {}), wanted)
        ]
        return missing + [f"{name} should not have changed" for name in now if name not in self.changes]


def load(path: Path) -> tuple[Scene, ...]:
    """The scenes in a script file, in its order; recordings are relative to the file."""
    scenes = tomllib.loads(path.read_text("utf-8"))["scene"]
    return tuple(
        Scene(
            path.parent / scene["recording"],
            scene.get("changes", {}),
            scene.get("answers", False),
            tuple(scene.get("asks", ())),
            tuple(scene.get("done", ())),
            scene.get("due", ""),
        )
        for scene in scenes
    )


def _latest(seen: Iterable[Changed]) -> Mapping[str, State]:
    return {change.appliance.name: change.after for change in seen}


def _holds(state: State, wanted: State) -> bool:
    return all(key in state and state[key] == value for key, value in wanted.items())


def values(state: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in state.items())
