"""Where Mynah keeps what it may not lose."""

from __future__ import annotations

import os
from pathlib import Path

SERVICE_STATE = Path("/var/lib/mynah")
"""What `StateDirectory=mynah` in the unit makes."""


def state_folder() -> Path:
    """A service's own, as systemd names it; the service's, where it may be entered; else one of the
    user's."""
    if named := os.environ.get("STATE_DIRECTORY", "").split(":")[0]:
        return Path(named)
    if os.path.exists(SERVICE_STATE):  # Path.exists raises where it may not look; this says no
        return SERVICE_STATE
    return Path(os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")) / "mynah"
