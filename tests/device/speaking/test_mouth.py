"""The mouth, on a thread of its own."""

from __future__ import annotations

import io
import threading
import time
import wave
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from device.audio.output import SilentSpeaker
from device.audio.volume import AtVolume
from device.errors import VoiceError
from device.events import Samples
from device.speaking.mouth import Mouth

SECOND = np.ones(16_000, np.int16)


def wait_for(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


class Speaker(SilentSpeaker):
    """Keeps what it plays until it is stopped."""

    there = True

    def __init__(self) -> None:
        self.played: list[int] = []
        self.stops = 0
        self.sounding = False

    def play(self, samples: Samples) -> None:
        self.played.append(len(samples))
        self.sounding = True

    def stop(self) -> None:
        self.stops += 1
        self.sounding = False

    @property
    def playing(self) -> bool:
        return self.sounding


class Voice:
    """Says one piece a word; waits for `go` before each."""

    name = "test"

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.said: list[str] = []

    def speak(self, text: str) -> Iterator[Samples]:
        if text == "fail":
            raise VoiceError("espeak-ng failed, reinstall it")
        for word in text.split():
            self.go.wait(20)
            self.said.append(word)
            yield np.zeros(len(word), np.int16)


def test_a_text_is_said_piece_by_piece() -> None:
    speaker, voice = Speaker(), Voice()
    with Mouth(speaker, lambda: voice) as mouth:
        assert mouth.say("one three fifteen")
        assert mouth.speaking
        wait_for(lambda: speaker.played == [3, 5, 7])
        speaker.sounding = False
        wait_for(lambda: not mouth.speaking)


def test_nothing_waits_for_the_voice() -> None:
    speaker, voice = Speaker(), Voice()
    voice.go.clear()
    with Mouth(speaker, lambda: voice) as mouth:
        began = time.monotonic()
        mouth.play(SECOND)
        for _ in range(10):
            mouth.say("a long story")
        mouth.stop()
        assert time.monotonic() - began < 0.1
        voice.go.set()


def test_stopped_it_is_silent_and_says_no_more() -> None:
    speaker, voice = Speaker(), Voice()
    voice.go.clear()
    with Mouth(speaker, lambda: voice) as mouth:
        mouth.say("one two")
        mouth.say("three")
        mouth.stop()
        assert not mouth.speaking
        voice.go.set()
        mouth.say("sixteen")
        wait_for(lambda: speaker.played == [7])
        time.sleep(0.02)
        assert "two" not in voice.said
        assert "three" not in voice.said


def test_a_text_that_cannot_be_said_is_one_line_and_the_next_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    speaker, voice = Speaker(), Voice()
    with Mouth(speaker, lambda: voice) as mouth:
        mouth.say("fail")
        mouth.say("one")
        wait_for(lambda: speaker.played == [3])
    assert caplog.messages == ["not said: espeak-ng failed, reinstall it"]


def test_without_a_voice_only_sounds_are_heard() -> None:
    speaker = Speaker()
    with Mouth(speaker, lambda: None) as mouth:
        wait_for(lambda: not mouth.speaks)
        assert not mouth.say("one")
        mouth.play(SECOND)
        wait_for(lambda: speaker.played == [16_000])
    with Mouth(speaker) as mute:
        assert not mute.say("one")
    assert not mouth.say(" ")


def as_wav(samples: Samples, rate: int) -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return stream.getvalue()


def test_a_recording_of_any_rate_is_played() -> None:
    speaker = Speaker()
    with Mouth(speaker) as mouth:
        mouth.play_file(as_wav(np.zeros(4000, np.int16), 8000))
        wait_for(lambda: sum(speaker.played) >= 7900)
    assert sum(speaker.played) == pytest.approx(8000, abs=100)


@pytest.mark.parametrize("data", [b"RIFF", as_wav(SECOND, 16_000)[:500], b"nothing"])
def test_a_recording_that_is_torn_is_one_line(data: bytes, caplog: pytest.LogCaptureFixture) -> None:
    speaker = Speaker()
    with Mouth(speaker) as mouth:
        mouth.play_file(data)
        wait_for(lambda: not mouth.speaking)
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("not said: a sound")
    assert speaker.played == []


def test_a_sound_is_as_loud_as_the_volume_says() -> None:
    heard: list[Samples] = []

    class Kept(SilentSpeaker):
        def play(self, samples: Samples) -> None:
            heard.append(samples)

    for gain in (1.0, 0.25, 0.0):
        AtVolume(Kept(), lambda gain=gain: gain).play(1000 * SECOND)  # type: ignore[misc]
    assert [int(samples[0]) for samples in heard] == [1000, 250, 0]
