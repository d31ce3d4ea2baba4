"""Random sentences of a group, as its templates give them."""

from __future__ import annotations

import random

from hassil.expression import Expression

from device.understanding.template_group import TemplateGroup
from training.evaluate.templates import one_way


def sample(group: TemplateGroup, expression: Expression, chance: random.Random) -> str:
    """Words with single spaces between them."""
    return " ".join(one_way(expression, group, chance.randrange).split())
