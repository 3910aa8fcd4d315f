"""Takes a file of a move in (导入接管文件): the whole file is looked at first, then written batch by batch.

Memory holds one part of a file and, to find what stands twice, eight bytes a row.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from yibao.files.cells import Part
from yibao.files.formulas import refuse_formula_cells
from yibao.files.log import FindingLog, Where
from yibao.files.move_coverage import categories_part, coverage_part
from yibao.files.move_layouts import CATEGORIES_IN, COVERAGE_IN, PEOPLE_IN, SETTLEMENTS_IN, YEARS_IN
from yibao.files.move_people import people_part
from yibao.files.move_seen import Seen, Shape
from yibao.files.move_years import settlements_part, years_part
from yibao.files.source import Progress, Rows, Source, file_name, open_source, quiet
from yibao.journeys.takeover.importing import (
    Batch,
    ImportFailure,
    ImportFile,
    begin_import,
    begun,
    import_batch,
    key_of,
    look,
)
from yibao.journeys.takeover.importing_coverage import ImportedCategory, ImportedCover
from yibao.journeys.takeover.importing_people import ImportedPerson
from yibao.journeys.takeover.importing_rows import RowsRefused
from yibao.journeys.takeover.importing_years import ImportedSettlement, ImportedYear
from yibao.kernel.findings import Finding
from yibao.packs.policies import Area, policies
from yibao.rights.actors import Actor
from yibao.takeover.terms import ImportKind

BATCH_ROWS = 5_000
PIECE_ROWS = 20_000
_BLOCK = 1 << 20


WHOM = ("person_no", "kind", "country", "number")
SHAPES: dict[ImportKind, Shape] = {
    ImportKind.PEOPLE: Shape(
        PEOPLE_IN,
        people_part,
        ImportedPerson,
        (("identity_no", ("kind", "country", "number")), ("person_no", ("person_no",))),
    ),
    ImportKind.CATEGORIES: Shape(
        CATEGORIES_IN,
        categories_part,
        ImportedCategory,
        (("category", (*WHOM, "category", "first_day")),),
    ),
    ImportKind.COVERAGE: Shape(
        COVERAGE_IN, coverage_part, ImportedCover, (("covered_from", WHOM),), ("first_day", "last_day")
    ),
    ImportKind.YEARS: Shape(YEARS_IN, years_part, ImportedYear, (("person_no", WHOM),)),
    ImportKind.SETTLEMENTS: Shape(
        SETTLEMENTS_IN, settlements_part, ImportedSettlement, (("settlement_no", ("reference",)),)
    ),
}


class FileChanged(ImportFailure):
    """A file that is no longer what was looked at."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} 在检查之后被改动，没有写入任何行；请重新运行 (file has changed)")


class Cut(NamedTuple):
    """Some rows of a file that are written together, by the fields of its record, with the row's number and `bad`."""

    number: int
    rows: pl.DataFrame


class Outcome(NamedTuple):
    """What became of a file: rows seen, rows written now, batches that were written before, and rows left out."""

    rows: int
    written: int
    before: int
    left_out: int


