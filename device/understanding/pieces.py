"""Text → words → pieces of words, by their number: what a text model reads.

The pieces and their log-probabilities are a unigram language model (Kudo 2018); a word is cut into those
that are likeliest together. They lie in a file of the model's bundle, one a line: piece, tab, score.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from device.errors import BundleError

PAD, UNKNOWN, MASK = 0, 1, 2
SPECIAL = ("<pad>", "<unk>", "<mask>")
"""The first pieces of every vocabulary; no text contains them."""
START = "▁"
"""Begins the first piece of a word."""
WORD = re.compile(r"\w+(?:['’.:]\w+)*|[?!$%&+@#]|[^\w\s\x00-\x7f]")
"""Letters and digits, an apostrophe, a point or a colon among them; or one symbol that may mean something."""
LONGEST = 32
"""Characters of a word that are read."""


class Word(NamedTuple):
    """`text` in lower case; from character `begin` up to `end` of the text after `plain`."""

    text: str
    begin: int
    end: int


def plain(text: str) -> str:
    """One form for what looks the same (NFKC, one kind of apostrophe), without control characters."""
    folded = unicodedata.normalize("NFKC", text).replace("’", "'")
    return "".join(" " if unicodedata.category(one) == "Cc" else one for one in folded)


def words(text: str, most: int = 64) -> list[Word]:
    """The first `most` words of `text`, without case and punctuation."""
    found = (Word(one.group().lower(), *one.span()) for one in WORD.finditer(plain(text)))
    return [word for word, _ in zip(found, range(most), strict=False)]


@dataclass(frozen=True)
class Pieces:
    """A vocabulary of pieces. `scores`: the log-probability of each."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    _numbers: dict[str, int] = field(default_factory=dict, compare=False)
    _cut: dict[str, tuple[int, ...]] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        self._numbers.update((piece, number) for number, piece in enumerate(self.pieces) if number > MASK)

    def __len__(self) -> int:
        return len(self.pieces)

    @classmethod
    def load(cls, file: Path) -> Pieces:
        """BundleError for a file that is no vocabulary."""
        try:
            rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
            pieces, scores = zip(*((piece, float(score)) for piece, score in rows), strict=True)
        except (OSError, ValueError) as error:
            raise BundleError(f"{file}: no vocabulary ({error}); copy the bundle again") from error
        if pieces[: len(SPECIAL)] != SPECIAL:
            raise BundleError(f"{file}: does not begin with {' '.join(SPECIAL)}; copy the bundle again")
        return cls(pieces, scores)

    def save(self, file: Path) -> None:
        lines = (f"{piece}\t{score:.4f}\n" for piece, score in zip(self.pieces, self.scores, strict=True))
        file.write_text("".join(lines), encoding="utf-8")

    @property
    def fingerprint(self) -> str:
        """Of the pieces and their order, which a model's numbers rest on."""
        return hashlib.sha256("\n".join(self.pieces).encode()).hexdigest()[:16]

    def cut(self, word: str) -> tuple[int, ...]:
        """The likeliest pieces of `word`; a character that no piece has is UNKNOWN."""
        if word not in self._cut:
            if len(self._cut) > 20000:  # nobody says that many; what a stream of noise types is forgotten
                self._cut.clear()
            self._cut[word] = self._likeliest(START + word[:LONGEST])
        return self._cut[word]

    def _likeliest(self, text: str) -> tuple[int, ...]:
        unknown = min(self.scores) - 10.0
        best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
        for end in range(1, len(text) + 1):
            ways = [
                (best[begin][0] + self.scores[number], (*best[begin][1], number))
                for begin in range(max(0, end - LONGEST), end)
                if (number := self._numbers.get(text[begin:end])) is not None
            ]
            score, numbers = best[end - 1]
            best.append(max(ways, default=(score + unknown, (*numbers, UNKNOWN))))
        return best[-1][1]

    def encode(self, said: Sequence[Word], length: int) -> tuple[list[int], list[int]]:
        """The numbers of at most `length` pieces, and where among them each word begins that is whole."""
        numbers: list[int] = []
        begins: list[int] = []
        for word in said:
            cut = self.cut(word.text)
            if len(numbers) + len(cut) > length:
                break
            begins.append(len(numbers))
            numbers += cut
        return numbers, begins
