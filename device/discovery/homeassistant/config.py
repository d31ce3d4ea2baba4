"""One entity's config: what its keys say, and the commands that are made of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from device.appliances.actions import Action, Do
from device.appliances.rendering import TemplateError
from device.appliances.scale import SAME, Scale, celsius, fahrenheit
from device.appliances.templates import Template
from device.mqtt.topics import is_plain
from device.understanding.numbers import spoken

SAMPLES: Mapping[Do, float | str] = {
    **dict.fromkeys((Do.BRIGHTNESS, Do.POSITION, Do.SPEED, Do.HUMIDITY), 50),
    Do.NUMBER: 1,
    Do.TEMPERATURE: 20,
    Do.COLOR: "red",
    Do.COLOR_TEMPERATURE: 4000,
}
"""Values with which a command is tried."""


@dataclass(slots=True)
class Config:
    """`entry`: its keys are written out. The rest grows while its kind's module reads it: see `Device` for
    `options`, `told_as`, `cannot` and `limits`, and `device.appliances.generic` for `setpoints`."""

    entry: Mapping[str, Any]
    commands: dict[Do, Template] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    limits: tuple[float, float] | None = None
    options: tuple[str, ...] = ()
    told_as: dict[str, str] = field(default_factory=dict)
    cannot: dict[Do, str] = field(default_factory=dict)
    setpoints: dict[str, tuple[str, Template]] = field(default_factory=dict)

    def text(self, key: str, default: str | None = None) -> str | None:
        """A value as the text that is sent or read, as Home Assistant makes it: true is "True", 1 is "1".

        None for null, which says that there is no such thing.
        """
        value = self.entry.get(key, default)
        return str(value) if isinstance(value, str | int | float) else None

    def number(self, key: str, default: float) -> float:
        value = self.entry.get(key, default)
        try:
            found = float(value)
        except (TypeError, ValueError):
            return default
        return found if math.isfinite(found) else default

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = self.entry.get(key, default)
        if not isinstance(value, list | tuple):
            return default
        return tuple(str(one) for one in value if isinstance(one, str | int | float))

    def flag(self, key: str, default: bool = False) -> bool:
        """As Home Assistant reads one: also "true", "yes", "on", "1"."""
        value = self.entry.get(key, default)
        return str(value).lower() in ("true", "yes", "on", "enable", "1", "1.0")

    @property
    def temperature(self) -> Scale:
        """Of the degrees in which it is told its temperature."""
        step = self.number("temp_step", 0.0) or None
        return (fahrenheit if str(self.entry.get("temperature_unit")).upper() == "F" else celsius)(step)

    def message(
        self,
        topic: str,
        payload: str | None,
        template: str = "command_template",
        scale: Scale = SAME,
        given: Mapping[str, Any] | None = None,
    ) -> Template | None:
        """The message of `payload` to the topic of that key, made by the template of that key if it has one.

        None where there is no such topic, or no payload.
        """
        target, jinja = self.entry.get(topic), self.entry.get(template)
        if payload is None or not is_plain(target):
            return None
        if jinja is not None and not isinstance(jinja, str):
            jinja = str(jinja)
        return Template(str(target), payload, scale, jinja, given or {})

    def add(self, do: Do, *messages: Template | None) -> None:
        """`do` is these messages, one after another; nothing where one of them is None, or cannot be made."""
        if not messages or any(message is None for message in messages):
            return
        first, *rest = (message for message in messages if message is not None)
        whole = replace(first, then=tuple(rest))
        if self.makes(whole, Action(do, SAMPLES.get(do))):
            self.commands[do] = whole

    def choose(self, options: tuple[str, ...], message: Template | None, key: str = "option") -> None:
        """It can be set to `options`, besides those that it has, by `message`, and tells them as `key`."""
        taken = {spoken(option) for option in self.options}
        own = tuple(option for option in options if (said := spoken(option)) and said not in taken)
        if not own or message is None:
            return
        self.options += own  # what cannot be sent can be said, and has a reason
        if not self.makes(message, Action(Do.OPTION, own[0])):
            return
        self.told_as |= dict.fromkeys(own, key) if key != "option" else {}
        first = self.commands.setdefault(Do.OPTION, message)
        if first is not message:
            instead = {**first.instead, **dict.fromkeys(own, message)}
            self.commands[Do.OPTION] = replace(first, instead=instead)

    def choose_by(self, name: str, options: tuple[str, ...], key: str = "option") -> None:
        """As `choose`, by the topic and the template of that name."""
        message = self.message(f"{name}_command_topic", "{value}", f"{name}_command_template")
        self.choose(options, message, key)

    def makes(self, message: Template, action: Action) -> bool:
        """Whether `message` can say `action`."""
        try:
            message.commands(action)
        except TemplateError as error:
            if str(error).startswith("'code'"):
                self.wants_code(action.do)
            else:
                self._lacks(action.do, str(error), "announces a template that I cannot use")
            return False
        return True

    def wants_code(self, do: Do) -> None:
        """It is told `do` only with a code, and nothing of that kind is said aloud."""
        self.commands.pop(do, None)
        self._lacks(do, "it wants a code", "wants a code")

    def _lacks(self, do: Do, reason: str, said: str) -> None:
        if do not in self.cannot:
            self.problems.append(f"{do.value} is left out: {reason}")
            self.cannot[do] = said
