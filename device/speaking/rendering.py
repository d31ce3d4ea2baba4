"""Replies and payloads as templates: text with the values of slots in it.

"{{ item }}" is filled in here. What needs more than names is Jinja2, in the sandbox that templates of devices
run in as well, and which is loaded then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from device.appliances import rendering
from device.appliances.rendering import TemplateError

NAME = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def render(template: str, slots: Mapping[str, Any]) -> str:
    """`template` with its values, `{{ name }}` or `{{ slots.name }}`, in one line. Raises TemplateError."""
    if _is_plain(template):
        return NAME.sub(lambda match: _said(slots, match[1]), template)
    return " ".join(rendering.render(template, {**slots, "slots": dict(slots)}).split())


def check(template: str) -> None:
    """Raises TemplateError for what is no template."""
    if not _is_plain(template):
        rendering.check(template)


def _is_plain(template: str) -> bool:
    rest = NAME.sub("", template)
    return not any(mark in rest for mark in ("{{", "{%", "{#"))


def _said(slots: Mapping[str, Any], name: str) -> str:
    if name not in slots:
        raise TemplateError(f"there is no {name!r}")
    return str(slots[name])
