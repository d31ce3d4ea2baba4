"""The daemon as a process: signals, brokers that come and go, audio from a pipe. With scripted stages."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from device.audio import wav
from device.cli import main
from device.commands.forget import KEPT
from tests.device.broker import Mosquitto, Subscriber, needs_mosquitto, retained, wait_for
from tests.virtual_audio import VirtualAudio, virtual_audio

__all__ = ["virtual_audio"]

ROOT = Path(__file__).parents[2]
SCRIPTED = "tests.device.scripted_daemon"


class Process:
    """A child process with its logs; a context manager that never leaves it behind."""

    def __init__(
        self,
        folder: Path,
        port: int,
        *arguments: str,
        mqtt: str = "",
        program: str = SCRIPTED,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.config = folder / "mynah.toml"
        self.config.write_text(
            f'[device]\nid = "kitchen"\n[mqtt]\nhost = "127.0.0.1"\nport = {port}\n{mqtt}', "utf-8"
        )
        self._log = folder / "log"
        self._output = folder / "output"
        command = [sys.executable, "-m", program, *(["run"] if program != SCRIPTED else [])]
        command += ["--config", str(self.config), *arguments]
        with self._log.open("wb") as log, self._output.open("wb") as output:
            self.child = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=log,
                bufsize=0,
                env={**os.environ, "STATE_DIRECTORY": str(folder), **(environment or {})},
            )

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8")

    @property
    def output(self) -> str:
        return self._output.read_text("utf-8")

    def speak(self, seconds: float) -> None:
        """Write audio to its standard input, all at once."""
        assert self.child.stdin
        self.child.stdin.write(np.ones(round(seconds * 16_000), "<i2").tobytes())

    def end(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Send the signal; the exit status and the seconds it took."""
        began = time.monotonic()
        self.child.send_signal(number)
        return self.child.wait(10), time.monotonic() - began

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *exception: object) -> None:
        self.child.kill()
        self.child.wait()
        if self.child.stdin:
            self.child.stdin.close()


@needs_mosquitto
def test_a_turn_from_standard_input_and_a_good_end(tmp_path: Path, broker: Mosquitto) -> None:
    arguments = ("--input", "-", "--json", "--wake", "0.2", "--hear", "turn on the lamp")
    with Subscriber(broker.port) as subscriber, Process(tmp_path, broker.port, *arguments) as process:
        wait_for(lambda: subscriber.payloads("mynah/kitchen/state") == ["idle"])
        wait_for(lambda: subscriber.payloads("mynah/kitchen/availability") == ["online"])
        wait_for(lambda: subscriber.payloads("zigbee2mqtt/lamp/get") == ['{"state": ""}'])
        process.speak(2.0)
        wait_for(lambda: len(subscriber.payloads("mynah/kitchen/state")) == 4)
        assert subscriber.payloads("zigbee2mqtt/lamp/set") == ['{"state": "ON"}']
        assert subscriber.payloads("mynah/kitchen/state") == ["idle", "listening", "thinking", "idle"]
        status, seconds = process.end()
        assert status == 0
        assert seconds < 2
        (line,) = process.output.splitlines()
        assert json.loads(line)["transcript"]["text"] == "turn on the lamp"
        assert json.loads(line)["dropped"] == []
    assert retained(broker.port, "mynah/kitchen/availability") == "offline"


@needs_mosquitto
def test_recordings_are_played_in_real_time_then_it_ends(tmp_path: Path, broker: Mosquitto) -> None:
    recording = tmp_path / "command.wav"
    wav.write(recording, np.ones(16_000, np.int16))
    arguments = ["--input", str(recording), str(recording), "--wake", "0.2", "2.2"]
    arguments += ["--hear", "turn on the lamp", "turn off it"]
    with Subscriber(broker.port) as subscriber, Process(tmp_path, broker.port, *arguments) as process:
        wait_for(lambda: subscriber.payloads("mynah/kitchen/state"))
        began = time.monotonic()
        assert process.child.wait(10) == 0
        assert 3.8 < time.monotonic() - began < 8  # twice a second of recording and one of silence
        assert subscriber.payloads("zigbee2mqtt/lamp/set") == ['{"state": "ON"}']
        assert len(subscriber.payloads("mynah/kitchen/turn")) == 2
        assert subscriber.payloads("mynah/kitchen/availability")[-1] == "offline"


