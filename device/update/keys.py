"""Ed25519 keys as text files: lines with `#` are comments, the other one is the key's 32 bytes in base64.

A public key is a file `*.pub` in a folder of trusted keys; who signed is called by the file's name.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from device.errors import UpdateError

SHIPPED = Path(__file__).parent / "keys"
"""Trusted keys that come with Mynah; an update may bring the key of the next ones."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key. `id`: by which an archive says who signed it."""

    name: str
    raw: bytes

    @property
    def id(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()[:16]

    def signed(self, signature: bytes, content: bytes) -> bool:
        """Whether `signature` is this key's for `content`."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, content)
        except InvalidSignature:
            return False
        return True


def read(file: Path) -> bytes:
    """The 32 bytes of a key, public or private. Raises UpdateError."""
    try:
        lines = [line.strip() for line in file.read_text("ascii").splitlines()]
        (line,) = [line for line in lines if line and not line.startswith("#")]
        raw = base64.b64decode(line, validate=True)
    except OSError as error:
        # Root has copied it from a card: there, all files are root's alone.
        hidden = isinstance(error, PermissionError) and file.suffix == ".pub"
        advice = f"sudo chmod 644 {file}" if hidden else "name a key that can be read"
        raise UpdateError(f"{file}: {error.strerror}: {advice}") from None
    except ValueError:  # of the characters, of base64, or of the number of lines
        raw = b""
    if len(raw) != 32:
        raise UpdateError(
            f"{file}: not a key: one line is its 32 bytes in base64; make one: mynah-export key"
        )
    return raw


def trusted(folders: Iterable[Path]) -> Mapping[str, Key]:
    """The keys `*.pub` in the folders, by their ids. Raises UpdateError for a file that is none."""
    files = (file for folder in folders for file in sorted(folder.glob("*.pub")))
    keys = [Key(file.stem, read(file)) for file in files]
    return {key.id: key for key in keys}
