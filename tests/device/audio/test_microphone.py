from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from device.audio import wav
from device.audio.microphone import QUEUE_BLOCKS, Microphone, list_devices
from device.audio.pcm import CHUNK
from device.errors import AudioError
from device.events import AudioChunk, Samples
from tests.device.audio.fake_pyaudio import FakeDevice, FakePyAudio, FakeStream
from tests.virtual_audio import VirtualAudio, virtual_audio

__all__ = ["virtual_audio"]

QUICK = (0.01,)


def usb(**changes: object) -> FakeDevice:
    return FakeDevice(**{"name": "USB Microphone", "inputs": 1, **changes})  # type: ignore[arg-type]


def joined(chunks: list[AudioChunk]) -> Samples:
    return np.concatenate([chunk.samples for chunk in chunks])


def test_what_the_device_hears_comes_as_chunks() -> None:
    hardware = FakePyAudio([usb()])
    with Microphone(importer=hardware.importer) as microphone:
        heard = np.arange(3 * CHUNK, dtype=np.int16)
        for at in (0, CHUNK, 2 * CHUNK):
            hardware.streams[0].hear(heard[at : at + CHUNK])
        chunks = list(itertools.islice(microphone, 3))
    np.testing.assert_array_equal(joined(chunks), heard)
    assert [chunk.start for chunk in chunks] == [0, CHUNK, 2 * CHUNK]
    assert hardware.streams[0].closed
    assert hardware.instances == 0


def test_the_hardware_rate_and_channels_are_converted() -> None:
    hardware = FakePyAudio([usb(inputs=2, rates=(44_100, 48_000))])
    with Microphone(importer=hardware.importer) as microphone:
        arguments = hardware.streams[0].arguments
        assert (arguments["rate"], arguments["channels"]) == (44_100, 2)
        block = np.full((3_528, 2), 1_000, np.int16)
        for _ in range(6):
            hardware.streams[0].callback(block.tobytes(), 3_528, None, 0)
        heard = joined(list(itertools.islice(microphone, 5)))
    assert np.abs(heard[500:].astype(int) - 1_000).max() < 20


def test_16_khz_mono_is_preferred() -> None:
    hardware = FakePyAudio([usb(rates=(48_000, 16_000))])
    with Microphone(importer=hardware.importer):
        assert hardware.streams[0].arguments["rate"] == 16_000


@pytest.mark.parametrize(
    ("wanted", "name"),
    [(None, "HDA Intel"), (2, "USB Microphone"), ("2", "USB Microphone"), ("usb", "USB Microphone")],
)
def test_a_device_is_chosen_by_index_or_part_of_its_name(wanted: str | int | None, name: str) -> None:
    speaker = FakeDevice("USB Speaker", outputs=2)
    hardware = FakePyAudio([speaker, FakeDevice("HDA Intel", inputs=1), usb()])
    with Microphone(wanted, importer=hardware.importer) as microphone:
        assert microphone.name == name


@pytest.mark.parametrize("wanted", ["ReSpeaker", 0, 7])
def test_a_wrong_device_is_answered_with_the_right_ones(wanted: str | int) -> None:
    hardware = FakePyAudio([FakeDevice("USB Speaker", outputs=2), usb()])
    microphone = Microphone(wanted, importer=hardware.importer, backoff=QUICK)
    with pytest.raises(AudioError, match=r"choose one of: 1 'USB Microphone'$"), microphone:
        pass
    assert hardware.instances == 0


def test_no_microphone() -> None:
    hardware = FakePyAudio([FakeDevice("USB Speaker", outputs=2)])
    microphone = Microphone(importer=hardware.importer, backoff=QUICK)
    with pytest.raises(AudioError, match="no microphone found"), microphone:
        pass


def test_no_pyaudio() -> None:
    def importer(name: str) -> object:
        raise ModuleNotFoundError(f"No module named {name!r}")

    with pytest.raises(AudioError, match="without PyAudio") as raised, Microphone(importer=importer):
        pass
    assert "\n" not in str(raised.value)
    with pytest.raises(AudioError, match="apt install"):
        list_devices(importer)


def test_a_device_that_is_busy_for_a_moment_is_opened() -> None:
    hardware = FakePyAudio([usb(busy=1)])
    with Microphone(importer=hardware.importer, backoff=QUICK * 2) as microphone:
        assert microphone.name == "USB Microphone"


def test_a_device_that_stays_busy() -> None:
    hardware = FakePyAudio([usb(busy=99)])
    microphone = Microphone(importer=hardware.importer, backoff=QUICK * 2)
    with pytest.raises(AudioError, match=r"Device unavailable.*another program"), microphone:
        pass


def test_what_nobody_takes_is_dropped_and_counted() -> None:
    hardware = FakePyAudio([usb()])
    with Microphone(importer=hardware.importer) as microphone:
        for index in range(QUEUE_BLOCKS + 3):
            hardware.streams[0].hear(np.full(CHUNK, index, np.int16))
        hardware.streams[0].hear(np.zeros(CHUNK, np.int16), status=hardware.paInputOverflow)
        chunks = list(itertools.islice(microphone, QUEUE_BLOCKS))
        assert microphone.overruns == 5
    assert [int(chunk.samples[0]) for chunk in chunks] == list(range(QUEUE_BLOCKS))


