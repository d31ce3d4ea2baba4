"""A certificate authority for the tests, made with openssl."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl is not installed: apt install openssl"
)

NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
CONFIG = """
[ca]
default_ca = own
[own]
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
"""


class Authority:
    """`certificate` is what others have to trust."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder / name
        self._folder.mkdir()
        self.certificate, self._key = self._folder / "ca.crt", self._folder / "ca.key"
        (self._folder / "index").touch()
        (self._folder / "config").write_text(CONFIG.format(folder=self._folder))
        _openssl(f"req {NEW_KEY} -x509 -days 2 -subj /CN={name} -keyout {self._key} -out {self.certificate}")

    def issue(
        self, name: str, *, valid: tuple[float, float] = (-1, 1), san: str = "IP:127.0.0.1"
    ) -> tuple[Path, Path]:
        """A certificate and its key. `valid`: from and until, in days from now; `san`: whose it is."""
        request, certificate, key = (self._folder / f"{name}.{end}" for end in ("csr", "crt", "key"))
        names = self._folder / f"{name}.names"
        names.write_text(f"subjectAltName={san}\n")
        begin, end = ((datetime.now(UTC) + timedelta(days)).strftime("%Y%m%d%H%M%SZ") for days in valid)
        _openssl(f"req {NEW_KEY} -subj /CN={name} -keyout {key} -out {request}")
        _openssl(
            f"ca -batch -notext -config {self._folder / 'config'}"
            f" -cert {self.certificate} -keyfile {self._key}"
            f" -startdate {begin} -enddate {end} -extfile {names} -in {request} -out {certificate}"
        )
        return certificate, key


def _openssl(arguments: str) -> None:
    subprocess.run(["openssl", *arguments.split()], check=True, capture_output=True)
