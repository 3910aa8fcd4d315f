"""A school's list: the file with every problem at once, a trial that leaves nothing, rows done once, one payment for all."""

import csv
import itertools
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.people import identity_no, registration
from tests.agency.settling import CITY, COUNTY, OFFICER
from tests.agency.striking import Struck, everything, struck
from tests.agency.test_commands import yibao
from tests.agency.test_contributing import balances
from typer.testing import CliRunner

from yibao.assistance.terms import Category
from yibao.cli.main import app
from yibao.enrolment.actions import recognise_category, register
from yibao.enrolment.models import Coverage, Person
from yibao.enrolment.orders import Recognition
from yibao.enrolment.terms import Department
from yibao.files.school import read_school_list
from yibao.financing.models import ContributionBill, ContributionPayment
from yibao.financing.terms import CollectionChannel, ContributionGroup, University
from yibao.journeys.enrolment.school_batch import (
    PaySchool,
    SchoolList,
    Student,
    enrol_school,
    pay_for_school,
    school_results,
    try_school,
)
from yibao.journeys.financing.contributing import PayOrder, pay
from yibao.journeys.verifying.database import database_findings
from yibao.packs.policies import policies
from yibao.public_services.failures import ApplicationWrong, NoSuchApplication
from yibao.public_services.models import SchoolBatch, SchoolRow
from yibao.public_services.terms import RowVerdict
from yibao.rights.actors import NotAllowed
from yibao.rights.models import Grant, Officer
from yibao.rights.terms import Role

DAY = date(2022, 11, 1)
BORN = date(2003, 9, 1)
DUE_FEN = 35_000
TAX = actor(Role.TAX_OFFICER, CITY)


def student(row_no: int, **more: object) -> Student:
    facts = {"name": f"学生{row_no}", "sex": 1, "born_on": BORN, "identity_no": identity_no(BORN)}
    return Student(row_no, f"S{row_no}", **(facts | more))  # type: ignore[arg-type]


def listed(*students: Student, **more: object) -> SchoolList:
    order = SchoolList("示例大学", COUNTY, University.CITY, 2023, DAY, students)
    return replace(order, **more)  # type: ignore[arg-type]


def enrolled(order: SchoolList, key: str = "e") -> dict:
    return json.loads(enrol_school(OFFICER, key, order, today=DAY))


def poor(of: Student) -> None:
    order = registration(of.name, born_on=BORN, number=of.identity_no, county_code=COUNTY, happened_on=DAY)
    who = json.loads(register(OFFICER, f"poor{of.row_no}", order, today=DAY))["person_id"]
    tag = Recognition(who, Category.EXTREME_POVERTY, Department.CIVIL_AFFAIRS, date(2022, 1, 1), None, "名单")
    recognise_category(OFFICER, f"tag{of.row_no}", tag, today=DAY)


def payment(batch_id: int, amount_fen: int, number: str = "n1") -> PaySchool:
    return PaySchool(batch_id, amount_fen, CollectionChannel.COUNTER, number, DAY)


def test_every_row_has_its_verdict_and_one_wrong_row_stops_no_other(database):
    order = listed(student(2), student(3), student(4), student(5))
    poor(order.students[1])
    taken = registration(
        "别人", born_on=BORN, number=order.students[2].identity_no, county_code=COUNTY, happened_on=DAY
    )
    register(OFFICER, "taken", taken, today=DAY)
    tried = try_school(OFFICER, order, today=DAY)
    said = enrolled(order)
    found = school_results(OFFICER, said["batch_id"], reason="反馈")
    assert found == tried
    assert [(r.row_no, r.verdict, r.person_pays_fen, r.paid) for r in found] == [
        (2, RowVerdict.BILLED, DUE_FEN, False),
        (3, RowVerdict.ENROLLED_FREE, 0, True),
        (4, RowVerdict.ROW_REFUSED, 0, False),
        (5, RowVerdict.BILLED, DUE_FEN, False),
    ]
    assert "不一致" in found[2].said and order.students[2].identity_no not in found[2].said
    assert (said["billed"], said["enrolled_free"], said["row_refused"], said["due_fen"]) == (
        2,
        1,
        1,
        2 * DUE_FEN,
    )
    assert Coverage.objects.get().group == ContributionGroup.STUDENT
    before = everything()
    assert enrolled(order) == said and everything() == before
    assert database_findings() == []


def test_a_trial_leaves_nothing(database):
    before = everything()
    assert [one.verdict for one in try_school(OFFICER, listed(student(2)), today=DAY)] == [RowVerdict.BILLED]
    assert everything() == before


def test_a_list_handed_in_again_says_what_was_billed_before(database):
    first = student(2)
    enrolled(listed(first))
    again = enrolled(listed(first, student(3)), "again")
    assert (again["billed_before"], again["billed"], again["due_fen"]) == (1, 1, 2 * DUE_FEN)
    assert ContributionBill.objects.count() == 2 and Person.objects.count() == 2


