"""Balances rebuilt from their causes are the journal's, month by month, and whatever was altered in it is found.

carries_out: FND-06
"""

import dataclasses
import json
from datetime import date, datetime

import pytest
from tests.agency.paying import (
    FINANCE,
    ORDER,
    account,
    gathered,
    line_of,
    line_said,
    owed,
    read,
    sent,
)
from tests.agency.settling import AT, CHINA, CITY, OFFICER, institutions, person, stay, visit
from tests.agency.test_commands import yibao
from tests.agency.test_contributing import IN_WINDOW, TAX, billed, registered
from tests.agency.test_verifying import unguarded

from yibao.assistance.terms import Category
from yibao.enrolment.actions import recognise_category
from yibao.enrolment.orders import Recognition
from yibao.enrolment.terms import Department
from yibao.financing.terms import CollectionChannel
from yibao.journeys.books.payees import change_account, collect
from yibao.journeys.books.replaying import rebuilt, replay_findings
from yibao.journeys.financing.contributing import PayOrder, RefundOrder, pay, refund
from yibao.journeys.settlement.reversing import replay, reverse
from yibao.journeys.settlement.settling import settle
from yibao.journeys.verifying.database import database_findings, recomputed_findings
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.ledger.closing import close_month, close_year
from yibao.payment.models import PayableItem
from yibao.payment.orders import Collection
from yibao.payment.terms import BankResult
from yibao.settlement.orders import LateFact, Reversal
from yibao.settlement.terms import LateCause

PAID, BACK = BankResult.PAID_OUT, BankResult.SENT_BACK


def paid_bill(key: str, *, category: Category | None = None) -> tuple[int, int]:
    who = registered(key, category=category)
    bill = billed(who, f"{key}-b")
    if bill["person_pays_fen"] == 0:
        return who, 0
    order = PayOrder(bill["bill_id"], bill["person_pays_fen"], CollectionChannel.COUNTER, key, IN_WINDOW)
    return who, int(json.loads(pay(TAX, f"{key}-p", order))["payment_id"])


def a_year_of_everything() -> None:
    """Every cause there is, over two years, the first of them closed."""
    institutions()
    day = date(2022, 11, 5)
    sides = (("fiscal_account", 700), ("subsidy_central", -700))
    post_entry(CITY, [Line(1, day, of, "basic", amount, "subsidy") for of, amount in sides])
    paid_bill("c1")
    paid_bill("c2", category=Category.EXTREME_POVERTY)
    paid_bill("c3", category=Category.SUBSISTENCE_ALLOWANCE)
    for key, through_bank in (("c4", False), ("c5", True)):
        who, payment_id = paid_bill(key)
        refund(TAX, f"{key}-r", RefundOrder(payment_id, date(2022, 12, 1), "x", through_bank))
    change_account(OFFICER, "c5-account", account(who))
    of_refund = gathered("c5-g", dataclasses.replace(ORDER, period="2022-12"))
    sent(of_refund)
    read(of_refund, line_said(line_of(PayableItem.objects.get()), PAID))
    _benefits()
    close_month(CITY, "2022-11", actor="a")
    close_year(CITY, 2022, actor="a")


def _benefits() -> None:
    who = person()
    said = [
        json.loads(settle(OFFICER, f"s{n}", stay(who, 9_000 + n, date(2023, 2 + n, 1)), at=AT))
        for n in range(3)
    ]
    settle(OFFICER, "v", visit(who, 80), at=datetime(2023, 6, 1, 9, tzinfo=CHINA))
    reverse(OFFICER, "r", Reversal(said[0]["settlement_id"], "错"), at=AT)
    tag = Recognition(who, Category.UNSTABLE_EXIT, Department.CIVIL_AFFAIRS, date(2023, 1, 1), None, "补")
    recognise_category(OFFICER, "t", tag, today=AT.date())
    replay(OFFICER, "l", LateFact(who, 2023, LateCause.CATEGORY_BACK_DATED, "补"), at=AT)
    first, second = owed("m1"), owed("m2", 5_000)
    batch_id = gathered("mg")
    sent(batch_id)
    read(batch_id, line_said(line_of(first), PAID), line_said(line_of(second), PAID))
    read(batch_id, line_said(line_of(second), BACK), file="b")
    reverse(OFFICER, "mr", Reversal(int(first.source.partition(":")[2]), "错"), at=AT)
    debt = PayableItem.objects.get(person_id=first.person_id, fund="basic", amount_fen__lt=0)
    collect(FINANCE, "mc", Collection(debt.pk, 10, AT.date(), "N1"))


def test_everything_rebuilt_is_what_stands_in_the_books_closed_or_open(database):
    a_year_of_everything()
    built = rebuilt()
    assert list(replay_findings(built)) == [] and database_findings() == [] and recomputed_findings() == []
    assert {words[0]: times for words, times in built.records.items()} == {
        "结算及撤销": 8,
        "迟到事项补差": built.records["迟到事项补差", "adjustments"],
        "缴费": 4,
        "退费": 2,
        "资助参保": 2,
        "对个人支付与退汇": 4,
        "收回": 1,
        "年终结转": 1,
    }
    assert built.records["迟到事项补差", "adjustments"] > 0 and built.direct == {"subsidy": 1}
    assert built.balances[CITY, "2022-12", "basic", "general_balance"] < 0
    close_months_of_2023()
    assert list(replay_findings()) == [] and rebuilt().records["年终结转", "year-end closings"] == 2


def close_months_of_2023() -> None:
    for month in range(1, 12):
        close_month(CITY, f"2023-{month:02d}", actor="a")
    close_year(CITY, 2023, actor="a")


DOUBLED = "UPDATE ledger_entryline SET amount_fen = amount_fen * 2 WHERE entry_id = (SELECT max(id) FROM ledger_entry WHERE memo = '{}')"
DAMAGE = {
    **{memo: DOUBLED.format(memo) for memo in ("settlement", "adjustment", "contribution_in_advance", "enrolment_aid", "payment", "payment_returned", "collected", "closing")},
    "a day moved into another month": "UPDATE ledger_entry SET posted_on = '2023-03-01' WHERE id = (SELECT max(id) FROM ledger_entry WHERE memo = 'settlement')",
    "another account": "UPDATE ledger_entryline SET account = 'benefit_chronic' WHERE account = 'benefit_hospital'",
    "an area": "UPDATE ledger_entry SET area_code = '140200' WHERE id = (SELECT max(id) FROM ledger_entry WHERE memo = 'enrolment_aid')",
    "aid put in twice": "UPDATE ledger_entry SET reference = 'bill:1', memo = 'enrolment_aid' WHERE memo = 'subsidy'",
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGE)
def test_what_was_altered_in_the_books_is_found(database, what):
    a_year_of_everything()
    unguarded(DAMAGE[what])
    found = list(replay_findings())
    assert found and all("按来源重建" in finding.message for finding in found)


def test_the_command_says_what_balances_are_rebuilt_from(database):
    a_year_of_everything()
    done = yibao(database, "ledger", "replay")
    assert done.returncode == 0, done.stderr
    for words in ("结算及撤销", "直接入账：财政补助", "人年的年度累计", "核验通过"):
        assert words in done.stdout
    unguarded(DAMAGE["payment"])
    done = yibao(database, "ledger", "replay")
    assert done.returncode == 1 and "按来源重建" in done.stderr
