"""Settlement on a database: what is posted, kept, replayed and recomputed, and what happens at once."""

import dataclasses
import json
import random
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.settling import (
    AT,
    CITY,
    COUNTY,
    HOSPITAL,
    OFFICER,
    institutions,
    person,
    stay,
    visit,
)

from yibao.assistance.terms import Category
from yibao.benefits.terms import Exclusion, ItemClass, Refusal, VisitKind
from yibao.engine.spending import BENEFIT_ACCOUNTS
from yibao.engine.terms import NOTHING_YET, Claim, YearSoFar
from yibao.engine.year import Filed, Payer, advance, settle_in_order
from yibao.enrolment.actions import recognise_category
from yibao.enrolment.orders import Recognition
from yibao.enrolment.terms import Department
from yibao.journeys.settlement.reversing import replay, reverse
from yibao.journeys.settlement.settling import pre_settle, settle
from yibao.kernel.days import day_number, day_of
from yibao.ledger.books import balance_fen
from yibao.ledger.queries import trial_balance_of
from yibao.rights.models import AuditRecord, Request
from yibao.rights.requests import KeyReused
from yibao.rights.terms import Role
from yibao.settlement.failures import BillWrong, NoSuchSettlement, ReversedAlready, VersionChanged
from yibao.settlement.models import (
    AdjustmentRow,
    FeeLineRow,
    LateEvent,
    Settlement,
    TermsUsed,
    Visit,
    YearRow,
)
from yibao.settlement.orders import Bill, BillLine, LateFact, Reversal, Totals
from yibao.settlement.queries import same_working, settlement_of, working_of, year_of
from yibao.settlement.terms import LateCause
from yibao.settlement.vectors import LayoutChanged, packed, unpacked
from yibao.settlement.versions import in_force


@pytest.fixture
def agency(database):
    institutions()
    return database


@pytest.fixture
def busy(postgres):
    institutions()
    return postgres


def settled(key: str, bill: Bill, at=AT) -> dict[str, int]:
    return json.loads(settle(OFFICER, key, bill, at=at))


def so_far_of(person_id: int) -> YearSoFar:
    return unpacked(YearSoFar, YearRow.objects.get(person_id=person_id).so_far)


def params_on(day: int):
    return in_force(COUNTY, day_of(day)).terms.params


def claims_of(person_id: int) -> list[Filed]:
    rows = Settlement.objects.filter(visit__person_id=person_id).order_by("sequence")
    return [Filed(str(row.pk), unpacked(Claim, row.claim)) for row in rows]


def test_what_is_posted_is_what_the_engine_says(agency):
    who = person()
    said = settled("s1", stay(who, 20_000))
    row = Settlement.objects.get()
    (before, working), = settle_in_order(params_on, claims_of(who))  # fmt: skip
    assert before == NOTHING_YET and same_working(row, working)
    assert said["basic_fen"] == working.payers.basic_fen > 0
    assert said["total_fen"] == 2_000_000
    assert so_far_of(who) == advance(NOTHING_YET, working.change)
    assert AuditRecord.objects.filter(action="settle", subject=f"settlement:{row.pk}").count() == 1


def test_pre_settlement_is_settlement_and_writes_nothing(agency):
    who = person()
    settled("s0", stay(who, 8_000))
    counts = [model.objects.count() for model in (Visit, Settlement, YearRow, Request, AuditRecord)]
    asked = pre_settle(OFFICER, stay(who, 20_000), at=AT)
    assert counts == [model.objects.count() for model in (Visit, Settlement, YearRow, Request, AuditRecord)]
    said = settled("s1", stay(who, 20_000))
    assert {name: said[name] for name in asked} == asked


