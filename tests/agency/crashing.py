"""Workers that can be killed at any moment: forked processes that settle and reverse, and say what was acknowledged.

A worker is forked from the test, with a connection of its own; each acknowledged answer goes through a pipe as it is
given, so that what the parent has read was acknowledged before the kill.
"""

import json
import os
import pickle
import select
import signal
import struct
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.db import DatabaseError, InterfaceError
from tests.agency.at_database import point_at

Work = tuple[str, Callable[[], str]]
"""A caller's key, and what is asked for under it."""


class Worker(NamedTuple):
    """A forked process and the pipe its acknowledgements come through."""

    pid: int
    pipe: int


def started(url: str, works: Sequence[Work]) -> Worker:
    """Forks a worker that does its works in order, over and over what fails for the database's sake, then ends."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Worker(pid, reading)
    try:
        os.close(reading)
        point_at(url)
        for key, work in works:
            _acknowledge(writing, key, _done(work))
    finally:
        os._exit(0)


def killed(worker: Worker, after_seconds: float) -> dict[str, str]:
    """Kills a worker without a word after a while; what it had acknowledged."""
    said = _read(worker.pipe, after_seconds)
    os.kill(worker.pid, signal.SIGKILL)
    said += _read(worker.pipe, None)
    os.waitpid(worker.pid, 0)
    os.close(worker.pipe)
    return _acknowledged(said)


def ended(worker: Worker) -> dict[str, str]:
    """Waits for a worker to end by itself; what it acknowledged."""
    said = _read(worker.pipe, None)
    os.waitpid(worker.pid, 0)
    os.close(worker.pipe)
    return _acknowledged(said)


def _done(work: Callable[[], str]) -> str:
    try:
        return work()
    except (DatabaseError, InterfaceError) as cut:
        return json.dumps({"failed": type(cut).__name__})


def _acknowledge(pipe: int, key: str, answer: str) -> None:
    body = pickle.dumps((key, answer))
    os.write(pipe, struct.pack("<I", len(body)) + body)


def _read(pipe: int, seconds: float | None) -> bytes:
    """What comes through a pipe within some seconds, or until it is closed."""
    until = None if seconds is None else time.monotonic() + seconds
    said = b""
    while until is None or time.monotonic() < until:
        left = None if until is None else max(until - time.monotonic(), 0)
        ready, _, _ = select.select([pipe], [], [], left)
        if ready:
            part = os.read(pipe, 65_536)
            if not part:
                break
            said += part
    return said


def _acknowledged(said: bytes) -> dict[str, str]:
    found, at = {}, 0
    while at + 4 <= len(said):
        (size,) = struct.unpack_from("<I", said, at)
        if at + 4 + size > len(said):
            break
        key, answer = pickle.loads(said[at + 4 : at + 4 + size])
        if not answer.startswith('{"failed"'):
            found[key] = answer
        at += 4 + size
    return found
