"""E1–E10: the faults measured in another system, each with the amount it should have come to.

A place of our own has one plain rule: in-scope cost at 70 %, in one county after a deductible of 100 yuan, in another up to
50 yuan a year.
"""

import json
import shutil
from datetime import date

import pytest
from tests.agency.at_once import at_once
from tests.agency.people import registration
from tests.agency.settling import AT, stay
from tests.agency.striking import Struck, everything, struck

from yibao.benefits.terms import ItemClass
from yibao.enrolment.actions import register
from yibao.enrolment.models import Person
from yibao.enrolment.orders import Cover
from yibao.journeys.settlement.settling import settle
from yibao.ledger.actions import MonthClosed, post_entry
from yibao.ledger.books import Line, balance_fen
from yibao.ledger.closing import (
    ClosedAlready,
    MonthBeforeOpen,
    NoSuchPeriod,
    close_month,
    close_year,
    closed_periods,
)
from yibao.ledger.queries import journal_of, trial_balance_of
from yibao.packs.policies import policies_folder
from yibao.payment.models import Designation, Institution
from yibao.rights.actors import Actor, Granted
from yibao.rights.terms import Role
from yibao.settlement.models import Settlement, YearRow
from yibao.settlement.orders import BillLine
from yibao.settlement.queries import year_of

PLAIN, WITH_DEDUCTIBLE, CAPPED = "990100", "990200", "990300"
SOMEBODY = Actor("somebody", (Granted(Role.CITY_OFFICER, "990000"),))
RULE = """
hospital:
  label: 住院
  2023-01-01:
    deductible: {{third_rate: {deductible} 元}}
    rate: {{third_rate: 70%}}
    repeat: [100%]
    path_rate: {{}}
    path_class: {{}}
    referral_keeps_deductible: false
    source: 测试
    standing: assumed
basic_cap:
  label: 限额
  2023-01-01:
    annual_cap: {cap} 元
    source: 测试
    standing: assumed
"""


@pytest.fixture
def places(tmp_path, monkeypatch):
    folder = tmp_path / "policies"
    shutil.copytree(policies_folder(), folder)
    for code, deductible, cap in ((PLAIN, 0, 70000), (WITH_DEDUCTIBLE, 100, 70000), (CAPPED, 0, 50)):
        place = folder / f"{code}_plain"
        place.mkdir()
        head = f'code: "{code}"\nname: {{zh: 某地, en: Somewhere}}\nparent: "140100"\n'
        (place / "pack.yaml").write_text(head, "utf-8")
        (place / "benefits.yaml").write_text(RULE.format(deductible=deductible, cap=cap), "utf-8")
    monkeypatch.setenv("YIBAO_POLICIES", str(folder))


@pytest.fixture
def agency(database, places):
    row = Institution.objects.create(code="H-1", name="某院", class_code="third_rate", county_code=PLAIN)
    Designation.objects.create(institution=row, first_day=date(2022, 1, 1))


def insured(area_code: str, key: str = "p") -> int:
    cover = Cover(date(2023, 1, 1), date(2023, 12, 31), 2023, area_code)
    order = registration(county_code=area_code, covers=(cover,))
    return int(json.loads(register(SOMEBODY, key, order, today=AT.date()))["person_id"])


def bill(person_id: int, *amounts_fen: int):
    lines = tuple(BillLine(f"I{n}", ItemClass.A, 10_000, amount) for n, amount in enumerate(amounts_fen))
    return stay(person_id, 0, totals=None, lines=lines)


def paid(key: str, person_id: int, *amounts_fen: int) -> int:
    said = json.loads(settle(SOMEBODY, key, bill(person_id, *amounts_fen), at=AT))
    assert said["total_fen"] == sum(amounts_fen) and said["refusal"] == 0
    return int(said["basic_fen"])


def test_e1_one_item_at_seventy_percent(agency):
    who = insured(PLAIN)
    assert paid("a", who, 6_060) == 4_242
    assert year_of(YearRow.objects.get()).so_far.basic_paid_fen == 4_242


def test_e2_below_the_deductible_nothing_is_paid_and_nothing_counted_as_paid(agency):
    assert paid("a", insured(WITH_DEDUCTIBLE), 6_060) == 0
    so_far = year_of(YearRow.objects.get()).so_far
    assert (so_far.basic_paid_fen, so_far.basic_capped_fen, so_far.in_scope_fen) == (0, 0, 6_060)


def test_e3_items_do_not_multiply(agency):
    assert paid("a", insured(PLAIN), 6_060, 4_027, 8_000, 5_800) == 16_721
    assert Settlement.objects.get().total_fen == 23_887
    assert -balance_fen(trial_balance_of(PLAIN), "basic", "payable_institutions") == 16_721


def test_e3_a_bill_of_six_lines_after_a_deductible(agency):
    assert paid("a", insured(WITH_DEDUCTIBLE), 10_000, 6_510, 15_000, 10_000, 15_000, 10_000) == 39_557


