"""Files of a system before, taken in: all that is wrong at once, nothing of a bad file, one batch after the other, once."""

import dataclasses
import json
from datetime import date

import polars as pl
import pytest
import xlsxwriter
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.moving import DAY, cover_rows, csv_of, imported, number_of, order_of, person_rows, taken_in
from tests.agency.people import registration
from tests.agency.settling import CITY, COUNTY, OFFICER
from tests.agency.test_commands import yibao

from yibao.cli.move_in import FileChanged, move_in
from yibao.enrolment.actions import register
from yibao.enrolment.models import Address, Event, Household, Identity, Person
from yibao.enrolment.orders import Document
from yibao.enrolment.terms import IdentityKind
from yibao.files.log import FindingLog
from yibao.journeys.takeover.importing import Batch, OtherDay, begin_import, import_batch, key_of
from yibao.journeys.takeover.importing import look as cli_look
from yibao.journeys.takeover.importing_rows import RowsRefused
from yibao.journeys.verifying.database import database_findings
from yibao.rights.actors import NotAllowed
from yibao.rights.models import AuditRecord, Grant, Officer
from yibao.rights.requests import KeyReused
from yibao.rights.terms import Role
from yibao.takeover.models import FormerPerson, ImportBatch, ImportRun
from yibao.takeover.terms import ImportKind


def test_a_file_of_people_is_registered_in_batches_with_households_and_history(database, tmp_path):
    found, problems = taken_in(csv_of(tmp_path / "people.csv", person_rows(8)))
    assert (found.rows, found.written, found.left_out, problems) == (8, 8, 0, [])
    assert ImportBatch.objects.count() == 3
    assert Household.objects.count() == 4, "two people in each"
    person = Person.objects.get(identities__number=number_of(5))
    assert (person.sex, person.county_code, person.state) == (1, COUNTY, 1)
    assert person.born_on == date(1940, 5, 1)
    assert FormerPerson.objects.get(number="P5").person_id == person.pk
    assert Address.objects.get(person=person).division_code == COUNTY
    event = Event.objects.get(person=person)
    assert (event.action, event.happened_on, event.reason) == ("take_over_person", DAY, "期初接管")
    notes = AuditRecord.objects.filter(action="import_batch")
    assert [json.loads(note.detail)["batch"] for note in notes.order_by("id")] == [0, 1, 2]
    assert database_findings() == []


def test_a_file_imported_twice_is_imported_once(database, tmp_path):
    path = csv_of(tmp_path / "people.csv", person_rows(7))
    taken_in(path)
    again, problems = taken_in(path)
    assert (again.written, again.before, problems) == (0, 3, [])
    assert Person.objects.count() == 7


def test_a_stopped_import_goes_on_where_it_stood(database, tmp_path, monkeypatch):
    path = csv_of(tmp_path / "people.csv", person_rows(8))
    real, asked = import_batch, []

    def stopped(actor, key, order):
        asked.append(order.number)
        if order.number == 1:
            raise KeyboardInterrupt
        return real(actor, key, order)

    monkeypatch.setattr("yibao.cli.move_in.import_batch", stopped)
    with pytest.raises(KeyboardInterrupt):
        taken_in(path)
    assert Person.objects.count() == 3
    monkeypatch.setattr("yibao.cli.move_in.import_batch", real)
    found, problems = taken_in(path, batch_rows=100)
    assert (found.written, found.before, problems) == (5, 1, []), "the batches stay as they were cut"
    assert Person.objects.count() == 8
    assert database_findings() == []


