"""Where an archive is found: a file, standard input, an address, or a folder with a `latest.json` in it.

`latest.json` is {"archive": "mynah-0.2.0.update"} and says nothing else: it is not signed, the archive's head
is. http will do as well as https: whoever is on the way can keep an update from us, but not make one.
"""

from __future__ import annotations

import http.client
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from device.errors import UpdateError

TIMEOUT = 30.0
"""Seconds without a byte after which a server is given up."""
SUFFIX = ".update"
INPUT = "-"
"""Standard input."""
LATEST = "latest.json"
LARGEST_LATEST = 1 << 16


def find(source: str) -> str:
    """The archive that `source` names, or its `latest.json` does. Raises UpdateError."""
    source = source.removesuffix(LATEST)
    if source == INPUT or not _folder(source):
        return source
    latest = f"{source.rstrip('/')}/{LATEST}"
    with opened(latest) as stream:
        text = stream.read(LARGEST_LATEST)
    try:
        name = json.loads(text)["archive"]
        parts = urllib.parse.urlsplit(name)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UpdateError(f'{latest}: not as it should be: {{"archive": "mynah-0.2.0{SUFFIX}"}}') from None
    if parts.scheme not in ("", "http", "https") or not parts.path.endswith(SUFFIX):
        raise UpdateError(f"{latest}: names {name!r}, which is not an archive *{SUFFIX}")
    return urllib.parse.urljoin(latest, name) if is_address(latest) else str(Path(latest).parent / name)


def is_address(source: str) -> bool:
    return "://" in source


def _folder(source: str) -> bool:
    """On a server, what does not end as an archive does."""
    if is_address(source) and not source.startswith("file:"):
        return not urllib.parse.urlsplit(source).path.endswith(SUFFIX)
    return _path(source).is_dir()


def _path(source: str) -> Path:
    if source.startswith("file:"):
        return Path(urllib.request.url2pathname(urllib.parse.urlsplit(source).path))
    return Path(source).expanduser()


def file(source: str) -> BinaryIO:
    """What is no address, opened. Raises UpdateError."""
    if source == INPUT and sys.stdin is None:
        raise UpdateError(f"{INPUT}: there is no standard input: name a file")
    try:
        return sys.stdin.buffer if source == INPUT else _path(source).open("rb")
    except OSError as error:
        raise UpdateError(_broken(source, error)) from None


@contextmanager
def opened(source: str) -> Iterator[BinaryIO]:
    """The bytes of a file or an address; errors name it. Raises UpdateError."""
    try:
        scheme = urllib.parse.urlsplit(source).scheme if is_address(source) else "file"
        if scheme == "file":
            stream: Any = file(source)
        elif scheme in ("http", "https"):
            request = urllib.request.Request(source, headers={"User-Agent": "mynah"})
            stream = urllib.request.urlopen(request, timeout=TIMEOUT)
        else:
            raise UpdateError(f"{source}: write a file, a folder, or an address with https, http or file")
    except urllib.error.HTTPError as error:
        raise UpdateError(
            f"{source}: the server says {error.code} {error.reason}: check the address"
        ) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UpdateError(_broken(source, error)) from None
    with closing(stream):
        try:
            yield cast(BinaryIO, _Telling(stream, source))
        except UpdateError as error:
            name = "the archive" if source == INPUT else source
            raise UpdateError(f"{name}: {error}") from None


class _Telling:
    """A stream whose failures are errors of its own: the disk that it is written to fails otherwise."""

    def __init__(self, stream: Any, source: str) -> None:
        self._stream, self._source = stream, source

    def read(self, size: int) -> bytes:
        return self._guarded(self._stream.read, size)

    def readline(self, size: int) -> bytes:
        return self._guarded(self._stream.readline, size)

    def _guarded(self, work: Any, size: int) -> bytes:
        try:
            return cast(bytes, work(size))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise UpdateError(f"broken off ({_reason(error)}): try again") from None


def _broken(source: str, error: Exception) -> str:
    where = "its name, and the network" if is_address(source) else "its name"
    return f"{source}: {_reason(error)}: check {where}"


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        error = error.reason
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
