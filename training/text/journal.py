"""What went wrong in a home, as labelled requests: `mynah history --export` → examples for a head.

A failure's label is that of the sentence with which it was said otherwise. That is one of Mynah's own, whose
label is in `device/skills/requests.yaml`; where several have such a sentence, the encoder that ships decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from device.errors import MynahError
from device.learning.pairs import Pair, pairs
from device.memory.journal.entries import Turned
from device.understanding.frames import frames
from device.understanding.pieces import plain
from training.text.corpora import Example, is_validation

EACH = 20
"""How often each failure is learned from: few as they are, thousands of others stand beside them."""
SURE = 0.5
"""The least probability with which a label is taken where there are several."""
SLOT = re.compile(r"\\\{\w+\\\}")
KEYS = ("at", "turn", "text", "intent", "confidence", "fine", "corrects")

Label = Callable[[str], Mapping[str, float]]
"""Gives the probability of each label of a text."""


def turns(file: Path) -> Iterator[Turned]:
    """Those of an export, in their order. Raises MynahError with the line that is none."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise MynahError(f"{file}: cannot be read ({error}); make it with mynah history --export") from error
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            if entry.get("turn") is not None:
                yield _turned(entry)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise MynahError(
                f"{file}:{number}: this is no line of a journal; make it with mynah history --export"
            ) from error


def _turned(entry: Mapping[str, object]) -> Turned:
    at = datetime.fromisoformat(str(entry["at"])).timestamp()
    text, intent, corrects = entry["text"], entry["intent"], entry.get("corrects")
    return Turned(
        at,
        None if text is None else str(text),
        None if intent is None else str(intent),
        float(str(entry["confidence"])),
        bool(entry["fine"]),
        {key: value for key, value in entry.items() if key not in KEYS},
        None if corrects is None else int(str(corrects)),
        int(str(entry["turn"])),
    )


def labelled(found: Iterable[Pair], label: Label) -> list[Example]:
    """The failures of which it is clear what they ask for. Each text has one label: the last one."""
    texts = {plain(pair.said): pair.means for pair in found}
    labels = {text: label_of(means, label) for text, means in texts.items()}
    return [Example(text, one, None) for text, one in labels.items() if text and one]


def label_of(means: str, label: Label) -> str:
    """The label to which a sentence of Mynah's own belongs; empty where that is not clear."""
    fitting = [name for name, frame in frames().items() if any(_fits(form, means) for form in frame.forms)]
    if len(fitting) < 2:
        return "".join(fitting)
    probable = label(means)
    best = max(fitting, key=lambda name: probable.get(name, 0.0))
    return best if probable.get(best, 0.0) >= SURE else ""


def _fits(form: str, text: str) -> bool:
    """Whether `text` is the sentence `form` with something in its slots, and articles as you like."""
    pattern = SLOT.sub("(?:the |my |our )?.+", re.escape(form))
    return re.fullmatch(pattern, text) is not None


def parts(file: Path, label: Label) -> tuple[list[Example], list[Example]]:
    """What is learned from, and a tenth that is kept to measure. Raises MynahError where there is nothing."""
    examples = labelled(pairs(turns(file)), label)
    if not examples:
        raise MynahError(f"{file}: nothing in it failed and was said otherwise; there is nothing to learn")
    kept = [one for one in examples if is_validation(one.text)]
    return [one for one in examples if one not in kept], kept
