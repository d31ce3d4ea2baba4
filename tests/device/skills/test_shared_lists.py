"""All shipped sentence files share their lists and rules: a name means one thing."""

from __future__ import annotations

from pathlib import Path

import yaml

SKILLS = Path(__file__).parents[3] / "device" / "skills"


def test_no_two_files_give_a_name_two_meanings() -> None:
    meanings: dict[tuple[str, str], dict[str, str]] = {}
    for file in (SKILLS / "common.yaml", *sorted(SKILLS.glob("*/en/sentences/*.yaml"))):
        document = yaml.safe_load(file.read_text())
        for kind in ("lists", "expansion_rules"):
            for name, body in (document.get(kind) or {}).items():
                meanings.setdefault((kind, name), {}).setdefault(str(body), file.name)
    twice = {name: list(files.values()) for name, files in meanings.items() if len(files) > 1}
    assert not twice
