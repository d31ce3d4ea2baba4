"""Archives as they are made: the same bytes from the same content, and libraries from wheels."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from device.errors import BundleError, UpdateError
from device.update import keys
from device.update.archive import read_head, save_payload, unpack
from export import cli
from export.key import make as make_key
from export.update import make, needs, read_wheel, requirements
from tests.device.update.making import ROOT, package


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "maker"
    make_key(path)
    return path


def wheel(folder: Path, name: str, *files: str) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as out:
        for file in files:
            out.writestr(file, "1")
    return path


def test_a_pair_of_keys(key: Path, tmp_path: Path) -> None:
    assert key.stat().st_mode & 0o777 == 0o600
    public = key.with_name("maker.pub")
    assert keys.read(public) != keys.read(key)
    assert keys.trusted([public.parent, tmp_path / "absent"]).keys() == {keys.Key("", keys.read(public)).id}
    with pytest.raises(UpdateError, match="is there already"):
        make_key(key)
    for text in ("", "# nothing", "AAAA", "A" * 43 + "=\n" + "B" * 43 + "=", "no base64!", "ß"):
        (tmp_path / "wrong.pub").write_text(text)
        with pytest.raises(UpdateError, match="not a key"):
            keys.trusted([tmp_path])
    with pytest.raises(UpdateError, match="No such file"):
        keys.read(tmp_path / "absent.pub")


def test_a_key_that_the_service_may_not_read_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *arguments: str) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(UpdateError, match=r"house.pub: Permission denied: sudo chmod 644 .*house.pub"):
        keys.read(tmp_path / "house.pub")
    with pytest.raises(UpdateError, match="name a key that can be read"):  # a private one stays so
        keys.read(tmp_path / "house")


def test_the_same_content_makes_the_same_bytes(key: Path, tmp_path: Path) -> None:
    """Made twice, from two copies with other times, rights and order on the disk; and it unpacks to the
    package."""
    archives = []
    for name in ("one", "two"):
        copy = package(tmp_path / name, {})
        for number, path in enumerate(sorted(copy.rglob("*"), reverse=name == "two")):
            os.utime(path, (number, number))
            path.chmod(0o755)
        (copy / "__pycache__").mkdir()
        (copy / "__pycache__/settings.cpython-311.pyc").write_bytes(b"1")
        archives.append(tmp_path / f"{name}.update")
        make(archives[-1], "0.2.0", "Better ears", key, (), copy)
    first, second = (archive.read_bytes() for archive in archives)
    assert first == second
    with archives[0].open("rb") as stream:
        head, signer = read_head(stream, keys.trusted([key.parent]))
        save_payload(stream, head, tmp_path / "payload")
    unpack(tmp_path / "payload", head, tmp_path / "out")
    assert (head.version, head.python, head.machine, signer.name) == ("0.2.0", None, None, "maker")
    shipped = {path.relative_to(ROOT) for path in (ROOT / "device").rglob("*") if path.is_file()}
    made = {path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert made == {path for path in shipped if "__pycache__" not in path.parts} | {
        Path("mynah-0.2.0.dist-info/METADATA")
    }


def test_pinned_libraries_are_needed_unless_they_come_along(key: Path, tmp_path: Path) -> None:
    wanted = requirements(ROOT / "setup.cfg")
    pinned = needs(wanted, [])
    assert pinned["kaldi-decoder"]
    assert pinned["ai-edge-litert"]
    assert not {"numpy", "tflite-runtime", "PyYAML"} & pinned.keys(), "no pin, or for other machines"
    brought = wheel(
        tmp_path, "kaldi_decoder-0.4.0-cp312-cp312-manylinux_2_28_aarch64.whl", "kaldi_decoder/a.so"
    )
    pure = wheel(
        tmp_path, "paho_mqtt-3.0.0-py3-none-any.whl", "paho/a.py", "paho_mqtt-3.0.0.dist-info/METADATA"
    )
    head = make(tmp_path / "a.update", "0.2.0", "", key, [brought, pure])
    assert (head.python, head.machine) == ("3.12", "aarch64")
    assert head.needs == {
        name: pin for name, pin in pinned.items() if name not in ("kaldi-decoder", "paho-mqtt")
    }
    assert b"paho" not in head.line
    abi = read_wheel(wheel(tmp_path, "cryptography-51.0.0-cp311-abi3-manylinux_2_28_aarch64.whl", "a"))
    assert (abi.python, abi.machine) == (None, "aarch64")
    other = wheel(tmp_path, "hassil-4.0.0-cp313-cp313-manylinux_2_28_aarch64.whl", "a")
    with pytest.raises(UpdateError, match=r"more than one Python: 3\.12, 3\.13: make an update for each"):
        make(tmp_path / "b.update", "0.2.0", "", key, [brought, other])
    with pytest.raises(UpdateError, match="outside the packages' folder"):
        read_wheel(wheel(tmp_path, "some-1.0-py3-none-any.whl", "some-1.0.data/scripts/some"))
    with pytest.raises(UpdateError, match="no wheel"):
        read_wheel(tmp_path / "absent-1.0-py3-none-any.whl")


def test_what_devices_would_refuse_is_not_made(key: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.update"
    for version in ("1.0b2", "../1.0", ""):
        with pytest.raises(UpdateError, match="write numbers with dots"):
            make(out, version, "", key)
    with pytest.raises(UpdateError, match="write a line"):
        make(out, "0.2.0", "two\nlines", key)
    damaged = package(tmp_path / "damaged", {"bundles/english/bundle.json": ('"sha256": "', '"sha256": "0')})
    with pytest.raises(BundleError, match="damaged"):
        make(out, "0.2.0", "", key, (), damaged)
    assert not out.exists()


def test_by_the_command_line_without_tensorflow(tmp_path: Path) -> None:
    probe = (
        "import sys; from export.cli import main; status = main(sys.argv[1:]); "
        "assert 'tensorflow' not in sys.modules; sys.exit(status)"
    )

    def export(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", probe, *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    done = export("key", "--out", tmp_path / "maker")
    assert (done.returncode, done.stderr) == (0, "")
    done = export("update", "--key", tmp_path / "maker", "--version", "0.2.0", "--out", tmp_path, "--latest")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{tmp_path}/mynah-0.2.0.update: ")
    assert (tmp_path / "latest.json").read_text() == '{"archive": "mynah-0.2.0.update"}\n'


def test_errors_are_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        cli.main(["update", "--key", str(tmp_path / "absent"), "--version", "1", "--out", str(tmp_path)]) == 1
    )
    assert capsys.readouterr().err.startswith(f"mynah-export: {tmp_path}/absent: No such file")
    assert cli.main(["key", "--out", str(tmp_path / "absent/key")]) == 1
    assert "No such file" in capsys.readouterr().err
