"""What goes into an image."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from export.targets import Suite

MACHINE = "aarch64"

MIB = 1 << 20

PACKAGES = (
    # the system
    *("systemd", "systemd-sysv", "systemd-resolved", "systemd-timesyncd", "udev", "dbus", "kmod"),
    *("ca-certificates", "dosfstools", "e2fsprogs", "fdisk", "iproute2", "iputils-ping", "nano", "sudo"),
    # the Pi
    *("linux-image-arm64", "raspi-firmware", "firmware-brcm80211", "busybox-static"),
    # the network
    *("iw", "openssh-server", "wireless-regdb", "wpasupplicant"),
    # what the package of Mynah depends on or recommends
    *("alsa-utils", "espeak-ng", "python3", "python3-pyaudio"),
)

LEFT_OUT = ("/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/doc/*")
"""Of all packages; their licences, in /usr/share/doc/*/copyright, stay."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that an image's root depends on but for Mynah itself, and the sizes of its parts in bytes."""

    suite: Suite
    packages: tuple[str, ...] = PACKAGES
    left_out: tuple[str, ...] = LEFT_OUT
    components: tuple[str, ...] = ("main", "non-free-firmware")
    boot_size: int = 256 * MIB
    state_size: int = 512 * MIB
    root_spare: int = 64 * MIB
    """Free on the root before it grows to the card's size."""

    @property
    def key(self) -> str:
        """Two recipes of the same key make the same root, with packages of the same day."""
        parts = {key: value for key, value in asdict(self).items() if not key.endswith(("size", "spare"))}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an image is made."""

    out: Path  # of what is made for people
    cache: Path  # of what the next time need not make again
    work: Path  # of what is thrown away
    date: int  # that every file carries, in seconds since 1970
    keys: tuple[Path, ...] = ()  # whose updates a device takes: public ones, as mynah-export key makes them

    @property
    def log(self) -> Path:
        return self.out / "build.log"
