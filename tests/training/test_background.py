"""Another process works ahead, and goes when it is no longer needed."""

from __future__ import annotations

import itertools
import multiprocessing
import os
from collections.abc import Callable

from training.background import endless


def counter(start: int) -> Callable[[], tuple[int, int]]:
    """Tells its process and the next number."""
    numbers = itertools.count(start)
    return lambda: (os.getpid(), next(numbers))


def test_items_come_in_order_from_another_process_until_it_is_closed() -> None:
    items = endless(counter, 7, ahead=2)
    first, second = next(items), next(items)
    assert (first[1], second[1]) == (7, 8)
    assert first[0] == second[0] != os.getpid()
    (worker,) = [child for child in multiprocessing.active_children() if child.pid == first[0]]
    items.close()
    worker.join(5)
    assert not worker.is_alive()
