"""Where things stand in TOML and YAML, and what is said of those that are wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from device.errors import HomeError, MynahError
from device.reading import toml, yaml
from device.reading.located import Origin, Table, hint

TOML = """\
title = "home"
mqtt.host = "a"

[audio]
sounds = true  # a comment = 5

[[device]]
name = "one"
steps = [{ on = 1 }]
[device.commands]
on = 2

[[device]]
name = "two"
[[device.scene]]
[[device.scene]]
name = "x"
"""
YAML = """\
title: home
numbers:
  - 1
  - {a: on}
base: &base
  said: no
more:
  <<: *base
  true: yes
"""


def test_lines_of_toml() -> None:
    document = toml.parse(TOML, Origin("a.toml", HomeError))
    assert [document.line_of(key) for key in ("title", "mqtt", "audio", "device")] == [1, 2, 4, 7]
    assert document["mqtt"].line_of("host") == 2
    assert document["audio"].line_of("sounds") == 5
    first, second = document.sequence("device", "device").tables("a device")
    assert (first.line, first.line_of("name"), first["commands"].line) == (7, 7, 10)
    assert first["steps"][0].line == 7
    assert [scene.line for scene in second["scene"]] == [15, 16]
    assert document == {
        "title": "home",
        "mqtt": {"host": "a"},
        "audio": {"sounds": True},
        "device": [
            {"name": "one", "steps": [{"on": 1}], "commands": {"on": 2}},
            {"name": "two", "scene": [{}, {"name": "x"}]},
        ],
    }


def test_lines_of_yaml_and_words_that_are_no_booleans(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(YAML)
    document = yaml.load(file, HomeError)
    assert document == {
        "title": "home",
        "numbers": [1, {"a": "on"}],
        "base": {"said": "no"},
        "more": {"said": "no", "True": "yes"},
    }
    assert [str(where) for _, where in document.sequence("numbers", "numbers").placed()] == [
        f"{file}:3",
        f"{file}:4",
    ]
    assert document["numbers"][1].line == 4
    assert str(document["more"].place("True")) == f"{file}:9"
    file.write_text("")
    assert yaml.load(file, HomeError) == {}


def check_keys(document: Table) -> None:
    document.only(("name", "aliases"), "key in a test")


def check_list(document: Table) -> None:
    document.sequence("name", "the names")


def check_tables(document: Table) -> None:
    list(document.sequence("aliases", "the aliases").tables("an alias"))


def check_one(document: Table) -> None:
    document.one_of(document["name"], ("lamp", "fan"), "kind", "x")


@pytest.mark.parametrize(
    ("check", "content", "message"),
    [
        (check_keys, "name: a\n\nalias: b\n", "3: unknown key in a test 'alias'; did you mean 'aliases'?"),
        (check_keys, "zzz: b\n", "1: unknown key in a test 'zzz'; known are name, aliases"),
        (
            check_list,
            "a: 1\nname: {a: 1}\n",
            "2: the names must be a list (lines that begin with -), this is a",
        ),
        (check_tables, "aliases:\n- {}\n- b\n", "3: an alias must be a mapping (key: value), this is 'b'"),
        (check_one, "name: lmap\n", "1: unknown kind 'lmap' of 'x'; did you mean 'lamp'?"),
        (check_one, "name:\n", "1: 'x' has no kind; known are lamp, fan"),
        (check_one, "- a\n", "1: the file must be a mapping (key: value), this is a list"),
        (check_one, "name: &a [*a]\n", "1: not valid YAML: found unconstructable recursive node"),
        (
            check_one,
            "name: !python/name:os.system x\n",
            "1: not valid YAML: could not determine a constructor",
        ),
        (check_one, "{[a]: b}\n", "1: not valid YAML: found unhashable key"),
        (check_one, "a: \x07\n", "1: not valid YAML: "),
        (check_one, "a: 1\nb: \udcff\n", "2: not UTF-8 text; save the file as UTF-8"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(
    check: Callable[[Table], None], content: str, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(HomeError) as raised:
        check(yaml.load(file, HomeError))
    assert str(raised.value).startswith(f"{file}:{message}")
    assert "\n" not in str(raised.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(MynahError, match=r"none\.toml: cannot be read \(No such file.*\); look again"):
        toml.load(tmp_path / "none.toml", MynahError, "look again")


def test_toml_that_is_none_names_its_line() -> None:
    with pytest.raises(HomeError, match=r"^a: not TOML: .*line 2.*; a line looks like  key = "):
        toml.parse("a = 1\nb\nc = 2", Origin("a", HomeError))


def test_hints() -> None:
    assert hint("brightnes", ("color", "brightness")) == "did you mean 'brightness'?"
    assert hint(None, ()) == "known are none"
