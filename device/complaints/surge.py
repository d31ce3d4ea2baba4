"""Whether complaints come faster than usual: a CUSUM of a Poisson process. Pure.

Between complaints the score falls by (RATIO − 1) · usual rate · time, never below 0; a complaint adds
ln RATIO: the logarithm of how much likelier it all is at RATIO times the usual rate (Lucas 1985, "Counted
Data CUSUM's"). At an ordinary rate the score stays near 0, whatever the rate is; in a surge it grows with
each complaint. The usual rate is a mean over MEMORY, which forgets exponentially.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

DAY = 86_400.0
"""Seconds, as all times here."""
RATIO = 16.0
"""How many times the usual rate a surge has; what a day has more than a night is far less."""
STEP = math.log(RATIO)
"""What a complaint adds to the score."""
LEAST_SCORE = 2.05 * STEP
"""Two complaints are no surge, however rare they are."""
SURE = 5.0
"""Score of a surge where one complaint a month is usual. False alarms are the rarer by e to the power of the
score, and the more frequent the more complaints are usual: these add their logarithm."""
MEMORY = 30 * DAY
"""The span over which the usual rate is taken."""
LEARNING = 7 * DAY
"""How long complaints are only counted: nobody knows yet how many are usual."""
LEAST = 0.2 / DAY
"""The least rate that counts as usual: two complaints about a thing that has none are no surge."""
REST = DAY
"""After a surge was found: its complaints are those of the same one, and not usual."""


@dataclass(frozen=True, slots=True)
class Usual:
    """How many complaints there were in how much time, the older ones counting less; up to `at`."""

    at: float
    count: float = 0.0
    span: float = 0.0

    def later(self, at: float, complaints: int = 0) -> Usual:
        """What is usual at `at`, with `complaints` more then."""
        passed = max(0.0, at - self.at)
        kept = math.exp(-passed / MEMORY)
        return Usual(max(at, self.at), self.count * kept + complaints, self.span * kept + passed)

    @property
    def threshold(self) -> float:
        """Score above which it is a surge: false alarms are as rare for what has many complaints."""
        return max(LEAST_SCORE, SURE + math.log(max(1.0, 30 * DAY * self.rate)))

    @property
    def rate(self) -> float:
        """Complaints a second."""
        return max(LEAST, self.count / self.span) if self.span else LEAST


@dataclass(frozen=True, slots=True)
class Surge:
    """The complaints about one thing. `score`: see above; `since`: when it rose above 0; `count`: complaints
    since then. `found`: when the last surge was found."""

    usual: Usual
    score: float = 0.0
    since: float = 0.0
    count: int = 0
    found: float | None = None

    def rests(self, at: float) -> bool:
        """Whether what comes at `at` belongs to a surge that was found already."""
        return self.found is not None and 0 <= at - self.found < REST

    def complained(self, at: float) -> Surge:
        """With one more complaint, at `at`. It is a new surge where `found` is `at` afterwards."""
        usual = self.usual.later(at)
        if self.rests(at):
            return replace(self, usual=replace(self.usual, at=usual.at), score=0.0, count=0)
        fallen = self.score - (RATIO - 1) * usual.rate * (usual.at - self.usual.at)
        begins = fallen <= 0.0
        score = max(0.0, fallen) + STEP
        since, count = (at, 1) if begins else (self.since, self.count + 1)
        if score > usual.threshold and usual.span >= LEARNING:
            return Surge(usual, 0.0, since, count, found=at)
        return Surge(usual.later(at, 1), score, since, count, self.found)
