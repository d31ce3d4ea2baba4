"""A loop of all phones: the background that a sentence is held against."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]
"""(frames, phones) float32: log posteriors, or scores made of them."""


class PhoneLoop:
    """The best path through any phones in any order, frame by frame.

    `penalty`: the cost of beginning a phone, in units of scores. To begin `silence`, an index, costs nothing.
    """

    def __init__(self, penalty: float, silence: int) -> None:
        self._penalty = penalty
        self._silence = silence
        self._best: Scores | None = None
        self._came_from: list[npt.NDArray[np.int64]] = []

    def advance(self, scores: Scores) -> None:
        """Take in (n, phones) more frames."""
        cost = self._cost(scores.shape[1])
        itself = np.arange(scores.shape[1])
        for frame in scores:
            if self._best is None:
                self._came_from.append(itself)
                self._best = frame - cost
                continue
            source = int(self._best.argmax())
            entered = self._best[source] - cost
            stays = self._best >= entered
            self._came_from.append(np.where(stays, itself, source))
            self._best = np.where(stays, self._best, entered) + frame
            # only differences matter, and float32 keeps them better near 0
            self._best -= self._best.max()

    def gains(self, scores: Scores) -> Scores:
        """What each frame adds to the best path, (frames,): its score less the cost of a phone begun."""
        cost = self._cost(scores.shape[1])
        path = np.array(self.path())
        gains = scores[np.arange(len(path)), path]
        begins = np.append(True, path[1:] != path[:-1])
        return np.asarray(gains - np.where(begins, cost[path], 0), np.float32)

    def path(self) -> list[int]:
        """The phone of each frame on the best path."""
        assert self._best is not None
        phones = [int(self._best.argmax())]
        for came_from in self._came_from[:0:-1]:
            phones.append(int(came_from[phones[-1]]))
        return phones[::-1]

    def _cost(self, phones: int) -> Scores:
        """Of beginning each phone."""
        cost = np.full(phones, self._penalty, np.float32)
        cost[self._silence] = 0.0
        return cost
