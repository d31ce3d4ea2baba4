from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import IO

import numpy as np
import pytest

from device.audio import earcons
from device.audio.output import Output, SilentSpeaker
from device.audio.speaker import Speaker, open_speaker
from device.daemon.duties import PERIOD
from device.errors import AudioError
from device.events import Samples
from tests.device.audio.fake_pyaudio import FakeDevice, FakePyAudio, FakeStream
from tests.virtual_audio import VirtualAudio, virtual_audio

__all__ = ["virtual_audio"]

EARCONS = [earcons.listening, earcons.done, earcons.error, earcons.announcing]


@pytest.mark.parametrize("make", EARCONS)
def test_earcons_are_short_soft_and_without_clicks(make: Callable[[], Samples]) -> None:
    sound = make()
    assert sound.dtype == np.int16
    assert 0.1 < len(sound) / 16_000 < 0.25
    assert 3_000 < np.abs(sound).max() < 10_000
    assert abs(int(sound[0])) < 10
    assert abs(int(sound[-1])) < 10


def test_a_ring_is_longer_and_leaves_time_to_speak_before_the_next() -> None:
    assert 1.0 < len(earcons.ringing()) / 16_000 < PERIOD - 1.0


def test_earcons_can_be_told_apart() -> None:
    sounds = {make().tobytes() for make in (*EARCONS, earcons.ringing)}
    assert len(sounds) == len(EARCONS) + 1


class Heard:
    """A tap that keeps what it is told."""

    def __init__(self) -> None:
        self.runs = 0
        self.samples = np.zeros(0, np.int16)

    def begins(self, at: float) -> None:
        self.runs += 1

    def plays(self, samples: Samples, at: float) -> None:
        self.samples = np.concatenate((self.samples, samples))


def usb(**changes: object) -> FakePyAudio:
    return FakePyAudio([FakeDevice(**{"name": "USB Speaker", "outputs": 1, **changes})])  # type: ignore[arg-type]


def eventually(true: Callable[[], object]) -> None:
    """The speaker's own thread has done its part."""
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def begun(stream: FakeStream, starts: int = 1) -> FakeStream:
    eventually(lambda: stream.started >= starts)
    return stream


def rest(stream: FakeStream) -> None:
    """The silence behind the last sound is over."""
    eventually(lambda: stream.ask(1_000)[1] == FakePyAudio.paComplete)


def test_a_sound_is_played_to_its_end_and_then_the_device_rests() -> None:
    hardware = usb()
    with Speaker(importer=hardware.importer) as speaker:
        (stream,) = hardware.streams
        assert not stream.arguments["start"]
        assert not speaker.playing
        speaker.play(np.arange(150, dtype=np.int16))
        assert speaker.playing
        assert begun(stream).ask(100) == (np.arange(100, dtype="<i2").tobytes(), hardware.paContinue)
        last, flag = stream.ask(100)
        assert flag == hardware.paContinue
        assert np.frombuffer(last, "<i2").tolist() == [*range(100, 150), *[0] * 50]
        assert not speaker.playing
        rest(stream)
        speaker.play(np.ones(10, np.int16))
        begun(stream, 2)
    assert stream.closed
    assert hardware.instances == 0


def test_a_second_sound_waits_for_the_first() -> None:
    hardware = usb()
    with Speaker(importer=hardware.importer) as speaker:
        speaker.play(np.full(10, 1, np.int16))
        begun(hardware.streams[0])
        speaker.play(np.full(10, 2, np.int16))
        eventually(lambda: len(speaker._sounds) == 2)
        assert hardware.streams[0].started == 1
        played, _ = hardware.streams[0].ask(20)
    assert np.frombuffer(played, "<i2").tolist() == [1] * 10 + [2] * 10


def test_a_sound_can_be_stopped() -> None:
    hardware = usb()
    with Speaker(importer=hardware.importer) as speaker:
        speaker.play(np.full(20, 1, np.int16))
        begun(hardware.streams[0]).ask(10)
        speaker.stop()
        played, _ = hardware.streams[0].ask(10)
    assert not np.frombuffer(played, "<i2").any()


