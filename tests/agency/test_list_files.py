"""Lists as files: read from workbook and CSV, carried out at the terminal, and the file that goes back.

carries_out: ENR-11, AID-03
"""

import csv
from datetime import date
from pathlib import Path

import fastexcel
import pytest
import xlsxwriter
from django.db import connections
from tests.agency.listed import AS_OF, a_list, commit, enrolled, found_elsewhere, looked_at, number_of, row
from tests.agency.settling import CITY, OFFICER
from tests.agency.test_commands import yibao

from yibao.enrolment.list_failures import NoSuchList
from yibao.enrolment.models import CategoryTag, Coverage, Person
from yibao.enrolment.terms import ListKind, ListVerdict, RowVerdict, Scheme
from yibao.files.department_lists import hash_of_file, read_list
from yibao.journeys.lists.listing_feedback import HEADINGS, feedback_of, write_feedback
from yibao.journeys.lists.listing_rows import GivenRow
from yibao.packs.entries import PolicyFailure
from yibao.rights.models import AuditRecord, Grant, Officer
from yibao.rights.terms import Role


def workbook(path: Path, rows: list[list[str]], formula: tuple[int, int] | None = None) -> Path:
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("名单")
        for at, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                sheet.write_string(at, place, cell)
        if formula is not None:
            sheet.write_formula(*formula, '="甲"&"某"', None, "甲某")
    return path


def test_a_workbook_and_a_csv_give_the_same_rows(tmp_path):
    rows = [
        ["姓名", "公民身份号码", "认定日期", "备注"],
        ["甲某", "11010119800501001X", "2023/4/1", "x"],
        ["乙某", "", "", ""],
    ]
    given = (
        GivenRow(2, name="甲某", identity_no="11010119800501001X", first_day="2023/4/1"),
        GivenRow(3, name="乙某"),
    )
    book = workbook(tmp_path / "名单.xlsx", rows)
    assert read_list(book) == (given, [])
    for encoding in ("utf-8-sig", "gb18030"):
        text = tmp_path / f"{encoding}.csv"
        text.write_text("\n".join(",".join(cells) for cells in rows), encoding=encoding)
        assert read_list(text) == (given, [])
    assert hash_of_file(book) != hash_of_file(text)


def test_a_formula_in_a_workbook_is_known_by_its_cell(tmp_path):
    rows = [["身份证号", "姓名"], ["", "会被公式盖住"], ["", "乙某"]]
    (first, second), findings = read_list(workbook(tmp_path / "a.xlsx", rows, (1, 1)))
    assert findings == [] and first.formulas == ("name",) and second.formulas == ()


