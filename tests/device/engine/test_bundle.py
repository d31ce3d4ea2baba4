"""Bundles are checked whole on load, and the message says which check failed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from device.engine.bundle import SHIPPED, Bundle
from device.engine.interpreter import StreamingModel
from device.errors import BundleError


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED / "hey_mynah", tmp_path / "bundle"))


def edit(bundle: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    file = bundle / "bundle.json"
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


def test_shipped_bundles_load_and_are_small() -> None:
    bundles = [Bundle.load(SHIPPED / "hey_mynah", "wake"), Bundle.load(SHIPPED / "english", "hearing")]
    assert sum(bundle.model.stat().st_size for bundle in bundles) < 4_000_000
    assert [bundle.name for bundle in bundles] == ["hey mynah", "english"]
    assert all(bundle.measured and bundle.training for bundle in bundles)


def test_both_shipped_bundles_share_one_front_end() -> None:
    assert (
        Bundle.load(SHIPPED / "hey_mynah").features.fingerprint
        == Bundle.load(SHIPPED / "english").features.fingerprint
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content.update(version=99), "version 99"),
        (lambda content: content.update(fingerprint="0" * 12), "trained on features 000000000000"),
        (lambda content: content["features"].update(mels=80), "trained on features"),
        (lambda content: content["model"].update(sha256="0" * 64), "model.tflite: damaged"),
        (lambda content: content.pop("labels"), "missing or wrong 'labels'"),
        (lambda content: content["features"].update(colour=1), "missing or wrong"),
    ],
)
def test_what_does_not_fit_is_refused(
    copy: Path, change: Callable[[dict[str, Any]], Any], message: str
) -> None:
    edit(copy, change)
    with pytest.raises(BundleError, match=message) as caught:
        Bundle.load(copy)
    assert "\n" not in str(caught.value)


def test_a_damaged_model_is_refused(copy: Path) -> None:
    model = copy / "model.tflite"
    model.write_bytes(model.read_bytes()[:-1] + b"x")
    with pytest.raises(BundleError, match="damaged"):
        Bundle.load(copy)


def test_a_missing_model_is_named(copy: Path) -> None:
    (copy / "model.tflite").unlink()
    with pytest.raises(BundleError, match=r"model\.tflite: missing"):
        Bundle.load(copy)


def test_a_folder_without_bundle_json_is_none(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no bundle here"):
        Bundle.load(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_broken_json_is_refused(copy: Path, text: str) -> None:
    (copy / "bundle.json").write_text(text)
    with pytest.raises(BundleError, match="copy the bundle again"):
        Bundle.load(copy)


def test_the_wrong_kind_is_refused() -> None:
    with pytest.raises(BundleError, match="a bundle for wake, not for hearing"):
        Bundle.load(SHIPPED / "hey_mynah", "hearing")


def test_a_model_that_does_not_fit_its_json_is_refused(copy: Path) -> None:
    edit(copy, lambda content: content["stream"].update(frames=17))
    bundle = Bundle.load(copy)
    with pytest.raises(BundleError, match="shapes do not fit"):
        StreamingModel(bundle)
