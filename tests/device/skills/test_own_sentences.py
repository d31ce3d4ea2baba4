"""The format, the intents and the slots are Home Assistant's; the sentences are ours.

Its own sentences lie beside the checkout where somebody has put them. They are compared there line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).parents[3]
SKILLS = CHECKOUT / "device" / "skills"
THEIRS = CHECKOUT.parent / "shared" / "data" / "text" / "ha-intents"

MOST = 0.02
"""The share of our lines that may equal one of theirs."""

OF_A_PHRASE = ("name", "area", "floor", "covers", "percent")
"""Our rules for what they write out: put in place, so that the short way to write it hides nothing."""

UNAVOIDABLE = {
    "{name}": "the name of a device alone: the rule that says which words may stand before it",
    "<open> {name}": "a verb and a name: there is nothing to say otherwise",
    "what time is it": "everybody asks so",
    "stop": "one word",
    "never mind": "everybody says so",
    "(never mind|nevermind)": "everybody says so",
}
"""Lines that nobody can write otherwise, normal, and why. They count as ours."""

DECORATION = re.compile(
    r"\[(?:<the>|the|<all>|<all>\|<the>|<the>\|<all>|floor|<everywhere>|<here>|percent|%\| percent|please)\]"
)
ALTERNATIVES = re.compile(r"[\[(][^\[\]()]*\|[^\[\]()]*[\])]")


def normal(line: str, rules: dict[str, str]) -> str:
    """`line` without its decoration: letters' case, spaces, articles, the order of alternatives."""
    line = line.lower()
    for rule in OF_A_PHRASE:
        line = line.replace(f"<{rule}>", rules[rule])
    line = line.replace("[(", "[").replace(")]", "]").replace("[s]", "s")
    line = re.sub(r"\{(\w+):\w+\}", r"{\1}", line)
    line = DECORATION.sub(" ", line)
    line = ALTERNATIVES.sub(in_order, line)
    line = re.sub(r"\s+", " ", line).strip()
    return re.sub(r"\s*([()\[\]|])\s*", r"\1", line)


def in_order(alternatives: re.Match[str]) -> str:
    text = alternatives[0]
    return text[0] + "|".join(sorted(part.strip() for part in text[1:-1].split("|"))) + text[-1]


def sentences(document: Any) -> Iterator[str]:
    """Every template of a sentence file, and what its rules stand for."""
    if isinstance(document, list):
        for item in document:
            yield from sentences(item)
    elif isinstance(document, dict):
        for key, value in document.items():
            if key == "sentences":
                yield from (line for line in value if isinstance(line, str))
            elif key == "expansion_rules":
                yield from value.values()
            else:
                yield from sentences(value)


def ours() -> Iterator[tuple[Path, str]]:
    for file in (SKILLS / "common.yaml", *sorted(SKILLS.glob("*/en/sentences/*.yaml"))):
        for line in sentences(yaml.safe_load(file.read_text())):
            yield file.relative_to(SKILLS), line


@pytest.fixture(scope="module")
def rules() -> dict[str, str]:
    return dict(yaml.safe_load((SKILLS / "common.yaml").read_text())["expansion_rules"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<turn> on <name>", "<turn> on  [<the>] {name}"),
        ("[<all>|<the>] <fan> on [<here>]", "[(<all>|<the>)] <FAN> on"),
        ("how (hot|cold) is it", "how (cold | hot) is it"),
        ("{cover_classes:device_class} open", "{cover_classes} open"),
    ],
)
def test_lines_that_differ_in_decoration_alone_are_equal(one: str, other: str, rules: dict[str, str]) -> None:
    assert normal(one, rules) == normal(other, rules)


def test_every_line_of_ours_is_read(rules: dict[str, str]) -> None:
    assert sum(1 for _ in ours()) > 800


@pytest.mark.skipif(not THEIRS.is_dir(), reason=f"Home Assistant's sentences are not in {THEIRS}")
def test_hardly_a_line_is_home_assistants(rules: dict[str, str]) -> None:
    files = sorted(THEIRS.glob("sentences/en/**/*.yaml"))
    documents = [yaml.safe_load(file.read_text()) for file in files]
    theirs = {normal(line, rules) for line in sentences(documents)}
    assert len(theirs) > 500
    lines = [(file, line) for file, line in ours() if normal(line, rules) not in UNAVOIDABLE]
    equal = [f"{file}: {line}" for file, line in lines if normal(line, rules) in theirs]
    assert len(equal) / len(lines) < MOST, "\n".join(equal)
