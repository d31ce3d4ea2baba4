"""`mynah-export image --out DIR`: the image of an SD card, with progress, from packages that are kept."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from device.update import keys
from export.debian import package
from export.errors import ExportError
from export.image import publish, root
from export.image.assemble import NAMESPACE, assemble, check_namespaces
from export.image.recipe import MACHINE, MIB, Place, Recipe
from export.targets import SUITES, source_date


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="folder for the image and its other files")
    parser.add_argument("--suite", choices=SUITES, default="bookworm", help="release of Debian (bookworm)")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mynah",
        help="folder that caches the installed Debian packages",
    )
    parser.add_argument("--fresh", action="store_true", help="fetch Debian's packages again")
    parser.add_argument(
        "--no-pack", action="store_true", help="write only the uncompressed image, as the emulator needs it"
    )
    parser.add_argument(
        "--key",
        type=Path,
        action="append",
        default=[],
        help="public key whose updates devices take (mynah-export key makes one); may be repeated",
    )
    parser.add_argument(
        "--url", help="where people will fetch the folder's files, for Raspberry Pi Imager; default: here"
    )


def run(arguments: argparse.Namespace) -> None:
    """Make the image. Raises ExportError, and UpdateError for a key that is none."""
    recipe, started = Recipe(SUITES[arguments.suite]), time.monotonic()
    out = arguments.out.resolve()
    for key in arguments.key:
        if key.suffix != ".pub":
            raise ExportError(f"{key}: is to be a public key, *.pub: a private one must not be on any device")
        keys.read(key)
    if os.geteuid() != 0:
        check_namespaces()
    out.mkdir(parents=True, exist_ok=True)

    def tell(text: str) -> None:
        print(f"{time.monotonic() - started:5.0f} s  {text}", flush=True)

    with tempfile.TemporaryDirectory(prefix="mynah-image-", dir=out, ignore_cleanup_errors=True) as work:
        try:
            os.chmod(work, 0o755)
            place = Place(out, arguments.cache.resolve(), Path(work), source_date(), tuple(arguments.key))
            place.log.unlink(missing_ok=True)
            if arguments.fresh:
                for kept in place.cache.glob(f"root-{recipe.suite.name}-*.tar"):
                    kept.unlink()
            tell("Mynah's own package")
            deb = package.build(out, recipe.suite, MACHINE)
            tell(f"Debian's packages for {recipe.suite.name}")
            archive = root.archive(recipe, place)
            image = out / f"{publish.name(recipe)}.img"
            tell("the system and its partitions")
            contents = json.loads(assemble(recipe, archive, deb, image, place).read_text())
            made = [image]
            if not arguments.no_pack:
                tell("compressing")
                made = publish.publish(recipe, image, contents, place, arguments.url or out.as_uri())
        finally:
            _clear(Path(work))
    tell(f"done: {len(contents['debian'])} packages of Debian, {len(contents['python'])} of Python")
    for path in made:
        print(f"{path.stat().st_size / MIB:9.1f} MiB  {path}")


def _clear(work: Path) -> None:
    """Files of other users, which belong to a namespace, can only be removed in one."""
    if os.geteuid() == 0:
        shutil.rmtree(work, ignore_errors=True)
    else:
        subprocess.run([*NAMESPACE, "rm", "-rf", str(work)], check=False)
