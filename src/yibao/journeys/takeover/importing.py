"""Moving in (期初接管): files of the system before, taken in batch by batch on any day of the year.

A batch is one transaction under a key made from the file's hash and the batch's number, so an import may be stopped at any
moment and run again, and a file that is imported twice is imported once. What a reader would get wrong: whether a file as
a whole is sound is asked before its first batch is written (`look`), and again of each batch by the batch itself.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from yibao.journeys.takeover.importing_coverage import (
    look_at_categories,
    look_at_coverage,
    write_categories,
    write_coverage,
)
from yibao.journeys.takeover.importing_people import look_at_people, write_people
from yibao.journeys.takeover.importing_rows import Looked, RowsRefused
from yibao.journeys.takeover.importing_years import (
    look_at_settlements,
    look_at_years,
    write_settlements,
    write_years,
)
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import canonical, once
from yibao.rights.terms import Deed, Matter
from yibao.tables.rows import executed, selected
from yibao.takeover.models import Closing, ImportBatch, ImportRun, MovingIn
from yibao.takeover.terms import ImportKind


class Kind(NamedTuple):
    """How a kind of file is taken in: whose matter it is, how its rows are looked at, and how they are written."""

    matter: Matter
    look: Callable[..., Looked]
    write: Callable[..., Mapping[str, int]]


KINDS: dict[ImportKind, Kind] = {
    ImportKind.PEOPLE: Kind(Matter.ENROLMENT_MATTER, look_at_people, write_people),
    ImportKind.CATEGORIES: Kind(Matter.ENROLMENT_MATTER, look_at_categories, write_categories),
    ImportKind.COVERAGE: Kind(Matter.ENROLMENT_MATTER, look_at_coverage, write_coverage),
    ImportKind.YEARS: Kind(Matter.SETTLEMENT_MATTER, look_at_years, write_years),
    ImportKind.SETTLEMENTS: Kind(Matter.SETTLEMENT_MATTER, look_at_settlements, write_settlements),
}


@dataclass(frozen=True)
class ImportFile:
    """A file to be taken in: for which area, on which day it is taken over, what it holds, and its hash."""

    area_code: str
    taken_over_on: date
    kind: ImportKind
    file_hash: str
    batch_rows: int
    benefit_year: int = 0
    academic: bool = False


@dataclass(frozen=True)
class Batch:
    """Some rows of a file that was begun; the first batch has number 0."""

    run_id: int
    number: int
    rows: tuple[Any, ...]


class ImportFailure(ValueError):
    """A file that was not taken in; nothing of it was changed by that."""


class OtherDay(ImportFailure):
    """An area that is taken over on another day."""

    def __init__(self, area_code: str, day: date, kept: date) -> None:
        super().__init__(
            f"{area_code} 的接管日已定为 {kept}，不是 {day}；请用同一个接管日 (taken over on another day)"
        )


class MovedIn(ImportFailure):
    """An area whose move is closed."""

    def __init__(self, area_code: str) -> None:
        super().__init__(f"{area_code} 的接管已核对并关闭，不能再导入；请办理日常业务 (the move is closed)")


class NoSuchImport(ImportFailure):
    """A file that was never begun, or not where the actor may act."""

    def __init__(self, run_id: int) -> None:
        super().__init__(f"没有接管文件 {run_id}，或不在您的管辖地区；请重新导入 (no such import)")


def key_of(order: ImportFile, number: int | None = None) -> str:
    """The key of a batch of a file, or of beginning the file."""
    whole = f"{order.area_code}/{order.kind}/{order.benefit_year}{'s' if order.academic else ''}/{order.file_hash}"
    return f"import/{whole}" + ("" if number is None else f"/{number}")


def begin_import(actor: Actor, key: str, order: ImportFile) -> str:
    """Begins a file, or finds it where it was begun before; `{"run_id", "batch_rows"}`.

    Raises NotAllowed, OtherDay and MovedIn.
    """

    def do() -> dict[str, int]:
        actor.require(KINDS[order.kind].matter, Deed.DO, order.area_code)
        moving_in = _moving_in(actor, order)
        run = _run(actor, moving_in, order)
        note(actor, "begin_import", order.area_code, f"import:{run.pk}", kind=str(order.kind))
        return {"run_id": run.pk, "batch_rows": run.batch_rows}

    return once(actor.name, key, "begin_import", order, do)


def import_batch(actor: Actor, key: str, order: Batch) -> str:
    """Writes a batch; `{"rows": …}` and what they add up to. A batch that is written already is left as it is.

    Raises RowsRefused with every row that cannot be taken over, MovedIn, NoSuchImport and NotAllowed.
    """
    body = {"run": order.run_id, "number": order.number, "rows": digest_of(order.rows)}

    def do() -> dict[str, int]:
        run = _locked(actor, order.run_id)
        kind = KINDS[ImportKind(run.kind)]
        actor.require(kind.matter, Deed.DO, run.moving_in.area_code)
        written = ImportBatch.objects.filter(run=run, number=order.number).first()
        if written is not None:
            return {"rows": written.rows}
        looked = kind.look(actor, run, order.rows, lock=True)
        if looked.problems:
            raise RowsRefused(looked.problems)
        sums = {"rows": len(order.rows), **kind.write(actor, run, order.rows, looked)}
        ImportBatch.objects.create(
            run=run,
            number=order.number,
            rows=len(order.rows),
            sums=canonical(sums),
            actor=actor.name,
            recorded_at=timezone.now(),
        )
        note(
            actor, "import_batch", run.moving_in.area_code, f"import:{run.pk}", batch=order.number, sums=sums
        )
        return sums

    return once(actor.name, key, "import_batch", body, do)


def look(actor: Actor, order: ImportFile, rows: Sequence[Any]) -> Looked:
    """What keeps rows from being taken over as the database is now; nothing is written and nobody is locked."""
    actor.require(KINDS[order.kind].matter, Deed.DO, order.area_code)
    moving_in = MovingIn.objects.filter(area_code=order.area_code).first() or MovingIn(
        pk=0, area_code=order.area_code, taken_over_on=order.taken_over_on
    )
    if moving_in.taken_over_on != order.taken_over_on:
        raise OtherDay(order.area_code, order.taken_over_on, moving_in.taken_over_on)
    _refuse_closed(moving_in)
    run = ImportRun(
        moving_in=moving_in, kind=order.kind, benefit_year=order.benefit_year, academic=order.academic
    )
    return KINDS[order.kind].look(actor, run, rows, lock=False)


def begun(order: ImportFile) -> tuple[int, frozenset[int]]:
    """How many rows a batch of a file has, and the batches that are written."""
    run = ImportRun.objects.filter(
        moving_in__area_code=order.area_code,
        kind=order.kind,
        file_hash=order.file_hash,
        benefit_year=order.benefit_year,
        academic=order.academic,
    ).first()
    if run is None:
        return order.batch_rows, frozenset()
    return run.batch_rows, frozenset(run.batches.values_list("number", flat=True))


def digest_of(rows: Sequence[Any]) -> str:
    """What names the rows of a batch: a key is bound to it."""
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def _moving_in(actor: Actor, order: ImportFile) -> MovingIn:
    executed(
        "INSERT INTO takeover_movingin (area_code, taken_over_on, actor, recorded_at) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (area_code) DO NOTHING",
        [order.area_code, order.taken_over_on, actor.name, timezone.now()],
    )
    kept = MovingIn.objects.get(area_code=order.area_code)
    if kept.taken_over_on != order.taken_over_on:
        raise OtherDay(order.area_code, order.taken_over_on, kept.taken_over_on)
    _refuse_closed(kept)
    return kept  # type: ignore[no-any-return]


def _run(actor: Actor, moving_in: MovingIn, order: ImportFile) -> ImportRun:
    executed(
        "INSERT INTO takeover_importrun "
        "(moving_in_id, kind, file_hash, benefit_year, academic, batch_rows, actor, recorded_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) "
        "ON CONFLICT (moving_in_id, kind, file_hash, benefit_year, academic) DO NOTHING",
        [
            moving_in.pk,
            order.kind,
            order.file_hash,
            order.benefit_year,
            order.academic,
            order.batch_rows,
            actor.name,
            timezone.now(),
        ],
    )
    return ImportRun.objects.get(  # type: ignore[no-any-return]
        moving_in=moving_in,
        kind=order.kind,
        file_hash=order.file_hash,
        benefit_year=order.benefit_year,
        academic=order.academic,
    )


def _locked(actor: Actor, run_id: int) -> ImportRun:
    """A file whose batches are written one by one, of a move that nobody closes meanwhile."""
    run = ImportRun.objects.select_related("moving_in").filter(pk=run_id).first()
    if run is None or not actor.may(KINDS[ImportKind(run.kind)].matter, Deed.DO, run.moving_in.area_code):
        raise NoSuchImport(run_id)
    if connection.features.has_select_for_update:
        selected("SELECT id FROM takeover_movingin WHERE id = %s FOR SHARE", [run.moving_in_id])
        selected("SELECT id FROM takeover_importrun WHERE id = %s FOR UPDATE", [run_id])
    _refuse_closed(run.moving_in)
    return run  # type: ignore[no-any-return]


def _refuse_closed(moving_in: MovingIn) -> None:
    if moving_in.pk and Closing.objects.filter(moving_in_id=moving_in.pk).exists():
        raise MovedIn(moving_in.area_code)
