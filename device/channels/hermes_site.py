"""One site of Hermes and its sessions: what it says as the voice loop goes on, and what others ask of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from device.channels.hermes_messages import (
    CONTINUE,
    END,
    ENDED,
    FINISHED,
    PLAY,
    PLAYED,
    QUERY,
    SAY,
    START,
    STARTED,
    Post,
    Session,
    audio_server,
    captured,
    detected,
    filtered,
    meanings,
    meant,
    who,
)
from device.events import Detection, EndpointReason, Intent, NotRecognized, Request, Transcript, Turn
from device.mqtt.payload import parsed

Understand = Callable[[Transcript], Intent | NotRecognized]

LONGEST = 500
"""Characters of a text that is looked at."""
GRACE = 1.0
"""Seconds of audio after a turn in which somebody may continue its session."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a message asks for: answers, a text to be said or a recording to be played, to be listened to.

    `ended`: what is posted once that is over. `relay`: the text is a question, and what is
    said to it is not acted on.
    """

    answers: tuple[Post, ...] = ()
    say: str = ""
    play: bytes = b""
    ended: tuple[Post, ...] = ()
    listen: bool = False
    relay: bool = False


class Site:
    """The words of one `site`, in Hermes a satellite; only what is meant for it is listened to.

    `speaks`: it has a voice of its own. Otherwise it asks others to say its texts.
    """

    def __init__(
        self,
        site: str,
        understand: Understand,
        new_id: Callable[[], str] = lambda: uuid4().hex,
        speaks: bool = False,
    ) -> None:
        """`new_id`: makes up the ids of sessions and texts."""
        self._site, self._understand, self._new_id, self._speaks = site, understand, new_id, speaks
        self.sounds = audio_server(site, PLAY, "+")
        """Where recordings come in."""
        self._session: Session | None = None  # that of the turn that goes on, or is to begin
        self._waiting = False  # its turn was asked for, and has not begun
        self._untold: deque[Session] = deque()  # those of turns that are heard but not told of
        self._ending: tuple[Session, str] | None = None  # told of, with the reason for which it will end
        self._now = self._until = 0.0
        self._last = ""
        self._own: deque[str] = deque(maxlen=8)  # texts that we asked others to say

    def begun(self, detection: Detection | None) -> tuple[Post, ...]:
        """A turn begins: after the wake word, because it was asked for, or to answer a question."""
        messages = [*self._ended()]
        if detection is not None:
            messages.append(detected(detection.name, who(self._site, None)))
        messages += self._started()
        self._waiting = False
        return (*messages, ("hermes/asr/startListening", who(self._site, self._session)))

    def asked(self, text: str) -> tuple[Post, ...]:
        """A question of somebody else is asked; its turn will begin."""
        return (*self._ended(), *self._started(), *self.said(text, self._session))

    def said(self, text: str, session: Session | None = None) -> tuple[Post, ...]:
        """Somebody else is to say `text` aloud, where this site cannot."""
        if not text or self._speaks:
            return ()
        self._own.append(number := self._new_id())
        return ((SAY, {"text": text, "lang": None, "id": number, **who(self._site, session)}),)

    def heard(self, turn: Turn) -> tuple[Post, ...]:
        """A turn's words and their meaning. Its session waits to be told how it ends, or asks on."""
        messages = [*self._ended(), *self._started()]  # a wake word may be a whole command
        session = self._session
        assert session is not None
        if turn.outcome.question is None:
            self._session = None
        self._untold.append(session)
        whose = who(self._site, session)
        messages.append(("hermes/asr/stopListening", whose))
        if (heard := turn.transcript) is not None:
            word = turn.detection.name if turn.detection else None
            messages.append(captured(heard, turn.timings.audio_s, word, whose))
            messages += [meant(heard.text, one, heard.confidence, whose) for one in _accepted(turn, session)]
        return tuple(messages)

    def told(self, turn: Turn) -> tuple[Post, ...]:
        """The reply to the turn that was heard first of those not told of yet. Its session ends after GRACE,
        unless it goes on."""
        if not self._untold:
            return ()
        session = self._untold.popleft()
        messages = self.said(turn.reply, session)
        others = {one.id for one in (*self._untold, self._session) if one is not None}
        if session.id == self._last or session.id in others:
            return messages
        reason = "nominal"
        if any(isinstance(one, NotRecognized) for one in _accepted(turn, session)):
            silent = turn.endpoint.speech_end is None or turn.endpoint.reason is EndpointReason.TIMEOUT
            reason = "timeout" if silent else "intentNotRecognized"
        before = self._ended()
        self._ending, self._until = (session, reason), self._now + GRACE
        return (*before, *messages)

    def passed(self, now: float) -> tuple[Post, ...]:
        """Audio time is `now`, in seconds."""
        self._now = now
        return self._ended() if self._ending is not None and now >= self._until else ()

    def aborted(self) -> tuple[Post, ...]:
        """The turn that went on, or was asked for, comes to nothing."""
        session, self._session, self._waiting = self._session, None, False
        return () if session is None else (self._over(session, "abortedByUser"),)

    def receive(self, topic: str, payload: bytes) -> Wish:
        """What others ask for; nothing where it is none of ours, or no JSON."""
        if topic.startswith(prefix := self.sounds.removesuffix("+")):
            finished = {"id": topic.removeprefix(prefix), "siteId": self._site}
            return Wish(play=payload, ended=((audio_server(self._site, PLAYED), finished),))
        try:
            content = parsed(payload)
        except ValueError:
            return Wish()
        if not isinstance(content, dict) or content.get("siteId", self._site) != self._site:
            return Wish()
        wishes = {
            QUERY: self._query,
            SAY: self._say,
            START: self._start,
            CONTINUE: self._continue,
            END: self._end,
        }
        return wishes[topic](content) if topic in wishes else Wish()

    def _started(self) -> tuple[Post, ...]:
        """What is said where no session is open yet: one is, from now on."""
        if self._session is not None:
            return ()
        self._session = Session(self._new_id())
        return ((STARTED, who(self._site, self._session)),)

    def _ended(self) -> tuple[Post, ...]:
        """What is said where a session was told of and has not ended: it has, from now on."""
        if self._ending is None:
            return ()
        (session, reason), self._ending = self._ending, None
        return (self._over(session, reason),)

    def _query(self, content: Mapping[str, Any]) -> Wish:
        """An intent for a text; nothing is done in the home."""
        text = content.get("input")
        if not isinstance(text, str) or not text.strip():
            return Wish()
        words = " ".join(text[:LONGEST].lower().split())
        meaning = self._understand(Transcript(words, 1.0))
        if isinstance(content.get("intentFilter"), list):
            meaning = filtered(meaning, content["intentFilter"], words)
        whose = {"siteId": self._site, "sessionId": content.get("sessionId"), "id": content.get("id")}
        return Wish(answers=(meant(words, meaning, 1.0, whose),))

    def _say(self, content: Mapping[str, Any]) -> Wish:
        text, number = content.get("text"), content.get("id")
        if not isinstance(text, str) or (isinstance(number, str) and number in self._own):
            return Wish()
        finished = {"id": number, "siteId": self._site, "sessionId": content.get("sessionId")}
        return Wish(say=text[:LONGEST], ended=((FINISHED, finished),))

    def _start(self, content: Mapping[str, Any]) -> Wish:
        """A notification is shown; an action is a text, perhaps, and then a turn. Who names the intents that
        they want asks something: what is said is theirs."""
        first = content.get("init")
        first = first if isinstance(first, dict) else {}
        text, wanted = _text(first), _wanted(first)
        session = Session(self._new_id(), content.get("customData"), wanted)
        started: Post = (STARTED, who(self._site, session))
        if first.get("type") == "notification":
            return Wish((started, self._over(session, "nominal")), say=text)
        if self._session is not None:  # one at a time
            return Wish((self._over(session, "error"),))
        before = self._ended()
        self._session, self._waiting = session, True
        return Wish((*before, started), say=text, listen=True, relay=bool(wanted))

    def _continue(self, content: Mapping[str, Any]) -> Wish:
        """Another turn of a session whose last one is over, to ask something."""
        number = content.get("sessionId")
        over = [*self._untold, *([self._ending[0]] if self._ending else [])]
        session = next((one for one in over if one.id == number), None)
        if session is None or self._session is not None:  # or Mynah itself asks
            return Wish()
        if self._ending is not None and self._ending[0] is session:
            self._ending = None
        data = content.get("customData", session.data)
        self._session, self._waiting = replace(session, data=data, wanted=_wanted(content)), True
        return Wish(say=_text(content), listen=True, relay=True)

    def _end(self, content: Mapping[str, Any]) -> Wish:
        """A session that was asked for ends before its turn, and one that was told of at once. A text for one
        that is over is shown, too."""
        number, text = content.get("sessionId"), _text(content)
        if self._waiting and self._session is not None and number == self._session.id:
            session, self._session, self._waiting = self._session, None, False
            return Wish((self._over(session, "nominal"),), say=text)
        if self._ending is not None and number == self._ending[0].id:
            return Wish(self._ended(), say=text)
        known = {self._last, *(session.id for session in self._untold)}
        return Wish(say=text if isinstance(number, str) and number in known else "")

    def _over(self, session: Session, reason: str) -> Post:
        self._last = session.id
        return ENDED, {"termination": {"reason": reason}, **who(self._site, session)}


def _accepted(turn: Turn, session: Session) -> list[Intent | NotRecognized]:
    """What was said, as far as the session wants it; nothing where Mynah asks whether that was meant."""
    asked = any(isinstance(act, Request) and act.asked for act in turn.acts)
    if asked and turn.outcome.question is not None:
        return []
    text, sure = (turn.transcript.text, turn.transcript.confidence) if turn.transcript else ("", 0.0)
    return [filtered(one, session.wanted, text) for one in meanings(turn.acts, sure)]


def _text(content: Mapping[str, Any]) -> str:
    text = content.get("text")
    return text[:LONGEST] if isinstance(text, str) else ""


def _wanted(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The intents that are wanted; () for all."""
    names = content.get("intentFilter")
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()
