"""Updates for tests: keys, and archives of a few files or of the whole package."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import lzma
import shutil
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from device.update.archive import MAGIC, Head, write
from device.update.keys import Key
from device.update.versions import Versions
from export.update import metadata, packed

ROOT = Path(__file__).parents[3]
BASE = "0.1.0 on Python 3.11"

CLI = """
import os, sys
print("{version}", os.environ.get("MYNAH_BASE"), os.environ.get("MYNAH_VERSION"), *sys.argv[1:])
sys.exit({status})
"""
"""A whole version, as far as `launch` is concerned."""


def tree(version: str, status: int = 0) -> dict[str, bytes]:
    """The files of a version that says its number and ends with `status`."""
    code = CLI.format(version=version, status=status).encode()
    return {
        "device/__init__.py": b"",
        "device/cli.py": code,
        "device/models/a.bin": b"1234",
        **metadata(version),
    }


def works(site: Path, number: str) -> None:
    """A proof that holds for everything."""


@dataclass(frozen=True)
class Maker:
    """Who signs. `folder`: where the archives lie."""

    folder: Path
    private: Ed25519PrivateKey = dataclasses.field(default_factory=Ed25519PrivateKey.generate)

    @property
    def key(self) -> Key:
        return Key("maker", self.private.public_key().public_bytes_raw())

    @property
    def keys(self) -> dict[str, Key]:
        return {self.key.id: self.key}

    def archive(self, version: str, files: Mapping[str, bytes] | None = None, /, **said: Any) -> Path:
        """A right archive of `files`, but that its head says what is `said`."""
        files = tree(version) if files is None else files
        payload = lzma.compress(packed(files), preset=0)
        return self.of_payload(version, payload, sum(map(len, files.values())), **said)

    def of_members(
        self, version: str, members: Iterable[tuple[tarfile.TarInfo, bytes]], /, **said: Any
    ) -> Path:
        """An archive whose tar holds anything."""
        out, size = io.BytesIO(), 0
        with tarfile.open(fileobj=out, mode="w") as tar:
            for member, content in members:
                member.size = len(content)
                size += len(content)
                tar.addfile(member, io.BytesIO(content))
        return self.of_payload(version, lzma.compress(out.getvalue(), preset=0), size, **said)

    def of_payload(self, version: str, payload: bytes, unpacked: int, /, **said: Any) -> Path:
        digest = hashlib.sha256(payload).hexdigest()
        head = Head(version, f"What is new in {version}", None, None, {}, len(payload), digest, unpacked)
        head = dataclasses.replace(head, **said)
        file = self.folder / "payload"
        file.write_bytes(payload)
        out = self.folder / f"mynah-{version}.update"
        write(head, self.key.id, self.private.sign(MAGIC + head.line), file, out)
        return out


def place(versions: Versions, version: str, status: int = 0) -> None:
    """A version's folder, as if it had been installed."""
    for name, content in tree(version, status).items():
        path = versions.site(version) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def package(folder: Path, changes: Mapping[str, tuple[str, str]]) -> Path:
    """A copy of our whole package in which texts are replaced: by file, what by what."""
    shutil.copytree(ROOT / "device", folder / "device", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "setup.cfg", folder)
    for name, (before, after) in changes.items():
        text = (folder / "device" / name).read_text("utf-8")
        assert before in text
        (folder / "device" / name).write_text(text.replace(before, after), "utf-8")
    return folder / "device"
