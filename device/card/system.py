"""Applies the system settings: host name, Wi-Fi, login. /etc lives until power-off, so at each start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from device.card.machine import Machine
from device.card.places import Card
from device.card.system_settings import SystemSettings, Tell, User
from device.card.wifi import supplicant
from device.errors import CardError
from device.system import identity
from device.system.atomic import write_whole

GROUPS = ("adm", "audio", "plugdev", "sudo", "systemd-journal", "users")
"""Of those that there are, a user who logs in belongs to all."""


def fulfil(settings: SystemSettings, card: Card, machine: Machine, tell: Tell) -> None:
    """All that can be; what cannot is told."""
    system = _System(card, machine)
    hostname = settings.hostname or system.own_hostname()
    steps: tuple[tuple[object, Callable[[], None]], ...] = (
        (hostname, lambda: system.hostname(hostname)),
        (settings.timezone, lambda: system.timezone(settings.timezone or "")),
        (settings.supplicant or settings.networks or settings.country, lambda: system.wifi(settings)),
        (settings.user, lambda: system.user(settings.user or User(""))),
        (settings.keys, lambda: system.keys(settings)),
        (settings.ssh, lambda: system.ssh(settings)),
    )
    for wanted, step in steps:
        if wanted:
            try:
                step()
            except CardError as error:
                tell(str(error))
            except OSError as error:
                tell(f"{error.filename}: {error.strerror}")


class _System:
    def __init__(self, card: Card, machine: Machine) -> None:
        self.card, self.machine = card, machine
        self.etc = card.root / "etc"

    def own_hostname(self) -> str:
        """A name that no other device has, where this one still has the image's; otherwise empty."""
        try:
            named = (self.etc / "hostname").read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""
        return identity.default_host(self.machine.identity()) if named == identity.IMAGE else ""

    def hostname(self, name: str) -> None:
        write_whole(self.etc / "hostname", f"{name}\n".encode())
        hosts = self.etc / "hosts"
        lines = hosts.read_text("utf-8").splitlines() if hosts.exists() else ["127.0.0.1\tlocalhost"]
        lines = [line for line in lines if not line.startswith("127.0.1.1")]
        write_whole(hosts, "\n".join([*lines, f"127.0.1.1\t{name}", ""]).encode())
        self.machine.name(name)

    def timezone(self, name: str) -> None:
        zones = Path("usr/share/zoneinfo")
        if ".." in Path(name).parts or not (self.card.root / zones / name).is_file():
            raise CardError(f"the timezone {name[:40]!r} is not known: write one such as Europe/London")
        new = self.etc / ".localtime.new"
        new.unlink(missing_ok=True)
        new.symlink_to(Path("/") / zones / name)
        new.replace(self.etc / "localtime")
        write_whole(self.etc / "timezone", f"{name}\n".encode())

    def wifi(self, settings: SystemSettings) -> None:
        folder = self.etc / "wpa_supplicant"
        folder.mkdir(parents=True, exist_ok=True)
        content = settings.supplicant or supplicant(settings.networks, settings.country)
        write_whole(folder / "wpa_supplicant-wlan0.conf", content.encode(), 0o600)

    def user(self, user: User) -> None:
        if (found := self._account(user.name)) is None:
            there = {line.partition(":")[0] for line in self._lines("group")}
            groups = ",".join(group for group in GROUPS if group in there)
            more = ["--groups", groups] if groups else []
            self.machine.run(["useradd", "--create-home", "--shell", "/bin/bash", *more, user.name])
        elif int(found[2]) < 1000:
            raise CardError(f"the user {user.name!r} belongs to the system: choose another name")
        if user.password and "\n" in user.password:
            raise CardError(
                f"the password of the user {user.name!r} has more than one line: choose another one"
            )
        if user.password:
            encrypted = ["--encrypted"] if user.hashed else []
            self.machine.run(["chpasswd", *encrypted], f"{user.name}:{user.password}\n")
        if (self.etc / "sudoers.d").is_dir():  # as on Raspberry Pi OS
            rule = f"{user.name} ALL=(ALL) NOPASSWD: ALL\n"
            write_whole(self.etc / "sudoers.d" / "010_card", rule.encode(), 0o440)

    def keys(self, settings: SystemSettings) -> None:
        name = settings.user.name if settings.user else self._first_user()
        account = self._account(name) if name else None
        if account is None:
            raise CardError(
                "there are ssh keys, but there is no user to log in: name one, in [user] of custom.toml"
            )
        folder = self.card.root / account[5].lstrip("/") / ".ssh"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(folder / "authorized_keys", "".join(f"{key}\n" for key in settings.keys).encode(), 0o600)
        self.machine.run(["chown", "--recursive", f"{account[2]}:{account[3]}", str(folder)])

    def ssh(self, settings: SystemSettings) -> None:
        if settings.ssh_password is not None:
            folder = self.etc / "ssh" / "sshd_config.d"
            folder.mkdir(parents=True, exist_ok=True)
            allowed = "yes" if settings.ssh_password else "no"
            write_whole(folder / "card.conf", f"PasswordAuthentication {allowed}\n".encode())
        self._host_keys()
        self.machine.run(["systemctl", "start", "--no-block", "ssh.service"])
        if settings.user is None and self._first_user() is None:
            raise CardError("ssh is on, but there is no user to log in: name one, in [user] of custom.toml")

    def _host_keys(self) -> None:
        """The same at each start, made at the first one: who connects wants to know the device again."""
        kept = self.card.state / "ssh" / "etc" / "ssh"  # where ssh-keygen -A writes below a root
        kept.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.machine.run(["ssh-keygen", "-A", "-f", str(self.card.state / "ssh")])
        (self.etc / "ssh").mkdir(exist_ok=True)
        for key in kept.iterdir():
            mode = 0o644 if key.suffix == ".pub" else 0o600
            write_whole(self.etc / "ssh" / key.name, key.read_bytes(), mode)

    def _first_user(self) -> str | None:
        return next(
            (line.split(":")[0] for line in self._lines("passwd") if line.split(":")[2] == "1000"), None
        )

    def _account(self, name: str) -> list[str] | None:
        return next((line.split(":") for line in self._lines("passwd") if line.split(":")[0] == name), None)

    def _lines(self, name: str) -> list[str]:
        try:
            return [line for line in (self.etc / name).read_text("utf-8").splitlines() if line.count(":") > 2]
        except OSError:
            return []