def test_lines_are_split_and_add_up(agency):
    who = person()
    lines = (
        BillLine("A1", ItemClass.A, 20_000, 10_000),
        BillLine("B1", ItemClass.B, 10_000, 20_000, standard_fen=15_000, initial_bp=1_000),
        BillLine("C1", ItemClass.C, 10_000, 5_000),
        BillLine("A1", ItemClass.A, -10_000, -5_000),
    )
    settled("s1", stay(who, 0, totals=None, lines=lines))
    found = Visit.objects.get()
    assert (found.own_expense_fen, found.over_standard_fen, found.initial_self_pay_fen) == (
        5_000,
        5_000,
        1_500,
    )
    assert (found.class_a_fen, found.class_b_fen) == (5_000, 13_500)
    assert FeeLineRow.objects.count() == 4


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"institution_code": "none"}, "没有机构 none"),
        ({"day": date(2023, 12, 21)}, "在今天之后"),
        ({"born_on": date(2023, 6, 1)}, "早于出生日期"),
        ({"totals": Totals(class_a_fen=-1)}, "退费超过已收"),
        ({"totals": Totals(class_a_fen=10**13)}, "超过上限"),
        ({"totals": None}, "写其中一项"),
        ({"totals": None, "lines": (BillLine("x", ItemClass.A, 10_000, 100, initial_bp=500),)}, "只有乙类"),
        ({"totals": None, "lines": (BillLine("x", ItemClass.A, -10_000, -100),)}, "退费"),
        ({"kind": VisitKind.CHRONIC, "disease_code": "nothing"}, "病种"),
        ({"person_id": 999}, "没有人员 999"),
    ],
)  # fmt: skip
def test_a_wrong_bill_is_refused_in_words_and_nothing_changes(agency, more, said):
    facts = {name: value for name, value in more.items() if name not in ("day", "born_on")}
    who = person(born_on=more.get("born_on", date(1980, 5, 1)))
    before = Request.objects.count()
    bill = dataclasses.replace(stay(who, 100, more.get("day", date(2023, 5, 1))), **facts)
    with pytest.raises(BillWrong, match=said):
        settle(OFFICER, "s1", bill, at=AT)
    assert (Settlement.objects.count(), YearRow.objects.count(), Request.objects.count()) == (0, 0, before)


def test_a_refused_claim_is_posted_with_nothing_paid(agency):
    who = person(last_day=date(2023, 3, 31))
    said = settled("s1", stay(who, 100))
    assert (said["refusal"], said["person_fen"]) == (Refusal.NOT_COVERED, 10_000)
    said = settled("s2", stay(who, 100, date(2023, 2, 1), exclusion=Exclusion.THIRD_PARTY))
    assert said["refusal"] == Refusal.THIRD_PARTY
    assert trial_balance_of(CITY).num_rows == 0


def test_the_same_key_is_one_settlement(agency):
    who = person()
    first = settle(OFFICER, "k", stay(who, 20_000), at=AT)
    assert settle(OFFICER, "k", stay(who, 20_000), at=AT.replace(hour=15)) == first
    with pytest.raises(KeyReused):
        settle(OFFICER, "k", stay(who, 20_001), at=AT)
    assert Settlement.objects.count() == 1


def test_the_books_hold_what_was_paid(agency):
    who = person()
    for key, bill in enumerate([stay(who, 300_000), visit(who, 80), stay(who, 9_000, date(2023, 6, 1))]):
        settled(f"s{key}", bill)
    balances = trial_balance_of(CITY)
    for name, (fund, account) in (
        ("basic_fen", ("basic", BENEFIT_ACCOUNTS.values())),
        ("catastrophic_fen", ("catastrophic", ["benefit_catastrophic"])),
        ("assistance_fen", ("assistance", ["direct_assistance"])),
    ):
        paid = sum(getattr(row, name) for row in Settlement.objects.all())
        assert balance_fen(balances, fund, *account) == paid
        assert balance_fen(balances, fund, "payable_institutions") == -paid
    assert sum(row.catastrophic_fen for row in Settlement.objects.all()) > 0


