"""The JSON files of runs and bundles, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Writes `file` under a temporary name, then renames it."""
    temporary = file.with_name(file.name + ".part")
    temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(file)


def annotate(file: Path, sections: Mapping[str, Mapping[str, Any]]) -> None:
    """Adds entries to sections ("decision", "measured", …) of a JSON file: a config.json, a bundle.json."""
    content = json.loads(file.read_text(encoding="utf-8"))
    for section, entries in sections.items():
        content[section] = {**content.get(section, {}), **entries}
    write_json(file, content)
