from __future__ import annotations

import pytest

from device.appliances.rendering import TemplateError
from device.speaking.rendering import check, render


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("plain", "plain"),
        ("{{ item }} on {{list}}", "milk on shopping list"),
        ("{{ slots.item }}", "milk"),
        ("{{ item | upper }}", "MILK"),
        ("{% if count > 1 %}several{% else %}one{% endif %}", "several"),
        ("{% if 'size' in slots %}{{ size }}{% else %}small{% endif %}", "small"),
        ("  {{ slots.get('size', 'small') }}\n  {{ item }} ", "small milk"),
        ("100 % { } }}", "100 % { } }}"),
    ],
)
def test_slots_are_filled_in(template: str, text: str) -> None:
    check(template)
    assert render(template, {"item": "milk", "list": "shopping list", "count": 2}) == text


@pytest.mark.parametrize(
    "template",
    [
        "{{ nothing }}",
        "{{ slots.nothing }}",
        "{{ state.name | upper }}",
        "{{ 1 / 0 }}",
        "{{ item + 1 }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ slots.update({'item': 'x'}) }}",
        "{% for n in range(100000000) %}x{% endfor %}",
        "{{ 'x' * 3000 }}",
    ],
)
def test_what_fails_says_so(template: str) -> None:
    with pytest.raises(TemplateError) as error:
        render(template, {"item": "milk"})
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("template", ["{{ item", "{% if %}", "{% endif %}", "{{ item | nofilter }}"])
def test_what_is_malformed_is_found_before(template: str) -> None:
    with pytest.raises(TemplateError):
        check(template)
