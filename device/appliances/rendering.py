"""Home Assistant's templates (Jinja2), which devices announce and nobody here wrote.

They run in a sandbox, `device.appliances.sandbox`, where they cannot loop, reach anything, or make much of
little. Jinja2 is loaded once the first template is met, since many homes have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from device.mqtt.payload import parsed

LONGEST_SOURCE = 4_000
LONGEST_PAYLOAD = 65_536
"""Characters of a template, and of a message that one is given."""


class TemplateError(ValueError):
    """A template that is not rendered; the text says why, and fits behind a colon."""


def render(source: str, variables: Mapping[str, Any]) -> str:
    """What `source` makes of `variables`, without blanks at its ends. Raises TemplateError."""
    from device.appliances import filters, sandbox  # the first template loads Jinja2

    try:
        return sandbox.rendered(_usable(source), variables)
    except filters.Refused as error:
        raise TemplateError(str(error)) from None


def value(source: str | None, payload: str) -> str:
    """What a value template picks from a message; without one, the message. Raises TemplateError."""
    if source is None:
        return payload
    if len(payload) > LONGEST_PAYLOAD:
        raise TemplateError("the message is too long")
    variables: dict[str, Any] = {"value": payload}
    with suppress(ValueError):  # a template may do without
        variables["value_json"] = parsed(payload)
    return render(source, variables)


def check(source: str) -> None:
    """Raises TemplateError for what is no template, or has a part that is not allowed."""
    _usable(source)


def _usable(source: str) -> Any:
    found = _compiled(source)
    if isinstance(found, str):
        raise TemplateError(found)
    return found


@lru_cache(maxsize=4096)
def _compiled(source: str) -> Any:
    """The template that is written as `source`, or the reason why there is none."""
    from device.appliances import filters, sandbox

    if len(source) > LONGEST_SOURCE:
        return f"it is longer than {LONGEST_SOURCE} characters"
    try:
        return sandbox.compiled(source)
    except filters.Refused as error:
        return str(error)