def test_a_reversal_gives_back_every_sum_and_account(agency):
    who = person()
    settled("s0", visit(who, 60))
    before, balances = so_far_of(who), trial_balance_of(CITY)
    said = settled("s1", stay(who, 150_000))
    undone = json.loads(reverse(OFFICER, "r1", Reversal(said["settlement_id"], "录入错误"), at=AT))
    assert undone["basic_fen"] == -said["basic_fen"]
    assert so_far_of(who) == before
    after = trial_balance_of(CITY)
    left = [(r["fund"], r["account"], r["balance_fen"]) for r in after.to_pylist() if r["balance_fen"]]
    assert left == [
        (r["fund"], r["account"], r["balance_fen"]) for r in balances.to_pylist() if r["balance_fen"]
    ]
    for key in ("r1", "r2"):
        if key == "r1":
            assert (
                json.loads(reverse(OFFICER, "r1", Reversal(said["settlement_id"], "录入错误"), at=AT))
                == undone
            )
            continue
        with pytest.raises(ReversedAlready):
            reverse(OFFICER, key, Reversal(said["settlement_id"], "录入错误"), at=AT)
    with pytest.raises(ReversedAlready):
        reverse(OFFICER, "r3", Reversal(undone["settlement_id"], "录入错误"), at=AT)


def test_an_earlier_reversal_adjusts_what_stands(agency):
    who = person()
    first = settled("s1", stay(who, 30_000, date(2023, 2, 1)))
    second = settled("s2", stay(who, 30_000, date(2023, 3, 1)))
    assert second["basic_fen"] >= first["basic_fen"]
    reverse(OFFICER, "r1", Reversal(first["settlement_id"], "重复录入"), at=AT)
    row = YearRow.objects.get()
    year = year_of(row)
    alone = [Filed("x", unpacked(Claim, Settlement.objects.get(pk=second["settlement_id"]).claim))]
    (_, working), = settle_in_order(params_on, alone)  # fmt: skip
    for payer in Payer:
        adjusted = sum(a.difference_fen for a in year.adjustments if a.payer == payer)
        assert adjusted == working.payers[payer] - second[f"{payer.name.lower()}_fen"]
    assert year.so_far == advance(NOTHING_YET, working.change)
    assert LateEvent.objects.get().cause == LateCause.EARLIER_REVERSED
    owed = {
        fund: balance_fen(trial_balance_of(CITY), fund, "payable_people")
        for fund in ("basic", "catastrophic")
    }
    assert owed["basic"] == -sum(a.difference_fen for a in year.adjustments if a.payer == Payer.BASIC)


def test_a_back_dated_category_is_paid_as_adjustments(agency):
    who = person()
    said = settled("s1", stay(who, 100_000, date(2023, 4, 1)))
    assert said["assistance_fen"] == 0
    order = Recognition(
        who, Category.SUBSISTENCE_ALLOWANCE, Department.CIVIL_AFFAIRS, date(2023, 3, 1), None, "补认定"
    )
    recognise_category(OFFICER, "c1", order, today=AT.date())
    late = LateFact(who, 2023, LateCause.CATEGORY_BACK_DATED, "民政补认定")
    found = json.loads(replay(OFFICER, "l1", late, at=AT))
    assert found["changed"] == 1 and found["adjustments"]
    assert json.loads(replay(OFFICER, "l1", late, at=AT)) == found
    assert sum(a["difference_fen"] for a in found["adjustments"] if a["payer"] == Payer.ASSISTANCE) > 0
    again = json.loads(replay(OFFICER, "l2", late, at=AT))
    assert again == {"changed": 0, "adjustments": []}
    later = settled("s2", stay(who, 1_000, date(2023, 6, 1)))
    assert later["assistance_fen"] >= 0
    year = year_of(YearRow.objects.get())
    replayed = settle_in_order(params_on, year.standing)
    assert advance(replayed[-1][0], replayed[-1][1].change) == year.so_far


