"""A file of coded claims of any size: read a piece at a time, settled, and written as it goes; memory stays flat.

The file holds whole persons (整人): `person` ascending, each person's claims by benefit year and in order of settlement.
The last person's claims of a piece are settled again with the next, so a person may lie across row groups. The result is written under another
name and renamed when it is whole; its footer names the hash of input, policies and kernel, so a finished file is known.
"""

import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from yibao.engine.batch import OnFile, ready
from yibao.engine.beside import Behind, ahead
from yibao.engine.compiled import Kernel
from yibao.engine.fit import ColumnsUnfit, Unfit
from yibao.engine.recipes import SETTLE_PAYERS
from yibao.engine.settler import Settler, Totals, settled_schema, totals_of

PIECE = 1 << 17
"""Claims settled at a time: small enough to stay in the processor's cache, large enough for a row group."""

LARGE_GROUP = 64 << 20
"""Compressed bytes of a row group, from which on its columns are read through a buffer and not whole."""

READ = ("person", *SETTLE_PAYERS.columns, "benefit_year", "division", "claim_id")
"""Columns that are read where a file has them; all others are left alone."""

STAMP, TOTALS = b"yibao.stamp", b"yibao.totals"
"""Keys of a result's footer: the hash of all it rests on, and what it adds up to."""

LAYOUT = 1
"""Which layout results have; a new one makes every file anew."""

Told = Callable[[int], None]
"""Called with the number of claims done since the last call."""


class Claims(Protocol):
    """Claims in the order of a file of whole persons: a file, or a part of files that were put in order."""

    def digest(self) -> str:
        """A hash of everything that decides which claims these are, in which order."""

    def schema(self) -> pa.Schema:
        """Their columns."""

    def tables(self) -> Iterator[pa.Table]:
        """Their rows, PIECE at a time."""

    def origin(
        self, table: pa.Table, begin: int, rows: np.ndarray
    ) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        """For rows of a table that begins at row `begin`: file, its rows from 1, and their places among `rows`."""


class WholeFile(NamedTuple):
    """A file of whole persons in order."""

    path: Path

    def digest(self) -> str:
        """The hash of the file's bytes."""
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def schema(self) -> pa.Schema:
        """Its columns, those of READ only."""
        schema = pq.read_schema(self.path)
        return pa.schema([field for field in schema if field.name in READ])

    def tables(self) -> Iterator[pa.Table]:
        """Its rows, PIECE at a time."""
        return tables(self.path, READ)

    def origin(
        self, table: pa.Table, begin: int, rows: np.ndarray
    ) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        """The rows of the file itself."""
        yield str(self.path), rows + begin + 1, np.arange(len(rows))


def tables(path: Path, names: Sequence[str]) -> Iterator[pa.Table]:
    """Some columns of a Parquet file, PIECE rows at a time, whatever the size of its row groups."""
    with pq.ParquetFile(path) as opened:
        about = opened.metadata
        largest = max((about.row_group(n).total_byte_size for n in range(about.num_row_groups)), default=0)
        there = [name for name in names if name in opened.schema_arrow.names]
    buffered = 1 << 20 if largest > LARGE_GROUP else 0
    with pq.ParquetFile(path, buffer_size=buffered, pre_buffer=False) as file:
        for batch in file.iter_batches(PIECE, columns=there, use_threads=False):
            yield pa.Table.from_batches([batch])


class Stopped(Exception):
    """Somebody asked to stop; the file in work is left out and begun again next time."""


class FileUnfit(ValueError):
    """A file with problems, all of which were told: nothing of it is settled."""

    def __init__(self, problems: int) -> None:
        super().__init__(f"{problems} 处问题 (problems)")
        self.problems = problems


class Telling(NamedTuple):
    """Whom to tell while a file is settled: claims done, a problem with its file and rows; and whether to stop."""

    done: Told
    unfit: Callable[[str, Unfit], None]
    stop: Callable[[], bool]


def settle_file(
    claims: Claims, target: Path, terms: OnFile, telling: Telling, *, side_by_side: bool = False
) -> tuple[Totals, bool]:
    """Settles claims into a Parquet file; what they add up to, and whether the file was there already.

    With `side_by_side` a piece is read and another one written while one is settled, for a file that has more than one core
    to itself. Raises FileUnfit after the last row, OutOfOrder and Stopped; whatever is raised, `target` is not there.
    """
    settler = Settler(terms)
    stamp = stamp_of(claims.digest(), terms, settler.loaded)
    earlier = finished(target, stamp)
    if earlier is not None:
        telling.done(earlier.sums["claims"])
        return earlier, True
    target.unlink(missing_ok=True)
    draft = target.with_name(f".{target.name}.partial-{os.getpid()}")
    try:
        _write(claims, draft, settler, stamp, telling, side_by_side=side_by_side)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return settler.totals, False


