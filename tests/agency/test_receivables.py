"""Money that goes the other way: set off, collected, refunded through the bank; what the bank's file may say; damage found.

carries_out: FND-06
"""

import dataclasses
import json
import random
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter
from django.db import connections
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.crashing import Work, ended, killed, started
from tests.agency.paying import (
    FINANCE,
    ORDER,
    REVIEWER,
    account,
    balance,
    gathered,
    line_of,
    line_said,
    owed,
    read,
    sent,
)
from tests.agency.settling import CITY, OFFICER, institutions
from tests.agency.test_contributing import IN_WINDOW, TAX, billed, registered
from tests.agency.test_verifying import unguarded

from yibao.financing.terms import CollectionChannel
from yibao.journeys.books.payees import change_account, collect, net
from yibao.journeys.books.paying_people import decide_batch, gather, issue_file, read_back
from yibao.journeys.financing.contributing import PayOrder, RefundOrder, pay, refund
from yibao.journeys.verifying.database import database_findings
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.ledger.queries import trial_balance_of
from yibao.payment.bank_file import bank_cells, bank_csv, bank_excel, hash_of, read_return
from yibao.payment.failures import CollectedAlready, CollectedTooMuch, NoSuchItem, NothingToSetOff
from yibao.payment.models import BankFile, Batch, BatchLine, Collected, LineOutcome, PayableItem, SetOff
from yibao.payment.orders import BatchDecision, Collection, HandOut, Netting, ReturnOrder
from yibao.payment.payables import owe
from yibao.payment.queries import items
from yibao.payment.terms import BankResult, PayableCause
from yibao.rights.terms import Role

PAID, BACK = BankResult.PAID_OUT, BankResult.SENT_BACK
DAY = date(2023, 12, 20)


@pytest.fixture(autouse=True)
def places(request):
    if {"database", "postgres"} & set(request.fixturenames):
        request.getfixturevalue("database" if "database" in request.fixturenames else "postgres")
        institutions()


def adjusted(who: int, amount_fen: int, source: str) -> PayableItem:
    """A difference after a late event, as a replay posts it: to the person, or by the person where it is negative."""
    lines = [
        Line(1, DAY, of, "basic", sign * amount_fen, "adjustment")
        for of, sign in (("benefit_hospital", 1), ("payable_people", -1))
    ]
    entry_id = post_entry(CITY, lines)
    return owe(who, CITY, PayableCause.LATE_ADJUSTMENT, source, {"basic": amount_fen}, entry_id, DAY)[0]


def paying_damage() -> list[str]:
    """The findings but for entries that no late event stands behind: these are posted by hand here."""
    return [found.message for found in database_findings() if "belongs to nothing" not in found.message]


def left() -> dict[int, int]:
    return dict(items(FINANCE).filter(fund="basic").values_list("pk", "left_fen"))


def test_what_a_person_owes_is_set_off_oldest_first_and_the_rest_is_paid(database):
    item = owed("a")
    one, two = adjusted(item.person_id, -300, "x"), adjusted(item.person_id, -500, "y")
    more = adjusted(item.person_id, 200, "z")
    order = Netting(item.person_id, CITY, "basic")
    said = json.loads(net(FINANCE, "n", order))
    assert said == {"set_off_fen": 800, "times": 2}
    assert left() == {item.pk: item.amount_fen - 800, one.pk: 0, two.pk: 0, more.pk: 200}
    with pytest.raises(NothingToSetOff):
        net(FINANCE, "n2", order)
    batch_id = gathered()
    assert Batch.objects.get(pk=batch_id).total_fen == item.amount_fen - 600
    sent(batch_id)
    read(batch_id, line_said(line_of(item), PAID), line_said(line_of(more), PAID))
    assert balance("payable_people") == 0 and balance("expense_account") == -(item.amount_fen - 600)
    assert paying_damage() == []


def test_what_is_on_its_way_is_not_set_off_and_what_came_back_is(database):
    item = owed("a")
    batch_id = gathered()
    adjusted(item.person_id, -300, "x")
    order = Netting(item.person_id, CITY, "basic")
    with pytest.raises(NothingToSetOff, match="在途"):
        net(FINANCE, "n", order)
    sent(batch_id)
    read(batch_id, line_said(line_of(item), BACK))
    net(FINANCE, "n2", order)
    again = gathered("g2")
    assert line_of(item).amount_fen == item.amount_fen - 300
    sent(again)
    read(again, line_said(line_of(item), PAID))
    assert balance("payable_people") == 0 and paying_damage() == []


def test_debts_to_one_fund_are_not_set_off_against_another(database):
    item = owed("a")
    lines = [
        Line(1, DAY, of, "assistance", sign * 300, "adjustment")
        for of, sign in (("payable_people", 1), ("direct_assistance", -1))
    ]
    entry_id = post_entry(CITY, lines)
    owe(item.person_id, CITY, PayableCause.LATE_ADJUSTMENT, "x", {"assistance": -300}, entry_id, DAY)
    for fund in ("basic", "assistance"):
        with pytest.raises(NothingToSetOff):
            net(FINANCE, f"n{fund}", Netting(item.person_id, CITY, fund))


