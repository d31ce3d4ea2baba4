from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from device.errors import BundleError
from device.hearing import grammar
from device.hearing import others as stored
from device.hearing.acoustic import Posteriors
from device.hearing.decoder import Decoder, DecoderSettings
from device.hearing.impostors import Impostors
from device.hearing.lexicon import Lexicon
from tests.device.hearing.synthetic import PHONES, PRIOR, STRANGERS, group, phones_of, posteriors


@pytest.fixture(scope="module")
def others() -> list[Posteriors]:
    random, lexicon = np.random.default_rng(1), Lexicon()
    return [posteriors(phones_of(text, lexicon, random), random, 1.7) for text in STRANGERS * 4]


def decoder(others: list[Posteriors], *templates: str) -> Decoder:
    """Made-up posteriors are sharper than real ones, which the scale makes good."""
    graph = grammar.compile([group(*templates)], Lexicon(), PHONES)
    plain = Decoder(graph, PRIOR, DecoderSettings(acoustic_scale=0.25))
    return plain.over(graph, stored.measured(plain, others))


def test_a_grammar_that_can_say_more_fits_more_by_chance(others: list[Posteriors]) -> None:
    words = "(one|two|the|river|watch|eat|late|lamp|going|again|her|last|train|to)"
    narrow = decoder(others, "turn the lamp on")
    wide = decoder(others, f"{words} [{words}] [{words}] [{words}] [{words}] [{words}]")
    assert wide.impostors.median > narrow.impostors.median + 0.3


def test_the_same_ratio_is_less_surprising_in_the_wider_grammar(others: list[Posteriors]) -> None:
    random = np.random.default_rng(3)
    frames = posteriors(phones_of("the last train going late", Lexicon(), random), random, 1.2)
    words = "(one|two|the|river|watch|eat|late|lamp|going|again|her|last|train|to)"
    narrow = decoder(others, "the last train going late").decode(frames)
    wide = decoder(others, f"{words} [{words}] [{words}] [{words}] [{words}] [{words}]").decode(frames)
    assert narrow is not None
    assert wide is not None
    assert narrow.words == wide.words
    assert narrow.confidence > wide.confidence


def test_what_does_not_fit_at_all_fits_as_badly_as_can_be(others: list[Posteriors]) -> None:
    long = "turn the lamp on and " * 12 + "off"
    assert decoder(others, long).impostors == Impostors()
    assert decoder([], "turn the lamp on").impostors == Impostors()


def test_in_a_grammar_of_two_words_both_are_sure(others: list[Posteriors]) -> None:
    random = np.random.default_rng(4)
    small = decoder(others, "(yes|no)")
    for word in ("yes", "no") * 3:
        heard = small.decode(posteriors(phones_of(word, Lexicon(), random), random))
        assert heard is not None
        assert heard.words == (word,)
        assert heard.confidence > 0.9


def test_kept_in_a_file(others: list[Posteriors], tmp_path: Path) -> None:
    stored.save(others, tmp_path / "others.npz")
    again = stored.load(tmp_path / "others.npz")
    assert [item.shape for item in again] == [item.shape for item in others]
    for mine, theirs in zip(again, others, strict=True):
        np.testing.assert_allclose(mine, np.maximum(theirs, -12.75), atol=stored.STEP / 2 + 1e-5)


def test_a_file_that_is_none_of_ours(tmp_path: Path) -> None:
    file = tmp_path / "others.npz"
    file.write_bytes(b"PK\x03\x04nothing")
    with pytest.raises(BundleError, match="copy the bundle again"):
        stored.load(file)
    np.savez(file, something=np.zeros(3))
    with pytest.raises(BundleError, match="copy the bundle again"):
        stored.load(file)
