"""Early warning and applications at the terminal: run, list, push to a file that runs no formula, record an answer."""

from datetime import date
from pathlib import Path

import fastexcel
import pytest
from django.db import connections
from tests.agency.settling import COUNTY, institutions
from tests.agency.test_applying_for_assistance import applied
from tests.agency.test_commands import yibao
from tests.agency.test_warning import DAY, heavy, ran

from yibao.assistance.models import WarningCase, WarningResponse
from yibao.assistance.terms import Category, WarningAnswer
from yibao.enrolment.models import CategoryTag, Identity, Person
from yibao.files.list_file import ListUnwritable, harmless, write_list
from yibao.journeys.assistance.burdens import burdens_of
from yibao.journeys.demo import load_demo
from yibao.packs.policies import policies
from yibao.rights.models import Grant, Officer
from yibao.rights.terms import Role
from yibao.settlement.models import YearRow
from yibao.settlement.queries import year_of


def test_a_list_is_run_pushed_to_a_file_and_answered(database, tmp_path):
    institutions()
    who = heavy(yuan=200_000)
    Person.objects.filter(pk=who).update(name="=HYPERLINK(1)")
    number = Identity.objects.get().number
    connections.close_all()
    day = ("--day", DAY.isoformat())
    early = yibao(database, "warning", "push", "--to", "civil_affairs", *day)
    assert early.returncode == 1 and "yibao warning run --day 2023-12-20" in early.stderr
    run = yibao(database, "warning", "run", *day)
    assert run.returncode == 0, run.stderr
    assert COUNTY in run.stdout and "假定值，无文件依据" in run.stdout
    shown = yibao(database, "warning", "list", *day, "--area", COUNTY)
    assert "2023-05-01" in shown.stdout and "假定：140100 assistance.early_warning" in shown.stdout
    assert number not in shown.stdout and "HYPERLINK" not in shown.stdout
    pushed = yibao(database, "warning", "push", "--to", "civil-affairs", *day, "--folder", str(tmp_path))
    assert pushed.returncode == 0, pushed.stderr
    assert "140105 第 1 批 民政" in pushed.stdout
    file = next(tmp_path.glob("*.xlsx"))
    sheet = fastexcel.read_excel(file).load_sheet(0, header_row=None, dtypes="string").to_polars()
    row = sheet.row(-1)
    assert (row[1], row[2]) == ("=" + "*" * 12, f"{number[:6]}********{number[-4:]}")
    before = file.read_bytes()
    again = yibao(
        database,
        "warning",
        "push",
        "--to",
        "civil-affairs",
        "--again",
        "1",
        "--folder",
        str(tmp_path),
        "--csv",
    )
    assert again.returncode == 0 and next(tmp_path.glob("*.csv")).read_text("utf-8-sig").splitlines()[
        1
    ].startswith("1,'=*")
    nobody = yibao(database, "warning", "push", "--to", "civil-affairs", *day, "--folder", str(tmp_path))
    assert "未推送：140105" in nobody.stdout and file.read_bytes() == before
    case = str(WarningCase.objects.get().pk)
    connections.close_all()
    said = yibao(
        database,
        "warning",
        "respond",
        case,
        "--answer",
        "identified",
        "--category",
        "subsistence_margin",
        "--words",
        "x",
    )
    assert said.returncode == 0, said.stderr
    assert "已认定身份：低保边缘家庭成员" in said.stdout and "身份没有自动变更" in said.stdout
    waiting = yibao(database, "warning", "list", "--identified")
    assert "共 1 人" in waiting.stdout and "低保边缘家庭成员" in waiting.stdout
    found = WarningResponse.objects.get()
    assert (found.answer, found.category) == (WarningAnswer.IDENTIFIED, Category.SUBSISTENCE_MARGIN)
    assert not CategoryTag.objects.exists()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_cannot_be_done_is_one_line(database, tmp_path):
    institutions()
    heavy(yuan=200_000)
    ran()
    tax = Officer.objects.create_user("tax-1")
    Grant.objects.create(officer=tax, role=Role.TAX_OFFICER, area_code="140100", first_day=date(2020, 1, 1))
    connections.close_all()
    for words, why in (
        (("warning", "push", "--to", "tax", "--day", "2023-12-20"), "不在本地区的推送部门之列"),
        (("warning", "push", "--to", "nobody", "--day", "2023-12-20"), "没有 'nobody'"),
        (("warning", "respond", "99", "--answer", "close"), "没有推送对象 99"),
        (("warning", "run", "--officer", "nobody"), "没有人员 nobody"),
        (("warning", "run", "--officer", "tax-1", "--day", "2023-12-20"), "没有可以筛查的县"),
        (("warning", "list", "--day", "2023-12-20", "--out", str(tmp_path / "a.txt")), ".xlsx 或 .csv"),
        (("warning", "list", "--day", "2023-12-20", "--out", str(tmp_path / "no" / "a.csv")), "不能写入"),
        (("warning", "list", "--day", "yesterday"), "日期无法识别"),
    ):
        said = yibao(database, *words)
        assert said.returncode == 1 and why in said.stderr and "Traceback" not in said.stderr, said.stderr


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_work_list_and_the_statistics(database, tmp_path):
    institutions()
    heavy("low", yuan=50_000, category=Category.SUBSISTENCE_ALLOWANCE)
    applied(heavy("s", yuan=200_000))
    ran()
    connections.close_all()
    work = yibao(database, "assistance", "work", "--day", "2023-11-22")
    assert work.returncode == 0, work.stderr
    assert "assistance.on_application 2022-01-01（假定值，无文件依据）" in work.stdout
    assert "因病致贫重病患者" in work.stdout and "2023-11-21" in work.stdout and "超期" in work.stdout
    none = yibao(database, "assistance", "work", "--day", "2023-11-21", "--overdue")
    assert "共 0 件" in none.stdout
    told = yibao(database, "assistance", "statistics", "--month", "2023-05", "--out", str(tmp_path / "m.csv"))
    assert told.returncode == 0, told.stderr
    rows = (tmp_path / "m.csv").read_text("utf-8-sig").splitlines()
    assert len(rows) == 2 and rows[1].startswith("140105,低保对象,1,1,")
    late = yibao(database, "warning", "list", "--overdue", "--day", "2024-06-01")
    assert "共 0 人" in late.stdout


