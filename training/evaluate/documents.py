"""`mynah-train evaluate documents`: questions about a folder of documents, through the device's own code."""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from device.errors import UsageError
from device.knowledge.documents import indexing
from device.knowledge.documents.papers import ENOUGH, Papers
from device.settings import DEVICE, bundle_folder
from training.evaluate.intervals import share_with_interval

EXAMPLES = DEVICE.parent / "docs" / "examples"
RIGHT, WRONG, REFUSED, INVENTED, SILENT = "right", "wrong", "refused", "invented", "rightly refused"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--documents", type=Path, default=EXAMPLES / "manuals", metavar="DIR")
    parser.add_argument(
        "--questions",
        type=Path,
        nargs="+",
        default=sorted((EXAMPLES / "questions").glob("*.yaml")),
        metavar="F",
        help="YAML lists of `ask`, `source` (none: unanswerable) and `says`, as in docs/examples/questions",
    )
    parser.add_argument("--quiet", action="store_true", help="do not print the questions that fail")


def run(arguments: argparse.Namespace) -> None:
    """Raises UsageError where there is no question."""
    with tempfile.TemporaryDirectory() as folder:
        papers = Papers(Path(folder) / "index.db", bundle_folder("meanings"))
        for problem in indexing.run(arguments.documents, papers.index):
            print(problem)
        papers.prepare()
        for file in arguments.questions:
            report(file, papers, arguments.quiet)


def report(file: Path, papers: Papers, quiet: bool) -> None:
    rows = yaml.safe_load(file.read_text("utf-8"))
    if not rows:
        raise UsageError(f"{file}: no questions; write `- ask:` for each")
    counts: Counter[str] = Counter()
    began = time.perf_counter()
    for row in rows:
        judged, told = judge(row, papers)
        counts[judged] += 1
        if not quiet and judged not in (RIGHT, SILENT):
            print(f"  {judged}: {row['ask']} → {told}")
    spent = 1000 * (time.perf_counter() - began) / len(rows)
    answerable = counts[RIGHT] + counts[WRONG] + counts[REFUSED]
    right, wrong = counts[RIGHT], counts[WRONG] + counts[INVENTED]
    print(
        f"{file.name}: right passage {_share(right, answerable)}, wrong answers {_share(wrong, len(rows))},"
        f" {spent:.0f} ms a question"
    )


def judge(row: Mapping[str, Any], papers: Papers) -> tuple[str, str]:
    """What the papers' answer to a question is worth, and what it is."""
    found = papers.find(row["ask"])
    if found is None or found.probability < ENOUGH:
        return (REFUSED if "source" in row else SILENT), "nothing"
    sources = [row["source"]] if isinstance(row.get("source"), str) else row.get("source", [])
    said = " ".join(found.passage.pieces)
    told = f"{found.passage.source} ({found.probability:.2f}): {said[:60]}"
    if not sources:
        return INVENTED, told
    fits = found.passage.source in sources and re.search(str(row.get("says", "")), said)
    return (RIGHT if fits else WRONG), told


def _share(part: int, whole: int) -> str:
    share, low, high = share_with_interval(part, whole)
    return f"{part} of {whole} ({share:.1%}; {low:.1%}…{high:.1%})"
