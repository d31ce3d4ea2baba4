"""Templates from the network make what Home Assistant makes of them, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from device.appliances.rendering import TemplateError, render, value

DATA: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "templates.yaml").read_text("utf-8"))
GROWING = {
    "text": "{% set s = value %}" + "{% set s = s ~ s %}" * 60 + "{{ s }}",
    "sum": "{% set s = value %}" + "{% set s = s + s %}" * 60 + "{{ s }}",
    "list": "{% set l = [1] %}" + "{% set l = [l, l] %}" * 60 + "{{ l }}",
    "compared": "{% set l = [1] %}{% set m = [1] %}"
    + "{% set l = [l, l] %}{% set m = [m, m] %}" * 60
    + "{{ l == m }}",
    "number": "{% set x = 9 %}" + "{% set x = x * x %}" * 60 + "{{ x }}",
    "mapping": "{% set d = {'a': 1} %}" + "{% set d = {'a': d, 'b': d} %}" * 60 + "{{ d | tojson }}",
    "brackets": "{{ " + "(" * 1500 + "1" + ")" * 1500 + " }}",
    "signs": "{{ " + "-" * 3000 + "1 }}",
    "filters": "{{ value" + " | replace('a', 'aa')" * 150 + " }}",
    "methods": "{{ value" + ".replace('a', 'aa')" * 150 + " }}",
    "conditions": "{% if 1 %}" * 200 + "{% endif %}" * 200,
    "length": "x" * 5000,
}


@pytest.mark.parametrize("case", DATA["rendered"], ids=lambda case: case["template"])
def test_what_it_makes(case: dict[str, Any]) -> None:
    assert render(case["template"], case.get("given", {})) == case["makes"]


@pytest.mark.parametrize("case", DATA["picked"], ids=lambda case: case["template"])
def test_what_it_picks_from_a_message(case: dict[str, Any]) -> None:
    if case["picks"] is None:
        with pytest.raises(TemplateError):
            value(case["template"], case["message"])
    else:
        assert value(case["template"], case["message"]) == case["picks"]


@pytest.mark.parametrize("template", [*DATA["hostile"], *GROWING.values()], ids=[*DATA["hostile"], *GROWING])
def test_a_hostile_one_is_refused_at_once(template: str) -> None:
    began = time.perf_counter()
    with pytest.raises(TemplateError) as error:
        render(template, {"value": "aaaa" * 50, "value_json": {"a": [1, 2]}})
    assert time.perf_counter() - began < 1
    assert "\n" not in str(error.value)


def test_there_are_enough_hostile_ones() -> None:
    assert len(DATA["hostile"]) + len(GROWING) >= 50
