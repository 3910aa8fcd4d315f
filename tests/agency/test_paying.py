"""Payments to people: owed once, gathered once, decided by two, sent, read back, and paid again only where money came back.

carries_out: FND-06
"""

import dataclasses
import json
from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, InternalError, connection, connections, transaction
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.paying import (
    FINANCE,
    HOLDER,
    ORDER,
    REVIEWER,
    account,
    balance,
    card_no,
    gathered,
    line_of,
    line_said,
    owed,
    read,
    sent,
)
from tests.agency.settling import AT, CITY, OFFICER, institutions, person, stay
from tests.agency.test_verifying import unguarded

from yibao.journeys.books.payees import change_account
from yibao.journeys.books.paying_people import decide_batch, gather, issue_file
from yibao.journeys.settlement.reversing import reverse
from yibao.journeys.settlement.settling import pre_settle, settle
from yibao.journeys.verifying.database import database_findings, recomputed_findings
from yibao.ledger.closing import close_month
from yibao.ledger.models import Entry, EntryLine
from yibao.ledger.periods import PeriodUnreadable
from yibao.payment.bank_file import bank_csv, hash_of
from yibao.payment.failures import (
    AccountWrong,
    BatchNotApproved,
    GatheredElsewhere,
    NoSuchBatch,
    NoSuchPayee,
    NothingToPay,
    ReturnWrong,
)
from yibao.payment.models import Batch, BatchLine, LineOutcome, PayableItem, PayeeAccount, SetOff
from yibao.payment.orders import BatchDecision, HandOut
from yibao.payment.queries import account_shown, batches, items, lines_shown
from yibao.payment.terms import AccountForm, BankResult, PayableCause
from yibao.rights.actors import Actor, Granted, NotAllowed
from yibao.rights.approvals import DecidedAlready, SamePerson, decide
from yibao.rights.models import AuditRecord, Request
from yibao.rights.requests import TryAgain
from yibao.rights.terms import Role
from yibao.settlement.orders import Reversal

PAID, BACK = BankResult.PAID_OUT, BankResult.SENT_BACK


@pytest.fixture(autouse=True)
def places(request):
    if {"database", "postgres"} & set(request.fixturenames):
        request.getfixturevalue("database" if "database" in request.fixturenames else "postgres")
        institutions()


def test_a_manual_reimbursement_owes_the_person_what_the_institution_would_have_been_owed(database):
    who = person()
    bill = stay(who, 20_000, manual=True)
    before = pre_settle(OFFICER, bill, at=AT)
    said = json.loads(settle(OFFICER, "a", bill, at=AT))
    assert {**said, "settlement_id": 0} == {**before, "settlement_id": 0}
    item = PayableItem.objects.get(fund="basic")
    assert (item.amount_fen, item.cause, item.period) == (
        said["basic_fen"],
        PayableCause.MANUAL_REIMBURSEMENT,
        "2023-12",
    )
    assert balance("payable_people") == -said["basic_fen"] and balance("payable_institutions") == 0
    assert database_findings() == [] and recomputed_findings() == []


def test_a_late_manual_reimbursement_that_is_reversed_before_it_is_paid_leaves_nothing_to_pay(database):
    item = owed("a")
    settle(OFFICER, "b", stay(item.person_id, 9_000, date(2023, 6, 1)), at=AT)
    reverse(OFFICER, "r", Reversal(int(item.source.partition(":")[2]), "票据有误"), at=AT)
    left = list(
        items(FINANCE).filter(cause=PayableCause.MANUAL_REIMBURSEMENT).values_list("left_fen", flat=True)
    )
    assert left and set(left) == {0}
    for fund in set(PayableItem.objects.values_list("fund", flat=True)):
        assert (
            not items(FINANCE)
            .filter(fund=fund, cause=PayableCause.MANUAL_REIMBURSEMENT, left_fen__gt=0)
            .exists()
        )
    assert database_findings() == [] and recomputed_findings() == []


def test_a_reimbursement_reversed_after_it_is_paid_is_owed_by_the_person(database):
    item = owed("a")
    batch_id = gathered()
    sent(batch_id)
    read(batch_id, line_said(line_of(item), PAID))
    reverse(OFFICER, "r", Reversal(int(item.source.partition(":")[2]), "票据有误"), at=AT)
    back = items(FINANCE).get(fund="basic", amount_fen__lt=0)
    assert back.left_fen == -item.amount_fen and SetOff.objects.count() == 0
    assert balance("payable_people") == item.amount_fen
    assert database_findings() == []


