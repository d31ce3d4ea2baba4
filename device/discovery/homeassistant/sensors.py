"""Sensors of Home Assistant's discovery, whose class says what they measure.

https://www.home-assistant.io/integrations/sensor.mqtt/ and binary_sensor.mqtt/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from device.appliances.generic import Reading
from device.appliances.scale import SAME, Scale, fahrenheit
from device.discovery.homeassistant.config import Config
from device.discovery.homeassistant.reading import flag, number

MEASURES: Mapping[str, str] = {
    **{name: name for name in ("temperature", "humidity", "battery", "power", "energy", "illuminance")},
    "carbon_dioxide": "co2",
}
"""Keys of the state by the sensor's class."""
OPENINGS = ("door", "garage_door", "opening", "window")
"""Classes of binary sensors that are ON while something is open."""
PRESENCES = ("motion", "occupancy", "presence")
KELVIN = Scale(offset=273.15)
UNITS: Mapping[tuple[str, str], Scale] = {
    ("temperature", "°F"): fahrenheit(),
    ("temperature", "K"): KELVIN,
    ("power", "kW"): Scale(0.001),
    ("energy", "Wh"): Scale(1000),
    ("energy", "MWh"): Scale(0.001),
}
"""How a sensor counts that does not count as we do."""


def measured(config: Config) -> Iterator[Reading]:
    kind = str(config.entry.get("device_class"))
    scale = UNITS.get((kind, str(config.entry.get("unit_of_measurement"))), SAME)
    if kind in MEASURES:
        topic, template = config.entry.get("state_topic"), config.entry.get("value_template")
        yield from number(topic, MEASURES[kind], template, scale)


def sensed(config: Config) -> Iterator[Reading]:
    on, off = config.text("payload_on", "ON") or "ON", config.text("payload_off", "OFF") or "OFF"
    topic, template = config.entry.get("state_topic"), config.entry.get("value_template")
    kind = config.entry.get("device_class")
    if kind in OPENINGS:  # as Zigbee's: contact is made while it is closed
        yield from flag(topic, "contact", template, (off,), (on,))
    else:
        yield from flag(topic, "occupancy" if kind in PRESENCES else "on", template, (on,), (off,))
