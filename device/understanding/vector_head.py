"""A second reading of a text: what the vector of its sentence says that it means.

Its bundle, of kind `vectors`, is `bundle.json` and `head.npz`: a network with one hidden layer, `into`
(width, hidden), `hidden` (hidden,), `out` (hidden, labels) and `bias` (labels,), over the vectors of the
bundle `sentences`. The encoder of those has read far more English than the one that reads pieces and words,
and is blind to single words where that one is not: "on" and "off". So each makes up for the other's errors,
and where they differ neither is sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from device.engine.bundle import checked, described
from device.engine.sentence_encoder import checksum, loaded
from device.errors import BundleError
from device.understanding.encoder import softmax

KIND, VERSION = "vectors", 1
LEAST = 1e-6
"""A probability below which a reading says no more than that it is improbable."""
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class VectorHead:
    """`weights`: of the first reading and of this one, where both are put together."""

    labels: tuple[str, ...]
    into: Floats
    hidden: Floats
    out: Floats
    bias: Floats
    weights: tuple[float, float]
    encoder: Path

    @classmethod
    def load(cls, path: Path, encoder: Path) -> VectorHead:
        """The bundle in folder `path`, over the vectors of the bundle `encoder`. Raises BundleError."""
        content = described(path, KIND, VERSION)
        try:
            if (learned := content["encoder"]) != checksum(encoder):
                raise BundleError(f"{path}: learned from the vectors of another encoder ({learned[:12]}) than"
                                  f" {encoder}; train it again")  # fmt: skip
            with np.load(checked(path, content["head"])) as file:
                into, hidden, out, bias = (
                    file[name].astype(np.float32) for name in ("into", "hidden", "out", "bias")
                )
            first, second = map(float, content["decision"]["weights"])
            return cls(tuple(content["labels"]), into, hidden, out, bias, (first, second), encoder)
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError(f"{path}: missing or wrong {error}; copy the bundle again") from error

    def probability(self, text: str) -> Floats:
        """Of each of `labels`. Raises BundleError where the encoder cannot be loaded."""
        return softmax(self.logits(loaded(self.encoder).vector(text)))

    def logits(self, vectors: Floats) -> Floats:
        """(…, width) → (…, labels)."""
        inside = np.maximum(vectors @ self.into + self.hidden, 0)
        return np.asarray(inside @ self.out + self.bias, np.float32)


def together(first: Floats, second: Floats, weights: tuple[float, float]) -> Floats:
    """The probabilities (…, labels) of two readings as one: their weighted product, which is high only where
    neither is low (Hinton 2002, products of experts)."""
    logs = (weight * np.log(one + LEAST) for weight, one in zip(weights, (first, second), strict=True))
    return softmax(sum(logs, np.zeros_like(first)))
