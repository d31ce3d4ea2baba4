"""What sounds are played on, whoever plays them."""

from __future__ import annotations

from typing import Protocol, Self

from device.events import Samples


class Output(Protocol):
    """A loudspeaker: nothing here waits."""

    def play(self, samples: Samples) -> None:
        """Begin to play `samples`, 16 kHz mono, after what is playing."""

    def stop(self) -> None:
        """What is playing or waits to be played is heard no further."""

    @property
    def playing(self) -> bool:
        """Whether something can still be heard."""

    @property
    def there(self) -> bool:
        """Whether there is, or was, something to play on."""


class SilentSpeaker:
    """An output where there is nothing to play on."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def play(self, samples: Samples) -> None:
        """Nothing is heard."""

    def stop(self) -> None:
        """Nothing was heard."""

    @property
    def playing(self) -> bool:
        return False

    @property
    def there(self) -> bool:
        return False