def test_what_a_person_owes_is_collected_in_parts_and_never_more(database):
    item = owed("a")
    debt = adjusted(item.person_id, -500, "x")
    first = Collection(debt.pk, 200, DAY, "N1")
    assert json.loads(collect(FINANCE, "c", first))["left_fen"] == 300
    assert collect(FINANCE, "c", first) and Collected.objects.count() == 1
    with pytest.raises(CollectedTooMuch, match=r"3\.00"):
        collect(FINANCE, "c2", dataclasses.replace(first, amount_fen=301, external_no="N2"))
    with pytest.raises(CollectedAlready):
        collect(FINANCE, "c3", dataclasses.replace(first, amount_fen=100))
    for order in (dataclasses.replace(first, item_id=item.pk), dataclasses.replace(first, item_id=999)):
        with pytest.raises(NoSuchItem):
            collect(FINANCE, f"c{order.item_id}", order)
    with pytest.raises(NoSuchItem):
        collect(actor(Role.FINANCE_OFFICER, "410100"), "c4", first)
    net(FINANCE, "n", Netting(item.person_id, CITY, "basic"))
    assert left() == {item.pk: item.amount_fen - 300, debt.pk: 0}
    assert balance("income_account") == 200 and paying_damage() == []


def test_set_off_and_collected_at_once_take_a_debt_once(postgres):
    item = owed("a")
    debt = adjusted(item.person_id, -500, "x")
    order = Netting(item.person_id, CITY, "basic")
    works = [lambda n=n: net(FINANCE, f"n{n}", order) for n in range(3)]
    works += [lambda n=n: collect(FINANCE, f"c{n}", Collection(debt.pk, 500, DAY, f"N{n}")) for n in range(3)]
    said = at_once(works)
    assert sum(not isinstance(one, Exception) for one in said) == 1
    assert left()[debt.pk] == 0 and SetOff.objects.count() + Collected.objects.count() == 1
    assert paying_damage() == []


def test_a_contribution_is_given_back_through_the_bank(database):
    who = registered()
    bill = billed(who)
    paid = json.loads(
        pay(
            TAX,
            "p",
            PayOrder(bill["bill_id"], bill["person_pays_fen"], CollectionChannel.COUNTER, "E1", IN_WINDOW),
        )
    )
    refund(TAX, "r", RefundOrder(paid["payment_id"], date(2022, 12, 1), "不再参保", through_bank=True))
    item = PayableItem.objects.get()
    assert (item.amount_fen, item.cause, item.period) == (35_000, PayableCause.REFUND_DUE, "2022-12")
    assert (balance("income_account"), balance("temporary_receipts"), balance("payable_people")) == (
        35_000,
        0,
        -35_000,
    )
    change_account(OFFICER, "account", account(who))
    batch_id = gathered("g", dataclasses.replace(ORDER, period="2022-12"))
    sent(batch_id)
    read(batch_id, line_said(line_of(item), PAID))
    assert balance("payable_people") == 0 and database_findings() == []


def returned_csv(batch: Batch, *results: str) -> list[list[str]]:
    rows = [["序号", "金额（元）", "结果", "退回原因", "交易日期", "银行流水号"]]
    for row, result in zip(bank_cells(batch)[1:-1], results, strict=True):
        rows.append(
            [row[0], row[5], result, "户名不符" if result == "退回" else "", "2023-12-28", f"B{row[0]}"]
        )
    return rows


def as_csv(rows: list[list[str]], encoding: str = "gb18030") -> bytes:
    return "\r\n".join(",".join(row) for row in rows).encode(encoding)


def as_workbook(rows: list[list[str]]) -> bytes:
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return content.getvalue()


@pytest.mark.parametrize("written", [as_csv, as_workbook, lambda rows: as_csv(rows, "utf-8-sig")])
def test_what_the_bank_sends_is_read_from_csv_and_workbooks(database, written):
    first, second = owed("a"), owed("b", 30_000)
    batch_id = gathered()
    sent(batch_id)
    content = written(
        [*returned_csv(Batch.objects.get(pk=batch_id), "成功", "退回"), ["合计", "2", "", "", "", ""]]
    )
    lines, found = read_return(content, "回盘")
    assert found == []
    said = read_back(FINANCE, "r", ReturnOrder(batch_id, hash_of(content), DAY, tuple(lines)))
    assert json.loads(said) == {"paid": 1, "returned": 1, "known": 0, "waiting": 0}
    assert LineOutcome.objects.get(line__item=second).reason == "户名不符"
    assert LineOutcome.objects.get(line__item=first).bank_day == date(2023, 12, 28)