@needs_mosquitto
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_with_status_0(tmp_path: Path, broker: Mosquitto, number: int) -> None:
    with Process(tmp_path, broker.port, "--input", "-") as process:
        wait_for(lambda: retained(broker.port, "mynah/kitchen/state") == "idle")
        status, seconds = process.end(number)
        assert status == 0
        assert seconds < 2
        assert "Traceback" not in process.log
    assert retained(broker.port, "mynah/kitchen/availability") == "offline"


@needs_mosquitto
def test_a_turn_from_a_microphone(tmp_path: Path, broker: Mosquitto, virtual_audio: VirtualAudio) -> None:
    recording = tmp_path / "command.wav"
    wav.write(recording, np.full(32_000, 1000, np.int16))
    arguments = ("--json", "--wake", "0", "--hear", "turn on the lamp")
    with Subscriber(broker.port) as subscriber, Process(tmp_path, broker.port, *arguments) as process:
        virtual_audio.wait_for_recorder()
        assert subscriber.payloads("zigbee2mqtt/lamp/set") == []
        virtual_audio.play(recording)
        wait_for(lambda: subscriber.payloads("zigbee2mqtt/lamp/set"))
        assert subscriber.payloads("zigbee2mqtt/lamp/set") == ['{"state": "ON"}']
        status, seconds = process.end()
        assert (status, seconds < 5) == (0, True)
    assert retained(broker.port, "mynah/kitchen/availability") == "offline"


@needs_mosquitto
def test_without_a_microphone_it_waits_for_one(tmp_path: Path, broker: Mosquitto) -> None:
    with Process(tmp_path, broker.port, "--wake", "0") as process:
        wait_for(lambda: retained(broker.port, "mynah/kitchen/availability") == "online")
        wait_for(lambda: "microphone" in process.log)
        status, seconds = process.end()
        assert (status, seconds < 2) == (0, True)
        assert "Traceback" not in process.log


@needs_mosquitto
@pytest.mark.parametrize("later", [0.0, 0.1, 0.3])
def test_a_signal_while_it_looks_for_a_microphone_is_not_lost(
    tmp_path: Path, broker: Mosquitto, later: float
) -> None:
    with Process(tmp_path, broker.port) as process:
        wait_for(lambda: retained(broker.port, "mynah/kitchen/state") == "idle")
        time.sleep(later)
        status, seconds = process.end()
        assert (status, seconds < 2) == (0, True)
        assert "Exception" not in process.log


@needs_mosquitto
def test_without_a_broker_it_listens_and_ends_in_time(tmp_path: Path) -> None:
    arguments = ("--input", "-", "--json", "--wake", "0.2", "--hear", "turn on the lamp")
    with Process(tmp_path, Mosquitto(tmp_path).port, *arguments) as process:
        wait_for(lambda: "no broker listens at" in process.log)
        process.speak(2.0)
        wait_for(lambda: process.output)
        assert json.loads(process.output)["dropped"] == json.loads(process.output)["commands"] != []
        status, seconds = process.end()
        assert (status, seconds < 2) == (0, True)


@needs_mosquitto
def test_a_broker_that_disappears_within_a_turn(tmp_path: Path, broker: Mosquitto) -> None:
    texts = ("turn on the heater", "turn on the lamp")
    arguments = ("--input", "-", "--json", "--wake", "0.2", "3.0", "--hear", *texts)
    with Process(tmp_path, broker.port, *arguments) as process:
        wait_for(lambda: retained(broker.port, "mynah/kitchen/state") == "idle")
        process.speak(0.6)
        wait_for(lambda: retained(broker.port, "mynah/kitchen/state") == "listening")
        broker.stop()
        process.speak(1.4)
        wait_for(lambda: process.output)
        assert json.loads(process.output)["dropped"][0]["topic"] == "zigbee2mqtt/heater/set"
        assert "dropped, not sent: zigbee2mqtt/heater/set" in process.log
        broker.start()
        with Subscriber(broker.port) as subscriber:
            wait_for(lambda: subscriber.payloads("mynah/kitchen/state") == ["idle"])
            process.speak(3.0)
            wait_for(lambda: subscriber.payloads("zigbee2mqtt/lamp/set"))
            assert subscriber.payloads("zigbee2mqtt/heater/set") == []
        assert process.end()[0] == 0