def test_an_unplugged_device_is_reopened_and_audio_time_goes_on() -> None:
    hardware = FakePyAudio([usb()])
    quick = Microphone("usb", importer=hardware.importer, patience=0.05, backoff=QUICK)

    def plug_in(stream: FakeStream) -> None:
        stream.hear(np.ones(CHUNK, np.int16))

    with quick as microphone:
        hardware.streams[0].hear(np.zeros(CHUNK, np.int16))
        first = next(microphone)
        hardware.devices.clear()
        hardware.on_open = plug_in
        # It comes back under another number, and with another rate.
        back = [FakeDevice("HDMI", outputs=2), usb(rates=(16_000,))]
        threading.Timer(0.2, hardware.devices.extend, [back]).start()
        second = next(microphone)
    assert (first.end, second.start) == (CHUNK, CHUNK)
    assert second.samples.all()
    assert [stream.closed for stream in hardware.streams] == [True, True]
    assert hardware.instances == 0


def test_it_may_wait_for_the_first_microphone() -> None:
    hardware = FakePyAudio([])
    with Microphone(wait=True, importer=hardware.importer, backoff=QUICK) as microphone:
        hardware.on_open = lambda stream: stream.hear(np.ones(CHUNK, np.int16))
        threading.Timer(0.05, hardware.devices.append, [usb()]).start()
        assert next(microphone).start == 0


@pytest.mark.parametrize("plugged", [True, False])
def test_stop_ends_the_iteration(plugged: bool) -> None:
    hardware = FakePyAudio([usb()] if plugged else [])
    with Microphone(wait=True, importer=hardware.importer) as microphone:
        threading.Timer(0.05, microphone.stop).start()
        assert list(microphone) == []


def test_the_microphones_are_listed() -> None:
    hardware = FakePyAudio([FakeDevice("USB Speaker", outputs=2), usb(rates=(48_000,))])
    (device,) = list_devices(hardware.importer)
    assert (device.index, device.name, device.channels, device.rate) == (1, "USB Microphone", 1, 48_000)
    assert hardware.instances == 0


def test_a_virtual_microphone_is_heard(virtual_audio: VirtualAudio, tmp_path: Path) -> None:
    """On an idle machine bit for bit; a busy one may lose a moment."""
    played = np.random.default_rng(5).integers(-9_000, 9_000, 12_000).astype(np.int16)
    wav.write(tmp_path / "noise.wav", played)
    with Microphone() as microphone:
        virtual_audio.wait_for_recorder()
        playing = virtual_audio.start(tmp_path / "noise.wav")
        sound = (chunk for chunk in microphone if chunk.samples.any() or chunk.end > 30 * 16_000)
        heard = joined(list(itertools.islice(sound, 9)))
        assert playing.wait() == 0
    match = np.correlate(heard.astype(float), played[1_000:9_000].astype(float))
    assert match.max() > 0.9 * (played[1_000:9_000].astype(float) ** 2).sum()


def test_a_sound_server_that_dies_is_found_again(virtual_audio: VirtualAudio) -> None:
    with Microphone(patience=0.5, backoff=(0.1,)) as microphone:
        before = next(microphone)
        virtual_audio.stop_server()
        virtual_audio.start_server()
        after = list(itertools.islice(microphone, 12))
    assert after[0].start == before.end
    assert virtual_audio.recorders() == 0


def reports(blocks: Iterable[Samples], channels: int = 1) -> list[str]:
    """What is told of a microphone that gives these blocks of 80 ms, each once."""
    told: list[str] = []
    hardware = FakePyAudio([usb(inputs=channels)])
    with Microphone(importer=hardware.importer, report=told.append) as microphone:
        for block in blocks:
            hardware.streams[0].hear(block)
            next(microphone)
    return [line for line, _ in itertools.groupby(told)]


def noise(loud: float, channels: int = 1) -> Samples:
    return np.random.default_rng(3).normal(0, loud, (CHUNK, channels)).clip(-32_768, 32_767).astype(np.int16)


def test_only_zeros_are_told_after_some_seconds_until_there_is_sound() -> None:
    zeros = np.zeros((CHUNK, 1), np.int16)
    assert reports([noise(50), *[zeros] * 60]) == [""]
    assert reports([noise(50), *[zeros] * 70, noise(50)]) == [
        "",
        "the microphone 'USB Microphone' gives only zeros: unmute it (`alsamixer`), or set audio.microphone"
        " to another one",
        "",
    ]


def test_a_microphone_that_is_overdriven_is_told_until_it_is_not() -> None:
    first, loud, last = reports([*[noise(300)] * 5, *[noise(20_000)] * 70, *[noise(300)] * 800])
    assert (first, last) == ("", "")
    assert loud.endswith("is overdriven: lower its gain with `alsamixer`")


def test_a_word_that_is_too_loud_does_not_make_it_overdriven() -> None:
    assert reports([*[noise(300)] * 100, *[noise(20_000)] * 1, *[noise(300)] * 100]) == [""]


def test_channels_that_cancel_each_other_out_are_told_and_heard() -> None:
    opposite = np.hstack((noise(3_000), -noise(3_000)))
    silent, told = reports([opposite] * 70, channels=2)
    assert silent == ""
    assert "channels that cancel each other out" in told
    assert reports([noise(3_000, channels=2)] * 70, channels=2) == [""]
