"""Three partitions in one file, without a device, a mount or a loop.

1  MYNAH         FAT   the firmware, the kernel, the settings page
2  mynah-state   ext4  what the device keeps
3  mynah-root    ext4  the system; the last one, so that it can grow to the card's size
"""

from __future__ import annotations

import os
from pathlib import Path

from export.image.recipe import MIB, Place, Recipe
from export.shell import need, run

FIRST = 4 * MIB
"""Where the first partition begins: cards erase in blocks of this size."""

IDENTITY = "6d796e61"
"""Of the disk and of the FAT, in hexadecimal digits."""

UUIDS = {
    "mynah-state": "6d796e61-6800-4000-8000-000000000002",
    "mynah-root": "6d796e61-6800-4000-8000-000000000003",
}


def build(recipe: Recipe, boot: Path, root: Path, target: Path, place: Place) -> None:
    """Write the image `target` of the folders `boot` and `root`. Run as system.build is.

    Raises ExportError where what is in them does not fit its partition.
    """
    need("mke2fs", "mkfs.vfat", "mcopy", "sfdisk")
    root_size = _whole(_size(root) * 11 // 10 + recipe.root_spare)
    sizes = (recipe.boot_size, recipe.state_size, root_size)
    starts = [FIRST + sum(sizes[:number]) for number in range(len(sizes))]
    with target.open("wb") as file:
        file.truncate(starts[-1] + sizes[-1])
    _partitions(target, starts, sizes)
    state = place.work / "state"
    for folder, mode in (("card", 0o755), ("private", 0o700)):
        (state / folder).mkdir(parents=True, mode=mode)
        os.utime(state / folder, (place.date, place.date))
    os.utime(state, (place.date, place.date))
    parts = (
        _fat(boot, sizes[0], place),
        _ext4("mynah-state", state, sizes[1], place),
        _ext4("mynah-root", root, sizes[2], place),
    )
    for part, start in zip(parts, starts, strict=True):
        run(
            *(
                "dd",
                f"if={part}",
                f"of={target}",
                "bs=4M",
                f"seek={start // (4 * MIB)}",
                "conv=notrunc,sparse",
            ),
            "status=none",
        )
        part.unlink()


def _whole(size: int) -> int:
    """In whole blocks of a card."""
    return -(-size // FIRST) * FIRST


def _size(root: Path) -> int:
    """What the files take in blocks of 4 kB, with an inode each."""
    total = 0
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            total += -(-os.lstat(os.path.join(folder, name)).st_size // 4096) * 4096 + 256
    return total


def _partitions(target: Path, starts: list[int], sizes: tuple[int, ...]) -> None:
    lines = [f"label: dos\nlabel-id: 0x{IDENTITY}"]
    for start, size, kind in zip(starts, sizes, ("c, bootable", "83", "83"), strict=True):
        lines.append(f"start={start // 512}, size={size // 512}, type={kind}")
    run("sfdisk", "--quiet", target, stdin="\n".join(lines).encode())


def _fat(tree: Path, size: int, place: Place) -> Path:
    part = place.work / "boot.part"
    with part.open("wb") as file:
        file.truncate(size)
    run("mkfs.vfat", "-F", "32", "-n", "MYNAH", "--invariant", "-i", IDENTITY, part)
    names = sorted(str(path) for path in tree.iterdir())
    environment = {**os.environ, "TZ": "UTC", "SOURCE_DATE_EPOCH": str(place.date), "MTOOLS_SKIP_CHECK": "1"}
    run("mcopy", "-i", part, "-s", "-p", "-m", *names, "::", environment=environment)
    return part


def _ext4(label: str, tree: Path, size: int, place: Place) -> Path:
    part = place.work / f"{label}.part"
    part.unlink(missing_ok=True)
    features = f"hash_seed={UUIDS[label]},root_owner=0:0,lazy_itable_init=0"
    run(
        *("mke2fs", "-q", "-t", "ext4", "-L", label, "-U", UUIDS[label], "-E", features),
        *("-d", tree, part, f"{size // 1024}k"),
        environment={**os.environ, "E2FSPROGS_FAKE_TIME": str(place.date)},
    )
    _same_times(part, tree, place)
    return part


def _same_times(part: Path, tree: Path, place: Place) -> None:
    """When the kernel saw a file change: copied from here, where nobody can set it."""
    fields = {"ctime": f"@{place.date}", "ctime_extra": 0, "atime": f"@{place.date}", "atime_extra": 0}
    script = place.work / "times"
    with script.open("w", encoding="utf-8") as file:
        for folder, folders, files in os.walk(tree):
            for name in (*folders, *files, "."):
                path = os.path.normpath(os.path.join("/", os.path.relpath(folder, tree), name))
                file.writelines(f'sif "{path}" {field} {value}\n' for field, value in fields.items())
    run(
        "debugfs",
        "-w",
        "-f",
        script,
        part,
        environment={**os.environ, "E2FSPROGS_FAKE_TIME": str(place.date)},
    )
