"""Debian's packages made into a device: our own package, the files of the image, nothing that varies."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from device.system.identity import IMAGE
from export.image.recipe import Place
from export.shell import run
from export.targets import SOURCE

FILES = Path(__file__).parent / "files"
"""What the image has beside packages, as it lies on the device."""

ENABLED = (
    *("mynah.service", "mynah-first-boot.service", "mynah-card.service", "mynah-card-problems.path"),
    *("systemd-networkd.service", "systemd-resolved.service", "systemd-timesyncd.service"),
)

CARD_UNITS = "systemd/mynah-card*"
"""The units of the settings page, which only a card has."""

DISABLED = (
    *("ssh.service", "wpa_supplicant.service", "systemd-networkd-wait-online.service"),
    *("apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer"),
    *("fstrim.timer", "e2scrub_reap.service"),
)

FOLDERS = ("boot/firmware", "media/root", "state", "var/lib/mynah-card")
"""What is mounted, or bound, there."""

FORGOTTEN = (
    *("etc/machine-id", "var/lib/dbus/machine-id", "etc/hostname"),
    *("etc/ssh/ssh_host_*", "var/log/*", "var/cache/*", "var/lib/apt/lists/*", "var/lib/dpkg/*-old"),
    *("var/lib/systemd/random-seed", "var/lib/systemd/deb-systemd-helper-*", "boot/firmware/*", "tmp/*"),
    *("boot/System.map-*", "etc/*-", "usr/bin/qemu-*-static"),
)
"""What differs each time, what a device makes for itself, and what it has no use for."""


def build(archive: Path, package: Path, root: Path, place: Place) -> None:
    """Unpack the `archive` of Debian's packages into `root` and make the device of it.

    To be run by root, or by one who is taken for it in a namespace of users.
    """
    root.mkdir(parents=True)
    run(
        *("tar", "--extract", "--numeric-owner", "--xattrs", "--exclude=./dev/*"),
        *("--file", archive, "--directory", root),
    )
    shutil.copyfile(package, root / "mynah.deb")
    shutil.copytree(FILES, root, symlinks=True, dirs_exist_ok=True)
    for unit in SOURCE.glob(CARD_UNITS):
        shutil.copyfile(unit, root / "usr/lib/systemd/system" / unit.name)
    for key in place.keys:
        (root / "etc/mynah/keys").mkdir(parents=True, exist_ok=True)
        copy = root / "etc/mynah/keys" / f"{key.stem}.pub"
        shutil.copyfile(key, copy)
        copy.chmod(0o644)  # the daemon reads it, whatever the umask is here
    null = root / "dev" / "null"
    null.touch()
    run("mount", "--bind", "/dev/null", null)
    try:
        _install(root, place)
    finally:
        run("umount", null)
        null.unlink()
    for pattern in FORGOTTEN:
        for path in root.glob(pattern):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    (root / "etc/machine-id").write_text("")
    (root / "etc/hostname").write_text(f"{IMAGE}\n")  # until the device names itself
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/resolv.conf").symlink_to("/run/systemd/resolve/stub-resolv.conf")


def _install(root: Path, place: Place) -> None:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}

    def inside(*command: str) -> None:
        run("chroot", root, *command, environment=environment, log=place.log)

    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "var/lib/private").mkdir(mode=0o700, exist_ok=True)
    inside("dpkg", "--install", "/mynah.deb")
    (root / "mynah.deb").unlink()
    inside("systemctl", "enable", "--quiet", *ENABLED)
    inside("systemctl", "disable", "--quiet", *DISABLED)


def dated(root: Path, date: int) -> None:
    """Nothing is younger than `date`, and nothing was read before or after it."""
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files, "."):
            path = os.path.normpath(os.path.join(folder, name))
            os.utime(path, (date, min(date, int(os.lstat(path).st_mtime))), follow_symlinks=False)
