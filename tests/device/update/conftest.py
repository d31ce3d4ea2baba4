"""What the tests of updates want."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.update.versions import Versions
from tests.device.update.making import Maker


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    folder = tmp_path / "made"
    folder.mkdir()
    return Maker(folder)


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    state = tmp_path / "state"
    state.mkdir()
    return Versions(state / "versions")
