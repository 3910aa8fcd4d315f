"""Processes that settle files: begun together, told what to do, heard while they work, and stopped.

All of them are forks of one process that has imported what settling needs and loaded the kernel, once; it can begin to
do so while the caller still reads policies (`get_ready`). Nothing heavy is imported here before that.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from threading import Thread
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from yibao.engine.batch import OnFile
    from yibao.engine.fit import Unfit
    from yibao.engine.stream import Telling

KEPT = 64 << 20
"""Bytes of memory given back that a process keeps: some pieces of claims with their results."""

LOADED = "yibao.engine.loaded"
"""The module that the process imports from which the others are forked."""


class Listener(NamedTuple):
    """Whom to tell: a step of work with what is done of how much, and a problem in rows of a file (from 1)."""

    step: Callable[[str, int, int], None]
    unfit: "Callable[[str, Unfit], None]"


class Here(NamedTuple):
    """What a process was given when it began: the terms, and whom to tell."""

    terms: "OnFile"
    telling: "Telling"


_HERE: list[Here] = []


def here() -> Here:
    """What this process was given."""
    return _HERE[0]


def get_ready() -> None:
    """Lets processes get ready that will be asked for: returns at once, they import and load meanwhile."""
    if _context().get_start_method() == "forkserver":
        from multiprocessing import forkserver

        with _unheard():
            forkserver.ensure_running()


def _context() -> Any:
    """How processes begin: on Linux as forks of one that has loaded everything, elsewhere each anew."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([LOADED])
    return context


class Workers:
    """Does work here, one thing after the other, and tells how far it is. A pool does the same in processes."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._step, self._done, self._total, self._by_thing = "", 0, 0, False

    def each(
        self, work: Callable[[Any], Any], given: Sequence[Any], step: str, rows: int | None = None
    ) -> list[Any]:
        """Work on each of several things, results in their order; `rows` where the work itself tells how far it is."""
        self._step, self._done, self._total = step, 0, len(given) if rows is None else rows
        self.tell(0)
        self._by_thing = rows is None
        return self._results(work, given)

    def one(self, work: Callable[[Any], Any], given: Any) -> Any:
        """Work on one thing, told as part of the step before it."""
        self._by_thing = False
        [result] = self._results(work, [given])
        return result

    def tell(self, count: int) -> None:
        """So many more are done."""
        self._done += count
        self._listener.step(self._step, self._done, self._total)

    def _results(self, work: Callable[[Any], Any], given: Sequence[Any]) -> list[Any]:
        return [self._counted(work(one)) for one in given]

    def _counted(self, result: Any) -> Any:
        if self._by_thing:
            self.tell(1)
        return result


class Pool(Workers):
    """Does work in processes, which tell what they do through one pipe."""

    def __init__(self, pool: ProcessPoolExecutor, listener: Listener, stop: Any) -> None:
        super().__init__(listener)
        self._pool, self._stop = pool, stop

    def _results(self, work: Callable[[Any], Any], given: Sequence[Any]) -> list[Any]:
        with _unheard(), _no_main():
            futures = [self._pool.submit(work, one) for one in given]
        try:
            for future in as_completed(futures):
                self._counted(future.result())  # a failure stops the others at once, not when it is its turn
        except BaseException:
            self._stop.set()
            self._pool.shutdown(cancel_futures=True)
            raise
        return [future.result() for future in futures]


@contextmanager
def _no_main() -> Iterator[None]:
    """Processes that begin meanwhile do not import the program they were begun from: what they do is in modules."""
    before = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = before


@contextmanager
def _unheard() -> Iterator[None]:
    """Ctrl-C waits: processes that begin meanwhile never hear it, not even while they import."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def working(processes: int, terms: "OnFile", listener: Listener) -> Iterator[Workers]:
    """A pool, or this process where one is enough: a small file is then settled sooner than a pool stands."""
    if processes > 1:
        with _pool(processes, terms, listener) as pool:
            yield pool
    else:
        from yibao.engine.stream import Telling

        alone = Workers(listener)
        _HERE[:] = [Here(terms, Telling(alone.tell, listener.unfit, lambda: False))]
        yield alone


@contextmanager
def _pool(processes: int, terms: "OnFile", listener: Listener) -> Iterator[Pool]:
    context = _context()
    told, stop = context.SimpleQueue(), context.Event()
    with ProcessPoolExecutor(
        processes, mp_context=context, initializer=_begin, initargs=(terms, told, stop)
    ) as pool:
        workers = Pool(pool, listener, stop)

        def listen() -> None:
            while (news := told.get()) is not None:
                if isinstance(news, int):
                    workers.tell(news)
                else:
                    listener.unfit(*news)

        listening = Thread(target=listen, daemon=True)
        listening.start()
        try:
            yield workers
        finally:
            pool.shutdown(cancel_futures=True)
            told.put(None)
            listening.join()


def _begin(terms: "OnFile", told: Any, stop: Any) -> None:
    import pyarrow as pa

    from yibao.engine.stream import Telling

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C and says stop
    Thread(target=_end_with_parent, daemon=True).start()
    pa.set_cpu_count(1)
    _keep_memory()

    def unfit(file: str, problem: "Unfit") -> None:
        told.put((file, problem))

    _HERE[:] = [Here(terms, Telling(told.put, unfit, stop.is_set))]


def _keep_memory() -> None:
    """Lets the C library keep what a piece gave back for the next one, where it would return it and fetch it page by page."""
    trim_threshold, mmap_threshold = -1, -3
    with suppress(OSError, AttributeError):  # another C library than GNU's
        library = ctypes.CDLL(None)
        library.mallopt(trim_threshold, KEPT)
        library.mallopt(mmap_threshold, KEPT)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
