"""What belongs to a settings page: bundles, sentences, the home and whatever else it names beside itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path, PurePath

from device.card import taking, text
from device.card.page import Page
from device.card.places import Card
from device.card.system_settings import Tell
from device.engine.bundle import SHIPPED, Bundle
from device.errors import MynahError
from device.hearing.lexicon import Lexicon
from device.home import reading
from device.understanding.sentences import Sentences

BUNDLES, SENTENCES, HOME = "bundles", "sentences", "home.toml"
"""What is taken over even if no page names it."""


def take_all(card: Card, pages: Sequence[Page], tell: Tell) -> None:
    """Make `card.taken` what lies on the partition; of what is wrong there, what was there before stays."""
    names = {*_bundles(card, tell), *(name for name in (SENTENCES, HOME) if _source(card, name))}
    names = names.union(*(page.names for page in pages))
    secret = frozenset[str]().union(*(page.secret for page in pages))
    roots = sorted(
        name for name in names if not any(str(parent) in names for parent in PurePath(name).parents)
    )
    for name in roots:
        try:
            mode = 0o600 if name in secret else 0o644
            taking.take(_source(card, name), card.taken / name, name, _check(card, name, pages), mode)
        except MynahError as error:
            tell(str(error))
    _prune(card.taken, PurePath(), roots)


def link_all(card: Card) -> None:
    """Let what was taken over appear beside the installed settings page. Raises OSError."""
    for link in card.etc.iterdir():
        if link.is_symlink() and link.readlink().is_relative_to(card.taken):
            link.unlink()
    for entry in card.taken.iterdir():
        if _own(card, entry.name):
            continue
        new = card.etc / f".{entry.name}.new"
        new.unlink(missing_ok=True)
        new.symlink_to(entry)
        new.replace(card.etc / entry.name)


def unused(card: Card, page: Page) -> Iterator[str]:
    """A line for what somebody has put on the card for nothing."""
    for name, setting in ((HOME, f'file = "{HOME}"'), (SENTENCES, f'sentences = ["{SENTENCES}"]')):
        named = any(name in (each, *map(str, PurePath(each).parents)) for each in page.names)
        if _source(card, name) and not named:
            yield f"{name}: is not used: to use it, write  {setting}  below [home] in mynah.toml"
    for name in sorted({PurePath(name).parts[0] for name in page.names}):
        if _source(card, name) and _own(card, name):
            yield f"{name}: is not used: the device has a folder with that name: choose another name"


def misnamed(card: Card, page: Page) -> Iterator[str]:
    """A line for each of the user's wake words that the page names as if it came with Mynah."""
    for folder in page.settings.wake.bundles:
        own = card.boot / BUNDLES / folder.name
        if folder.parent == SHIPPED and not folder.exists() and own.is_dir():
            yield f'mynah.toml: {folder.name} lies in {BUNDLES}: write  bundles = ["{BUNDLES}/{folder.name}"]'


def _own(card: Card, name: str) -> bool:
    """Whether a folder is called so that did not come from the card."""
    path = card.etc / name
    return path.is_dir() and not path.is_symlink()


def _bundles(card: Card, tell: Tell) -> Iterator[str]:
    """Their names, `bundles/hey_athena`; what is no folder, or one too many, is told."""
    folder = card.boot / BUNDLES
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = f"{BUNDLES}/{path.name}"
        if path.name.startswith("."):
            continue
        if not path.is_dir():
            tell(f"{name}: a bundle is a folder: unpack it on your computer, and put the folder here")
        elif not (path / "bundle.json").exists() and (deeper := next(path.glob("*/bundle.json"), None)):
            tell(f"{name}: the bundle is a folder deeper: put {deeper.parent.name} itself into {BUNDLES}")
        else:
            yield name


def _source(card: Card, name: str) -> Path | None:
    """Where it lies on the partition. A folder with nothing in it, as the card comes with, is none."""
    path = card.boot / name
    if path.is_dir():
        return path if taking.files(path) else None
    return text.find(path.parent, path.name)


def _check(card: Card, name: str, pages: Iterable[Page]) -> taking.Check:
    """What must hold for that which is called so."""
    if PurePath(name).parts[0] == BUNDLES:
        return Bundle.load
    roles: dict[Path, taking.Check] = {card.etc / HOME: reading.read, card.etc / SENTENCES: _sentences}
    for settings in (page.settings for page in pages):
        roles |= {settings.home.file: reading.read, settings.hearing.bundle: Bundle.load}
        roles |= dict.fromkeys(settings.home.sentences, _sentences)
        roles |= dict.fromkeys(settings.wake.bundles, Bundle.load)
        if settings.hearing.lexicon is not None:
            roles[settings.hearing.lexicon] = Lexicon
    return roles.get(card.etc / name, lambda path: None)


def _sentences(path: Path) -> object:
    return Sentences.load([path])


def _prune(taken: Path, place: PurePath, names: Collection[str]) -> None:
    """Remove what has none of the names and leads to none."""
    for entry in sorted((taken / place).iterdir()):
        own = place / entry.name
        if str(own) in names:
            continue
        if entry.is_dir() and any(own in PurePath(name).parents for name in names):
            _prune(taken, own, names)
        else:
            taking.remove(entry)
