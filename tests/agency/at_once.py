"""Runs things at the same moment, each on a connection of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def at_once(works: Sequence[Callable[[], T]], workers: int | None = None) -> list[T | Exception]:
    """What each gives or raises, in the order given; all start together."""
    together = threading.Barrier(workers or len(works))

    def run(work: Callable[[], T]) -> T | Exception:
        if workers is None:
            together.wait()
        try:
            return work()
        except Exception as failure:
            return failure
        finally:
            connections.close_all()

    with ThreadPoolExecutor(workers or len(works)) as pool:
        return list(pool.map(run, works))
