"""Replies as data: a YAML file in which each has a name, and one text or several to choose from.

added: "Added {{ items }} to {{ list }}"
joke:
  - Why did the lamp go to school? To become brighter
  - I would tell you a joke about MQTT, but I do not know whether you would get it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from device.appliances.rendering import TemplateError
from device.errors import SkillError
from device.events import Reply
from device.reading import yaml
from device.speaking import rendering


@dataclass(frozen=True)
class Replies:
    """The replies of a file, which is read when the first one is wanted."""

    file: Path

    @cached_property
    def variants(self) -> Mapping[str, tuple[str, ...]]:
        """The texts of each reply, all of them well formed. Raises SkillError with file and line."""
        document = yaml.load(self.file, SkillError, "a file of replies")
        found: dict[str, tuple[str, ...]] = {}
        for name, value in document.items():
            texts = value if isinstance(value, list) else [value]
            if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
                raise document.wrong(f"the reply {name!r} must be a text, or a list of texts", name)
            for text in texts:
                try:
                    rendering.check(text)
                except TemplateError as error:
                    raise document.wrong(f"the reply {name!r} is not a template: {error}", name) from error
            found[name] = tuple(texts)
        return found

    def say(self, reply: str, said: Mapping[str, int], /, **slots: Any) -> Reply:
        """The reply of this name with its values. Its texts take turns, beginning with the first.

        `said`: how often each reply was given. Raises TemplateError.
        """
        texts = self.variants[reply]
        text = rendering.render(texts[said.get(reply, 0) % len(texts)], slots)
        return Reply(text, reply if len(texts) > 1 else None)
