"""Files of a system before: generated people, and what takes a file of them in."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from stdnum.iso7064 import mod_11_2
from tests.agency.settling import CITY, COUNTY, OFFICER

from yibao.cli.move_in import Outcome, hash_of, move_in
from yibao.files.log import FindingLog
from yibao.journeys.takeover.importing import ImportFile
from yibao.journeys.takeover.importing_people import ImportedPerson
from yibao.kernel.findings import Finding
from yibao.rights.actors import Actor
from yibao.takeover.terms import ImportKind

DAY = date(2023, 7, 1)


def number_of(order: int, *, sex: int = 1, born_on: date = date(1980, 5, 1)) -> str:
    """An identity number of a county that is not real."""
    body = f"990105{born_on.replace(year=1940 + order // 500):%Y%m%d}{2 * (order % 500) + (sex == 1):03d}"
    return str(body + mod_11_2.calc_check_digit(body))


def person_rows(count: int, first: int = 0) -> list[dict[str, Any]]:
    """People with an identity number, two of them in a household."""
    return [
        {
            "person_no": f"P{n}",
            "identity_no": number_of(n),
            "name": "甲某",
            "county_code": COUNTY,
            "household_no": f"H{n // 2}",
            "address": "一号",
        }
        for n in range(first, first + count)
    ]


def imported(order: int, **changed: Any) -> ImportedPerson:
    """A person as a row of a file is read."""
    row = ImportedPerson(
        order + 2, f"P{order}", 0, "", number_of(order), "甲某", 1, date(1980, 5, 1), COUNTY, "", COUNTY, "", "", ""
    )  # fmt: skip
    return row._replace(**changed)


def cover_rows(count: int, first: int = 0) -> list[dict[str, Any]]:
    """The calendar year 2023 for each person."""
    return [
        {"person_no": f"P{n}", "covered_from": "2023-01-01", "covered_to": "2023-12-31"}
        for n in range(first, first + count)
    ]


def year_rows(count: int) -> list[dict[str, Any]]:
    """A year so far in which person n has had n + 1 stays of 100 yuan in scope, each paid 60 by the basic fund."""
    return [
        {
            "person_no": f"P{n}",
            "stays": n + 1,
            "total": 120 * (n + 1),
            "in_scope": 100 * (n + 1),
            "basic_capped": 60 * (n + 1),
            "basic_paid": 60 * (n + 1),
            "catastrophic_paid": 0,
            "assistance_paid": 0,
            "quota_1_03": 5,
        }
        for n in range(count)
    ]


def settlement_rows(count: int) -> list[dict[str, Any]]:
    """One of those stays of each person, which may still be reversed."""
    added = {"stays": 1, "total": 120, "in_scope": 100, "basic_capped": 60, "basic_paid": 60}
    return [
        {
            "person_no": f"P{n}",
            "settlement_no": f"S{n}",
            "kind": "住院",
            "served_on": "2023-06-01",
            "settled_on": "2023-06-02",
            **dict.fromkeys(("catastrophic", "assistance", "top_up", "hospital", "special_fund"), 0),
            "total": 120,
            "basic": 60,
            "person": 60,
            **{f"added_{name}": value for name, value in added.items()},
        }
        for n in range(count)
    ]


def csv_of(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Rows as a CSV file."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(rows)
    return path


def order_of(path: Path, kind: ImportKind, *, batch_rows: int = 3, **more: Any) -> ImportFile:
    """A file to be taken in, in small batches."""
    return ImportFile(CITY, DAY, kind, hash_of(path), batch_rows, **more)


def taken_in(
    path: Path,
    kind: ImportKind = ImportKind.PEOPLE,
    *,
    actor: Actor = OFFICER,
    dry_run: bool = False,
    sound_rows: bool = False,
    batch_rows: int = 3,
    **more: Any,
) -> tuple[Outcome, list[Finding]]:
    """What becomes of a file, and what is wrong with it."""
    log = FindingLog()
    order = order_of(path, kind, batch_rows=batch_rows, **more)
    done = move_in(actor, path, order, log, dry_run=dry_run, sound_rows=sound_rows)
    return done, log.findings()