def test_all_problems_of_a_file_are_found_and_nothing_is_written(database, tmp_path):
    rows = person_rows(12)
    rows[0]["identity_no"] = number_of(0)[:-1] + ("1" if number_of(0)[-1] != "1" else "2")
    rows[1]["name"] = ""
    rows[2]["county_code"] = "999999"
    rows[3]["name"] = "=1+1"
    rows[4]["address"] = "＠某处"
    rows[10]["address"] = "一\u0007号"
    rows[5] |= {"born_on": "1999-01-01"}
    rows[6] |= {"sex": "女"}
    rows[8]["identity_no"] = rows[7]["identity_no"]
    rows[9]["person_no"] = "P10"
    rows[11] |= {"identity_no": "", "document_no": "E123"}
    path = csv_of(tmp_path / "people.csv", rows)
    found, problems = taken_in(path)
    told = {(one.row, one.column) for one in problems}
    assert told == {
        (2, "identity_no"), (3, "name"), (4, "county_code"), (5, "name"), (6, "address"), (7, "born_on"), (8, "sex"),
        (9, "identity_no"), (10, "identity_no"), (11, "person_no"), (12, "person_no"), (12, "address"), (13, "document_kind"),
        (13, "sex"), (13, "born_on"),
    }  # fmt: skip
    assert all(one.remedy for one in problems)
    assert (found.written, Person.objects.count(), ImportRun.objects.count()) == (0, 0, 0)
    assert not any(
        row["identity_no"] in one.sentence() for one in problems for row in rows if row["identity_no"]
    )
    found, _ = taken_in(path, dry_run=True, sound_rows=True)
    assert (found.left_out, Person.objects.count()) == (12, 0)
    found, _ = taken_in(path, sound_rows=True)
    assert (found.written, found.left_out, Person.objects.count()) == (0, 12, 0)


def test_sound_rows_are_written_where_they_are_asked_for(database, tmp_path):
    rows = person_rows(7)
    rows[3]["name"] = ""
    found, problems = taken_in(csv_of(tmp_path / "people.csv", rows), sound_rows=True)
    assert (found.written, found.left_out, len(problems)) == (6, 1, 1)
    assert not FormerPerson.objects.filter(number="P3").exists()
    assert database_findings() == []


def test_somebody_registered_already_is_found_before_anything_is_written(database, tmp_path):
    document = Document(IdentityKind.IDENTITY_NUMBER, number_of(4))
    order = registration(born_on=date(1940, 5, 1), county_code=COUNTY, happened_on=DAY)
    register(OFFICER, "r", type(order)(**{**order.__dict__, "documents": (document,)}), today=DAY)
    found, problems = taken_in(csv_of(tmp_path / "people.csv", person_rows(8)))
    assert [(one.row, one.column) for one in problems] == [(6, "identity_no")]
    assert "已有参保登记" in problems[0].message
    assert (found.written, Person.objects.count()) == (0, 1)


def test_rows_that_somebody_registers_meanwhile_are_named_and_the_rest_goes_on_afterwards(
    database, tmp_path, monkeypatch
):
    path = csv_of(tmp_path / "people.csv", person_rows(8))
    real = import_batch
    run = json.loads(
        begin_import(OFFICER, "other", order_of(csv_of(tmp_path / "b", person_rows(1)), ImportKind.PEOPLE))
    )

    def meddled(actor, key, order):
        if order.number == 1:
            real(OFFICER, "meddled", Batch(run["run_id"], 0, (imported(4, person_no="X"),)))
        return real(actor, key, order)

    monkeypatch.setattr("yibao.cli.move_in.import_batch", meddled)
    log = FindingLog()
    with pytest.raises(RowsRefused):
        move_in(OFFICER, path, order_of(path, ImportKind.PEOPLE), log)
    assert [(one.file, one.row, one.column) for one in log.findings()] == [(str(path), 6, "identity_no")]
    assert Person.objects.count() == 4
    monkeypatch.setattr("yibao.cli.move_in.import_batch", real)
    found, problems = taken_in(path, sound_rows=True)
    assert (found.written, found.left_out, found.before, len(problems)) == (4, 1, 1, 1)
    assert Person.objects.count() == 8
    assert database_findings() == []


