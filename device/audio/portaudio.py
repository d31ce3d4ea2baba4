"""PortAudio through PyAudio: loaded only when sound hardware is wanted, and kept from chattering."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import importlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, ParamSpec, TypeVar

from device.errors import AudioError
from device.events import SAMPLE_RATE

P = ParamSpec("P")
T = TypeVar("T")
Importer = Callable[[str], Any]
Direction = Literal["input", "output"]

_LOCK = threading.RLock()


def alone(work: Callable[P, T]) -> Callable[P, T]:
    """`work` in one thread at a time: two that open or close a stream at once crash the process."""

    @functools.wraps(work)
    def locked(*arguments: P.args, **named: P.kwargs) -> T:
        with _LOCK:
            return work(*arguments, **named)

    return locked


@dataclass(frozen=True, slots=True)
class AudioDevice:
    """One that PortAudio offers; `rate` in Hz is its own, `channels` the most it has."""

    index: int
    name: str
    channels: int
    rate: int


def load(importer: Importer = importlib.import_module) -> Any:
    """The module `pyaudio`. Raises AudioError where it or PortAudio is not installed."""
    try:
        module = importer("pyaudio")
    except ImportError as error:
        raise AudioError(
            f"no sound without PyAudio ({error}); install it: "
            "sudo apt install portaudio19-dev, then pip install 'mynah[microphone]'"
        ) from None
    _silence_libraries()
    return module


def devices(api: Any, direction: Direction) -> tuple[AudioDevice, ...]:
    """All devices of the PyAudio instance `api` that can record, or play."""
    found = (api.get_device_info_by_index(index) for index in range(api.get_device_count()))
    return tuple(device for info in found if (device := _device(info, direction)).channels > 0)


def choose(api: Any, direction: Direction, wanted: str | int | None) -> AudioDevice:
    """The device `wanted`: an index, a name or a part of one in any case, or None for the default.

    Raises AudioError where there is none, with what there is.
    """
    noun = "microphone" if direction == "input" else "speaker"
    offered = devices(api, direction)
    if not offered:
        raise AudioError(f"no {noun} found; plug one in and see that your user is in the group 'audio'")
    if wanted is None:
        with contextlib.suppress(OSError):
            return _device(getattr(api, f"get_default_{direction}_device_info")(), direction)
        return offered[0]
    index = int(wanted) if str(wanted).isdecimal() else None
    name = str(wanted).casefold()
    tests: tuple[Callable[[AudioDevice], bool], ...] = (
        lambda device: device.index == index,
        lambda device: device.name.casefold() == name,
        lambda device: name in device.name.casefold(),
    )
    for test in tests[:1] if index is not None else tests[1:]:
        for device in offered:
            if test(device):
                return device
    names = ", ".join(f"{device.index} {device.name!r}" for device in offered)
    raise AudioError(f"no {noun} {wanted!r}; choose one of: {names}")


def choose_format(api: Any, pyaudio: Any, device: AudioDevice, direction: Direction) -> tuple[int, int]:
    """(rate in Hz, channels) that the device takes as 16-bit samples: 16 kHz mono where it can."""
    for rate in dict.fromkeys((SAMPLE_RATE, device.rate, 48_000, 44_100)):
        for channels in dict.fromkeys((1, min(2, device.channels), device.channels)):
            wanted = {
                f"{direction}_device": device.index,
                f"{direction}_channels": channels,
                f"{direction}_format": pyaudio.paInt16,
            }
            with contextlib.suppress(ValueError, OSError):
                if api.is_format_supported(float(rate), **wanted):
                    return rate, channels
    return device.rate, min(2, device.channels)


def _device(info: dict[str, Any], direction: Direction) -> AudioDevice:
    channels = info["maxInputChannels" if direction == "input" else "maxOutputChannels"]
    return AudioDevice(int(info["index"]), str(info["name"]), int(channels), round(info["defaultSampleRate"]))


@functools.cache
def _silence_libraries() -> None:
    """Stop ALSA and JACK from printing a page about every device that is not there.

    What matters of it comes back as an error of PortAudio. What they call instead is a function of C that
    does nothing: in one of Python's, the SystemExit of a signal that comes just then would be lost.
    """
    nothing = ctypes.CDLL(None).abs
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(nothing)
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL("libjack.so.0")
        library.jack_set_error_function(nothing)
        library.jack_set_info_function(nothing)
