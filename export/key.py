"""`mynah-export key --out FILE`: a pair of keys: FILE signs updates, FILE.pub is for the devices."""

from __future__ import annotations

import argparse
import base64
import os
from pathlib import Path

from device.errors import UpdateError


def make(out: Path) -> Path:
    """The private key `out`, for its owner's eyes only, and the public one beside it. Raises UpdateError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private, public = Ed25519PrivateKey.generate(), out.with_name(out.name + ".pub")
    try:
        with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(
                _text(
                    "Signs Mynah's updates. Private: who has it can put software on your devices.",
                    private.private_bytes_raw(),
                )
            )
        public.write_text(
            _text("Mynah's updates are signed with this key.", private.public_key().public_bytes_raw()),
            "ascii",
        )
    except FileExistsError:
        raise UpdateError(f"{out}: is there already: name another file, or delete it") from None
    except OSError as error:
        raise UpdateError(f"{error.filename}: {error.strerror}") from None
    return public


def _text(comment: str, raw: bytes) -> str:
    return f"# {comment}\n{base64.b64encode(raw).decode()}\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="the private key; the public one is FILE.pub")


def run(arguments: argparse.Namespace) -> None:
    """Raises UpdateError."""
    public = make(arguments.out)
    print(f"{arguments.out} signs updates: keep it safe; {public} is for the devices' /etc/mynah/keys")
