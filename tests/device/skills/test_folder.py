"""Skills of the user's own: folders of YAML."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from device.assembly.chatting import Chat
from device.assembly.stories import play, read
from device.cli import main
from device.errors import MynahError
from device.events import Intent
from device.home.model import Home
from device.settings import DEVICE, Settings, SkillSettings
from device.skills import folder
from device.skills.skill import World

EXAMPLE = DEVICE.parent / "docs" / "examples" / "skill"
SENTENCES = """language: en
intents:
  Brew:
    data:
      - sentences: ["brew {drink}"]
lists:
  drink: {values: [tea, coffee]}
"""
SKILL = "intents:\n  Brew:\n    command: {topic: kitchen/brew, payload: '{{ drink }}'}\n    reply: brewing\n"
REPLIES = 'brewing: "Brewing {{ drink }}"\n'


def make(path: Path, **files: str) -> Path:
    path.mkdir(exist_ok=True)
    for name, text in {"sentences": SENTENCES, "skill": SKILL, "replies": REPLIES, **files}.items():
        if text:
            (path / f"{name}.yaml").write_text(text)
    return path


def chat(*folders: Path) -> Chat:
    return Chat.of(Settings(skills=SkillSettings(folders)), "2026-03-02T18:00")


def said(talk: Chat, text: str) -> tuple[list[tuple[str, object]], str]:
    outcome = talk.say(text).outcome
    return [(command.topic, command.payload) for command in outcome.commands], outcome.reply.text


@pytest.mark.parametrize("story", read(EXAMPLE / "stories.yaml"), ids=lambda story: story.name)
def test_the_example_of_the_docs(story: object) -> None:
    settings = Settings(skills=SkillSettings((EXAMPLE,)))
    assert list(play(story, settings)) == []  # type: ignore[arg-type]


def test_the_example_is_what_the_docs_show() -> None:
    text = (DEVICE.parent / "docs" / "SKILLS.md").read_text("utf-8")
    shown = [
        block.partition("\n")[2].rstrip()
        for block in text.split("```yaml")[1:]
        for block in [block.split("```")[0]]
    ]
    for name in ("sentences", "skill", "replies"):
        lines = (EXAMPLE / f"{name}.yaml").read_text("utf-8").splitlines()
        assert "\n".join(line for line in lines if not line.startswith("#")) in "\n\n".join(shown)


def test_stories_are_played_by_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["stories", str(EXAMPLE)]) == 0
    assert capsys.readouterr().out == "3 stories, 0 problems\n"
    story = "- story: wrong\n  turns: [{say: brew tea, reply: Coffee}]\n"
    assert main(["stories", str(make(tmp_path / "tea", stories=story))]) == 1
    assert "'brew tea': says ['Brewing tea'], not 'Coffee'" in capsys.readouterr().out


def test_a_message_and_a_reply(tmp_path: Path) -> None:
    assert said(chat(make(tmp_path)), "brew tea") == ([("kitchen/brew", "tea")], "Brewing tea")


def test_lists_and_rules_of_a_skill_are_its_own(tmp_path: Path) -> None:
    other = SENTENCES.replace("Brew", "Paint").replace("brew", "paint it").replace("tea, coffee", "red, blue")
    tea = make(tmp_path / "tea")
    paint = make(tmp_path / "paint", sentences=other, skill=SKILL.replace("Brew", "Paint"))
    talk = chat(tea, paint)
    assert said(talk, "brew tea")[1] == "Brewing tea"
    assert said(talk, "paint it red")[1] == "Brewing red"
    assert said(talk, "brew red")[0] == []


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"sentences": ""}, "there is no sentences.yaml"),
        ({"sentences": SENTENCES.replace("{drink}", "{drnk}")}, "sentences.yaml:5: unknown list {drnk}"),
        ({"sentences": SENTENCES + "extra: 1\n"}, "sentences.yaml:8: unknown key 'extra'"),
        (
            {"skill": SKILL.replace("Brew", "Brow")},
            "skill.yaml:2: no sentence means 'Brow'; did you mean 'Brew'?",
        ),
        (
            {"skill": SKILL.replace("reply:", "replies:")},
            "skill.yaml:4: unknown key of Brew 'replies'; did you mean 'reply'?",
        ),
        ({"skill": SKILL.replace("brewing", "brwing")}, "skill.yaml:4: no reply is called 'brwing'"),
        ({"skill": SKILL.replace("}}", "}")}, "skill.yaml:3: the payload is not a template"),
        ({"skill": SKILL.replace("kitchen/brew", "'kitchen/#'")}, "skill.yaml:3: the topic is 'kitchen/#'"),
        ({"skill": "intents: {Brew: {}}\n"}, "Brew has neither a command nor a reply"),
        ({"skill": ""}, "Brew does nothing"),
        ({"replies": "brewing: '{{ drink'\n"}, "replies.yaml:1: the reply 'brewing' is not a template"),
        ({"skill": "intents: ["}, "not valid YAML"),
    ],
)
def test_what_is_wrong_is_one_line_and_the_others_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, files: dict[str, str], problem: str
) -> None:
    good = make(
        tmp_path / "good",
        sentences=SENTENCES.replace("Brew", "Cook").replace("brew", "cook"),
        skill=SKILL.replace("Brew", "Cook"),
    )
    talk = chat(make(tmp_path / "bad", **files), good)
    [line] = caplog.messages
    assert problem in line
    assert "\n" not in line
    assert said(talk, "cook tea")[1] == "Brewing tea"
    assert said(talk, "turn on the kitchen lamp")[1] == "Turned on the kitchen lamp"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MynahError, match=r"no such folder; check skills\.folders"):
        folder.read(tmp_path / "nothing")


@pytest.mark.parametrize("intent", ["HassTurnOn", "Brew"])
def test_an_intent_has_one_owner(tmp_path: Path, caplog: pytest.LogCaptureFixture, intent: str) -> None:
    first = make(tmp_path / "first")
    second = make(
        tmp_path / "second", sentences=SENTENCES.replace("Brew", intent), skill=SKILL.replace("Brew", intent)
    )
    assert said(chat(first, second), "brew tea")[1] == "Brewing tea"
    assert f"{intent} belongs to" in caplog.messages[0]


def test_a_reply_that_fails_is_replaced_and_a_message_that_fails_is_not_sent(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    talk = chat(make(tmp_path / "a", replies='brewing: "{{ milk }}"\n'))
    assert said(talk, "brew tea") == ([("kitchen/brew", "tea")], "OK")
    talk = chat(make(tmp_path / "b", skill=SKILL.replace("drink", "milk")))
    assert said(talk, "brew tea") == ([], "Sorry, something went wrong with that")
    assert len(caplog.records) == 2


def test_what_goes_to_a_lock_wants_to_be_sure(tmp_path: Path) -> None:
    path = make(tmp_path, skill=SKILL.replace("kitchen/brew", "zigbee2mqtt/front door lock/set"))
    handle = folder.read(path).handlers["Brew"]
    world = World(Home.load(), datetime.datetime(2026, 3, 2))
    doubtful = handle(Intent("Brew", {"drink": "tea"}, 0.8), world)
    assert (doubtful.commands, doubtful.question is not None) == ((), True)
    assert len(handle(Intent("Brew", {"drink": "tea"}, 0.95), world).commands) == 1