def test_reversing_after_a_replay_leaves_nothing_owed(agency):
    who = person()
    said = settled("s1", stay(who, 100_000, date(2023, 4, 1)))
    order = Recognition(
        who, Category.EXTREME_POVERTY, Department.CIVIL_AFFAIRS, date(2023, 3, 1), None, "补认定"
    )
    recognise_category(OFFICER, "c1", order, today=AT.date())
    replay(OFFICER, "l1", LateFact(who, 2023, LateCause.CATEGORY_BACK_DATED, "补认定"), at=AT)
    reverse(OFFICER, "r1", Reversal(said["settlement_id"], "录入错误"), at=AT)
    assert so_far_of(who) == NOTHING_YET
    assert [row for row in trial_balance_of(CITY).to_pylist() if row["balance_fen"]] == []
    assert sum(row.difference_fen for row in AdjustmentRow.objects.all()) == 0


def test_a_working_is_worked_out_again_and_is_the_same(agency):
    who = person(certified="dialysis")
    dialysis = {"kind": VisitKind.CHRONIC, "disease_code": "dialysis", "institution_code": HOSPITAL}
    bills = [visit(who, 4_000, date(2023, 2, 1), **dialysis), stay(who, 30_000), visit(who, 90)]
    bills.append(stay(who, 90_000, date(2023, 7, 1)))
    for number, bill in enumerate(bills):
        said = settled(f"s{number}", bill)
        row = Settlement.objects.get(pk=said["settlement_id"])
        assert same_working(row, working_of(row.pk))
    assert Settlement.objects.filter(visit__kind=VisitKind.CHRONIC, basic_fen__gt=0).count() == 1
    with pytest.raises(NoSuchSettlement):
        working_of(999)


def test_another_version_is_said_and_never_guessed(agency, monkeypatch):
    said = settled("s1", stay(person(), 30_000))
    monkeypatch.setattr("yibao.settlement.queries.rules_hash", lambda: "another")
    with pytest.raises(VersionChanged, match="规则"):
        working_of(said["settlement_id"])


def test_what_is_kept_is_never_changed(agency):
    settled("s1", stay(person(), 30_000))
    for table in ("settlement", "visit", "termsused"):
        for statement in (f"UPDATE settlement_{table} SET id = id", f"DELETE FROM settlement_{table}"):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    assert TermsUsed.objects.count() == 1


def test_a_vector_of_another_layout_is_refused():
    with pytest.raises(LayoutChanged, match="yibao migrate"):
        unpacked(YearSoFar, packed(NOTHING_YET)[8:])
    changed = NOTHING_YET._replace(stays=3, quota_paid_fen=tuple(range(len(NOTHING_YET.quota_paid_fen))))
    assert unpacked(YearSoFar, packed(changed)) == changed


def test_nobody_settles_outside_the_area(agency):
    who = person()
    elsewhere = actor(Role.COUNTY_OFFICER, "140106")
    for somebody in (elsewhere, actor(Role.SUPERVISOR, CITY), actor(Role.CITY_OFFICER, "410100")):
        with pytest.raises(BillWrong, match="管辖地区"):
            settle(somebody, "k", stay(who, 100), at=AT)
        with pytest.raises(BillWrong):
            pre_settle(somebody, stay(who, 100), at=AT)
    said = settled("s1", stay(who, 100))
    supervisor = actor(Role.SUPERVISOR, CITY)
    assert settlement_of(supervisor, said["settlement_id"], reason="检查").person_fen == said["person_fen"]
    assert AuditRecord.objects.filter(action="look_at_settlement", actor=supervisor.name).count() == 1
    for outside in (elsewhere, actor(Role.SUPERVISOR, "140106"), actor(Role.TAX_OFFICER, CITY)):
        with pytest.raises(NoSuchSettlement):
            settlement_of(outside, said["settlement_id"], reason="检查")
    with pytest.raises(NoSuchSettlement):
        reverse(elsewhere, "r", Reversal(said["settlement_id"], "x"), at=AT)


