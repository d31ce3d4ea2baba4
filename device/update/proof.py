"""`python -P -m device.update.proof SITE VERSION [CONFIG]`: a version proves, before it is chosen, that it
works.

It runs in a process of its own, from the tree SITE, with the settings that the daemon will have: all modules
are imported, all models checked, the assistant is put together and hears two seconds of noise. What only the
running service can show, the microphone and the broker, is left to its trial.

Whoever installs an update calls the new version's `proof`, so its arguments stay as they are.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import device
from device.errors import UpdateError
from device.system.guard import guarded

if TYPE_CHECKING:
    from device.settings import Settings

HEARD = 2.0
"""Seconds."""


def main(arguments: list[str]) -> int:
    site, number, config = Path(arguments[0]), arguments[1], Path(arguments[2]) if arguments[2:] else None
    return guarded(lambda: prove(site, number, config))


def prove(site: Path, number: str, config: Path | None) -> int:
    """Raises MynahError, or whatever it is that fails."""
    from device.engine.bundle import SHIPPED, whole
    from device.settings_file import load

    if Path(device.__file__).parent.parent.resolve() != site.resolve():
        raise UpdateError(f"{device.__file__} runs instead of the one in {site}")
    if own_version() != number:
        raise UpdateError(f"it calls itself {own_version()}, but its head {number}")
    for module in pkgutil.walk_packages(device.__path__, "device."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for folder in sorted(SHIPPED.iterdir()):
        whole(folder)
    hear(load(config))
    return 0


def hear(settings: Settings) -> None:
    """Put the whole assistant together; it waits for its wake word, and is then made to listen."""
    import numpy as np

    from device.assembly.stages import make_assistant
    from device.audio.pcm import chunked
    from device.events import SAMPLE_RATE

    noise = np.random.default_rng(0).normal(0, 300, round(HEARD * SAMPLE_RATE)).astype(np.int16)
    assistant = make_assistant(settings)
    for listen in (False, True):
        assistant.controls.listen = listen
        for _ in assistant.steps(chunked([noise])):
            pass


def own_version() -> str:
    """What the metadata in the tree says."""
    try:
        return version("mynah")
    except PackageNotFoundError:
        return "nothing"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
