"""Work that another process does ahead of who needs it."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Generator
from queue import Full
from typing import TypeVar

T = TypeVar("T")


def endless(make: Callable[..., Callable[[], T]], *arguments: object, ahead: int = 16) -> Generator[T]:
    """What `make(*arguments)()` gives, again and again without end, up to `ahead` of them made beforehand.

    `make` and `arguments` are handed to a new process; closing the generator ends it.
    """
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[T] = context.Queue(maxsize=ahead)
    worker = context.Process(target=_work, args=(queue, make, arguments), daemon=True)
    worker.start()
    try:
        while True:
            yield queue.get()
    finally:
        worker.kill()


def _work(
    queue: multiprocessing.Queue[T], make: Callable[..., Callable[[], T]], arguments: tuple[object, ...]
) -> None:
    produce = make(*arguments)
    parent = multiprocessing.parent_process()
    item = produce()
    while parent is not None and parent.is_alive():  # a training that was killed leaves no process behind
        with contextlib.suppress(Full):
            queue.put(item, timeout=5)
            item = produce()