def test_the_schools_agent_pays_what_is_left_in_one_payment(database):
    said = enrolled(listed(student(2), student(3), student(4)))
    bill = ContributionBill.objects.order_by("id").first()
    pay(TAX, "own", PayOrder(bill.pk, DUE_FEN, CollectionChannel.ONLINE, "own", DAY))
    with pytest.raises(ApplicationWrong, match=r"还应缴 700\.00 元，收到 1050\.00 元"):
        pay_for_school(TAX, "p0", payment(said["batch_id"], 3 * DUE_FEN))
    order = payment(said["batch_id"], 2 * DUE_FEN)
    paid = pay_for_school(TAX, "p1", order)
    assert pay_for_school(TAX, "p1", order) == paid
    assert json.loads(paid) == {"payments": 2, "amount_fen": 2 * DUE_FEN}
    with pytest.raises(ApplicationWrong, match=r"还应缴 0\.00 元"):
        pay_for_school(TAX, "p2", order)
    assert all(row.paid for row in school_results(OFFICER, said["batch_id"], reason="反馈"))
    assert Coverage.objects.count() == 3
    assert balances()["basic", "income_account"] == 3 * DUE_FEN
    assert database_findings() == []


def test_who_may_not_and_what_is_no_list_is_refused_as_a_whole(database):
    with pytest.raises(NotAllowed):
        enrol_school(actor(Role.CITY_OFFICER, "140200"), "a", listed(student(2)), today=DAY)
    with pytest.raises(ApplicationWrong, match="学校隶属"):
        enrolled(listed(student(2), university=University.NONE), "b")
    with pytest.raises(ApplicationWrong, match="第 2 行出现 2 次"):
        enrolled(listed(student(2), student(2)), "c")
    assert SchoolBatch.objects.count() == 0
    said = enrolled(listed(student(2)), "d")
    with pytest.raises(NoSuchApplication):
        school_results(actor(Role.CITY_OFFICER, "140200"), said["batch_id"], reason="x")
    with pytest.raises(NoSuchApplication):
        pay_for_school(actor(Role.TAX_OFFICER, "140200"), "e", payment(said["batch_id"], DUE_FEN))


def test_a_failure_at_any_statement_leaves_whole_rows_and_the_same_key_ends_it(database):
    for at in itertools.count(1):
        order = listed(student(2), student(3))
        try:
            with struck(at, "after"):
                enrolled(order, f"k{at}")
        except Struck:
            assert database_findings() == []
            assert enrolled(order, f"k{at}")["billed"] == 2
        else:
            break
    assert at > 40 and SchoolRow.objects.count() == ContributionBill.objects.count() == 2 * at


def test_a_failure_at_any_statement_of_the_payment_pays_nobody(database):
    said = enrolled(listed(student(2), student(3)))
    order = payment(said["batch_id"], 2 * DUE_FEN)
    before = everything()
    for at in itertools.count(1):
        try:
            with struck(at, "after"):
                pay_for_school(TAX, "p", order)
        except Struck:
            assert everything() == before
        else:
            break
    assert at > 20 and ContributionPayment.objects.count() == 2


def test_one_list_at_once_is_enrolled_and_paid_once(postgres):
    order = listed(*(student(n) for n in range(2, 8)))
    found = at_once([lambda: enrolled(order)] * 4)
    assert all(one == found[0] for one in found) and found[0]["billed"] == 6
    paid = at_once(
        [
            lambda n=n: pay_for_school(TAX, f"p{n}", payment(found[0]["batch_id"], 6 * DUE_FEN, f"n{n}"))
            for n in range(4)
        ]
    )
    assert sorted(type(one).__name__ for one in paid) == ["ApplicationWrong"] * 3 + ["str"]
    assert ContributionPayment.objects.count() == 6
    assert database_findings() == []


