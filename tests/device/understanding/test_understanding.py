from __future__ import annotations

from device.events import Intent, NotRecognized, Transcript
from device.home.model import Home
from device.understanding.sentences import Sentences
from device.understanding.understanding import NOTHING_KNOWN, TOO_DOUBTFUL, Understanding

UNDERSTANDING = Understanding(Sentences.load(), Home.load())


def test_confidence_is_the_transcripts() -> None:
    meaning = UNDERSTANDING.understand(Transcript("turn on the kitchen lamp", 0.7))
    assert meaning == Intent("HassTurnOn", {"name": "kitchen lamp"}, 0.7)


def test_doubtful_words_are_rejected() -> None:
    transcript = Transcript("turn on the kitchen lamp", 0.3)
    assert UNDERSTANDING.understand(transcript, 0.4) == NotRecognized(transcript.text, TOO_DOUBTFUL)
    assert isinstance(UNDERSTANDING.understand(transcript, 0.3), Intent)


def test_unknown_words_say_so() -> None:
    assert UNDERSTANDING.understand(Transcript("Sing!", 1.0)) == NotRecognized("Sing!", NOTHING_KNOWN)


def test_a_device_comes_before_the_room_in_its_name() -> None:
    meaning = UNDERSTANDING.understand(Transcript("turn on the bedroom fan", 1.0))
    assert isinstance(meaning, Intent)
    assert dict(meaning.slots) == {"name": "bedroom fan"}
