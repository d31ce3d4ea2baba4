"""`mynah-export update --key KEY --version V --out FILE`: an archive that devices take as an update.

It holds the package `device` as it lies here, with its models and sentences, and the libraries given as
wheels. The same content, version and key make the same bytes, whenever and wherever.
"""

from __future__ import annotations

import argparse
import io
import json
import lzma
import re
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

import device
from device.engine.bundle import sha256, whole
from device.errors import UpdateError
from device.update import archive, keys
from device.update.archive import Head
from device.update.sources import LATEST, SUFFIX
from device.update.versions import NUMBER

DEVICE = Path(device.__file__).parent
MACHINE = "aarch64"
"""What devices are."""

Files = dict[str, bytes]
"""A tree: content by path."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """A library's files. python, machine: what they are compiled for, none where they are not."""

    name: str
    version: str
    python: str | None
    machine: str | None
    files: Files


def make(
    out: Path, version: str, summary: str, key: Path, wheels: Iterable[Path] = (), package: Path = DEVICE
) -> Head:
    """The archive `out` of `package` and the wheels, signed. Raises UpdateError, BundleError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not NUMBER.fullmatch(version):
        raise UpdateError(f"--version {version}: write numbers with dots, such as 0.2.0")
    if len(summary) > archive.LONGEST_SUMMARY or not summary.isprintable():
        raise UpdateError(f"--summary: write a line of at most {archive.LONGEST_SUMMARY} characters")
    private = Ed25519PrivateKey.from_private_bytes(keys.read(key))
    libraries = [read_wheel(path) for path in wheels]
    files = package_files(package) | metadata(version)
    for library in libraries:
        files |= library.files
    with tempfile.TemporaryDirectory(prefix="mynah-export-") as name:
        payload = Path(name) / "payload"
        # Weights hardly compress: preset 6 saves 3 % more in three times the time, and needs 9 MB to unpack
        # on the device instead of 1.
        payload.write_bytes(lzma.compress(packed(files), preset=0))
        head = Head(
            version=version,
            summary=summary,
            python=_only({library.python for library in libraries}, "Python"),
            machine=_only({library.machine for library in libraries}, "machine"),
            needs=needs(requirements(package.parent / "setup.cfg"), libraries),
            size=payload.stat().st_size,
            sha256=sha256(payload),
            unpacked=sum(map(len, files.values())),
        )
        public = keys.Key("", private.public_key().public_bytes_raw())
        archive.write(head, public.id, private.sign(archive.MAGIC + head.line), payload, out)
    return head


def package_files(package: Path) -> Files:
    """What is installed of the package, its bundles checked. Raises BundleError."""
    for folder in sorted((package / "bundles").iterdir()):
        whole(folder)
    wanted = (
        path for path in sorted(package.rglob("*")) if path.is_file() and "__pycache__" not in path.parts
    )
    return {str(path.relative_to(package.parent)): path.read_bytes() for path in wanted}


def metadata(version: str) -> Files:
    """By which the tree is the version that it says."""
    content = f"Metadata-Version: 2.1\nName: mynah\nVersion: {version}\n"
    return {f"mynah-{version}.dist-info/METADATA": content.encode()}


def packed(files: Mapping[str, bytes]) -> bytes:
    """A tar without anything of this moment or machine in it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size = len(files[name])
            tar.addfile(member, io.BytesIO(files[name]))
    return out.getvalue()


def read_wheel(path: Path) -> Wheel:
    """Raises UpdateError for one that only pip can install."""
    try:
        name, version, _, tags = parse_wheel_filename(path.name)
        with zipfile.ZipFile(path) as wheel:
            files = {entry: wheel.read(entry) for entry in wheel.namelist() if not entry.endswith("/")}
    except (InvalidWheelFilename, OSError, zipfile.BadZipFile) as error:
        raise UpdateError(f"{path}: no wheel ({error}): get one: pip download --only-binary=:all:") from None
    if any(".data/" in entry for entry in files):
        raise UpdateError(f"{path}: has files for outside the packages' folder: put it into the base instead")
    pythons = {None if tag.abi in ("none", "abi3") else _dotted(tag.interpreter) for tag in tags}
    machines = {None if tag.platform == "any" else _machine(tag.platform) for tag in tags}
    return Wheel(name, str(version), _only(pythons, "Python"), _only(machines, "machine"), files)


def _dotted(interpreter: str) -> str:
    """cp311 is Python 3.11."""
    found = re.fullmatch(r"cp(\d)(\d+)", interpreter)
    return f"{found[1]}.{found[2]}" if found else interpreter


def _machine(platform: str) -> str:
    return next((name for name in (MACHINE, "x86_64", "armv7l") if platform.endswith(name)), platform)


def _only(found: set[str | None], what: str) -> str | None:
    """What compiled libraries agree in. Raises UpdateError."""
    compiled = sorted(one for one in found if one is not None)
    if len(compiled) > 1:
        raise UpdateError(
            f"the wheels are for more than one {what}: {', '.join(compiled)}: make an update for each"
        )
    return compiled[0] if compiled else None


def requirements(file: Path) -> list[Requirement]:
    """What the package wants, as its setup.cfg says. Raises UpdateError."""
    config = ConfigParser()
    if not config.read(file, "utf-8"):
        raise UpdateError(f"{file}: not there: make updates from a checkout")
    return [Requirement(line) for line in config["options"]["install_requires"].splitlines() if line.strip()]


def needs(wanted: Iterable[Requirement], libraries: Sequence[Wheel]) -> dict[str, str]:
    """The pinned ones that a device has, and these wheels do not bring."""
    brought = {library.name for library in libraries}
    return dict(_pinned(wanted, brought))


def _pinned(wanted: Iterable[Requirement], brought: set[str]) -> Iterator[tuple[str, str]]:
    for one in wanted:
        pins = [pin.version for pin in one.specifier if pin.operator == "=="]
        here = one.marker is None or one.marker.evaluate({"platform_machine": MACHINE})
        if pins and here and canonicalize_name(one.name) not in brought:
            yield one.name, pins[0]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--key", type=Path, required=True, help="the private key from mynah-export key")
    parser.add_argument("--version", required=True, help="version of the update, such as 0.2.0")
    parser.add_argument(
        "--out", type=Path, required=True, help="the archive, or a folder for mynah-VERSION.update"
    )
    parser.add_argument("--summary", default="", help="what is new, in a line")
    parser.add_argument(
        "--wheel", type=Path, action="append", default=[], help="a library to include; may be repeated"
    )
    parser.add_argument(
        "--latest", action="store_true", help="also write latest.json, so that devices find the update"
    )


def run(arguments: argparse.Namespace) -> None:
    """Raises UpdateError, BundleError."""
    out = arguments.out / f"mynah-{arguments.version}{SUFFIX}" if arguments.out.is_dir() else arguments.out
    try:
        head = make(out, arguments.version, arguments.summary, arguments.key, arguments.wheel)
        if arguments.latest:
            latest, temporary = out.with_name(LATEST), out.with_name(LATEST + ".part")
            temporary.write_text(json.dumps({"archive": out.name}) + "\n", "utf-8")
            temporary.replace(latest)
    except OSError as error:
        raise UpdateError(f"{error.filename}: {error.strerror}") from None
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB, {head.unpacked / 1e6:.1f} MB unpacked")
