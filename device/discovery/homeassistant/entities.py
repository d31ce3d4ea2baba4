"""What the kinds of Home Assistant's discovery are told, and where they tell their state.

https://www.home-assistant.io/integrations/mqtt/: each kind has a page of its own, whose keys and defaults
these are. Lights are in `lights`, what heats in `heating`, what only measures in `sensors`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from device.appliances.actions import Do
from device.appliances.generic import Reading
from device.appliances.scale import Scale, percent, speeds
from device.discovery.homeassistant import heating, lights, sensors
from device.discovery.homeassistant.config import Config
from device.discovery.homeassistant.reading import flag, measure, number, option, text

ARMED = (
    *("armed_home", "armed_away", "armed_night", "armed_vacation", "armed_custom_bypass"),
    *("arming", "pending", "triggered"),
)


@dataclass(frozen=True, slots=True)
class Entity:
    """How a kind is told things, and tells them. `kind`: what it is called here."""

    kind: str
    commands: Callable[[Config], None]
    readings: Callable[[Config], Iterator[Reading]]


def _states(config: Config, key: str, true: tuple[str, ...], false: tuple[str, ...]) -> Iterator[Reading]:
    template = config.entry.get("state_value_template", config.entry.get("value_template"))
    return flag(config.entry.get("state_topic"), key, template, true, false)


def _words(config: Config, **defaults: str) -> tuple[str, ...]:
    """The texts of these keys, but for those that are null."""
    return tuple(word for key, default in defaults.items() if (word := config.text(key, default)) is not None)


def _switch(config: Config) -> None:
    config.add(Do.ON, config.message("command_topic", config.text("payload_on", "ON")))
    config.add(Do.OFF, config.message("command_topic", config.text("payload_off", "OFF")))


def _switched(config: Config) -> Iterator[Reading]:
    on, off = config.text("payload_on", "ON") or "ON", config.text("payload_off", "OFF") or "OFF"
    yield from _states(config, "on", _words(config, state_on=on), _words(config, state_off=off))


def _siren(config: Config) -> None:
    """It is told JSON, unless it has a template."""
    off = "command_off_template" if "command_off_template" in config.entry else "command_template"
    for do, key, default, template in (
        (Do.ON, "payload_on", "ON", "command_template"),
        (Do.OFF, "payload_off", "OFF", off),
    ):
        payload = config.text(key, default)
        if template in config.entry:
            config.add(do, config.message("command_topic", payload, template, given={"state": payload}))
        elif payload is not None:
            config.add(do, config.message("command_topic", f'{{"state": "{payload}"}}'))


def _button(config: Config) -> None:
    config.add(Do.ON, config.message("command_topic", config.text("payload_press", "PRESS")))


def _scene(config: Config) -> None:
    config.add(Do.ON, config.message("command_topic", config.text("payload_on", "ON")))


def _lock(config: Config) -> None:
    config.add(Do.ON, config.message("command_topic", config.text("payload_lock", "LOCK")))
    config.add(Do.OFF, config.message("command_topic", config.text("payload_unlock", "UNLOCK")))
    if config.entry.get("code_format"):
        for do in (Do.ON, Do.OFF):
            config.wants_code(do)


def _locked(config: Config) -> Iterator[Reading]:
    yield from _states(
        config, "locked", _words(config, state_locked="LOCKED"), _words(config, state_unlocked="UNLOCKED")
    )  # fmt: skip


def _positions(config: Config) -> Scale:
    return percent(config.number("position_closed", 0), config.number("position_open", 100))


def _ends(config: Config) -> dict[str, int]:
    defaults = {"position_open": 100, "position_closed": 0}
    return {key: round(config.number(key, default)) for key, default in defaults.items()}


def _cover(config: Config) -> None:
    """It is opened and closed by words, or else by its position."""
    name, ends = "set_position", _ends(config)
    config.add(
        Do.POSITION,
        config.message(f"{name}_topic", "{value}", f"{name}_template", _positions(config), ends),
    )
    for do, end, where in ((Do.ON, "position_open", 100), (Do.OFF, "position_closed", 0)):
        payload = str(ends[end])
        config.add(
            do,
            config.message(f"{name}_topic", payload, f"{name}_template", given={**ends, "position": where}),
        )
    for do, key, default in ((Do.ON, "payload_open", "OPEN"), (Do.OFF, "payload_close", "CLOSE")):
        config.add(do, config.message("command_topic", config.text(key, default), ""))
    config.add(Do.STOP, config.message("command_topic", config.text("payload_stop", "STOP"), ""))


def _covered(config: Config) -> Iterator[Reading]:
    opened = _words(config, state_open="open", state_opening="opening")
    yield from _states(config, "open", opened, _words(config, state_closed="closed", state_closing="closing"))
    yield from measure(config, "position", "position_topic", "position_template", _positions(config))


def _valve(config: Config) -> None:
    """One that reports its position is told positions, others words."""
    if config.flag("reports_position"):
        ends = _ends(config)
        config.add(
            Do.POSITION, config.message("command_topic", "{value}", scale=_positions(config), given=ends)
        )
        for do, end, where in ((Do.ON, "position_open", 100), (Do.OFF, "position_closed", 0)):
            config.add(do, config.message("command_topic", str(ends[end]), given={**ends, "position": where}))
    else:
        config.add(Do.ON, config.message("command_topic", config.text("payload_open", "OPEN")))
        config.add(Do.OFF, config.message("command_topic", config.text("payload_close", "CLOSE")))
    config.add(Do.STOP, config.message("command_topic", config.text("payload_stop")))


def _valved(config: Config) -> Iterator[Reading]:
    topic, template = config.entry.get("state_topic"), config.entry.get("value_template")
    if config.flag("reports_position"):
        template = template or "{{ value_json.position if value_json is mapping else value }}"
        yield from number(topic, "position", template, _positions(config))
        return
    template = template or "{{ value_json.state if value_json is mapping else value }}"
    opened = _words(config, state_open="open", state_opening="opening")
    closed = _words(config, state_closed="closed", state_closing="closing")
    yield from flag(topic, "open", template, opened, closed)


def _speeds(config: Config) -> Scale:
    return speeds(config.number("speed_range_min", 1), config.number("speed_range_max", 100))


def _fan(config: Config) -> None:
    _switch(config)
    name = "percentage_command"
    config.add(Do.SPEED, config.message(f"{name}_topic", "{value}", f"{name}_template", _speeds(config)))
    config.choose_by("preset_mode", config.texts("preset_modes"))


def _fanned(config: Config) -> Iterator[Reading]:
    scale = _speeds(config)
    yield from _switched(config)
    yield from measure(config, "speed", "percentage_state_topic", "percentage_value_template", scale)
    yield from option(config, "preset_mode_state_topic", "preset_mode_value_template")


def _humidifier(config: Config) -> None:
    _switch(config)
    config.limits = (config.number("min_humidity", 0), config.number("max_humidity", 100))
    name = "target_humidity_command"
    config.add(Do.HUMIDITY, config.message(f"{name}_topic", "{value}", f"{name}_template", Scale(step=1)))
    config.choose_by("mode", config.texts("modes"))


def _humidified(config: Config) -> Iterator[Reading]:
    yield from _switched(config)
    for key, name in (("humidity_target", "target_humidity_state"), ("humidity", "current_humidity")):
        yield from measure(config, key, f"{name}_topic", f"{name}_template")
    yield from option(config, "mode_state_topic", "mode_state_template")


def _vacuum(config: Config) -> None:
    features = config.texts("supported_features", ("start", "stop", "return_home"))
    for do, feature, key, default in (
        (Do.START, "start", "payload_start", "start"),
        (Do.PAUSE, "pause", "payload_pause", "pause"),
        (Do.STOP, "stop", "payload_stop", "stop"),
        (Do.DOCK, "return_home", "payload_return_to_base", "return_to_base"),
    ):
        if feature in features:
            config.add(do, config.message("command_topic", config.text(key, default), ""))
    if "fan_speed" in features:
        config.choose(config.texts("fan_speed_list"), config.message("set_fan_speed_topic", "{value}", ""))


def _vacuumed(config: Config) -> Iterator[Reading]:
    topic = config.entry.get("state_topic")
    yield from text(topic, "activity", "{{ value_json.state }}")
    yield from number(topic, "battery", "{{ value_json.battery_level | is_defined }}")
    if config.options:
        yield from text(topic, "option", "{{ value_json.fan_speed | is_defined }}", config.options)


def _lawn_mower(config: Config) -> None:
    for do, name in ((Do.START, "start_mowing"), (Do.PAUSE, "pause"), (Do.DOCK, "dock")):
        config.add(do, config.message(f"{name}_command_topic", name, f"{name}_command_template"))


def _mowed(config: Config) -> Iterator[Reading]:
    yield from text(
        config.entry.get("activity_state_topic"), "activity", config.entry.get("activity_value_template")
    )  # fmt: skip


def _alarm(config: Config) -> None:
    features = config.texts("supported_features", ("arm_home", "arm_away", "arm_night"))
    for do in (Do.ARM_HOME, Do.ARM_AWAY, Do.ARM_NIGHT, Do.DISARM):
        if do is not Do.DISARM and do.value not in features:
            continue
        payload = config.text(f"payload_{do.value}", do.value.upper())
        config.add(do, config.message("command_topic", payload, given={"action": payload}))
        required = "code_disarm_required" if do is Do.DISARM else "code_arm_required"
        if config.entry.get("code") is not None and config.flag(required, True):
            config.wants_code(do)


def _alarmed(config: Config) -> Iterator[Reading]:
    yield from _states(config, "armed", ARMED, ("disarmed",))


def _set_number(config: Config) -> None:
    config.limits = (config.number("min", 1), config.number("max", 100))
    step = config.number("step", 1)
    config.add(
        Do.NUMBER, config.message("command_topic", "{value}", scale=Scale(step=step if step > 0 else 1))
    )


def _select(config: Config) -> None:
    config.choose(config.texts("options"), config.message("command_topic", "{value}"))


def _said(key: str) -> Callable[[Config], Iterator[Reading]]:
    def readings(config: Config) -> Iterator[Reading]:
        topic, template = config.entry.get("state_topic"), config.entry.get("value_template")
        if key == "number":
            yield from number(topic, key, template)
        else:
            yield from text(topic, key, template, config.options)

    return readings


def _nothing(config: Config) -> None:
    """It cannot be told anything."""


def _silent(config: Config) -> Iterator[Reading]:
    """It tells nothing."""
    return iter(())


ENTITIES: Mapping[str, Entity] = {
    "light": Entity("light", lights.commands, lights.readings),
    "switch": Entity("switch", _switch, _switched),
    "siren": Entity("siren", _siren, _switched),
    "button": Entity("button", _button, _silent),
    "scene": Entity("scene", _scene, _silent),
    "cover": Entity("cover", _cover, _covered),
    "valve": Entity("valve", _valve, _valved),
    "lock": Entity("lock", _lock, _locked),
    "fan": Entity("fan", _fan, _fanned),
    "climate": Entity("climate", heating.thermostat, heating.readings),
    "water_heater": Entity("water_heater", heating.water_heater, heating.readings),
    "humidifier": Entity("humidifier", _humidifier, _humidified),
    "vacuum": Entity("vacuum", _vacuum, _vacuumed),
    "lawn_mower": Entity("lawn_mower", _lawn_mower, _mowed),
    "alarm_control_panel": Entity("alarm_panel", _alarm, _alarmed),
    "number": Entity("number", _set_number, _said("number")),
    "select": Entity("select", _select, _said("option")),
    "sensor": Entity("sensor", _nothing, sensors.measured),
    "binary_sensor": Entity("binary_sensor", _nothing, sensors.sensed),
}
"""By the component's name in Home Assistant."""
