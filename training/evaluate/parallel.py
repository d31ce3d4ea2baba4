"""One recording after another through something slow to make, in several processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from tqdm import tqdm

Result = TypeVar("Result")

_worker: Callable[..., Any] | None = None


def _begin(make: Callable[[], Callable[..., Any]]) -> None:
    global _worker
    _worker = make()


def _one(task: tuple[Any, ...]) -> Any:
    assert _worker is not None
    return _worker(*task)


def each(
    make: Callable[[], Callable[..., Result]],
    tasks: Iterable[tuple[Any, ...]],
    total: int,
    name: str,
    jobs: int,
) -> Iterator[Result]:
    """`make()(*task)` of each task, in order; `make` is called once in each of `jobs` processes."""
    # Not by fork: the synthesis of the recordings has threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, _begin, (make,)) as pool:
        yield from tqdm(pool.map(_one, tasks), name, total, unit="clip", mininterval=5)
