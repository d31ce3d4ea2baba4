"""`mynah-train evaluate documents`: questions about a folder of documents, through the device's own code."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from device.knowledge.documents import indexing
from device.knowledge.documents.papers import Found, Papers, is_answer, offered
from device.settings import DEVICE, bundle_folder
from training.arguments import positive
from training.evaluate import many_documents
from training.evaluate.intervals import share_with_interval
from training.text.lessons import answers, questions

EXAMPLES = DEVICE.parent / "docs" / "examples"
RIGHT, OFFERED, SILENT = "right", "among those offered", "rightly refused"
WRONG, INVENTED, REFUSED = "wrong", "invented", "refused"
OTHERS, NEEDLESS = "others offered", "offered without an answer"
FINE = (RIGHT, OFFERED, SILENT)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_questions(parser)
    parser.add_argument(
        "--many",
        type=positive,
        metavar="N",
        help="measure instead what N made-up documents of ten pages cost: time and memory",
    )
    parser.add_argument("--quiet", action="store_true", help="do not print the questions that fail")


def add_questions(parser: argparse.ArgumentParser) -> None:
    """Where the documents are, and the questions about them."""
    parser.add_argument("--documents", type=Path, default=EXAMPLES / "manuals", metavar="DIR")
    parser.add_argument(
        "--questions",
        type=Path,
        nargs="+",
        default=sorted((EXAMPLES / "questions").glob("*.yaml")),
        metavar="F",
        help="YAML lists of `ask`, `source` (none: unanswerable) and `says`, as in docs/examples/questions",
    )


def run(arguments: argparse.Namespace) -> None:
    """Raises UsageError where there is no question."""
    if arguments.many:
        many_documents.report(arguments.many, arguments.documents, arguments.questions)
        return
    with tempfile.TemporaryDirectory() as folder:
        papers = Papers(Path(folder) / "index.db", bundle_folder("sentences"))
        for problem in indexing.run(arguments.documents, papers.index, papers.encoder):
            print(problem)
        for file in arguments.questions:
            report(file, papers, arguments.quiet)


def report(file: Path, papers: Papers, quiet: bool) -> None:
    rows = questions(file)
    counts: Counter[str] = Counter()
    began = time.perf_counter()
    for row in rows:
        judged, told = judge(row, papers)
        counts[judged] += 1
        if not quiet and judged not in FINE:
            print(f"  {judged}: {row['ask']} → {told}")
    spent = 1000 * (time.perf_counter() - began) / len(rows)
    answerable = sum("source" in row for row in rows)
    print(
        f"{file.name}: right passage {_share(counts[RIGHT], answerable)},"
        f" among those offered {_share(counts[OFFERED], answerable)},"
        f" wrong answers {_share(counts[WRONG] + counts[INVENTED], len(rows))};"
        f" others offered {counts[OTHERS]}, offered without an answer {counts[NEEDLESS]},"
        f" {spent:.0f} ms a question"
    )


def judge(row: Mapping[str, Any], papers: Papers) -> tuple[str, str]:
    """What the papers' answer to a question is worth, and what it is."""
    found = papers.find(row["ask"])
    answerable = "source" in row
    if is_answer(found):
        if not answerable:
            return INVENTED, _told(found[0])
        return (RIGHT if answers(row, found[0].passage) else WRONG), _told(found[0])
    if choices := offered(found):
        told = " | ".join(map(_told, choices))
        if not answerable:
            return NEEDLESS, told
        return (OFFERED if any(answers(row, one.passage) for one in choices) else OTHERS), told
    return (REFUSED if answerable else SILENT), "nothing"


def _told(found: Found) -> str:
    return f"{found.passage.source} ({found.probability:.2f}): {' '.join(found.passage.pieces)[:60]}"


def _share(part: int, whole: int) -> str:
    share, low, high = share_with_interval(part, whole)
    return f"{part} of {whole} ({share:.1%}; {low:.1%}…{high:.1%})"
