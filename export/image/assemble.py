"""From an archive of packages to an image: the part that must be done by root, or in a namespace of users.

    python -m export.image.assemble '{"suite": …}'

is what `assemble` runs in such a namespace, where it is not root itself.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from export.errors import ExportError
from export.image import boot, disk, initramfs, publish, system
from export.image.recipe import Place, Recipe
from export.shell import need, run
from export.targets import SOURCE, SUITES

NAMESPACE = ("unshare", "--user", "--map-root-user", "--map-auto")
"""In which somebody is root, and owns files as other users, with what /etc/subuid gives him."""


def check_namespaces() -> None:
    """Raises ExportError where this machine gives somebody who is not root no such namespace."""
    need("newuidmap")
    try:
        run(*NAMESPACE, "--mount", "true")
    except ExportError as error:
        raise ExportError(f"only root may do this here ({error}): sudo script/image") from None


def assemble(recipe: Recipe, archive: Path, package: Path, image: Path, place: Place) -> Path:
    """Write `image`. Returns a JSON file of what is in it. Raises ExportError."""
    contents = place.work / "contents.json"
    if os.geteuid() == 0:
        root = place.work / "root"
        system.build(archive, package, root, place)
        contents.write_text(json.dumps(publish.manifest(recipe, root)))
        system.dated(root, place.date)
        start = boot.build(root, initramfs.build(root, place), place)
        disk.build(recipe, start, root, image, place)
        return contents
    task = {
        **{"suite": recipe.suite.name, "archive": str(archive), "package": str(package), "image": str(image)},
        **{"out": str(place.out), "cache": str(place.cache), "work": str(place.work), "date": place.date},
        "keys": [str(key.resolve()) for key in place.keys],
    }
    run(
        *(*NAMESPACE, "--mount"),
        *(sys.executable, "-m", "export.image.assemble", json.dumps(task)),
        environment={**os.environ, "PYTHONPATH": str(SOURCE)},
        log=place.log,
    )
    return contents


def main() -> int:
    task = json.loads(sys.argv[1])
    out, cache, work = (Path(task[name]) for name in ("out", "cache", "work"))
    place = Place(out, cache, work, task["date"], tuple(Path(key) for key in task["keys"]))
    try:
        archive, package, image = (Path(task[name]) for name in ("archive", "package", "image"))
        assemble(Recipe(SUITES[task["suite"]]), archive, package, image, place)
    except ExportError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
