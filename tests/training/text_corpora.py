"""Small corpora in the layouts in which the real ones are published, made up."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from device.understanding.pieces import SPECIAL, Pieces

ROOMS = ("kitchen", "bedroom", "hall", "attic")
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight")


def sentences(count: int = 16) -> list[tuple[str, str, str]]:
    """(before, room, intent): "light the kitchen" means `light`, "how warm is the hall" means `warmth`."""
    before = {"light": "light number {} of the ", "warmth": "how warm is floor {} of the "}
    return [
        (text.format(NUMBERS[number % 8]), ROOMS[number % 4], intent)
        for number in range(count)
        for intent, text in before.items()
    ]


def snips(folder: Path) -> None:
    for name, count in (("train_{}_full.json", 16), ("validate_{}.json", 4)):
        for intent in ("light", "warmth"):
            data = [
                {"data": [{"text": before}, {"text": room, "entity": "room"}]}
                for before, room, meant in sentences(count)
                if meant == intent
            ]
            _json(folder / name.format(intent), {intent: data})


def clinc150(folder: Path) -> None:
    said = [[f"well {before}{room}", intent] for before, room, intent in sentences()]
    other = [[f"who won game {number}", "oos"] for number in NUMBERS]
    content = {"train": said, "val": said[:8], "test": said[8:16]}
    _json(folder / "data_full.json", {**content, **{f"oos_{name}": other for name in content}})


def hwu64(folder: Path) -> None:
    columns = ("answerid", "scenario", "intent", "answer_annotation", "answer_from_anno", "answer_from_user")
    for part, count in (("trainset", 16), ("testset/csv", 4)):
        (folder / part).mkdir(parents=True, exist_ok=True)
        for intent in ("light", "warmth"):
            with (folder / part / f"home_{intent}.csv").open("w", newline="") as file:
                out = csv.writer(file, delimiter=";")
                out.writerow(columns)
                for before, room, meant in sentences(count):
                    if meant == intent:
                        text = before + room
                        out.writerow(("1", "home", intent, f"{before}[room : {room}]", text, text))


def slurp(folder: Path) -> None:
    rows = [
        {
            "sentence": before + room,
            "sentence_annotation": f"{before}[room : {room}]",
            "intent": f"home_{intent}",
            "scenario": "home",
            "action": intent,
        }
        for before, room, intent in sentences()
    ]
    folder.mkdir(parents=True, exist_ok=True)
    for name, some in (("devel", rows), ("test", rows[:8])):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in some))
    (folder / "lm.txt").write_text("light the garden\nis it warm\n")


def banking77(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, count in (("train", 16), ("test", 4)):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            out = csv.writer(file)
            out.writerow(("text", "category"))
            out.writerows((before + room + ", please?", intent) for before, room, intent in sentences(count))


def goemotions(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        f"{text} {number}\t{labels}\tid{number}\n"
        for number in NUMBERS
        for text, labels in (
            ("what a joy", "17,27"),
            ("i hate it", "2"),
            ("it is so", "27"),
            ("well", "2,17"),
        )
    ]
    for name in ("train", "dev", "test"):
        (folder / f"{name}.tsv").write_text("".join(lines))


def pieces() -> Pieces:
    """The words of the sentences, and letters."""
    texts = " ".join(before + room for before, room, _ in sentences()) + " who won game well please"
    texts += " what a joy i hate it is so"
    found = [*(f"▁{word}" for word in sorted(set(texts.split()))), "▁", *"abcdefghijklmnopqrstuvwxyz?"]
    return Pieces((*SPECIAL, *found), (0.0,) * len(SPECIAL) + (-3.0,) * len(found))


MAKERS = {maker.__name__: maker for maker in (snips, clinc150, hwu64, slurp, banking77, goemotions)}


def corpora(folder: Path) -> Path:
    """All of them, each in a folder of its name."""
    for name, make in MAKERS.items():
        make(folder / name)
    return folder


def _json(file: Path, content: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content))
