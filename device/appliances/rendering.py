"""Home Assistant's templates (Jinja2), which devices announce and nobody here wrote.

They run in a sandbox, `device.appliances.sandbox`, where they cannot loop, reach anything, or make much of
little. Jinja2 is loaded once the first template is met, since many homes have none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    return _compiled(source)(variables)


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
    from device.appliances import filters, sandbox

    try:
        sandbox.compiled(source)
    except filters.Refused as error:
        raise TemplateError(str(error)) from None


@lru_cache(maxsize=4096)
def _compiled(source: str) -> Callable[[Mapping[str, Any]], str]:
    """What renders `source`. A template that cannot be used renders to its error."""
    from device.appliances import filters, sandbox  # the first template loads Jinja2

    if len(source) > LONGEST_SOURCE:
        return _broken(f"it is longer than {LONGEST_SOURCE} characters")
    try:
        template = sandbox.compiled(source)
    except filters.Refused as error:
        return _broken(str(error))

    def rendered(variables: Mapping[str, Any]) -> str:
        try:
            return sandbox.rendered(template, variables)
        except filters.Refused as error:
            raise TemplateError(str(error)) from None

    return rendered


def _broken(reason: str) -> Callable[[Mapping[str, Any]], str]:
    def rendered(variables: Mapping[str, Any]) -> str:
        raise TemplateError(reason)

    return rendered
