"""Templates of replies and payloads: text with the values of slots in it, as Jinja2 writes them.

"{{ item }}" is filled in here. What needs more than names is left to Jinja2, which is loaded then, in its
sandbox: a template comes from a file of the user's or of somebody else's.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

NAME = re.compile(r"\{\{\s*(\w+)\s*\}\}")
LONGEST = 2000
"""Characters of what a template may give: more is neither spoken nor sent."""


class TemplateFailed(ValueError):
    """A template is malformed, or uses what there is not."""


def render(template: str, slots: Mapping[str, Any]) -> str:
    """`template` with its values: `{{ name }}` or `{{ slots.name }}`. Raises TemplateFailed."""
    if _is_plain(template):
        return NAME.sub(lambda match: _said(slots, match[1]), template)
    return _rendered(template, {**slots, "slots": slots})


def check(template: str) -> None:
    """Raises TemplateFailed for one that is malformed."""
    if not _is_plain(template):
        _compiled(template)


def _is_plain(template: str) -> bool:
    rest = NAME.sub("", template)
    return not any(mark in rest for mark in ("{{", "{%", "{#"))


def _said(slots: Mapping[str, Any], name: str) -> str:
    if name not in slots:
        raise TemplateFailed(f"there is no {name!r}")
    return str(slots[name])


def _rendered(template: str, values: Mapping[str, Any]) -> str:
    from jinja2 import TemplateError

    try:
        text = _compiled(template).render(values).strip()
    except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as error:
        raise TemplateFailed(str(error).splitlines()[0] if str(error) else type(error).__name__) from error
    if len(text) > LONGEST:
        raise TemplateFailed(f"it gives more than {LONGEST} characters")
    return " ".join(text.split())


@functools.lru_cache(maxsize=256)
def _compiled(template: str) -> Any:
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    try:
        return ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(template)
    except TemplateError as error:
        raise TemplateFailed(str(error).splitlines()[0]) from error
