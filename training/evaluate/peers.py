"""Others' wake words on the same recordings: microWakeWord and openWakeWord with the models they come with.

Both through their own Python packages, in the chunks of 10 ms and 80 ms that they are made for.
(Ahrendt, microWakeWord, Apache 2.0; Scripka, openWakeWord, code Apache 2.0, models CC BY-NC-SA 4.0.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from pymicro_wakeword import MicroWakeWord, MicroWakeWordFeatures
from pymicro_wakeword import Model as MicroModel
from pyopen_wakeword import Model as OpenModel
from pyopen_wakeword import OpenWakeWord, OpenWakeWordFeatures

from device.errors import UsageError
from device.events import SAMPLE_RATE, Samples
from training.evaluate.detectors import best_of, peaks

REFRACTORY = 1.0
"""Seconds between two events."""
CHUNK = 1280
"""Samples that openWakeWord takes at a time."""


class Micro:
    """microWakeWord's `model`: one of its own, by name."""

    def __init__(self, model: str) -> None:
        self._wake = MicroWakeWord.from_builtin(MicroModel(model))
        self.name = f"microWakeWord {self._wake.wake_word.lower()}"
        self.phrase = self._wake.wake_word.lower()
        self.threshold = float(self._wake.probability_cutoff)
        self._features = MicroWakeWordFeatures()

    def events(self, samples: Samples) -> list[tuple[float, int]]:
        """See `training.evaluate.detectors.Detector`."""
        self._wake.reset()
        self._features.reset()
        frames = self._features.process_streaming(samples.tobytes())
        found = [self._wake.process_streaming_prob(frame) or 0.0 for frame in frames]
        return _events(found, len(samples), 160)

    def best(self, samples: Samples) -> float:
        return best_of(self.events(samples))


class Open:
    """openWakeWord's `model`: one of its own, by name."""

    threshold = 0.5

    def __init__(self, model: str) -> None:
        self._wake = OpenWakeWord.from_builtin(OpenModel(model))
        self.phrase = model.replace("_", " ")
        self.name = f"openWakeWord {self.phrase}"
        self._features = OpenWakeWordFeatures.from_builtin()

    def events(self, samples: Samples) -> list[tuple[float, int]]:
        """See `training.evaluate.detectors.Detector`."""
        self._wake.reset()
        self._features.reset()
        found = []
        for first in range(0, len(samples), CHUNK):
            for embedding in self._features.process_streaming(samples[first : first + CHUNK].tobytes()):
                found += list(self._wake.process_streaming(embedding))
        return _events(found, len(samples), CHUNK)

    def best(self, samples: Samples) -> float:
        return best_of(self.events(samples))


def _events(scores: list[float], samples: int, each: int) -> list[tuple[float, int]]:
    """`each`: samples to a score. The last comes with the last sample, some may come before the first."""
    found = peaks(np.array(scores), round(REFRACTORY * SAMPLE_RATE / each))
    return [(value, max(0, samples - (len(scores) - 1 - place) * each)) for value, place in found]


MAKERS: Mapping[str, Callable[[str], Micro | Open]] = {"microwakeword": Micro, "openwakeword": Open}


def named(text: str) -> Micro | Open:
    """`microwakeword:hey_jarvis`, `openwakeword:alexa` … Raises UsageError for one that there is not."""
    maker, _, model = text.partition(":")
    try:
        return MAKERS[maker](model)
    except (KeyError, ValueError):
        models = [f"microwakeword:{one.value}" for one in MicroModel]
        models += [f"openwakeword:{one.value}" for one in OpenModel]
        raise UsageError(f"there is no wake word {text!r}: take one of {', '.join(models)}") from None
