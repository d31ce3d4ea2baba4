"""`python -P -m device.update.launch run …`: what the service starts: chooses the version and becomes it.

It is run from the base, and no update can repair it: so it does little, and whatever fails in it, the base
starts.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from device.update.versions import BASE, RUNNING, State, Versions, base, overlay

READY_WITHIN = 300
"""Seconds in which a new version must have confirmed itself: ten times the half minute of audio that it
takes, as a start may be slow. The kernel ends it otherwise; systemd does not, where a service waits for its
microphone."""


def main(arguments: Sequence[str]) -> None:
    """Does not return. Only the daemon tries a version that is pending."""
    for name in (BASE, RUNNING):  # of whoever started us
        os.environ.pop(name, None)
    try:
        os.environ[BASE] = base()
        versions = Versions.here()
        number, on_trial = None, False
        if trusted(versions, os.geteuid()):
            number, on_trial = chosen(versions, os.environ[BASE], arguments[:1] == ["run"])
        if number is not None:
            path = os.environ.get("PYTHONPATH", "")
            os.environ["PYTHONPATH"] = overlay(versions.site(number), versions.folder, path)
            os.environ[RUNNING] = number
        if on_trial:
            signal.alarm(READY_WITHIN)  # which outlives the exec, until `device.update.trial` takes it back
    except Exception as error:
        print(f"mynah: {error}: the base is started; install the update again", file=sys.stderr)
    os.execv(sys.executable, [sys.executable, "-P", "-m", "device.cli", *arguments])


def trusted(versions: Versions, user: int) -> bool:
    """Whether `user` may run what lies there. The daemon's versions belong to the daemon, which the network
    can reach: root, who asks it something or writes a note for it, runs none of them."""
    folders = [path for path in (versions.folder.parent, versions.folder) if path.exists()]
    return user != 0 or all(path.stat().st_uid == 0 for path in folders)


def chosen(versions: Versions, base: str, daemon: bool) -> tuple[str | None, bool]:
    """The version to start, none for the base, and whether it is on trial. Raises OSError, UpdateError."""
    before = versions.read(base)
    if before == State(base):
        return None, False
    if not daemon:
        return (before.current if before.current and versions.whole(before.current) else None), False
    try:
        state = versions.change(base, lambda state: state.started(versions.whole))
    except OSError as error:  # a full disk: what cannot be counted is not tried
        print(f"mynah: {versions.folder}: {error.strerror}: nothing new is tried", file=sys.stderr)
        return (before.current if before.current and versions.whole(before.current) else None), False
    if state.failure != before.failure:
        print(f"mynah: update {state.failure}", file=sys.stderr)
    return state.pending or state.current, state.pending is not None


if __name__ == "__main__":
    main(sys.argv[1:])
