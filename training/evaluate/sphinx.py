"""PocketSphinx 5 on the same sentences, to be measured side by side: its own model and dictionary.

Words that its dictionary lacks get our pronunciations. (Huggins-Daines et al. 2006; BSD 2-clause.)
"""

from __future__ import annotations

import time

import pocketsphinx

from device.assembly.skills import make_sentences
from device.assembly.stages import make_home
from device.events import Samples
from device.hearing import grammar
from device.hearing.lexicon import Lexicon
from device.settings import Settings
from training.evaluate.listeners import Hypothesis

SEARCH = {"bestpath": False, "beam": 1e-80, "wbeam": 1e-60, "pbeam": 1e-80, "maxhmmpf": 100_000}
"""At its best here: a search of its word lattice (`bestpath`) would end sentences in their middle, and wider
beams than its own lose fewer sentences."""


class PocketSphinx:
    """Forced to a sentence of the grammar: it has no rejection of its own."""

    name = "pocketsphinx"
    threshold = 0.0

    def __init__(self, settings: Settings) -> None:
        network = grammar.network(make_sentences(settings).groups(make_home(settings)))
        lexicon = Lexicon(settings.hearing.lexicon)
        self._decoder = pocketsphinx.Decoder(lm=None, loglevel="FATAL", **SEARCH)
        for word in sorted({word for _, _, word in network.arcs}):
            if self._decoder.lookup_word(word) is None:
                for number, phones in enumerate(lexicon.pronunciations(word), 1):
                    name = word if number == 1 else f"{word}({number})"
                    self._decoder.add_word(name, " ".join(phones), False)
        end = network.states
        arcs: list[tuple[int, int, float, str] | tuple[int, int, float]] = [
            *((source, target, 1.0, word) for source, target, word in network.arcs),
            *((final, end, 1.0) for final in network.finals),
        ]
        self._decoder.add_fsg("sentences", self._decoder.create_fsg("sentences", 0, end, arcs))
        self._decoder.activate_search("sentences")

    def listen(self, samples: Samples) -> Hypothesis:
        began = time.perf_counter()
        self._decoder.start_utt()
        self._decoder.process_raw(samples.astype("<i2").tobytes(), full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return Hypothesis(found.hypstr if found else None, 1.0, time.perf_counter() - began)
