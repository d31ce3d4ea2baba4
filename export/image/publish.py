"""What goes out: the compressed image, its sum, what is in it, and an entry for Raspberry Pi Imager."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from export.debian.environment import version
from export.image.recipe import MACHINE, Place, Recipe
from export.shell import need, run
from export.targets import MACHINES, SOURCE

DEVICES = ("pi3-64bit", "pi4-64bit")
"""As Raspberry Pi Imager calls them: the Pi 3 and Zero 2 W, the Pi 4 and 400."""


def name(recipe: Recipe) -> str:
    return f"mynah-{version()}-{recipe.suite.name}-{MACHINES[MACHINE]}"


def manifest(recipe: Recipe, root: Path) -> dict[str, Any]:
    """What the image is made of: every package of Debian and of Python with its version, and our bundles."""
    status = (root / "var/lib/dpkg/status").read_text(encoding="utf-8")
    fields = (dict(re.findall(r"^(\S+): (.*)$", entry, re.M)) for entry in status.split("\n\n"))
    debian = {entry["Package"]: entry["Version"] for entry in fields if "Package" in entry}
    pins = re.findall(r"^(\S+)==(\S+)", recipe.suite.requirements.read_text(), re.M)
    bundles = {path.parent.name: _sum(path) for path in SOURCE.glob("device/bundles/*/bundle.json")}
    return {
        "mynah": version(),
        "suite": recipe.suite.name,
        "debian": dict(sorted(debian.items())),
        "python": dict(sorted(pins)),
        "bundles": dict(sorted(bundles.items())),
    }


def publish(recipe: Recipe, image: Path, contents: dict[str, Any], place: Place, address: str) -> list[Path]:
    """Write all that belongs to `image` beside it; `address`: where people will fetch the folder from.

    Returns the files' paths, the compressed image first.
    """
    need("xz")
    packed = image.with_name(image.name + ".xz")
    # Four times as quick as the default, and a tenth larger.
    run("xz", "--keep", "--force", "--threads=0", "-2", image)
    listing = image.with_name(f"{name(recipe)}.manifest.json")
    listing.write_text(json.dumps(contents, indent=1, ensure_ascii=False) + "\n")
    entry = _entry(recipe, image, packed, place, address)
    offer = image.with_name("os_list.json")
    offer.write_text(json.dumps({"os_list": [entry]}, indent=1) + "\n")
    sums = image.with_name("SHA256SUMS")
    packed_sum = entry["image_download_sha256"]
    sums.write_text(f"{packed_sum}  {packed.name}\n{_sum(listing)}  {listing.name}\n")
    return [packed, sums, listing, offer]


def _entry(recipe: Recipe, image: Path, packed: Path, place: Place, address: str) -> dict[str, Any]:
    return {
        "name": f"Mynah {version()}",
        "description": "A voice assistant on the device: wake word, spoken command, MQTT, no cloud",
        "icon": "",
        "url": f"{address.rstrip('/')}/{packed.name}",
        "release_date": datetime.fromtimestamp(place.date, UTC).date().isoformat(),
        "extract_size": image.stat().st_size,
        "extract_sha256": _sum(image),
        "image_download_size": packed.stat().st_size,
        "image_download_sha256": _sum(packed),
        "devices": list(DEVICES),
        "init_format": "none",
    }


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
