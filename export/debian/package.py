"""The Debian package: the environment, the unit and the settings, and what apt is to know of them."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tempfile
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from string import Template

from export.debian import environment
from export.shell import need, run
from export.targets import MACHINES, SOURCE, Suite, source_date

SCRIPTS = Path(__file__).parent / "scripts"
"""Maintainer scripts: what dpkg runs when the package comes and goes."""

CONTROL = Template("""\
Package: mynah
Version: $version
Architecture: $machine
Maintainer: Mynah <mynah@localhost>
Installed-Size: $size
Depends: libc6 (>= $glibc), libgcc-s1, libstdc++6, zlib1g,
 espeak-ng, python3 (>= $python), python3 (<< $next_python~), python3-pyaudio, systemd
Recommends: alsa-utils
Section: sound
Priority: optional
Description: voice assistant that lives on the device
 Say its wake word and a command: a small daemon understands it and acts on
 the home's appliances over MQTT, with no cloud and no hub. Models for the
 wake word "hey mynah" and for English are included.
 .
 Settings are in /etc/mynah/mynah.toml; "mynah doctor" says what they still need.
""")

CHANGES = Template("""\
mynah ($version) stable; urgency=medium

  * As the tree was at this time; its history is in the repository.

 -- Mynah <mynah@localhost>  $date
""")


def name(suite: Suite, machine: str) -> str:
    return f"mynah_{_version(suite)}_{MACHINES[machine]}.deb"


def _version(suite: Suite) -> str:
    return f"{environment.version()}~{suite.name}"


def build(out: Path, suite: Suite, machine: str, fetch: environment.Fetch = environment.wheels) -> Path:
    """Write the package into the folder `out`: the same bytes for the same tree. Returns its path.

    Raises ExportError as `environment.build` does, and where dpkg-deb is missing.
    """
    need("dpkg-deb")
    date = source_date()
    with tempfile.TemporaryDirectory(prefix="mynah-deb-") as folder:
        root = Path(folder) / "root"
        environment.build(root, suite, machine, date, fetch)
        _files(root, suite, date)
        _control(root, suite, machine)
        _dated(root, date)
        target = out / name(suite, machine)
        out.mkdir(parents=True, exist_ok=True)
        run(
            *("dpkg-deb", "--build", "--root-owner-group", "-Zzstd", root, target),
            environment={**os.environ, "SOURCE_DATE_EPOCH": str(date)},
        )
    return target


def _files(root: Path, suite: Suite, date: int) -> None:
    """What lies outside the environment."""
    places = {
        SOURCE / "systemd" / "mynah.service": "usr/lib/systemd/system/mynah.service",
        SOURCE / "systemd" / "mynah.toml": "etc/mynah/mynah.toml",
    }
    for source, place in places.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, root / place)
    (root / "etc/mynah/keys").mkdir()
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/mynah").symlink_to(environment.PREFIX / "bin" / "mynah")
    documents = root / "usr/share/doc/mynah"
    documents.mkdir(parents=True)
    (documents / "copyright").write_text(_copyright())
    changes = CHANGES.substitute(
        version=_version(suite), date=format_datetime(datetime.fromtimestamp(date, UTC))
    )
    (documents / "changelog.gz").write_bytes(gzip.compress(changes.encode(), mtime=0))


def _copyright() -> str:
    return (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        "Upstream-Name: Mynah\n\n"
        "Files: *\nCopyright: 2026 the authors of Mynah\nLicense: Apache-2.0\n"
        " On Debian systems, its text is in /usr/share/common-licenses/Apache-2.0.\n\n"
        f"Comment: Below {environment.PREFIX}/lib are Python packages of others; the license of each is in\n"
        " its folder *.dist-info.\n"
    )


def _control(root: Path, suite: Suite, machine: str) -> None:
    control = root / "DEBIAN"
    control.mkdir()
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    sums = (
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(root)}\n"
        for path in files
    )
    (control / "md5sums").write_text("".join(sums))
    (control / "conffiles").write_text("/etc/mynah/mynah.toml\n")
    (control / "control").write_text(
        CONTROL.substitute(
            version=_version(suite),
            machine=MACHINES[machine],
            size=sum(path.stat().st_size for path in files) // 1024 + 1,
            glibc=suite.glibc.replace("_", "."),
            python=suite.python,
            next_python=suite.next_python,
        )
    )
    for script in SCRIPTS.iterdir():
        shutil.copyfile(script, control / script.name)
        (control / script.name).chmod(0o755)


def _dated(root: Path, date: int) -> None:
    """One time and plain modes for all, whoever builds it and whenever."""
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        os.utime(path, (date, date), follow_symlinks=False)
