"""A virtual microphone that PyAudio really opens: a private PulseAudio, played into with `paplay`.

    from tests.virtual_audio import VirtualAudio, virtual_audio   # the second is the pytest fixture

    def test_daemon(virtual_audio: VirtualAudio) -> None:
        process = subprocess.Popen([...], env={**os.environ, **virtual_audio.environment})
        virtual_audio.play("turn_on_the_lamp.wav")      # real time; returns when it has been played

`virtual_audio` is there for one test and skips it where pulseaudio (15 or later), paplay, pactl or ALSA's
pulse plugin is not installed. While it is, `os.environ` has the server's address too, so PyAudio in the
test's own process opens it as the default device.

- `environment`: what a child process needs in its environment.
- `play(path)`: plays a recording into the microphone, in real time, to its end. `start(path)`: the same
  without waiting; returns the Popen.
- `recorders()`: how many programs have the microphone open. `wait_for_recorder()`: until one has.
- `stop_server()`, `start_server()`: unplug and replug.
- what the test plays to the default output goes nowhere, and not into the microphone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

_ALSA = """\
<confdir:alsa.conf>
pcm.!default { type pulse }
ctl.!default { type pulse }
"""

_PROGRAMS = ("pulseaudio", "paplay", "pactl")


def missing() -> str | None:
    """Why there can be no virtual microphone here, or None where there can."""
    if absent := [program for program in _PROGRAMS if shutil.which(program) is None]:
        return f"{', '.join(absent)} not installed (Debian: pulseaudio pulseaudio-utils)"
    if not any(Path("/usr/lib").glob("**/alsa-lib/libasound_module_pcm_pulse.so")):
        return "ALSA's pulse plugin is not installed (Debian: libasound2-plugins)"
    return None


class VirtualAudio:
    """A PulseAudio of our own in `folder`; see the module's page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._socket = folder / "native"
        alsa = folder / "asound.conf"
        alsa.write_text(_ALSA.replace("<confdir:alsa.conf>", "</usr/share/alsa/alsa.conf>"))
        self.environment = {
            "PULSE_SERVER": f"unix:{self._socket}",
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_STATE_PATH": str(folder),
            "PULSE_COOKIE": str(folder / "cookie"),
            "ALSA_CONFIG_PATH": str(alsa),
        }
        self._server: subprocess.Popen[bytes] | None = None

    def start_server(self) -> None:
        """Raises RuntimeError where PulseAudio does not answer within 30 s."""
        modules = (
            f"module-native-protocol-unix socket={self._socket} auth-anonymous=1",
            "module-null-sink sink_name=mic rate=16000 channels=1 norewinds=1",
            "module-null-sink sink_name=spk norewinds=1",
        )
        arguments = ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"]
        arguments += ["--disable-shm=yes", "--log-target=file:" + str(self.folder / "log")]
        arguments += [argument for module in modules for argument in ("-L", module)]
        self._server = subprocess.Popen(arguments, env=self._full(), stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while "mic.monitor" not in (self._pactl("list", "short", "sources") or ""):
            if self._server.poll() is not None or time.monotonic() > deadline:
                log = (self.folder / "log").read_text() if (self.folder / "log").exists() else ""
                raise RuntimeError(f"PulseAudio does not start: {log[-500:]}")
            time.sleep(0.05)
        self._pactl("set-default-source", "mic.monitor")
        self._pactl("set-default-sink", "spk")

    def stop_server(self) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.wait(30)
            self._server = None
            self._socket.unlink(missing_ok=True)

    def start(self, path: str | Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(["paplay", "--device=mic", str(path)], env=self._full())

    def play(self, path: str | Path) -> None:
        assert self.start(path).wait() == 0, f"paplay failed on {path}"

    def recorders(self) -> int:
        return len((self._pactl("list", "short", "source-outputs") or "").splitlines())

    def wait_for_recorder(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not self.recorders():
            assert time.monotonic() < deadline, f"nobody opened the microphone within {seconds} s"
            time.sleep(0.05)

    def _pactl(self, *arguments: str) -> str | None:
        command = ["pactl", *arguments]
        done = subprocess.run(command, env=self._full(), capture_output=True, text=True, check=False)
        return done.stdout if done.returncode == 0 else None

    def _full(self) -> dict[str, str]:
        return {**os.environ, **self.environment}


@pytest.fixture
def virtual_audio() -> Iterator[VirtualAudio]:
    """A virtual microphone and speaker, the default ones of this process and its children."""
    if reason := missing():
        pytest.skip(f"no virtual microphone: {reason}")
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="mynah-") as folder:  # short: a socket's path has 108 bytes
        audio = VirtualAudio(Path(folder))
        os.environ.update(audio.environment)
        try:
            audio.start_server()
            yield audio
        finally:
            audio.stop_server()
            os.environ.clear()
            os.environ.update(before)
