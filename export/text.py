"""A text model's run as a bundle: Keras → float TFLite → int8 by the device's own engine, and ONNX beside it.

A run folder holds `config.json`, `model.weights.h5`, `pieces.tsv`, `representative.npz` (`ids`, `mask` of
sentences that it learned from) and `held_out.npz` (`ids`, `mask`, `labels` and `tags` of others, −1 for no
tag), on which the int8 model must lose at most LOST.
"""

from __future__ import annotations

import json
import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from device.engine.bundle import VERSION, sha256
from device.engine.interpreter import runtime
from device.settings import bundle_folder
from device.understanding.encoder import TextBundle, TextModel
from export.bundle import replace_file
from export.errors import ExportError
from export.parity import snr
from training.text import gates
from training.text.encoder import EncoderSettings
from training.text.heads import HELD_OUT, WEIGHTS, build
from training.text.pretrain import PIECES
from training.text.task import NO_TAG

LOST = 0.005
"""The share of held-out sentences, and of their words' tags, that int8 may cost."""
FLOAT_TFLITE, ONNX = 2e-3, 1e-3  # logits, against Keras
LARGEST = 3_300_000
"""Bytes of a model: 3 MB of encoder, 0.3 MB of head."""
COPIED = ("kind", "name", "head", "labels", "tags", "fingerprint", "decision", "familiar", "training")
Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run of `mynah-train text --head`, its model built and its weights loaded."""

    path: Path
    config: Mapping[str, Any]
    model: keras.Model
    representative: Arrays
    held_out: Arrays

    @classmethod
    def load(cls, path: Path) -> Run:
        """Raises ExportError for a folder that is no finished run."""
        for name in ("config.json", WEIGHTS, PIECES, "representative.npz", HELD_OUT):
            if not (path / name).is_file():
                raise ExportError(f"{path}: no finished training run ({name} is missing); train first")
        config = json.loads((path / "config.json").read_text(encoding="utf-8"))
        shape = EncoderSettings(**config["model"])
        model = build(shape, len(config["labels"]), len(config["tags"]), 0.0)
        model.load_weights(path / WEIGHTS)
        arrays = (dict(np.load(path / name)) for name in ("representative.npz", HELD_OUT))
        return cls(path, config, model, *arrays)

    @property
    def length(self) -> int:
        return int(self.config["model"]["length"])

    def function(self) -> Any:
        """A tf.function `read(ids, mask)` → {"labels": …, "tags": …} for one text, with fixed shapes."""
        import tensorflow as tf

        def read(ids: Any, mask: Any) -> dict[str, Any]:
            labels, tags = self.model((ids, mask))
            return {"labels": labels} if tags is None else {"labels": labels, "tags": tags}

        shape = (1, self.length)
        specs = [tf.TensorSpec(shape, tf.int32, name="ids"), tf.TensorSpec(shape, tf.float32, name="mask")]
        return tf.function(read, input_signature=specs)


@dataclass(frozen=True, slots=True)
class Parity:
    """`float_tflite`, `onnx` (None: not made): largest difference of logits from Keras; `int8_snr`: dB of
    the int8 labels' logits; `accuracy`, `tagged`: shares of held-out sentences and tags that are right, and
    so by int8."""

    float_tflite: float
    onnx: float | None
    int8_snr: float
    accuracy: float
    int8_accuracy: float
    tagged: float
    int8_tagged: float

    def check(self) -> None:
        """Raises ExportError naming every gate that is missed."""
        missed = [
            f"{name} {got:.4g}, at most {limit:g} is allowed"
            for name, got, limit in (
                ("float TFLite differs by", self.float_tflite, FLOAT_TFLITE),
                ("ONNX differs by", self.onnx or 0.0, ONNX),
                ("int8 loses accuracy", self.accuracy - self.int8_accuracy, LOST),
                ("int8 loses tags", self.tagged - self.int8_tagged, LOST),
            )
            if not got <= limit + 1e-9
        ]
        if missed:
            raise ExportError("the exported model is not the trained one: " + "; ".join(missed))


def export(path: Path, out: Path, with_onnx: bool = True) -> Parity:
    """Writes the bundle of the run at `path` to `out`, if it passes every gate; ExportError if not."""
    run = Run.load(path)
    with tempfile.TemporaryDirectory(prefix="mynah-export-") as name:
        folder = Path(name)
        apart(_convert, path, folder)
        if (size := (folder / "int8.tflite").stat().st_size) > LARGEST:
            raise ExportError(f"{path}: {size} bytes, at most {LARGEST} are allowed; train a smaller encoder")
        write(run, folder / "int8.tflite", folder / "bundle", {})
        if with_onnx:
            apart(_convert_onnx, path, folder)
        found = measure(run, folder, TextBundle.load(folder / "bundle"), with_onnx)
        found.check()
        gained = gated(run, TextBundle.load(folder / "bundle"))
        if with_onnx:
            shutil.copyfile(folder / "model.onnx", path / "model.onnx")
        parity = {key: value and round(value, 6) for key, value in asdict(found).items()}
        write(run, folder / "int8.tflite", out, {"parity": parity, **gained})
    return found


def gated(run: Run, bundle: TextBundle) -> dict[str, Any]:
    """What the run's own gates found, if it has some. Raises ExportError naming every one that is missed."""

    def reader(which: TextBundle) -> gates.Read:
        model = TextModel(which)

        def read(text: str) -> str:
            reading = model.read(text)
            return "" if reading is None else which.labels[int(np.argmax(reading.probability))]

        return read

    if not (run.path / gates.FILE).is_file():
        return {}
    shipped = TextBundle.load(bundle_folder(str(run.config["head"])))
    found = gates.figures(run.path, reader(shipped), reader(bundle))
    if missed := gates.missed(found):
        raise ExportError(f"{run.path}: the new model is worse than the one that ships: {'; '.join(missed)}")
    return {"gates": found}


