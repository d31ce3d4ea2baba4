"""Commands and what the appliances report of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from device.appliances.actions import Action, Do
from device.appliances.devices import Device
from device.appliances.expectations import expectation, met
from device.appliances.generic import Reading
from device.channels.steps import Due, Told
from device.daemon.confirming import PATIENCE, Awaited, Confirming
from device.dialogue.exchange import Exchange
from device.events import Confirmation, Intent, Outcome, Question, Reply, Turn
from device.home.model import Home
from device.mqtt.client import Receipt
from device.mqtt.connection import Asker, Fate
from tests.device import fakes
from tests.device.talking import outcome_of
from tests.device.trial import Broker

HOME = Home.load()


def turn(home: Home, intent: str, **slots: object) -> Turn:
    """A turn with this intent, in the example home."""
    (made,) = fakes.assistant((1.0,), ["turn on the lamp"]).turns(fakes.audio(4))
    outcome = outcome_of(home, Intent(intent, slots, 1.0))
    assert outcome.fine
    return replace(made, outcome=outcome)


def concluded(awaited: Awaited[Turn], now: float) -> Turn:
    done = awaited.concluded(now)
    assert done is not None
    return done


@pytest.fixture
def home() -> Home:
    return Home(HOME.layout)


def lamp(home: Home) -> str:
    return next(device.name for device in home.layout.devices if device.kind == "light")


def test_a_report_of_what_was_asked_confirms_at_once(home: Home) -> None:
    name = lamp(home)
    awaited = Awaited(turn(home, "HassTurnOn", name=name), home.state, now=0.0)
    assert awaited.concluded(0.1) is None
    home.state.update(name, {"on": True})
    done = concluded(awaited, 0.2)
    assert done.confirmation is Confirmation.CONFIRMED
    assert done.reply.startswith("Turned on the")


def test_without_a_report_it_does_not_answer(home: Home) -> None:
    name = lamp(home)
    home.state.update(name, {"on": True})  # told before; says nothing of the command
    awaited = Awaited(turn(home, "HassTurnOn", name=name), home.state, now=0.0)
    home.state.update(name, {"reachable": True})
    assert awaited.concluded(PATIENCE - 0.1) is None
    done = concluded(awaited, PATIENCE)
    assert done.confirmation is Confirmation.UNCONFIRMED
    assert done.reply == f"The {name} does not answer"


def test_another_report_is_not_the_end_until_time_is_up(home: Home) -> None:
    name = lamp(home)
    awaited = Awaited(turn(home, "HassTurnOn", name=name), home.state, now=0.0)
    home.state.update(name, {"on": False})
    assert awaited.concluded(1.0) is None
    failed = concluded(awaited, PATIENCE)
    assert failed.confirmation is Confirmation.FAILED
    assert failed.reply == f"The {name} did not do it"


def test_all_of_several_must_report(home: Home) -> None:
    awaited = Awaited(turn(home, "HassTurnOff", domain="light"), home.state, now=0.0)
    lights = [device.name for device in home.layout.devices if device.kind == "light"]
    assert len(lights) > 1
    for name in lights[:-1]:
        home.state.update(name, {"on": False})
    assert awaited.concluded(1.0) is None
    assert concluded(awaited, PATIENCE).reply == f"The {lights[-1]} does not answer"


def test_what_was_not_sent_has_failed_and_says_so(home: Home) -> None:
    awaited = Awaited(turn(home, "HassTurnOn", name=lamp(home)), home.state, now=0.0)
    awaited.receipt = Receipt((), awaited.source.commands)
    failed = concluded(awaited, 0.0)
    assert failed.confirmation is Confirmation.FAILED
    assert "could not be sent" in failed.reply


def test_given_up_at_the_end_it_stands_as_it_is(home: Home) -> None:
    awaited = Awaited(turn(home, "HassTurnOn", name=lamp(home)), home.state, now=0.0)
    assert awaited.given_up().confirmation is Confirmation.UNCONFIRMED
    awaited.receipt = Receipt((), awaited.source.commands)
    assert awaited.given_up().confirmation is Confirmation.FAILED
    assert Awaited(turn(home, "HassGetCurrentTime"), home.state, now=0.0).given_up().confirmation is None


def test_dark_is_off(home: Home) -> None:
    name = lamp(home)
    awaited = Awaited(turn(home, "HassLightSet", name=name, brightness=0), home.state, now=0.0)
    home.state.update(name, {"on": False, "brightness": 78})
    assert concluded(awaited, 0.1).confirmation is Confirmation.CONFIRMED


def test_who_tells_only_of_changes_is_not_waited_for_in_vain() -> None:
    told = {"readings": (Reading("x/state", "on", true=("ON",), false=("OFF",)),)}
    light = Device("desk lamp", "light", "mqtt", "x/set", native=told)
    assert expectation(light, [Action(Do.ON)], {"on": True}) is None
    switched = expectation(light, [Action(Do.ON)], {"on": False})
    assert switched is not None
    assert switched.key == "on"
    dimmed = expectation(light, [Action(Do.BRIGHTNESS, 40)], {"on": False})
    assert dimmed is not None
    assert dimmed.key is None  # it never tells its brightness


def test_what_expects_nothing_does_not_wait(home: Home) -> None:
    done = concluded(Awaited(turn(home, "HassGetCurrentTime"), home.state, now=0.0), 0.0)
    assert done.confirmation is None


@pytest.mark.parametrize(
    ("before", "action", "report", "fits"),
    [
        ({"position": 100}, Action(Do.OFF), {"position": 0}, True),
        ({"position": 100}, Action(Do.OFF), {"position": 97}, True),  # it is under way
        ({"position": 100}, Action(Do.OFF), {"position": 100}, False),
        ({"position": 100}, Action(Do.OFF), {"position": 100, "aim": 0}, True),
        ({"position": 40}, Action(Do.OFF), {"position": 60}, False),
        ({"position": 0}, Action(Do.ON), {"position": 0}, False),
        ({"position": 0}, Action(Do.ON), {"position": 5}, True),
        ({"position": 0, "aim": 0}, Action(Do.POSITION, 50), {"position": 10, "aim": 10}, True),
        ({"position": 100}, Action(Do.POSITION, 50), {"position": 100}, False),
        ({"open": True}, Action(Do.OFF), {"open": False}, True),
        ({"open": True}, Action(Do.OFF), {"open": True}, False),
        ({}, Action(Do.OFF), {"open": True}, True),  # nobody knows where it was
    ],
)
def test_covers_are_to_get_nearer(
    before: dict[str, float], action: Action, report: dict[str, float], fits: bool
) -> None:
    blinds = Device("blinds", "cover", "zigbee2mqtt", "z/blinds", can=frozenset({"position"}))
    expected = expectation(blinds, [action], before)
    assert expected is not None
    assert met(expected, {**before, **report}) == fits


def test_a_colour_is_expected_to_shine_and_a_brightness_to_be_told() -> None:
    light = Device("lamp", "light", "zigbee2mqtt", "z/lamp")
    shining = expectation(light, [Action(Do.COLOR, "red")], {"on": True})
    assert shining is not None
    assert (shining.key, shining.value) == ("on", True)
    both = expectation(light, [Action(Do.BRIGHTNESS, 40), Action(Do.COLOR, "red")], {"on": True})
    assert both is not None
    assert (both.key, both.value) == ("brightness", 40)


@pytest.mark.parametrize(
    ("kind", "action", "report", "fits"),
    [
        ("light", Action(Do.BRIGHTNESS, 40), {"on": True, "brightness": 39}, True),
        ("light", Action(Do.BRIGHTNESS, 40), {"on": True, "brightness": 100}, False),
        ("climate", Action(Do.TEMPERATURE, 21.5), {"target": 21.5, "temperature": 18}, True),
        ("climate", Action(Do.TEMPERATURE, 21), {"target": 19}, False),
        ("climate", Action(Do.TEMPERATURE, 21), {"target": 20.5}, False),
        ("climate", Action(Do.TEMPERATURE, 21), {"target": 21.2}, True),
        ("cover", Action(Do.POSITION, 50), {"position": 97}, True),  # it was nowhere before
    ],
)
def test_numbers_may_be_a_step_off(
    home: Home, kind: str, action: Action, report: dict[str, float], fits: bool
) -> None:
    device = next(device for device in home.layout.devices if device.kind == kind)
    expected = home.expectation(device, [action])
    assert expected is not None
    told = replace(turn(home, "HassGetCurrentTime"), outcome=Outcome((), Reply("Done"), (expected,)))
    awaited = Awaited(told, home.state, 0.0)
    home.state.update(device.name, report)
    assert (awaited.concluded(0.1) is not None) == fits


@dataclass
class Message:
    """A delivery whose fate the test decides."""

    fate: Fate = Fate.OPEN


def sent(home: Home, intent: str, **slots: Any) -> tuple[Awaited[Turn], Message]:
    awaited, message = Awaited(turn(home, intent, **slots), home.state, now=0.0), Message()
    deliveries = (message,) * len(awaited.source.commands)
    awaited.receipt = Receipt(awaited.source.commands, (), deliveries)  # type: ignore[arg-type]
    return awaited, message


def test_what_does_not_report_is_done_when_the_broker_has_it(home: Home) -> None:
    awaited, message = sent(home, "HassTurnOn", name=lamp(home))
    awaited._waits, awaited._open = False, {}
    assert awaited.concluded(0.1) is None
    message.fate = Fate.ARRIVED
    assert awaited.concluded(0.2) == awaited.source


@pytest.mark.parametrize(
    ("fate", "reply", "dropped"),
    [
        (Fate.REFUSED, "Sorry, that could not be sent", True),
        (Fate.LOST, "Sorry, that may not have arrived", False),
        (Fate.OPEN, "Sorry, that may not have arrived", False),
    ],
)
def test_what_did_not_arrive_has_failed(home: Home, fate: Fate, reply: str, dropped: bool) -> None:
    awaited, message = sent(home, "HassTurnOn", name=lamp(home))
    message.fate = fate
    told = awaited.concluded(PATIENCE)
    assert told is not None
    assert (told.confirmation, told.reply) == (Confirmation.FAILED, reply)
    assert bool(awaited.dropped) == dropped


def test_turns_are_told_one_after_the_other_with_who_asked_for_them(home: Home) -> None:
    confirming, name = Confirming(Broker(), home.state), lamp(home)
    first, second = turn(home, "HassTurnOn", name=name), turn(home, "HassGetCurrentTime")
    confirming.send(first, 0.0, Asker("panel"))
    confirming.send(second, 0.5)
    assert confirming.waits
    assert list(confirming.concluded(1.0)) == [], "the second waits for the first"
    home.state.update(name, {"on": True})
    told = list(confirming.concluded(1.1))
    assert [(one.turn.confirmation, one.asker) for one in told if isinstance(one, Told)] == [
        (Confirmation.CONFIRMED, Asker("panel")),
        (None, None),
    ]
    assert not confirming.waits


def test_at_the_end_all_are_told(home: Home) -> None:
    confirming, made = (
        Confirming(Broker(reachable=False), home.state),
        turn(home, "HassTurnOn", name=lamp(home)),
    )
    confirming.send(made, 0.0)
    (told,) = confirming.given_up()
    assert isinstance(told, Told)
    assert told.dropped == made.commands
    assert not confirming.waits


def test_what_was_asked_in_the_same_breath_is_still_asked(home: Home) -> None:
    made = turn(home, "HassTurnOn", name=lamp(home))
    question = Question("Shall I lock the door?", Intent("HassTurnOn", {}, 1.0), "confirmation")
    asking = replace(made, outcome=replace(made.outcome, question=question, fine=False))
    done = concluded(Awaited(asking, home.state, now=0.0), PATIENCE)
    assert done.reply == f"The {lamp(home)} does not answer. Shall I lock the door?"
    assert done.outcome.question == question


def test_what_falls_due_does_not_wait_for_turns(home: Home) -> None:
    confirming = Confirming(Broker(), home.state)
    confirming.send(turn(home, "HassTurnOn", name=lamp(home)), 0.0)
    confirming.send_due(Exchange(None, (), Outcome(reply=Reply("Your timer is done"))), 0.0)
    (due,) = confirming.concluded(0.1)
    assert isinstance(due, Due)
    assert confirming.waits
