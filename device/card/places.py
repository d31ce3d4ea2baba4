"""Where things lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Card:
    """The folders that the card is about, all of which exist but perhaps `boot`."""

    boot: Path = Path("/boot/firmware")
    """The boot partition."""
    root: Path = Path("/")
    """The system's, whose /etc lives until power-off."""
    state: Path = Path("/var/lib/mynah-card")
    """What was taken over, for as long as the card lives."""
    partition: Path = Path("/state")
    """The state partition itself, on which `state` and the daemon's folder are."""
    run: Path = Path("/run/mynah-card")
    """What this start has found wrong."""
    daemon: Path = Path("/run/mynah")
    """What the daemon has found wrong."""

    @property
    def etc(self) -> Path:
        """The daemon's settings, and links to what they name."""
        return self.root / "etc/mynah"

    @property
    def taken(self) -> Path:
        """Copies of what lies on the partition, called as there."""
        return self.state / "taken"

    @property
    def problems(self) -> Path:
        return self.run / "problems.txt"
