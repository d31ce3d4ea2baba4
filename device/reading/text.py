"""Text files."""

from __future__ import annotations

from pathlib import Path

from device.errors import MynahError

ADVICE = "name a file that can be read"


def load(path: Path, error: type[MynahError], advice: str = ADVICE) -> str:
    """The text of a file. Raises `error` where it cannot be read, with `advice`, or is not UTF-8."""
    try:
        content = path.read_bytes()
    except OSError as reason:
        raise error(f"{path}: cannot be read ({reason.strerror}); {advice}") from None
    try:
        return content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as reason:
        line = content.count(b"\n", 0, reason.start) + 1
        raise error(f"{path}:{line}: not UTF-8 text; save the file as UTF-8") from None