def test_a_file_without_the_columns_needed_says_which(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("名字啊,号\n甲,1\n", encoding="utf-8")
    rows, findings = read_list(path)
    assert rows == () and "姓名" in findings[0].message and "身份证号" in findings[0].message
    assert read_list(tmp_path / "none.csv")[1][0].message.startswith("没有这个文件")


def test_what_goes_back_is_by_the_areas_rule(database, tmp_path):
    same, employee, uncovered, dead = (
        enrolled("甲"),
        enrolled("乙"),
        enrolled("丙", covered=False),
        enrolled("丁"),
    )
    Coverage.objects.filter(person=employee).update(scheme=Scheme.EMPLOYEE)
    Person.objects.filter(pk=dead).update(died_on=date(2023, 1, 1))
    rows = [
        row(2, same),
        row(3, employee),
        row(4, uncovered),
        row(5, dead),
        row(6, name="=cmd()"),
        row(7, same, name="别人"),
    ]
    seen = looked_at(a_list(*rows))
    feedback = feedback_of(OFFICER, seen["list_id"], reason="反馈")
    assert [(r.number, r.verdict, r.sent_back) for r in feedback.rows] == [
        (2, ListVerdict.CONFIRMED, False),
        (3, ListVerdict.JOINED_EMPLOYEE, True),
        (4, ListVerdict.NOT_ENROLLED, True),
        (5, ListVerdict.DIED, True),
        (6, ListVerdict.WRONG_DATA, True),
        (7, ListVerdict.WRONG_DATA, True),
    ]
    assert feedback.next_list_on == date(2023, 7, 1)
    assert feedback.counted() == {"新增": 3, "终止": 0, "不变": 0, "反馈": 5}
    write_feedback(feedback, tmp_path / "back.xlsx")
    sheet = fastexcel.read_excel(tmp_path / "back.xlsx").load_sheet(0, header_row=None).to_polars()
    assert list(sheet.row(1)) == list(HEADINGS) and sheet.height == 2 + 5
    write_feedback(feedback, tmp_path / "back.csv")
    with (tmp_path / "back.csv").open(encoding="utf-8-sig", newline="") as stream:
        written = list(csv.reader(stream))
    assert written[0] == list(HEADINGS) and written[5][1] == "'=cmd()"
    assert AuditRecord.objects.filter(action="take_feedback", subject=f"list:{seen['list_id']}").count() == 1


def test_the_difference_list_names_who_was_added_ended_and_stayed(database, tmp_path):
    stays, ends, added = enrolled("甲"), enrolled("乙"), enrolled("丙")
    commit(looked_at(a_list(row(2, stays), row(3, ends), as_of=date(2023, 5, 1))))
    seen = looked_at(a_list(row(2, stays), row(3, added), full=True))
    commit(seen)
    feedback = feedback_of(OFFICER, seen["list_id"], reason="反馈")
    assert feedback.counted() == {"新增": 1, "终止": 1, "不变": 1, "反馈": 0}
    ended = next(r for r in feedback.rows if r.row_verdict is RowVerdict.ENDED)
    assert (ended.name, ended.identity_no, ended.sent_back) == ("乙", number_of(ends), False)
    write_feedback(feedback, tmp_path / "back.xlsx")
    sheet = fastexcel.read_excel(tmp_path / "back.xlsx").load_sheet(1, header_row=None).to_polars()
    assert sorted(sheet[:, 0].to_list()[2:]) == ["不变", "新增", "终止"]


def test_a_list_of_deaths_gets_back_only_what_is_wrong_with_it(database):
    dead = enrolled("甲")
    rows = [
        row(2, dead, happened_on="2023-05-01"),
        row(3, happened_on="2023-05-01"),
        row(4, dead, name="别人", happened_on="2023-05-01"),
    ]
    seen = looked_at(a_list(*rows, kind=ListKind.DEATH_LIST))
    commit(seen)
    feedback = feedback_of(OFFICER, seen["list_id"], reason="反馈")
    assert [(r.verdict, r.sent_back) for r in feedback.rows] == [
        (ListVerdict.CONFIRMED, False),
        (ListVerdict.NOT_ENROLLED, True),
        (ListVerdict.WRONG_DATA, True),
    ]


def test_feedback_of_an_area_without_a_rule_or_of_another_area_is_refused(database):
    with pytest.raises(NoSuchList):
        feedback_of(OFFICER, 99, reason="x")
    seen = looked_at(a_list(row(2, enrolled()), as_of=date(2020, 1, 1), kind=ListKind.COMPARED_LIST))
    with pytest.raises(PolicyFailure):
        feedback_of(OFFICER, seen["list_id"], reason="x")


def test_a_list_goes_from_file_to_commit_and_back_at_the_terminal(database, tmp_path):
    officer = Officer.objects.create_user("经办一")
    Grant.objects.create(officer=officer, role=Role.CITY_OFFICER, area_code=CITY, first_day=date(2022, 1, 1))
    who = enrolled("甲某")
    path = workbook(
        tmp_path / "低保.xlsx",
        [["姓名", "身份证号", "认定日期"], ["甲某", number_of(who), "2023-04-01"], ["乙某", "1", "四月"]],
    )
    connections.close_all()
    by = ("--officer", "经办一")
    of = ("--area", CITY, "--department", "民政", "--as-of", str(AS_OF), "--category", "低保")
    seen = yibao(database, "list", "import", str(path), *of, *by)
    assert seen.returncode == 0, seen.stderr
    assert "匹配，新增 matched and new：1" in seen.stdout
    assert "第 3 行 身份证号" in seen.stderr and "第 3 行 认定起始日" in seen.stderr
    *_, number, plan = seen.stdout.split()
    refused = yibao(database, "list", "commit", number, "another", *by)
    assert refused.returncode == 1 and "试导入" in refused.stderr and "Traceback" not in refused.stderr
    done = yibao(database, "list", "commit", number, plan, *by)
    assert done.returncode == 0 and "TAG_GIVEN 1" in done.stdout
    assert CategoryTag.objects.get(person=who).first_day == date(2023, 4, 1)
    back = yibao(database, "list", "feedback", number, str(tmp_path / "b.csv"), *by, "--reason", "反馈")
    assert back.returncode == 0 and (tmp_path / "b.csv").exists(), back.stderr
    undone = yibao(database, "list", "undo", number, *by, "--reason", "报错")
    assert undone.returncode == 0 and CategoryTag.objects.count() == 0
    gaps = yibao(
        database,
        "list",
        "gaps",
        str(tmp_path / "g.xlsx"),
        "--area",
        CITY,
        *by,
        "--reason",
        "督办",
        "--day",
        "2023-06-30",
    )
    assert gaps.returncode == 0 and (tmp_path / "g.xlsx").exists(), gaps.stderr
    found_elsewhere(who)
    connections.close_all()
    seen = yibao(database, "list", "duplicates", "--area", CITY, *by)
    assert seen.returncode == 0 and f"人员 {who} 与410100 的一条" in seen.stdout, seen.stderr
    assert "没有登录名" in yibao(database, "list", "undo", number, "--officer", "谁", "--reason", "x").stderr
