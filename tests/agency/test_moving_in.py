"""The rest of a move: coverage, categories, years so far, open settlements, and the closing against the system before."""

import json
from datetime import date

import pytest
from django.db import connection
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.moving import (
    DAY,
    cover_rows,
    csv_of,
    imported,
    order_of,
    person_rows,
    settlement_rows,
    taken_in,
    year_rows,
)
from tests.agency.settling import AT, CITY, COUNTY, OFFICER, institutions, stay
from tests.agency.test_commands import yibao

from yibao.assistance.terms import Category
from yibao.engine.terms import MONTHS, YearSoFar
from yibao.enrolment.models import CategoryTag, Coverage, Event
from yibao.enrolment.queries import category_tags_on
from yibao.enrolment.terms import Department
from yibao.files.move_control import ControlUnreadable, read_control
from yibao.journeys.settlement.settling import settle
from yibao.journeys.takeover.importing import Batch, MovedIn, begin_import, import_batch, key_of
from yibao.journeys.takeover.importing_closing import (
    Control,
    NothingMoved,
    NotReconciled,
    close_move,
    reconciled,
)
from yibao.journeys.takeover.importing_coverage import ImportedCover
from yibao.journeys.takeover.importing_rows import RowsRefused
from yibao.journeys.verifying.database import database_findings, recomputed_findings
from yibao.rights.actors import NotAllowed
from yibao.rights.models import Grant, Officer
from yibao.rights.terms import Role
from yibao.settlement.models import YearRow
from yibao.settlement.vectors import unpacked
from yibao.takeover.models import Closing, FormerPerson, OpenSettlement
from yibao.takeover.terms import ImportKind

COVERAGE, CATEGORIES = ImportKind.COVERAGE, ImportKind.CATEGORIES
YEARS, SETTLEMENTS = ImportKind.YEARS, ImportKind.SETTLEMENTS
TOTALS = {
    "people": 6,
    "covered": 6,
    "years/2023/count": 4,
    "years/2023/total_fen": 120_000,
    "years/2023/in_scope_fen": 100_000,
    "years/2023/basic_paid_fen": 60_000,
    "years/2023/catastrophic_paid_fen": 0,
    "years/2023/assistance_paid_fen": 0,
    "settlements/2023/count": 2,
    "settlements/2023/total_fen": 24_000,
    "settlements/2023/basic_fen": 12_000,
    "settlements/2023/catastrophic_fen": 0,
    "settlements/2023/assistance_fen": 0,
}


@pytest.fixture
def moved(database, tmp_path):
    """Six people, all covered, four with a year so far, two of them with a stay that may still be reversed."""
    return in_here(tmp_path)


def in_here(tmp_path):
    taken_in(csv_of(tmp_path / "people.csv", person_rows(6)))
    found = [taken_in(csv_of(tmp_path / "coverage.csv", cover_rows(6)), COVERAGE)]
    found.append(taken_in(csv_of(tmp_path / "years.csv", year_rows(4)), YEARS, benefit_year=2023))
    rows = settlement_rows(2)
    found.append(taken_in(csv_of(tmp_path / "settlements.csv", rows), SETTLEMENTS, benefit_year=2023))
    assert [problems for _, problems in found] == [[], [], []]
    return tmp_path


def person_id(order: int) -> int:
    return int(FormerPerson.objects.get(number=f"P{order}").person_id)


