"""Text files as the editors of all systems leave them on a card."""

from __future__ import annotations

import codecs
import tomllib
from pathlib import Path

from device.errors import CardError

LARGEST = 1 << 20
"""Bytes; larger files are no text that somebody wrote."""

STRAIGHT = str.maketrans({**dict.fromkeys("“”„‟″«»", '"'), **dict.fromkeys("‘’‚‛′", "'"), "\u00a0": " "})
"""What word processors make of quotation marks and spaces."""

ENDINGS = (".toml", ".yaml", ".yml", ".conf")


def find(folder: Path, name: str) -> Path | None:
    """The file called `name` in any case, or so with the `.txt` that Windows adds and does not show."""
    if not folder.is_dir():
        return None
    there = {path.name.lower(): path for path in folder.iterdir() if path.is_file()}
    return there.get(name.lower()) or there.get(f"{name.lower()}.txt")


def plain_name(name: str) -> str:
    """`name` without the `.txt` that was added to it: `lights.yaml.txt`."""
    stem = name[:-4] if name.lower().endswith(".txt") else name
    return stem if stem.lower().endswith(ENDINGS) else name


def read(file: Path) -> str:
    """The text, with `\\n` between its lines. Raises CardError where it cannot be read, saying what to do."""
    try:
        if file.stat().st_size > LARGEST:
            raise CardError(f"{file.name}: too large for a text file: is it the right one?")
        data = file.read_bytes()
    except OSError as error:
        raise CardError(
            f"{file.name}: cannot be read ({error.strerror}): copy it to the card again"
        ) from None
    if data.startswith(b"{\\rtf"):
        raise CardError(
            f"{file.name}: is not plain text: in TextEdit choose Format, Make Plain Text, and save it again"
        )
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CardError(
            f"{file.name}: line {line} is not UTF-8: in Notepad choose Save As with the encoding UTF-8"
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def toml(text: str) -> str:
    """`text`, or with straight quotation marks where these alone keep it from being TOML."""
    straight = text.translate(STRAIGHT)
    return straight if not _is_toml(text) and _is_toml(straight) else text


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True