def test_all_that_cannot_be_read_in_a_bank_file_is_said_at_once(database):
    rows = [
        ["序号", "金额（元）", "结果", "退回原因", "交易日期", "银行流水号"],
        ["x", "1.00", "成功", "", "2023-12-28", ""],
        ["1", "1.001", "好", "", "28日", ""],
        ["2", "1.00", "退回", "", "2023-12-28", ""],
        ["3", "1.00", "成功", "", "2023-12-28", ""],
    ]
    lines, found = read_return(as_csv(rows), "回盘.csv")
    assert [line.line_id for line in lines] == [3]
    assert [(one.row, one.column) for one in found] == [
        (2, "序号"),
        (3, "结果"),
        (3, "金额（元）"),
        (3, "交易日期"),
        (4, "结果"),
    ]
    assert read_return(as_csv([["序号", "结果"]]), "a")[1][0].column == "金额（元）、交易日期"
    assert read_return(b"\xff\xff", "a")[1][0].message.startswith("文件不是")
    assert read_return(b"", "a")[1] != [] and read_return(b"PK\x03\x04broken", "a")[1] != []


def test_the_workbook_for_the_bank_has_the_rows_of_the_csv(database):
    owed("a")
    batch = Batch.objects.get(pk=gathered())
    import fastexcel

    sheet = (
        fastexcel.read_excel(bank_excel(batch)).load_sheet(0, header_row=None, dtypes="string").to_polars()
    )
    assert [[cell or "" for cell in row] for row in sheet.rows()] == bank_cells(batch)


def test_killed_at_any_moment_between_gathering_and_the_bank_pays_once(database):
    draw = random.Random(3)
    all_of = [owed(f"a{n}", 5_000 + n) for n in range(6)]
    batch_of = lambda: Batch.objects.order_by("pk").first().pk  # noqa: E731

    def back() -> str:
        batch_id = batch_of()
        lines = tuple(
            line_said(line, PAID) for line in BatchLine.objects.filter(batch_id=batch_id).order_by("pk")
        )
        return read_back(FINANCE, "r", ReturnOrder(batch_id, "a" * 64, DAY, lines))

    works: list[Work] = [
        ("g", lambda: gather(FINANCE, "g", ORDER)),
        ("d", lambda: decide_batch(REVIEWER, "d", BatchDecision(batch_of(), True, ""))),
        ("f", lambda: issue_file(FINANCE, "f", HandOut(batch_of()))),
        ("r", back),
    ]
    acknowledged: dict[str, str] = {}
    cut = 0
    for _ in range(12):
        connections.close_all()
        said = killed(started(database, works), draw.uniform(0.0, 0.08))
        cut += len(said) < len(works)
        for key, answer in said.items():
            assert acknowledged.setdefault(key, answer) == answer
        assert database_findings() == []
    assert cut > 0, "no worker was killed in the middle"
    connections.close_all()
    acknowledged |= ended(started(database, works))
    assert set(acknowledged) == set("gdfr")
    assert Batch.objects.count() == BankFile.objects.count() == 1
    assert BatchLine.objects.count() == LineOutcome.objects.count() == len(all_of)
    assert balance("payable_people") == 0 and database_findings() == []
    assert hash_of(bank_csv(Batch.objects.get())) == json.loads(acknowledged["f"])["sha256"]
    assert trial_balance_of(CITY).num_rows > 0


DAMAGE = {
    "an item's amount": "UPDATE payment_payableitem SET amount_fen = amount_fen + 1 WHERE id = 1",
    "an item removed": "DELETE FROM payment_payableitem WHERE id = (SELECT max(id) FROM payment_payableitem)",
    "a line's amount": "UPDATE payment_batchline SET amount_fen = amount_fen + 1",
    "a batch's total": "UPDATE payment_batch SET total_fen = total_fen + 1",
    "a batch's count": "UPDATE payment_batch SET lines_count = 7",
    "another's account": "UPDATE payment_payeeaccount SET person_id = (SELECT max(id) FROM enrolment_person)",
    "an account's number": "UPDATE payment_payeeaccount SET account_no = '0'",
    "the file's hash": "UPDATE payment_bankfile SET sha256 = ''",
    "a decision turned": "UPDATE rights_decision SET approved = (1 = 0)",
    "a result removed": "DELETE FROM payment_lineoutcome",
    "an entry taken off a result": "UPDATE payment_lineoutcome SET entry_id = NULL",
    "a file removed": "DELETE FROM payment_bankfile",
    "the month of an item": "UPDATE payment_payableitem SET period = '2024-01'",
    "the person of a line": "UPDATE payment_setoff SET payable_id = receivable_id",
    "a set-off doubled": "UPDATE payment_setoff SET amount_fen = 301",
    "a collection": "UPDATE payment_collected SET amount_fen = amount_fen + 1",
    "a payment of the books": "UPDATE ledger_entryline SET amount_fen = amount_fen * 2 WHERE entry_id = "
    "(SELECT max(id) FROM ledger_entry WHERE memo = 'payment')",
}


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_to_payments_is_found(database, what):
    item = owed("a")
    other = owed("b", 9_000, with_account=False)
    debt = adjusted(item.person_id, -300, "x")
    net(FINANCE, "n", Netting(item.person_id, CITY, "basic"))
    collect(FINANCE, "c", Collection(adjusted(other.person_id, -50, "y").pk, 50, DAY, "N1"))
    batch_id = gathered()
    sent(batch_id)
    read(batch_id, line_said(line_of(item), PAID))
    assert paying_damage() == [] and left()[debt.pk] == 0
    unguarded(DAMAGE[what])
    assert paying_damage() != []
