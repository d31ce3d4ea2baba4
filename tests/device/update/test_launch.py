"""What the service starts, as processes: the base, a version, the one before it again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from device.update.launch import trusted
from device.update.versions import State, Versions
from tests.device.update.making import ROOT, place


def launch(versions: Versions, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "STATE_DIRECTORY": str(versions.folder.parent),
        **more,
    }
    command = [sys.executable, "-P", "-m", "device.update.launch", *arguments]
    return subprocess.run(
        command, cwd="/", env=environment, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.fixture
def over(versions: Versions) -> str:
    """What the base calls itself here: one version tells what it was told."""
    place(versions, "0.2.0")
    probe = "import device.update.versions as v; print(v.base())"
    environment = {name: value for name, value in os.environ.items() if name != "MYNAH_BASE"}
    return subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_without_versions_the_base_runs_and_nothing_is_written(versions: Versions) -> None:
    done = launch(versions, "run", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: mynah run")
    assert not versions.folder.exists()


def test_a_version_runs_with_the_daemons_arguments(versions: Versions, over: str) -> None:
    versions.change(over, lambda state: State(over, current="0.2.0"))
    done = launch(versions, "run", "--config", "/etc/mynah/mynah.toml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == f"0.2.0 {over} 0.2.0 run --config /etc/mynah/mynah.toml"
    assert (
        launch(versions, "understand", MYNAH_BASE="another").stdout.strip()
        == f"0.2.0 {over} 0.2.0 understand"
    )


def test_one_that_fails_twice_is_taken_back(versions: Versions, over: str) -> None:
    place(versions, "0.3.0", status=1)
    versions.change(over, lambda state: State(over, current="0.2.0", pending="0.3.0"))
    assert launch(versions, "status").stdout.startswith("0.2.0 "), "only the daemon tries it"
    for tries in (1, 2):
        done = launch(versions, "run")
        assert (done.returncode, done.stdout[:6], done.stderr) == (1, "0.3.0 ", "")
        assert versions.read(over).tries == tries
    done = launch(versions, "run")
    assert (done.returncode, done.stdout[:6]) == (0, "0.2.0 ")
    assert done.stderr == "mynah: update 0.3.0 was taken back: it was not ready in 2 starts; 0.2.0 runs\n"
    assert launch(versions, "run").stderr == ""
    assert versions.read(over).refused == {"0.3.0": "it was not ready in 2 starts"}


def test_one_that_hangs_is_ended_by_the_kernel(versions: Versions, over: str, tmp_path: Path) -> None:
    """The alarm that `launch` sets is still set in what it becomes."""
    hangs = "import signal, time\nprint(signal.alarm(1), flush=True)\ntime.sleep(20)"
    (versions.site("0.2.0") / "device/cli.py").write_text(hangs)
    versions.change(over, lambda state: State(over, pending="0.2.0"))
    done = launch(versions, "run")
    assert done.returncode == -signal.SIGALRM
    assert 290 <= int(done.stdout) <= 300
    versions.change(over, lambda state: State(over, current="0.2.0"))
    (versions.site("0.2.0") / "device/cli.py").write_text("import signal; print(signal.alarm(0))")
    assert launch(versions, "run").stdout == "0\n"


def test_whatever_is_damaged_the_base_runs(versions: Versions, over: str) -> None:
    state = versions.folder / "state.json"
    for damage in ("", "{", '{"current": "../.."}', "\udcff"):
        state.write_bytes(damage.encode("utf-8", "surrogateescape"))
        done = launch(versions, "run", "--help")
        assert done.stdout.startswith("usage: mynah run")
        assert done.stderr == (
            "mynah: the state of the updates is damaged: the base is started; install the update again\n"
        )
    state.unlink()
    state.mkdir()
    assert launch(versions, "run", "--help").stdout.startswith("usage: mynah run")
    state.rmdir()
    versions.change(over, lambda state: State(over, current="0.2.0"))
    (versions.site("0.2.0") / "device/cli.py").unlink()
    done = launch(versions, "run", "--help")
    assert done.stdout.startswith("usage: mynah run")
    assert "0.2.0 is gone" in done.stderr


def test_what_cannot_be_counted_is_not_tried(versions: Versions, over: str) -> None:
    place(versions, "0.3.0")
    versions.change(over, lambda state: State(over, current="0.2.0", pending="0.3.0"))
    (versions.folder / ".state.json.new").mkdir()  # nothing can be written any more
    done = launch(versions, "run")
    assert done.stdout.startswith("0.2.0 ")
    assert "nothing new is tried" in done.stderr


def test_another_base_runs_alone(versions: Versions) -> None:
    place(versions, "0.2.0")
    versions.change("0.0.9 on Python 3.10", lambda state: State("0.0.9 on Python 3.10", current="0.2.0"))
    assert launch(versions, "run", "--help").stdout.startswith("usage: mynah run")


def test_root_runs_nothing_that_the_daemon_could_have_changed(versions: Versions, over: str) -> None:
    versions.change(over, lambda state: State(over, current="0.2.0"))
    assert launch(versions, "understand").stdout.startswith("0.2.0 ")
    if os.geteuid() == 0:
        os.chown(versions.folder, 1000, 1000)
        assert launch(versions, "understand", "--help").stdout.startswith("usage: mynah understand")
    assert trusted(versions, 1000)
    assert not trusted(versions, 0)


def test_it_imports_little(versions: Versions) -> None:
    """It is the one part that no update mends."""
    probe = "import sys, device.update.launch; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    ours = {name for name in done.stdout.split() if name.startswith("device")}
    assert ours == {
        "device",
        "device.system",
        "device.system.atomic",
        "device.errors",
        "device.system.places",
        "device.update",
        "device.update.launch",
        "device.update.versions",
    }
    assert not {"numpy", "cryptography", "yaml", "ssl", "urllib.request"} & set(done.stdout.split())
