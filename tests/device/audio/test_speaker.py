from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import IO

import numpy as np
import pytest

from device.audio import earcons
from device.audio.player import Player
from device.audio.speaker import SilentSpeaker, Speaker, open_speaker
from device.daemon.duties import PERIOD
from device.events import Samples
from tests.device.audio.fake_pyaudio import FakeDevice, FakePyAudio
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


def test_a_sound_is_played_to_its_end_and_then_the_device_rests() -> None:
    hardware = FakePyAudio([FakeDevice("USB Speaker", outputs=1)])
    with Speaker(importer=hardware.importer) as speaker:
        (stream,) = hardware.streams
        assert not stream.arguments["start"]
        speaker.play(np.arange(150, dtype=np.int16))
        assert stream.started == 1
        assert stream.ask(100) == (np.arange(100, dtype="<i2").tobytes(), hardware.paContinue)
        last, flag = stream.ask(100)
        assert flag == hardware.paComplete
        assert np.frombuffer(last, "<i2").tolist() == [*range(100, 150), *[0] * 50]
        speaker.play(np.ones(10, np.int16))
        assert stream.started == 2
    assert stream.closed
    assert hardware.instances == 0


def test_a_second_sound_waits_for_the_first() -> None:
    hardware = FakePyAudio([FakeDevice("USB Speaker", outputs=1)])
    with Speaker(importer=hardware.importer) as speaker:
        speaker.play(np.full(10, 1, np.int16))
        speaker.play(np.full(10, 2, np.int16))
        assert hardware.streams[0].started == 1
        played, _ = hardware.streams[0].ask(20)
    assert np.frombuffer(played, "<i2").tolist() == [1] * 10 + [2] * 10


def test_a_sound_can_be_stopped() -> None:
    hardware = FakePyAudio([FakeDevice("USB Speaker", outputs=1)])
    with Speaker(importer=hardware.importer) as speaker:
        speaker.play(np.full(20, 1, np.int16))
        hardware.streams[0].ask(10)
        speaker.stop()
        played, _ = hardware.streams[0].ask(10)
    assert not np.frombuffer(played, "<i2").any()


def test_the_hardware_rate_and_channels_are_served() -> None:
    hardware = FakePyAudio([FakeDevice("HDMI", outputs=2, rates=(48_000,))])
    with Speaker(importer=hardware.importer) as speaker:
        speaker.play(earcons.done())
        played, flag = hardware.streams[0].ask(3 * len(earcons.done()) + 100)
    assert flag == hardware.paComplete
    left, right = np.frombuffer(played, "<i2").reshape(-1, 2).T
    np.testing.assert_array_equal(left, right)
    assert np.abs(left).max() == pytest.approx(np.abs(earcons.done()).max(), rel=0.05)


@pytest.mark.parametrize("hardware", [FakePyAudio([]), FakePyAudio([FakeDevice("HDMI", outputs=2, busy=9)])])
def test_without_a_speaker_it_is_silent(hardware: FakePyAudio) -> None:
    with open_speaker(importer=hardware.importer) as speaker:
        assert type(speaker) is SilentSpeaker
        speaker.play(earcons.done())
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
        with Player(open_speaker()) as player:
            late = [_late(recorder.stdout, player, tone) for _ in range(3)]
        recorder.terminate()
    assert min(late) <= 0.15, late


def _late(monitor: IO[bytes], player: Player, tone: Samples) -> float:
    """Seconds from `stop` to silence."""
    player.play(tone)
    while not np.frombuffer(monitor.read(320), "<i2").any():
        pass
    for _ in range(50):
        monitor.read(320)
    player.stop()
    stopped = time.monotonic()
    while np.frombuffer(monitor.read(320), "<i2").any():
        pass
    return time.monotonic() - stopped
