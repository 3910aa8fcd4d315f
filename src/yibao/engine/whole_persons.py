"""Whether files of claims hold whole persons in order, and the putting in order of those that do not; memory stays flat.

Order of settlement is that of `settled_at` where there is such a column, else of the day, and of files and rows as they
stand. The claims of files are split into parts by a hash of the person, on disk, until a part fits in memory; a part is
sorted when it is settled. A file whose persons are all its own and in order is never rewritten.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from yibao.engine.batch import NO_FACTS, Facts, OnFile, benefit_years, ready
from yibao.engine.fit import ColumnsUnfit, Unfit, numbers_of
from yibao.engine.recipes import SETTLE_PAYERS
from yibao.engine.settler import ORIGIN
from yibao.engine.stream import PIECE, READ, tables
from yibao.engine.terms import Claim

ORDER = ("settled_at", "day")
"""Columns that say in which order a person's claims were settled; the first one there decides."""

PART_ROWS = 1_000_000
"""The most claims of a part, which is sorted in memory; a person with more than that is one part all the same."""

SPLIT = 256
"""The most parts that claims are split into at a time, each of them an open file."""

GATHERED = 1 << 19
"""Claims that are split at a time: few enough for memory, and enough that the piece of each part is worth writing."""

WINDOW = 1 << 26
"""Persons looked at together when files are searched for persons they share."""

ENDING = ".arrows"
"""How the name of a part's file ends: a stream of Arrow."""

SORTED = "sorted-"
"""How the name of a part begins, and of its result."""


class Survey(NamedTuple):
    """What a look through a file found: its claims, the range of its persons, whether they are in order, or what is wrong."""

    path: Path
    rows: int
    lowest: int
    highest: int
    in_order: bool
    unfit: tuple[Unfit, ...]


def survey(path: Path, terms: OnFile, halt: Callable[[], None]) -> Survey:
    """Looks through the columns of a file that decide its order. `unfit` holds what keeps it from being used at all."""
    wrong: list[Unfit] = []
    try:
        rows = pq.read_metadata(path).num_rows
        ready(SETTLE_PAYERS, terms, pq.read_schema(path).empty_table(), ordered=False)
    except ColumnsUnfit as unfit:
        return Survey(path, 0, 0, -1, False, tuple(unfit.unfit))
    except (OSError, pa.ArrowException) as broken:
        return Survey(
            path, 0, 0, -1, False, (Unfit("", f"不是能读的 Parquet 文件 (not readable): {broken}"),)
        )
    lowest, highest, in_order, last = np.iinfo(np.int32).max, np.iinfo(np.int32).min, True, None
    done = 0
    try:
        for table in tables(path, ("person", "benefit_year", *ORDER)):
            if "day" not in table.column_names:
                same = np.full(table.num_rows, terms.facts["day"], np.int32)
                table = table.append_column("day", pa.array(same))
            keys = _keys(table, wrong)
            if keys is None:
                return Survey(path, rows, 0, -1, False, tuple(_placed(wrong, done)))
            lowest, highest = min(lowest, int(keys[0].min())), max(highest, int(keys[0].max()))
            with_last = keys if last is None else [np.r_[a, b] for a, b in zip(last, keys, strict=True)]
            in_order = in_order and _ascends(with_last, up_to=3 if "settled_at" in table.column_names else 2)
            last = [key[-1:] for key in keys]
            done += table.num_rows
            halt()
    except (OSError, pa.ArrowException) as broken:
        message = f"第 {done} 行之后读不下去 (cannot be read on): {broken}"
        return Survey(path, rows, 0, -1, False, (Unfit("", message),))
    return Survey(path, rows, lowest, highest, in_order, ())


def _placed(wrong: list[Unfit], begin: int) -> Iterator[Unfit]:
    for problem in wrong:
        yield problem._replace(rows=problem.rows + begin + 1)


def _keys(table: pa.Table, wrong: list[Unfit]) -> list[np.ndarray] | None:
    """Person, benefit year and order of settlement of each row; None where one of them cannot be read."""
    person = numbers_of(table, "person", "int32", wrong)
    day = numbers_of(table, "day", "int32", wrong)
    year = None if day is None else benefit_years(table, day, wrong)
    order = day if "settled_at" not in table.column_names else _moments(table, wrong)
    return None if person is None or year is None or order is None else [person, year, order]


def _moments(table: pa.Table, wrong: list[Unfit]) -> np.ndarray | None:
    column = table.column("settled_at")
    if pa.types.is_timestamp(column.type):
        table = table.set_column(
            table.column_names.index("settled_at"), "settled_at", column.cast(pa.int64())
        )
    return numbers_of(table, "settled_at", "int64", wrong)


def _ascends(keys: Sequence[np.ndarray], up_to: int) -> bool:
    """Whether rows ascend by the first keys, the earlier key before the later one."""
    same = np.ones(len(keys[0]) - 1, bool)
    for key in keys[:up_to]:
        if (same & (key[1:] < key[:-1])).any():
            return False
        same &= key[1:] == key[:-1]
    return True