def check_file(claims: Claims, terms: OnFile, telling: Telling) -> int:
    """Tells every problem of claims without settling any; how many there are."""
    return sum(
        _told(claims, table, begin, problem, telling)
        for begin, table, problem in _checked(claims, terms, telling)
    )


def _checked(claims: Claims, terms: OnFile, telling: Telling) -> Iterator[tuple[int, pa.Table, ColumnsUnfit]]:
    begin = 0
    for table in claims.tables():
        try:
            ready(SETTLE_PAYERS, terms, table, ordered=False)
        except ColumnsUnfit as unfit:
            yield begin, table, unfit
        begin += table.num_rows
        _go_on(telling, table.num_rows)


def _write(
    claims: Claims, draft: Path, settler: Settler, stamp: str, telling: Telling, *, side_by_side: bool
) -> None:
    schema = settled_schema(claims.schema())
    alike = {path.removeprefix("payers.") for path in settler.loaded.constant}
    problems, begin = 0, 0
    with (
        pq.ParquetWriter(draft, schema.with_metadata({STAMP: stamp}), **written_as(schema, alike)) as out,
        Behind(out.write_table) if side_by_side else nullcontext(out.write_table) as write,
    ):
        for table in ahead(claims.tables()) if side_by_side else claims.tables():
            try:
                fit = settler.check(table)
                if not problems:
                    write(settler.settle(table, fit).cast(schema))
            except ColumnsUnfit as unfit:
                problems += _told(claims, table, begin, unfit, telling)
            begin += table.num_rows
            _go_on(telling, table.num_rows)
        if problems:
            raise FileUnfit(problems)
        out.add_key_value_metadata({TOTALS: settler.totals.text()})


def _told(claims: Claims, table: pa.Table, begin: int, unfit: ColumnsUnfit, telling: Telling) -> int:
    count = 0
    for problem in unfit.unfit:
        if len(problem.rows):
            for file, rows, among in claims.origin(table, begin, problem.rows):
                telling.unfit(file, problem._replace(rows=rows, values=problem.values[among]))
                count += len(rows)
        elif begin == 0:  # of the whole column, so once for the file
            telling.unfit(next(claims.origin(table, begin, np.zeros(1, np.int64)))[0], problem)
            count += 1
    return count


def _go_on(telling: Telling, claims: int) -> None:
    telling.done(claims)
    if telling.stop():
        raise Stopped


def stamp_of(digest: str, terms: OnFile, loaded: Kernel) -> str:
    """The hash of all that a result rests on: the claims, the terms of every period, the kernel and the layout."""
    facts = sorted(terms.facts.items())
    found = hashlib.sha256(f"{LAYOUT} {digest} {loaded.name} {terms.first_day} {facts}".encode())
    for part in (terms.rows, terms.divisions, terms.places):
        found.update(repr(part.shape).encode() + part.tobytes())
    return found.hexdigest()


def finished(target: Path, stamp: str) -> Totals | None:
    """The totals of a result that is there, whole, and rests on just this; None where it has to be made."""
    about = footer(target)
    if about is None or about.get(STAMP) != stamp.encode() or TOTALS not in about:
        return None
    return totals_of(about[TOTALS])


def footer(target: Path) -> dict[bytes, bytes] | None:
    """The footer's own entries of a Parquet file; None where there is no file or it is not whole."""
    try:
        return pq.read_metadata(target).metadata or {}
    except (OSError, pa.ArrowInvalid):
        return None


def written_as(schema: pa.Schema, alike: Collection[str] = ()) -> dict[str, Any]:
    """How results are written: zstd-1, whole numbers as packed differences, no dictionary; three times as fast as usual.

    Columns that are `alike` in all rows are packed to nothing either way, and sooner as they stand.
    """
    packed = [f.name for f in schema if pa.types.is_integer(f.type) and f.name not in alike]
    return {
        "compression": "zstd",
        "compression_level": 1,
        "use_dictionary": False,
        "write_statistics": ["person"],
        "column_encoding": dict.fromkeys(packed, "DELTA_BINARY_PACKED"),
    }
