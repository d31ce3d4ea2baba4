"""`mynah-export …`: what was trained and written, made into what a device takes."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from device.errors import MynahError

COMMANDS = {
    "deb": "export.debian.command",
    "image": "export.image.command",
    "key": "export.key",
    "update": "export.update",
}
"""Modules with `add_arguments(parser)` and `run(arguments)`."""

RUN = "export.models"
"""The one for a training run's folder: what is none of the commands is that."""

EPILOG = f"instead of RUN: one of {', '.join(COMMANDS)}; each has its own --help"


def main(arguments: Sequence[str] | None = None) -> int:
    """Only the module of what is asked for is imported: to sign an update takes no TensorFlow."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    name = words.pop(0) if words and words[0] in COMMANDS else ""
    maker = importlib.import_module(COMMANDS.get(name, RUN))
    parser = argparse.ArgumentParser(
        f"mynah-export {name}".strip(), description=maker.__doc__, epilog=None if name else EPILOG
    )
    maker.add_arguments(parser)
    try:
        maker.run(parser.parse_args(words))
    except MynahError as error:
        print(f"mynah-export: {error}", file=sys.stderr)
        return error.exit_status
    except OSError as error:  # a full disk, above all
        where = f"{error.filename}: " if error.filename else ""
        print(f"mynah-export: {where}{error.strerror or error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