def mixed(surveys: Sequence[Survey], halt: Callable[[], None]) -> set[int]:
    """Which files have to be put in order: those that are not, and those that share a person with another."""
    found = {at for at, seen in enumerate(surveys) if not seen.in_order}
    for low, high in _overlaps(surveys):
        for begin in range(low, high + 1, WINDOW):
            found |= _sharing(surveys, begin, min(begin + WINDOW - 1, high), halt)
    return found


def _overlaps(surveys: Sequence[Survey]) -> list[tuple[int, int]]:
    """Ranges of persons in which more than one file may have claims, apart from each other and in order."""
    edges = sorted(
        edge for s in surveys if s.highest >= s.lowest for edge in ((s.lowest, 1), (s.highest + 1, -1))
    )
    found: list[tuple[int, int]] = []
    open_files, begun = 0, 0
    for at, step in edges:
        if open_files == 1 and step == 1:
            begun = at
        if open_files == 2 and step == -1 and at > begun:
            found.append((begun, at - 1))
        open_files += step
    return found


def _sharing(surveys: Sequence[Survey], low: int, high: int, halt: Callable[[], None]) -> set[int]:
    owner = np.zeros(high - low + 1, np.int32)  # 1 + the place of the first file that has the person
    found: set[int] = set()
    for at, seen in enumerate(surveys):
        if seen.lowest > high or seen.highest < low:
            continue
        for table in tables(seen.path, ("person",)):
            person = table.column("person").to_numpy()
            place = person[(person >= low) & (person <= high)].astype(np.int64) - low
            others = owner[place]
            shared = np.unique(others[(others != 0) & (others != at + 1)])
            if len(shared):
                found |= {at, *(shared - 1).tolist()}
            owner[place[others == 0]] = at + 1
            halt()
    return found


class Part(NamedTuple):
    """Claims of some persons out of several files, on disk in no order; `files` are the files they came from."""

    path: Path
    files: tuple[Path, ...]
    inputs: str

    @property
    def name(self) -> str:
        """The digits of the hash that its persons share."""
        return self.path.stem

    def digest(self) -> str:
        """The hash of the files the claims came from, and which part it is."""
        return f"{self.inputs} {self.name} {PART_ROWS} {SPLIT}"

    def schema(self) -> pa.Schema:
        """The columns of the claims, and those of ORIGIN."""
        with pa.ipc.open_stream(self.path) as stream:
            return stream.schema

    def tables(self) -> Iterator[pa.Table]:
        """The claims by person, benefit year and order of settlement."""
        with pa.ipc.open_stream(self.path) as stream:
            whole = stream.read_all()
        keys = _keys(whole, [])
        origin = [whole.column(name).to_numpy() for name in reversed(ORIGIN)]
        order = np.lexsort([*origin, *reversed(keys)]) if keys else np.arange(whole.num_rows)
        for begin in range(0, whole.num_rows, PIECE):
            yield whole.take(order[begin : begin + PIECE]).combine_chunks()

    def origin(
        self, table: pa.Table, begin: int, rows: np.ndarray
    ) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        """The rows of the files that the claims came from."""
        files, numbers = (table.column(name).to_numpy()[rows] for name in ORIGIN)
        for file in np.unique(files):
            among = np.flatnonzero(files == file)
            yield str(self.files[file]), numbers[among], among


