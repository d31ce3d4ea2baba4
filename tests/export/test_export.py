"""A tiny run through the whole export: what comes out is what went in, or nothing comes out."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from device.audio.frontend import FrontEndSettings
from device.engine.bundle import Bundle, describe
from device.engine.interpreter import StreamingModel
from device.errors import MynahError
from export import bundle as bundles
from export import cli, models, parity
from export.errors import ExportError
from export.streaming import Run, keras_step, streamed
from export.wake import Proof
from training.layers import NetSettings, StreamingNet
from training.wake.gates import Gates

NET = NetSettings(mels=8, labels=3, width=12, blocks=((1, 2),), stride=2)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder with random weights and batch statistics that folding must not lose."""
    path = tmp_path_factory.mktemp("run")
    keras.utils.set_random_seed(3)
    rng = np.random.default_rng(3)
    model = StreamingNet(NET)
    model.build((None, None, NET.mels))
    for conv in model.convolutions:
        conv.norm.moving_mean.assign(rng.normal(size=NET.width) * 0.3)
        conv.norm.moving_variance.assign(rng.uniform(0.5, 2.0, NET.width))
        conv.norm.gamma.assign(rng.uniform(0.5, 1.5, NET.width))
    model.save_weights(path / "model.weights.h5")
    np.savez(path / "representative.npz", x=rng.normal(size=(16, 81, NET.mels)).astype(np.float32))
    config = {
        "kind": "hearing",
        "name": "tiny",
        "labels": ["a", "b", "c"],
        **describe(FrontEndSettings(mels=NET.mels)),
        "model": dataclasses.asdict(NET),
        "stream": {"frames": 8, "stride": 2, "lookahead": 0},
        "normalisation": {},
        "decision": {},
        "measured": {"trained": 0.5},
        "training": {"recipe": "none"},
    }
    (path / "config.json").write_text(json.dumps(config))
    return path


@pytest.fixture(scope="module")
def exported(run: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, parity.Parity]:
    out = tmp_path_factory.mktemp("bundles") / "tiny"
    return out, models.export(run, out)


def test_the_bundle_loads_and_tells_its_figures(exported: tuple[Path, parity.Parity]) -> None:
    out, found = exported
    bundle = Bundle.load(out, "hearing")
    assert bundle.labels == ("a", "b", "c")
    assert bundle.measured["trained"] == 0.5
    assert bundle.measured["parity"]["int8_snr"] == pytest.approx(found.int8_snr, abs=1e-4)
    assert sorted(file.name for file in out.iterdir()) == ["bundle.json", "model.tflite"]


def test_every_form_is_the_trained_model(exported: tuple[Path, parity.Parity]) -> None:
    _, found = exported
    assert found.streamed < 1e-4
    assert found.float_tflite < 1e-4
    assert found.int8_snr > 20
    assert found.agreement > 0.9


def test_the_engine_streams_the_whole_models_outputs(run: Path, exported: tuple[Path, parity.Parity]) -> None:
    loaded = Run.load(run)
    engine = StreamingModel(Bundle.load(exported[0]))
    row = loaded.rows[0]
    whole = np.asarray(loaded.model(row[None]))[0]
    assert parity.engine_rows(engine, row).shape == whole.shape
    first = parity.engine_rows(engine, row)
    np.testing.assert_array_equal(parity.engine_rows(engine, row), first)  # reset forgets everything
    np.testing.assert_allclose(first, whole, atol=0.25 * np.std(whole) * 4)
    np.testing.assert_allclose(streamed(loaded, keras_step(loaded), row), whole, atol=1e-4)


def test_the_onnx_model_lies_beside_the_run(run: Path, exported: tuple[Path, parity.Parity]) -> None:
    assert (run / "model.onnx").is_file()


def test_a_model_that_changed_is_not_exported() -> None:
    good = parity.Parity(streamed=1e-6, float_tflite=1e-6, int8_snr=30.0, agreement=0.99)
    good.check(parity.Tolerances())
    for changed in ({"streamed": 0.1}, {"float_tflite": 0.1}, {"int8_snr": 5.0}, {"agreement": 0.5}):
        with pytest.raises(ExportError, match="not the trained one"):
            dataclasses.replace(good, **changed).check(parity.Tolerances())
    with pytest.raises(ExportError, match="streamed Keras differs"):
        dataclasses.replace(good, streamed=float("nan")).check(parity.Tolerances())


def test_a_failed_gate_leaves_no_bundle(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "run"
    broken.mkdir()
    for file in ("config.json", "model.weights.h5"):
        (broken / file).write_bytes((run / file).read_bytes())
    np.savez(broken / "representative.npz", x=np.full((2, 16, NET.mels), np.nan, np.float32))
    assert cli.main([str(broken), "--out", str(tmp_path / "bundle")]) == 1
    assert "not finite" in capsys.readouterr().err
    assert not (tmp_path / "bundle").exists()


def test_a_run_that_misses_a_gate_is_exported_only_anyway(run: Path, tmp_path: Path) -> None:
    def prove(config: Mapping[str, Any], bundle: Path, folder: Path) -> Proof:
        assert Bundle.load(bundle).name == config["name"]
        assert folder == run
        return Proof({"tried": True}, {"gates_missed": ["one"]}, ("one",))

    with pytest.raises(ExportError, match=r"one\. See the report in"):
        models.export(run, tmp_path / "bundle", prove, with_onnx=False)
    assert not (tmp_path / "bundle").exists()
    models.export(run, tmp_path / "bundle", prove, with_onnx=False, anyway=True)
    bundle = Bundle.load(tmp_path / "bundle")
    assert bundle.measured["gates_missed"] == ["one"]
    assert bundle.decision["tried"]


def row(noise: str, missed: float, rate: float) -> dict[str, Any]:
    return {"noise": noise, "at": "as shipped", "missed": missed, "false_accepts_per_hour": rate}


def test_gates_tell_by_how_much_they_are_missed() -> None:
    gates = Gates.of({"missed_10_db": 0.1})
    assert gates.missed([row("clean", 0.02, 0.3), row("10 dB", 0.1, 0.3)]) == []
    assert gates.missed([row("clean", 0.02, 0.8), row("10 dB", 0.3, 0.8)]) == [
        "missed_10_db is 0.3 where at most 0.1 is asked for",
        "false_accepts_per_hour is 0.8 where at most 0.6 is asked for",
    ]
    with pytest.raises(MynahError, match="unknown gate 'recall'"):
        Gates.of({"recall": 0.9})
    with pytest.raises(MynahError, match="give a number"):
        Gates.of({"missed_clean": "few"})


def test_a_wake_word_whose_data_is_gone_is_not_tried(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"kind": "wake", "data": "/nowhere/at/all"}))
    with pytest.raises(ExportError, match="--data"):
        models.trial_of(tmp_path, None, tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"kind": "hearing"}))
    assert models.trial_of(tmp_path, None, tmp_path) is None


def test_a_run_that_is_not_finished_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([str(tmp_path), "--out", str(tmp_path / "bundle")]) == 1
    assert "config.json is missing" in capsys.readouterr().err


def test_a_bundle_is_whole_or_absent(exported: tuple[Path, parity.Parity], run: Path, tmp_path: Path) -> None:
    config = json.loads((run / "config.json").read_text())
    model = exported[0] / "model.tflite"
    bundles.write(config, model, tmp_path, {})
    with pytest.raises(KeyError):
        bundles.write({key: config[key] for key in config if key != "decision"}, model, tmp_path, {})
    assert not (tmp_path / "bundle.json").exists()