def test_a_batch_goes_all_the_way_and_what_came_back_is_paid_to_the_corrected_account(database):
    first, second = owed("a"), owed("b", 30_000)
    batch_id = gathered()
    with pytest.raises(BatchNotApproved):
        issue_file(FINANCE, "early", HandOut(batch_id))
    file = sent(batch_id)
    batch = Batch.objects.get(pk=batch_id)
    assert (
        file["sha256"] == hash_of(bank_csv(batch))
        and file["total_fen"] == first.amount_fen + second.amount_fen
    )
    assert json.loads(issue_file(FINANCE, "again", HandOut(batch_id))) == file
    assert balance("payable_people") == -file["total_fen"], "nothing is posted before the bank says so"
    said = read(batch_id, line_said(line_of(first), PAID))
    assert said == {"paid": 1, "returned": 0, "known": 0, "waiting": 1}
    said = read(batch_id, line_said(line_of(first), PAID), line_said(line_of(second), BACK), file="b")
    assert said == {"paid": 0, "returned": 1, "known": 1, "waiting": 0}
    assert balance("payable_people") == -second.amount_fen and balance("expense_account") == -first.amount_fen
    change_account(OFFICER, "new", account(second.person_id, 7, reason="更正账号"))
    again = gathered("g2")
    line = line_of(second)
    assert (line.batch_id, line.turn, line.account.turn) == (again, 1, 1)
    assert card_no(7) in bank_csv(Batch.objects.get(pk=again)).decode("utf-8-sig")
    sent(again)
    read(again, line_said(line, PAID))
    assert balance("payable_people") == 0 and balance("expense_account") == -file["total_fen"]
    assert [batch.paid_fen for batch in batches(FINANCE).order_by("pk")] == [
        first.amount_fen,
        second.amount_fen,
    ]
    assert database_findings() == []


def test_the_file_has_fixed_columns_and_a_line_of_totals(database):
    first, second = owed("a"), owed("b", 30_000)
    text = bank_csv(Batch.objects.get(pk=gathered())).decode("utf-8-sig").splitlines()
    assert text[0] == "序号,户名,开户银行,账户类型,账号,金额（元）,用途"
    assert text[1].split(",")[1:5] == [HOLDER, "示例银行", "银行卡（含社会保障卡金融账户）", card_no(1)]
    whole, fen = divmod(first.amount_fen + second.amount_fen, 100)
    assert len(text) == 4 and text[3] == f"合计,2 笔,,,,{whole}.{fen:02d},"


def test_money_that_comes_back_after_it_was_paid_is_turned_and_payable_again(database):
    item = owed("a")
    batch_id = gathered()
    sent(batch_id)
    read(batch_id, line_said(line_of(item), PAID))
    with pytest.raises(NothingToPay):
        gather(FINANCE, "too early", ORDER)
    read(batch_id, line_said(line_of(item), BACK), file="b")
    assert balance("payable_people") == -item.amount_fen and balance("expense_account") == 0
    assert Entry.objects.filter(memo="payment_returned").count() == 1
    again = gathered("g2")
    sent(again)
    read(again, line_said(line_of(item), PAID))
    assert balance("payable_people") == 0
    assert database_findings() == []


def test_a_rejected_batch_gives_its_items_back_however_it_is_rejected(database):
    item = owed("a")
    first = gathered()
    decide_batch(REVIEWER, "d", BatchDecision(first, False, "金额待核"))
    with pytest.raises(BatchNotApproved):
        issue_file(FINANCE, "f", HandOut(first))
    second = gathered("g2")
    proposal_id = Batch.objects.get(pk=second).proposal_id
    decide(REVIEWER, proposal_id, approved=False, reason="", carry_out=lambda body: None)
    third = gathered("g3")
    assert [line.batch_id for line in item.lines.order_by("turn")] == [first, second, third]
    with pytest.raises(DecidedAlready):
        decide_batch(REVIEWER, "d2", BatchDecision(second, True, ""))
    assert database_findings() == []


