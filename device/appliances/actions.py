"""What an appliance can be told, in everyday units and without any protocol."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Do(enum.Enum):
    """The verb of an action, and the unit of its value."""

    ON = "on"
    """Also: open a cover or valve, lock a lock, press a button, activate a scene."""
    OFF = "off"
    """Also: close a cover or valve, unlock a lock."""
    TOGGLE = "toggle"
    STOP = "stop"
    BRIGHTNESS = "brightness"
    """Percent."""
    BRIGHTNESS_STEP = "brightness_step"
    """Percent brighter, or less than none for darker."""
    COLOR = "color"
    """A name in `colors.HEX`."""
    COLOR_TEMPERATURE = "color_temperature"
    """Kelvin."""
    POSITION = "position"
    """Percent; 100 is open."""
    POSITION_STEP = "position_step"
    """Percent further open, or less than none for further closed."""
    TEMPERATURE = "temperature"
    """Degrees Celsius to heat to."""
    TEMPERATURE_STEP = "temperature_step"
    """Degrees Celsius warmer, or less than none for cooler."""
    HUMIDITY = "humidity"
    """Percent of relative humidity to reach."""
    HUMIDITY_STEP = "humidity_step"
    """Percent more humid, or less than none for drier."""
    NUMBER = "number"
    """In the device's own unit."""
    NUMBER_STEP = "number_step"
    """In the device's own unit; "up" or "down" for a tenth of its range."""
    LEVEL = "level"
    """Percent of the range of what is not counted in percent: 100 is the most that it can be set to."""
    OPTION = "option"
    """One of the device's `options`."""
    SPEED = "speed"
    """Percent."""
    SPEED_STEP = "speed_step"
    """Percent faster, or less than none for slower."""
    VOLUME = "volume"
    """Percent."""
    VOLUME_STEP = "volume_step"
    """Percent louder, or less than none for quieter."""
    LOUDER = "louder"
    QUIETER = "quieter"
    PLAY = "play"
    PAUSE = "pause"
    NEXT = "next"
    PREVIOUS = "previous"
    MUTE = "mute"
    UNMUTE = "unmute"
    START = "start"
    DOCK = "dock"
    ARM_HOME = "arm_home"
    ARM_AWAY = "arm_away"
    ARM_NIGHT = "arm_night"
    DISARM = "disarm"


@dataclass(frozen=True, slots=True)
class Action:
    """`value` is None for verbs without a unit."""

    do: Do
    value: float | str | None = None

    @property
    def number(self) -> float:
        """The value of a verb that has a unit."""
        assert isinstance(self.value, int | float)
        return self.value
