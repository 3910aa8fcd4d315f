"""Balances rebuilt from their causes (按来源重建账面余额): what the books should hold, from the records alone, month by month.

Settlements, adjustments, payments and refunds of contributions, aid, payments to people and closings of years are turned
into amounts anew, by fund, account and month, and compared with the journal. Sums are taken by the database: what a record
spends is linear in its amounts. What a reader would get wrong: an entry that no record stands behind (a subsidy that
arrived, an opening balance) is its own cause; it is taken as it stands, counted by what it says it is, and shown.

carries_out: FND-06
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from django.db.models import CharField, Count, F, Sum, Value
from django.db.models.functions import Cast, Concat, TruncMonth

from yibao.benefits.terms import VisitKind
from yibao.engine.enrol_terms import PersonFacts
from yibao.engine.terms import Payers
from yibao.engine.year import Payer
from yibao.financing.models import CashBatchLine, ContributionBill, ContributionPayment, ContributionRefund
from yibao.financing.terms import CollectionChannel
from yibao.journeys.financing.aid_owed import aid_by_payer, aid_lines
from yibao.journeys.financing.paying import MONEY_GOES_TO
from yibao.kernel.days import day_of
from yibao.kernel.findings import Finding
from yibao.ledger.accounts import ACCOUNTS, Fund
from yibao.ledger.books import CLOSED_KINDS, Line
from yibao.ledger.models import Entry, EntryLine
from yibao.ledger.periods import CLOSING
from yibao.packs.enrolment import enrol_terms
from yibao.packs.policies import policies
from yibao.payment.models import Collected, LineOutcome, PayableItem
from yibao.payment.terms import BankResult, PayableCause
from yibao.settlement.accounts import TO_PEOPLE, adjustment_lines, settlement_lines
from yibao.settlement.models import AdjustmentRow, Settlement
from yibao.settlement.vectors import unpacked

RESTORE = "请停止入账，逐笔核对该月该科目的凭证与来源记录 (compare the month's entries with their records)"
PAYERS = tuple(Payers._fields)

CLOSED_ACCOUNTS = {name for name, account in ACCOUNTS.items() if account.kind in CLOSED_KINDS}

Key = tuple[str, str, str, str]
"""Area, month, fund, account."""


class Rebuilt(NamedTuple):
    """What the books should hold by Key, how many records of each kind it comes from, and entries taken as they stand."""

    balances: Counter[Key]
    records: dict[tuple[str, str], int]
    direct: dict[str, int]


def rebuilt() -> Rebuilt:
    """The balances of every area and month from their causes. Raises the failures of `packs` where a policy is missing."""
    balances: Counter[Key] = Counter()
    records: dict[tuple[str, str], int] = {}
    for words, cause in (
        (("结算及撤销", "settlements and reversals"), _settlements),
        (("迟到事项补差", "adjustments"), _adjustments),
        (("缴费", "contributions paid"), _contributions),
        (("退费", "contributions given back"), _refunds),
        (("资助参保", "aid with contributions"), _aid),
        (("对个人支付与退汇", "payments to people"), _paid_to_people),
        (("收回", "collected"), _collected),
    ):
        records[words] = cause(balances)
    direct = _direct(balances)
    records["年终结转", "year-end closings"] = _closings(balances)
    return Rebuilt(balances, records, direct)


def replay_findings(built: Rebuilt | None = None) -> Iterator[Finding]:
    """Every month, fund and account whose balance in the journal is not what its causes make."""
    should = (built or rebuilt()).balances
    posted = _journal(EntryLine.objects)
    for key in sorted({*should, *posted}):
        if should.get(key, 0) != posted.get(key, 0):
            area_code, month, fund, account = key
            message = (
                f"{area_code} {month} {fund} {_chinese(account)} 按来源重建为 {should.get(key, 0)} 分，"
                f"账上为 {posted.get(key, 0)} 分 (not what its causes make)"
            )
            yield Finding("ledger_entryline", 0, "amount_fen", "", message, RESTORE)


def _chinese(account: str) -> str:
    return ACCOUNTS[account].chinese if account in ACCOUNTS else account


def _settlements(balances: Counter[Key]) -> int:
    rows = (
        Settlement.objects.annotate(month=TruncMonth("posted_on"))
        .values("area_code", "month", "visit__kind", "visit__manual")
        .annotate(times=Count("pk"), **{f"sum_{name}": Sum(name) for name in PAYERS})
        .order_by()
    )
    for row in rows:
        payers = Payers(*(int(row[f"sum_{name}"]) for name in PAYERS))
        kind, manual = VisitKind(row["visit__kind"]), bool(row["visit__manual"])
        lines = settlement_lines(payers, kind, row["month"], "", manual=manual)
        _add(balances, row["area_code"], row["month"], lines)
    return Settlement.objects.count()


def _adjustments(balances: Counter[Key]) -> int:
    areas = dict(
        PayableItem.objects.filter(cause=PayableCause.LATE_ADJUSTMENT).values_list("source", "area_code")
    )
    rows = AdjustmentRow.objects.annotate(
        month=TruncMonth("late_event__recorded_at"), kind=F("settlement__visit__kind")
    ).values_list(
        "late_event_id", "settlement_id", "settlement__area_code", "month", "kind", "payer", "difference_fen"
    )
    times = 0
    for event_id, settlement_id, own_area, month, kind, payer, difference_fen in rows.iterator():
        area_code = areas.get(f"late:{event_id}/{settlement_id}", own_area)
        lines = adjustment_lines([(Payer(payer), difference_fen)], VisitKind(kind), month, "")
        _add(balances, area_code, month, lines)
        times += 1
    return times


def _contributions(balances: Counter[Key]) -> int:
    rows = ContributionPayment.objects.select_related("bill").order_by("pk")
    for payment in rows.iterator():
        _add(balances, payment.bill.area_code, payment.paid_on, _paid_in(payment))
    return rows.count()


def _refunds(balances: Counter[Key]) -> int:
    through_bank = set(
        PayableItem.objects.filter(cause=PayableCause.REFUND_DUE).values_list("source", flat=True)
    )
    rows = ContributionRefund.objects.select_related("payment__bill").order_by("pk")
    for refund in rows.iterator():
        lines = [line._replace(amount_fen=-line.amount_fen) for line in _paid_in(refund.payment)]
        lines[0] = lines[0]._replace(account=_given_back_from(refund.payment))
        if f"refund:{refund.pk}" in through_bank:
            lines[0] = lines[0]._replace(account=TO_PEOPLE)
        _add(balances, refund.payment.bill.area_code, refund.refunded_on, lines)
    return rows.count()


def _paid_in(payment: ContributionPayment) -> list[Line]:
    bill = payment.bill
    in_advance = payment.paid_on < _year_begins(bill.terms_code, bill.benefit_year)
    income = "temporary_receipts" if in_advance else "contribution_person"
    received = MONEY_GOES_TO[CollectionChannel(payment.channel)]
    return [
        Line(1, payment.paid_on, account, Fund.BASIC, sign * payment.amount_fen)
        for account, sign in ((received, 1), (income, -1))
    ]


def _given_back_from(payment: ContributionPayment) -> str:
    """The account that money lies in when it is given back: with the agent until it is handed over."""
    if payment.channel != CollectionChannel.AGENTS_CASH:
        return "income_account"
    handed_over = CashBatchLine.objects.filter(receipt__payment=payment).exists()
    return "income_account" if handed_over else "cash_with_agents"


@cache
def _year_begins(terms_code: str, benefit_year: int) -> date:
    return day_of(enrol_terms(policies().area(terms_code), benefit_year).params.coverage.year.starts_day)


def _aid(balances: Counter[Key]) -> int:
    """Aid comes with each payment and goes with its refund; a bill with nothing left to pay has it when it is made."""
    days = [
        *(
            (bill_id, day, 1)
            for bill_id, day in ContributionPayment.objects.values_list("bill_id", "paid_on")
        ),
        *(
            (bill_id, day, -1)
            for bill_id, day in ContributionRefund.objects.values_list("payment__bill_id", "refunded_on")
        ),
    ]
    bills = {bill.pk: bill for bill in ContributionBill.objects.all()}
    days += [
        (bill.pk, day_of(unpacked(PersonFacts, bill.facts).enrolled_day), 1)
        for bill in bills.values()
        if bill.person_pays_fen == 0
    ]
    times = 0
    for bill_id, day, sign in days:
        bill = bills[bill_id]
        parts = {payer: sign * amount_fen for payer, amount_fen in aid_by_payer(bill).items() if amount_fen}
        _add(balances, bill.area_code, day, aid_lines(parts, day, ""))
        times += bill.contribution_fen != bill.person_pays_fen
    return times


def _paid_to_people(balances: Counter[Key]) -> int:
    rows = (
        LineOutcome.objects.exclude(entry=None)
        .annotate(month=TruncMonth("bank_return__posted_on"))
        .values_list("line__batch__area_code", "line__batch__fund", "month", "result")
        .annotate(Sum("line__amount_fen"))
        .order_by()
    )
    for area_code, fund, month, result, sum_fen in rows:
        amount_fen = -sum_fen if result == BankResult.SENT_BACK else sum_fen
        sides = ((TO_PEOPLE, 1), ("expense_account", -1))
        _add(balances, area_code, month, [Line(1, month, of, fund, sign * amount_fen) for of, sign in sides])
    return LineOutcome.objects.exclude(entry=None).count()


def _collected(balances: Counter[Key]) -> int:
    rows = Collected.objects.values_list(
        "receivable__area_code", "receivable__fund", "collected_on", "amount_fen"
    )
    for area_code, fund, day, amount_fen in rows:
        sides = (("income_account", 1), (TO_PEOPLE, -1))
        _add(balances, area_code, day, [Line(1, day, of, fund, sign * amount_fen) for of, sign in sides])
    return len(rows)


def _direct(balances: Counter[Key]) -> dict[str, int]:
    """Entries that no record stands behind, as they stand; how many of each kind."""
    entries = Entry.objects.exclude(memo=CLOSING)
    for model in (Settlement, AdjustmentRow, ContributionPayment, ContributionRefund, LineOutcome, Collected):
        entries = entries.exclude(pk__in=model.objects.exclude(entry=None).values("entry_id"))
    named = Concat(Value("bill:"), Cast("pk", CharField()))
    bills = ContributionBill.objects.annotate(named=named).values("named")
    aid = Entry.objects.filter(memo="enrolment_aid", reference__in=bills)
    entries = entries.exclude(pk__in=aid.values("pk"))
    for key, amount_fen in _journal(EntryLine.objects.filter(entry__in=entries)).items():
        balances[key] += amount_fen
    return dict(entries.order_by("memo").values_list("memo").annotate(Count("pk")))


def _closings(balances: Counter[Key]) -> int:
    """The closings of years that were made, worked out from what was rebuilt so far, earliest first."""
    closed = sorted(
        set(Entry.objects.filter(memo=CLOSING).values_list("area_code", "posted_on")), key=lambda of: of[1]
    )
    for area_code, last_day in closed:
        sums: Counter[tuple[str, str]] = Counter()
        for (area, month, fund, account), amount_fen in balances.items():
            if area == area_code and month <= f"{last_day:%Y-%m}" and ACCOUNTS[account].kind in CLOSED_KINDS:
                sums[fund, account] += amount_fen
        for (fund, account), amount_fen in sums.items():
            sides = ((account, -1), ("general_balance", 1))
            lines = [Line(1, last_day, of, fund, sign * amount_fen) for of, sign in sides]
            _add(balances, area_code, last_day, lines)
    return len(closed)


def _journal(lines: Any) -> dict[Key, int]:
    rows = (
        lines.annotate(month=TruncMonth("entry__posted_on"))
        .values_list("entry__area_code", "month", "fund", "account")
        .annotate(Sum("amount_fen"))
        .order_by()
    )
    return {
        (area, f"{month:%Y-%m}", fund, account): int(sum_fen) for area, month, fund, account, sum_fen in rows
    }


def _add(balances: Counter[Key], area_code: str, day: date, lines: list[Line]) -> None:
    for line in lines:
        balances[area_code, f"{day:%Y-%m}", str(line.fund), line.account] += line.amount_fen
