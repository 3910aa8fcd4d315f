"""The tax bureau's file: every verdict, twice the same file, a corrected file, and file and counter at once.

carries_out: FIN-19, FIN-20
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.financing import (
    DUE_FEN,
    FINANCE,
    IN_WINDOW,
    TAX,
    balances,
    billed,
    decided,
    key,
    paid,
    proposed,
    raced,
    registered,
)
from tests.agency.settling import CITY, COUNTY
from tests.agency.striking import refuses_at_every_statement

from yibao.enrolment.models import Coverage, Identity
from yibao.financing.models import (
    ContributionBill,
    ContributionPayment,
    Overpayment,
    TaxFile,
    TaxFileRow,
    TaxFileVerdict,
)
from yibao.financing.terms import CollectionChannel, TaxVerdict
from yibao.journeys.financing.contributing import PayOrder, pay
from yibao.journeys.financing.giving_back import CloseOrder, propose_closing
from yibao.journeys.financing.reconciling import (
    Change,
    DayTotal,
    NotRecorded,
    TreasuryOrder,
    conservation,
    reconciled,
    record_treasury_arrival,
)
from yibao.journeys.financing.tax_files import (
    BookOrder,
    NoSuchFile,
    TaxFileOrder,
    TaxRow,
    book_tax_rows,
    import_tax_file,
    receive_tax_file,
)
from yibao.journeys.verifying.database import database_findings
from yibao.rights.actors import NotAllowed
from yibao.rights.terms import Role

ONLINE, COUNTER, AGENTS_CASH, _ = CollectionChannel


def row(number: int, bill_id: int = 0, **more: object) -> TaxRow:
    facts = {
        "external_no": f"n{number}",
        "channel": ONLINE,
        "paid_on": IN_WINDOW,
        "amount_fen": DUE_FEN,
        "benefit_year": 2023,
        **more,
    }
    return TaxRow(row=number, bill_id=bill_id, **facts)  # type: ignore[arg-type]


def file_of(rows: Iterable[TaxRow], area_code: str = CITY) -> TaxFileOrder:
    kept = tuple(rows)
    return TaxFileOrder(
        area_code, IN_WINDOW, "20221101.csv", hashlib.sha256(repr(kept).encode()).hexdigest(), kept
    )


def imported(*rows: TaxRow, area_code: str = CITY) -> int:
    return int(import_tax_file(TAX, key(), file_of(rows, area_code))["file_id"])


def verdicts(file_id: int) -> dict[int, TaxVerdict]:
    return {one.row: one.verdict for one in reconciled(TAX, file_id).rows if one.row}


def test_every_row_has_its_verdict_and_what_is_right_is_booked(database):
    who = registered()
    numbered = registered()
    bill = billed(who)
    billed(numbered)
    before = billed(registered())
    paid(before, "n3")
    twice = billed(registered())
    paid(twice, "counter", channel=COUNTER)
    back = billed(registered())
    paid(back, "n8")
    unreported = paid(billed(registered()), "here only")
    file_id = imported(
        row(1, bill),
        row(2, identity_no=Identity.objects.get(person_id=numbered).number, channel=COUNTER),
        row(3, before),
        row(4, identity_no="110101199001011234"),
        row(5, billed(registered()), amount_fen=DUE_FEN - 1),
        row(6, billed(registered()), county_code="410105"),
        row(7, bill, external_no="n1"),
        row(8, back, taken_back=True),
        row(9, twice),
        row(10, billed(registered()), channel=AGENTS_CASH),
        row(11, billed(registered()), paid_on=date(2022, 8, 1)),
        row(12, billed(registered()), external_no="n3"),
        row(13, billed(registered()), taken_back=True),
    )
    assert verdicts(file_id) == {
        1: TaxVerdict.BOOKED,
        2: TaxVerdict.BOOKED,
        3: TaxVerdict.ALREADY_BOOKED,
        4: TaxVerdict.NO_BILL,
        5: TaxVerdict.AMOUNT_DIFFERS,
        6: TaxVerdict.WRONG_AREA,
        7: TaxVerdict.SAME_NUMBER_TWICE,
        8: TaxVerdict.TAKEN_BACK,
        9: TaxVerdict.PAID_TWICE,
        10: TaxVerdict.NOT_BOOKED,
        11: TaxVerdict.NOT_BOOKED,
        12: TaxVerdict.SAME_NUMBER_TWICE,
        13: TaxVerdict.NOT_BOOKED,
    }
    missing = [one for one in reconciled(TAX, file_id).rows if one.verdict == TaxVerdict.MISSING_IN_FILE]
    assert [one.external_no for one in missing] == ["counter", "here only"]
    assert ContributionPayment.objects.filter(contributionrefund=None).count() == 5
    assert Overpayment.objects.get().bill_id == twice and unreported
    reasons = {one.row: one.reason for one in reconciled(TAX, file_id).rows}
    assert "349.99" in reasons[5] and "集中参保" in reasons[11] and "收据" in reasons[10]
    assert balances()["basic", "income_account"] == 6 * DUE_FEN
    assert database_findings() == []


def test_the_same_file_again_does_nothing_and_a_corrected_one_books_only_what_differs(database):
    bills = [billed(registered()) for _ in range(4)]
    rows = [row(n + 1, bill) for n, bill in enumerate(bills[:3])]
    first = import_tax_file(TAX, "a", file_of(rows))
    again = import_tax_file(TAX, "b", file_of(rows))
    assert (again["file_id"], again["again"], first["again"]) == (first["file_id"], 1, 0)
    assert (TaxFile.objects.count(), ContributionPayment.objects.count()) == (1, 3)
    corrected = imported(rows[0], replace(rows[1], amount_fen=1), row(4, bills[3]))
    assert verdicts(corrected) == {
        1: TaxVerdict.ALREADY_BOOKED,
        2: TaxVerdict.AMOUNT_DIFFERS,
        4: TaxVerdict.BOOKED,
    }
    said = reconciled(TAX, corrected)
    assert said.changes == [
        Change("added", "n4", 0, DUE_FEN),
        Change("changed", "n2", DUE_FEN, 1),
        Change("withdrawn", "n3", DUE_FEN, 0),
    ]
    assert [one.external_no for one in said.rows if one.verdict == TaxVerdict.MISSING_IN_FILE] == ["n3"]
    assert reconciled(TAX, int(first["file_id"])).changes == []
    assert ContributionPayment.objects.count() == 4 and database_findings() == []


def test_what_the_bureau_takes_back_is_given_back_before_cover_begins_and_never_after(database):
    bill = billed(registered())
    imported(row(1, bill))
    late = row(1, bill, taken_back=True, paid_on=date(2023, 1, 1))
    assert verdicts(imported(late)) == {1: TaxVerdict.NOT_BOOKED}
    assert verdicts(imported(replace(late, paid_on=IN_WINDOW, amount_fen=1))) == {
        1: TaxVerdict.AMOUNT_DIFFERS
    }
    file_id = imported(replace(late, paid_on=date(2022, 12, 31)))
    assert verdicts(file_id) == {1: TaxVerdict.TAKEN_BACK}
    assert balances() == {} and Coverage.objects.filter(void=False).count() == 0
    assert verdicts(imported(replace(late, paid_on=date(2022, 12, 30)))) == {1: TaxVerdict.ALREADY_BOOKED}
    assert database_findings() == []


def test_a_days_totals_stand_by_channel_against_the_treasury(database):
    imported(row(1, billed(registered())), row(2, billed(registered()), channel=COUNTER))
    file_id = imported(row(3, billed(registered())), row(1, ContributionBill.objects.earliest("pk").pk))
    arrive(DUE_FEN)
    assert reconciled(TAX, file_id).totals == [
        DayTotal(ONLINE, 2 * DUE_FEN, 2 * DUE_FEN, DUE_FEN),
        DayTotal(COUNTER, DUE_FEN, 0, 0),
        DayTotal(AGENTS_CASH, 0, 0, 0),
    ]
    assert reconciled(TAX, file_id).totals[0].outstanding_fen == DUE_FEN
    found = conservation(CITY)
    assert (found.conserved, found.missing_fen, found.uncredited_fen) == (0, 2 * DUE_FEN, 0)
    arrive(2 * DUE_FEN)
    assert conservation(CITY).conserved == 1


def test_money_is_conserved_over_refunds_and_set_offs(database):
    bill = billed(registered())
    imported(row(1, bill), row(2, bill))
    over = Overpayment.objects.get()
    arrive(2 * DUE_FEN)
    assert conservation(CITY).conserved == 1
    decided(proposed(propose_closing(TAX, key(), CloseOrder(over.pk, IN_WINDOW, "多缴"))))
    found = conservation(CITY)
    assert (found.conserved, found.collected_fen) == (1, 2 * DUE_FEN)


def arrive(amount_fen: int, **more: object) -> int:
    facts = {"channel": ONLINE, "arrived_on": date(2022, 11, 2), "document_no": key(), **more}
    order = TreasuryOrder(CITY, IN_WINDOW, amount_fen=amount_fen, **facts)
    return int(json.loads(record_treasury_arrival(FINANCE, key(), order))["arrival_id"])


def test_an_arrival_is_corrected_by_a_second_record(database):
    first = arrive(100, document_no="T1")
    for order, why in (
        ({"amount_fen": -40}, "负数"),
        ({"amount_fen": 0}, "为零"),
        ({"amount_fen": -40, "corrects_id": first, "channel": COUNTER}, "没有同日同渠道"),
        ({"amount_fen": 5, "document_no": "T1"}, "已经登记"),
    ):
        with pytest.raises(NotRecorded, match=why):
            arrive(**order)
    arrive(-40, corrects_id=first)
    file_id = imported(row(1, billed(registered())))
    assert reconciled(TAX, file_id).totals[0].arrived_fen == 60
    with pytest.raises(NotAllowed):
        record_treasury_arrival(TAX, key(), TreasuryOrder(CITY, IN_WINDOW, ONLINE, 1, IN_WINDOW, "x"))


def test_only_where_the_officer_may_and_a_county_has_its_own_files(database):
    bill, of_another = billed(registered()), billed(registered(county_code="140106"))
    with pytest.raises(NotAllowed):
        receive_tax_file(actor(Role.TAX_OFFICER, "140106"), key(), file_of([row(1, bill)]))
    file_id = imported(row(1, bill), row(2, of_another), area_code=COUNTY)
    assert verdicts(file_id) == {1: TaxVerdict.BOOKED, 2: TaxVerdict.WRONG_AREA}
    elsewhere = actor(Role.TAX_OFFICER, "140106")
    for act in (
        lambda: book_tax_rows(elsewhere, key(), BookOrder(file_id)),
        lambda: reconciled(elsewhere, file_id),
    ):
        with pytest.raises(NoSuchFile):
            act()
    assert reconciled(actor(Role.SUPERVISOR, COUNTY), file_id).counts() == {
        TaxVerdict.BOOKED: 1,
        TaxVerdict.WRONG_AREA: 1,
    }


def test_no_row_holds_an_identity_number(database):
    who = registered()
    number = Identity.objects.get(person_id=who).number
    billed(who)
    imported(row(1, identity_no=number))
    kept = [str(value) for line in TaxFileRow.objects.values_list() for value in line]
    assert TaxFileRow.objects.get().person_id == who
    assert not any(number in value for value in kept)


def test_a_file_goes_on_where_it_stopped(database):
    rows = [row(n, billed(registered())) for n in range(1, 6)]
    file_id = int(json.loads(receive_tax_file(TAX, key(), file_of(rows)))["file_id"])
    assert json.loads(book_tax_rows(TAX, key(), BookOrder(file_id, 2))) == {"judged": 2, "left": 3}
    assert verdicts(file_id) == {1: TaxVerdict.BOOKED, 2: TaxVerdict.BOOKED}
    assert import_tax_file(TAX, key(), file_of(rows))["again"] == 1
    assert set(verdicts(file_id).values()) == {TaxVerdict.BOOKED} and len(verdicts(file_id)) == 5


def test_file_and_counter_a_hundred_times_at_once_pay_each_bill_once(postgres):
    bills = [billed(registered()) for _ in range(20)]
    order = file_of([row(n + 1, bill) for n, bill in enumerate(bills)])
    counters = [
        lambda b=bill, n=n: pay(TAX, f"c{b}-{n}", PayOrder(b, DUE_FEN, COUNTER, f"c{b}-{n}", IN_WINDOW))
        for bill in bills
        for n in range(5)
    ]
    works = [*counters[:50], lambda: import_tax_file(TAX, "file", order), *counters[50:]]
    found = at_once(works, workers=12)
    assert {type(one).__name__ for one in found} == {"str", "PaidAlready", "dict"}
    assert ContributionPayment.objects.count() == 20 and Coverage.objects.count() == 20
    by_file = ContributionPayment.objects.filter(channel=ONLINE).count()
    assert TaxFileVerdict.objects.filter(verdict=TaxVerdict.BOOKED).count() == by_file
    assert Overpayment.objects.count() == 20 - by_file
    assert balances()["basic", "income_account"] == (40 - by_file) * DUE_FEN
    assert database_findings() == []


def test_one_file_received_and_booked_at_once_is_one(postgres):
    order = file_of([row(n, billed(registered())) for n in range(1, 8)])
    found = at_once([lambda n=n: import_tax_file(TAX, f"i{n}", order) for n in range(5)])
    assert sorted(one["again"] for one in found) == [0, 1, 1, 1, 1]
    assert (TaxFile.objects.count(), TaxFileVerdict.objects.count()) == (1, 7)
    arriving = TreasuryOrder(CITY, IN_WINDOW, ONLINE, 1, IN_WINDOW, "T")
    found = raced([lambda n=n: record_treasury_arrival(FINANCE, f"t{n}", arriving) for n in range(4)])
    assert found == ["NotRecorded"] * 3 + ["str"]
    assert database_findings() == []


def test_a_failure_at_any_statement_changes_nothing(database):
    bill = billed(registered())
    paid(bill)
    order = file_of([row(1, billed(registered())), row(2, bill)])
    refuses_at_every_statement(lambda: receive_tax_file(TAX, "r", order))
    file_id = TaxFile.objects.get().pk
    refuses_at_every_statement(lambda: book_tax_rows(TAX, "b", BookOrder(file_id)))
    arriving = TreasuryOrder(CITY, IN_WINDOW, ONLINE, 1, IN_WINDOW, "T")
    refuses_at_every_statement(lambda: record_treasury_arrival(FINANCE, "t", arriving))
