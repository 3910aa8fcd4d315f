"""`yibao financing …` from end to end: a file booked with its feedback, the December report, claims, cash; and what is refused.

carries_out: FIN-07, FIN-19
"""

import csv
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import fastexcel
from tests.agency.financing import FINANCE, TAX, billed, key, paid, registered
from tests.agency.settling import CITY, COUNTY
from tests.agency.test_appropriating import FOR_COUNTY, PREFECTURE, PREFECTURE_FINANCE, prefecture
from tests.agency.test_claiming_aid import NOVEMBER, covered
from tests.agency.test_commands import yibao
from typer.testing import CliRunner

from yibao.assistance.terms import Category
from yibao.cli.agency_financing import financing_app
from yibao.enrolment.models import Identity
from yibao.financing.models import ContributionPayment
from yibao.financing.terms import CollectionChannel, SubsidyLevel
from yibao.journeys.financing.agents_cash import (
    AgentOrder,
    CashOrder,
    HandOverOrder,
    hand_over,
    register_agent,
    take_cash,
)
from yibao.journeys.financing.appropriating import ArrivalReportOrder, record_appropriation, report_arrival
from yibao.journeys.financing.claiming_aid import AidReceiptOrder, claim_aid, receive_aid
from yibao.journeys.financing.giving_back import SurplusOrder, receive_surplus
from yibao.rights.models import Grant, Officer
from yibao.rights.terms import Role

HEADINGS = "流水号,缴费金额,渠道,缴费日期,待遇年度,应缴编号,身份证号,状态\n"


def officer(role: Role, area_code: str = CITY) -> str:
    row = Officer.objects.create_user(f"{role}-{area_code}")
    Grant.objects.create(officer=row, role=role, area_code=area_code, first_day=date(2020, 1, 1))
    return str(row.username)


def words(*arguments: str, code: int = 0) -> str:
    """What a command says, run here on the database of the test."""
    done = CliRunner(env={"COLUMNS": "200"}).invoke(financing_app, arguments)
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.stderr


def rows_of(path: Path) -> list[list[str]]:
    return [row for row in csv.reader(path.read_text("utf-8-sig").splitlines()) if row]


def test_a_tax_file_is_booked_once_and_answered_with_a_feedback_file(database, tmp_path):
    who, other = registered(), registered()
    bill = billed(who)
    billed(other)
    number = Identity.objects.get(person_id=other).number
    file, out = tmp_path / "20221101.csv", tmp_path / "feedback.csv"
    file.write_text(
        HEADINGS
        + f"=n1,350.00,线上,2022-11-01,2023,{bill},,\nn2,350,办税厅,20221101,2023,,{number},缴费\n"
        + f"n3,349,线上,2022-11-01,2023,{billed(registered())},,\n",
        "gb18030",
    )
    arguments = ["tax-file", str(file), "--area", CITY, "--day", "2022-11-01", "--officer"]
    arguments += [officer(Role.TAX_OFFICER), "--out", str(out)]
    said = words(*arguments)
    assert "本次入账 2" in said and "金额不符 1" in said
    assert ContributionPayment.objects.count() == 2
    assert [(row[0], row[4], row[6]) for row in rows_of(out)[2:5]] == [
        ("2", "350.00", "本次入账"),
        ("3", "350.00", "本次入账"),
        ("4", "349.00", "金额不符"),
    ]
    assert rows_of(out)[2][1] == "'=n1" and number not in out.read_text("utf-8-sig")
    assert "没有重复入账" in words(*arguments) and ContributionPayment.objects.count() == 2
    assert not list(tmp_path.glob("*findings*"))
    arguments[arguments.index("2022-11-01")] = "2022-11-02"
    assert "此前已入账 2" in words(*arguments) and ContributionPayment.objects.count() == 2


