"""A file or folder of the boot partition, taken over to the state partition: whole and checked, or not."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath

from device.card import text
from device.errors import CardError, MynahError
from device.system.atomic import sync, write

Check = Callable[[Path], object]
"""Raises MynahError for what the daemon would refuse."""

LARGEST = 1 << 27
"""Bytes of all that is taken over under one name; the largest bundle has a sixtieth."""

TEXTS = (".toml", ".yaml", ".yml")

ROOM = "remove bundles from the card, or use a larger one"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def take(source: Path | None, target: Path, name: str, check: Check, mode: int = 0o644) -> None:
    """Make `target` what `source`, called `name` in errors, is; None: it is no more.

    What is the same already is not written again. Raises CardError where it cannot be taken over, or `check`
    does not pass; `target` is as before then.
    """
    if source is None:
        remove(target)
        return
    try:
        wanted = contents(source, name)
        if target.exists() and wanted == _raw(target):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        new = target.with_name(f".{target.name}.new")
        try:
            _write(wanted, new, mode)
            _checked(check, new, name)
            _replace(target, new)
        finally:
            remove(new)
    except OSError as error:
        if error.errno in FULL:
            reason = f"the card's state partition is full: {ROOM}"
        else:
            reason = f"cannot be copied ({error.strerror}): copy it to the card again"
        raise CardError(f"{name}: {reason}; the previous file stays in use") from None


def contents(source: Path, name: str) -> Mapping[PurePath, bytes]:
    """All files by their path below `source`, which itself is `.`; texts as they should be written."""
    found: dict[PurePath, bytes] = {}
    size = 0
    for file in files(source):
        size += file.stat().st_size
        if size > LARGEST:
            raise CardError(f"{name}: larger than {LARGEST >> 20} MB: is it the right one?")
        place = file.relative_to(source)
        own = place.with_name(text.plain_name(place.name)) if place.name else place
        found[own] = _content(file, text.plain_name(file.name))
    return found


def recover(folder: Path) -> None:
    """What a power cut left half done below `folder` is as before."""
    for left in sorted(folder.rglob(".*.old")):
        target = left.with_name(left.name[1:-4])
        if not target.exists():
            left.rename(target)
    for left in (*folder.rglob(".*.old"), *folder.rglob(".*.new")):
        remove(left)


def files(source: Path) -> Sequence[Path]:
    """But for what systems leave beside them: `._lights.yaml`, `.DS_Store`."""
    if source.is_file():
        return [source]
    inside = sorted(path for path in source.rglob("*") if path.is_file())
    return [
        path for path in inside if not any(part.startswith(".") for part in path.relative_to(source).parts)
    ]


def _content(file: Path, name: str) -> bytes:
    if not name.lower().endswith(TEXTS):
        return file.read_bytes()
    content = text.read(file)
    return (text.toml(content) if name.lower().endswith(".toml") else content).encode()


def _raw(target: Path) -> Mapping[PurePath, bytes]:
    return {file.relative_to(target): file.read_bytes() for file in files(target)}


def _write(wanted: Mapping[PurePath, bytes], new: Path, mode: int) -> None:
    remove(new)
    folders = {new / place.parent for place in wanted if place.name}
    for folder in sorted(folders):
        folder.mkdir(parents=True, exist_ok=True)
    for place, content in wanted.items():
        write(new / place, content, mode)
    for folder in folders:
        sync(folder)


def _checked(check: Check, new: Path, name: str) -> None:
    try:
        check(new)
    except MynahError as error:
        raise CardError(str(error).replace(str(new), name)) from None


def _replace(target: Path, new: Path) -> None:
    """A folder cannot replace one that has files: that is out of the way for the moment between."""
    old = target.with_name(f".{target.name}.old")
    if target.is_dir():
        target.rename(old)
    new.replace(target)
    sync(target.parent)
    remove(old)


def remove(path: Path) -> None:
    """A file or folder that may be there. Raises OSError."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
