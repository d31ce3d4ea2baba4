"""The archive of an update: `mynah-<version>.update`, one file, signed.

    mynah update 1\\n                       what this is
    {"version": "0.2.0", …}\\n              the head: what it holds, for whom, its size and sha256
    <key id> <signature in base64>\\n       ed25519 over the two lines above, every byte
    …                                      to the end: a tar, compressed with xz

The tar's root is the tree that is put before the base's packages: our whole package `device` with its models
and sentences (3 MB: an update of models alone is the same with other models in it), its metadata, and what
libraries changed. It holds plain files only. Nothing is decompressed or read as a tar before the signature
and the sha256 are right. For people: `head -n 2 FILE`, `tail -n +4 FILE | tar -tJ`.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import lzma
import os
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from device.errors import UpdateError
from device.update.keys import Key
from device.update.versions import NUMBER

MAGIC = b"mynah update 1\n"
LONGEST_HEAD = 1 << 16
"""Bytes of a line before the payload."""
LARGEST = 1 << 29
"""Bytes of a payload, and of what it unpacks to: all our libraries together have a third of that."""
MOST_FILES = 50_000
LONGEST_SUMMARY = 255
"""Characters; Home Assistant shows no more."""
BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class Head:
    """What an archive says of itself.

    python, machine: "3.11" and "aarch64" where it holds compiled libraries, none where it runs on all.
    needs: the versions of libraries that the base must have, as the archive does not bring them.
    size, sha256: of the payload. unpacked: bytes of all its files.
    """

    version: str
    summary: str
    python: str | None
    machine: str | None
    needs: Mapping[str, str]
    size: int
    sha256: str
    unpacked: int

    @property
    def line(self) -> bytes:
        return json.dumps(dataclasses.asdict(self), sort_keys=True, ensure_ascii=False).encode() + b"\n"

    def misfit(self, python: str, machine: str) -> str:
        """Why it cannot run here, in a line; empty where it can."""
        if self.python not in (None, python):
            return f"{self.version} is for Python {self.python}, not {python}: download the one for {python}"
        if self.machine not in (None, machine):
            return f"{self.version} is for {self.machine}, not {machine}: download the one for {machine}"
        return ""


def read_head(stream: BinaryIO, keys: Mapping[str, Key]) -> tuple[Head, Key]:
    """The head, and who signed it. `stream` is at the payload then. Raises UpdateError."""
    magic = stream.readline(len(MAGIC))
    if magic != MAGIC:
        other = magic.startswith(b"mynah update ")
        raise UpdateError("an update in another format: update the base first" if other else "not an update")
    line, seal = stream.readline(LONGEST_HEAD), stream.readline(LONGEST_HEAD)
    if not seal.endswith(b"\n"):
        raise UpdateError("truncated: download it again")
    if not keys:
        raise UpdateError("no key is trusted here: put the maker's *.pub into update.keys (/etc/mynah/keys)")
    key_id, _, signature = seal.decode("ascii", "replace").strip().partition(" ")
    if key_id not in keys:
        names = ", ".join(key.name for key in keys.values())
        raise UpdateError(
            f"signed by the unknown key {key_id[:16]!r}, trusted here: {names}: if you trust its maker,"
            " put the *.pub into update.keys (/etc/mynah/keys)"
        )
    try:
        right = keys[key_id].signed(base64.b64decode(signature, validate=True), MAGIC + line)
    except ValueError:  # not base64
        right = False
    if not right:
        raise UpdateError(
            f"the signature is not {keys[key_id].name}'s for this content: do not use it; download it again"
        )
    return _parsed(line), keys[key_id]


def _parsed(line: bytes) -> Head:
    """What is signed may still be by another Mynah's hand, or by a clumsy one. Raises UpdateError."""
    try:
        content: Any = json.loads(line)
        head = Head(**{spec.name: content[spec.name] for spec in dataclasses.fields(Head)})
        strings = all(isinstance(text, str) for text in (head.summary, head.sha256, *head.needs.values()))
        sizes = all(isinstance(size, int) and 0 <= size <= LARGEST for size in (head.size, head.unpacked))
        if NUMBER.fullmatch(head.version) and strings and sizes:
            return head
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise UpdateError("this Mynah cannot read its head: update the base first")


def save_payload(stream: BinaryIO, head: Head, file: Path) -> None:
    """Read the payload from `stream` into `file`, checked. Raises UpdateError, OSError."""
    digest, missing = hashlib.sha256(), head.size
    with file.open("wb") as out:
        while missing and (block := stream.read(min(BLOCK, missing))):
            digest.update(block)
            out.write(block)
            missing -= len(block)
    if missing:
        raise UpdateError(f"truncated: {missing} of {head.size} bytes are missing; download it again")
    if stream.read(1):
        raise UpdateError("there is data behind its end: download it again")
    if digest.hexdigest() != head.sha256:
        raise UpdateError("damaged: its sha256 is not the signed one; download it again")


def unpack(file: Path, head: Head, folder: Path) -> None:
    """The files of a payload that was checked, into `folder`, which is new. Raises UpdateError, OSError.

    What is signed is trusted, but not to be without mistakes.
    """
    left, files = head.unpacked, 0
    try:
        with tarfile.open(file, "r|xz") as tar:
            for member in tar:
                left, files = left - member.size, files + 1
                path = _safe(member)
                if left < 0 or files > MOST_FILES:
                    raise UpdateError("it contains more than its head says: ask its maker for another one")
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                content = tar.extractfile(member)
                assert content is not None  # a plain file has some
                with target.open("xb") as out:  # a second one of that name is refused
                    while block := content.read(BLOCK):
                        out.write(block)
    except (tarfile.TarError, lzma.LZMAError, EOFError, FileExistsError, NotADirectoryError) as error:
        raise UpdateError(
            f"its payload cannot be unpacked ({error}): ask its maker for another one"
        ) from None
    if left:
        raise UpdateError("it contains less than its head says: ask its maker for another one")


def _safe(member: tarfile.TarInfo) -> PurePosixPath:
    path = PurePosixPath(member.name)
    if not member.isreg():
        raise UpdateError(f"{member.name!r} is not a plain file: ask its maker for another one")
    if path.is_absolute() or not path.parts or ".." in path.parts or "\0" in member.name:
        raise UpdateError(f"{member.name!r} leads out of its folder: ask its maker for another one")
    return path


def write(head: Head, key_id: str, signature: bytes, payload: Path, out: Path) -> None:
    """An archive of its parts; whole, or not there. Raises OSError."""
    temporary = out.with_name(out.name + ".part")
    with temporary.open("wb") as file, payload.open("rb") as content:
        file.write(MAGIC + head.line + f"{key_id} {base64.b64encode(signature).decode()}\n".encode())
        while block := content.read(BLOCK):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(out)
