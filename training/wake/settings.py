"""What a wake word is trained with; the defaults are the recipe of the words that ship."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from training.trainer import TrainerSettings
from training.wake.gates import Gates
from training.wake.phrases import Phrase
from training.wake.prepare import Amounts


@dataclass(frozen=True, slots=True)
class Settings:
    """One run: its words, its data and its updates."""

    words: tuple[str, ...]  # one phrase, or several that the model tells apart
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of words, further ones
    width: int = 40
    dropout: float = 0.1
    updates: int = 9000
    rows: int = 64  # an update
    rate: float = 3e-3  # learning rate at its highest
    trainer: TrainerSettings = field(default_factory=lambda: TrainerSettings(floor=0.02, average=0.998))
    mine: tuple[float, ...] = (0.35, 0.7)  # shares of the updates after which hard negatives are looked for
    mined_share: float = 0.4  # of the training speech that is searched each time
    start: str = ""  # a finished run of the same width whose weights to start from
    hardest: int = 8  # outputs of a row whose loss counts once more
    amounts: Amounts = field(default_factory=Amounts)
    smoothing: int = 5  # outputs whose mean decides: 0.1 s
    refractory: float = 1.0  # s
    false_accepts: float = 0.3  # an hour, of all the words together
    trials: int = 400  # sayings of the phrase in which it is measured
    recordings: tuple[str, ...] = ()  # folders in which people say the phrase
    negatives: tuple[str, ...] = ()  # folders in which nobody does
    review: str = ""  # folder of what the daemon kept and somebody labelled
    acoustic: str = ""  # bundle that aligns what people say; "": nothing is put together from it
    seed: int = 1
    gates: Gates = field(default_factory=Gates)


DEFAULTS = Settings(words=())


def phrases_of(settings: Settings) -> list[Phrase]:
    return [Phrase(word, settings.spellings.get(word, ())) for word in settings.words]
