"""Lights of Home Assistant's discovery, in its three schemas: basic, JSON and template.

https://www.home-assistant.io/integrations/light.mqtt/
"""

from __future__ import annotations

from collections.abc import Iterator

from device.appliances.actions import Do
from device.appliances.generic import Reading
from device.appliances.scale import SAME, Scale, mired
from device.appliances.templates import BRIGHTEST, Template
from device.discovery.homeassistant.config import Config
from device.discovery.homeassistant.reading import flag, number

COLDEST, WARMEST = 153, 500
"""Mired, where a light does not say."""
COLORS = {
    "rgb": '"r": {red}, "g": {green}, "b": {blue}',
    "rgbw": '"r": {red}, "g": {green}, "b": {blue}, "w": 0',
    "rgbww": '"r": {red}, "g": {green}, "b": {blue}, "c": 0, "w": 0',
    "hs": '"h": {hue}, "s": {sat}',
    "xy": '"x": {x}, "y": {y}',
}
"""A colour in JSON, by the mode in which a light takes it; the first that it has is used."""
WHITES = {"white": 0, "cold_white": 0, "warm_white": 0}
"""What the whites of a coloured light are."""
PLAIN_COLORS = {
    "rgb": "{red},{green},{blue}",
    "rgbw": "{red},{green},{blue},0",
    "rgbww": "{red},{green},{blue},0,0",
    "hs": "{hue},{sat}",
    "xy": "{x},{y}",
}


def commands(config: Config) -> None:
    {"json": _json, "template": _template}.get(str(config.entry.get("schema")), _basic)(config)


def readings(config: Config) -> Iterator[Reading]:
    topic = config.entry.get("state_topic")
    match config.entry.get("schema"):
        case "json":
            yield from flag(topic, "on", "{{ value_json.state }}", ("ON",), ("OFF",))
            yield from number(topic, "brightness", "{{ value_json.brightness }}", _brightness(config))
        case "template":
            yield from flag(topic, "on", config.entry.get("state_template"), ("on",), ("off",))
            if template := config.entry.get("brightness_template"):
                yield from number(topic, "brightness", template, Scale(BRIGHTEST / 100))
        case _:
            on, off = config.text("payload_on", "ON") or "ON", config.text("payload_off", "OFF") or "OFF"
            template = config.entry.get("state_value_template", config.entry.get("value_template"))
            yield from flag(topic, "on", template, (on,), (off,))
            source, template = (
                config.entry.get(f"brightness_{key}") for key in ("state_topic", "value_template")
            )
            yield from number(source, "brightness", template, _brightness(config))


def _brightness(config: Config) -> Scale:
    scale = config.number("brightness_scale", BRIGHTEST)
    scale = scale if scale > 0 else BRIGHTEST
    return Scale(scale / 100, step=1, least=1, most=scale)


def _color_temperature(config: Config) -> Scale:
    """Of what it counts in: mired, or kelvin where it says so."""
    least, most = config.number("min_mireds", COLDEST), config.number("max_mireds", WARMEST)
    if config.flag("color_temp_kelvin"):
        return Scale(
            step=1,
            least=config.number("min_kelvin", 2000),
            most=config.number("max_kelvin", 6500),
        )
    return mired(max(1.0, least), max(1.0, most))


def _basic(config: Config) -> None:
    """Each property has a topic of its own; `on_command_type` says when the light is turned on besides."""
    on = config.message("command_topic", config.text("payload_on", "ON"), "")
    bright = config.message(
        "brightness_command_topic", "{value}", "brightness_command_template", _brightness(config)
    )
    by_brightness = config.entry.get("on_command_type") == "brightness"
    if by_brightness:
        full = _brightness(config)
        config.add(
            Do.ON,
            config.message(
                "brightness_command_topic",
                str(full.there(100)),
                "brightness_command_template",
            ),
        )
    else:
        config.add(Do.ON, on)
    config.add(Do.OFF, config.message("command_topic", config.text("payload_off", "OFF"), ""))

    def turned_on(do: Do, message: Template | None) -> None:
        if message is None:
            return
        if by_brightness and do is Do.BRIGHTNESS:
            config.add(do, message)
        elif by_brightness:
            config.add(do, message, config.commands.get(Do.ON))
        elif config.entry.get("on_command_type") == "first":
            config.add(do, on, message)
        else:
            config.add(do, message, on)

    turned_on(Do.BRIGHTNESS, bright)
    kelvin = _color_temperature(config)
    turned_on(
        Do.COLOR_TEMPERATURE,
        config.message("color_temp_command_topic", "{value}", "color_temp_command_template", kelvin),
    )
    for mode, payload in PLAIN_COLORS.items():
        message = config.message(
            f"{mode}_command_topic",
            payload,
            f"{mode}_command_template",
            given=WHITES,
        )
        if message is not None:
            turned_on(Do.COLOR, message)
            break


def _json(config: Config) -> None:
    modes = config.texts("supported_color_modes")

    def message(more: str = "", state: str = "ON", scale: Scale = SAME) -> Template | None:
        return config.message("command_topic", f'{{"state": "{state}"{more}}}', "", scale)

    config.add(Do.ON, message())
    config.add(Do.OFF, message(state="OFF"))
    if config.flag("brightness") or set(modes) - {"onoff"}:
        config.add(Do.BRIGHTNESS, message(', "brightness": {value}', scale=_brightness(config)))
    if "color_temp" in modes or config.flag("color_temp"):
        config.add(Do.COLOR_TEMPERATURE, message(', "color_temp": {value}', scale=_color_temperature(config)))
    taken = next((mode for mode in COLORS if mode in modes or config.flag(mode)), None)
    if taken:
        config.add(Do.COLOR, message(f', "color": {{{COLORS[taken]}}}'))


def _template(config: Config) -> None:
    """One template makes all that turns the light on, of what it is given."""
    on, off = "command_on_template", "command_off_template"
    if not config.entry.get(on) or not config.entry.get(off):
        config.problems.append("it is left out: it has no templates for on and off")
        return
    config.add(Do.ON, config.message("command_topic", "on", on, given={"state": "on"}))
    config.add(Do.OFF, config.message("command_topic", "off", off, given={"state": "off"}))
    for do, needed, scale in (
        (Do.BRIGHTNESS, "brightness_template", SAME),
        (Do.COLOR_TEMPERATURE, "color_temp_template", _color_temperature(config)),
        (Do.COLOR, "red_template", SAME),
    ):
        if needed in config.entry:
            config.add(do, config.message("command_topic", "on", on, scale, given={"state": "on"}))