def test_all_problems_of_a_tax_file_are_told_at_once_and_nothing_is_booked(database, tmp_path):
    bill = billed(registered())
    file = tmp_path / "wrong.csv"
    file.write_text(
        HEADINGS
        + f"n1,350,线上,2022-11-01,2023,{bill},,\n,0,邮寄,2022-13-01,1999,,,退回\n"
        + "n3,350,线上,2022-11-01,2023,,11010119900101123X,\n",
        "utf-8",
    )
    arguments = ["tax-file", str(file), "--area", CITY, "--day", "2022-11-01"]
    told = words(*arguments, "--officer", officer(Role.TAX_OFFICER), code=1)
    kinds = ("不大于零", "邮寄", "没有这一天", "1999", "应缴编号和身份证号都没有", "状态", "没有入账任何一行")
    assert [kind for kind in kinds if kind not in told] == []
    found = rows_of(tmp_path / "wrong-findings.csv")
    assert {row[1] for row in found[1:]} == {"3", "4"} and "11010119900101123X" not in str(found)
    assert ContributionPayment.objects.count() == 0


def test_an_excel_file_is_read_and_who_may_not_is_refused(database, tmp_path):
    import xlsxwriter

    file = tmp_path / "tax.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet()
        for place, heading in enumerate(HEADINGS.strip().split(",")):
            sheet.write(0, place, heading)
        for place, cell in enumerate(
            ["n1", 350, "线上", "2022-11-01", 2023, billed(registered()), "", "缴费"]
        ):
            sheet.write(1, place, cell)
    arguments = ["tax-file", str(file), "--area", CITY, "--day", "2022-11-01", "--officer"]
    assert "没有在 140100 办理缴费的权限" in words(*arguments, officer(Role.SUPERVISOR), code=1)
    assert "没有在用的人员" in words(*arguments, "nobody", code=1)
    assert ContributionPayment.objects.count() == 0
    assert "本次入账 1" in words(*arguments, officer(Role.TAX_OFFICER))


def test_the_december_report_is_a_table_a_file_and_a_text(database, tmp_path):
    prefecture()
    order = replace(
        FOR_COUNTY,
        county_code="222401",
        benefit_year=2022,
        level=SubsidyLevel.MUNICIPAL_AND_COUNTY,
        amount_fen=3_000,
        happened_on=date(2022, 12, 10),
    )
    record_appropriation(PREFECTURE_FINANCE, key(), order)
    sending = ArrivalReportOrder(PREFECTURE, 2022, date(2022, 12, 15), date(2022, 12, 18), "报1")
    report_arrival(PREFECTURE_FINANCE, key(), sending)
    who = officer(Role.FINANCE_OFFICER, PREFECTURE)
    arguments = ["arrivals", "--area", PREFECTURE, "--year", "2022", "--officer", who]
    arguments += ["--december", "--out"]
    letter, sheet = tmp_path / "letter.txt", tmp_path / "arrivals.xlsx"
    said = words(*arguments, str(letter), "--day", "2023-01-02")
    assert letter.read_text("utf-8") in said
    for told in (
        "应负担补助48.80元",
        "已到位30.00元（到位率61.48%），未到位18.80元",
        "报送的最后一天：2022年12月20日；报送：2022年12月18日（按期）",
        "逾期2天",
        "延吉市",
    ):
        assert told in said, told
    assert "省级财政" not in said
    words(*arguments, str(sheet), "--day", "2022-12-15")
    cells = fastexcel.read_excel(sheet).load_sheet(0, header_row=1).to_polars().rows()
    assert cells[0][3] == 48.8 and cells[0][9] == "期限内" and cells[1][0] == "合计"
    everything = words("arrivals", "--area", PREFECTURE, "--year", "2022", "--officer", who)
    assert "省级财政" in everything and "中央财政" in everything
    refused = words(*arguments, str(tmp_path / "x.pdf"), code=1)
    assert ".csv" in refused
    assert "没有在 140100 查看" in words(
        "arrivals", "--area", CITY, "--year", "2023", "--officer", who, code=1
    )


