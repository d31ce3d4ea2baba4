"""The word graph as a bundle: what is kept, and what a broken or foreign one says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from device.engine.bundle import SHIPPED, Bundle, sha256
from device.errors import BundleError
from device.hearing import words
from device.hearing.decoder import Decoder
from device.hearing.grammar import SILENCE
from device.hearing.words import Network, Words
from tests.device.hearing.synthetic import PHONES, PRIOR, posteriors

NUMBER = {phone: number for number, phone in enumerate(PHONES, 1)}
ON, OFF = ("AA", "N"), ("AO", "F")


def made() -> Network:
    """ "on" (1) and "off" (2) in any order: between words 0, silence 1, AA 2, N 3, AO 4, F 5."""
    arcs = [
        (0, 1, SILENCE, 0, 0.0),
        (0, 2, "AA", 0, 1.0),
        (0, 4, "AO", 0, 3.0),
        (1, 0, None, 0, 0.0),
        (2, 3, "N", 1, 0.0),
        (3, 0, None, 0, 0.0),
        (4, 5, "F", 2, 0.0),
        (5, 0, None, 0, 0.0),
    ]
    source, target, phone, word, cost = zip(*arcs, strict=True)
    lasting = [0, *(NUMBER[phone] for phone in (SILENCE, "AA", "N", "AO", "F"))]
    return Network(
        np.bincount(source).astype(np.int32),
        np.array(lasting, np.uint8),
        np.array(target, np.int32),
        np.array([NUMBER[name] if name else 0 for name in phone], np.uint8),
        np.array(word, np.int32),
        np.array(cost, np.float32),
        np.array([0], np.int32),
    )


ACOUSTIC = Bundle.load(SHIPPED / "english", "hearing")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    words.save(made(), ("on", "off"), tmp_path / "graph.npz")
    decide(tmp_path, None)
    return tmp_path


def decide(bundle: Path, decision: dict[str, object] | None) -> None:
    entry = {"file": "graph.npz", "sha256": sha256(bundle / "graph.npz")}
    content = {"version": 1, "kind": "words", "phones": PHONES, "graph": entry, "decision": decision}
    (bundle / "bundle.json").write_text(json.dumps(content))


def test_what_is_kept_is_searched(bundle: Path) -> None:
    random = np.random.default_rng(1)
    decoder = Decoder(Words.load(bundle, ACOUSTIC).graph, PRIOR)
    said = [SILENCE, *ON, *OFF, SILENCE, *ON, SILENCE]
    heard = decoder.decode(posteriors(said, random, noise=0.5, shortest=2))
    assert heard is not None
    assert heard.words == ("on", "off", "on")


def test_what_was_found_for_an_acoustic_model_is_used_with_it_alone(bundle: Path) -> None:
    found = {"word_penalty": 7.0, "slope": 2.0, "offset": 1.0, "weight": 3.0}
    decide(bundle, {"acoustic": sha256(ACOUSTIC.model), **found})
    fitted = Words.load(bundle, ACOUSTIC)
    assert fitted.decoder(ACOUSTIC).settings.word_penalty == 7.0
    assert fitted.weight == 3.0
    decide(bundle, {"acoustic": "0" * 64, **found})
    with pytest.raises(BundleError, match=r"fitted to another acoustic model; fit it anew"):
        Words.load(bundle, ACOUSTIC)


def test_a_decoder_keeps_no_arcs(bundle: Path) -> None:
    words = Words.load(bundle, ACOUSTIC)
    decoder = words.decoder(ACOUSTIC)
    assert len(decoder.graph.source) == 0
    said = posteriors([SILENCE, *OFF, *ON, SILENCE], np.random.default_rng(2), noise=0.5, shortest=2)
    heard = decoder.decode(said)
    assert heard is not None
    assert heard.words == ("off", "on")


def test_an_acoustic_model_with_other_phones_is_refused(bundle: Path) -> None:
    with pytest.raises(BundleError, match=r"other phones; make it anew: mynah-train words"):
        Words.load(bundle, replace(ACOUSTIC, labels=PHONES[:-1]))


def test_a_torn_graph_is_named(bundle: Path) -> None:
    file = bundle / "graph.npz"
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(BundleError, match=r"graph\.npz: damaged"):
        Words.load(bundle, ACOUSTIC)


def test_a_bundle_of_another_kind_is_refused(bundle: Path) -> None:
    file = bundle / "bundle.json"
    file.write_text(file.read_text().replace('"words"', '"wake"', 1))
    with pytest.raises(BundleError, match="a bundle for wake, not for words"):
        Words.load(bundle, ACOUSTIC)