def split(
    files: Sequence[Path], folder: Path, halt: Callable[[], None], facts: Facts = NO_FACTS
) -> list[tuple[Part, int]]:
    """Splits the claims of files into parts of whole persons, files in `folder`, which appears whole; and their rows.

    `facts` are those of `engine.batch.OnFile`. A folder that is there already is taken as it is: its name is to say what it holds.
    """
    if not folder.exists():
        draft = folder.with_name(f"{folder.name}.partial-{os.getpid()}")
        try:
            draft.mkdir()
            rows = sum(pq.read_metadata(path).num_rows for path in files)
            _split(_claims_of(files, facts, halt), rows, draft, 1)
            draft.replace(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    parts = [Part(path, tuple(files), folder.name) for path in sorted(folder.glob(f"*{ENDING}"))]
    return [(part, sum(table.num_rows for table in _pieces(part.path))) for part in parts]


def give_back(parts: Sequence[tuple[Part, int]]) -> None:
    """Removes the claims of settled parts, and keeps a list of what the parts were for the next run."""
    folder = parts[0][0].path.parent
    if not folder.exists():
        return
    for earlier in folder.parent.glob(f"{folder.name[:-32]}*.json"):
        earlier.unlink()
    kept = [[part.path.name, rows] for part, rows in parts]
    folder.with_suffix(".json").write_text(json.dumps(kept), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)


def parts_kept(folder: Path, files: Sequence[Path]) -> list[tuple[Part, int]]:
    """The parts that an earlier run settled and gave back; none where their claims are still there, or never were."""
    listed = folder.with_suffix(".json")
    if folder.exists() or not listed.exists():
        return []
    kept = json.loads(listed.read_text("utf-8"))
    return [(Part(folder / name, tuple(files), folder.name), rows) for name, rows in kept]


def unlike(files: Sequence[Path]) -> list[tuple[Path, Unfit]]:
    """Files that lack a column which decides the order or the terms of others that they are to be ordered with."""
    there = [set(pq.read_schema(path).names) for path in files]
    return [
        (path, Unfit(name, f"缺少列 {name}：一同排序的其他文件有这一列 (missing column)"))
        for name in ("settled_at", "benefit_year", "division", "claim_id")
        for path, has in zip(files, there, strict=True)
        if name not in has and any(name in of for of in there)
    ]


def inputs_digest(files: Sequence[tuple[str, str]]) -> str:
    """A name for what files hold, from the names and the hashes of them in order."""
    return hashlib.sha256(repr(list(files)).encode()).hexdigest()[:32]


def _claims_of(files: Sequence[Path], facts: Facts, halt: Callable[[], None]) -> Iterator[pa.Table]:
    """The claims of files with their ORIGIN, all of the same columns; what only some files have is filled with its default.

    So is the day where no file has it, since parts are put in order by it.
    """
    schemas = [pq.read_schema(path) for path in files]
    names = [n for n in (*READ, "settled_at") if n == "day" or any(n in schema.names for schema in schemas)]
    defaults = Claim._field_defaults | facts
    kinds = {name: _one_type([s.field(name).type for s in schemas if name in s.names]) for name in names}
    for at, path in enumerate(files):
        begin = 1
        for table in tables(path, names):
            halt()
            count = table.num_rows
            columns = {
                name: _as(table.column(name), kind)
                if name in table.column_names
                else pa.array(np.full(count, defaults[name])).cast(kind)
                for name, kind in kinds.items()
            }
            row = np.arange(begin, begin + count)
            yield pa.table({**columns, "file": np.full(count, at, np.int32), "row": row})
            begin += count


def _as(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """A column in another type; days become their numbers, moments too."""
    if pa.types.is_integer(kind) and pa.types.is_date(column.type):
        column = column.cast(pa.date32()).cast(pa.int32())
    return column.cast(kind)


def _one_type(kinds: Sequence[pa.DataType]) -> pa.DataType:
    """What columns of one name are read as where files have them in several types; int64 where none has it."""
    if kinds and all(kind == kinds[0] for kind in kinds):
        return kinds[0]
    return pa.string() if any(map(pa.types.is_string, kinds)) else pa.int64()


def _split(claims: Iterator[pa.Table], rows: int, folder: Path, used: int) -> None:
    """Writes claims into parts by what is left of the hash after `used`; parts that are too large are split again."""
    ways = max(2, min(SPLIT, -(-rows // (PART_ROWS // 2))))
    writers: dict[int, pa.RecordBatchStreamWriter] = {}
    found = dict.fromkeys(range(ways), 0)
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    try:
        for table in _gathered(claims):
            part_of = (_hash(table.column("person").to_numpy()) // used % ways).astype(np.int16)
            by_part = table.take(np.argsort(part_of, kind="stable")).combine_chunks()
            begin = 0
            for part, count in enumerate(np.bincount(part_of, minlength=ways).tolist()):
                if count:
                    if part not in writers:
                        name = folder / f"{part:03}{ENDING}"
                        writers[part] = pa.ipc.new_stream(name, table.schema, options=options)
                    writers[part].write_table(by_part.slice(begin, count))
                    found[part] += count
                begin += count
    finally:
        for writer in writers.values():
            writer.close()
    for part in writers if len(writers) > 1 else ():
        if found[part] > PART_ROWS and used * ways < 2**31:
            whole, name = folder / f"{part:03}{ENDING}", folder / f"{part:03}"
            name.mkdir()
            _split(_pieces(whole), found[part], name, used * ways)
            whole.unlink()
            for deeper in list(name.iterdir()):
                deeper.replace(folder / f"{name.name}-{deeper.name}")
            name.rmdir()


def _gathered(claims: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same claims, GATHERED or a little more at a time."""
    waiting: list[pa.Table] = []
    for table in claims:
        waiting.append(table)
        if sum(of.num_rows for of in waiting) >= GATHERED:
            yield pa.concat_tables(waiting)
            waiting.clear()
    if waiting:
        yield pa.concat_tables(waiting)


def _pieces(path: Path) -> Iterator[pa.Table]:
    with pa.ipc.open_stream(path) as stream:
        for batch in stream:
            yield pa.Table.from_batches([batch])


def _hash(person: np.ndarray) -> np.ndarray:
    """A number of 32 bits in which every bit depends on every bit of the person's (the last step of MurmurHash3)."""
    mixed_up = person.astype(np.uint32)
    for shift, factor in ((16, 0x85EB_CA6B), (13, 0xC2B2_AE35)):
        mixed_up ^= mixed_up >> np.uint32(shift)
        mixed_up *= np.uint32(factor)
    return np.asarray(mixed_up ^ (mixed_up >> np.uint32(16)), np.int64)
