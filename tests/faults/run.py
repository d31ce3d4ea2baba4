"""The fault run: turns go on while the broker, the network and the passwords do not."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from tests.device.broker import Mosquitto, Subscriber
from tests.faults.home import USER, Appliances, home_toml, texts
from tests.faults.proxy import Proxy

DEVICE = "faults"
EXPIRES = 2.0
"""Seconds after which a command must not come any more."""
KEPT = {
    f"mynah/{DEVICE}/availability": ("online",),
    f"mynah/{DEVICE}/state": ("idle", "listening", "thinking"),
    f"mynah/{DEVICE}/mute": ("OFF",),
}
CONFIG = f"homeassistant/device/mynah_{DEVICE}/config"
WITHIN = 2.0
"""Seconds after a connection in which all of it is right."""


@dataclass
class Figures:
    """The last line of the run. `published`, `expired`: commands sent, and dropped because they could not be.

    `duplicated`, `late`: commands that came more than once, after EXPIRES or though they were said to be
    dropped. `wrong_state`: checks WITHIN of a connection that found something else retained.
    """

    turns: int = 0
    published: int = 0
    expired: int = 0
    confirmed: int = 0
    duplicated: int = 0
    late: int = 0
    connections: int = 0
    wrong_state: int = 0
    max_stall_ms: float = 0.0
    rss_growth_mb: float = 0.0


@dataclass
class World:
    """All that can break."""

    folder: Path
    broker: Mosquitto
    proxy: Proxy
    appliances: Appliances
    rng: random.Random
    broken: threading.Event = field(default_factory=threading.Event)
    faults_so_far: int = 0
    password: str = "first"

    def restart(self) -> None:
        """The broker crashes; what it retained is gone."""
        self.broker.stop()
        time.sleep(self.rng.uniform(0.1, 2.0))
        self.broker.start()

    def cut(self) -> None:
        self.proxy.cut()

    def unplug(self) -> None:
        """Nothing comes through any more, but nobody says so."""
        self.proxy.deaf = True
        time.sleep(self.rng.uniform(1.0, 6.0))

    def closed(self) -> None:
        self.proxy.closed = True
        self.proxy.cut()
        time.sleep(self.rng.uniform(0.5, 3.0))

    def slow(self) -> None:
        self.proxy.delay = self.rng.uniform(0.1, 0.8)
        time.sleep(self.rng.uniform(1.0, 4.0))

    def narrow(self) -> None:
        self.proxy.rate = self.rng.uniform(2_000, 20_000)
        time.sleep(self.rng.uniform(1.0, 4.0))

    def new_password(self) -> None:
        """The broker's owner changes it, and after a while in the daemon's file as well."""
        self.password = f"p{self.rng.randrange(10**6)}"
        set_password(self.folder, "mynah", self.password)
        self.broker.stop()
        self.broker.start()
        time.sleep(self.rng.uniform(0.5, 2.0))
        (self.folder / "password").write_text(self.password)

    def flood(self) -> None:
        self.appliances.flood(self.rng)

    def wipe(self) -> None:
        """Somebody empties what is retained; the next connection finds nothing."""
        with Subscriber(self.broker.port, username=USER, password=USER) as other:
            for topic in (*KEPT, CONFIG):
                other.say(topic, "", retain=True)
        self.proxy.cut()

    def faults(self) -> list[Callable[[], None]]:
        return [
            self.restart,
            self.cut,
            self.unplug,
            self.closed,
            self.slow,
            self.narrow,
            self.new_password,
            self.flood,
            self.wipe,
        ]


def set_password(folder: Path, user: str, password: str) -> None:
    file = folder / "passwords"
    create = [] if file.exists() else ["-c"]
    command = ["mosquitto_passwd", "-b", *create, str(file), user, password]
    subprocess.run(command, check=True, capture_output=True)


def break_things(world: World, ended: threading.Event) -> None:
    """One fault after another, each kind as often as the others, with some peace between them."""
    kinds: list[Callable[[], None]] = []
    while not ended.wait(world.rng.uniform(2.5, 5.0)):
        if not kinds:
            kinds = world.rng.sample(world.faults(), len(world.faults()))
        world.faults_so_far += 1  # some last no time at all
        world.broken.set()
        kinds.pop()()
        world.proxy.heal()
        world.broken.clear()


class Watcher:
    """Looks at what is retained WITHIN of each of the daemon's connections that lasts that long."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.connections, self.wrong = 0, list[str]()
        self._last = 0.0
        self._threads: list[threading.Thread] = []

    def connected(self, at: float) -> None:
        self.connections += 1
        self._last = at
        thread = threading.Thread(target=self._look, args=(at,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _look(self, at: float) -> None:
        end, faults = at + WITHIN, self._world.faults_so_far
        while time.monotonic() < end:
            if self._world.broken.is_set():
                return  # broken again meanwhile: nothing can be said of this connection
            time.sleep(0.02)
        found = self._retained()
        if self._last != at or self._world.faults_so_far != faults or found is None:
            return
        for topic, values in KEPT.items():
            if found.get(topic) not in values:
                self.wrong.append(f"{topic} is {found.get(topic)!r}")
        if not found.get(CONFIG):
            self.wrong.append(f"{CONFIG} is gone")

    def _retained(self) -> dict[str, str] | None:
        try:
            with Subscriber(self._world.broker.port, username=USER, password=USER) as subscriber:
                time.sleep(0.15)
                return {seen.topic: seen.payload for seen in subscriber.seen if seen.retained}
        except (OSError, AssertionError):
            return None  # the broker is gone again

    def join(self) -> None:
        for thread in self._threads:
            thread.join(WITHIN + 5)


def run(turns: int, seed: int, folder: Path, quiet: bool = False) -> Figures:
    """Starts a broker, appliances and the daemon; breaks things until all turns are over."""
    rng = random.Random(seed)
    said = texts(turns, rng)
    (folder / "texts").write_text("\n".join(said))
    (folder / "home.toml").write_text(home_toml())
    (folder / "password").write_text("first")
    for user, password in ((USER, USER), ("mynah", "first")):
        set_password(folder, user, password)
    lines = ("allow_anonymous false", f"password_file {folder / 'passwords'}")
    with Mosquitto(folder, *lines) as broker, Proxy(broker.port) as proxy:
        (folder / "mynah.toml").write_text(
            f'[device]\nid = "{DEVICE}"\n[home]\nfile = "home.toml"\n[mqtt]\nhost = "127.0.0.1"\n'
            f'port = {proxy.port}\nusername = "mynah"\npassword_file = "password"\nkeepalive = 5\n'
        )
        with Appliances(broker.port, USER) as appliances:
            world = World(folder, broker, proxy, appliances, rng)
            return _watched(world, folder, turns, quiet)


def _watched(world: World, folder: Path, turns: int, quiet: bool) -> Figures:
    command = [sys.executable, "-m", "tests.faults.daemon", "--config", str(folder / "mynah.toml")]
    with (folder / "daemon.log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--texts", str(folder / "texts")], stdout=subprocess.PIPE, stderr=log, text=True
        )
    assert process.stdout is not None
    ended, watcher = threading.Event(), Watcher(world)
    breaker = threading.Thread(target=break_things, args=(world, ended), daemon=True)
    told: list[dict[str, Any]] = []
    stall = 0.0
    with tqdm(total=turns, unit="turn", disable=quiet, mininterval=2) as progress:
        for line in process.stdout:
            event = json.loads(line)
            if "connected" in event:
                watcher.connected(event["connected"])
                if watcher.connections == 1:
                    breaker.start()
            elif "turn" in event:
                told.append(event)
                progress.update()
            else:
                stall = event["longest_stall_ms"]
    ended.set()
    if process.wait():
        print(f"the daemon ended with status {process.returncode}, see {folder}/daemon.log", file=sys.stderr)
    if breaker.ident is not None:
        breaker.join()
    watcher.join()
    figures = counted(told, world.appliances.came)
    figures.connections, figures.wrong_state = watcher.connections, len(watcher.wrong)
    figures.max_stall_ms = stall
    for wrong in watcher.wrong:
        print(wrong, file=sys.stderr)
    return figures


def counted(told: Iterable[dict[str, Any]], came: Iterable[tuple[str, str, float]]) -> Figures:
    """What became of the commands. `told`: of each turn, by the daemon; `came`: to the appliances."""
    turns = list(told)
    arrivals: dict[tuple[str, str], list[float]] = {}
    for topic, text, at in came:
        arrivals.setdefault((topic, json.dumps(json.loads(text), sort_keys=True)), []).append(at)
    figures = Figures(turns=len(turns))
    wanted: Counter[tuple[str, str]] = Counter()
    for turn in turns:
        sent = not turn["dropped"]
        figures.confirmed += turn["confirmation"] == "confirmed"
        for topic, payload in turn["commands"]:
            key = (topic, json.dumps(payload, sort_keys=True))
            wanted[key] += 1
            figures.published += sent
            figures.expired += not sent
            times = arrivals.get(key, [])
            figures.late += any(at > turn["at"] + EXPIRES or not sent for at in times)
    figures.duplicated = sum(max(0, len(times) - wanted[key]) for key, times in arrivals.items())
    memory = [turn["rss"] for turn in turns]
    if memory:
        settled = memory[len(memory) // 5 : 2 * len(memory) // 5] or memory
        rest = memory[-max(1, len(memory) // 5) :]
        figures.rss_growth_mb = round(max(rest) - max(settled), 1)
    return figures


def as_line(figures: Figures) -> str:
    return json.dumps(asdict(figures))
