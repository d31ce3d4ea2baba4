"""What of its settings the daemon would refuse, found before it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from device.assembly import stages as assembly
from device.assembly.skills import make_sentences
from device.engine.bundle import Bundle
from device.errors import MynahError
from device.hearing.lexicon import Lexicon
from device.mqtt.credentials import own_password, tls_context
from device.settings import Settings


def refusals(settings: Settings) -> Iterator[str]:
    """A line for each part that would not do. No model is loaded: that takes long."""
    for check in (_broker, _wake, _hearing, _home):
        if line := _refusal(check, settings):
            yield line


def _refusal(check: Callable[[Settings], None], settings: Settings) -> str:
    try:
        check(settings)
    except MynahError as error:
        return str(error)
    except OSError as error:  # of files that the settings name and nobody reads as text
        return f"{error.filename}: {error.strerror}: copy it to the card again"
    return ""


def _broker(settings: Settings) -> None:
    own_password(settings.mqtt)
    if settings.mqtt.tls:
        tls_context(settings.mqtt)


def _wake(settings: Settings) -> None:
    assembly.wake_bundles(settings)


def _hearing(settings: Settings) -> None:
    Bundle.load(settings.hearing.bundle, "hearing")
    Lexicon(settings.hearing.lexicon)


def _home(settings: Settings) -> None:
    home, sentences = assembly.make_home(settings), make_sentences(settings)
    sentences.groups(home)
    if settings.wake.actions:  # otherwise there is no need to understand anything
        assembly.actions(settings, assembly.make_understanding(settings, home, sentences))
