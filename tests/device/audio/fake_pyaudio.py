"""Sound hardware for tests that need one to fail: passed in as the module `pyaudio`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Callback = Callable[[bytes, int, object, int], tuple[Any, int]]


@dataclass
class FakeDevice:
    """`rates`: those it takes; `inputs`, `outputs`: its channels; `busy`: how often opening fails."""

    name: str
    inputs: int = 0
    outputs: int = 0
    rates: tuple[int, ...] = (16_000,)
    busy: int = 0

    def info(self, index: int) -> dict[str, Any]:
        return {
            "index": index,
            "name": self.name,
            "maxInputChannels": self.inputs,
            "maxOutputChannels": self.outputs,
            "defaultSampleRate": float(self.rates[0]),
        }


@dataclass
class FakeStream:
    callback: Callback
    arguments: dict[str, Any]
    closed: bool = False
    started: int = 0
    broken: bool = False  # it is unplugged

    def hear(self, samples: Any, status: int = 0) -> None:
        """What PortAudio's thread does with `samples`."""
        self.callback(np.asarray(samples, "<i2").tobytes(), len(samples), None, status)

    def ask(self, frames: int) -> tuple[bytes, int]:
        return self.callback(b"", frames, None, 0)

    def start_stream(self) -> None:
        if self.broken:
            raise OSError("No such device")
        self.started += 1

    def get_output_latency(self) -> float:
        return 0.0

    def stop_stream(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


@dataclass
class FakePyAudio:
    """The module. Change `devices` to plug and unplug; `streams` are all that were ever opened."""

    devices: list[FakeDevice]
    streams: list[FakeStream] = field(default_factory=list)
    on_open: Callable[[FakeStream], None] = lambda stream: None
    instances: int = 0
    paInt16 = 8
    paContinue = 0
    paComplete = 1
    paInputOverflow = 2
    paOutputUnderflow = 4

    def importer(self, name: str) -> FakePyAudio:
        assert name == "pyaudio"
        return self

    def PyAudio(self) -> FakeApi:
        self.instances += 1
        return FakeApi(self, list(self.devices))


@dataclass
class FakeApi:
    module: FakePyAudio
    devices: list[FakeDevice]  # as they were when it was initialized, as PortAudio does

    def get_device_count(self) -> int:
        return len(self.devices)

    def get_device_info_by_index(self, index: int) -> dict[str, Any]:
        return self.devices[index].info(index)

    def get_default_input_device_info(self) -> dict[str, Any]:
        return self._first(device.inputs for device in self.devices)

    def get_default_output_device_info(self) -> dict[str, Any]:
        return self._first(device.outputs for device in self.devices)

    def _first(self, channels: Iterator[int]) -> dict[str, Any]:
        for index, count in enumerate(channels):
            if count:
                return self.devices[index].info(index)
        raise OSError("No Default Device Available")

    def is_format_supported(self, rate: float, **wanted: int) -> bool:
        direction = "input" if "input_device" in wanted else "output"
        device = self.devices[wanted[f"{direction}_device"]]
        most = device.inputs if direction == "input" else device.outputs
        if rate not in device.rates or wanted[f"{direction}_channels"] != most:
            raise ValueError("Invalid sample rate", -9997)
        return True

    def open(self, *, stream_callback: Callback, **arguments: Any) -> FakeStream:
        index: int = arguments.get("input_device_index", arguments.get("output_device_index", 0))
        device = self.devices[index]
        if device.busy:
            device.busy -= 1
            raise OSError(-9985, "Device unavailable")
        stream = FakeStream(stream_callback, arguments)
        self.module.streams.append(stream)
        self.module.on_open(stream)
        return stream

    def terminate(self) -> None:
        self.module.instances -= 1
