"""The boot partition: the firmware of the Pi, the kernel, and the settings page that people edit."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from export.errors import ExportError
from export.image.initramfs import kernel
from export.image.recipe import Place
from export.targets import SOURCE

CONFIG = """\
# What the firmware of the Raspberry Pi reads first.
arm_64bit=1
enable_uart=1
upstream_kernel=1
kernel=vmlinuz
initramfs initramfs.img
"""

COMMAND_LINE = "console=ttyS1,115200 console=tty0 panic=10 fsck.repair=yes net.ifnames=0 quiet\n"
"""All on one line, as the firmware wants it. After a panic the device starts again; Wi-Fi is wlan0, be it the
board's or a stick's."""

PAGE = SOURCE / "systemd" / "card"
"""What people edit, and what tells them how."""


def build(root: Path, initramfs: Path, place: Place) -> Path:
    """The folder that becomes the partition, from what is below `root`. ExportError if a part is missing."""
    tree = place.work / "boot"
    tree.mkdir()
    trees = root / "usr/lib" / f"linux-image-{kernel(root)}" / "broadcom"
    sources = [
        *(root / "usr/lib/raspi-firmware").glob("*"),
        *trees.glob("bcm2711-rpi-*.dtb"),
        *trees.glob("bcm2712-rpi-*.dtb"),
        *trees.glob("bcm2837-rpi-*.dtb"),
        *PAGE.glob("*"),
    ]
    if not any(path.name == "start4.elf" for path in sources) or not any(trees.glob("bcm2837-rpi-*.dtb")):
        raise ExportError(
            f"{root}: the packages raspi-firmware and linux-image do not hold what a Pi starts with"
        )
    for path in sources:
        copy = shutil.copytree if path.is_dir() else shutil.copyfile  # trixie has a folder of overlays
        copy(path, tree / path.name)
    shutil.copyfile(root / f"boot/vmlinuz-{kernel(root)}", tree / "vmlinuz")
    shutil.copyfile(initramfs, tree / "initramfs.img")
    (tree / "config.txt").write_text(CONFIG)
    (tree / "cmdline.txt").write_text(COMMAND_LINE)
    for folder in ("bundles", "sentences"):
        (tree / folder).mkdir()
    for path in (tree, *tree.rglob("*")):
        os.utime(path, (place.date, place.date))
    return tree