def test_who_gathers_does_not_approve_and_who_may_not_is_refused(database):
    owed("a")
    for stranger in (OFFICER, REVIEWER, actor(Role.FINANCE_OFFICER, "410100")):
        with pytest.raises(NotAllowed):
            gather(stranger, "x", ORDER)
    batch_id = gathered()
    both = dataclasses.replace(FINANCE, granted=(*FINANCE.granted, *REVIEWER.granted))
    with pytest.raises(SamePerson):
        decide_batch(both, "d", BatchDecision(batch_id, True, ""))
    with pytest.raises(NoSuchBatch):
        decide_batch(FINANCE, "d", BatchDecision(batch_id, True, ""))
    with pytest.raises(NoSuchBatch):
        read(99)
    assert list(items(actor(Role.FINANCE_OFFICER, "410100"))) == []


def test_a_batch_run_twice_pays_once(database):
    owed("a")
    said = gather(FINANCE, "g", ORDER)
    assert gather(FINANCE, "g", ORDER) == said
    with pytest.raises(NothingToPay, match="2023-12"):
        gather(FINANCE, "another key", ORDER)
    assert Batch.objects.count() == BatchLine.objects.count() == 1


def test_batches_at_once_take_each_item_once(postgres):
    mine = [owed(f"a{n}", 5_000 + n) for n in range(4)]
    said = at_once([lambda n=n: gather(FINANCE, f"g{n}", ORDER) for n in range(6)])
    refused = [one for one in said if isinstance(one, Exception)]
    assert len(refused) == 5 and {type(one) for one in refused} <= {NothingToPay, GatheredElsewhere, TryAgain}
    assert sorted(BatchLine.objects.values_list("item_id", flat=True)) == sorted(item.pk for item in mine)
    assert database_findings() == []


def test_a_return_read_at_once_is_posted_once(postgres):
    item = owed("a")
    batch_id = gathered()
    sent(batch_id)
    said = at_once(
        [lambda n=n: read(batch_id, line_said(line_of(item), PAID), key=f"r{n}") for n in range(5)]
    )
    assert sorted(one["paid"] for one in said) == [0, 0, 0, 0, 1]
    assert LineOutcome.objects.count() == 1 and balance("payable_people") == 0
    assert database_findings() == []


def test_decisions_and_files_at_once_are_one(postgres):
    owed("a")
    batch_id = gathered()
    second = actor(Role.REVIEWER, CITY, "another")
    said = at_once(
        [lambda w=w: decide_batch(w, "d", BatchDecision(batch_id, True, "")) for w in (REVIEWER, second)]
    )
    assert sum(isinstance(one, DecidedAlready) for one in said) == 1
    files = at_once([lambda n=n: issue_file(FINANCE, f"f{n}", HandOut(batch_id)) for n in range(4)])
    assert len({str(one) for one in files}) == 1


def test_months_are_taken_by_their_own_name_two_years_long(database):
    who = person()
    change_account(OFFICER, "account", account(who))
    entry_of: dict[str, int] = {}
    months = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)]
    for number, period in enumerate(months):
        day = date.fromisoformat(f"{period}-28") + timedelta(days=period == "2024-02")
        entry_of[period] = _owed_by_hand(who, day, number + 1)
    for period in months:
        batch_id = gathered(period, dataclasses.replace(ORDER, period=period))
        line = BatchLine.objects.get(batch_id=batch_id)
        assert line.item.period == period and line.item.entry_id == entry_of[period]
    for bad in ("2024-13", "2024", "2024-1"):
        with pytest.raises(PeriodUnreadable):
            gather(FINANCE, bad, dataclasses.replace(ORDER, period=bad))


def _owed_by_hand(who: int, day: date, amount_fen: int) -> int:
    from yibao.ledger.actions import post_entry
    from yibao.ledger.books import Line
    from yibao.payment.payables import owe

    lines = [
        Line(1, day, account, "basic", sign * amount_fen, "adjustment")
        for account, sign in (("benefit_hospital", 1), ("payable_people", -1))
    ]
    entry_id = post_entry(CITY, lines)
    owe(who, CITY, PayableCause.LATE_ADJUSTMENT, f"hand:{day}", {"basic": amount_fen}, entry_id, day)
    return int(entry_id)


def test_people_without_an_account_stay_out_and_are_counted(database):
    known, unknown = owed("a"), owed("b", with_account=False)
    said = json.loads(gather(FINANCE, "g", ORDER))
    assert (said["lines"], said["without_account"], said["total_fen"]) == (1, 1, known.amount_fen)
    with pytest.raises(NothingToPay, match="1 人未登记"):
        gather(FINANCE, "g2", ORDER)
    change_account(OFFICER, "late", account(unknown.person_id, 3))
    assert json.loads(gather(FINANCE, "g3", ORDER))["total_fen"] == unknown.amount_fen