def test_a_moved_person_is_covered_and_settled_on_from_the_year_so_far(moved):
    institutions()
    cover = Coverage.objects.get(person_id=person_id(3))
    assert (cover.area_code, cover.benefit_year, cover.last_day) == (CITY, 2023, date(2023, 12, 31))
    so_far = unpacked(YearSoFar, YearRow.objects.get(person_id=person_id(3)).so_far)
    assert (so_far.stays, so_far.basic_paid_fen, so_far.quota_paid_fen[2]) == (4, 24_000, 500)
    assert len(so_far.quota_paid_fen) > 4 * MONTHS
    said = json.loads(settle(OFFICER, "s", stay(person_id(3), 20_000, date(2023, 8, 1)), at=AT))
    row = YearRow.objects.get(person_id=person_id(3))
    after = unpacked(YearSoFar, row.so_far)
    assert after.basic_paid_fen == 24_000 + said["basic_fen"] and after.stays == 5
    kept = OpenSettlement.objects.get(reference="S1")
    assert (kept.person_id, kept.basic_fen, unpacked(YearSoFar, kept.change).stays) == (
        person_id(1),
        6_000,
        1,
    )
    assert [e.action for e in Event.objects.filter(person_id=person_id(3)).order_by("id")] == [
        "take_over_person",
        "take_over_cover",
    ]
    assert database_findings() == [] and recomputed_findings() == []


def test_nobody_is_covered_twice_on_a_day(moved):
    again = cover_rows(2)
    again[1] |= {"covered_from": "2024-01-01", "covered_to": "2024-12-31"}
    found, problems = taken_in(csv_of(moved / "again.csv", again), COVERAGE)
    assert [(one.row, one.column) for one in problems] == [(2, "covered_from")]
    touching = [
        {"person_no": "P0", "covered_from": f"{year}-01-01", "covered_to": f"{year}-12-31"}
        for year in (2024, 2025)
    ]
    touching.append({"person_no": "P0", "covered_from": "2025-12-31", "covered_to": "2026-12-31"})
    far = [*touching[:2], *cover_rows(3, 1), touching[2]]
    for row in far[2:5]:
        row |= {"covered_from": "2024-01-01", "covered_to": "2024-12-31"}
    found, problems = taken_in(csv_of(moved / "far.csv", far), COVERAGE, batch_rows=2)
    assert [one.row for one in problems] == [3, 7], "found over the whole file, whatever the batches"
    assert found.written == 0
    run = json.loads(begin_import(OFFICER, "b", order_of(moved / "far.csv", COVERAGE)))["run_id"]
    row = ImportedCover(9, "P0", 0, "", "", date(2023, 12, 31), date(2024, 2, 1), 2024, 0, 0, None)
    with pytest.raises(RowsRefused) as refused:
        import_batch(OFFICER, "k", Batch(run, 0, (row,)))
    assert [(one.row, one.column) for one in refused.value.problems] == [(9, "covered_from")]
    assert Coverage.objects.count() == 6


def test_categories_are_recorded_with_their_department(moved):
    rows = [
        {
            "person_no": "P1",
            "category": "低保对象",
            "certified_by": "民政",
            "first_day": "2023-01-01",
            "last_day": "",
        },
        {
            "person_no": "P2",
            "category": "重度残疾人",
            "certified_by": "残联",
            "first_day": "2023-02-01",
            "last_day": "",
        },
    ]
    path = csv_of(moved / "categories.csv", rows)
    assert taken_in(path, CATEGORIES)[1] == []
    assert category_tags_on(person_id(1), DAY) == 1 << Category.SUBSISTENCE_ALLOWANCE
    assert CategoryTag.objects.get(person_id=person_id(2)).certified_by == Department.DISABLED_FEDERATION
    _, problems = taken_in(
        csv_of(moved / "again.csv", [*rows, {**rows[0], "category": "不存在"}]), CATEGORIES
    )
    assert sorted((one.row, one.column) for one in problems) == [
        (2, "category"),
        (3, "category"),
        (4, "category"),
    ]
    assert database_findings() == []