def test_people_outside_the_actors_area_are_refused(database, tmp_path):
    path = csv_of(tmp_path / "people.csv", person_rows(2))
    with pytest.raises(NotAllowed):
        taken_in(path, actor=actor(Role.COUNTY_OFFICER, COUNTY))
    with pytest.raises(NotAllowed):
        taken_in(path, actor=actor(Role.SUPERVISOR, CITY))
    order = order_of(path, ImportKind.PEOPLE)
    run = json.loads(begin_import(OFFICER, "b", order))["run_id"]
    with pytest.raises(RowsRefused, match="不在接管地区"):
        import_batch(OFFICER, "k", Batch(run, 0, (imported(0, county_code="130102"),)))
    assert Person.objects.count() == 0


def test_a_county_moves_in_by_itself_and_sees_only_its_own_people(database, tmp_path):
    officer = actor(Role.COUNTY_OFFICER, COUNTY)
    rows = [*person_rows(2), {**person_rows(1, 5)[0], "county_code": "140106"}]
    path = csv_of(tmp_path / "people.csv", rows)
    order = dataclasses.replace(order_of(path, ImportKind.PEOPLE), area_code=COUNTY)
    log = FindingLog()
    found = move_in(officer, path, order, log, sound_rows=True)
    assert (found.written, [(one.row, one.column) for one in log.findings()]) == (2, [(4, "county_code")])
    taken_in(csv_of(tmp_path / "other.csv", rows[2:]))
    cover = csv_of(tmp_path / "coverage.csv", [*cover_rows(2), {**cover_rows(1)[0], "person_no": "P5"}])
    log = FindingLog()
    order = dataclasses.replace(order_of(cover, ImportKind.COVERAGE), area_code=COUNTY)
    found = move_in(officer, cover, order, log)
    assert (found.written, [(one.row, one.column) for one in log.findings()]) == (0, [(4, "person_no")])


def test_a_batch_names_the_rows_that_the_database_refuses(database, tmp_path):
    order = order_of(csv_of(tmp_path / "people.csv", person_rows(3)), ImportKind.PEOPLE)
    run = json.loads(begin_import(OFFICER, key_of(order), order))["run_id"]
    import_batch(OFFICER, "k0", Batch(run, 0, (imported(0),)))
    with pytest.raises(RowsRefused) as refused:
        rows = (imported(1), imported(0), imported(2), imported(3, number=number_of(2)))
        import_batch(OFFICER, "k1", Batch(run, 1, rows))
    assert [(one.row, one.column) for one in refused.value.problems] == [
        (4, "identity_no"), (5, "identity_no"), (2, "identity_no"), (2, "person_no"),
    ]  # fmt: skip
    assert number_of(0) not in str(refused.value)
    assert Person.objects.count() == 1
    with pytest.raises(KeyReused):
        import_batch(OFFICER, "k0", Batch(run, 0, (imported(5),)))
    assert import_batch(OFFICER, "another key", Batch(run, 0, (imported(5),))) == '{"rows":1}'
    assert Person.objects.count() == 1


def test_an_area_is_taken_over_on_one_day(database, tmp_path):
    path = csv_of(tmp_path / "people.csv", person_rows(1))
    taken_in(path)
    order = order_of(path, ImportKind.PEOPLE)
    later = type(order)(**{**order.__dict__, "taken_over_on": date(2023, 8, 1)})
    with pytest.raises(OtherDay, match="2023-07-01"):
        begin_import(OFFICER, key_of(later) + "x", later)


def test_the_same_batch_at_once_is_written_once(postgres, tmp_path):
    order = order_of(csv_of(tmp_path / "people.csv", person_rows(3)), ImportKind.PEOPLE)
    run = json.loads(begin_import(OFFICER, key_of(order), order))["run_id"]
    batch = Batch(run, 0, tuple(imported(n) for n in range(50)))
    found = at_once([lambda n=n: import_batch(OFFICER, f"k{n % 2}", batch) for n in range(6)])
    assert found == ['{"rows":50}'] * 6
    assert Person.objects.count() == Identity.objects.count() == 50


