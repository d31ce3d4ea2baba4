"""When a stream of wake-word scores means something: at a threshold, or as a candidate for a second look."""

from __future__ import annotations

from dataclasses import dataclass


class Trigger:
    """Decides on a stream of scores: one detection for each rise above `threshold`.

    After a detection at time t nothing is detected before t + `refractory`, nor before the score has fallen
    below the threshold again.
    """

    def __init__(self, threshold: float, refractory: float) -> None:
        self.threshold, self.refractory = threshold, refractory
        self.reset()

    def reset(self) -> None:
        self._armed_at = float("-inf")
        self._low = True

    def update(self, score: float, at: float) -> bool:
        """Whether `score` at time `at` (any unit, that of `refractory`) is a detection."""
        if score < self.threshold:
            self._low = True
            return False
        if not self._low or at < self._armed_at:
            return False
        self._low, self._armed_at = False, at + self.refractory
        return True


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rise of the score: its highest value, the sample at which that came, the llr of a second look."""

    score: float
    at: int
    llr: float | None = None


class Rises:
    """The candidates in a stream of scores: each is the highest score of the `wait` before and after it.

    A rise begins at `least`. Who speaks slowly says half a word, at which the score rises a little, and then
    the other: what rises above a candidate of the same rise is a candidate again.
    """

    def __init__(self, least: float, wait: int) -> None:
        self._least, self._wait = least, wait
        self.reset()

    def reset(self) -> None:
        self._rising: Candidate | None = None
        self._told = 0.0
        self._fell = False  # below `least` since the highest score

    def update(self, score: float, at: int) -> Candidate | None:
        """The candidate that is ripe with `score` at sample `at`."""
        if score < self._least:
            self._told, self._fell = 0.0, True
        if self._rising is None:
            if score >= self._least and score > self._told:
                self._rising, self._fell = Candidate(score, at), False
        elif score > self._rising.score:
            self._rising, self._fell = Candidate(score, at), False
        if self._rising is not None and at >= self._rising.at + self._wait:
            return self.ripen()
        return None

    def ripen(self) -> Candidate | None:
        """The candidate that was waiting, because its time has come or the audio has ended."""
        rising, self._rising = self._rising, None
        if rising is not None:
            self._told = 0.0 if self._fell else rising.score
        return rising