def test_a_report_of_a_year_without_a_day_on_file_says_so(database):
    paid(billed(registered()))
    who = officer(Role.FINANCE_OFFICER)
    said = words("arrivals", "--area", CITY, "--year", "2023", "--officer", who, "--december")
    assert "没有文件要求报送" in said and "假定" in said


def test_claims_are_listed_by_payer_with_what_came_and_what_is_not_claimed(database, tmp_path):
    covered(Category.EXTREME_POVERTY)
    covered(Category.SEVERELY_DISABLED)
    claim = json.loads(claim_aid(FINANCE, key(), NOVEMBER))["claim_id"]
    receive_aid(FINANCE, key(), AidReceiptOrder(claim, 30_000, date(2022, 12, 5), "到"))
    out = tmp_path / "claims.csv"
    arguments = ["aid-claims", "--area", CITY, "--year", "2023", "--officer", officer(Role.FINANCE_OFFICER)]
    said = words(*arguments, "--out", str(out))
    assert "350.00" in said and "50.00" in said and "尚未申领的资助" in said
    assert [row[8:] for row in rows_of(out)[2:3]] == [["350.00", "300.00", "50.00"]]
    assert [row[1:] for row in rows_of(out)[-2:]] == [
        ["市级财政", "1", "175.00"],
        ["县（市、区）财政", "1", "175.00"],
    ]
    assert "特困" in words(*arguments, "--claim", str(claim))
    assert "没有申领 999" in words(*arguments, "--claim", "999", code=1)


def test_cash_that_agents_hold_is_listed(database):
    register_agent(TAX, key(), AgentOrder("A-1", "示例[村]", COUNTY, date(2022, 9, 1)))
    take_cash(TAX, key(), CashOrder(billed(registered()), 35_000, "A-1", "1", date(2022, 11, 1)))
    who = officer(Role.TAX_OFFICER)
    said = words("agents-cash", "--officer", who, "--day", "2022-11-04")
    assert "示例[村]" in said and "350.00" in said and "逾期" in said


def test_batches_in_transit_and_what_is_held_are_listed_by_number_for_who_decides(database, tmp_path):
    register_agent(TAX, key(), AgentOrder("A-1", "示例", COUNTY, date(2022, 9, 1)))
    take_cash(TAX, key(), CashOrder(billed(registered()), 35_000, "A-1", "1", date(2022, 11, 1)))
    hand_over(TAX, key(), HandOverOrder("A-1", ("1",), 35_000, date(2022, 11, 2), "D-77"))
    bill = billed(registered())
    paid(bill)
    taking = SurplusOrder(bill, 35_000, CollectionChannel.ONLINE, "again", date(2022, 11, 3))
    receive_surplus(TAX, key(), taking)
    who = officer(Role.TAX_OFFICER)
    assert "D-77" in words("agents-cash", "--officer", who, "--day", "2022-11-02")
    assert "D-77" not in words("agents-cash", "--officer", who, "--day", "2022-11-01")
    out = tmp_path / "held.csv"
    assert "again" in words("overpayments", "--officer", who, "--out", str(out))
    assert rows_of(out)[1][2:5] == [str(bill), "小店区", "350.00"]
    elsewhere = officer(Role.TAX_OFFICER, "140106")
    for command in ("overpayments", "agents-cash"):
        said = words(command, "--officer", elsewhere)
        assert "again" not in said and "D-77" not in said


def test_the_command_stands_among_the_others(database):
    paid(billed(registered()))
    who = officer(Role.FINANCE_OFFICER)
    said = yibao(database, "financing", "arrivals", "--area", CITY, "--year", "2023", "--officer", who)
    assert said.returncode == 0 and "中央财政" in said.stdout
    narrow = yibao(
        database, "financing", "arrivals", "--area", CITY, "--year", "2023", "--officer", who, COLUMNS="80"
    )
    assert narrow.stdout.count("384.00") == 2 and "…" not in narrow.stdout
