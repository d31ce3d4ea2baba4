"""Thermostats and water heaters of Home Assistant's discovery.

https://www.home-assistant.io/integrations/climate.mqtt/ and water_heater.mqtt/
"""

from __future__ import annotations

from collections.abc import Iterator

from device.appliances.actions import Action, Do
from device.appliances.generic import Reading
from device.discovery.homeassistant.config import SAMPLES, Config
from device.discovery.homeassistant.reading import flag, measure, option

HEATING = ("heat", "heat_cool", "cool", "auto")
"""Modes of a thermostat that turn it on, the first that it has."""
AIR = ("fan_mode", "swing_mode")
"""What a thermostat that moves air can be set to besides its mode; these are keys of the state as well."""
ON_OFF = ("on", "off")
"""Of these, words that say of the whole thermostat something else."""
HOTTEST = 35.0


def thermostat(config: Config) -> None:
    """What heats or cools, has presets, and may have one temperature to heat to, and another to cool to."""
    _climate(config, ("auto", "off", "cool", "heat", "dry", "fan_only"))
    for mode, end in (("heat", "low"), ("cool", "high")):
        name = f"temperature_{end}_command"
        message = config.message(f"{name}_topic", "{value}", f"{name}_template", config.temperature)
        if message is not None and config.makes(message, Action(Do.TEMPERATURE, SAMPLES[Do.TEMPERATURE])):
            config.setpoints[mode] = (f"target_{end}", message)
    config.choose_by("preset_mode", config.texts("preset_modes"), "preset")
    for key in AIR:
        words = config.texts(f"{key}s", ("auto", "low", "medium", "high") if key == "fan_mode" else ())
        config.choose_by(key, tuple(word for word in words if word.lower() not in ON_OFF), key)


def water_heater(config: Config) -> None:
    _climate(config, ("off", "eco", "electric", "gas", "heat_pump", "high_demand", "performance"))


def _climate(config: Config, usual: tuple[str, ...]) -> None:
    """It is turned on and off by its power, or else by its modes: the `usual` ones, unless it has its own."""
    scale = config.temperature
    config.add(
        Do.TEMPERATURE,
        config.message("temperature_command_topic", "{value}", "temperature_command_template", scale),
    )
    if "min_temp" in config.entry or "max_temp" in config.entry:
        least = scale.back(config.number("min_temp", scale.there(0)))
        config.limits = (
            round(least, 1),
            round(scale.back(config.number("max_temp", scale.there(HOTTEST))), 1),
        )
    modes = config.texts("modes", usual)
    config.choose_by("mode", modes)
    for do, payload in (
        (Do.ON, next((word for mode in HEATING if (word := _word(mode, modes))), None)),
        (Do.OFF, _word("off", modes)),
    ):
        config.add(do, config.message("mode_command_topic", payload, "mode_command_template"))
    for do, key, default in ((Do.ON, "payload_on", "ON"), (Do.OFF, "payload_off", "OFF")):
        config.add(
            do, config.message("power_command_topic", config.text(key, default), "power_command_template")
        )


def _word(mode: str, modes: tuple[str, ...]) -> str | None:
    """How the device writes `mode`: "Off"."""
    return next((one for one in modes if one.lower() == mode), None)


def readings(config: Config) -> Iterator[Reading]:
    scale = config.temperature
    yield from measure(config, "target", "temperature_state_topic", "temperature_state_template", scale)
    now = "current_temperature"
    yield from measure(config, "temperature", f"{now}_topic", f"{now}_template", scale)
    source, template = config.entry.get("mode_state_topic"), config.entry.get("mode_state_template")
    modes = tuple(option for option in config.options if option not in config.told_as)
    off = _word("off", modes) or "off"
    yield from flag(source, "on", template, tuple(mode for mode in modes if mode != off), (off,))
    yield from option(config, "mode_state_topic", "mode_state_template")
    for end in ("low", "high"):
        name = f"temperature_{end}_state"
        yield from measure(config, f"target_{end}", f"{name}_topic", f"{name}_template", scale)
    yield from option(config, "preset_mode_state_topic", "preset_mode_value_template", "preset")
    for key in AIR:
        yield from option(config, f"{key}_state_topic", f"{key}_state_template", key)