def test_what_is_wrong_with_years_and_settlements_is_said_by_row(moved):
    rows = [*year_rows(4)[3:], {**year_rows(1)[0], "person_no": "P9"}]
    rows += [
        {**year_rows(1)[0], "person_no": "P4", "basic_paid": "-1"},
        {**rows[0], "person_no": "P5", "stays": "x"},
    ]
    _, problems = taken_in(csv_of(moved / "years2.csv", rows), YEARS, benefit_year=2023)
    assert [(one.row, one.column) for one in problems] == [
        (2, "person_no"), (3, "person_no"), (4, "basic_paid"), (5, "stays"),
    ]  # fmt: skip
    rows = [
        *settlement_rows(1),
        *({**row, "settlement_no": f"T{n}"} for n, row in enumerate(settlement_rows(6))),
    ]
    rows[1]["basic"] = 61
    rows[2]["settlement_no"] = rows[3]["settlement_no"]
    rows[4]["settled_on"] = "2023-07-02"
    _, problems = taken_in(csv_of(moved / "settlements2.csv", rows), SETTLEMENTS, benefit_year=2023)
    assert [(one.row, one.column) for one in problems] == [
        (2, "settlement_no"), (3, "total"), (4, "settlement_no"), (5, "settlement_no"), (6, "settled_on"),
        (7, "person_no"), (8, "person_no"),
    ]  # fmt: skip
    assert OpenSettlement.objects.count() == 2


def test_a_move_is_closed_when_every_total_agrees_and_not_before(moved):
    wrong = {**TOTALS, "people": 7, "years/2023/basic_paid_fen": 60_001, "years/2022/count": 1}
    del wrong["settlements/2023/count"]
    with pytest.raises(NotReconciled) as differ:
        close_move(OFFICER, "c", Control(CITY, wrong))
    assert {one.name for one in differ.value.differences} == {
        "people", "years/2023/basic_paid_fen", "years/2022/count", "settlements/2023/count",
    }  # fmt: skip
    assert "本系统 600.00 元，原系统 600.01 元" in str(differ.value)
    assert Closing.objects.count() == 0
    assert reconciled(OFFICER, Control(CITY, TOTALS)) == []
    with pytest.raises(NotAllowed):
        close_move(actor(Role.COUNTY_OFFICER, COUNTY), "c", Control(CITY, TOTALS))
    with pytest.raises(NothingMoved):
        close_move(OFFICER, "c", Control(COUNTY, TOTALS))
    close_move(OFFICER, "c", Control(CITY, TOTALS))
    assert close_move(OFFICER, "c", Control(CITY, TOTALS)) == Closing.objects.get().totals
    with pytest.raises(MovedIn):
        taken_in(csv_of(moved / "more.csv", person_rows(1, 50)))
    with pytest.raises(MovedIn):
        close_move(OFFICER, "c2", Control(CITY, TOTALS))
    assert database_findings() == []


def test_closing_and_a_batch_at_once_do_not_pass_each_other(postgres, tmp_path):
    in_here(tmp_path)
    path = csv_of(tmp_path / "more.csv", person_rows(1, 50))
    order = order_of(path, ImportKind.PEOPLE)
    run = json.loads(begin_import(OFFICER, key_of(order), order))["run_id"]
    more = Batch(run, 0, (imported(50),))
    works = [
        lambda: close_move(OFFICER, "c", Control(CITY, TOTALS)),
        lambda: import_batch(OFFICER, "k", more),
    ] * 3
    found = at_once(works)
    told = {type(one).__name__ for one in found}
    assert told in ({"str", "MovedIn"}, {"str", "NotReconciled"})
    assert database_findings() == []