def test_two_files_with_the_same_people_at_once_register_them_once_and_name_the_rows(postgres, tmp_path):
    runs = []
    for name in ("a", "b"):
        order = order_of(
            csv_of(tmp_path / name, person_rows(3) + person_rows(1, 90 + ord(name))), ImportKind.PEOPLE
        )
        runs.append(json.loads(begin_import(OFFICER, key_of(order), order))["run_id"])
    works = [
        lambda run=run: import_batch(
            OFFICER, f"k{run}", Batch(run, 0, tuple(imported(n) for n in range(200)))
        )
        for run in runs
    ]
    found = at_once(works)
    assert sorted(type(one).__name__ for one in found) == ["RowsRefused", "str"]
    refused = next(one for one in found if isinstance(one, RowsRefused))
    assert {one.row for one in refused.problems} == set(range(2, 202))
    assert Person.objects.count() == 200
    assert database_findings() == []


def test_a_workbook_with_formulas_is_refused_and_without_them_taken_in(database, tmp_path):
    rows = person_rows(4)
    for name, formula in (("bad", True), ("good", False)):
        with xlsxwriter.Workbook(str(tmp_path / f"{name}.xlsx")) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, list(rows[0]))
            for at, row in enumerate(rows, start=1):
                sheet.write_row(at, 0, [str(cell) for cell in row.values()])
            if formula:
                sheet.write_formula(2, 0, '="P"&1', None, "P1")
    found, problems = taken_in(tmp_path / "bad.xlsx", sound_rows=True)
    assert [(one.row, one.column) for one in problems] == [(3, "A 列")]
    assert (found.written, Person.objects.count()) == (0, 0), "nobody knows what the value beside it is worth"
    found, problems = taken_in(tmp_path / "good.xlsx")
    assert (found.written, problems) == (4, [])


def test_a_workbook_of_an_older_form_is_not_read(database, tmp_path):
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    _, problems = taken_in(tmp_path / "old.xls", sound_rows=True)
    assert any("另存为" in one.remedy for one in problems)


def test_a_file_that_changes_after_it_was_looked_at_is_not_written(database, tmp_path, monkeypatch):
    path = csv_of(tmp_path / "people.csv", person_rows(4))
    real = cli_look

    def meddled(*asked):
        csv_of(path, person_rows(4, 10))
        return real(*asked)

    monkeypatch.setattr("yibao.cli.move_in.look", meddled)
    with pytest.raises(FileChanged):
        taken_in(path)
    assert Person.objects.count() == 0


def test_a_parquet_file_is_taken_in(database, tmp_path):
    pl.DataFrame(person_rows(5)).write_parquet(tmp_path / "people.parquet")
    found, problems = taken_in(tmp_path / "people.parquet")
    assert (found.written, problems) == (5, [])


@pytest.mark.slow
def test_the_command_looks_first_and_then_writes(postgres, tmp_path):
    officer = Officer.objects.create_user("clerk")
    Grant.objects.create(officer=officer, role=Role.CITY_OFFICER, area_code=CITY, first_day=date(2020, 1, 1))
    path = csv_of(tmp_path / "people.csv", person_rows(4))
    words = ["import", "people", str(path), "--area", CITY, "--day", "2023-07-01", "--as"]
    looked = yibao(postgres, *words, "clerk", "--dry-run")
    assert looked.returncode == 0 and "可以写入 4 行" in looked.stdout, looked.stderr
    assert Person.objects.count() == 0
    written = yibao(postgres, *words, "clerk")
    assert written.returncode == 0 and "写入 4 行" in written.stdout, written.stderr
    assert Person.objects.count() == 4
    yearly = yibao(postgres, *words, "clerk", "--year", "2023")
    assert yearly.returncode == 1 and "不分年度" in yearly.stderr
    nobody = yibao(postgres, *words, "nobody")
    assert nobody.returncode == 1 and "没有登录名为 nobody" in nobody.stderr
    bad = yibao(
        postgres,
        "import",
        "people",
        str(csv_of(path, [{**person_rows(1, 9)[0], "name": ""}])),
        *words[3:],
        "clerk",
    )
    assert bad.returncode == 1 and "没有写入任何行" in bad.stderr
    listed = (tmp_path / "people-findings.csv").read_text("utf-8-sig")
    assert "name" in listed and number_of(9) not in listed
