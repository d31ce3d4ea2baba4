"""Which of several sentences that sound alike was said, by what is likely to be asked for in this home."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from device.events import Act, Command, NotRecognized, Transcript
from device.understanding.acts import doubted
from device.understanding.alike import alike, between

CANDIDATES = 10
"""Sentences that sound alike and are weighed against one another."""
ALIKE_WITHIN = 0.5
"""Nats by which two numbers sound alike. Of numbers by training's voices, clean and in noise, 56 were taken
for their twin and 410 heard right: 14 and 12 of them within this, 23 and 30 within twice as much."""
SURE_OF_TWO = 0.5
"""How sure can be what is understood although something else sounded likelier."""
SURE, NEAR = 0.95, 1.0
"""Mynah asks about a sentence that is less sure, where another one that does something else is at most so
many nats behind it. Of commands by training's voices, clean, at 15 and 8 dB, 11 % of the right ones are less
sure, and 0.5 % have such a sentence behind them; of other sentences that were taken for a command, 17 %."""

Meant = tuple[Transcript, tuple[Act, ...]]


@dataclass(frozen=True, slots=True)
class Ranking:
    """`alternatives`: the likeliest sentences of what was heard, so many and so many nats behind the best;
    `acts`: what one of them means, nothing below a confidence; `prior_cost`: nats by which that is unlikely
    here; `commands`: what would be sent for it."""

    alternatives: Callable[[int, float], Sequence[Transcript]]
    acts: Callable[[Transcript, float], tuple[Act, ...]]
    prior_cost: Callable[[Sequence[Act]], float]
    commands: Callable[[Sequence[Act]], Sequence[Command]]
    reject_below: float

    def best(self, transcript: Transcript, acts: tuple[Act, ...]) -> Meant:
        """`transcript`, which sounds best and means `acts`, or what makes more sense.

        Another sentence than the one that sounds best is less sure, so that music that sounds a bit like an
        impossible order does not become a possible one; and never surer than SURE_OF_TWO, which is too little
        for a lock.
        """
        best, lowest = (transcript, acts), self.prior_cost(acts)
        for other in self.alternatives(CANDIDATES, lowest) if lowest else ():
            if other.text == transcript.text:
                continue
            meant = self.acts(other, self.reject_below)
            if isinstance(meant[0], NotRecognized):
                continue
            cost = other.behind + self.prior_cost(meant)
            sure = less_sure(other.confidence, cost)
            if cost < lowest and sure >= self.reject_below:
                other = replace(other, confidence=min(sure, SURE_OF_TWO))
                best, lowest = (other, self.acts(other, 0.0)), cost
        return best if best[0] is not transcript else (transcript, self._told_apart(transcript, acts))

    def _told_apart(self, transcript: Transcript, acts: tuple[Act, ...]) -> tuple[Act, ...]:
        """`acts`, to be asked about where another sentence that does something else sounds much like it."""
        swaps = alike(transcript.text)
        sent = self.commands(acts) if transcript.confidence < SURE else ()
        unsure = bool(sent)
        within = NEAR if unsure else ALIKE_WITHIN
        for other in self.alternatives(CANDIDATES, within) if swaps or unsure else ():
            if other.text == transcript.text:
                continue
            meant = self.acts(replace(other, confidence=transcript.confidence), self.reject_below)
            if other.text in swaps and other.behind <= ALIKE_WITHIN:
                return between(acts, meant, swaps[other.text])
            if unsure and self.commands(meant) != sent:
                return doubted(acts, transcript)
        return acts


def less_sure(confidence: float, cost: float) -> float:
    """`confidence` 0…1 in what is by `cost` nats less likely to be said than what is expected."""
    return confidence / (confidence + (1 - confidence) * math.exp(cost))