def hash_of(path: Path) -> str:
    """What names a file by what it holds."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def move_in(
    actor: Actor,
    path: Path,
    order: ImportFile,
    log: FindingLog,
    *,
    dry_run: bool = False,
    sound_rows: bool = False,
    told: Progress = quiet,
) -> Outcome:
    """Takes a file in. Nothing is written where anything is wrong, unless only the sound rows are asked for.

    Raises the failures of `journeys.takeover.importing`; what is wrong with the file is in `log`.
    """
    batch_rows, done = begun(order)
    order = replace(order, batch_rows=batch_rows)
    area = policies().area(order.area_code)
    rows, bad = _checked(actor, path, order, area, log, done, told)
    if log.stopped or dry_run or (log.count and not sound_rows):
        return Outcome(rows, 0, len(done), len(bad))
    if hash_of(path) != order.file_hash:
        raise FileChanged(path)
    begin = begin_import(actor, key_of(order), order)
    run_id = int(_json(begin)["run_id"])
    written = 0
    for cut in _cuts(path, order, area, FindingLog()):
        if cut.number not in done:
            sound = cut.rows.filter(~pl.col("bad") & ~pl.col("row").is_in(bad))
            batch = Batch(run_id, cut.number, _records(order.kind, sound))
            try:
                import_batch(actor, key_of(order, cut.number), batch)
            except RowsRefused as refused:
                _tell(log, file_name(path), refused.problems)
                raise
            written += sound.height
        told("写入 Writing", min((cut.number + 1) * batch_rows, rows), rows)
    return Outcome(rows, written, len(done), len(bad))


def _checked(
    actor: Actor,
    path: Path,
    order: ImportFile,
    area: Area,
    log: FindingLog,
    done: frozenset[int],
    told: Progress,
) -> tuple[int, list[int]]:
    """Every row looked at: how many there are, and the numbers of the bad ones."""
    shape, count = SHAPES[order.kind], 0
    refuse_formula_cells(path, file_name(path), log)
    bad: set[int] = set()
    seen = Seen(shape)
    for cut in _cuts(path, order, area, log, told):
        count += cut.rows.height
        seen.add(cut.rows)
        bad.update(cut.rows.filter("bad")["row"].to_list())
        if cut.number not in done:
            sound = cut.rows.filter(~pl.col("bad"))
            found = look(actor, order, _records(order.kind, sound)).problems
            _tell(log, file_name(path), found)
            bad.update(one.row for one in found)
    for column, rows in seen.twice():
        words = (
            "在文件中不止一行 (given twice)" if shape.spans is None else "同一人的参保期重叠 (covered twice)"
        )
        at = Where(file_name(path), column, rows, pl.repeat("", len(rows), eager=True))
        log.many(at, words, "请只保留一行 (keep one row)", kind=words)
        bad.update(rows.to_list())
    return count, sorted(bad)


def _cuts(
    path: Path, order: ImportFile, area: Area, log: FindingLog, told: Progress = quiet
) -> Iterator[Cut]:
    """The file in batches of the same rows whenever it is read."""
    shape = SHAPES[order.kind]
    source: Source | None = open_source(path, shape.layout, log, told)
    waiting: list[pl.DataFrame] = []
    number, held = 0, 0
    for part in _small_parts(source, log):
        columns = shape.read(part, area, order.taken_over_on)
        frame = pl.DataFrame({"row": part.numbers, **columns}).with_columns(bad=pl.Series(part.bad))
        waiting.append(frame)
        held += frame.height
        while held >= order.batch_rows:
            whole = pl.concat(waiting) if len(waiting) > 1 else waiting[0]
            yield Cut(number, whole.head(order.batch_rows))
            number, waiting, held = number + 1, [whole.slice(order.batch_rows)], held - order.batch_rows
    if held:
        yield Cut(number, pl.concat(waiting))


def _small_parts(source: Source | None, log: FindingLog) -> Iterator[Part]:
    """The parts of a file in pieces, so that what is made of a piece is small beside what the file's reader holds."""
    if source is None:
        return
    for rows in source.parts:
        for at in range(0, len(rows.numbers), PIECE_ROWS):
            piece = Rows(rows.numbers.slice(at, PIECE_ROWS), rows.cells.slice(at, PIECE_ROWS))
            yield Part(source, piece, log)


def _records(kind: ImportKind, rows: pl.DataFrame) -> tuple[Any, ...]:
    shape = SHAPES[kind]
    return tuple(shape.record(*row) for row in rows.drop("bad").iter_rows())


def _tell(log: FindingLog, file: str, found: Sequence[Finding]) -> None:
    """Problems that the database has with rows, of one kind at a time."""
    for column, message, remedy in dict.fromkeys((f.column, f.message, f.remedy) for f in found):
        rows = [f.row for f in found if (f.column, f.message) == (column, message)]
        at = Where(file, column, pl.Series(rows, dtype=pl.Int64), pl.repeat("", len(rows), eager=True))
        log.many(at, message, remedy, kind=message)


def _json(answer: str) -> dict[str, Any]:
    import json

    return json.loads(answer)  # type: ignore[no-any-return]
