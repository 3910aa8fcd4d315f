"""Work that goes on in a thread beside other work: reading ahead of it, writing behind it. The order stays what it was."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


def ahead(things: Iterator[Thing]) -> Iterator[Thing]:
    """The same things, each of them made while the one before is worked on."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, things, None)
        while (thing := coming.result()) is not None:
            coming = thread.submit(next, things, None)
            yield thing


class Behind(Generic[Thing]):
    """Calls a function in a thread with one thing after the other; the next waits where the one before is not done."""

    def __init__(self, work: Callable[[Thing], None]) -> None:
        self._work = work
        self._thread = ThreadPoolExecutor(1)
        self._last: Future[None] | None = None

    def __enter__(self) -> Callable[[Thing], None]:
        return self._begin

    def __exit__(
        self, kind: type[BaseException] | None, failed: BaseException | None, where: TracebackType | None
    ) -> None:
        """Waits for the last one. Raises what it raised, where nothing else was raised."""
        self._thread.shutdown()
        if self._last is not None and kind is None:
            self._last.result()

    def _begin(self, thing: Thing) -> None:
        if self._last is not None:
            self._last.result()
        self._last = self._thread.submit(self._work, thing)
