"""The Debian package: the same bytes each time; installed, upgraded and purged by dpkg itself in a folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from export.debian import environment, package
from export.targets import MACHINES, SUITES, Suite

BOOKWORM = SUITES["bookworm"]

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is not installed")


def fetched(site: Path, suite: Suite, machine: str) -> None:
    """In the place of what comes from the network."""
    site.mkdir(parents=True)
    (site / "library.py").write_text(f"MACHINE = {machine!r}\n")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return package.build(tmp_path_factory.mktemp("deb"), BOOKWORM, "aarch64", fetched)


def field(path: Path, name: str) -> str:
    return subprocess.run(
        ["dpkg-deb", "--field", path, name], check=True, capture_output=True, text=True
    ).stdout.strip()


def test_it_says_what_it_needs(made: Path) -> None:
    assert field(made, "Architecture") == "arm64"
    needs = [need.strip() for need in field(made, "Depends").split(",")]
    assert {"libc6 (>= 2.36)", "libstdc++6"} <= set(needs)  # of the wheels
    assert {"python3 (>= 3.11)", "python3 (<< 3.12~)", "python3-pyaudio", "espeak-ng"} <= set(needs)


def test_every_release_has_a_name_for_its_wheels() -> None:
    pytest.importorskip("uv")
    command = [sys.executable, "-m", "uv", "pip", "install", "--help"]
    known = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for suite in SUITES.values():
        for machine in MACHINES:
            assert f"{machine}-manylinux_{suite.glibc}" in known


def test_the_same_tree_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    assert package.build(tmp_path, BOOKWORM, "aarch64", fetched).read_bytes() == made.read_bytes()


class System:
    """A folder that dpkg takes for the root of a system."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("updates", "info"):
            (root / "var/lib/dpkg" / folder).mkdir(parents=True)
        (root / "var/lib/dpkg/status").touch()

    def dpkg(self, *arguments: str) -> None:
        forced = ("not-root", "depends", "script-chrootless", "confold", "architecture")
        command = ["dpkg", f"--root={self.root}", *(f"--force-{what}" for what in forced), *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_settings_outlive_an_upgrade_and_nothing_a_purge(made: Path, tmp_path: Path) -> None:
    system = System(tmp_path / "root")
    system.dpkg("--install", str(made))
    root = system.root
    assert (root / "usr/bin/mynah").readlink() == Path("/opt/mynah/bin/mynah")
    assert (root / "usr/lib/systemd/system/mynah.service").exists()
    assert (root / "etc/systemd/system/multi-user.target.wants/mynah.service").is_symlink()
    settings = root / "etc/mynah/mynah.toml"
    settings.write_text('[device]\nid = "kitchen"\n')
    (root / "etc/mynah/home.toml").write_text("# the user's own\n")
    (root / "var/lib/private/mynah").mkdir(parents=True)
    (root / "var/lib/private/mynah/thresholds.json").write_text("{}")

    system.dpkg("--install", str(newer(made, tmp_path)))
    assert settings.read_text() == '[device]\nid = "kitchen"\n'
    assert (root / "var/lib/private/mynah/thresholds.json").exists()

    system.dpkg("--remove", "mynah")
    assert settings.exists()
    assert not (root / "opt/mynah/bin").exists()
    system.dpkg("--purge", "mynah")
    left = [path for path in root.rglob("*") if "mynah" in path.name and "var/lib/dpkg" not in str(path)]
    assert left == []


def newer(made: Path, folder: Path) -> Path:
    """The package of the next version, with other default settings."""
    tree = folder / "tree"
    subprocess.run(["dpkg-deb", "--raw-extract", made, tree], check=True)
    control = tree / "DEBIAN" / "control"
    control.write_text(control.read_text().replace("Version: ", "Version: 9."))
    (tree / "etc/mynah/mynah.toml").write_text("# other defaults\n")
    target = folder / "newer.deb"
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", "-Znone", tree, target], check=True)
    return target


def test_an_interpreter_that_is_only_a_name_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the shims of version managers."""
    shim, real = tmp_path / "python3.13", tmp_path / "python3.11"
    shim.write_text("#!/bin/sh\nexit 127\n")
    real.write_text("#!/bin/sh\nexit 0\n")
    for program in (shim, real):
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert environment.runnable("python3.13") is None
    assert environment.runnable("python3.12") is None
    assert environment.runnable("python3.11") == str(real)
