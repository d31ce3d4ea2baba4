"""Questions that are handed to a person: kept, sent, answered, and kept for the next time."""

from __future__ import annotations

import json
import smtplib
from pathlib import Path

import pytest

from device.assembly.documents import index_of, make_papers
from device.commands import desk as command
from device.desk import faq, mail
from device.desk.clerk import Clerk
from device.desk.handed import ANSWERED, CLOSED, OPEN, Answered, Handed, answer_of
from device.desk.store import FILE, MOST_OPEN, ended, lapsed, listed
from device.errors import UsageError
from device.knowledge.documents import indexing
from device.knowledge.documents.markdown import markdown_blocks
from device.knowledge.documents.papers import is_answer
from device.settings import DeskSettings, Settings

LOUD = Handed("0a1b", 1e9, "Mum", "how loud is it", (("turn on the fan", "I turned on the fan"),))


def clerk(folder: Path, lines: list[str], send: object = None) -> Clerk:
    return Clerk(folder, send or (lambda handed: None), lines.append)  # type: ignore[arg-type]


def test_a_question_is_kept_sent_once_and_answered(tmp_path: Path) -> None:
    sent: list[Handed] = []
    lines: list[str] = []
    one = clerk(tmp_path, lines, sent.append)
    one.take(LOUD)
    one.work()
    one.work()
    [kept] = listed(tmp_path / FILE)
    assert (sent, kept.state, kept.sent, kept.context) == ([LOUD], OPEN, True, LOUD.context)
    one.take(ended(LOUD, "Very loud", True, 1e9 + 60))
    one.work()
    [kept] = listed(tmp_path / FILE)
    assert (kept.state, kept.answer, set(lines)) == (ANSWERED, "Very loud", {""})
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    text = (tmp_path / faq.FOLDER / faq.FILE).read_text("utf-8")
    assert "## How loud is it?\n\nVery loud\n\n\\(Mum" in text.replace("(Mum", "\\(Mum")


def test_what_cannot_be_sent_waits(tmp_path: Path) -> None:
    def fail(handed: Handed) -> None:
        raise OSError("no broker")

    lines: list[str] = []
    one = clerk(tmp_path, lines, fail)
    one.take(LOUD)
    one.work()
    assert lines == ["a question cannot be sent and waits: no broker"]
    assert [kept.sent for kept in listed(tmp_path / FILE)] == [False]


def test_a_database_that_is_none_is_one_line_and_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"torn" * 300)
    lines: list[str] = []
    one = clerk(tmp_path, lines)
    one.take(LOUD)
    one.work()
    assert str(tmp_path / FILE) in lines[-1]
    (tmp_path / FILE).unlink()
    one.work()
    assert [kept.id for kept in listed(tmp_path / FILE)] == [LOUD.id]


def test_an_entry_is_text_whatever_a_person_writes(tmp_path: Path) -> None:
    wild = ended(LOUD, "# Heading\n\n- <script>x</script> *a* 1. [b](c)", True, 1e9)
    faq.keep(tmp_path, wild)
    faq.keep(tmp_path, ended(LOUD, "1. one", True, 1e9))
    blocks = list(markdown_blocks((tmp_path / faq.FILE).read_text("utf-8")))
    kinds = [type(block).__name__ for block in blocks]
    assert kinds == ["Heading"] + ["Heading", "Paragraph", "Paragraph"] * 2


def test_old_questions_and_too_many_are_closed() -> None:
    many = [Handed(str(number), 1e9 + number, "Mum", "x") for number in range(MOST_OPEN + 2)]
    assert [(one.id, one.state) for one in lapsed(many, 1e9 + 99)] == [("0", CLOSED), ("1", CLOSED)]
    assert lapsed([LOUD], 1e9 + 15 * 86400)


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        (b'{"id": "0a1b", "text": " Very\\nloud "}', Answered("0a1b", "Very loud")),
        (b'{"id": "0a1b", "text": "x", "keep": true}', Answered("0a1b", "x", True)),
        (b'{"id": "0a1b", "close": true}', Answered("0a1b")),
        (b'{"id": "0a1b", "text": ""}', "needs its"),
        (b'{"id": "0a1b", "text": 3}', "needs its"),
        (b'{"id": 3, "text": "x"}', "is JSON"),
        (b"[" * 5000, "is JSON"),
        (b"", "is JSON"),
    ],
)
def test_what_an_answer_is(payload: bytes, answer: Answered | str) -> None:
    if isinstance(answer, Answered):
        assert answer_of(payload) == answer
        return
    with pytest.raises(ValueError, match=answer):
        answer_of(payload)


@pytest.mark.parametrize(
    ("line", "sent"),
    [
        ("0a1b Very loud", {"id": "0a1b", "text": "Very loud", "keep": False}),
        ("0a1b + Very loud", {"id": "0a1b", "text": "Very loud", "keep": True}),
        ("0a1b -", {"id": "0a1b", "close": True}),
        ("0a1b", "write the answer"),
        ("77 x", "no question 77; open are: 0a1b"),
        ("done x", "is closed already"),
    ],
)
def test_what_the_person_writes(line: str, sent: dict[str, object] | str) -> None:
    handed = [LOUD, Handed("done", 1e9, "Mum", "x", state=CLOSED)]
    if isinstance(sent, dict):
        assert command.read(line, handed) == sent
        return
    with pytest.raises(UsageError, match=sent):
        command.read(line, handed)


def test_a_letter_has_the_question_and_what_was_said_before() -> None:
    desk = DeskSettings(person="Mum", sender="mynah@home.example", address="mum@home.example")
    evil = Handed("0a1b", 1e9, "Mum", "how\nBcc: x@y.example loud", LOUD.context)
    letter = mail.letter(desk, evil, "kitchen")
    assert letter["To"] == "mum@home.example"
    assert letter["Bcc"] is None
    assert "turn on the fan" in letter.get_content()
    assert json.dumps({"id": "0a1b"})[1:-1] in letter.get_content()


def test_a_password_is_in_no_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **settings: object) -> None:
        raise smtplib.SMTPAuthenticationError(535, b"secret-of-mine is wrong")

    file = tmp_path / "password"
    file.write_text("secret-of-mine\n")
    monkeypatch.setattr(smtplib, "SMTP", refuse)
    desk = DeskSettings(person="Mum", to="email", host="mail.example", password_file=file)
    with pytest.raises(OSError, match=r"mail\.example does not accept") as error:
        mail.send(desk, mail.letter(desk, LOUD, "kitchen"))
    assert "secret" not in str(error.value)
    file.unlink()
    with pytest.raises(OSError, match="cannot be read"):
        mail.send(desk, mail.letter(desk, LOUD, "kitchen"))


def test_an_answer_that_is_kept_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    faq.keep(tmp_path / faq.FOLDER, ended(LOUD, "Louder than the old one", True, 1e9))
    for problem in indexing.update(tmp_path / faq.FOLDER, index_of(tmp_path / faq.FOLDER)):
        raise AssertionError(problem)
    papers = make_papers(Settings(desk=DeskSettings(person="Mum")))
    assert papers is not None
    [found, *_] = papers.find("how loud is it")
    assert is_answer([found])
    assert " ".join(found.passage.pieces).startswith("Louder than the old one")
