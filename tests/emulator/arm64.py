"""`script/arm64-test`: the device's tests as arm64 programs, and every bundle in both runtimes.

An arm64 system is put together from the image's packages in a folder, and its programs are run one by one by
qemu's user emulation. /sys is not there: the runtime stumbles over what it would read in it. Needs root.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from export.debian import package
from export.image import root as roots
from export.image import system
from export.image.recipe import MACHINE, Place, Recipe
from export.shell import run
from export.targets import SOURCE, SUITES, source_date

TESTS = ("audio", "engine", "hearing", "home", "understanding")
"""Below tests/device: what hears and understands. The rest is about networks and processes."""

RUNTIMES = {"ai_edge_litert": (), "tflite_runtime": ("tflite-runtime==2.14.0", "numpy<2")}
"""What has to be installed for each beside what the package holds; the second has wheels for Python 3.11."""

STEPS = 40
MEAN, MOST = 1.0, 6.0
"""Steps of int8 by which two runtimes' answers may differ: kernels round one way or the other, and the states
carry it on."""

ANSWERS = """\
import importlib, json, sys
from pathlib import Path
import numpy as np
from device.engine.bundle import Bundle
from device.engine.interpreter import StreamingModel

module, answers = importlib.import_module(sys.argv[1] + ".interpreter"), {}
for name in sys.argv[3:]:
    bundle = Bundle.load(Path(name))
    model, chance = StreamingModel(bundle, module), np.random.default_rng(0)
    shape = (bundle.stream.frames, bundle.features.mels)
    steps = [model.step(chance.normal(-8, 3, shape).astype(np.float32)) for _ in range(int(sys.argv[2]))]
    answers[bundle.name] = np.concatenate(steps).ravel().tolist()
print(json.dumps(answers))
"""


class Arm64:
    """An arm64 system in `folder`, with this checkout in /src."""

    def __init__(self, folder: Path, suite: str, cache: Path) -> None:
        self.root = folder / "root"
        place = Place(folder, cache, folder / "work", source_date())
        place.work.mkdir()
        recipe = Recipe(SUITES[suite])
        deb = package.build(folder, recipe.suite, MACHINE)
        system.build(roots.archive(recipe, place), deb, self.root, place)
        self.python = recipe.suite.python
        (self.root / "dev" / "null").touch()
        (self.root / "proc").mkdir(exist_ok=True)
        kept = shutil.ignore_patterns(
            "__pycache__", ".venv", ".git", "dist", "build", ".*_cache", "*.egg-info"
        )
        shutil.copytree(SOURCE, self.root / "src", symlinks=True, ignore=kept)

    def install(self, name: str, requirements: Sequence[str]) -> None:
        """Wheels into /NAME."""
        run(
            *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", self.root / name),
            *("--python", sys.executable, "--python-version", self.python, "--only-binary", ":all:"),
            *("--python-platform", f"{MACHINE}-manylinux_2_36", *requirements),
        )

    def run(self, *arguments: str, path: str = "/src") -> subprocess.CompletedProcess[str]:
        """The package's Python with the folders of `path` before its own."""
        inside = 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
        command = [
            "unshare",
            "--mount",
            "sh",
            "-c",
            inside,
            str(self.root),
            "/opt/mynah/bin/python3",
            *arguments,
        ]
        environment = {
            **{
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME": "/root",
                "PYTHONPATH": path,
                "OPENBLAS_NUM_THREADS": "1",
            },
            **{"PYTHONDONTWRITEBYTECODE": "1", "TZ": "UTC"},
        }
        return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)


def answers(arm: Arm64, runtime: str) -> dict[str, list[float]]:
    """What each shipped bundle's model answers to the same noise, in a runtime."""
    before = ""
    if wanted := RUNTIMES[runtime]:
        arm.install(runtime, wanted)
        before = f"/{runtime}:"
    bundles = [f"/src/device/bundles/{path.name}" for path in sorted((SOURCE / "device/bundles").iterdir())]
    done = arm.run("-c", ANSWERS, runtime, str(STEPS), *bundles, path=f"{before}/src")
    assert done.returncode == 0, f"{runtime} fails"
    said: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return said


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/arm64-test", description=__doc__)
    parser.add_argument("--suite", choices=SUITES, default="bookworm")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "mynah")
    parser.add_argument("tests", nargs="*", default=[f"tests/device/{name}" for name in TESTS])
    options = parser.parse_args()
    if os.geteuid() != 0:
        print(
            "script/arm64-test: must be root, to run a system in a folder: sudo script/arm64-test",
            file=sys.stderr,
        )
        return 2
    with tempfile.TemporaryDirectory(prefix="mynah-", dir="/var/tmp") as name:
        arm = Arm64(Path(name), options.suite, options.cache)
        heard = {runtime: answers(arm, runtime) for runtime in RUNTIMES}
        first, second = heard.values()
        for bundle, values in first.items():
            step = np.diff(np.unique(values)).min()
            apart = np.abs(np.subtract(values, second[bundle])) / step
            said = f"{apart.mean():.1f} steps of int8 apart, {apart.max():.0f} at most"
            print(f"{bundle}: {len(values)} answers of {' and '.join(heard)}: {said}", flush=True)
            assert apart.mean() <= MEAN, f"{bundle}: the runtimes disagree"
            assert apart.max() <= MOST, f"{bundle}: the runtimes disagree"
        arm.install("pytest", ["pytest>=9", "hypothesis>=6.100"])
        done = arm.run(
            *(
                "-m",
                "pytest",
                "-k",
                "not less_than_a_second",
                "-p",
                "no:cacheprovider",
                "--rootdir",
                "/src",
                "-c",
                "/src/setup.cfg",
            ),
            *(f"/src/{test}" for test in options.tests),
            path="/src:/pytest",
        )
        print(done.stdout[-3000:])
        return done.returncode


if __name__ == "__main__":
    sys.exit(main())
