"""The keys of Home Assistant's discovery that say something here, by their abbreviations.

https://www.home-assistant.io/integrations/mqtt/#supported-abbreviations-in-mqtt-discovery-messages
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ENDINGS = {
    "cmd_t": "command_topic",
    "cmd_tpl": "command_template",
    "stat_t": "state_topic",
    "stat_tpl": "state_template",
    "state_tpl": "state_template",
    "val_tpl": "value_template",
    "tpl": "template",
    "t": "topic",
}
"""What follows the name of a property: "bri_cmd_t" is the brightness's command topic."""
PROPERTIES = {
    "act": "action",
    "activity": "activity",
    "avty": "availability",
    "b": "blue",
    "bri": "brightness",
    "clr_temp": "color_temp",
    "curr_hum": "current_humidity",
    "curr_temp": "current_temperature",
    "dock": "dock",
    "fan_mode": "fan_mode",
    "fx": "effect",
    "g": "green",
    "hs": "hs",
    "hum": "target_humidity",
    "mode": "mode",
    "pause": "pause",
    "pct": "percentage",
    "pos": "position",
    "pow": "power",
    "pr_mode": "preset_mode",
    "r": "red",
    "rgb": "rgb",
    "rgbw": "rgbw",
    "rgbww": "rgbww",
    "send": "send",
    "set_pos": "set_position",
    "start_mowing": "start_mowing",
    "strt_mw": "start_mowing",
    "swing_mode": "swing_mode",
    "temp": "temperature",
    "temp_hi": "temperature_high",
    "temp_lo": "temperature_low",
    "whit": "white",
    "xy": "xy",
}
OTHERS = {
    "act_stat_t": "activity_state_topic",
    "act_val_tpl": "activity_value_template",
    "av_tones": "available_tones",
    "avty": "availability",
    "avty_mode": "availability_mode",
    "bri_scl": "brightness_scale",
    "clr_temp_k": "color_temp_kelvin",
    "clrm": "color_mode",
    "cmd_off_tpl": "command_off_template",
    "cmd_on_tpl": "command_on_template",
    "cmps": "components",
    "cod_arm_req": "code_arm_required",
    "cod_dis_req": "code_disarm_required",
    "cod_form": "code_format",
    "dev": "device",
    "dev_cla": "device_class",
    "en": "enabled_by_default",
    "ent_cat": "entity_category",
    "fanspd_lst": "fan_speed_list",
    "fx_list": "effect_list",
    "max_hum": "max_humidity",
    "max_k": "max_kelvin",
    "max_mirs": "max_mireds",
    "min_hum": "min_humidity",
    "min_k": "min_kelvin",
    "min_mirs": "min_mireds",
    "o": "origin",
    "on_cmd_type": "on_command_type",
    "ops": "options",
    "p": "platform",
    "pl_arm_away": "payload_arm_away",
    "pl_arm_home": "payload_arm_home",
    "pl_arm_nite": "payload_arm_night",
    "pl_avail": "payload_available",
    "pl_cls": "payload_close",
    "pl_disarm": "payload_disarm",
    "pl_lock": "payload_lock",
    "pl_not_avail": "payload_not_available",
    "pl_off": "payload_off",
    "pl_on": "payload_on",
    "pl_open": "payload_open",
    "pl_paus": "payload_pause",
    "pl_prs": "payload_press",
    "pl_ret": "payload_return_to_base",
    "pl_stop": "payload_stop",
    "pl_strt": "payload_start",
    "pl_unlk": "payload_unlock",
    "pos_clsd": "position_closed",
    "pos_open": "position_open",
    "pr_modes": "preset_modes",
    "ret": "retain",
    "rep_pos": "reports_position",
    "reports_pos": "reports_position",
    "sa": "suggested_area",
    "set_fan_spd_t": "set_fan_speed_topic",
    "spd_rng_max": "speed_range_max",
    "spd_rng_min": "speed_range_min",
    "stat_clsd": "state_closed",
    "stat_closing": "state_closing",
    "stat_jam": "state_jammed",
    "stat_locked": "state_locked",
    "stat_locking": "state_locking",
    "stat_off": "state_off",
    "stat_on": "state_on",
    "stat_open": "state_open",
    "stat_opening": "state_opening",
    "stat_stopped": "state_stopped",
    "stat_t": "state_topic",
    "stat_tpl": "state_template",
    "stat_unlocked": "state_unlocked",
    "stat_unlocking": "state_unlocking",
    "stat_val_tpl": "state_value_template",
    "sup_clrm": "supported_color_modes",
    "sup_feat": "supported_features",
    "sw": "sw_version",
    "temp_unit": "temperature_unit",
    "unit_of_meas": "unit_of_measurement",
    "whit_scl": "white_scale",
}
ABBREVIATIONS: Mapping[str, str] = {
    **{
        f"{short}_{ending}": f"{long}_{written}"
        for short, long in PROPERTIES.items()
        for ending, written in ENDINGS.items()
    },
    **{ending: written for ending, written in ENDINGS.items() if ending not in ("t", "tpl")},
    **OTHERS,
}


def expanded(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A config with its keys written out, and its base topic in place of `~`."""
    whole = {ABBREVIATIONS.get(str(key), str(key)): value for key, value in entry.items()}
    base = whole.get("~")
    if isinstance(base, str):
        whole = {
            key: _based(value, base) if key.endswith("_topic") else value for key, value in whole.items()
        }
    if isinstance(every := whole.get("availability"), list | Mapping):
        whole["availability"] = [
            _availability(one, base)
            for one in (every if isinstance(every, list) else [every])
            if isinstance(one, Mapping)
        ]
    return whole


def _availability(one: Mapping[str, Any], base: Any) -> Mapping[str, Any]:
    whole = {{"t": "topic"}.get(key, ABBREVIATIONS.get(str(key), key)): value for key, value in one.items()}
    return {**whole, "topic": _based(whole.get("topic"), base)} if isinstance(base, str) else whole


def _based(topic: Any, base: str) -> Any:
    """`topic` with `base` for a ~ at its beginning or end."""
    if not isinstance(topic, str):
        return topic
    if topic.startswith("~"):
        return base + topic[1:]
    return topic[:-1] + base if topic.endswith("~") else topic
