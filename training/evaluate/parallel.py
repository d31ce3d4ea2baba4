"""One recording after another through something slow to make, in several processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from tqdm import tqdm

from device.errors import MynahError

Result = TypeVar("Result")

_worker: Callable[..., Any] | MynahError | None = None


def _begin(make: Callable[[], Callable[..., Any]]) -> None:
    global _worker
    try:
        _worker = make()
    except MynahError as error:  # raised here, it would be lost with its process
        _worker = error


def _one(task: tuple[Any, ...]) -> Any:
    if isinstance(_worker, MynahError):
        raise _worker
    assert _worker is not None
    return _worker(*task)


def each(
    make: Callable[[], Callable[..., Result]],
    tasks: Iterable[tuple[Any, ...]],
    total: int,
    name: str,
    jobs: int,
) -> Iterator[Result]:
    """`make()(*task)` of each task, in order; `make` is called once in each of `jobs` processes.

    A MynahError of either is raised here.
    """
    # Not by fork: the synthesis of the recordings has threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, _begin, (make,)) as pool:
        yield from tqdm(pool.map(_one, tasks), name, total, unit="clip", mininterval=5)
