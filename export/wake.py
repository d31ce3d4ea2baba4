"""What a wake word does as an int8 model on the device: its second look, its figures, its page, its gates."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device.engine.bundle import Bundle
from training.corpus.noises import CLEAN
from training.evaluate import wakewords
from training.evaluate.detectors import Ear
from training.evaluate.page import wake_page
from training.json_files import annotate
from training.wake import people, second_look
from training.wake.corpus import PARTS
from training.wake.gates import Gates

RATIOS = (CLEAN, 10.0)
MOST = 3
"""False accepts an hour up to which a bundle tells their probabilities."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Entries of a bundle's `decision` and `measured`, and the gates that are missed."""

    decision: Mapping[str, Any]
    measured: Mapping[str, Any]
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """How a wake word is tried: in `data`, with the bundle `acoustic`, where there is one, as second look."""

    data: Path
    acoustic: Path | None
    said: int = 400
    looks: int = 200

    def of(self, config: Mapping[str, Any], bundle: Path, run: Path) -> Proof:
        """Tries the int8 `bundle`, which gets its second look; `run` gets report.html, for each word."""
        decision: dict[str, Any] = {}
        measured: dict[str, Any] = {"int8": {}, "others": {}, "gates_missed": []}
        if self.acoustic is not None:
            judge = Bundle.load(self.acoustic, "hearing")
            looked = second_look.judgements(Bundle.load(bundle, "wake"), judge, self.data, self.looks, run)
            decision["words"], measured["second_look"] = looked
            annotate(bundle / "bundle.json", {"decision": decision})
        gates, own = Gates.of(config.get("gates", {})), Bundle.load(bundle, "wake")
        for word in own.labels:
            ear = Ear(own, word, self.acoustic)
            tried = self._tried(ear, run)
            name = "report" if len(own.labels) == 1 else f"report-{word.replace(' ', '-')}"
            alone = self._tried(Ear(own, word, None), run) if ear.twice else None
            page = wake_page(tried, alone, 10, run)
            (run / f"{name}.html").write_text(page, encoding="utf-8")
            (run / f"{name}.json").write_text(json.dumps(tried.figures(), indent=1) + "\n", encoding="utf-8")
            measured["int8"][word] = [row for row in tried.rows if row["at"] == "as shipped"]
            measured["others"][word] = highest(tried.silent)
            measured["gates_missed"] += [f"{word}: {missed}" for missed in gates.missed(tried.rows)]
        return Proof(decision, measured, tuple(measured["gates_missed"]))

    def _tried(self, ear: Ear, run: Path) -> wakewords.Examination:
        spoken = wakewords.sayings_of(ear.name, [], self.said)
        spoken += wakewords.sayings_by(people.trials(run, people.GATES, ear.name))
        folders = [folder for part in PARTS for folder in sorted((self.data / part).glob("*/"))]
        return wakewords.examined(ear, spoken, RATIOS, self.data / "noise", folders, True)


def highest(silent: wakewords.Background | None) -> dict[str, Any] | None:
    """What `device.hearing.enrolment.Others` reads."""
    if silent is None:
        return None
    kept = silent.worst(math.ceil(MOST * silent.hours))
    return {
        "hours": round(silent.hours, 3),
        "probabilities": [round(event.probability, 6) for event in kept],
    }
