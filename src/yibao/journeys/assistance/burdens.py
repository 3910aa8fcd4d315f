"""Burdens of a year (个人负担): what a county's people have borne in an insured year up to the end of a day, read as sets.

Burden in scope is the engine's own sum: the year as the last late event left it, or the opening, and what each later
settlement added. Only the eight bytes of that one number are read from a stored vector. Burden in all is what settlements,
less adjustments, left to the person, in scope and outside.

What a reader would get wrong: a list of an earlier day is that of its end; what was posted later does not count in it. Care
that no insurance pays for (refused settlements) is in neither burden until a late event has it settled.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.utils import timezone

from yibao.benefits.terms import Refusal
from yibao.engine.flat import fields_of
from yibao.engine.terms import YearChange, YearSoFar
from yibao.tables.rows import day_read, plain, selected

Numbers = npt.NDArray[np.int64]
AT_ONCE = 50_000
ASKED = 500
"""Ids that one statement asks about."""

_YEAR = 1 + 8 * fields_of(YearSoFar)["burden_in_scope_fen"].place
_ADDED = 1 + 8 * fields_of(YearChange)["burden_in_scope_fen"].place
_LAST_EVENT = (
    "SELECT max(l.id) FROM settlement_lateevent l WHERE l.year_id = y.id AND l.recorded_at < %(end)s"
)

_YEARS = f"""
SELECT y.id, y.person_id, COALESCE(p.household_id, 0), COALESCE(e.sequence, 0),
    substr(COALESCE(e.so_far, y.opening), {_YEAR}, 8)
FROM settlement_yearrow y JOIN enrolment_person p ON p.id = y.person_id
LEFT JOIN settlement_lateevent e ON e.id = ({_LAST_EVENT})
WHERE p.county_code = %(county)s AND y.benefit_year = %(year)s AND y.academic = %(academic)s
    AND (p.died_on IS NULL OR p.died_on >= %(day)s)
ORDER BY y.id
"""  # noqa: S608

_ONCE = """
SELECT o.year_id, o.amount_fen FROM assistance_assistancepayment o
JOIN settlement_yearrow y ON y.id = o.year_id JOIN enrolment_person p ON p.id = y.person_id
WHERE p.county_code = %(county)s AND y.benefit_year = %(year)s AND y.academic = %(academic)s
    AND o.kind = 1 AND o.posted_on <= %(day)s
"""

_CHANGES = f"""
SELECT s.year_id, s.sequence, CASE WHEN s.posted_on = %(day)s AND s.reverses_id IS NULL AND NOT EXISTS (
    SELECT 1 FROM settlement_settlement r WHERE r.reverses_id = s.id AND r.posted_on <= %(day)s) THEN 1 ELSE 0 END,
    substr(s.change, {_ADDED}, 8)
FROM settlement_settlement s JOIN settlement_yearrow y ON y.id = s.year_id
JOIN enrolment_person p ON p.id = y.person_id
WHERE p.county_code = %(county)s AND y.benefit_year = %(year)s AND y.academic = %(academic)s
    AND s.posted_on <= %(day)s
