"""The image's layout and its files, from small folders in the place of Debian's packages."""

from __future__ import annotations

import hashlib
import json
import lzma
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from export import cli, key
from export.errors import ExportError
from export.image import boot, disk, initramfs, publish, system
from export.image.assemble import check_namespaces
from export.image.recipe import MIB, Place, Recipe
from export.shell import PACKAGES, need, run, which
from export.targets import SUITES

PROGRAMS = ("mke2fs", "mkfs.vfat", "mcopy", "sfdisk", "cpio", "depmod", "xz")

pytestmark = pytest.mark.skipif(
    any(which(program) is None for program in PROGRAMS),
    reason=f"not installed: one of {' '.join(PACKAGES[program] for program in PROGRAMS)}",
)

RECIPE = replace(Recipe(SUITES["bookworm"]), boot_size=36 * MIB, state_size=8 * MIB, root_spare=8 * MIB)
KERNEL = "6.1.0-0-arm64"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    for name in ("out", "cache", "work"):
        (tmp_path / name).mkdir()
    return Place(tmp_path / "out", tmp_path / "cache", tmp_path / "work", 1_700_000_000)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """What Debian's packages leave behind, as far as the image looks at it."""
    files = {
        f"usr/lib/linux-image-{KERNEL}/broadcom/bcm2837-rpi-3-b.dtb": b"tree of the 3",
        f"usr/lib/linux-image-{KERNEL}/broadcom/bcm2711-rpi-4-b.dtb": b"tree of the 4",
        "usr/lib/raspi-firmware/start4.elf": b"firmware",
        "usr/lib/raspi-firmware/overlays/disable-wifi.dtbo": b"overlay",
        f"boot/vmlinuz-{KERNEL}": b"kernel",
        "usr/bin/busybox": b"busybox",
        f"usr/lib/modules/{KERNEL}/kernel/fs/ext4/ext4.ko": b"",
        f"usr/lib/modules/{KERNEL}/kernel/drivers/gpu/large.ko": b"",
        "var/lib/dpkg/status": b"Package: bash\nVersion: 5.2\n\nPackage: dash\nVersion: 1\n",
        "etc/hostname": b"mynah\n",
    }
    listed = "kernel/fs/ext4/ext4.ko:\nkernel/drivers/gpu/large.ko:\n"
    files[f"usr/lib/modules/{KERNEL}/modules.dep"] = listed.encode()
    for name in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
        files[f"usr/lib/modules/{KERNEL}/{name}"] = b""
    for name, content in files.items():
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "root"


@pytest.fixture
def image(root: Path, place: Place) -> Path:
    return made(root, place, place.out / "card.img")


def made(root: Path, place: Place, target: Path) -> Path:
    disk.build(RECIPE, boot.build(root, initramfs.build(root, place), place), root, target, place)
    return target


def partitions(image: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("sfdisk", "--json", image))["partitiontable"]["partitions"]
    return found


def part(image: Path, number: int, folder: Path) -> Path:
    entry, target = partitions(image)[number], folder / f"part{number}"
    with image.open("rb") as file:
        file.seek(entry["start"] * 512)
        target.write_bytes(file.read(entry["size"] * 512))
    return target


def test_the_root_is_last_so_that_it_can_grow(image: Path) -> None:
    boot_part, state, system = partitions(image)
    assert (boot_part["type"], state["type"], system["type"]) == ("c", "83", "83")
    assert boot_part["size"] * 512 == RECIPE.boot_size
    assert state["size"] * 512 == RECIPE.state_size
    assert system["start"] == max(entry["start"] for entry in partitions(image))
    assert all(entry["start"] * 512 % disk.FIRST == 0 for entry in partitions(image))


def test_a_pi_finds_what_it_starts_with_and_a_person_the_settings(image: Path, root: Path) -> None:
    def on_it(name: str) -> str:
        return run("mtype", "-i", f"{image}@@{disk.FIRST}", f"::{name}")

    config = on_it("config.txt")
    for word, name in (line.replace("=", " ").split()[:2] for line in config.splitlines() if "mg" in line):
        assert on_it(name), f"{word} names {name}"
    assert on_it("bcm2837-rpi-3-b.dtb") == "tree of the 3"
    assert len(on_it("cmdline.txt").splitlines()) == 1
    assert "Serial Number is 6D79-6E61" in run("mdir", "-i", f"{image}@@{disk.FIRST}", "::")


