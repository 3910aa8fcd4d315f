"""How fast this machine copies memory: what no scan can pass that reads its claims and writes its answers."""

import ctypes
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

BYTES = 512 * 1024 * 1024
ROUNDS = 20


def bytes_per_s(threads: int) -> float:
    """Bytes read and written a second, the best of twenty copies of half a gigabyte by the C library, by the clock."""
    source, target = (np.ones(BYTES, np.uint8) for _ in range(2))
    copy = ctypes.CDLL(None).memcpy
    copy.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
    part = BYTES // threads

    def copied(at: int) -> None:
        copy(target.ctypes.data + at * part, source.ctypes.data + at * part, part)

    best = float("inf")
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            list(pool.map(copied, range(threads)))
            best = min(best, time.perf_counter() - begun)
    return 2 * part * threads / best
