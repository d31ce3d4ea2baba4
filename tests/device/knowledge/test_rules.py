"""Rules: what stories cannot say. Conditions in words, when a rule fires, what is wrong with a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from device.assembly.chatting import Chat
from device.errors import RulesError
from device.home.model import Home
from device.knowledge.facts.facts import Fact, Facts
from device.knowledge.rules import file
from device.knowledge.rules.amounts import number, seconds
from device.knowledge.rules.naming import Unclear
from device.knowledge.rules.standing import Standing, looked
from device.knowledge.rules.watching import LONGEST_CHAIN, is_time
from device.knowledge.rules.wording import read
from device.memory.rule_store import dumps, loads
from device.memory.rules import TELL, Rule, Rules
from device.settings import DEVICE, HomeSettings, KnowledgeSettings, Settings

STORIES = Path(__file__).parents[2] / "stories" / "rules"
FACTS = Facts((Fact("heater", "is on the circuit", "basement"),))


@pytest.fixture(scope="module")
def home() -> Home:
    return Home.load(STORIES / "home.toml")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("The back door is open for 10 minutes", "back door contact=open 600"),
        ("the back door has been open for longer than an hour", "back door contact=open 3600"),
        ("the back door is not locked", "back door=unlocked 0"),
        ("any window is open", "bedroom window, kitchen window=open 0"),
        ("a window upstairs is open", "bedroom window=open 0"),
        ("anything on the basement circuit is on", "heater=on 0"),
        ("there is motion in the hall", "hall motion=occupied 0"),
        ("it starts raining", "rain sensor=wet 0"),
        ("the bedroom temperature drops below 18.5 degrees", "bedroom climate=temperature<18.5 0"),
        ("it gets warmer than 25 in the bedroom", "bedroom climate=temperature>25.0 0"),
        ("the freezer rises above minus ten degrees", "freezer=temperature>-10.0 0"),
        ("the back door was not opened in the last two hours", "back door contact=never open 7200.0 0"),
    ],
)
def test_a_condition_in_words(home: Home, text: str, meant: str) -> None:
    found = read(text, home, FACTS)
    test = found.test
    match test:
        case _ if hasattr(test, "above"):
            wanted = f"{test.key}{'>' if test.above else '<'}{test.than}"  # type: ignore[union-attr]
        case _ if hasattr(test, "never"):
            wanted = f"{'never ' if test.never else ''}{test.wanted} {test.seconds}"  # type: ignore[union-attr]
        case _:
            wanted = test.wanted  # type: ignore[union-attr]
    assert f"{', '.join(found.things)}={wanted} {found.lasting:.0f}" == meant


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("the washing mashine is done", "did you mean 'washing machine'?"),
        ("the window is open", "may be bedroom window, kitchen window"),
        ("the moon is full", "is no condition that Mynah knows"),
        ("somebody is in the cellar", "no room is called 'cellar'"),
        ("the hall lamp is locked", "the hall lamp does not tell whether it is locked"),
        ("anything on the attic circuit is on", "no fact says what is on the circuit attic"),
        ("the temperature in the bedroom falls below the roof", "is no number"),
        ("the humidity in the hall rises above 70", "nothing in hall tells its humidity"),
    ],
)
def test_what_is_no_condition_here_says_why(home: Home, text: str, wrong: str) -> None:
    with pytest.raises(Unclear, match=re.escape(wrong)):
        read(text, home, FACTS)


def test_numbers_and_lengths() -> None:
    assert number("minus eighteen") == -18
    assert number("twenty one point five") == 21.5
    assert seconds("an hour and five minutes") == 3900
    assert (number("the roof"), seconds("zero minutes"), seconds("soon")) == (None, None, None)


Steps = list[tuple[float, bool | None]]


@pytest.mark.parametrize(
    ("steps", "lasting", "fires"),
    [
        ([(0, True), (1, True)], 0, []),  # found so
        ([(0, None), (1, True)], 0, []),
        ([(0, False), (1, True), (2, True)], 0, [1]),
        ([(0, False), (1, True), (2, False), (700, True)], 0, [1, 700]),
        ([(0, False), (1, True), (2, False), (3, True), (601, True)], 0, [1, 601]),  # at most once in 600 s
        ([(0, True), (9, True), (10, True), (11, True)], 10, [10]),
        ([(0, True), (9, False), (10, True), (19, True), (20, True)], 10, [20]),
    ],
)
def test_a_rule_fires_when_its_conditions_become_true(
    steps: Steps, lasting: float, fires: list[float]
) -> None:
    standing, fired = Standing(), []
    for at, truth in steps:
        look = looked(standing, [truth], (0.0, lasting), 600.0, at)
        standing = look.standing
        if look.fires:
            fired.append(at)
    assert fired == fires


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        ("2026-03-06T23:00", True),
        ("2026-03-07T05:59", True),
        ("2026-03-07T06:00", False),
        ("2026-03-07T23:00", False),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(at: str, counts: bool) -> None:
    rule = Rule("a", (), TELL, "b", between=(22 * 60, 6 * 60), days=("friday",))
    assert is_time(rule, datetime.fromisoformat(at)) is counts


def test_what_is_wrong_with_a_file_is_a_line_and_the_rest_works(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        '[[rule]]\nname = "a"\nwhen = "b is on"\ntell = "c"\n'
        '[[rule]]\nname = "d"\nwhen = "e"\nteld = "f"\n'
        '[[rule]]\nname = "g"\nwhen = "e"\ntell = "f"\ndo = "h"\n'
        '[[rule]]\nname = "a"\nwhen = "e"\ntell = "f"\n'
        '[[rule]]\nname = "i"\nwhen = "e"\ntell = "f"\nfor = "soon"\n'
        '[[rule]]\nname = "j"\nwhen = "e"\ntell = "f"\ndays = ["mondy"]\n'
        '[[rule]]\nname = "k"\nwhen = "e"\ntell = "f"\nat = "25:00"\n'
    )
    rules, faults = file.read(path)
    assert [rule.name for rule in rules] == ["a"]
    wanted = [
        "did you mean 'tell'",
        "one of tell, ask, do",
        "two rules",
        "length of time",
        "'monday'",
        "a time",
    ]
    assert len(faults) == len(wanted)
    assert all(text in fault and f"{path}:" in fault for text, fault in zip(wanted, faults, strict=True))
    path.write_text("[[rule")
    with pytest.raises(RulesError, match="not TOML"):
        file.read(path)


def test_spoken_rules_survive_on_the_disk() -> None:
    rules = Rules((Rule("tell you when a", ("a",), TELL, "A", once=True),))
    assert loads(dumps(rules)) == rules
    for torn in (b"", b'{"rules": [', b'{"rules": [{"name": 1}]}', b"[]"):
        with pytest.raises(ValueError, match="no rules"):
            loads(torn)


Chatting = Callable[[str], Chat]


@pytest.fixture
def chatting(tmp_path: Path) -> Chatting:
    """A conversation in the home of the stories, with rules."""

    def chat(rules: str) -> Chat:
        (tmp_path / "rules.toml").write_text(rules)
        known = KnowledgeSettings(rules=tmp_path / "rules.toml")
        return Chat.of(
            Settings(home=HomeSettings(file=STORIES / "home.toml"), knowledge=known), "2026-03-02T18:00"
        )

    return chat


def rule(name: str, when: str, action: str) -> str:
    return f'[[rule]]\nname = "{name}"\nwhen = {when}\n{action}\n'


@pytest.mark.parametrize(
    ("second", "fault"),
    [
        (rule("b", '"the fan is on"', 'do = "turn on the hall lamp"'), "'a' trigger one another"),
        (rule("b", '"the hall lamp is on"', 'do = "turn off the fan"'), "it contradicts 'a'"),
        (rule("b", '["the fan is on", "the fan is off"]', 'tell = "c"'), "never true at once"),
        (rule("b", '"the fan is on"', 'do = "turn on the fun"'), "rules.toml:5: the rule 'b' is left out"),
        (rule("b", '"the fan is on"', 'do = "what time is it"'), "does nothing"),
        (rule("b", '"the fan is on"', 'do = "tell me when it rains"'), "no rule may do"),
        (rule("b", '"the back door was not opened today"', 'tell = "c"'), "takes the journal"),
    ],
)
def test_what_is_wrong_with_rules_here(chatting: Chatting, second: str, fault: str) -> None:
    chat = chatting(rule("a", '"the hall lamp is on"', 'do = "turn on the fan"') + second)
    assert len(chat.faults) == 1
    assert fault in chat.faults[0]


@pytest.mark.parametrize(
    "command",
    ["lock the back door", "unlock the back door", "set the heater to 25 degrees", "turn off everything"],
)
def test_what_is_never_done_alone_is_asked(chatting: Chatting, command: str) -> None:
    chat = chatting(rule("a", '"the fan is on"', f'do = "{command}"'))
    assert chat.faults == ()
    list(chat.take('< zigbee2mqtt/fan {"state": "OFF"}'))
    [told] = chat.take('< zigbee2mqtt/fan {"state": "ON"}')
    assert told.commands == ()
    assert told.outcome.question is not None
    assert next(iter(chat.take("no"))).commands == ()


def test_a_chain_of_rules_ends(chatting: Chatting) -> None:
    lamps = ["fan", "hall lamp", "kitchen lamp", "washing machine", "hall lamp"]
    chat = chatting(
        "".join(
            rule(f"{one} to {other}", f'"the {one} is on"', f'do = "turn on the {other}"')
            for one, other in pairwise(lamps[:-1])
        )
    )
    fired = []
    for lamp in lamps[:-1]:
        list(chat.take(f'< "zigbee2mqtt/{lamp}" {{"state": "OFF"}}'))
    for lamp in lamps[:-1]:
        fired += [
            each.due.name for each in chat.take(f'< "zigbee2mqtt/{lamp}" {{"state": "ON"}}') if each.due
        ]
    assert len(fired) == LONGEST_CHAIN


def test_thousands_of_messages_tell_once(chatting: Chatting) -> None:
    chat = chatting(rule("a", '"the fan is on"', 'tell = "b"'))
    told = 0
    for each in range(2_000):
        state = "ON" if each % 2 else "OFF"
        told += len(list(chat.take(f'< zigbee2mqtt/fan {{"state": "{state}"}}')))
    assert told == 1


def test_the_example_of_the_page_works_in_its_home(chatting: Chatting) -> None:
    page = (DEVICE.parent / "docs" / "RULES.md").read_text("utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    chat = chatting(example)
    assert chat.faults == ()
    list(chat.take('< "zigbee2mqtt/hall motion" {"occupancy": false}'))
    [told] = chat.take('< "zigbee2mqtt/hall motion" {"occupancy": true}')
    assert [command.topic for command in told.commands] == ["zigbee2mqtt/hall lamp/set"]
