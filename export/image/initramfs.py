"""The initramfs: busybox, the kernel's modules for a card's or a disk's root, and `init`, a shell script.

It is made here, not by the device's own tools, which take a quarter of an hour in emulation.
"""

from __future__ import annotations

import gzip
import os
import shutil
from pathlib import Path

from export.errors import ExportError
from export.image.recipe import Place
from export.shell import need, run

INIT = Path(__file__).parent / "init"

MODULES = (
    # file systems
    *("fs/ext4", "fs/jbd2", "fs/mbcache.ko", "fs/overlayfs", "crypto", "arch/arm64/crypto", "lib"),
    # cards and what they hang on
    *("drivers/mmc", "drivers/clk", "drivers/dma", "drivers/firmware", "drivers/gpio", "drivers/mailbox"),
    *("drivers/pinctrl", "drivers/regulator", "drivers/reset", "drivers/soc", "drivers/nvmem"),
    # disks on USB, and those of virtual machines
    *(
        "drivers/usb/core",
        "drivers/usb/common",
        "drivers/usb/dwc2",
        "drivers/usb/host",
        "drivers/usb/storage",
    ),
    *("drivers/scsi/scsi_mod.ko", "drivers/scsi/scsi_common.ko", "drivers/scsi/sd_mod.ko", "drivers/phy"),
    *("drivers/pci/controller", "drivers/virtio", "drivers/block/virtio_blk.ko"),
)
"""Below /lib/modules/VERSION/kernel: files, and folders with all in them."""


def build(root: Path, place: Place) -> Path:
    """The initramfs for the kernel below `root`. Raises ExportError where the root has none."""
    need("cpio")
    tree = place.work / "initramfs"
    for name in ("bin", "dev", "lower", "over", "proc", "root", "state", "sys"):
        (tree / name).mkdir(parents=True)
    busybox = next((path for path in (root / "bin/busybox", root / "usr/bin/busybox") if path.exists()), None)
    if busybox is None:
        raise ExportError(f"{root}: no busybox-static among the packages")
    shutil.copyfile(busybox, tree / "bin" / "busybox")
    shutil.copyfile(INIT, tree / "init")
    for program in (tree / "bin" / "busybox", tree / "init"):
        program.chmod(0o755)
    _modules(root, tree)
    return _packed(tree, place)


def kernel(root: Path) -> str:
    """The version of the one kernel below `root`."""
    versions = sorted(path.name for path in (root / "usr/lib/modules").iterdir())
    if len(versions) != 1:
        raise ExportError(f"{len(versions)} kernels among the packages, not one: {', '.join(versions)}")
    return versions[0]


def _modules(root: Path, tree: Path) -> None:
    place = Path("lib/modules") / kernel(root)
    source, target = root / "usr" / place, tree / place
    target.mkdir(parents=True)
    for name in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
        shutil.copyfile(source / name, target / name)
    for part in MODULES:
        start = source / "kernel" / part
        for path in (start,) if start.is_file() else sorted(start.rglob("*.ko*")):
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    run("depmod", "--basedir", tree, place.name)


def _packed(tree: Path, place: Place) -> Path:
    for path in tree.rglob("*"):
        os.utime(path, (place.date, place.date), follow_symlinks=False)
    names = sorted(str(path.relative_to(tree)) for path in tree.rglob("*"))
    content = place.work / "initramfs.cpio"
    run(
        *("cpio", "--create", "--format=newc", "--reproducible", "--owner=0:0", "--null", "--quiet"),
        *("--directory", tree, "--file", content),
        stdin="\0".join(names).encode() + b"\0",
    )
    target = place.work / "initramfs.img"
    target.write_bytes(gzip.compress(content.read_bytes(), 9, mtime=0))
    content.unlink()
    return target
