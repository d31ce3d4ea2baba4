"""Root works in the service's folder with the service's rights only. On a booted system: tests/emulator."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from device import cli
from device.cli import main
from device.errors import MynahError
from device.system import as_service
from device.update.versions import Versions

UNIT = Path(__file__).parents[3] / "systemd" / "mynah.service"

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


@pytest.mark.parametrize("name", ["update", "other.toml"])
def test_an_archive_may_be_called_as_another_argument_is(
    name: str, service: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text("the archive's content")
    assert main(["update", "--config", "other.toml", "--", name]) == 3
    *called, content = service.read_text().splitlines()
    said = called[called.index("update") :]
    taken = cli._parser(said).parse_args(said)
    assert (taken.source, taken.config) == ("-", tmp_path / "other.toml")
    assert content == "the archive's content"


def test_settings_are_named_by_their_whole_path(
    service: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service works in another folder than root."""
    monkeypatch.chdir(tmp_path)
    assert main(["review", "--config", "mine.toml", "--json"]) == 3
    taken = service.read_text().splitlines()
    assert taken[-2:] == ["--config", str(tmp_path / "mine.toml")]


def test_who_is_interrupted_leaves_nothing_going_on(service: Path) -> None:
    """systemd-run ends with Ctrl-C, but not what systemd runs for it."""
    service.with_name("systemd-run").write_text("#!/bin/sh\nkill -INT $PPID\nsleep 5\n")
    stopped = service.with_name("systemctl")
    stopped.write_text('#!/bin/sh\nprintf "%s\\n" "$@" >"$0.said"\n')
    stopped.chmod(0o755)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # where tests run in the background
    try:
        assert main(["review"]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    said = stopped.with_name("systemctl.said").read_text().split()
    assert said == ["--quiet", "stop", f"mynah-review-{os.getpid()}.service"]


def test_what_systemd_cannot_do_is_a_line(
    service: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = service.with_name("systemd-run")
    program.write_text("#!/bin/sh\nexit 217\n")
    assert main(["review"]) == 1
    assert "(status 217): journalctl -u mynah-review-" in capsys.readouterr().err
    monkeypatch.setenv("PATH", str(program.parent / "none"))
    assert main(["review"]) == 1
    assert "systemd-run: No such file" in capsys.readouterr().err


def test_other_arguments_are_handed_on_as_they_are(service: Path) -> None:
    for address in ("https://example.org/mynah/", "HTTPS://example.org/mynah-0.2.0.update"):
        assert main(["update", address, "--check"]) == 3
        assert service.read_text().splitlines()[-3:] == ["update", address, "--check"]
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
        as_service.run(argparse.Namespace(command="review", arguments=["review"], config=None))


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
