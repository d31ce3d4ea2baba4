"""Any words: the graph of a vocabulary of tens of thousands, with what each word costs after the others.

It is a bundle of kind `words`, made on the workstation (`mynah-train words`): `bundle.json` and `graph.npz`,
in which each state has its number of arcs and the phone that lasts in it, and each arc its target, phone,
word and cost. The phones must be those of the acoustic model that it is used with.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from device.engine.bundle import Bundle, checked, described, sha256
from device.errors import BundleError
from device.hearing.decoder import Decoder, DecoderSettings
from device.hearing.grammar import Graph
from device.hearing.impostors import Impostors

KIND, VERSION = "words", 1
BY_ITSELF = Impostors(0.0, 1.0)
"""Of any words, confidence rests on the log-likelihood ratio as it is: other speech is no less said."""
FITTED = ("word_penalty", "slope", "offset", "weight")
"""What `mynah-train opinion` finds."""
STEP = 1 / 16
"""Nats to a level of a stored cost."""


class Network(NamedTuple):
    """`counts`, `lasting`: of each state its arcs, and the phone in which it stays or 0 (uint8).

    `target`, `phone`, `word`, `cost` (nats): of each arc, in the order of the states that it leaves; phone
    and word are numbered from 1, 0 for none. `finals`: states where an utterance may end. State 0 is the
    start.
    """

    counts: npt.NDArray[np.int32]
    lasting: npt.NDArray[np.uint8]
    target: npt.NDArray[np.int32]
    phone: npt.NDArray[np.uint8]
    word: npt.NDArray[np.int32]
    cost: npt.NDArray[np.float32]
    finals: npt.NDArray[np.int32]


def save(network: Network, words: Sequence[str], file: Path) -> None:
    """Costs are kept to STEP."""
    levels = np.rint(network.cost / STEP).astype(np.int16)
    content: dict[str, Any] = {**network._asdict(), "cost": levels, "words": "\n".join(words)}
    with file.open("wb") as opened:
        np.savez_compressed(opened, **content)


@dataclass(frozen=True, slots=True)
class Words:
    """The graph, and what was found for it with one acoustic model (`mynah-train opinion`).

    `word_penalty`: what each word costs beside the language model; `slope`, `offset`: of the share of words
    that are right, over their log-likelihood ratio; `weight`: what a second opinion counts
    (`device.hearing.opinion`).
    """

    graph: Graph
    word_penalty: float = 0.0
    slope: float = 1.0
    offset: float = 0.0
    weight: float = 0.0

    @classmethod
    def load(cls, folder: Path, acoustic: Bundle) -> Words:
        """Those of the bundle in `folder`, heard by `acoustic`. BundleError, saying which check failed."""
        content = described(folder, KIND, VERSION)
        if tuple(content["phones"]) != acoustic.labels:
            raise BundleError(
                f"{folder}: for an acoustic model with other phones; make it anew: mynah-train words"
            )
        found = content.get("decision")
        network, words = read(checked(folder, content["graph"]))
        unfitted = cls(graph(network, words, acoustic.labels))
        if found is None:
            return unfitted
        if found["acoustic"] != sha256(acoustic.model):
            raise BundleError(
                f"{folder}: was fitted to another acoustic model; fit it anew: mynah-train opinion"
            )
        fitted = {name: float(found[name]) for name in FITTED}
        return cls(unfitted.graph, **fitted)

    def decoder(self, acoustic: Bundle) -> Decoder:
        """Hears any words; its confidence rests on the log-likelihood ratio itself."""
        settings = replace(
            DecoderSettings.of(acoustic.decision),
            word_penalty=self.word_penalty,
            slope=self.slope,
            offset=self.offset,
        )
        decoder = Decoder(self.graph, acoustic.decision["log_prior"], settings, BY_ITSELF)
        return decoder.over(self.graph.compiled(), BY_ITSELF)  # the arcs take as much memory again


def read(file: Path) -> tuple[Network, tuple[str, ...]]:
    """What was saved. BundleError for a file that is none of ours."""
    try:
        with np.load(file) as stored:
            fields = {name: stored[name] for name in (*Network._fields, "words")}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise BundleError(f"{file}: cannot be read ({error}); copy the bundle again") from error
    words = tuple(str(fields.pop("words")).split("\n"))
    fields["cost"] = fields["cost"].astype(np.float32) * np.float32(STEP)
    return Network(**fields), words


def graph(network: Network, words: Sequence[str], phones: Sequence[str]) -> Graph:
    """`network` as the decoder searches it: each lasting phone is an arc from its state to itself."""
    states = np.arange(len(network.counts), dtype=np.int32)
    staying = states[network.lasting > 0]
    none = np.zeros(len(staying), np.int32)
    return Graph(
        tuple(phones),
        tuple(words),
        np.concatenate((np.repeat(states, network.counts), staying)),
        np.concatenate((network.target, staying)),
        np.concatenate((network.phone.astype(np.int32), network.lasting[staying].astype(np.int32))),
        np.concatenate((network.word, none)),
        network.finals,
        np.concatenate((network.cost, none.astype(np.float32))),
    )
