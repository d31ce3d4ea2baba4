"""An n-gram model with back-off: absolute discounting, interpolated, then pruned.

P(w | h) = max(c(h w) − D, 0) / c(h) + λ(h) P(w | h'), where h' is h without its first word, D comes from the
counts of counts (Ney, Essen and Kneser 1994), and λ(h) is what the discounts left over. An n-gram is dropped
where the shorter one says nearly as much: where c(h w) times the difference of the two log probabilities is
below a threshold (Seymore and Rosenfeld 1996). Costs are negative natural logarithms.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

History = tuple[str, ...]

BEGIN, END, UNKNOWN = "<s>", "</s>", "<unk>"


@dataclass(frozen=True, slots=True)
class Ngrams:
    """`costs`: by history, of each word known after it; `backoff`: of leaving a history for a shorter one.

    Every word has a cost after the empty history; `END` is among the words.
    """

    order: int
    costs: Mapping[History, Mapping[str, float]]
    backoff: Mapping[History, float]

    def cost(self, history: History, word: str) -> float:
        """Of `word` after `history`, whose last `order` − 1 words count."""
        history, paid = history[max(0, len(history) - self.order + 1) :], 0.0
        while history and word not in self.costs.get(history, ()):
            paid += self.backoff.get(history, 0.0)
            history = history[1:]
        return paid + self.costs[history].get(word, math.inf)

    def known(self, history: History) -> History:
        """The longest end of `history` after which any words are known."""
        history = history[max(0, len(history) - self.order + 1) :]
        while history not in self.costs:
            history = history[1:]
        return history

    def perplexity(self, sentences: Iterable[str]) -> float:
        """A word, with the sentences' ends; words that are not in the vocabulary are left out."""
        total, count = 0.0, 0
        for sentence in sentences:
            history: History = (BEGIN,)
            for word in (*sentence.split(), END):
                cost = self.cost(history, word)
                if math.isfinite(cost):
                    total, count = total + cost, count + 1
                history = (*history, word)
        return math.exp(total / max(count, 1))


def train(sentences: Iterable[str], vocabulary: Collection[str], order: int, threshold: float) -> Ngrams:
    """The model of `sentences`, pruned; n-grams with a word that is not in `vocabulary` are not counted."""
    counts = counted(sentences, vocabulary, order)
    costs, backoff = _interpolated(counts, vocabulary)
    model = Ngrams(order, costs, backoff)
    for length in range(order - 1, 0, -1):
        _prune(model, costs, counts, length, threshold)
    _renormalise(model, costs, backoff)
    return model


def counted(sentences: Iterable[str], vocabulary: Collection[str], order: int) -> dict[History, Counter[str]]:
    """How often each word comes after each history of up to `order` − 1 words."""
    counts: dict[History, Counter[str]] = {}
    for sentence in sentences:
        words = [word if word in vocabulary else UNKNOWN for word in sentence.split()]
        padded = (BEGIN, *words, END)
        for position in range(1, len(padded)):
            word = padded[position]
            if word == UNKNOWN:
                continue
            for first in range(position, max(-1, position - order), -1):
                history = padded[first:position]
                if UNKNOWN in history:
                    break
                counts.setdefault(history, Counter())[word] += 1
    return counts


def _interpolated(
    counts: Mapping[History, Counter[str]], vocabulary: Collection[str]
) -> tuple[dict[History, dict[str, float]], dict[History, float]]:
    discounts = _discounts(counts)
    uniform = 1.0 / (len(vocabulary) + 1)
    probabilities: dict[History, dict[str, float]] = {}
    backoff: dict[History, float] = {}
    for history in sorted(counts, key=len):
        found, discount = counts[history], discounts[len(history)]
        total = sum(found.values())
        left = discount * len(found) / total
        lower = probabilities.get(history[1:], {}) if history else {}
        probabilities[history] = {
            word: (count - discount) / total + left * (lower[word] if history else uniform)
            for word, count in found.items()
        }
        if history:
            backoff[history] = -math.log(left)
        else:
            rest = dict.fromkeys((*vocabulary, END), left * uniform)
            probabilities[()] = {**rest, **probabilities[()]}
    costs = {h: {w: -math.log(p) for w, p in words.items()} for h, words in probabilities.items()}
    return costs, backoff


def _discounts(counts: Mapping[History, Counter[str]]) -> list[float]:
    """Of each length of history: n1 / (n1 + 2 n2), n being how many n-grams were seen once and twice."""
    seen: Counter[tuple[int, int]] = Counter()
    for history, found in counts.items():
        seen.update((len(history), count) for count in found.values() if count <= 2)
    longest = max(map(len, counts))
    return [
        (seen[length, 1] + 0.5) / (seen[length, 1] + 2 * seen[length, 2] + 1) for length in range(longest + 1)
    ]


def _prune(
    model: Ngrams,
    costs: dict[History, dict[str, float]],
    counts: Mapping[History, Counter[str]],
    length: int,
    threshold: float,
) -> None:
    """Drops n-grams with a history of `length` words, but for those that begin a longer one that is kept."""
    needed = {history for history in costs if len(history) == length + 1}
    for history in [history for history in costs if len(history) == length]:
        away = model.backoff[history]
        kept = {}
        for word, cost in costs[history].items():
            gain = counts[history][word] * (away + model.cost(history[1:], word) - cost)
            if gain >= threshold or (*history, word) in needed:
                kept[word] = cost
        if kept:
            costs[history] = kept
        else:
            del costs[history]


def _renormalise(
    model: Ngrams, costs: Mapping[History, Mapping[str, float]], backoff: dict[History, float]
) -> None:
    """The back-off of each history, so that the probabilities after it add up to 1."""
    for history in sorted((history for history in costs if history), key=len):
        own = sum(math.exp(-cost) for cost in costs[history].values())
        shorter = sum(math.exp(-model.cost(history[1:], word)) for word in costs[history])
        backoff[history] = -math.log(max(1.0 - own, 1e-6) / max(1.0 - shorter, 1e-6))
    for history in [history for history in backoff if history not in costs]:
        del backoff[history]
