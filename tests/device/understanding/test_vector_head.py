"""A second reading of a text, by the vector of its sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from device.errors import BundleError
from device.settings import bundle_folder
from device.understanding.inferring import Inference
from device.understanding.vector_head import VectorHead, together

VECTORS, SENTENCES, REQUESTS = map(bundle_folder, ("vectors", "sentences", "requests"))


def test_two_readings_are_sure_only_where_they_agree() -> None:
    sure, other = np.array([0.98, 0.01, 0.01], np.float32), np.array([0.01, 0.98, 0.01], np.float32)
    assert together(sure, sure, (0.5, 0.5))[0] == pytest.approx(0.98, abs=0.01)
    assert together(sure, other, (0.5, 0.5)).max() < 0.5
    assert together(sure, other, (1.0, 0.1)).argmax() == 0


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("would you mind switching the bedroom lamp off", "light_off"),
        ("could you whip me up an espresso", "coffee"),
        ("wake me tomorrow at six", "alarm_set"),
        ("how do i file my taxes", "oos"),
    ],
)
def test_it_tells_what_a_text_means(text: str, label: str) -> None:
    head = VectorHead.load(VECTORS, SENTENCES)
    assert head.labels[int(head.probability(text).argmax())] == label


def test_both_readings_are_put_together() -> None:
    both = Inference.load(REQUESTS, VectorHead.load(VECTORS, SENTENCES))
    reading, alone = (
        both.read("would you put the telly off"),
        Inference.load(REQUESTS).read("would you put the telly off"),
    )
    assert reading is not None
    assert alone is not None
    assert reading.probability.sum() == pytest.approx(1.0, abs=1e-3)
    assert not np.allclose(reading.probability, alone.probability)
    assert reading.tags == alone.tags


def copy(folder: Path, **changed: object) -> Path:
    shutil.copytree(VECTORS, folder, dirs_exist_ok=True)
    content = json.loads((folder / "bundle.json").read_text())
    (folder / "bundle.json").write_text(json.dumps({**content, **changed}))
    return folder


def test_a_head_over_other_vectors_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="another encoder"):
        VectorHead.load(copy(tmp_path, encoder="0" * 64), SENTENCES)


def test_a_head_with_other_labels_is_refused(tmp_path: Path) -> None:
    head = VectorHead.load(copy(tmp_path, labels=["oos"]), SENTENCES)
    with pytest.raises(BundleError, match="other labels than the second head"):
        Inference.load(REQUESTS, head)


def test_a_damaged_head_is_refused(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    (folder / "head.npz").write_bytes(b"torn")
    with pytest.raises(BundleError, match="damaged"):
        VectorHead.load(folder, SENTENCES)
