"""`mynah update`: another version of Mynah, its models and its libraries, from one signed file.

It is checked whole, and proves on this device that it works, before anything is replaced. The service tries
it with its next start, and returns to the version before by itself where the new one does not become ready.
"""

from __future__ import annotations

import argparse
import logging
import os
from collections.abc import Mapping

from device import settings_file
from device.commands import options as common
from device.errors import UpdateError, UsageError
from device.system import as_service
from device.system.places import SERVICE_STATE
from device.update import keys, sources
from device.update.install import install, look, proof
from device.update.keys import Key
from device.update.versions import State, Versions, base

log = logging.getLogger(__name__)

RESTART = "sudo systemctl restart mynah"


def arguments(parser: argparse.ArgumentParser) -> None:
    common.config(parser)
    common.output(parser)
    parser.add_argument(
        "source",
        nargs="?",
        metavar="FILE|URL",
        help="an archive (-: standard input), or the address of a latest.json; default: update.source",
    )
    parser.add_argument(
        "--downgrade", action="store_true", help="install it even if it is not newer than the running version"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--check", action="store_true", help="only show what it is, and whether it can be installed"
    )
    what.add_argument("--status", action="store_true", help="show the versions, and what went wrong")
    what.add_argument("--rollback", action="store_true", help="return to the previous version")


def main(options: argparse.Namespace) -> int:
    if as_service.needed():
        return _as_service(options)
    settings = settings_file.load(options.config)
    _check_rights()
    versions, over = Versions.here(), base()
    if options.status:
        return _status(options, versions, over)
    if options.rollback:
        return _rollback(options, versions, over)
    source = options.source or settings.update.source
    if not source:
        raise UsageError("name an archive: a file or an address; or set update.source")
    trusted = keys.trusted([keys.SHIPPED, settings.update.keys])
    if options.check:
        return _check(options, source, trusted, versions, over)
    head = install(source, trusted, versions, over, proof(options.config, versions), options.downgrade)
    text = f"{head.version} is installed and begins with the next start: {RESTART}"
    common.emit(options, {"version": head.version}, text)
    return 0


def _as_service(options: argparse.Namespace) -> int:
    """Root alone may read the file that it names: it is handed on open. Raises UpdateError."""
    source = options.source
    if not source or (sources.is_address(source) and not source.startswith("file:")):
        return as_service.run(options)
    with sources.file(sources.find(source)) as stream:
        command, *others = options.arguments  # a file may be called as the command is
        options.arguments = [command, *(sources.INPUT if each == source else each for each in others)]
        return as_service.run(options, stream)


def _check(
    options: argparse.Namespace, source: str, trusted: Mapping[str, Key], versions: Versions, over: str
) -> int:
    try:
        found = look(source, trusted, versions, over, options.downgrade)
    except OSError as error:
        raise UpdateError(f"{versions.folder}: {error.strerror}") from None
    refused = _state(versions, over).refused.get(found.head.version, "")
    why_not = found.why_not or (f"it was taken back once: {refused}" if refused else "")
    report = {
        "archive": found.archive,
        "version": found.head.version,
        "summary": found.head.summary,
        "signer": found.signer,
        "install": not why_not,
        "why_not": why_not,
    }
    text = f"{found.head.version}, signed by {found.signer}: {found.head.summary or 'no summary'}"
    common.emit(options, report, f"{text}\n{why_not or 'it can be installed'}")
    return 0


def _status(options: argparse.Namespace, versions: Versions, over: str) -> int:
    state = _state(versions, over)
    report = {
        "base": over,
        "running": state.running,
        "previous": state.previous,
        "pending": state.pending,
        "refused": dict(state.refused),
        "failure": state.failure,
    }
    lines = [f"{state.running} runs", f"the base is {over}"]
    if state.current:
        lines += [f"{state.previous or 'the base'} is what --rollback returns to"]
    if state.pending:
        tried = (
            f"is on trial, start {state.tries}" if state.tries else f"begins with the next start: {RESTART}"
        )
        lines += [f"{state.pending} {tried}"]
    lines += [f"{number} was taken back: {why}" for number, why in state.refused.items()]
    common.emit(options, report, "\n".join(lines))
    return 0


def _rollback(options: argparse.Namespace, versions: Versions, over: str) -> int:
    before = _state(versions, over)
    if not before.pending and not before.current:
        raise UpdateError(
            "the base version runs, and there is no earlier one; to install an older one: --downgrade"
        )
    try:
        after = versions.change(over, State.back)
    except OSError as error:
        raise UpdateError(f"{versions.folder}: {error.strerror}; nothing was changed") from None
    text = f"{after.running} runs from the next start on: {RESTART}"
    common.emit(options, {"running": after.running}, text)
    return 0


def _state(versions: Versions, over: str) -> State:
    try:
        return versions.read(over)
    except UpdateError as error:
        log.warning("%s: the base runs; install the update again", error)
        return State(over)
    except OSError as error:
        raise UpdateError(f"{versions.folder}: {error.strerror}") from None


def _check_rights() -> None:
    """Where the service's folder cannot be seen, nobody would start what is installed. Raises UpdateError."""
    if "STATE_DIRECTORY" in os.environ or os.path.exists(SERVICE_STATE):
        return
    if os.geteuid() == 0:
        raise UpdateError(f"no service has run here yet ({SERVICE_STATE}): sudo systemctl start mynah")
    if os.path.lexists(SERVICE_STATE):
        raise UpdateError(f"{SERVICE_STATE} cannot be opened: run it with sudo")