def write(run: Run, model: Path, folder: Path, measured: Mapping[str, Any]) -> None:
    """The bundle of `run` and its int8 `model` in `folder`, which may hold an older one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bundle.json").unlink(missing_ok=True)
    replace_file(folder / "model.tflite", model.read_bytes())
    replace_file(folder / PIECES, (run.path / PIECES).read_bytes())
    files = {"model": "model.tflite", "vocabulary": PIECES}
    content = {
        "version": VERSION,
        **{key: run.config[key] for key in COPIED if key in run.config},
        "length": run.length,
        **{key: {"file": name, "sha256": sha256(folder / name)} for key, name in files.items()},
        "measured": {**run.config["measured"], **measured},
    }
    replace_file(folder / "bundle.json", (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode())


def apart(convert: Callable[[Path, Path], None], path: Path, folder: Path) -> None:
    """Converts in a process of its own: what a converter cannot do may end it. ExportError if it does."""
    worker = multiprocessing.get_context("spawn").Process(target=convert, args=(path, folder))
    worker.start()
    worker.join()
    if worker.exitcode:
        raise ExportError(f"{path}: the converter failed (status {worker.exitcode}); see above")


def _convert(path: Path, folder: Path) -> None:
    import tensorflow as tf

    run = Run.load(path)
    archive = keras.export.ExportArchive()
    archive.track(run.model)
    archive.add_endpoint("read", run.function())
    archive.write_out(str(folder / "saved_model"), verbose=False)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder / "saved_model"), signature_keys=["read"])
    (folder / "float.tflite").write_bytes(converter.convert())
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: texts(run.representative)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    (folder / "int8.tflite").write_bytes(converter.convert())


def _convert_onnx(path: Path, folder: Path) -> None:
    import tf2onnx

    function = Run.load(path).function()
    tf2onnx.convert.from_function(
        function, input_signature=function.input_signature, opset=17, output_path=str(folder / "model.onnx")
    )


def texts(rows: Arrays) -> Iterator[dict[str, npt.NDArray[Any]]]:
    """The inputs of each text, by name."""
    for ids, mask in zip(rows["ids"], rows["mask"], strict=True):
        yield {"ids": ids[None], "mask": mask[None]}


def measure(run: Run, folder: Path, bundle: TextBundle, with_onnx: bool, compared: int = 32) -> Parity:
    """Parity over the held-out texts; float TFLite and ONNX over `compared` of them."""
    read, engine = run.function(), TextModel(bundle)
    given = list(texts(run.held_out))
    keras_rows = [{name: np.asarray(value)[0] for name, value in read(**one).items()} for one in given]
    int8_rows = []
    for one in given:
        labels, tags = engine.logits(one["ids"], one["mask"])
        int8_rows.append({"labels": labels} if tags is None else {"labels": labels, "tags": tags})
    interpreter: Any = runtime().Interpreter(str(folder / "float.tflite"), num_threads=1)
    pairs = list(zip(given, keras_rows, strict=True))[:compared]
    return Parity(
        float_tflite=largest(interpreter.get_signature_runner("read"), pairs),
        onnx=largest(onnx_reader(folder / "model.onnx"), pairs) if with_onnx else None,
        int8_snr=snr(*(np.stack([row["labels"] for row in rows]) for rows in (int8_rows, keras_rows))),
        accuracy=accuracy(run, keras_rows),
        int8_accuracy=accuracy(run, int8_rows),
        tagged=tagged(run, keras_rows),
        int8_tagged=tagged(run, int8_rows),
    )


def largest(read: Any, pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> float:
    """The largest difference of what `read` gives from what Keras did."""
    return max(
        float(np.abs(got[name][0] - want[name]).max())
        for given, want in pairs
        for got in (read(**given),)
        for name in want
    )


def onnx_reader(file: Path) -> Any:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    inputs = {entry.name.partition(":")[0]: entry.name for entry in session.get_inputs()}

    def read(**given: Any) -> dict[str, Any]:
        return dict(
            zip(names, session.run(None, {inputs[name]: value for name, value in given.items()}), strict=True)
        )

    return read


def accuracy(run: Run, rows: list[dict[str, Any]]) -> float:
    found = np.array([row["labels"].argmax() for row in rows])
    return float(np.mean(found == run.held_out["labels"]))


def tagged(run: Run, rows: list[dict[str, Any]]) -> float:
    """The share of words with the right tag; 1 where the model learned no slots."""
    if not run.config["tags"]:
        return 1.0
    truth = run.held_out["tags"]
    found = np.stack([row["tags"].argmax(axis=1) for row in rows])
    return float(np.mean((found == truth)[truth != NO_TAG]))
