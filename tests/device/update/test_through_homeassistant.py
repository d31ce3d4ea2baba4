"""The whole daemon as a service: started as systemd would, updated through Home Assistant's topic, rolled
back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

from device.update.offer import RESTART
from export.key import make as make_key
from export.update import make as make_update
from tests.device.broker import Mosquitto, Subscriber, needs_mosquitto, retained, wait_for
from tests.device.update.making import ROOT, package

SOON = {"system/service.py": ("SETTLED = 30.0", "SETTLED = 0.5")}
"""A version that confirms itself soon."""
CRASHES = {"daemon/daemon.py": ("self._tell(Started())", 'raise RuntimeError("a bad version")')}
"""One whose fault only the running service shows."""


class Systemd:
    """Restart=on-failure, without a pause; a microphone that gives silence. A context manager."""

    def __init__(self, folder: Path, config: Path) -> None:
        self.statuses: list[int] = []
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "STATE_DIRECTORY": str(folder),
            "OPENBLAS_NUM_THREADS": "1",
        }
        self._command = [sys.executable, "-P", "-m", "device.update.launch", "run"]
        self._command += ["--config", str(config), "--input", "-"]
        self._log = folder.parent / "log"
        self._ended = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._work)

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._ended.set()
        self._thread.join(20)
        assert not self._thread.is_alive()

    def _work(self) -> None:
        while not self._ended.is_set():
            with self._log.open("ab") as log:
                child = subprocess.Popen(
                    self._command,
                    cwd="/",
                    env=self._environment,
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    bufsize=0,
                )
            assert child.stdin
            with child:
                while child.poll() is None:
                    if self._ended.is_set():
                        child.terminate()
                        break
                    try:
                        child.stdin.write(bytes(2560))
                    except BrokenPipeError:
                        break
                    time.sleep(0.08)
            self.statuses.append(child.returncode)
            if child.returncode == 0:
                return


@needs_mosquitto
def test_updated_through_home_assistant_confirmed_and_a_bad_one_taken_back(
    tmp_path: Path, broker: Mosquitto
) -> None:
    state, source, keys = tmp_path / "state", tmp_path / "source", tmp_path / "keys"
    for folder in (state, source, keys):
        folder.mkdir()
    shutil.copy(make_key(tmp_path / "maker"), keys)
    config = tmp_path / "mynah.toml"
    config.write_text(
        f'[device]\nid = "kitchen"\n[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\n'
        f'[update]\nsource = "{source}"\nkeys = "{keys}"\n'
    )

    def offer(number: str, changes: dict[str, tuple[str, str]]) -> None:
        made = package(tmp_path / number, changes)
        make_update(
            source / f"mynah-{number}.update", number, f"It is {number}", tmp_path / "maker", (), made
        )
        (source / "latest.json").write_text(json.dumps({"archive": f"mynah-{number}.update"}))

    def shown() -> dict[str, Any]:
        """What Home Assistant's update entity shows."""
        values = subscriber.payloads("mynah/kitchen/update")
        return json.loads(values[-1]) if values else {}

    def kept() -> dict[str, Any]:
        file = state / "versions" / "state.json"
        return json.loads(file.read_text()) if file.exists() else {}

    def problems() -> list[str]:
        return list(json.loads(subscriber.payloads("mynah/kitchen/problem")[-1])["problems"])

    offer("0.2.0", SOON)
    with Subscriber(broker.port) as subscriber, Systemd(state, config) as systemd:
        wait_for(lambda: shown().get("latest_version") == "0.2.0", 120)
        assert shown()["release_summary"] == "It is 0.2.0"
        assert shown()["installed_version"] != "0.2.0"
        wait_for(lambda: subscriber.payloads("homeassistant/device/mynah_kitchen/config"), 120)
        found = json.loads(subscriber.payloads("homeassistant/device/mynah_kitchen/config")[-1])
        subscriber.say(
            found["components"]["update"]["command_topic"], found["components"]["update"]["payload_install"]
        )
        wait_for(lambda: shown()["in_progress"], 120)
        wait_for(lambda: systemd.statuses == [RESTART], 120)
        wait_for(lambda: shown()["installed_version"] == "0.2.0", 120)
        wait_for(lambda: kept()["current"] == "0.2.0", 120)
        assert not shown()["in_progress"]
        assert problems() == []

        offer("0.3.0", SOON | CRASHES)
        assert "0.2.0 is confirmed" in systemd.log
        subscriber.say(
            "mynah/kitchen/update/install", "INSTALL"
        )  # it looks, and finds nothing that it had not known
        wait_for(lambda: shown().get("latest_version") == "0.3.0", 120)
        subscriber.say("mynah/kitchen/update/install", "INSTALL")
        wait_for(lambda: systemd.statuses[1:] == [RESTART, 1, 1], 150)
        wait_for(lambda: problems(), 120)
        assert problems() == ["update 0.3.0 was taken back: it was not ready in 2 starts; 0.2.0 runs"]
        wait_for(lambda: (shown()["installed_version"], shown()["latest_version"]) == ("0.2.0", "0.2.0"), 120)
        assert kept()["current"] == "0.2.0"
        assert kept()["refused"] == {"0.3.0": "it was not ready in 2 starts"}
    assert systemd.statuses[-1] == 0
    assert retained(broker.port, "mynah/kitchen/availability") == "offline"