def test_two_hundred_at_once_are_some_order_and_pass_no_cap(busy):
    who = person()
    draw = random.Random(5)
    bills = [stay(who, 9_000 + n, date(2023, 1 + n % 12, 2)) for n in range(40)]
    bills += [visit(who, 30 + n, date(2023, 1 + n % 12, 1 + n % 28 // 2)) for n in range(160)]
    draw.shuffle(bills)
    works = [lambda b=bill, n=number: settle(OFFICER, f"k{n}", b, at=AT) for number, bill in enumerate(bills)]
    said = at_once(works, workers=12)
    assert [one for one in said if not isinstance(one, str)] == []
    rows = list(Settlement.objects.order_by("sequence"))
    assert [row.sequence for row in rows] == list(range(1, 201))
    so_far = NOTHING_YET
    for row, (before, working) in zip(rows, settle_in_order(params_on, claims_of(who)), strict=True):
        assert unpacked(YearSoFar, row.before) == before
        assert same_working(row, working)
        so_far = advance(before, working.change)
    assert so_far_of(who) == so_far
    terms = params_on(day_number(rows[0].served_on))
    assert so_far.basic_capped_fen == terms.basic_cap.annual_cap_fen[0], "the bills together reach the cap"
    assert so_far.pooling_paid_fen == terms.pooling.annual_cap_fen[0]


def test_first_settlements_of_many_at_once_make_one_year_each(busy):
    people = [person() for _ in range(4)]
    works = [
        lambda w=who, n=number: settle(OFFICER, f"k{w}-{n}", stay(w, 100 + n), at=AT)
        for who in people
        for number in range(6)
    ]
    assert all(isinstance(one, str) for one in at_once(works, workers=12))
    assert sorted(YearRow.objects.values_list("sequence", flat=True)) == [6] * 4


def test_reversed_at_once_is_reversed_once(busy):
    said = settled("s1", stay(person(), 30_000))
    order = Reversal(said["settlement_id"], "录入错误")
    found = at_once([lambda n=n: reverse(OFFICER, f"r{n}", order, at=AT) for n in range(6)])
    assert sorted(type(one).__name__ for one in found) == ["ReversedAlready"] * 5 + ["str"]
    assert Settlement.objects.count() == 2


def test_settling_reversing_and_replaying_at_once_equal_the_replay(busy):
    who = person()
    first = [settled(f"s{n}", stay(who, 20_000 + n, date(2023, 1 + n, 1)))["settlement_id"] for n in range(4)]
    order = Recognition(
        who, Category.UNSTABLE_EXIT, Department.RURAL_REVITALISATION, date(2023, 1, 1), None, "名单"
    )
    recognise_category(OFFICER, "c", order, today=AT.date())
    works = [
        lambda n=n: settle(OFFICER, f"k{n}", stay(who, 5_000 + n, date(2023, 8, 1)), at=AT) for n in range(6)
    ]
    works += [lambda i=i: reverse(OFFICER, f"r{i}", Reversal(i, "错"), at=AT) for i in first[:3]]
    works += [
        lambda n=n: replay(OFFICER, f"l{n}", LateFact(who, 2023, LateCause.CATEGORY_BACK_DATED, "补"), at=AT)
        for n in range(3)
    ]
    assert [one for one in at_once(works) if not isinstance(one, str)] == []
    year = year_of(YearRow.objects.get())
    assert len(year.standing) == 7
    replayed = settle_in_order(params_on, year.standing)
    assert advance(replayed[-1][0], replayed[-1][1].change) == year.so_far
    balances = trial_balance_of(CITY)
    due = sum(working.payers.basic_fen for _, working in replayed)
    assert balance_fen(balances, "basic", *BENEFIT_ACCOUNTS.values()) == due