def test_both_file_systems_are_sound_and_hold_what_they_should(image: Path, tmp_path: Path) -> None:
    for number, label in ((1, "mynah-state"), (2, "mynah-root")):
        path = part(image, number, tmp_path)
        run("e2fsck", "-f", "-n", path)
        assert f"Filesystem volume name:   {label}" in run("dumpe2fs", "-h", path)
    assert run("debugfs", "-R", "cat /etc/hostname", path) == "mynah\n"


def test_the_initramfs_has_what_finds_a_card_and_no_more(root: Path, place: Place) -> None:
    packed = initramfs.build(root, place)
    content = subprocess.run(["gzip", "-dc", packed], check=True, capture_output=True).stdout
    names = subprocess.run(["cpio", "-t", "--quiet"], input=content, check=True, capture_output=True).stdout
    listed = names.decode().split()
    assert {"init", "bin/busybox", f"lib/modules/{KERNEL}/kernel/fs/ext4/ext4.ko"} <= set(listed)
    assert not any("gpu" in name for name in listed)


def test_the_initramfs_takes_compressed_modules_and_what_they_need(root: Path, place: Place) -> None:
    """As Debian 13 has them; also where one is named, and not its folder."""
    modules = root / "usr/lib/modules" / KERNEL
    disk, need = "kernel/drivers/scsi/sd_mod.ko.xz", "kernel/block/t10-pi.ko.xz"
    for name in (disk, need):
        (modules / name).parent.mkdir(parents=True)
        (modules / name).write_bytes(lzma.compress(b""))
    (modules / "modules.dep").write_text(f"{disk}: {need}\n{need}:\n")
    packed = initramfs.build(root, place)
    content = subprocess.run(["gzip", "-dc", packed], check=True, capture_output=True).stdout
    names = subprocess.run(["cpio", "-t", "--quiet"], input=content, check=True, capture_output=True).stdout
    assert {"sd_mod.ko", "t10-pi.ko"} <= {Path(name).name for name in names.decode().split()}


def test_the_same_folders_give_the_same_bytes(root: Path, place: Place, tmp_path: Path) -> None:
    system.dated(root, place.date)
    first = made(root, place, place.out / "first.img")
    shutil.rmtree(place.work)
    place.work.mkdir()
    time.sleep(1.1)  # file systems count in seconds
    again = shutil.copytree(root, tmp_path / "again")
    system.dated(again, place.date)
    second = made(again, place, place.out / "second.img")
    assert hashlib.sha256(second.read_bytes()).digest() == hashlib.sha256(first.read_bytes()).digest()


def test_what_goes_out_can_be_checked(image: Path, root: Path, place: Place) -> None:
    contents = publish.manifest(RECIPE, root)
    assert contents["debian"] == {"bash": "5.2", "dash": "1"}
    assert "hey_mynah" in contents["bundles"]
    packed, sums, *_ = publish.publish(RECIPE, image, contents, place, "https://example.org/mynah/")
    assert subprocess.run(["sha256sum", "--check", "--quiet", sums.name], cwd=place.out).returncode == 0
    entry = json.loads((place.out / "os_list.json").read_text())["os_list"][0]
    assert entry["url"] == f"https://example.org/mynah/{packed.name}"
    assert entry["image_download_size"] == packed.stat().st_size
    unpacked = subprocess.run(["xz", "-dc", packed], check=True, capture_output=True).stdout
    assert entry["extract_size"] == len(unpacked)
    assert entry["extract_sha256"] == hashlib.sha256(unpacked).hexdigest()


def test_a_root_without_the_pis_firmware_is_refused(root: Path, place: Place) -> None:
    (root / "usr/lib/raspi-firmware/start4.elf").unlink()
    with pytest.raises(ExportError, match="raspi-firmware"):
        boot.build(root, initramfs.build(root, place), place)


def test_a_private_key_comes_on_no_image(tmp_path: Path) -> None:
    key.make(tmp_path / "key")
    arguments = ["image", "--out", str(tmp_path / "out"), "--key", str(tmp_path / "key")]
    assert cli.main(arguments) == 1
    assert not (tmp_path / "out").exists()


def test_where_only_root_may_a_line_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("newuidmap", "unshare"):
        (tmp_path / name).write_text(
            "#!/bin/sh\necho unshare: write failed: Operation not permitted >&2\nexit 1\n"
        )
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(ExportError, match=r"not permitted.*sudo script/image"):
        check_namespaces()


def test_what_is_missing_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ExportError, match=r"sudo apt-get install .*mtools"):
        need("mcopy")
