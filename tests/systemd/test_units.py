"""The units, as systemd itself reads them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "systemd"
ANALYZE = shutil.which("systemd-analyze")
SYSTEM = Path("/lib/systemd/system")

pytestmark = pytest.mark.skipif(
    ANALYZE is None or not SYSTEM.is_dir(), reason="systemd-analyze is not installed: apt-get install systemd"
)

MOST_EXPOSED = {"mynah.service": 2.0, "mynah-card.service": 2.5, "mynah-card-problems.service": 2.0}
"""What `systemd-analyze security` may say at most, of 10. The card's remount and name the host."""


def analyze(*arguments: str) -> str:
    assert ANALYZE
    done = subprocess.run([ANALYZE, *arguments], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A system with our units, this machine's, and programs that are there but do nothing."""
    root = tmp_path_factory.mktemp("root")
    shutil.copytree(SYSTEM, root / "lib/systemd/system", symlinks=True)
    ours = root / "etc/systemd/system"
    ours.mkdir(parents=True)
    for unit in UNITS.glob("mynah*.*"):
        if unit.suffix != ".toml":
            shutil.copy(unit, ours)
    for line in re.findall(r"^Exec\w+=(/\S+)", "".join(unit.read_text() for unit in ours.iterdir()), re.M):
        program = root / line.lstrip("/")
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    return root


@pytest.mark.parametrize(
    "unit", sorted(unit.name for unit in UNITS.glob("mynah*.*") if unit.suffix != ".toml")
)
def test_systemd_has_nothing_to_say_about_it(root: Path, unit: str) -> None:
    """Unknown keys, wrong values, programs that are missing, circles in the order of things."""
    assert analyze("verify", f"--root={root}", "--man=no", unit) == ""


def test_systemd_would_have_something_to_say(root: Path, tmp_path: Path) -> None:
    wrong = root / "etc/systemd/system/wrong.service"
    wrong.write_text("[Service]\nProtectClocks=yes\nExecStart=/nowhere\n")
    try:
        found = analyze("verify", f"--root={root}", "--man=no", "wrong.service")
    finally:
        wrong.unlink()
    assert "ProtectClocks" in found
    assert "/nowhere" in found


@pytest.mark.parametrize("unit", MOST_EXPOSED)
def test_it_is_little_exposed(unit: str) -> None:
    found = re.search(
        r"exposure level for \S+: ([\d.]+)", analyze("security", "--offline=yes", str(UNITS / unit))
    )
    assert found
    print(f"{unit}: {found[1]} of 10, at most {MOST_EXPOSED[unit]}")
    assert float(found[1]) <= MOST_EXPOSED[unit]