def test_coverage_and_years_at_once_are_written_once_and_name_the_rows(postgres, tmp_path):
    in_here(tmp_path)
    rows = tuple(
        ImportedCover(n + 2, f"P{n}", 0, "", "", date(2024, 1, 1), date(2024, 12, 31), 2024, 0, 0, None)
        for n in range(6)
    )
    runs = []
    for name in "ab":
        order = order_of(csv_of(tmp_path / name, cover_rows(1, ord(name))), COVERAGE)
        runs.append(json.loads(begin_import(OFFICER, key_of(order), order))["run_id"])
    found = at_once([lambda run=run: import_batch(OFFICER, f"k{run}", Batch(run, 0, rows)) for run in runs])
    assert sorted(type(one).__name__ for one in found) == ["RowsRefused", "str"]
    assert Coverage.objects.count() == 12


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("DELETE FROM enrolment_event WHERE action = 'take_over_cover'", "take_over_cover"),
        ("UPDATE takeover_importbatch SET rows = 9 WHERE number = 0", "行数"),
        ("UPDATE takeover_opensettlement SET basic_fen = basic_fen + 1, person_fen = person_fen - 1", "金额"),
        ("DELETE FROM takeover_takenyear WHERE id = 1", "金额"),
        ("UPDATE takeover_opensettlement SET person_id = person_id + 3", "没有接管这一年度"),
        ("UPDATE takeover_closing SET totals = '{}'", "关闭时的合计"),
    ],
)
def test_the_verifier_finds_what_was_changed(postgres, tmp_path, broken, said):
    in_here(tmp_path)
    close_move(OFFICER, "c", Control(CITY, TOTALS))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(broken)
        cursor.execute("SET session_replication_role = DEFAULT")
    found = database_findings()
    assert any(said in one.message for one in found)


def test_the_control_file_says_what_is_wrong_with_it(tmp_path):
    path = tmp_path / "control.yaml"
    path.write_text(
        "people: 6\nyears:\n  2023: {count: 4, total: 1200 元}\n  2023学年: {count: 1}\n", "utf-8"
    )
    assert read_control(path) == {
        "people": 6, "years/2023/count": 4, "years/2023/total_fen": 120_000, "years/2023s/count": 1,
    }  # fmt: skip
    for text, said in (
        ("people: x", "整数"),
        ("persons: 1", "不是"),
        ("years: {x: {}}", "年度"),
        ("", "没有内容"),
    ):
        path.write_text(text, "utf-8")
        with pytest.raises(ControlUnreadable, match=said):
            read_control(path)


@pytest.mark.slow
def test_the_commands_move_an_area_in_and_close_it(postgres, tmp_path):
    officer = Officer.objects.create_user("clerk")
    Grant.objects.create(officer=officer, role=Role.CITY_OFFICER, area_code=CITY, first_day=date(2020, 1, 1))
    files = {
        "people": person_rows(6),
        "coverage": cover_rows(6),
        "years": year_rows(4),
        "settlements": settlement_rows(2),
    }
    for kind, rows in files.items():
        path = csv_of(tmp_path / f"{kind}.csv", rows)
        year = ["--year", "2023"] if kind in ("years", "settlements") else []
        done = yibao(
            postgres, "import", kind, str(path), "--area", CITY, "--day", "2023-07-01", "--as", "clerk", *year
        )
        assert done.returncode == 0, done.stderr
    control = tmp_path / "control.yaml"
    lines = [
        "people: 6", "covered: 6", "years:",
        "  2023: {count: 4, total: 1200 元, in_scope: 1000 元, basic_paid: 600 元, catastrophic_paid: 0 元, assistance_paid: 0 元}",
        "settlements:", "  2023: {count: 2, total: 240 元, basic: 120 元, catastrophic: 0 元, assistance: 1 元}",
    ]  # fmt: skip
    control.write_text("\n".join(lines), "utf-8")
    words = ("import", "close", str(control), "--area", CITY, "--as", "clerk")
    differs = yibao(postgres, *words)
    assert (
        differs.returncode == 1
        and "settlements/2023/assistance_fen：本系统 0.00 元，原系统 1.00 元" in differs.stderr
    )
    control.write_text("\n".join(lines).replace("assistance: 1 元", "assistance: 0 元"), "utf-8")
    assert yibao(postgres, *words, "--dry-run").returncode == 0
    closed = yibao(postgres, *words)
    assert closed.returncode == 0 and "核对一致并关闭" in closed.stdout, closed.stderr