"""  # noqa: S608


@dataclass(frozen=True)
class Burdens:
    """One place for each year of a person: what was borne in scope, and the most that one settlement of the day left."""

    year_ids: Numbers
    person_ids: Numbers
    household_ids: Numbers
    in_scope_fen: Numbers
    single_fen: Numbers


def burdens_of(county_code: str, benefit_year: int, day: date, *, academic: bool) -> Burdens:
    """The burdens of everybody of a county who has a year with that name, at the end of a day."""
    given = {
        "county": county_code,
        "year": benefit_year,
        "academic": academic,
        "day": day,
        "end": end_of(day),
    }
    rows = [row for some in _read(_YEARS, given) for row in some]
    ids, people, households, base = (_column(rows, at) for at in range(4))
    borne = _packed([row[4] for row in rows])
    single = np.zeros(len(rows), np.int64)
    for some in _read(_CHANGES, given) if rows else ():
        years, sequences, of_the_day = (_column(some, at) for at in range(3))
        added = _packed([row[3] for row in some])
        places, known = _found(ids, years)
        counts = known & (sequences > base[places])
        np.add.at(borne, places[counts], added[counts])
        today = known & (of_the_day == 1)
        np.maximum.at(single, places[today], added[today])
    for some in _read(_ONCE, given) if rows else ():
        places, known = _found(ids, _column(some, 0))
        np.subtract.at(borne, places[known], _column(some, 1)[known])
    return Burdens(ids, people, households, borne, single)


def totals_of(year_ids: Sequence[int], day: date) -> dict[int, int]:
    """All that each of some years has left to its person by the end of a day, in scope and outside."""
    found: dict[int, int] = dict.fromkeys(year_ids, 0)
    for some in _some(year_ids):
        asked = ", ".join(["%s"] * len(some))
        settled = f"""
            SELECT s.year_id, sum(s.person_fen) FROM settlement_settlement s
            WHERE s.year_id IN ({asked}) AND s.posted_on <= %s AND (s.refusal = %s OR EXISTS (
                SELECT 1 FROM settlement_adjustmentrow a WHERE a.settlement_id = COALESCE(s.reverses_id, s.id)))
            GROUP BY s.year_id"""  # noqa: S608
        adjusted = f"""
            SELECT e.year_id, -sum(a.difference_fen) FROM settlement_adjustmentrow a
            JOIN settlement_lateevent e ON e.id = a.late_event_id
            WHERE e.year_id IN ({asked}) AND e.recorded_at < %s GROUP BY e.year_id"""  # noqa: S608
        for year_id, amount_fen in selected(settled, [*some, day, Refusal.NONE]):
            found[int(year_id)] += int(amount_fen)
        for year_id, amount_fen in selected(adjusted, [*some, end_of(day)]):
            found[int(year_id)] += int(amount_fen)
        for year_id, amount_fen in paid_once(some, day).items():
            found[year_id] -= amount_fen
        opening = f"""
            SELECT y.id, {", ".join(_opened(name) for name in _OPENED)}
            FROM settlement_yearrow y WHERE y.id IN ({asked})"""  # noqa: S608
        for year_id, total, in_scope, borne in selected(opening, some):
            total_fen, in_scope_fen, borne_fen = (int(_packed([one])[0]) for one in (total, in_scope, borne))
            found[int(year_id)] += total_fen - in_scope_fen + borne_fen
    return found


def paid_once(year_ids: Sequence[int], day: date) -> dict[int, int]:
    """What was paid once on application toward each of some years by the end of a day; years without are left out."""
    asked = ", ".join(["%s"] * len(year_ids))
    text = f"""
        SELECT year_id, sum(amount_fen) FROM assistance_assistancepayment
        WHERE year_id IN ({asked}) AND kind = 1 AND posted_on <= %s GROUP BY year_id"""  # noqa: S608
    return {int(one): int(amount) for one, amount in selected(text, [*year_ids, day])} if year_ids else {}


def settled_burdens(year_id: int, day: date) -> dict[int, int]:
    """The in-scope burden that each settlement of a year that stands has left by now, less adjustments, by settlement."""
    text = f"""
        SELECT s.id, substr(s.change, {_ADDED}, 8),
            (SELECT COALESCE(sum(a.difference_fen), 0) FROM settlement_adjustmentrow a WHERE a.settlement_id = s.id)
        FROM settlement_settlement s
        WHERE s.year_id = %s AND s.posted_on <= %s AND s.reverses_id IS NULL
            AND NOT EXISTS (SELECT 1 FROM settlement_settlement r WHERE r.reverses_id = s.id)
        ORDER BY s.id"""  # noqa: S608
    rows = selected(text, [year_id, day])
    return {int(row_id): int(_packed([stored])[0]) - int(adjusted) for row_id, stored, adjusted in rows}


def over_since(year_ids: Sequence[int], lines_fen: dict[int, int], day: date) -> dict[int, date]:
    """The day since which each of some years has been over its line without a break; left out where it is not over it."""
    found: dict[int, date] = {}
    for some in _some(year_ids):
        asked = ", ".join(["%s"] * len(some))
        events = f"""
            SELECT e.year_id, e.sequence, e.recorded_at, substr(e.so_far, {_YEAR}, 8) FROM settlement_lateevent e
            WHERE e.year_id IN ({asked}) AND e.recorded_at < %s ORDER BY e.id"""  # noqa: S608
        changes = f"""
            SELECT s.year_id, s.sequence, s.posted_on, substr(s.change, {_ADDED}, 8) FROM settlement_settlement s
            WHERE s.year_id IN ({asked}) AND s.posted_on <= %s ORDER BY s.sequence"""  # noqa: S608
        opened = (
            f"SELECT y.id, substr(y.opening, {_YEAR}, 8) FROM settlement_yearrow y WHERE y.id IN ({asked})"  # noqa: S608
        )
        borne = {int(row_id): int(_packed([stored])[0]) for row_id, stored in selected(opened, some)}
        steps: dict[int, list[tuple[int, int, date, int]]] = {}
        for at, (year_id, sequence, moment, stored) in enumerate(selected(events, [*some, end_of(day)]), 1):
            row = (int(sequence), at, _day_of(moment), int(_packed([stored])[0]))
            steps.setdefault(int(year_id), []).append(row)
        for year_id, sequence, posted_on, stored in selected(changes, [*some, day]):
            row = (int(sequence), 0, _day_of(posted_on), int(_packed([stored])[0]))
            steps.setdefault(int(year_id), []).append(row)
        paid = paid_once(some, day)
        for year_id in some:
            line_fen = lines_fen[year_id] + paid.get(year_id, 0)
            since = _since(sorted(steps.get(year_id, [])), borne[year_id], line_fen, day)
            if since is not None:
                found[year_id] = since
    return found


def end_of(day: date) -> datetime:
    """The moment at which a day is over."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _found(ids: Numbers, asked: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """The place of each asked id among some in order, and whether it is there at all (people who died are not)."""
    places = np.minimum(np.searchsorted(ids, asked), len(ids) - 1)
    return places, ids[places] == asked


def _since(steps: list[tuple[int, int, date, int]], borne_fen: int, line_fen: int, day: date) -> date | None:
    """Walks a year in order: an event (numbered) sets what was borne, a settlement adds to it."""
    first = steps[0][2] if steps else day
    since = first if borne_fen > line_fen else None
    for _, event, on, amount_fen in steps:
        borne_fen = amount_fen if event else borne_fen + amount_fen
        if borne_fen <= line_fen:
            since = None
        elif since is None:
            since = on
    return since


_OPENED = ("total_fen", "in_scope_fen", "burden_in_scope_fen")


def _opened(name: str) -> str:
    return f"substr(y.opening, {1 + 8 * fields_of(YearSoFar)[name].place}, 8)"


def _read(text: str, given: dict[str, object]) -> Iterator[list[tuple[object, ...]]]:
    with connection.cursor() as cursor:
        cursor.execute(text, {name: plain(value) for name, value in given.items()})
        while rows := cursor.fetchmany(AT_ONCE):
            yield rows


def _column(rows: Sequence[tuple[object, ...]], at: int) -> Numbers:
    return np.array([row[at] for row in rows], dtype=np.int64)


def _packed(stored: Sequence[object]) -> Numbers:
    """Numbers of eight bytes each, as vectors hold them."""
    return np.frombuffer(b"".join(bytes(one) for one in stored), "<i8").astype(np.int64)  # type: ignore[call-overload]


def _day_of(stored: object) -> date:
    """The day of a moment or a day as the engine gave it back: SQLite has moments in UTC without saying so."""
    if not isinstance(stored, datetime):
        return day_read(stored) or date.min
    if timezone.is_naive(stored):
        stored = timezone.make_aware(stored, UTC)
    return timezone.localdate(stored)


def _some(ids: Sequence[int]) -> Iterator[list[int]]:
    for at in range(0, len(ids), ASKED):
        yield [int(one) for one in ids[at : at + ASKED]]
