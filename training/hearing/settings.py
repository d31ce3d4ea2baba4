"""What the acoustic model is trained with; the defaults are the recipe of the model that ships."""

from __future__ import annotations

from dataclasses import dataclass, field

from training.trainer import Stretch, TrainerSettings


@dataclass(frozen=True, slots=True)
class Stage:
    """`updates` by the objective `loss`, with `rate` as the highest learning rate.

    `realigned`: on labels that the model of the stage before aligns, or else on that stage's own. `together`:
    earlier stages whose weights are averaged with this one's for the model that is written; training goes on
    from its own (stochastic weight averaging, Izmailov et al. 2018). `depth`: the model's blocks; those that
    the stage before has not begin as identities, on top of the model it wrote (Chen et al. 2016, Net2Net).
    """

    name: str
    updates: int
    rate: float
    loss: str = "frame"
    sources: str = "aligned"
    realigned: bool = True
    together: tuple[str, ...] = ()
    depth: int = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """One run: its model, its synthetic speech and its stages, one after the other."""

    width: int = 192
    dropout: float = 0.1
    trainer: TrainerSettings = field(
        default_factory=lambda: TrainerSettings(floor=0.05, average=0.999, average_ramp=10)
    )
    bootstrap_utterances: int = 1500
    synthetic_utterances: int = 16000
    seed: int = 1
    stages: tuple[Stage, ...] = (
        Stage("bootstrap", 1000, 2e-3, sources="bootstrap"),
        Stage("first", 2000, 2e-3),
        Stage("second", 5000, 2e-3),
        Stage("third", 4000, 2e-3),
        Stage("fourth", 22000, 2e-3),
        Stage("sequence", 4000, 3e-4, loss="sequence"),
        Stage("finish", 12000, 6e-4, loss="sequence", realigned=False),
        Stage("polish", 9000, 6e-4, loss="sequence", realigned=False, together=("finish",)),
        Stage("deeper", 20000, 1e-3, loss="sequence", realigned=False, depth=8),
        Stage("flexible", 20000, 1e-3, loss="sequence", depth=8),
        Stage("varied", 14000, 1e-3, loss="sequence", depth=8, together=("flexible",)),
    )

    def stretch(self, number: int) -> Stretch:
        """The updates of stage `number`."""
        stage, before = self.stages[number], self.stages[:number]
        return Stretch(stage.name, stage.loss, stage.updates, stage.rate, sum(one.updates for one in before))


CONTINUED = Settings(
    bootstrap_utterances=0,
    synthetic_utterances=3000,
    stages=(Stage("wider", 12000, 3e-4, loss="sequence", depth=8),),
)
"""The recipe for a model that begins as a bundle's."""
