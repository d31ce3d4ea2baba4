"""A test that is skipped for a missing package or program fails where `script/test` runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).with_name("conftest.py")
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--continue-on-collection-errors")
TESTS = """
import pytest

@pytest.mark.skipif(True, reason="flite is not installed")
def test_program(): pass

def test_package(): pytest.importorskip("no_such_package")

def test_in_its_fixture(): pytest.skip("no virtual microphone: pactl not installed")

@pytest.mark.skipif(True, reason="device/bundles has no trained models")
def test_data(): pass

@pytest.mark.skipif(True, reason="only root steps down")
def test_rights(): pass

def test_passes(): pass
"""
MODULE = """
import pytest
pytest.importorskip("no_such_package")
def test_package(): pass
"""


def outcomes(folder: Path, missing: str) -> tuple[int, str]:
    (folder / "conftest.py").write_text(CONFTEST.read_text())
    (folder / "test_some.py").write_text(TESTS)
    (folder / "test_module.py").write_text(MODULE)
    done = subprocess.run(
        [*PYTEST, "--rootdir", folder, folder],
        cwd=folder,
        env={**os.environ, "MYNAH_TESTS_MISSING": missing},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout


def test_it_fails_and_says_what_is_missing(tmp_path: Path) -> None:
    status, said = outcomes(tmp_path, "fail")
    assert status != 0
    assert "2 failed, 1 passed, 2 skipped, 2 errors" in said
    assert "flite is not installed (script/setup test)" in said


def test_it_is_a_skip_for_everybody_else(tmp_path: Path) -> None:
    status, said = outcomes(tmp_path, "skip")
    assert status == 0
    assert "1 passed, 6 skipped" in said


def test_script_test_asks_for_it() -> None:
    script = Path(__file__).parents[1] / "script" / "test"
    assert "MYNAH_TESTS_MISSING-fail" in script.read_text()
