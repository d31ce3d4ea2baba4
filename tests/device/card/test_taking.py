"""Whole, checked, or as before."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from device.card import taking
from device.errors import BundleError, CardError


def fine(path: Path) -> None:
    pass


def tree(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "card" / "athena"
    (folder / "more").mkdir(parents=True)
    (folder / "bundle.json").write_text("{}")
    (folder / "more" / "lights.yaml.txt").write_bytes(b"\xef\xbb\xbflanguage: en\r\n")
    (folder / "._bundle.json").write_text("what a Mac leaves")
    return folder


def test_a_folder_is_taken_over_once(tmp_path: Path, source: Path) -> None:
    target = tmp_path / "state" / "athena"
    taking.take(source, target, "athena", fine)
    assert tree(target) == {"bundle.json": b"{}", "more/lights.yaml": b"language: en\n"}
    assert stat.S_IMODE((target / "bundle.json").stat().st_mode) == 0o644
    inode = target.stat().st_ino
    taking.take(source, target, "athena", fine)
    assert target.stat().st_ino == inode
    (source / "bundle.json").write_text("{ }")
    taking.take(source, target, "athena", fine)
    assert target.stat().st_ino != inode
    assert tree(target)["bundle.json"] == b"{ }"
    assert [path.name for path in target.parent.iterdir()] == ["athena"]


def test_what_has_rotted_is_copied_again(tmp_path: Path, source: Path) -> None:
    target = tmp_path / "state" / "athena"
    taking.take(source, target, "athena", fine)
    (target / "bundle.json").write_text("[]")
    taking.take(source, target, "athena", fine)
    assert tree(target)["bundle.json"] == b"{}"


def test_what_is_refused_leaves_what_was_there(tmp_path: Path, source: Path) -> None:
    target = tmp_path / "state" / "athena"
    taking.take(source, target, "athena", fine)
    before = tree(target)
    (source / "bundle.json").write_text("broken")

    def refuse(path: Path) -> None:
        raise BundleError(f"{path}/model.tflite: damaged; copy the bundle again")

    with pytest.raises(CardError, match=r"^bundles/athena/model.tflite: damaged"):
        taking.take(source, target, "bundles/athena", refuse)
    assert tree(target) == before
    assert [path.name for path in target.parent.iterdir()] == ["athena"]


def test_what_is_gone_goes(tmp_path: Path, source: Path) -> None:
    target = tmp_path / "state" / "athena"
    taking.take(source, target, "athena", fine)
    taking.take(None, target, "athena", fine)
    assert not target.exists()
    taking.take(None, target, "athena", fine)


def test_a_full_state_partition_is_a_line(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "state" / "athena"
    taking.take(source, target, "athena", fine)
    before = tree(target)
    (source / "bundle.json").write_text("larger")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CardError, match=r"^athena: the card's state partition is full: remove"):
        taking.take(source, target, "athena", fine)
    assert tree(target) == before
    assert [path.name for path in target.parent.iterdir()] == ["athena"]


def test_a_single_file_and_its_mode(tmp_path: Path) -> None:
    source, target = tmp_path / "home.toml.txt", tmp_path / "state" / "home.toml"
    source.write_bytes("here = “attic”\r\n".encode())
    taking.take(source, target, "home.toml", fine, 0o600)
    assert target.read_text() == 'here = "attic"\n'
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_what_is_much_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "LARGEST", 10)
    (tmp_path / "film").write_bytes(b"x" * 11)
    with pytest.raises(CardError, match="film: larger than"):
        taking.take(tmp_path / "film", tmp_path / "target", "film", fine)


def test_a_power_cut_between_two_renames_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "bundles" / ".athena.old").mkdir(parents=True)
    (tmp_path / "bundles" / ".athena.new").mkdir()
    (tmp_path / "bundles" / "minerva").mkdir()
    (tmp_path / "bundles" / ".minerva.old").mkdir()
    taking.recover(tmp_path)
    assert sorted(path.name for path in (tmp_path / "bundles").iterdir()) == ["athena", "minerva"]
