"""From an archive to a version that waits for its trial. What runs is touched by nothing of it."""

from __future__ import annotations

import errno
import logging
import os
import platform
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from device.errors import UpdateError
from device.system.atomic import sync
from device.update import archive, sources
from device.update.archive import Head
from device.update.keys import Key
from device.update.versions import State, Versions, ordered, overlay

log = logging.getLogger(__name__)

SPARE = 16 << 20
"""Bytes that an update leaves free."""

PATIENCE = 300
"""Seconds in which a version must have proved itself: a hundred times what it takes on a desktop."""

Prove = Callable[[Path, str], None]
"""Given the tree and the version; raises UpdateError where it does not work."""


@dataclass(frozen=True, slots=True)
class Found:
    """An archive that is there, as its signed head tells. `why_not`: why it is not to be installed, if so."""

    archive: str
    head: Head
    signer: str
    why_not: str


def look(
    source: str, keys: Mapping[str, Key], versions: Versions, base: str, downgrade: bool = False
) -> Found:
    """What is at `source`. Reads the archive's head only. Raises UpdateError, OSError."""
    address = sources.find(source)
    with sources.opened(address) as stream:
        head, key = archive.read_head(stream, keys)
    return Found(address, head, key.name, why_not(head, versions, base, downgrade))


def install(
    source: str,
    keys: Mapping[str, Key],
    versions: Versions,
    base: str,
    prove: Prove,
    downgrade: bool = False,
) -> Head:
    """What is at `source` becomes the version that the next start tries.

    It is checked whole before it is put where versions lie. Raises UpdateError, and nothing has changed.
    """
    try:
        address = sources.find(source)
        with versions.room() as room:
            tree, payload = room / "tree", room / "payload"
            with sources.opened(address) as stream:
                head, key = archive.read_head(stream, keys)
                log.info("%s, signed by %s: %s", head.version, key.name, head.summary or "no summary")
                if reason := why_not(head, versions, base, downgrade):
                    raise UpdateError(reason)
                _check_room(room, head)
                archive.save_payload(stream, head, payload)
                log.info("received whole: %d kB", head.size // 1000)
                archive.unpack(payload, head, tree / "site")
            _compile(tree, versions.site(head.version).parent)
            prove(tree / "site", head.version)
            log.info("%s has proved that it works here", head.version)
            for path in (*tree.rglob("*"), tree):
                sync(path)
            versions.adopt(base, tree, head.version)
            return head
    except OSError as error:
        raise UpdateError(f"{_reason(error, versions)}; nothing was changed") from None


def why_not(head: Head, versions: Versions, base: str, downgrade: bool) -> str:
    """Why this one is not to be installed now, in a line; empty where it may be. Raises OSError."""
    try:
        state = versions.read(base)
    except UpdateError:
        state = State(base)  # it is written anew
    number, running = head.version, state.running
    if state.pending and state.tries:
        return f"{state.pending} is on trial: wait a minute, or roll it back: mynah update --rollback"
    if number == state.pending:
        return f"{number} is already installed; it runs after the next start: sudo systemctl restart mynah"
    if number == state.current or (ordered(number) == ordered(running) and not downgrade):
        return f"{number} is what runs"
    if ordered(number) < ordered(running) and not downgrade:
        return f"{number} is older than {running}, which runs: to install it anyway, use --downgrade"
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    if reason := head.misfit(python, platform.machine()):
        return reason
    if lacking := _lacking(head.needs, [path for path in sys.path if not _within(path, versions.folder)]):
        return f"{number} needs libraries that the base lacks: {', '.join(lacking)}: update the base first"
    return ""


def proof(config: Path | None, versions: Versions) -> Prove:
    """A version's own proof, in a process of its own, with the settings in `config`."""

    def prove(site: Path, number: str) -> None:
        path = overlay(site, versions.folder, os.environ.get("PYTHONPATH", ""))
        command = [sys.executable, "-P", "-m", "device.update.proof", str(site), number]
        command += [str(config.absolute())] if config is not None else []
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE
            )
        except subprocess.TimeoutExpired:
            raise UpdateError(
                f"{number} did not pass its test in {PATIENCE} s; nothing was changed"
            ) from None
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            why = said[-1].removeprefix("mynah: ") if said else f"status {done.returncode}"
            raise UpdateError(f"{number} does not work here: {why}; nothing was changed")

    return prove


def _compile(tree: Path, final: Path) -> None:
    """Compiled code beside each module, as if the tree were at `final` already. Raises UpdateError, OSError.

    What the daemon would write there itself, at its first start, could be cut off with the power.
    """
    package = tree / "site" / "device"
    if not (package / "cli.py").is_file():
        raise UpdateError("it contains no package device: ask its maker for another one; nothing was changed")
    for file in sorted(tree.rglob("*.py")):
        try:
            py_compile.compile(str(file), dfile=str(final / file.relative_to(tree)), doraise=True)
        except py_compile.PyCompileError as error:
            if file.is_relative_to(package):  # libraries bring some for other Pythons
                text = f"{file.relative_to(package.parent)} is not Python ({error.exc_type_name})"
                raise UpdateError(f"{text}: ask its maker for another one; nothing was changed") from None


def _check_room(folder: Path, head: Head) -> None:
    """Raises UpdateError. Compiled code is about as large as its source."""
    wanted, free = head.size + 2 * head.unpacked + SPARE, shutil.disk_usage(folder).free
    if free < wanted:
        raise UpdateError(
            f"the disk is too full: {free >> 20} MB are free at {folder.parent}, {head.version} takes"
            f" {(wanted >> 20) + 1} MB; nothing was changed"
        )


def _lacking(needs: Mapping[str, str], path: list[str]) -> list[str]:
    """A text for each library that is not on `path` in the version that is needed."""
    texts = []
    for name, number in needs.items():
        here = next((found.version for found in distributions(name=name, path=path)), "none")
        texts += [f"{name} {number} (here: {here})"] if here != number else []
    return texts


def _within(path: str, folder: Path) -> bool:
    return bool(path) and Path(path).is_relative_to(folder)


def _reason(error: OSError, versions: Versions) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full at {versions.folder}: make room"
    if isinstance(error, PermissionError):
        return f"{error.filename or versions.folder}: cannot be written: run it with sudo"
    return f"{error.filename or versions.folder}: {error.strerror or error}"
