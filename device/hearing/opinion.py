"""A second opinion: do other words fit what was heard better than the command does?

The graph of any words is searched beside the home's grammar, over the same scores. Where a command was said,
hardly any words fit its sounds better than its own; where it was another sentence ("turn up the lights"), the
nearest command leaves sounds that other words explain. By what they explain better, for each frame of speech,
the command is doubted, as if it had fallen behind the loop of phones so much more.

An accent, or noise, always fits some words better than those that were said, but hardly any that people
would say. So what other words explain better counts only as far as they are not too unlikely beside it.
"""

from __future__ import annotations

from typing import NamedTuple

from device.hearing.decoder import Decoded, Decoder, confidence
from device.hearing.phone_loop import Scores

COMMAND = 30.0
"""Nats that the words of a command would cost in the language model: the grammar has them for nothing."""


class Weighed(NamedTuple):
    """What is thought of a command: `words` to be taken for what was said, and how sure they are, 0…1.

    They are the command's, or `free` ones where it is too doubtful to be acted on. `doubt`: nats of
    log-likelihood ratio that were taken from the command.
    """

    words: tuple[str, ...]
    confidence: float
    doubt: float
    free: bool = False


class SecondOpinion:
    """`free`, a decoder over the graph of any words, hears what the commands' decoder hears.

    `weight`: nats that are taken from a command for each nat a frame that other words sound better.
    """

    def __init__(self, free: Decoder, weight: float) -> None:
        self.free, self.weight = free, weight

    def reset(self) -> None:
        """Forget the utterance."""
        self.free.reset()

    def advance(self, log_posteriors: Scores) -> None:
        """Hear (n, phones) more frames, n ≥ 0."""
        self.free.advance(log_posteriors)

    def of(self, command: Decoded, decoder: Decoder) -> Weighed:
        """What to think of `command`, which `decoder` has heard in the same frames."""
        return weighed(command, self.free.result(), self.weight, decoder)


def weighed(command: Decoded, free: Decoded | None, weight: float, decoder: Decoder) -> Weighed:
    """`command`, heard by `decoder`, beside the best of any words."""
    if free is None:
        return Weighed(command.words, command.confidence, 0.0)
    sound = free.details.sound - command.details.sound
    likely = free.details.gain - command.details.gain + COMMAND
    doubt = weight * max(0.0, min(sound, likely)) / max(command.details.speech, 1)
    sure = confidence(command.details.llr - doubt, decoder.settings, decoder.impostors)
    if sure < decoder.settings.reject_below:
        return Weighed(free.words, free.confidence, doubt, free=True)
    return Weighed(command.words, sure, doubt)