def test_a_return_that_does_not_fit_is_refused_whole_with_every_problem(database):
    first, second = owed("a"), owed("b")
    batch_id = gathered()
    with pytest.raises(BatchNotApproved):
        read(batch_id, line_said(line_of(first), PAID))
    sent(batch_id)
    wrong = [
        line_said(line_of(first), PAID),
        dataclasses.replace(line_said(line_of(second), PAID), amount_fen=1),
        dataclasses.replace(line_said(line_of(second), PAID), line_id=999),
        line_said(line_of(first), BACK, reason=" "),
    ]
    with pytest.raises(ReturnWrong) as refused:
        read(batch_id, *wrong)
    assert len(refused.value.problems) == 4 and LineOutcome.objects.count() == 0
    read(batch_id, line_said(line_of(first), BACK))
    with pytest.raises(ReturnWrong, match="已登记退回"):
        read(batch_id, line_said(line_of(first), PAID), file="b")
    with pytest.raises(ReturnWrong, match="已经读入"):
        read(batch_id, line_said(line_of(second), PAID), file="a", key="same file")
    assert database_findings() == []


def test_a_return_into_a_closed_month_posts_nothing(database):
    item = owed("a")
    batch_id = gathered()
    sent(batch_id)
    close_month(CITY, "2023-12", actor="a")
    with pytest.raises(ValueError, match="已经结账"):
        read(batch_id, line_said(line_of(item), PAID))
    assert LineOutcome.objects.count() == 0 and database_findings() == []


ACCOUNTS_WRONG = {
    "a digit mistyped": {"account_no": card_no(1)[:-1] + str((int(card_no(1)[-1]) + 1) % 10)},
    "a card too short": {"account_no": "62220000000000"},
    "letters": {"account_no": "622200000000000X"},
    "full-width digits": {"account_no": "６２２２００００００００００００"},
    "a passbook too short": {"form": AccountForm.PASSBOOK, "account_no": "1234567"},
    "no bank": {"bank": " "},
    "no holder": {"holder": ""},
    "no reason": {"reason": ""},
    "a formula": {"holder": "=1+1"},
    "two lines": {"bank": "示例\n银行"},
}


@pytest.mark.parametrize("what", ACCOUNTS_WRONG)
def test_an_account_that_cannot_be_is_refused_without_its_number(database, what):
    order = account(person(), **ACCOUNTS_WRONG[what])
    with pytest.raises(AccountWrong) as refused:
        change_account(OFFICER, "a", order)
    assert order.account_no not in str(refused.value) and PayeeAccount.objects.count() == 0


def test_an_account_is_shown_masked_and_is_in_no_audit_and_no_answer(database):
    item = owed("a")
    batch_id = gathered()
    sent(batch_id)
    read(batch_id, line_said(line_of(item), BACK))
    assert account_shown(item.person_id)["account"] == "0000***********" + card_no(1)[-4:]
    passbook = account(item.person_id, form=AccountForm.PASSBOOK, account_no="12345678")
    change_account(OFFICER, "short", passbook)
    assert account_shown(item.person_id)["account"] == "****5678"
    told = [
        *AuditRecord.objects.values_list("subject", "reason", "detail"),
        *Request.objects.values_list("key", "reply"),
    ]
    for word in (card_no(1), HOLDER, "12345678"):
        assert word not in str(told)
    with pytest.raises(NoSuchPayee):
        change_account(actor(Role.COUNTY_OFFICER, "410105"), "x", account(item.person_id))


def test_a_reviewer_sees_lines_masked_and_an_officer_of_one_fund_sees_that_fund_alone(database):
    item = owed("a")
    batch_id = gathered()
    [line] = lines_shown(REVIEWER, batch_id)
    assert (line["person_id"], line["amount_fen"], line["bank"]) == (
        item.person_id,
        item.amount_fen,
        "示例银行",
    )
    assert line["account"] == "0000***********" + card_no(1)[-4:] and HOLDER not in str(line)
    of_aid = Actor("aid", (Granted(Role.FINANCE_OFFICER, CITY, "assistance"),), "test")
    assert lines_shown(of_aid, batch_id) == [] and not batches(of_aid).exists()
    assert not items(of_aid).filter(fund="basic").exists()
    with pytest.raises(NotAllowed):
        gather(of_aid, "x", ORDER)


