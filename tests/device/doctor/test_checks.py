from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from device.audio.health import Fault
from device.cli import main
from device.doctor import checks as doctor
from device.doctor.finding import Finding, Health
from device.errors import BrokerError
from device.settings import BundleFolder, HomeSettings, Settings
from tests.device.broker import free_port
from tests.virtual_audio import VirtualAudio, virtual_audio

__all__ = ["virtual_audio"]

NOW = 1_800_000_000.0


def test_clocks() -> None:
    assert doctor.judge_clock(NOW, NOW - 1e6, True) == Finding(
        "clock", Health.OK, "2027-01-15 08:00 UTC, synchronized"
    )
    assert doctor.judge_clock(NOW, NOW - 1e6, None).health is Health.OK
    assert doctor.judge_clock(NOW, NOW - 1e6, False).health is Health.WARNING
    late = doctor.judge_clock(0.0, NOW, None)
    assert late.health is Health.PROBLEM
    assert "1970-01-01" in late.text
    assert "timedatectl set-ntp true" in late.text


@pytest.mark.parametrize(
    ("samples", "fault", "health", "advice"),
    [
        ([], None, Health.PROBLEM, "gives no audio: set audio.microphone"),
        ([np.zeros(1280, np.int16)] * 5, Fault.ZEROS, Health.PROBLEM, "only zeros: unmute it"),
        ([np.full(1280, 32_767, np.int16)] * 5, Fault.OVERDRIVEN, Health.WARNING, "lower its gain"),
        ([np.full(1280, 327, np.int16)] * 5, Fault.CANCELLED, Health.WARNING, "wired the wrong way round"),
        ([np.full(1280, 327, np.int16)] * 5, None, Health.OK, "level -40 dB"),
    ],
    ids=["nothing", "zeros", "overdriven", "cancelled", "fine"],
)
def test_microphones(
    samples: list[np.ndarray],  # type: ignore[type-arg]
    fault: Fault | None,
    health: Health,
    advice: str,
) -> None:
    finding = doctor.judge_microphone("'USB'", samples, fault, "0 'USB'")
    assert finding.health is health
    assert advice in finding.text


def test_a_microphone_that_is_muted(virtual_audio: VirtualAudio) -> None:
    finding = doctor.guarded(doctor.microphone, Settings())
    assert finding.health is Health.PROBLEM
    assert "only zeros" in finding.text


def test_espeak_ng() -> None:
    assert doctor.judge_pronunciation("/usr/bin/espeak-ng").health is Health.OK
    finding = doctor.judge_pronunciation(None)
    assert finding.health is Health.WARNING
    assert "apt install espeak-ng" in finding.text


def test_the_home() -> None:
    finding = doctor.home(Settings())
    assert finding.health is Health.OK
    assert "devices from" in finding.text


def test_bundles_that_are_not_there(tmp_path: Path) -> None:
    nowhere = BundleFolder(tmp_path / "absent")
    base = Settings()
    broken = dataclasses.replace(
        base,
        wake=dataclasses.replace(base.wake, bundles=(nowhere,)),
        hearing=dataclasses.replace(base.hearing, bundle=nowhere),
    )
    for check in (doctor.wake_words, doctor.hearing):
        finding = doctor.guarded(check, broken)
        assert finding.health is Health.PROBLEM
        assert f"{nowhere}: no bundle here" in finding.text


def test_an_error_in_a_check_is_a_finding() -> None:
    def some_check(settings: Settings) -> Finding:
        raise BrokerError("it is broken")

    def fault(settings: Settings) -> Finding:
        raise ZeroDivisionError("by zero")

    assert doctor.guarded(some_check, Settings()) == Finding("some check", Health.PROBLEM, "it is broken")
    assert "ZeroDivisionError: by zero" in doctor.guarded(fault, Settings()).text


def test_the_command_prints_all_and_fails_with_a_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "mynah.toml"
    config.write_text(f'mqtt.host = "127.0.0.1"\nmqtt.port = {free_port()}\n')
    assert main(["doctor", "--json", "--config", str(config)]) == 1
    findings = {line["check"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert {"cpu", "clock", "microphone", "broker", "wake words", "hearing", "pronunciation"} <= set(findings)
    assert findings["broker"]["health"] == "problem"


def test_names_that_cannot_be_heard_are_told(tmp_path: Path) -> None:
    file = tmp_path / "home.toml"
    lamp = '[[device]]\nname = "{}"\nkind = "light"\nprotocol = "zigbee2mqtt"\ntopic = "zigbee2mqtt/{}"\n'
    file.write_text(lamp.format("flower lamp", "a") + lamp.format("flour lamp", "b"))
    finding = doctor.home(dataclasses.replace(Settings(), home=HomeSettings(file=file)))
    assert finding.health is Health.WARNING
    assert "2 devices" in finding.text
    assert "sound the same" in finding.text