def test_no_cell_of_a_file_is_run(tmp_path):
    for cell in ("=1+1", "+1", "@x", "-x", "\t=1", "\r=1"):
        assert harmless(cell) == f"'{cell}"
    for cell in ("-12.50", "12", "张*", ""):
        assert harmless(cell) == cell
    write_list(tmp_path / "a.xlsx", "=1", ("=a",), [("=1+1",)])
    sheet = (
        fastexcel.read_excel(tmp_path / "a.xlsx").load_sheet(0, header_row=None, dtypes="string").to_polars()
    )
    assert sheet.row(-1) == ("=1+1",)
    with pytest.raises(ListUnwritable):
        write_list(Path(tmp_path), "", (), [])


def test_burdens_read_as_sets_are_those_of_every_year_replayed(database):
    load_demo(policies().area("140100"), 2023, people=250, seed=3, told=lambda *_: None)
    found: dict[int, int] = {}
    for county in sorted(set(Person.objects.values_list("county_code", flat=True))):
        for academic in (False, True):
            borne = burdens_of(county, 2023, date(2023, 12, 31), academic=academic)
            found |= dict(zip(borne.year_ids.tolist(), borne.in_scope_fen.tolist(), strict=True))
    living = YearRow.objects.filter(person__died_on=None)
    assert {row.pk: year_of(row).so_far.burden_in_scope_fen for row in living} == {
        pk: fen for pk, fen in found.items() if pk in set(living.values_list("pk", flat=True))
    }
    assert sum(fen > 0 for fen in found.values()) > 20
