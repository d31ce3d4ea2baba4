"""How unlikely it is that somebody asks for something, before it is heard.

Ears that waver between "the bedroom fan" and "the bathroom fan" are helped by knowing that there is no fan in
the bathroom. The cost is in nats, to be added to what a sentence is behind the one that sounds likeliest.
"""

from __future__ import annotations

import math

from device.events import Intent, Outcome

IMPOSSIBLE = -math.log(0.02)
"""One order in fifty is for what the home does not have or cannot do."""

PERCENTAGES = ("brightness", "position", "percentage", "volume_level")
"""Slots in which a number is a matter of taste, so that people name a round one."""
FIVES, OTHERS = math.log(3), math.log(10)
"""An odd multiple of five is taken to be named a third as often as a multiple of ten, any other number a
tenth as often. People do so more clearly: of 54 percentages in the orders of HWU64 (Liu et al., IWSDS 2019)
43 are multiples of ten, 9 of five, 2 neither. But who does want 37 percent shall get it."""
WORDS = {"brightness": 1, "percentage": 25}
"""Numbers that are said as words ("minimum" of lamps, "low" of fans), and so are no odd choice."""


def prior_cost(intent: Intent, outcome: Outcome) -> float:
    """Nats, 0 for what is to be expected. `outcome`: what the home would make of it, were it sure."""
    cost = 0.0 if outcome.possible else IMPOSSIBLE
    for slot in PERCENTAGES:
        value = intent.slots.get(slot)
        if isinstance(value, int | float) and value % 10 and value != WORDS.get(slot):
            cost += OTHERS if value % 5 else FIVES
    return cost
