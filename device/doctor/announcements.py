"""What announces itself on the broker, and what of it cannot be spoken to."""

from __future__ import annotations

from collections.abc import Sequence

from device.doctor.finding import Finding, ok, warning
from device.settings import Settings

LISTENS = 4.0
"""Seconds, at most, in which all that is retained has come."""
MOST = 40
"""Lines that are shown."""


def announced(settings: Settings) -> Finding:
    """Listens to the announcements on the broker."""
    from device.discovery.announcements import Announcements
    from device.discovery.joining import joined
    from device.discovery.zigbee2mqtt import LARGEST
    from device.home import reading
    from device.home.model import own
    from device.mqtt.client import connect

    layout = own(reading.read(settings.home.file), settings.home.file)
    announcements = Announcements(layout.zigbee2mqtt)
    with connect(settings.mqtt, settings.device_id, announcements.topics, LARGEST) as publisher:
        announcements.listen(publisher.messages, LISTENS)
    whole, problems = joined(layout, announcements.found())
    left_out = [*problems, *map(str, announcements.left_out())]
    return judge(len(whole.devices) - len(layout.devices), left_out)


def judge(there: int, left_out: Sequence[str]) -> Finding:
    """`left_out`: a line for each thing that cannot be used, or only in part."""
    devices = f"{there} device{'' if there == 1 else 's'}"
    if not left_out:
        return ok("announced", f"{devices} announced, all of them can be spoken to")
    more = (f"and {len(left_out) - MOST} more: see mynah discover",) if len(left_out) > MOST else ()
    lines = "".join(f"\n  {line}" for line in (*left_out[:MOST], *more))
    return warning("announced", f"{devices} announced; left out, with the reason:{lines}")