def test_no_account_stands_in_the_log_of_the_database(postgres, server):
    before = len((server.folder / "log").read_text(errors="replace"))
    item = owed("a")
    at_once([lambda n=n: change_account(OFFICER, f"k{n}", account(item.person_id, n)) for n in range(4)])
    batch_id = gathered()
    sent(batch_id)
    read(batch_id, line_said(line_of(item), PAID))
    with pytest.raises(AccountWrong):
        change_account(OFFICER, "wrong", account(item.person_id, holder=HOLDER * 30))
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        PayeeAccount.objects.filter(person_id=item.person_id).update(account_no=card_no(8))
    connections.close_all()
    text = (server.folder / "log").read_text(errors="replace")[before:]
    for word in (HOLDER, *(card_no(serial) for serial in (0, 1, 2, 3, 8))):
        assert word not in text


def test_accounts_changed_at_once_are_one_after_the_other(postgres):
    who = person()
    said = at_once([lambda n=n: change_account(OFFICER, f"k{n}", account(who, n)) for n in range(5)])
    assert not [one for one in said if isinstance(one, Exception)]
    assert list(PayeeAccount.objects.order_by("turn").values_list("turn", flat=True)) == [0, 1, 2, 3, 4]


def raw(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


LINE = "INSERT INTO payment_batchline (batch_id, item_id, account_id, turn, amount_fen) "
BROKEN = {
    "another live line": LINE + "SELECT batch_id, item_id, account_id, 1, amount_fen FROM payment_batchline",
    "the same line": LINE + "SELECT batch_id, item_id, account_id, 0, amount_fen FROM payment_batchline",
    "a second item of a source": "INSERT INTO payment_payableitem (person_id, area_code, fund, cause, source, amount_fen, "
    "period, entry_id, recorded_at) SELECT person_id, area_code, fund, cause, source, 1, period, entry_id, recorded_at "
    "FROM payment_payableitem",
    "an amount changed": "UPDATE payment_payableitem SET amount_fen = 5",
    "an item removed": "DELETE FROM payment_payableitem",
    "an account changed": "UPDATE payment_payeeaccount SET account_no = '1'",
    "a line moved": "UPDATE payment_batchline SET account_id = 2",
    "a result removed": "DELETE FROM payment_lineoutcome",
    "paid twice": "INSERT INTO payment_lineoutcome (line_id, result, reason, bank_day, bank_no, bank_return_id, entry_id) "
    "SELECT line_id, result, '', bank_day, '', bank_return_id, entry_id FROM payment_lineoutcome",
    "set off while it is paid": "INSERT INTO payment_setoff (receivable_id, payable_id, amount_fen, recorded_at, actor) "
    "SELECT id, id, 1, recorded_at, 'a' FROM payment_payableitem",
}  # fmt: skip


def test_no_raw_sql_pays_anybody_twice(database):
    item = owed("a")
    batch_id = gathered()
    sent(batch_id)
    read(batch_id, line_said(line_of(item), PAID))
    for what, statement in BROKEN.items():
        with pytest.raises((IntegrityError, InternalError)):
            raw(statement)
            pytest.fail(what)
    assert database_findings() == []


def adjusted_year() -> int:
    who = person()
    change_account(OFFICER, "account", account(who))
    said = [
        json.loads(settle(OFFICER, f"s{n}", stay(who, 9_000 + n, date(2023, 2 + n, 1)), at=AT))
        for n in range(3)
    ]
    reverse(OFFICER, "r", Reversal(said[0]["settlement_id"], "错"), at=AT)
    return who


def test_after_a_late_event_each_is_owed_what_the_replay_says(database):
    who = adjusted_year()
    adjusted = PayableItem.objects.filter(cause=PayableCause.LATE_ADJUSTMENT)
    assert adjusted.exists() and {item.person_id for item in adjusted} == {who}
    entries = EntryLine.objects.filter(account="payable_people").values_list("amount_fen", flat=True)
    assert sum(item.amount_fen for item in adjusted) == -sum(entries)
    assert database_findings() == []


def test_adjustments_of_before_there_were_items_become_items(database):
    adjusted_year()
    columns = ("person_id", "area_code", "fund", "cause", "source", "amount_fen", "period", "entry_id")
    before = list(PayableItem.objects.order_by("source", "fund").values_list(*columns))
    unguarded("DELETE FROM payment_payableitem")
    assert database_findings() != []
    import_module("yibao.settlement.migrations.0003_manual").owe_what_was_adjusted(apps, None)
    assert list(PayableItem.objects.order_by("source", "fund").values_list(*columns)) == before != []
    assert database_findings() == []
