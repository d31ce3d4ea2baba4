"""What is not exactly what was signed is not unpacked, and what leads out of its folder neither."""

from __future__ import annotations

import io
import lzma
import re
import tarfile
from pathlib import Path

import pytest

from device.errors import UpdateError
from device.update.archive import MAGIC, Head, read_head, save_payload, unpack
from tests.device.update.making import Maker, tree


def read(content: bytes, maker: Maker, folder: Path) -> Head:
    """All that is done with an archive until its files lie in `folder`."""
    stream = io.BytesIO(content)
    head, _ = read_head(stream, maker.keys)
    save_payload(stream, head, folder.with_suffix(".payload"))
    unpack(folder.with_suffix(".payload"), head, folder)
    return head


def test_what_was_put_in_comes_out(maker: Maker, tmp_path: Path) -> None:
    head = read(maker.archive("0.2.0").read_bytes(), maker, tmp_path / "out")
    assert (head.version, head.summary) == ("0.2.0", "What is new in 0.2.0")
    out = {
        str(path.relative_to(tmp_path / "out")): path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert out == tree("0.2.0")


def test_a_changed_bit_anywhere_is_refused(maker: Maker, tmp_path: Path) -> None:
    content = maker.archive("0.2.0").read_bytes()
    head, seal = content.index(b"\n", len(MAGIC)), content.index(b"\n", content.index(b"\n", len(MAGIC)) + 1)
    everywhere = {*range(0, seal + 8), *range(seal, len(content), 7), len(content) - 1}
    assert head < seal < len(content)
    for place in everywhere:
        broken = bytearray(content)
        broken[place] ^= 1
        with pytest.raises(UpdateError):
            read(bytes(broken), maker, tmp_path / "out")
        assert not (tmp_path / "out").exists(), "unpacked before it was checked"


def test_every_truncation_is_refused(maker: Maker, tmp_path: Path) -> None:
    content = maker.archive("0.2.0").read_bytes()
    for length in {*range(0, len(content), 11), len(content) - 1}:
        with pytest.raises(UpdateError):
            read(content[:length], maker, tmp_path / "out")
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an update"),
        (b"PK\x03\x04 a zip", "not an update"),
        (b"mynah update 2\n", "another format: update the base first"),
        (MAGIC + b"{}" * 100_000, "truncated"),
    ],
)
def test_what_is_no_archive_is_called_so(content: bytes, message: str, maker: Maker) -> None:
    with pytest.raises(UpdateError, match=message):
        read_head(io.BytesIO(content), maker.keys)


def test_the_message_says_what_is_wrong_with_the_signature(maker: Maker, tmp_path: Path) -> None:
    content = maker.archive("0.2.0").read_bytes()
    with pytest.raises(UpdateError, match="no key is trusted here: put"):
        read_head(io.BytesIO(content), {})
    with pytest.raises(UpdateError, match=r"unknown key .*, trusted here: maker: if you trust"):
        read_head(io.BytesIO(content), Maker(tmp_path).keys)
    with pytest.raises(UpdateError, match="the signature is not maker's for this content"):
        read_head(io.BytesIO(content.replace(b"0.2.0", b"0.3.0", 1)), maker.keys)
    with pytest.raises(UpdateError, match="data behind its end"):
        read(content + b"\0", maker, tmp_path / "out")


@pytest.mark.parametrize("version", ["../../etc", "0.2.0/..", "", "1.2.3.4.5", "0.2.0\n", "٣.1", 2])
def test_a_signed_version_that_is_no_folder_name_is_refused(version: object, maker: Maker) -> None:
    archive = maker.archive("0.2.0", {}, version=version)
    with (
        archive.open("rb") as stream,
        pytest.raises(UpdateError, match="this Mynah cannot read its head"),
    ):
        read_head(stream, maker.keys)


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname = kind, link
    return found


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (member("../out"), "leads out"),
        (member("device/../../out"), "leads out"),
        (member("/tmp/out"), "leads out"),
        (member("."), "leads out"),
        (member("device", tarfile.SYMTYPE, "/tmp"), "not a plain file"),
        (member("device", tarfile.LNKTYPE, "/etc/passwd"), "not a plain file"),
        (member("device", tarfile.CHRTYPE), "not a plain file"),
        (member("device", tarfile.FIFOTYPE), "not a plain file"),
        (member("device", tarfile.DIRTYPE), "not a plain file"),
        (member("good"), "cannot be unpacked"),  # a second time
        (member("good/below"), "cannot be unpacked"),
    ],
    ids=lambda case: case.name + case.type.decode() if isinstance(case, tarfile.TarInfo) else "",
)
def test_even_what_is_signed_may_only_be_plain_files_below_its_folder(
    bad: tarfile.TarInfo, message: str, maker: Maker, tmp_path: Path
) -> None:
    archive = maker.of_members("0.2.0", [(member("good"), b"1"), (bad, b"")])
    with pytest.raises(UpdateError, match=message):
        read(archive.read_bytes(), maker, tmp_path / "deep" / "out")
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} <= {
        "good",
        "out.payload",
        "payload",
        "mynah-0.2.0.update",
    }


@pytest.fixture(autouse=True)
def room(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()


def test_what_unpacks_to_more_than_was_signed_is_refused_on_the_way(maker: Maker, tmp_path: Path) -> None:
    """Zeros compress ten-thousandfold."""
    bomb = maker.archive("0.2.0", {"device/zeros": bytes(20_000_000)}, unpacked=1000)
    assert bomb.stat().st_size < 100_000
    with pytest.raises(UpdateError, match="more than its head says"):
        read(bomb.read_bytes(), maker, tmp_path / "out")
    assert not list((tmp_path / "out").rglob("zeros"))
    less = maker.archive("0.2.0", {"device/some": b"1"}, unpacked=1000)
    with pytest.raises(UpdateError, match="less than its head says"):
        read(less.read_bytes(), maker, tmp_path / "out")


def test_a_signed_payload_that_is_no_tar_is_refused(maker: Maker, tmp_path: Path) -> None:
    for payload in (b"", b"nonsense", lzma.compress(b"nonsense" * 1000), lzma.compress(bytes(5000))[:-9]):
        archive = maker.of_payload("0.2.0", payload, 10)
        with pytest.raises(UpdateError, match=r"cannot be unpacked|less than its head says"):
            read(archive.read_bytes(), maker, tmp_path / "out")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, ""),
        ({"python": "3.11", "machine": "aarch64"}, ""),
        ({"python": "3.13"}, "for Python 3.13, not 3.11"),
        ({"machine": "x86_64"}, "for x86_64, not aarch64"),
    ],
)
def test_compiled_libraries_fit_one_python_and_machine(said: dict[str, str], why: str, maker: Maker) -> None:
    with maker.archive("0.2.0", **said).open("rb") as stream:
        head, _ = read_head(stream, maker.keys)
    assert re.search(why, head.misfit("3.11", "aarch64")) if why else not head.misfit("3.11", "aarch64")
