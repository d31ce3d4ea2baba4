"""A tiny text model through its export, and by the device's own code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from device.engine.bundle import sha256, whole
from device.errors import BundleError
from device.understanding.encoder import TextBundle, TextModel
from device.understanding.tagging import Span, spans
from export import cli
from export.errors import ExportError
from export.text import Parity, export
from tests.training.text_corpora import pieces, sentences, snips
from training.cli import main as train_main
from training.text import heads
from training.text.corpora import read
from training.text.encoder import EncoderSettings
from training.text.task import Task
from training.trainer import TrainerSettings

SHAPE = EncoderSettings(120, width=8, layers=1, heads=2, inner=16, length=16, dropout=0.0)
SETTINGS = heads.Settings(
    updates=60,
    rate=3e-2,
    budget=256,
    dropout=0.0,
    dropped=0.0,
    shape=SHAPE,
    trainer=TrainerSettings(0.1, 0.9, average_ramp=10, warmup=5, compiled=False),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("snips")
    snips(folder)
    return folder


@pytest.fixture(scope="module")
def run(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run")
    pieces().save(path / "pieces.tsv")
    heads.train(Task.of("intents", "snips", data, None, 1), read("snips", data, "train"), path, SETTINGS)
    return path


@pytest.fixture(scope="module")
def bundle(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bundle")
    assert cli.main([str(run), "--out", str(out)]) == 0
    return out


@pytest.fixture
def copy(bundle: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle, tmp_path / "copy"))


def test_the_device_reads_what_was_learned(bundle: Path) -> None:
    model = TextModel(TextBundle.load(bundle))
    for before, room, intent in sentences(4):
        reading = model.read(f"{before}{room}.".upper())
        assert reading is not None
        assert model.bundle.labels[int(reading.probability.argmax())] == intent
        assert reading.probability.sum() == pytest.approx(1, abs=1e-4)
        said = [word.text for word in reading.words]
        assert said[-1] == room
        assert spans(reading.tags) == [Span("room", len(said) - 1, len(said))]


def test_what_was_measured_is_in_the_bundle_and_onnx_beside_the_run(bundle: Path, run: Path) -> None:
    whole(bundle)
    parity = TextBundle.load(bundle).measured["parity"]
    assert parity["float_tflite"] < 2e-3
    assert 0 < parity["onnx"] < 1e-3
    assert parity["int8_accuracy"] == parity["accuracy"] == 1.0
    assert (run / "model.onnx").is_file()


def test_a_bundle_is_evaluated_as_its_run_is(
    bundle: Path, run: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = []
    for folder in (run, bundle):
        arguments = ["--corpus", "snips", "--data", str(data), "--run", str(folder), "--json"]
        assert train_main(["evaluate", "text", *arguments]) == 0
        figures.append(json.loads(capsys.readouterr().out))
    assert [one["accuracy"] for one in figures] == [1.0, 1.0]
    assert [one["slot_f1"] for one in figures] == [1.0, 1.0]


@pytest.mark.parametrize(
    "text", ["a", "light " * 900, "💡🏠", "打开厨房的灯", "12345", "\x00\x07\x1b[2J", "x" * 5000, "'''"]
)
def test_any_text_is_read(bundle: Path, text: str) -> None:
    reading = TextModel(TextBundle.load(bundle)).read(text)
    assert reading is None or np.isfinite(reading.probability).all()


def test_what_holds_no_word_is_not_read(bundle: Path) -> None:
    assert [TextModel(TextBundle.load(bundle)).read(text) for text in ("", " … ", "\x00")] == [None] * 3


def changed(folder: Path, **entries: Any) -> None:
    file = folder / "bundle.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **entries}))


def test_a_bundle_of_another_vocabulary_is_refused(copy: Path) -> None:
    file = copy / "pieces.tsv"
    file.write_text(file.read_text().replace("▁kitchen", "▁cellar"))
    with pytest.raises(BundleError, match=r"pieces\.tsv: damaged"):
        TextBundle.load(copy)
    changed(copy, vocabulary={"file": "pieces.tsv", "sha256": sha256(file)})
    with pytest.raises(BundleError, match=r"trained on vocabulary \w+, the one here is \w+; copy"):
        TextBundle.load(copy)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"kind": "hearing"}, "a bundle for hearing, not for text"),
        ({"decision": {}}, "missing or wrong 'temperature'"),
        ({"labels": ["one"]}, "its shapes do not fit"),
        ({"length": 9}, "its shapes do not fit"),
    ],
)
def test_what_does_not_fit_is_named(copy: Path, entries: dict[str, Any], message: str) -> None:
    changed(copy, **entries)
    with pytest.raises(BundleError, match=message):
        TextModel(TextBundle.load(copy))


def test_what_int8_loses_is_gated() -> None:
    good = Parity(1e-4, 1e-4, 20.0, 0.95, 0.945, 0.99, 0.985)
    good.check()
    with pytest.raises(ExportError, match=r"int8 loses accuracy 0\.01, at most 0\.005 is allowed"):
        Parity(1e-4, 1e-4, 20.0, 0.95, 0.94, 0.99, 0.99).check()


def test_a_run_that_is_not_finished_is_named(run: Path, tmp_path: Path) -> None:
    shutil.copy(run / "config.json", tmp_path)
    with pytest.raises(ExportError, match=r"model\.weights\.h5 is missing"):
        export(tmp_path, tmp_path / "out")
