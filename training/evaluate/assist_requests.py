"""Requests and questions in made-up homes: the `assist` and `questions` data of home-assistant-datasets.

A folder with a `_fixtures.yaml` is a home: areas, devices, and entities with their states. Each other YAML
file in it lists requests: sentences, how some entities stand before, and what each sentence must change, or
what the answer must say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from device.errors import MynahError

FIXTURES = "_fixtures.yaml"
CHANGES = "expect_changes"
ANSWER = "expect_response"


@dataclass(frozen=True, slots=True)
class Report:
    """What an entity reports, in Home Assistant's words and units. A state of None is not reported."""

    state: Any = None
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Report:
        return cls(entry.get("state"), entry.get("attributes") or {})

    def updated(self, later: Report) -> Report:
        state = self.state if later.state is None else later.state
        return Report(state, {**self.attributes, **later.attributes})


@dataclass(frozen=True, slots=True)
class Area:
    name: str
    floor: str | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """`id` is Home Assistant's and begins with the domain: "light.kitchen". `area` is an area's name."""

    id: str
    name: str
    area: str | None = None
    report: Report = field(default_factory=Report)


@dataclass(frozen=True, slots=True)
class Case:
    """Sentences that must change the same things, in a home as it stands before each of them.

    `here`: the name of the area in which they are said. By the entity's id, `expected`: what it reports
    afterwards, where that differs from before; `ignored`: its attributes that are not judged, or "state".
    `answers`: texts of which the reply must have one.
    """

    file: Path
    sentences: tuple[str, ...]
    areas: tuple[Area, ...]
    entities: tuple[Entity, ...]
    expected: Mapping[str, Report] = field(default_factory=dict)
    ignored: Mapping[str, frozenset[str]] = field(default_factory=dict)
    here: str | None = None
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Fixtures:
    """A home without requests. `devices`: the area's name by the device's id."""

    areas: tuple[Area, ...]
    devices: Mapping[str, str | None]
    entities: tuple[Entity, ...]

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> _Fixtures:
        areas = {area["id"]: Area(area["name"], area.get("floor")) for area in body.get("areas", [])}
        names = {None: None, **{key: area.name for key, area in areas.items()}}
        devices = {device["id"]: names[device.get("area")] for device in body.get("devices", [])}
        entities = (
            Entity(
                entry["id"],
                entry["name"],
                names[entry["area"]] if "area" in entry else devices.get(entry.get("device")),
                Report.of(entry),
            )
            for entry in body.get("entities", [])
        )
        return cls(tuple(areas.values()), devices, tuple(entities))


def read(folder: Path, expects: str = CHANGES) -> tuple[Case, ...]:
    """The cases of every home in `folder` and below that have the key `expects`.

    Raises MynahError.
    """
    homes = sorted(folder.rglob(FIXTURES))
    if not homes:
        raise MynahError(f"{folder}: no {FIXTURES} in it or below it; name a folder of assist requests")
    return tuple(case for home in homes for case in _home(home, expects))


def _home(path: Path, expects: str) -> Iterator[Case]:
    with _form(path):
        fixtures = _Fixtures.of(_body(path))
    for file in sorted(path.parent.glob("*.yaml")):
        if not file.name.startswith("_"):
            with _form(file):
                yield from tuple(_cases(file, fixtures, expects))


def _cases(file: Path, fixtures: _Fixtures, expects: str) -> Iterator[Case]:
    for test in _body(file)["tests"]:
        if expects not in test:
            continue
        setup, expected = _reports(test, "setup"), _reports(test, CHANGES)
        ignored = {key: frozenset(names) for key, names in (test.get("ignore_changes") or {}).items()}
        _check(file, fixtures, (*setup, *expected, *ignored))
        device = test.get("context_device")
        yield Case(
            file,
            tuple(test["sentences"]),
            fixtures.areas,
            tuple(
                replace(entity, report=entity.report.updated(setup.get(entity.id, Report())))
                for entity in fixtures.entities
            ),
            expected,
            ignored,
            None if device is None else fixtures.devices[device],
            _texts(test.get(ANSWER)),
        )


def _texts(answers: Any) -> tuple[str, ...]:
    """One text, several, or none."""
    return () if answers is None else tuple(map(str, answers if isinstance(answers, list) else [answers]))


def _reports(test: Mapping[str, Any], key: str) -> Mapping[str, Report]:
    return {name: Report.of(entry) for name, entry in (test.get(key) or {}).items()}


def _check(file: Path, fixtures: _Fixtures, named: Iterable[str]) -> None:
    known = {entity.id for entity in fixtures.entities}
    if unknown := sorted(set(named) - known):
        raise MynahError(
            f"{file}: no {unknown[0]} in {FIXTURES} beside it; correct the name or add the entity"
        )


def _body(file: Path) -> Mapping[str, Any]:
    body = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(body, Mapping):
        raise TypeError(f"a mapping is expected, this is {body!r}")
    return body


@contextmanager
def _form(file: Path) -> Iterator[None]:
    """What is raised on reading a file that is not of the expected form becomes a MynahError."""
    try:
        yield
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError, KeyError, TypeError) as error:
        what = " ".join(str(error).split())
        raise MynahError(f"{file}: not a file of assist requests: {type(error).__name__} {what}") from error
