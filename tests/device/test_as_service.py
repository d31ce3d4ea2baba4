"""Root works in the service's folder with the service's rights only. On a booted system: tests/emulator."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from device import as_service
from device.cli import main
from device.errors import MynahError
from device.update.versions import Versions

UNIT = Path(__file__).parents[2] / "systemd" / "mynah.service"

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down")


def test_its_rights_are_the_units() -> None:
    assert set(as_service.RIGHTS) <= set(UNIT.read_text().splitlines())


@needs_root
def test_it_is_needed_where_the_folder_is_anothers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    assert not as_service.needed(tmp_path / "absent")
    assert not as_service.needed(tmp_path)
    os.chown(tmp_path, 4242, 4242)
    assert as_service.needed(tmp_path)
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))  # we are it
    assert not as_service.needed(tmp_path)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A systemd-run that says how it was called and what came in."""
    program = tmp_path / "bin" / "systemd-run"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\n{ printf "%s\\n" "$@"; cat; } >"$0.said"\nexit 3\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(as_service, "SYSTEMD", tmp_path)
    monkeypatch.setattr(as_service, "needed", lambda: True)
    return program.with_suffix(".said")


def test_an_archive_that_root_alone_may_read_is_handed_on_open(service: Path, tmp_path: Path) -> None:
    archive = tmp_path / "mynah-0.2.0.update"
    archive.write_text("the archive's content")
    assert main(["update", "--json", str(archive)]) == 3
    *called, content = service.read_text().splitlines()
    assert called[-3:] == ["update", "--json", "-"]
    assert "--property=DynamicUser=yes" in called
    assert content == "the archive's content"


def test_other_arguments_are_handed_on_as_they_are(service: Path) -> None:
    assert main(["update", "https://example.org/mynah/", "--check"]) == 3
    assert service.read_text().splitlines()[-3:] == ["update", "https://example.org/mynah/", "--check"]
    assert main(["review", "--label", "1", "wake"]) == 3
    assert service.read_text().splitlines()[-4:] == ["review", "--label", "1", "wake"]


def test_an_archive_that_is_not_there_is_named(
    service: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["update", str(tmp_path / "none.update")]) == 1
    assert "none.update: No such file" in capsys.readouterr().err
    assert not service.exists()


def test_without_systemd_nothing_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_service, "SYSTEMD", tmp_path / "none")
    with pytest.raises(MynahError, match="systemd"):
        as_service.run(["review"])


def test_an_archive_from_standard_input(tmp_path: Path) -> None:
    """As the service gets it."""
    done = subprocess.run(
        [sys.executable, "-m", "device.cli", "update", "-"],
        env={**os.environ, "STATE_DIRECTORY": str(tmp_path)},
        input=b"no archive\n",
        capture_output=True,
    )
    assert done.stderr == b"mynah: the archive: not an update\n"
    assert not Versions(tmp_path).folder.joinpath("state.json").exists()
