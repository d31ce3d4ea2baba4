"""What a large collection of documents costs: seconds to index it, milliseconds for a question, memory."""

from __future__ import annotations

import random
import re
import string
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from device.knowledge.documents import indexing
from device.knowledge.documents.papers import Papers
from device.settings import bundle_folder

PAGES = 3200
"""Words of a document: ten pages."""
ASKED = 40
"""Questions that are asked."""
_PARTS = re.compile(r"[a-z]+|[^a-z]+")
_WORD = re.compile(r"[a-z]{4,}")


def report(count: int, examples: Path, questions: Sequence[Path]) -> None:
    """Index `count` documents like the examples, in other words, and ask the questions of the files."""
    before = _resident()
    with tempfile.TemporaryDirectory() as temporary:
        folder, index = Path(temporary) / "documents", Path(temporary) / "index.db"
        folder.mkdir()
        for number, text in enumerate(made_up(count, examples)):
            (folder / f"{number:05}.md").write_text(text, "utf-8")
        began = time.perf_counter()
        indexing.run(folder, index, bundle_folder("sentences"))
        spent = time.perf_counter() - began
        size = index.stat().st_size / 1e6
        print(f"{count} documents: indexed in {spent:.0f} s; the index has {size:.0f} MB")
        papers = Papers(index, bundle_folder("sentences"))
        papers.find("is it loaded")
        rows = [row for file in questions for row in yaml.safe_load(file.read_text("utf-8"))]
        times = sorted(_timed(papers, row["ask"]) for row in rows[:ASKED])
        middle, slowest = times[len(times) // 2], times[-1]
        print(f"a question: {middle:.0f} ms (median), {slowest:.0f} ms (slowest of {len(times)})")
        print(f"memory for questions: {_resident() - before:.0f} MB")


def made_up(count: int, examples: Path) -> Iterator[str]:
    """Documents built like the Markdown examples, half of whose words are others in each."""
    text = "\n".join(file.read_text("utf-8") for file in sorted(examples.glob("*.md")))
    text = " ".join(text.split(" ")[:PAGES])
    chance = random.Random(1)
    own = sorted(set(_WORD.findall(text)))
    others = ["".join(chance.choices(string.ascii_lowercase, k=7)) for _ in range(4000)]
    for number in range(count):
        changed = chance.sample(own, len(own) // 2)
        swapped = dict(zip(changed, chance.choices(others, k=len(changed)), strict=True))
        yield f"# Appliance {number}\n\n" + "".join(swapped.get(part, part) for part in _PARTS.findall(text))


def _timed(papers: Papers, question: str) -> float:
    began = time.perf_counter()
    papers.find(question)
    return 1000 * (time.perf_counter() - began)


def _resident() -> float:
    """MB of memory that this process holds now."""
    status = Path("/proc/self/status").read_text("ascii")
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0
