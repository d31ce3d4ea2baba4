"""What Mynah shows the broker, and whom it trusts: the password, the certificates."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from pathlib import Path

from device.errors import SettingsError
from device.mqtt.failures import reason
from device.settings import MqttSettings


def password(settings: MqttSettings, environment: Mapping[str, str] = os.environ) -> str | None:
    """The password of `own_password`; without one, the service's credential `password`.

    systemd puts the credential into `$CREDENTIALS_DIRECTORY`. At the command line, root can read the file in
    /etc/mynah that it is made of. Raises SettingsError.
    """
    own = own_password(settings)
    if own is not None or settings.username is None:
        return own
    try:
        text = Path(environment.get("CREDENTIALS_DIRECTORY", "/etc/mynah"), "password").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return text.partition("\n")[0] or None  # empty: the unit's default, where the device has no password


def own_password(settings: MqttSettings) -> str | None:
    """The password in the settings or the first line of its file. Raises SettingsError."""
    if settings.password_file is None:
        return settings.password
    try:
        lines = Path(settings.password_file).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"mqtt.password_file: {settings.password_file}: {reason(error)}") from None
    if not lines or not lines[0]:
        raise SettingsError(f"mqtt.password_file: {settings.password_file} is empty: put the password in")
    return lines[0]


def tls_context(settings: MqttSettings) -> ssl.SSLContext:
    """TLS with the settings' authorities and own certificate. Raises SettingsError."""
    context = ssl.create_default_context()
    try:
        if settings.ca_file is not None:
            context = ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"mqtt.ca_file: {settings.ca_file}: {reason(error)}") from None
    try:
        if settings.cert_file is not None:
            # An encrypted key must not make the daemon ask on a terminal.
            context.load_cert_chain(settings.cert_file, settings.key_file, password="")
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"mqtt.cert_file, mqtt.key_file: {settings.cert_file}, {settings.key_file}: {reason(error)}"
        ) from None
    return context
