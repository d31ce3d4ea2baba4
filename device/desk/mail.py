"""A question as an e-mail (smtplib). It waits for the server: to be called from a thread of its own."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from device.desk.handed import Handed
from device.settings import DeskSettings

PATIENCE = 20.0
"""Seconds for which the server may be silent."""
SUBJECT = 60
"""Characters of the question in the subject."""


def letter(desk: DeskSettings, handed: Handed, home: str) -> EmailMessage:
    """What the person reads. `home`: what this Mynah is called."""
    message = EmailMessage()
    message["From"], message["To"] = desk.sender, desk.address
    message["Subject"] = " ".join(f"Question {handed.id}: {handed.text}"[: SUBJECT + 20].split())
    message["Date"], message["Message-ID"] = formatdate(handed.at, localtime=True), make_msgid(domain="mynah")
    message.set_content(body(handed, home))
    return message


def body(handed: Handed, home: str) -> str:
    """The question, what was said before it, and how to answer."""
    before = [f"  “{said}”\n  {reply}" for said, reply in handed.context]
    context = ["Said before:", *before, ""] if before else []
    how = (
        f"Answer on the topic mynah/{home}/desk/answer with"
        f' {{"id": "{handed.id}", "text": "…"}}, or with: mynah chat --desk'
    )
    return "\n".join([f"Somebody asked {home}:", "", f"  {handed.text}", "", *context, how, ""])


def send(desk: DeskSettings, message: EmailMessage) -> None:
    """Raises OSError with what is wrong; never with the password."""
    password = _password(desk.password_file)
    context = ssl.create_default_context()
    try:
        with _server(desk, context) as server:
            server.ehlo()
            if desk.port != smtplib.SMTP_SSL_PORT and (password or server.has_extn("starttls")):
                server.starttls(context=context)
            if password:
                server.login(desk.username or desk.sender, password)
            server.send_message(message)
    except smtplib.SMTPAuthenticationError as error:
        raise OSError(f"{desk.host} does not accept the name or the password ({error.smtp_code})") from None
    except smtplib.SMTPResponseException as error:
        raise OSError(f"{desk.host} refuses the mail ({error.smtp_code})") from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise OSError(f"{desk.host} takes no mail: {type(error).__name__}") from None


def _server(desk: DeskSettings, context: ssl.SSLContext) -> smtplib.SMTP:
    if desk.port == smtplib.SMTP_SSL_PORT:
        return smtplib.SMTP_SSL(desk.host, desk.port, timeout=PATIENCE, context=context)
    return smtplib.SMTP(desk.host, desk.port, timeout=PATIENCE)


def _password(file: Path | None) -> str:
    """The first line of the file; "" where none is wanted. Raises OSError."""
    if file is None:
        return ""
    try:
        password = file.read_text("utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError):
        raise OSError(f"desk.password_file: {file} cannot be read") from None
    if not password:
        raise OSError(f"desk.password_file: {file} is empty; put the password in")
    return password
