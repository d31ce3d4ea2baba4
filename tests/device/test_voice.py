"""The whole device with its own models: a recording in at the microphone, exact bytes out at a broker."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from device.audio import wav
from device.cli import main
from device.events import SAMPLE_RATE
from device.settings import Settings
from tests.device.broker import Mosquitto, Subscriber, free_port, needs_mosquitto, retained, wait_for
from tests.device.test_process import Process
from tests.virtual_audio import VirtualAudio, virtual_audio

__all__ = ["virtual_audio"]

ROOT = Path(__file__).parents[2]
RECORDING = ROOT / "demo" / "recordings" / "switch on the coffee machine.flac"
BLINDS = RECORDING.with_stem("open the bedroom blinds")
"""What another command does not sound like, where a busy machine loses a piece of it."""

bundles = (*Settings().wake.bundles, Settings().hearing.bundle)
pytestmark = pytest.mark.skipif(
    not all((folder / "bundle.json").is_file() for folder in bundles),
    reason="device/bundles has no trained models: train and export them",
)


@needs_mosquitto
def test_from_the_microphone_to_the_broker(
    tmp_path: Path, broker: Mosquitto, virtual_audio: VirtualAudio
) -> None:
    with (
        Subscriber(broker.port) as subscriber,
        Process(tmp_path, broker.port, program="device.cli") as process,
    ):
        wait_for(lambda: subscriber.payloads("mynah/kitchen/state") == ["idle"], 60)
        virtual_audio.wait_for_recorder()
        virtual_audio.play(BLINDS)
        wait_for(lambda: subscriber.payloads("mynah/kitchen/turn"))
        wait_for(lambda: subscriber.payloads("zigbee2mqtt/bedroom blinds/set"))
        assert subscriber.payloads("zigbee2mqtt/bedroom blinds/set") == ['{"state": "OPEN"}']
        (turn,) = map(json.loads, subscriber.payloads("mynah/kitchen/turn"))
        assert turn["transcript"]["text"] == BLINDS.stem
        status, seconds = process.end()
        assert status == 0, process.log
        assert seconds < 2
        assert "Traceback" not in process.log
    assert retained(broker.port, "mynah/kitchen/availability") == "offline"


@needs_mosquitto
def test_an_announcement_is_heard_on_the_loudspeaker(
    tmp_path: Path, broker: Mosquitto, virtual_audio: VirtualAudio
) -> None:
    heard = tmp_path / "heard.raw"
    record = ["parecord", "--device=spk.monitor", "--raw", "--rate=16000", "--channels=1", str(heard)]
    with (
        Subscriber(broker.port) as subscriber,
        Process(tmp_path, broker.port, program="device.cli") as process,
        subprocess.Popen(record) as recorder,
    ):
        wait_for(lambda: subscriber.payloads("mynah/kitchen/state") == ["idle"], 60)
        virtual_audio.wait_for_recorder()
        subscriber.say("mynah/kitchen/announce", "Dinner is ready in the kitchen")
        wait_for(lambda: seconds_of_sound(heard) > 1.5, 60)
        recorder.terminate()
        status, _ = process.end()
        assert status == 0, process.log
        assert "Traceback" not in process.log


def seconds_of_sound(file: Path) -> float:
    return np.count_nonzero(np.fromfile(file, "<i2")) / SAMPLE_RATE if file.exists() else 0.0


def test_a_recording_as_a_turn() -> None:
    (report,) = map(json.loads, mynah("turn", "--json", str(RECORDING)).splitlines())
    assert report["file"] == str(RECORDING)
    assert report["detection"]["name"] == "hey mynah"
    assert report["commands"] == [{"topic": "cmnd/coffee/POWER", "payload": "ON"}]


def test_the_wake_word_alone() -> None:
    (report,) = map(json.loads, mynah("detect", "--scores", "--json", str(RECORDING)).splitlines())
    (detection,) = report["detections"]
    assert detection["name"] == "hey mynah"
    assert 0.3 < detection["at"] < 2.5
    assert len(report["times"]) == len(report["scores"]) > 100
    assert detection["probability"] > 0.5
    peak = report["scores"].index(max(report["scores"]))
    assert report["scores"][peak] > 0.5
    assert report["times"][peak] == pytest.approx(detection["at"], abs=0.4)
    assert report["times"] == sorted(report["times"])


def test_a_wake_word_that_stops_what_plays_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "mynah.toml"
    settings.write_text('[wake]\nactions = { "hey mynah" = "stop" }\n')
    assert main(["turn", "--config", str(settings), "--json", str(RECORDING)]) == 0
    (report,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert report["detection"]["name"] == "hey mynah"
    assert report["transcript"] is None
    assert report["commands"] == []


def test_a_wake_word_with_which_the_recording_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    said = tmp_path / "said.wav"
    wav.write(said, wav.read(RECORDING)[: round(1.35 * SAMPLE_RATE)])
    assert main(["detect", "--json", str(said)]) == 0
    (found,) = json.loads(capsys.readouterr().out)["detections"]
    assert found["name"] == "hey mynah"


def test_nothing_is_published_without_a_broker(tmp_path: Path) -> None:
    config = tmp_path / "mynah.toml"
    config.write_text(f'mqtt.host = "127.0.0.1"\nmqtt.port = {free_port()}\n')
    command = [
        sys.executable,
        "-m",
        "device.cli",
        "turn",
        "--publish",
        "--config",
        str(config),
        str(RECORDING),
    ]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith("mynah: no broker listens at 127.0.0.1:")


@needs_mosquitto
def test_a_turn_from_a_recording_is_published(tmp_path: Path, broker: Mosquitto) -> None:
    config = tmp_path / "mynah.toml"
    config.write_text(f'mqtt.host = "127.0.0.1"\nmqtt.port = {broker.port}\n')
    with Subscriber(broker.port) as subscriber:
        mynah("turn", "--publish", "--config", str(config), str(RECORDING))
        wait_for(lambda: subscriber.payloads("cmnd/coffee/POWER") == ["ON"])


def test_what_is_no_recording_does_not_stop_the_others(tmp_path: Path) -> None:
    empty = tmp_path / "empty.wav"
    empty.write_bytes(b"")
    command = [sys.executable, "-m", "device.cli", "turn", "--json", str(empty), str(RECORDING)]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 1
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == [str(RECORDING)]
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"mynah: {empty}: ")


def mynah(*arguments: str) -> str:
    command = [sys.executable, "-m", "device.cli", *arguments]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=True).stdout
