"""Why there is no connection to the broker, and what to do, in a line."""

from __future__ import annotations

import socket
import ssl

from device.settings import VERSIONS, MqttSettings

NAMES_DIFFER = (62, 64)
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""
CLIENT_UNKNOWN = (
    *("TLSV13_ALERT_CERTIFICATE_REQUIRED", "SSLV3_ALERT_HANDSHAKE_FAILURE"),
    *("SSLV3_ALERT_BAD_CERTIFICATE", "TLSV1_ALERT_UNKNOWN_CA"),
)
"""Why brokers end a handshake that want a certificate of the client and get none, or a wrong one."""


CREDENTIALS = ("Bad user name or password", "Not authorized", "Bad authentication method", "Banned")
"""Why brokers refuse a connection for the one who wants it."""
TAKEN_OVER = "Session taken over"
BUSY = ("Server unavailable", "Server busy", "Connection rate exceeded")
"""What passes by itself."""
PASSING = ("", *BUSY, "Server shutting down", "Keep alive timeout", "Maximum connect time")
"""Why connections end that need nobody's help."""
LIMIT = "raise the broker's limit for this device"
ADVICE = {
    "Not authorized": "allow it in the broker's access list",
    "Client identifier not valid": "set device.id to a shorter name of letters and digits",
    "Administrative action": "somebody ended it at the broker",
    "Keep alive timeout": "check whether the network loses messages",
    "Maximum connect time": "the broker does this from time to time",
    "Server moved": "set mqtt.host to the new broker",
    "Use another server": "set mqtt.host to another broker",
    **dict.fromkeys((*BUSY, "Server shutting down"), "check whether it is overloaded, or restarting"),
    **dict.fromkeys(("Quota exceeded", "Message rate too high", "Receive maximum exceeded"), LIMIT),
    "Packet too large": LIMIT,
}
"""By what MQTT 5 calls a reason (2.4), what to do."""


def why_unreachable(error: Exception, settings: MqttSettings) -> str:
    """What is wrong and what to do, in a line, where connecting raised `error`."""
    host, port = settings.address
    where = f"{host}:{port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the broker's certificate at {where}: {error.verify_message}: {_remedy(error)}"
    if isinstance(error, ssl.SSLError) and error.reason in CLIENT_UNKNOWN:
        return why_silent(settings)
    if isinstance(error, ConnectionRefusedError):
        return f"no broker listens at {where}: start it, or set mqtt.host and mqtt.port"
    if isinstance(error, ssl.SSLError) or (settings.tls and isinstance(error, ConnectionError | EOFError)):
        return f"no TLS with the broker at {where} ({reason(error)}): check mqtt.port and mqtt.tls"
    if isinstance(error, socket.gaierror):
        return f"the broker's name {host} is not known: check mqtt.host"
    if isinstance(error, TimeoutError):
        return f"the broker at {where} does not answer: check mqtt.host, the network and its firewall"
    return f"the broker at {where} cannot be reached: {reason(error)}"


def why_silent(settings: MqttSettings) -> str:
    """As `why_unreachable`, where the broker closed the connection instead of an answer.

    With TLS 1.3 the client has finished its handshake before the broker misses the client's certificate.
    """
    closed = "the broker at {}:{} closed the connection without an answer".format(*settings.address)
    if not settings.tls:
        return f"{closed}: does its port need TLS (mqtt.tls = true)?"
    if settings.cert_file is None:
        return f"{closed}: does it need this device's certificate (mqtt.cert_file and mqtt.key_file)?"
    return f"{closed}: does it trust the certificate in mqtt.cert_file?"


def _remedy(error: ssl.SSLCertVerificationError) -> str:
    """What to do about a broker's certificate."""
    if error.verify_code in NAMES_DIFFER:
        return "set mqtt.host to a name or address in the certificate"
    if "not yet valid" in error.verify_message:
        return "check this device's clock"
    if "expired" in error.verify_message:
        return "renew it, or check this device's clock"
    return "it is not trusted: set mqtt.ca_file"


def why_refused(reason: str, settings: MqttSettings) -> str:
    """What is wrong and what to do, in a line, where the broker's answer was `reason`."""
    host, port = settings.address
    if "protocol version" in reason:
        other = next(version for version in VERSIONS if version != settings.version)
        mute = f"the broker at {host}:{port} does not speak MQTT {settings.version}"
        return f'{mute}: set mqtt.version = "{other}"'
    if reason not in CREDENTIALS:
        return f"the broker at {host}:{port} refuses the connection ({reason}): {_advice(reason)}"
    who = f"the user {settings.username!r}" if settings.username else "a client without a user name"
    advice = "check mqtt.username and its password" if settings.username else "set mqtt.username"
    return f"the broker at {host}:{port} refuses {who} ({reason}): {advice}"


def why_dropped(reason: str, settings: MqttSettings) -> str:
    """As `why_refused`, where the broker ended a connection and said why (MQTT 5)."""
    host, port = settings.address
    return f"the broker at {host}:{port} ended the connection ({reason}): {_advice(reason)}"


def why_forbidden(topic: str, reason: str, *, reading: bool = False) -> str:
    """As `why_refused`, where the broker does not take what is sent to `topic`, or give what is there."""
    what = f"to let Mynah read {topic}" if reading else f"messages to {topic}"
    return f"the broker refuses {what} ({reason}): {_advice(reason)}"


def why_unsteady(settings: MqttSettings) -> str:
    """As `why_dropped`, where the broker ends connections soon and says nothing."""
    where = "the broker at {}:{} ends one connection after the other".format(*settings.address)
    if settings.version == "5":
        return f"{where} and does not say why: read its log"
    return f'{where}: read its log, or set mqtt.version = "5", with which it says why'


def why_twin(device_id: str) -> str:
    return (
        f"another Mynah called {device_id} takes turns with this one at the broker: give each of them a"
        " device.id of its own"
    )


def _advice(reason: str) -> str:
    return ADVICE.get(reason, "read the broker's log")


def reason(error: Exception) -> str:
    """What the operating system or TLS says of `error`, never empty."""
    said = getattr(error, "strerror", None) or getattr(error, "reason", None) or str(error)
    return str(said) or type(error).__name__
