"""The memory of a service that has loaded what it needs and now runs for months."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def settle() -> None:
    """What is loaded by now stays: no collection looks at it again."""
    gc.collect()
    gc.freeze()
    trim()


def trim() -> None:
    """Return what is free to the system, where the C library can (malloc_trim(3) of glibc): after loading, a
    sixth of all memory."""
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
