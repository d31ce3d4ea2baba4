"""The text encoder and its heads, on made-up corpora in the published layouts."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from device.errors import MynahError
from device.understanding.encoder import softmax
from device.understanding.pieces import MASK, SPECIAL, UNKNOWN, Pieces, words
from tests.training.text_corpora import MAKERS, corpora, pieces
from training import cli
from training.text import heads, pretrain, vocabulary
from training.text.command import SHIPPED
from training.text.corpora import READERS, Example, Slot, free_texts, read, tags
from training.text.encoder import EncoderSettings, TextEncoder, load
from training.text.rows import batches, encode, hide, padded, spliced, updates_a_round
from training.text.scores import calibration_error, fit_temperature, macro, slot_f1, threshold
from training.text.task import Task
from training.trainer import TrainerSettings

SHAPE = EncoderSettings(120, width=8, layers=1, heads=2, inner=16, length=20, dropout=0.0)
TRAINER = TrainerSettings(0.1, 0.9, average_ramp=10, warmup=5, compiled=False, checkpoint_every=40)
HEAD = heads.Settings(
    updates=40,
    rate=2e-2,
    budget=256,
    dropout=0.0,
    dropped=0.0,
    shape=SHAPE,
    trainer=TRAINER,
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpora(tmp_path_factory.mktemp("corpora"))


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of `snips`, from nothing but a vocabulary."""
    run = tmp_path_factory.mktemp("run")
    learned("snips", data, run, HEAD)
    return run


def learned(
    corpus: str,
    data: Path,
    run: Path,
    settings: heads.Settings,
    encoder: Path | None = None,
    shots: int | None = None,
) -> None:
    if encoder is None:
        pieces().save(run / "pieces.tsv")
    task = Task.of("intents", corpus, data, shots, settings.seed)
    heads.train(task, read(corpus, data, "validation"), run, settings, encoder)


