"""Later knowledge added to a run's config.json or a bundle's bundle.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def annotate(file: Path, sections: Mapping[str, Mapping[str, Any]]) -> None:
    """Puts entries into sections ("decision", "measured", …) of the JSON `file`; whole or not at all."""
    content = json.loads(file.read_text(encoding="utf-8"))
    for section, entries in sections.items():
        content[section] = {**content.get(section, {}), **entries}
    temporary = file.with_name(file.name + ".part")
    temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(file)
