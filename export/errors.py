"""What goes wrong on the way to the device."""

from __future__ import annotations

from device.errors import MynahError


class ExportError(MynahError):
    """What cannot be made for the device: what is wrong, and what to do, in one line."""