@needs_mosquitto
def test_a_refused_password_is_a_line_and_it_goes_on(tmp_path: Path) -> None:
    secured = Mosquitto(tmp_path, "allow_anonymous false")
    login = 'username = "mynah"\npassword = "hunter2"\n'
    arguments = ("--input", "-", "--json", "--wake", "0.2", "--hear", "turn on the lamp")
    service = {"RUNTIME_DIRECTORY": str(tmp_path)}
    with secured, Process(tmp_path, secured.port, *arguments, mqtt=login, environment=service) as process:
        wait_for(lambda: "refuses the user 'mynah'" in process.log)
        process.speak(2.0)
        wait_for(lambda: process.output)
        assert json.loads(process.output)["dropped"]
        wait_for((tmp_path / "problems.txt").exists)
        (problem,) = (tmp_path / "problems.txt").read_text().splitlines()
        assert "refuses the user 'mynah'" in problem
        assert process.end()[0] == 0
        assert "hunter2" not in process.log + process.output + problem


def fed_until_silence(manager: socket.socket) -> None:
    """Returns when the watchdog, of 0.6 s, has not been fed for 1.5 s."""
    manager.settimeout(1.5)
    with contextlib.suppress(TimeoutError):
        while True:
            assert manager.recv(200) == b"WATCHDOG=1"
    manager.settimeout(30.0)


def test_the_watchdog_is_fed_only_while_audio_flows_through_the_loop(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(30.0)
        watched = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "600000"}
        port = Mosquitto(tmp_path).port  # nobody is there: a broker that is away is no reason to restart
        with Process(tmp_path, port, "--input", "-", environment=watched) as process:
            process.speak(1.5)
            assert manager.recv(200) == b"READY=1\nSTATUS=listening"
            for _ in range(6):
                assert manager.recv(200) == b"WATCHDOG=1"
            fed_until_silence(manager)  # the pipe is open, but nothing comes
            process.speak(1.0)
            assert manager.recv(200) == b"WATCHDOG=1"
            assert process.end()[0] == 0


@needs_mosquitto
def test_a_recording_that_cannot_be_read_is_a_line_and_status_1(tmp_path: Path, broker: Mosquitto) -> None:
    with Process(tmp_path, broker.port, "--input", str(tmp_path / "absent.wav")) as process:
        assert process.child.wait(10) == 1
        assert "Traceback" not in process.log
        assert f"mynah: {tmp_path / 'absent.wav'}: " in process.log.splitlines()[-1]
    assert retained(broker.port, "mynah/kitchen/availability") == "offline"


@needs_mosquitto
def test_home_assistant_learns_of_it_again_when_it_starts_and_may_forget_it(
    tmp_path: Path, broker: Mosquitto, capsys: pytest.CaptureFixture[str]
) -> None:
    config = "homeassistant/device/mynah_kitchen/config"
    with Subscriber(broker.port) as subscriber, Process(tmp_path, broker.port, "--input", "-") as process:
        wait_for(lambda: subscriber.payloads(config))
        content = json.loads(subscriber.payloads(config)[0])
        assert {"device", "origin", "components"} <= content.keys()
        unique = [component["unique_id"] for component in content["components"].values()]
        assert len(set(unique)) == len(unique)
        for component in content["components"].values():
            topics = [value for key, value in component.items() if key.endswith("_topic")]
            assert topics
            assert all(topic.startswith("mynah/kitchen/") for topic in topics)
        wait_for(lambda: subscriber.payloads("mynah/kitchen/state"))
        subscriber.say("homeassistant/status", "online")

        def again() -> bool:
            process.speak(0.1)
            return len(subscriber.payloads(config)) == 2

        wait_for(again)
        assert process.end()[0] == 0
    assert retained(broker.port, config)
    assert main(["forget", "--config", str(process.config)]) == 0
    assert "kitchen is forgotten" in capsys.readouterr().out
    for topic in (config, *(f"mynah/kitchen/{name}" for name in KEPT)):
        assert retained(broker.port, topic) is None