def workbook(path: Path, rows: list[list[str]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            (sheet.write_formula if cell.startswith("=") else sheet.write_string)(at, column, cell)
    book.close()
    return path


HEADER = ["学号", "姓名", "身份证号", "性别", "当年毕业"]


def test_a_list_is_read_from_excel_and_csv_alike(tmp_path):
    number = identity_no(BORN)
    rows = [HEADER, ["S1", "甲", number, "男", "是"], ["S2", "乙", identity_no(BORN, 2).lower(), "", ""]]
    in_csv = tmp_path / "list.csv"
    with in_csv.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    area = policies().area(COUNTY)
    found, problems = read_school_list(workbook(tmp_path / "list.xlsx", rows), area)
    assert problems == [] and read_school_list(in_csv, area) == (found, [])
    assert [(r.row_no, r.sex, r.born_on, r.graduating) for r in found] == [
        (2, 1, BORN, True),
        (3, 2, BORN, False),
    ]
    assert found[0].identity_no == number


def test_every_problem_of_a_list_is_said_at_once_and_no_number_whole(tmp_path):
    number = identity_no(BORN)
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    rows = [
        HEADER,
        ["S1", "", number, "", ""],
        ["S2", "乙", wrong, "", ""],
        ["S2", "丙", identity_no(BORN), "女", "也许"],
        ["S4", "丁", number, "", ""],
        ["S5", "戊", "1.40105E+17", "", ""],
    ]
    found, problems = read_school_list(workbook(tmp_path / "list.xlsx", rows), policies().area(COUNTY))
    said = {(p.row, p.column) for p in problems}
    assert said >= {
        (2, "姓名"), (2, "身份证号"), (3, "学号"), (3, "身份证号"), (4, "学号"), (4, "性别"), (4, "当年毕业"),
        (5, "身份证号"), (6, "身份证号"),
    }  # fmt: skip
    assert found == []
    assert not any(secret in p.sentence() for p in problems for secret in (number, wrong))


def test_a_formula_is_refused_with_its_cell_and_never_read(tmp_path):
    rows = [
        HEADER,
        ["S1", '=CONCATENATE("甲","某")', identity_no(BORN), "", ""],
        ["=1+1", "乙", identity_no(BORN), "", ""],
    ]
    _, problems = read_school_list(workbook(tmp_path / "list.xlsx", rows), policies().area(COUNTY))
    assert {(p.row, p.column) for p in problems if "公式" in p.message} == {(2, "B 列"), (3, "A 列")}
    in_csv = tmp_path / "list.csv"
    with in_csv.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    _, problems = read_school_list(in_csv, policies().area(COUNTY))
    assert {(p.row, p.column) for p in problems if "公式" in p.message} == {(2, "姓名"), (3, "学号")}


def test_the_commands_try_enrol_give_feedback_and_print(database, tmp_path):
    officer = Officer.objects.create_user("registrar", "x")
    Grant.objects.create(
        officer=officer, role=Role.COUNTY_OFFICER, area_code=COUNTY, first_day=date(2022, 1, 1)
    )
    number = identity_no(BORN)
    file = workbook(tmp_path / "list.xlsx", [HEADER, ["S1", "甲", number, "", ""]])
    words = [
        "school-list", str(file), "--officer", "registrar", "--school", "示例大学", "--county", COUNTY,
        "--university", "CITY", "--year", "2023", "--on", "2022-11-01",
    ]  # fmt: skip
    tried = yibao(database, *words)
    assert tried.returncode == 0 and "试算" in tried.stdout and Person.objects.count() == 0, tried.stderr
    feedback = tmp_path / "feedback.csv"
    done = yibao(database, *words, "--commit", "2022-a", "--feedback", str(feedback))
    assert done.returncode == 0 and "待缴 350.00 元" in done.stdout, done.stderr
    assert "S1,已核定应缴，待缴费,350.00,否" in feedback.read_text("utf-8-sig").replace('"', "")
    assert number not in feedback.read_text("utf-8-sig") + done.stdout + done.stderr
    bill = ContributionBill.objects.get()
    said = json.loads(pay(TAX, "p", PayOrder(bill.pk, DUE_FEN, CollectionChannel.ONLINE, "n", DAY)))
    pdf = tmp_path / "certificate.pdf"
    of = ["--coverage", str(said["coverage_id"])]
    printed = yibao(database, "certificate", str(pdf), "--officer", "registrar", *of)
    assert printed.returncode == 0 and pdf.read_bytes().startswith(b"%PDF"), printed.stderr
    for wrong, words_said in (
        (["certificate", str(pdf), "--officer", "nobody", *of], "没有登录名"),
        (["certificate", str(pdf), "--officer", "registrar", "--payment", "99"], "没有缴费 99"),
    ):
        failed = yibao(database, *wrong)
        assert failed.returncode == 1 and words_said in failed.stderr and "Traceback" not in failed.stderr


def test_what_is_asked_wrongly_is_said_before_a_database_is_touched(tmp_path):
    file = workbook(tmp_path / "list.xlsx", [HEADER, ["S1", "甲", "1", "", ""]])
    words = [
        "school-list",
        str(file),
        "--officer",
        "x",
        "--school",
        "x",
        "--county",
        COUNTY,
        "--year",
        "2023",
    ]
    for more, said in (
        ([*words, "--on", "2022-11-01", "--university", "NOWHERE"], "学校隶属"),
        ([*words, "--on", "2022-11-01", "--university", "CITY"], "名单有 1 处问题"),
        (["certificate", str(tmp_path / "c.pdf"), "--officer", "x"], "写一个"),
    ):
        failed = CliRunner().invoke(app, more)
        assert failed.exit_code == 1 and said in failed.output