def evaluated(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert cli.main(["evaluate", "text", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("corpus", READERS)
def test_every_corpus_is_read_as_it_is_published(data: Path, corpus: str) -> None:
    parts = {part: read(corpus, data, part) for part in ("train", "validation", "test")}
    assert parts["train"]
    assert parts["test"]
    assert {one.intent for one in parts["validation"]} <= {one.intent for one in parts["train"]}
    assert read(corpus, data / corpus, "test") == parts["test"]  # its own folder is as good


def test_slots_lie_on_their_words(data: Path) -> None:
    for corpus in ("snips", "slurp"):
        for one in read(corpus, data, "test"):
            assert [one.text[slot.begin : slot.end] for slot in one.slots or ()] == [one.text.split()[-1]]
            assert tags(one, words(one.text)) == ["O"] * (len(words(one.text)) - 1) + ["B-room"]
    text = "add the blue lamp to my list"
    slots = (Slot("item", 4, 17), Slot("owner", 21, 23), Slot("list", 24, 28))
    found = tags(Example(text, "add", slots), words(text))
    assert found == ["O", "B-item", "I-item", "I-item", "O", "B-owner", "B-list"]


def test_a_comment_that_is_good_and_bad_is_left_out_and_one_that_is_neutral_too_is_not(data: Path) -> None:
    found = {one.text.rsplit(" ", 1)[0]: one.intent for one in read("goemotions", data, "train")}
    assert found == {"what a joy": "positive", "i hate it": "negative", "it is so": "neutral"}


def test_out_of_scope_is_an_intent_of_clinc150(data: Path) -> None:
    assert {one.intent for one in read("clinc150", data, "test")} == {"light", "warmth", "oos"}


def test_nothing_that_is_measured_on_is_pretrained_on(data: Path) -> None:
    texts = {" ".join(word.text for word in words(text)) for text in free_texts(data)}
    for corpus in ("snips", "hwu64", "slurp", "banking77"):
        held_out = {
            " ".join(word.text for word in words(one.text)) for one in read(corpus, data, "validation")
        }
        assert not texts & held_out, corpus
    assert {"light the garden", "is it warm"} <= texts


@pytest.mark.parametrize("corpus", MAKERS)
def test_a_folder_without_the_corpus_is_named(tmp_path: Path, corpus: str) -> None:
    with pytest.raises(MynahError, match="--data"):
        read(corpus, tmp_path, "test")


def test_another_layout_is_named(tmp_path: Path) -> None:
    (tmp_path / "data_full.json").write_text('{"test": [["only a text"]]}')
    with pytest.raises(MynahError, match="not the layout in which clinc150 is published"):
        read("clinc150", tmp_path, "test")


def test_batches_hold_texts_of_about_one_length() -> None:
    lengths = [3] * 10 + [20] * 5 + [38] * 3
    round_ = list(islice(batches(lengths, 40, 80, np.random.default_rng(1)), 6))
    assert sorted({batch.length for batch in round_}) == [16, 28, 40]
    for batch in round_:
        assert max(lengths[one] for one in batch.chosen) <= batch.length
        assert len(batch.chosen) == 80 // batch.length
    assert updates_a_round(lengths, 40, 80) == 10 / 5 + 5 / 2 + 3 / 2


def test_hidden_pieces_are_remembered() -> None:
    ids, mask = padded([[5, 6, 7, 8, 9, 10, 11, 12], [4, 5]], 8)
    rng = np.random.default_rng(2)
    seen = 0
    for _ in range(50):
        hidden, places, was = hide(ids, mask, 20, 0.25, rng)
        assert places.shape == was.shape == (2, 2)
        assert (was != UNKNOWN).sum(axis=1).tolist() == [2, 1]  # a quarter, one at least
        asked = was != UNKNOWN
        assert (np.take_along_axis(ids, places, axis=1)[asked] == was[asked]).all()
        seen += int((hidden == MASK).sum())
        changed = hidden != ids
        assert changed.sum() <= 3
        assert not changed[mask == 0].any()
    assert 90 < seen < 150  # of 150 hidden ones, eight of ten


def test_halves_of_two_texts_mean_nothing_known() -> None:
    ids, mask = padded([[5, 6, 7, 8], [9, 10, 11], [5, 6]], 5)
    found = spliced(ids, mask, np.array([0, 1, 0], np.int32), np.random.default_rng(1))
    assert found.tolist()[0] == [5, 6, 10, 11, 0]
    assert found.tolist()[1] in ([9, 10, 7, 8, 0], [9, 10, 6, 0, 0])
    assert found.tolist()[2] == [5, 10, 11, 0, 0]
    assert not spliced(ids, mask, np.array([1, 1, 1], np.int32), np.random.default_rng(1)).any()


def test_a_vocabulary_is_found_in_texts(data: Path) -> None:
    pytest.importorskip("sentencepiece")
    found = vocabulary.find(free_texts(data), 120)
    assert found.pieces[:3] == SPECIAL
    assert any(len(piece.lstrip("▁")) > 1 for piece in found.pieces[3:])
    assert UNKNOWN not in encode(["how warm is the kitchen"], found, 40)[0].numbers


def test_a_text_is_read_the_same_however_it_is_padded() -> None:
    model = heads.build(replace(SHAPE, vocabulary=len(pieces()), layers=2), 3, 5, 0.0)
    encoded = encode(["is it so", "light"], pieces(), 16)
    short, long = (model(padded([one.numbers for one in encoded], length)) for length in (10, 16))
    assert short[0].shape == (2, 3)
    assert (short[1].shape, long[1].shape) == ((2, 10, 5), (2, 16, 5))
    np.testing.assert_allclose(np.asarray(short[0]), np.asarray(long[0]), atol=1e-5)


class Letters:
    """A teacher that counts letters."""

    def vectors(self, texts: list[str]) -> Any:
        counts = np.array([[text.count(one) + 0.1 for one in "aeiourst"] for text in texts], np.float32)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


def test_an_encoder_learns_from_text_and_a_teacher_and_a_head_begins_with_it(
    data: Path, tmp_path: Path
) -> None:
    settings = pretrain.Settings(SHAPE, updates=4, budget=256, trainer=TRAINER)
    pieces().save(tmp_path / "pieces.tsv")
    for _ in range(2):  # a finished run stays as it is
        pretrain.pretrain(data, tmp_path, settings, Letters())  # type: ignore[arg-type]
    assert np.load(tmp_path / "teacher.npy").shape == (len(free_texts(data)), 8)
    encoder = json.loads((tmp_path / "config.json").read_text())
    assert encoder["training"]["updates"] == 4
    run = tmp_path / "head"
    learned("banking77", data, run, replace(HEAD, updates=2), tmp_path, 3)
    head = json.loads((run / "config.json").read_text())
    assert head["fingerprint"] == encoder["fingerprint"]
    assert head["training"]["examples"] == 6
    assert head["training"]["encoder"] == encoder["training"]


def test_the_encoder_that_ships_is_whole() -> None:
    config = json.loads((SHIPPED / "config.json").read_text())
    assert Pieces.load(SHIPPED / "pieces.tsv").fingerprint == config["fingerprint"]
    encoder = TextEncoder(EncoderSettings(**config["model"]))
    encoder.build()
    load(encoder, SHIPPED / "encoder.npz")
    smaller = TextEncoder(SHAPE)
    smaller.build()
    with pytest.raises(MynahError, match=r"encoder\.npz: no weights of this encoder"):
        load(smaller, SHIPPED / "encoder.npz")


def test_a_head_reads_what_it_learned(data: Path, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = evaluated(capsys, "--corpus", "snips", "--data", str(data), "--run", str(trained))
    assert figures["accuracy"] == 1.0
    assert figures["slot_f1"] > 0.9
    assert {"precision", "recall", "f1", "ece", "ece_interval", "confused"} <= figures.keys()
    assert (
        cli.main(["evaluate", "text", "--corpus", "snips", "--data", str(data), "--run", str(trained)]) == 0
    )
    assert "accuracy   100.00%" in capsys.readouterr().out


def test_refusal_is_measured_where_some_is_out_of_scope(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    learned("clinc150", data, tmp_path, HEAD)
    figures = evaluated(capsys, "--corpus", "clinc150", "--data", str(data), "--run", str(tmp_path))
    assert figures["examples"] == 8
    assert figures["out_of_scope"] == 8
    assert figures["oos_recall"] > 0.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["text", "--head", "intents"], "--corpus"),
        (["text", "--head", "sentiment", "--corpus", "snips"], "learns from goemotions, not from snips"),
        (["text", "--head", "intents", "--corpus", "snips", "--encoder", "/none"], "no pieces.tsv here"),
        (["text", "--head", "intents", "--corpus", "snips", "--width", "64"], "--pretrain or --new"),
        (["text", "--pretrain", "--width", "30"], "give a multiple of 4"),
        (["evaluate", "text", "--corpus", "snips", "--run", "/none"], "config.json is missing"),
    ],
)
def test_wrong_usage_is_one_line(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    out = ["--out", str(tmp_path / "run")] if arguments[0] == "text" else []
    assert cli.main([*arguments, "--data", str(data), *out]) in (1, 2)
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


def test_scores() -> None:
    means = macro(["a", "a", "b", "b"], ["a", "b", "b", "c"])
    assert (means.precision, means.recall) == ((1 + 0.5) / 2, 0.5)
    assert means.f1 == pytest.approx((2 / 3 + 0.5) / 2)
    assert slot_f1([[("x", 0, 1)], []], [[("x", 0, 1)], [("y", 0, 1)]]) == pytest.approx(2 / 3)  # type: ignore[list-item]
    sure = np.array([0.9, 0.9, 0.6, 0.6], np.float32)
    assert calibration_error(sure, np.array([True, True, True, False])) == pytest.approx(0.1, abs=1e-6)
    assert threshold(np.arange(100, dtype=np.float32)) == 3


def test_a_temperature_undoes_overconfidence() -> None:
    rng = np.random.default_rng(4)
    logits = rng.normal(size=(4000, 3)).astype(np.float32) * 2
    truth = np.array([rng.choice(3, p=row / row.sum()) for row in softmax(logits).astype(np.float64)])
    assert fit_temperature(logits * 3, truth) == pytest.approx(3, rel=0.1)