def test_e4_a_ceiling_is_reached_and_not_passed(agency):
    who = insured(CAPPED)
    assert [paid("a", who, 6_060), paid("b", who, 6_060), paid("c", who, 6_060)] == [4_242, 758, 0]


def test_e5_two_at_once_stay_below_the_ceiling(postgres, places):
    row = Institution.objects.create(code="H-1", name="某院", class_code="third_rate", county_code=PLAIN)
    Designation.objects.create(institution=row, first_day=date(2022, 1, 1))
    who = insured(CAPPED)
    said = at_once([lambda k=k: paid(k, who, 6_060) for k in ("a", "b")])
    assert sorted(said) == [758, 4_242]


def test_e6_a_failure_in_the_middle_leaves_nothing(agency):
    who = insured(PLAIN)
    before = everything()
    for at in range(1, 10):
        with struck(at, "after"), pytest.raises(Struck):
            paid("a", who, 6_060)
        assert everything() == before
    assert paid("a", who, 6_060) == 4_242


def test_e7_a_household_of_four_has_four_members(agency):
    first = insured(PLAIN)
    household = Person.objects.get(pk=first).household_id
    for key in ("q", "r", "s"):
        order = registration(county_code=PLAIN, household_id=household)
        register(SOMEBODY, key, order, today=AT.date())
    assert Person.objects.filter(household_id=household).count() == 4


def test_e8_the_same_claim_twice_is_one(agency):
    who = insured(PLAIN)
    first = settle(SOMEBODY, "a", bill(who, 6_060), at=AT)
    assert settle(SOMEBODY, "a", bill(who, 6_060), at=AT) == first
    assert Settlement.objects.count() == 1


def booked(day: date, amount_fen: int = 100) -> None:
    lines = [
        Line(1, day, "fiscal_account", "basic", amount_fen, "contribution", "x"),
        Line(1, day, "contribution_person", "basic", -amount_fen, "contribution", "x"),
    ]
    post_entry(PLAIN, lines)


def test_e9_a_month_is_closed_once_and_is_that_month(database):
    for month in (3, 4):
        booked(date(2023, month, 31 if month == 3 else 30))
    close_month(PLAIN, "2023-03", actor="a")
    with pytest.raises(ClosedAlready, match="2023-03"):
        close_month(PLAIN, "2023-03", actor="a")
    close_month(PLAIN, "2023-04", actor="a")
    assert closed_periods(PLAIN) == ["2023-03", "2023-04"]
    with pytest.raises(NoSuchPeriod):
        close_month(PLAIN, "2023-13", actor="a")


@pytest.mark.parametrize("when", ["before", "after"])
def test_e10_a_closing_that_fails_half_way_is_undone(database, when):
    booked(date(2023, 12, 31))
    before = everything()
    for at in range(1, 60):
        try:
            with struck(at, when):
                close_year(PLAIN, 2023, actor="a")
        except Struck:
            assert everything() == before
        else:
            break
    assert 5 < at < 59
    assert balance_fen(trial_balance_of(PLAIN), "basic", "contribution_person") == 0
    assert balance_fen(trial_balance_of(PLAIN), "basic", "general_balance") == -100


def test_months_are_closed_in_order_and_take_no_more_entries(database):
    booked(date(2024, 2, 29))
    booked(date(2024, 3, 1))
    with pytest.raises(MonthBeforeOpen, match="2024-02"):
        close_month(PLAIN, "2024-03", actor="a")
    close_month(PLAIN, "2024-02", actor="a")
    before = journal_of(PLAIN)
    for day in (date(2024, 2, 1), date(2024, 2, 29)):
        with pytest.raises(MonthClosed, match="记入下一期间"):
            booked(day)
    assert journal_of(PLAIN).equals(before)
    booked(date(2024, 3, 31))
    close_month("990200", "2024-02", actor="a")


def test_closing_and_posting_at_once_leave_no_entry_uncounted(postgres):
    booked(date(2023, 5, 1))
    counted: list[int] = []

    def close() -> str:
        close_month(PLAIN, "2023-05", actor="a")
        counted.append(trial_balance_of(PLAIN, through=date(2023, 5, 31)).to_pylist()[0]["debit_fen"])
        return "closed"

    works = [lambda: booked(date(2023, 5, 31)) or "in"] * 8 + [close]
    said = at_once(works)
    posted = sum(1 for one in said if one == "in")
    assert {type(one).__name__ for one in said} <= {"str", "MonthClosed"} and "closed" in said
    assert counted == [100 * (1 + posted)]


def test_two_closings_at_once_close_once(postgres):
    booked(date(2023, 5, 1))
    said = at_once([lambda: close_month(PLAIN, "2023-05", actor="a") or "closed"] * 5)
    assert sorted(type(one).__name__ for one in said) == ["ClosedAlready"] * 4 + ["str"]
