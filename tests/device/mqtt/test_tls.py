"""What a broker with TLS may want, and the advice where something is wrong."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from device.errors import BrokerError
from device.mqtt.client import connect
from device.settings import MqttSettings
from tests.device.broker import Mosquitto, needs_mosquitto
from tests.device.certificates import Authority, needs_openssl

pytestmark = [needs_mosquitto, needs_openssl]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def broker(folder: Path, authority: Authority, *lines: str, **certificate: Any) -> Mosquitto:
    mine, key = authority.issue("server", **certificate)
    return Mosquitto(folder, f"certfile {mine}", f"keyfile {key}", *lines)


def trusting(broker: Mosquitto, authority: Authority | None, **more: Any) -> MqttSettings:
    file = authority.certificate if authority else None
    return dataclasses.replace(broker.settings, tls=True, ca_file=file, **more)


def outcome(settings: MqttSettings) -> str:
    """Why a connection could not be had; empty where it could."""
    try:
        with connect(settings, "kitchen"):
            return ""
    except BrokerError as error:
        return str(error)


def test_an_own_authority(tmp_path: Path, authority: Authority) -> None:
    with broker(tmp_path, authority) as secure:
        assert outcome(trusting(secure, authority)) == ""
        assert outcome(trusting(secure, None)).endswith(": it is not trusted: set mqtt.ca_file")
        other = Authority(tmp_path, "other")
        assert outcome(trusting(secure, other)).endswith(": it is not trusted: set mqtt.ca_file")


def test_a_port_with_tls_and_one_without(tmp_path: Path, authority: Authority) -> None:
    with broker(tmp_path, authority) as secure:
        assert outcome(secure.settings).endswith("does its port need TLS (mqtt.tls = true)?")
    with Mosquitto(tmp_path) as plain:
        assert outcome(trusting(plain, authority)).endswith("check mqtt.port and mqtt.tls")


@pytest.mark.parametrize(
    ("certificate", "advice"),
    [
        ({"san": "DNS:broker.example"}, "set mqtt.host to a name or address in the certificate"),
        ({"san": "IP:127.0.0.2"}, "set mqtt.host to a name or address in the certificate"),
        ({"valid": (-9, -2)}, "certificate has expired: renew it, or check this device's clock"),
        ({"valid": (2, 9)}, "certificate is not yet valid: check this device's clock"),
    ],
    ids=["name", "address", "expired", "early"],
)
def test_a_certificate_that_does_not_fit(
    tmp_path: Path, authority: Authority, certificate: dict[str, Any], advice: str
) -> None:
    with broker(tmp_path, authority, **certificate) as secure:
        told = outcome(trusting(secure, authority))
        assert told.endswith(advice)
        assert "ca_file" not in told


def test_a_name_that_differs(tmp_path: Path, authority: Authority) -> None:
    with broker(tmp_path, authority, san="DNS:broker.example") as secure:
        told = outcome(trusting(secure, authority, host="localhost"))
    assert "Hostname mismatch" in told
    assert told.endswith("set mqtt.host to a name or address in the certificate")


@pytest.mark.parametrize("version", ["tlsv1.2", "tlsv1.3"])
def test_a_broker_that_wants_to_know_who_comes(tmp_path: Path, authority: Authority, version: str) -> None:
    lines = (f"cafile {authority.certificate}", "require_certificate true", f"tls_version {version}")
    mine, key = authority.issue("kitchen")
    wrong, wrong_key = Authority(tmp_path, "other").issue("kitchen")
    with broker(tmp_path, authority, *lines) as strict:
        assert outcome(trusting(strict, authority, cert_file=mine, key_file=key)) == ""
        nobody = outcome(trusting(strict, authority))
        assert nobody.endswith("does it need this device's certificate (mqtt.cert_file and mqtt.key_file)?")
        told = outcome(trusting(strict, authority, cert_file=wrong, key_file=wrong_key))
        assert told.endswith("does it trust the certificate in mqtt.cert_file?")