def test_the_hardware_rate_and_channels_are_served() -> None:
    hardware, tap = FakePyAudio([FakeDevice("HDMI", outputs=2, rates=(44_100,))]), Heard()
    with Speaker(importer=hardware.importer, tap=tap) as speaker:
        speaker.play(earcons.done())
        played, _ = begun(hardware.streams[0]).ask(3 * len(earcons.done()) + 100)
    left, right = np.frombuffer(played, "<i2").reshape(-1, 2).T
    np.testing.assert_array_equal(left, right)
    assert np.abs(left).max() == pytest.approx(np.abs(earcons.done()).max(), rel=0.05)
    np.testing.assert_array_equal(tap.samples[: len(earcons.done())], earcons.done())


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_a_tap_is_told_what_went_out_and_no_more(rate: int) -> None:
    hardware, tap = usb(rates=(rate,)), Heard()
    sound = np.arange(1_600, dtype=np.int16)
    with Speaker(importer=hardware.importer, tap=tap) as speaker:
        speaker.play(sound)
        stream = begun(hardware.streams[0])
        stream.ask(rate // 40)
        stream.ask(rate // 40)
        speaker.stop()
        stream.ask(rate // 40)
        np.testing.assert_array_equal(tap.samples, np.concatenate((sound[:800], np.zeros(400))))
        rest(stream)
        told = len(tap.samples)
        speaker.play(sound)
        begun(stream, 2).ask(rate // 10)
        assert tap.runs == 2
    np.testing.assert_array_equal(tap.samples[told:], sound)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [(None, "HDA Intel"), ("hdmi", "vc4-hdmi-0"), ("3", "USB Speaker"), (3, "USB Speaker")],
)
def test_a_speaker_is_chosen_by_index_or_part_of_its_name(wanted: str | int | None, name: str) -> None:
    names = ("HDA Intel", "vc4-hdmi-0", "USB Speaker")
    devices = [FakeDevice("USB Microphone", inputs=1), *(FakeDevice(one, outputs=1) for one in names)]
    with Speaker(wanted, importer=FakePyAudio(devices).importer) as speaker:
        assert speaker.name == name


def test_a_speaker_that_is_unplugged_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    hardware = usb()
    with Speaker(importer=hardware.importer) as speaker:
        hardware.streams[0].broken = True
        there, hardware.devices = hardware.devices, []
        eventually(lambda: speaker.play(earcons.done()) or len(caplog.messages) == 2)  # type: ignore[func-returns-value]
        hardware.devices = there
        eventually(lambda: speaker.play(earcons.done()) or len(hardware.streams) == 2)  # type: ignore[func-returns-value]
        begun(hardware.streams[1])
    assert caplog.messages == [
        "no sound: No such device",
        "no sound: no speaker found; plug one in and see that your user is in the group 'audio'",
    ]
    assert hardware.instances == 0


def test_a_speaker_that_takes_nothing_is_given_up_and_nobody_waits(caplog: pytest.LogCaptureFixture) -> None:
    hardware = usb()
    with Speaker(importer=hardware.importer, patience=0.05) as speaker:
        began = time.monotonic()
        speaker.play(earcons.done())
        assert time.monotonic() - began < 0.05
        eventually(lambda: caplog.messages)
        assert not speaker.playing
        assert hardware.streams[0].closed
    (line,) = caplog.messages
    assert line == "no sound: the speaker 'USB Speaker' takes no sound: unplug it and plug it in again"


def test_a_busy_speaker_is_told_once_and_taken_when_it_is_free(caplog: pytest.LogCaptureFixture) -> None:
    hardware = usb(busy=3)
    with open_speaker(importer=hardware.importer) as speaker:
        eventually(lambda: speaker.play(earcons.done()) or hardware.streams)  # type: ignore[func-returns-value]
        begun(hardware.streams[0])
    assert len(caplog.messages) == 1
    assert "does another program use it?" in caplog.messages[0]


@pytest.mark.parametrize("hardware", [FakePyAudio([]), usb(busy=9)])
def test_one_that_must_be_there_is_an_error(hardware: FakePyAudio) -> None:
    with pytest.raises(AudioError), Speaker(importer=hardware.importer):
        pass
    assert hardware.instances == 0


def test_without_pyaudio_it_is_silent() -> None:
    def importer(name: str) -> object:
        raise ModuleNotFoundError(f"No module named {name!r}")

    assert type(open_speaker(importer=importer)) is SilentSpeaker


def test_a_virtual_speaker_plays_an_earcon(virtual_audio: VirtualAudio) -> None:
    command = ["parecord", "--device=spk.monitor", "--raw", "--latency-msec=20"]
    command += ["--rate=16000", "--channels=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as recorder:
        assert recorder.stdout is not None
        virtual_audio.wait_for_recorder()
        with open_speaker() as speaker:
            assert isinstance(speaker, Speaker)
            speaker.play(earcons.listening())
            heard = recorder.stdout.read(3_200)
            for _ in range(300):  # 30 s: a busy machine is late, and plays with gaps
                if np.frombuffer(heard[:-64_000], "<i2").any():
                    break
                heard += recorder.stdout.read(3_200)
        recorder.terminate()
    samples = np.frombuffer(heard, "<i2")
    assert np.count_nonzero(np.abs(samples) > 100) / 16_000 == pytest.approx(0.13, abs=0.03)
    assert np.abs(samples).max() == pytest.approx(6_553, rel=0.1)


def test_interrupted_it_is_silent_at_once(virtual_audio: VirtualAudio) -> None:
    """What the speaker's monitor gives after `stop`, at best of three: a busy machine is late."""
    command = ["parecord", "--device=spk.monitor", "--raw", "--latency-msec=10"]
    command += ["--rate=16000", "--channels=1"]
    tone = np.full(16_000 * 6, 8000, np.int16)
    with subprocess.Popen(command, stdout=subprocess.PIPE) as recorder:
        assert recorder.stdout is not None
        virtual_audio.wait_for_recorder()
        with open_speaker() as speaker:
            late = [_late(recorder.stdout, speaker, tone) for _ in range(3)]
        recorder.terminate()
    assert min(late) <= 0.15, late


def _late(monitor: IO[bytes], speaker: Output, tone: Samples) -> float:
    """Seconds from `stop` to silence."""
    speaker.play(tone)
    while not np.frombuffer(monitor.read(320), "<i2").any():
        pass
    for _ in range(50):
        monitor.read(320)
    speaker.stop()
    stopped = time.monotonic()
    while np.frombuffer(monitor.read(320), "<i2").any():
        pass
    return time.monotonic() - stopped
