"""The initramfs: busybox, the kernel's modules for a card's or a disk's root, and `init`, a shell script.

It is made here, not by the device's own tools, which take a quarter of an hour in emulation.
"""

from __future__ import annotations

import gzip
import lzma
import os
import shutil
from pathlib import Path

from export.errors import ExportError
from export.image.recipe import Place
from export.shell import need, run

INIT = Path(__file__).parent / "init"

MODULES = (
    # file systems
    *("fs/ext4", "fs/jbd2", "fs/mbcache", "fs/overlayfs", "crypto", "arch/arm64/crypto", "lib"),
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
    *("drivers/scsi/scsi_mod", "drivers/scsi/scsi_common", "drivers/scsi/sd_mod", "drivers/phy"),
    *("drivers/pci/controller", "drivers/virtio", "drivers/block/virtio_blk"),
)
"""Below /lib/modules/VERSION/kernel: modules, compressed or not, and folders with all in them."""


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
    for path in _wanted(source):
        copy = target / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".xz":  # all of it is compressed later, and busybox need not know how
            copy.with_suffix("").write_bytes(lzma.decompress((source / path).read_bytes()))
        else:
            shutil.copyfile(source / path, copy)
    run("depmod", "--basedir", tree, place.name)


def _wanted(source: Path) -> list[Path]:
    """The modules that MODULES names, and those that they need, which the kernel's package has listed."""
    lines = (source / "modules.dep").read_text().splitlines()
    needs = {module: others.split() for module, _, others in (line.partition(":") for line in lines)}
    starts = tuple(f"kernel/{part}{end}" for part in MODULES for end in ("/", ".ko"))
    named = [module for module in needs if module.startswith(starts)]
    return sorted({Path(path) for module in named for path in (module, *needs[module])})


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
