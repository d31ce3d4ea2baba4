"""From a file, a folder or a server to a version that waits; or a line that says why not, and nothing is
changed."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import platform
import re
import resource
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from device.cli import main
from device.errors import UpdateError
from device.update import sources
from device.update.install import install, look, proof
from device.update.versions import State, Versions
from export.key import make as make_key
from export.update import make as make_update
from export.update import metadata
from tests.device.update.making import BASE, ROOT, Maker, package, place, tree, works


def files(versions: Versions) -> dict[str, bytes]:
    """All that is kept, but for empty locks."""
    found = {
        str(path.relative_to(versions.folder)): path.read_bytes()
        for path in versions.folder.rglob("*")
        if path.is_file()
    }
    return {name: content for name, content in found.items() if content or "/" in name}


def attempt(source: object, maker: Maker, versions: Versions, downgrade: bool = False) -> str:
    """The error with which nothing was changed."""
    before = files(versions)
    with pytest.raises(UpdateError) as refused:
        install(str(source), maker.keys, versions, BASE, works, downgrade)
    assert files(versions) == before
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_an_archive_becomes_a_version_that_waits(maker: Maker, versions: Versions) -> None:
    head = install(str(maker.archive("0.2.0")), maker.keys, versions, BASE, works)
    assert head.version == "0.2.0"
    assert versions.read(BASE) == State(BASE, pending="0.2.0")
    for name, content in tree("0.2.0").items():
        assert (versions.site("0.2.0") / name).read_bytes() == content
    assert list(versions.site("0.2.0").rglob("*.pyc")), "compiled, so that nothing is written there later"
    assert not versions.incoming.exists()


def test_what_is_not_newer_waits_for_downgrade(maker: Maker, versions: Versions) -> None:
    place(versions, "0.2.0")
    versions.change(BASE, lambda state: State(BASE, current="0.2.0"))
    older, same, newer = (maker.archive(number) for number in ("0.1.9", "0.2.0", "0.10.0"))
    assert "0.1.9 is older than 0.2.0, which runs: to install it anyway, use --downgrade" in attempt(
        older, maker, versions
    )
    assert "0.2.0 is what runs" in attempt(same, maker, versions)
    assert "0.2.0 is what runs" in attempt(same, maker, versions, downgrade=True)
    install(str(older), maker.keys, versions, BASE, works, downgrade=True)
    assert versions.read(BASE).pending == "0.1.9"
    install(str(newer), maker.keys, versions, BASE, works)
    assert versions.read(BASE).pending == "0.10.0"
    assert "is already installed; it runs after the next start" in attempt(newer, maker, versions)
    versions.change(BASE, lambda state: state.started(versions.whole))
    assert "0.10.0 is on trial" in attempt(maker.archive("0.11.0"), maker, versions)


def test_what_was_taken_back_may_be_installed_again_by_hand(maker: Maker, versions: Versions) -> None:
    archive = str(maker.archive("0.2.0"))
    install(archive, maker.keys, versions, BASE, works)
    versions.change(BASE, lambda state: state.fallen("it was not ready in 2 starts"))
    install(archive, maker.keys, versions, BASE, works)
    assert versions.read(BASE) == State(BASE, pending="0.2.0")


def test_what_does_not_fit_this_device(maker: Maker, versions: Versions) -> None:
    here = platform.machine()
    assert f"for z80, not {here}" in attempt(maker.archive("0.2.0", machine="z80"), maker, versions)
    assert "for Python 2.7, not 3." in attempt(maker.archive("0.2.0", python="2.7"), maker, versions)
    lacking = maker.archive("0.2.0", needs={"nothing-of-the-sort": "1", "numpy": "0.0.1"})
    message = attempt(lacking, maker, versions)
    assert (
        "needs libraries that the base lacks: nothing-of-the-sort 1 (here: none), numpy 0.0.1 (here: "
        in message
    )
    assert message.endswith("): update the base first")


def test_a_version_that_does_not_compile_or_is_none(maker: Maker, versions: Versions) -> None:
    broken = maker.archive("0.2.0", {**tree("0.2.0"), "device/other.py": b"def :"})
    assert "device/other.py is not Python (SyntaxError)" in attempt(broken, maker, versions)
    assert "it contains no package device" in attempt(maker.archive("0.2.0", {"a": b"1"}), maker, versions)
    others = maker.archive("0.2.0", {**tree("0.2.0"), "library/old.py": b"print 1"})
    install(str(others), maker.keys, versions, BASE, works)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import nothing_of_the_sort", "ModuleNotFoundError: No module named 'nothing_of_the_sort'"),
        ("raise SystemExit('mynah: no ears')", "no ears"),
        ("import os; os.kill(os.getpid(), 9)", "status -9"),
    ],
)
def test_a_version_that_cannot_prove_itself(code: str, why: str, maker: Maker, versions: Versions) -> None:
    more = {"device/update/__init__.py": b"", "device/update/proof.py": code.encode()}
    archive = maker.archive("0.2.0", tree("0.2.0") | more)
    with pytest.raises(UpdateError) as refused:
        install(str(archive), maker.keys, versions, BASE, proof(None, versions))
    assert str(refused.value) == f"0.2.0 does not work here: {why}; nothing was changed"
    assert versions.read(BASE) == State(BASE)


def test_only_one_at_a_time(maker: Maker, versions: Versions) -> None:
    with versions.room():
        assert "another update is being installed" in attempt(maker.archive("0.2.0"), maker, versions)
    install(str(maker.archive("0.2.0")), maker.keys, versions, BASE, works)


@contextlib.contextmanager
def small_disk(folder: Path, options: str) -> Iterator[None]:
    """A disk in memory at `folder`; skips where it cannot be had."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", folder], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("only root can mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_disk_that_is_too_full_is_seen_before(maker: Maker, versions: Versions) -> None:
    with small_disk(versions.folder.parent, "size=4m"):
        assert "the disk is too full: 4 MB are free at" in attempt(maker.archive("0.2.0"), maker, versions)


@pytest.mark.parametrize("files", range(4, 24, 2))
def test_a_disk_that_becomes_full_on_the_way(files: int, maker: Maker, versions: Versions) -> None:
    """Of the number of files that it can have: it ends in unpacking, in compiling, in the state itself."""
    archive = maker.archive("0.2.0")
    with small_disk(versions.folder.parent, f"size=64m,nr_inodes={files}"):
        message = ""
        try:
            install(str(archive), maker.keys, versions, BASE, works)
        except UpdateError as error:
            message = str(error)
        state = versions.read(BASE)
    assert state == (State(BASE) if message else State(BASE, pending="0.2.0"))
    assert re.fullmatch("|the disk is full at .*: make room; nothing was changed", message)


def test_a_write_that_fails(maker: Maker, versions: Versions) -> None:
    """As on a disk that ends in the middle of a file."""
    archive = maker.archive("0.2.0", {**tree("0.2.0"), "device/large": os.urandom(100_000)})
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        assert "File too large; nothing was changed" in attempt(archive, maker, versions)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


Serve = Callable[[type[http.server.BaseHTTPRequestHandler]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server with a handler, and gives its address."""
    servers = []

    def serve(handler: type[http.server.BaseHTTPRequestHandler]) -> str:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_it_is_found_in_a_folder_and_on_a_server(maker: Maker, versions: Versions, serve: Serve) -> None:
    archive = maker.archive("0.2.0")
    (maker.folder / "latest.json").write_text(json.dumps({"archive": archive.name}))
    address = serve(functools.partial(Quiet, directory=maker.folder))  # type: ignore[arg-type]
    for source in (
        archive,
        maker.folder,
        maker.folder / "latest.json",
        archive.as_uri(),
        maker.folder.as_uri(),
        address,
        f"{address}/",
        f"{address}/{archive.name}",
    ):
        found = look(str(source), maker.keys, versions, BASE)
        assert (found.head.version, found.signer, found.why_not) == ("0.2.0", "maker", "")
        assert found.archive.endswith("/mynah-0.2.0.update")
    install(address, maker.keys, versions, BASE, works)
    assert versions.read(BASE).pending == "0.2.0"


def test_what_is_not_there_is_a_line(maker: Maker, versions: Versions, serve: Serve) -> None:
    archive = maker.archive("0.2.0").read_bytes()

    class Breaks(Quiet):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(archive)))
            self.end_headers()
            self.wfile.write(archive[: len(archive) // 2])

    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}/a.update"
        assert "Connection refused: check its name, and the network" in attempt(nobody, maker, versions)
    assert "truncated" in attempt(serve(Breaks) + "/a.update", maker, versions)
    address = serve(functools.partial(Quiet, directory=maker.folder))  # type: ignore[arg-type]
    assert "/latest.json: the server says 404" in attempt(address, maker, versions)
    assert "No such file" in attempt(maker.folder / "absent.update", maker, versions)
    assert "latest.json: No such file" in attempt(maker.folder, maker, versions)
    assert "write a file, a folder, or" in attempt("ftp://example.org/a.update", maker, versions)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"archive": 7}', '{"archive": "a.tar"}', '{"archive": "file:///etc/a.update"}']
)
def test_a_wrong_latest_json_is_called_so(text: str, tmp_path: Path) -> None:
    (tmp_path / "latest.json").write_text(text)
    with pytest.raises(UpdateError, match=r"latest\.json"):
        sources.find(str(tmp_path))


def test_the_whole_package_by_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Made, signed, checked, proven with its real models, installed and taken back."""
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.setenv("MYNAH_BASE", BASE)
    config = tmp_path / "mynah.toml"
    config.write_text('[update]\nkeys = "keys"\n')
    (tmp_path / "keys").mkdir()
    public, archive = make_key(tmp_path / "maker"), tmp_path / "mynah-0.2.0.update"
    make_update(archive, "0.2.0", "Better ears", tmp_path / "maker")

    def update(*arguments: str) -> tuple[int, str]:
        status = main(["update", "--config", str(config), *arguments])
        said = capsys.readouterr()
        return status, (said.out + said.err).strip()

    assert update() == (2, "mynah: name an archive: a file or an address; or set update.source")
    assert "no key is trusted here" in update(str(archive))[1]
    shutil.copy(public, tmp_path / "keys")
    in_the_way = tmp_path / "state/versions/state.json"
    in_the_way.mkdir(parents=True)
    assert update("--check", str(archive)) == (1, f"mynah: {in_the_way.parent}: Is a directory")
    in_the_way.rmdir()
    assert update("--check", str(archive)) == (0, "0.2.0, signed by maker: Better ears\nit can be installed")
    status, said = update(str(archive))
    assert (status, said.splitlines()[-1]) == (
        0,
        "0.2.0 is installed and begins with the next start: sudo systemctl restart mynah",
    )
    assert "0.2.0 begins with the next start" in update("--status")[1]
    site = tmp_path / "state/versions/0.2.0/site"
    own = {path.relative_to(ROOT) for path in (ROOT / "device").rglob("*") if "__pycache__" not in path.parts}
    assert own <= {path.relative_to(site) for path in site.rglob("*")}
    assert update("--rollback") == (0, "0.1.0 runs from the next start on: sudo systemctl restart mynah")
    status, said = update("--rollback")
    assert (status, said[:40]) == (1, "mynah: the base version runs, and there ")


def test_without_standard_input_a_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UpdateError, match="no standard input"):
        sources.file(sources.INPUT)


def test_what_the_proof_finds(maker: Maker, versions: Versions, tmp_path: Path) -> None:
    """A damaged model; a tree that is another version than its head says."""
    change = {"bundles/hey_mynah/bundle.json": ('"sha256": "', '"sha256": "0')}
    files = package_files_of(package(tmp_path / "changed", change)) | metadata("0.2.0")
    with pytest.raises(UpdateError, match=r"0\.2\.0 does not work here: .*bundles/hey_mynah/.*damaged"):
        install(str(maker.archive("0.2.0", files)), maker.keys, versions, BASE, proof(None, versions))
    archive = maker.archive("0.2.0", files, version="0.3.0")
    with pytest.raises(UpdateError, match=r"it calls itself 0\.2\.0, but its head 0\.3\.0"):
        install(str(archive), maker.keys, versions, BASE, proof(None, versions))


def package_files_of(folder: Path) -> dict[str, bytes]:
    """As `export.update.package_files`, which would refuse damaged bundles itself."""
    return {
        str(path.relative_to(folder.parent)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
