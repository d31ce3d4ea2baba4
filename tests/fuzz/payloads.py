"""What may come from a network: what belongs there, what has been broken on the way, and what never did."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import strategies as st

from device.channels.hermes import TOPICS
from device.channels.homeassistant import STATUS
from tests.fuzz.world import FIXTURES

Message = tuple[str, bytes]

OWN = {
    "mynah/kitchen/say": "Dinner is ready",
    "mynah/kitchen/ask": "Shall I close the windows?",
    "mynah/kitchen/announce": {"text": "Dinner is ready", "area": "kitchen", "from": "hall"},
    "mynah/announce": {"text": "Dinner is ready", "area": None, "from": "hall"},
    "mynah/kitchen/stop": "",
    "mynah/kitchen/listen": "",
    "mynah/kitchen/mute/set": "ON",
    "mynah/kitchen/threshold/hey_mynah/set": 0.5,
    STATUS: "online",
}
STATES: dict[str, Any] = {
    "zigbee2mqtt/kitchen/ceiling lamp": {"state": "ON", "brightness": 120, "color": {"x": 0.3, "y": 0.3}},
    "zigbee2mqtt/kitchen/ceiling lamp/availability": {"state": "online"},
    "zigbee2mqtt/bedroom curtains": {"state": "OPEN", "position": 40},
    "zigbee2mqtt/bathroom radiator": {"current_heating_setpoint": 21, "local_temperature": 19.5},
    "stat/tasmota_A1B2C3/RESULT": {"POWER1": "ON"},
    "tele/tasmota_A1B2C3/STATE": {"POWER1": "ON", "POWER2": "OFF", "Wifi": {"RSSI": 80}},
    "tele/thermo/SENSOR": {"AM2301": {"Temperature": 20.1}},
    "stat/thermo/STATUS10": {"StatusSNS": {"AM2301": {"Temperature": 20.1}}},
    "tele/shutters/LWT": "Online",
    "garden/light/state": {"state": "ON", "brightness": 12},
    "garage/door/position": 30,
    "cellar": {"window": {"is open": True}},
    "heater/switch/relay/state": "ON",
}
ASKED: dict[str, Any] = {
    topic: {
        **{"siteId": "kitchen", "input": "turn on the lamp", "text": "Hello", "id": "1", "sessionId": "s"},
        **{"init": {"type": "action", "text": "Yes?"}, "intentFilter": ["HassTurnOn"]},
    }
    for topic in TOPICS
}
TEMPLATED: dict[str, Any] = {
    "homeassistant/light/templates/config": {
        **{"schema": "template", "name": "Reading lamp", "unique_id": "t1", "command_topic": "t/light/set"},
        **{"state_topic": "t/light", "state_template": "{{ value_json.state }}"},
        "command_on_template": '{"on": true{% if brightness is defined %}, "b": {{ brightness }}{% endif %}}',
        "command_off_template": '{"on": false}',
        "brightness_template": "{{ value_json.b | int }}",
    },
    "homeassistant/cover/templates/config": {
        **{"name": "Blind", "unique_id": "t2", "command_topic": "t/cover/set", "state_topic": "t/cover"},
        **{"set_position_topic": "t/cover/go", "set_position_template": "{{ 100 - position }}"},
        **{"position_topic": "t/cover", "position_template": "{{ 100 - (value | int) }}"},
        "value_template": "{{ value_json.moving | default('stopped') }}",
    },
    "homeassistant/climate/templates/config": {
        **{"name": "Heater", "unique_id": "t3", "temperature_command_topic": "t/heat/set"},
        **{"temperature_command_template": '{"t": {{ value }}}', "temperature_state_topic": "t/heat"},
        **{"temperature_state_template": "{{ value_json.t }}", "current_temperature_topic": "t/heat"},
        "current_temperature_template": "{{ value_json.now | round(1) }}",
    },
    "homeassistant/switch/templates/config": {
        **{"name": "Plug", "unique_id": "t4", "command_topic": "t/plug/set", "state_topic": "t/plug"},
        **{"command_template": '{"cmd": "{{ value }}"}', "value_template": "{{ value_json['state'] }}"},
    },
    "t/light": {"state": "on", "b": 20},
    "t/cover": {"moving": "opening", "position": 30},
    "t/heat": {"t": 21, "now": 19.44},
    "t/plug": {"state": "ON"},
}
"""What is announced with templates, and the states that they are for."""
HOSTILE = (
    *("{% for i in range(10**9) %}{{ i }}{% endfor %}", "{{ range(10**9) | list }}", "{{ 9 ** 9 ** 9 }}"),
    *("{{ 'a' * 10**9 }}", "{{ ('a' * 10**5) | replace('a', 'b' * 10**5) }}", "{{ '%1000000000d' % 1 }}"),
    *("{{ '{:1000000000}'.format(1) }}", "{{ ['a' * 10**6] * 10**6 }}", "{{ 'a' | center(10**9) }}"),
    *("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% set x = namespace(v=1) %}{{ x.v.__class__ }}"),
    *(
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ self.__init__.__globals__ }}",
        "{{ lipsum(10**6) }}",
    ),
    *(
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}{{ os }}",
        "{{ cycler.__init__.__globals__.os }}",
    ),
    *("{{ value | attr('__class__') }}", "{{ value_json.__class__.__base__ }}", "{{ states('lock.door') }}"),
    *(
        "{% set s = 'a' %}" + "{% set s = s ~ s %}" * 40 + "{{ s }}",
        "{{ (1).__class__ }}",
        "{{ namespace() }}",
    ),
    *(
        "{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}",
        "{{ value " + "| upper " * 3000 + "}}",
        "{% raw %}{{",
        "{{",
    ),
    *("{{ value | regex_replace('(a+)+$', '') }}", "{{ 'a' * 30 ~ 'b' is match('(a+)+$') }}", "{{ 1 / 0 }}"),
    *(
        "{% while true %}{% endwhile %}",
        "{{ 'x' | wordwrap(0) }}",
        "{{ [1] | batch(0) | list }}",
        "{{ 1e400 }}",
    ),
    *("{{ range(10**8) | sum }}", "{{ range(10**8) | map('string') | join }}", "{{ 'a' | indent(10**9) }}"),
    *("{{ 'a'.ljust(10**9) }}", "{{ ''.join(['a'] * 10**8) }}", "{{ ['a', 'b'] | join('c' * 10**8) }}"),
    *("{{ 'a' | truncate(10**9, true, 'b' * 10**8) }}", "{{ value_json | tojson(indent=10**8) }}"),
    *(
        "{{ '{0.__class__.__mro__}'.format(1) }}",
        "{{ '%s' * 10**8 }}",
        "{{ [3, 1] | sort(attribute='__class__') }}",
    ),
    *(
        "{{ [1] | map(attribute='__class__') | list }}",
        "{{ dict.__subclasses__() }}",
        "{{ joiner.__init__ }}",
    ),
    *("{% block a %}{{ self.a() }}{% endblock %}", "{% extends value %}", "{% debug %}", "{{ request }}"),
    *(
        "{% if true %}" * 3000,
        "{{ " + "[" * 3000,
        "{{ " + "-" * 5000 + "1 }}",
        "{{ " + "not " * 5000 + "1 }}",
    ),
    *(
        "{{ ('[' * 10**5) | from_json }}",
        "{{ value | timestamp_custom('%Y' * 10**6) }}",
        "{{ 0.1 ** 10**9 }}",
    ),
    *("{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}", "{% set ns.x = 1 %}", "{{ value * value }}"),
)
"""Templates that loop, allocate or reach for what is not theirs, if they are let."""
KNOWN: dict[str, Any] = {**FIXTURES, **STATES, **OWN, **ASKED, **TEMPLATED}
EVIL: list[Any] = [
    *("", " ", "\0", "a/+/#", "../..", "{{ value_json.x }}", "{% for a in b %}", "{name}", "[the] {area}"),
    *(
        "(a|b)",
        "<all>",
        "lamp|door",
        "front door lock",
        "a\nb",
        "\ud800",
        "ÿ",
        "מנורה",
        "灯",
        "½",
        "x" * 3000,
    ),
    *("a\x1fb", "a\x85b", "a\ufffeb", "$CONTROL/x", "$share/all/x", "~/x", "/".join("a" * 250)),
    *(None, True, -1, 0, 1e308, 10**400, float("nan"), float("inf"), [], {}, [[[]]], {"": None}, "ON", "OFF"),
]


def broken(content: Any, rng: random.Random) -> Any:
    """`content` with some parts replaced by others that are not expected there."""
    if rng.random() < 0.06:
        return rng.choice(EVIL)
    if isinstance(content, dict):
        return {
            (str(rng.choice(EVIL)) if rng.random() < 0.03 else key): (
                rng.choice(HOSTILE)
                if key.endswith(("template", "tpl")) and rng.random() < 0.2
                else broken(value, rng)
            )
            for key, value in content.items()
        }
    if isinstance(content, list):
        return [broken(value, rng) for value in content]
    return content


def mangled(text: bytes, rng: random.Random) -> bytes:
    """Cut off, with some bytes changed, or nested too deeply."""
    at = rng.randrange(len(text) + 1)
    return rng.choice(
        (
            text[:at],
            text[:at] + rng.randbytes(rng.randrange(4)) + text[at:],
            b"[" * 5000 + text,
            b'{"a":' * 2000 + text,
        )
    )


def message(rng: random.Random) -> Message:
    topic = rng.choice([*KNOWN])
    content = broken(KNOWN[topic], rng)
    if topic in FIXTURES and rng.random() < 0.3:
        kind, end = (
            rng.choice(("homeassistant/light", "homeassistant/switch/x", "tasmota/discovery")),
            "config",
        )
        topic = f"{kind}/{rng.randrange(60)}/{end}"
    plain = isinstance(content, str) and rng.random() < 0.8
    text = (content if plain else json.dumps(content)).encode("utf-8", "surrogatepass")
    return topic, mangled(text, rng) if rng.random() < 0.1 else text


def batches(size: int) -> st.SearchStrategy[list[Message]]:
    """`size` messages that are what belongs there, broken, and some of anything at all."""
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
        max_leaves=12,
    )
    anything = st.binary(max_size=60) | values.map(lambda value: json.dumps(value).encode())
    strays = st.lists(st.tuples(st.sampled_from([*KNOWN]), anything), min_size=3, max_size=3)

    def mixed(seed: int, others: list[Message]) -> list[Message]:
        rng = random.Random(seed)
        return [*others, *(message(rng) for _ in range(size - len(others)))]

    return st.builds(mixed, st.integers(0, 2**32), strays)
