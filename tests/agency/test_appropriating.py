"""The subsidy by level: due from people covered, arrived in the books, overdue by day, reported in December, corrected twice over.

carries_out: FIN-06, FIN-07, FIN-08, FIN-21
"""

import json
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from tests.agency.acting import actor
from tests.agency.financing import (
    FINANCE,
    TAX,
    balances,
    billed,
    key,
    paid,
    raced,
    registered,
)
from tests.agency.people import registration
from tests.agency.settling import AT, CITY, COUNTY
from tests.agency.striking import refuses_at_every_statement

from yibao.enrolment.actions import register
from yibao.enrolment.orders import Cover
from yibao.financing.fund_models import Appropriation, ArrivalReport
from yibao.financing.models import ContributionBill
from yibao.financing.terms import AppropriationStep, SubsidyLevel, University
from yibao.journeys.financing.appropriating import (
    REPORTED_LEVELS,
    AppropriationOrder,
    ArrivalReportOrder,
    LevelStanding,
    NotAppropriated,
    arrivals,
    record_appropriation,
    report_arrival,
    report_standing,
)
from yibao.journeys.financing.contributing import RefundOrder, refund
from yibao.journeys.financing.financed import financed_people, year_financing
from yibao.journeys.verifying.database import database_findings
from yibao.kernel.time_limits import Timeliness
from yibao.ledger.models import Entry
from yibao.rights.actors import NotAllowed
from yibao.rights.terms import Role

CENTRAL, PROVINCIAL, MUNICIPAL, OF_COUNTY, BOTH, _ = SubsidyLevel
BUDGETED, APPROPRIATED, ARRIVED = AppropriationStep
WESTERN = "140122"
DAY = date(2023, 12, 31)
FOR_COUNTY = AppropriationOrder(COUNTY, 2023, OF_COUNTY, ARRIVED, 6_400, date(2023, 6, 30), "县1")
PREFECTURE, ITS_COUNTY = "222400", "222401"
PREFECTURE_FINANCE = actor(Role.FINANCE_OFFICER, PREFECTURE)


def covered(county_code: str = COUNTY, **more: object) -> int:
    return paid(billed(registered(county_code=county_code), **more))


def recorded(order: AppropriationOrder = FOR_COUNTY, **more: object) -> int:
    said = record_appropriation(FINANCE, key(), replace(order, **more))
    return int(json.loads(said)["appropriation_id"])


def standing(day: date = DAY, area_code: str = CITY) -> dict[tuple[str, SubsidyLevel], LevelStanding]:
    rows = arrivals(FINANCE, area_code=area_code, benefit_year=2023, day=day)
    return {(row.county_code, row.level): row for row in rows}


def test_what_is_due_follows_from_the_people_covered_and_their_split(database):
    covered()
    given_back = covered()
    covered(WESTERN)
    covered(university=University.MINISTRY)
    covered(hukou_local=False, residence_permit=True)
    billed(registered())
    refund(TAX, key(), RefundOrder(given_back, date(2022, 12, 1), "退"))
    assert {place: row.due_fen for place, row in standing().items()} == {
        (COUNTY, CENTRAL): 2 * 38_400 + 64_000,
        (COUNTY, PROVINCIAL): 2 * 12_800,
        (COUNTY, MUNICIPAL): 2 * 6_400,
        (COUNTY, OF_COUNTY): 2 * 6_400,
        (WESTERN, CENTRAL): 51_200,
        (WESTERN, PROVINCIAL): 6_400,
        (WESTERN, MUNICIPAL): 3_200,
        (WESTERN, OF_COUNTY): 3_200,
    }
    assert standing()[COUNTY, CENTRAL].people == 3 and standing()[COUNTY, PROVINCIAL].people == 2
    assert (
        sum(row.due_fen for row in standing().values())
        == year_financing(CITY, 2023).subsidy_fen
        == 4 * 64_000
    )


def test_who_has_no_bill_counts_and_nobody_counts_twice(database):
    first = Cover(date(2023, 1, 1), date(2023, 3, 31), 2023, CITY)
    again = replace(first, first_day=date(2023, 5, 1), last_day=date(2023, 12, 31))
    order = registration(county_code=COUNTY, covers=(first, again), happened_on=date(2023, 1, 1))
    register(actor(Role.CITY_OFFICER, CITY), key(), order, today=AT.date())
    covered()
    rows = Counter({row.billed: row.people for row in financed_people(CITY, 2023)})
    assert rows == {1: 2}
    assert year_financing(CITY, 2023).contribution_fen == 70_000
    assert year_financing(CITY, 2022).people == 0


def test_who_gets_no_subsidy_counts_for_the_contribution_alone(database):
    covered()
    without = billed(registered())
    paid(without)
    ContributionBill.objects.filter(pk=without).update(subsidised=False)
    assert standing()[COUNTY, OF_COUNTY].due_fen == 6_400
    found = year_financing(CITY, 2023)
    assert (found.people, found.contribution_fen, found.subsidy_fen) == (2, 70_000, 64_000)


def test_each_step_is_recorded_and_what_arrived_is_in_the_books(database):
    covered()
    recorded(step=BUDGETED, amount_fen=6_000, happened_on=date(2022, 12, 1), document_no="预1")
    recorded(step=APPROPRIATED, amount_fen=6_000, happened_on=date(2023, 6, 1), document_no="拨1")
    assert Entry.objects.filter(memo="subsidy").count() == 0
    recorded(amount_fen=4_000)
    recorded(amount_fen=1_500, happened_on=date(2023, 7, 1), document_no="县2")
    row = standing()[COUNTY, OF_COUNTY]
    assert (row.due_fen, row.budgeted_fen, row.appropriated_fen, row.arrived_fen) == (
        6_400,
        6_000,
        6_000,
        5_500,
    )
    assert (row.budget_short_fen, row.outstanding_fen, row.state) == (400, 900, Timeliness.RUNNING)
    assert balances()["basic", "subsidy_county"] == -5_500
    assert balances()["basic", "fiscal_account"] == 5_500
    assert standing(date(2023, 6, 30))[COUNTY, OF_COUNTY].arrived_fen == 4_000
    assert database_findings() == []


def test_it_is_overdue_from_the_day_after_the_last_one_and_late_by_the_last_part(database):
    covered()
    recorded(amount_fen=6_399)
    assert standing(date(2023, 12, 31))[COUNTY, OF_COUNTY].state == Timeliness.RUNNING
    row = standing(date(2024, 1, 2))[COUNTY, OF_COUNTY]
    assert (row.state, row.days_late) == (Timeliness.OVERDUE, 2)
    recorded(amount_fen=1, happened_on=date(2024, 1, 3), document_no="县2")
    row = standing(date(2024, 2, 1))[COUNTY, OF_COUNTY]
    assert (row.state, row.days_late, row.outstanding_fen) == (Timeliness.LATE, 3, 0)
    assert standing(date(2024, 2, 1))[COUNTY, MUNICIPAL].days_late == 32


def test_a_second_record_corrects_a_first_in_the_books_as_well(database):
    covered()
    first = recorded(amount_fen=64_000)
    assert standing()[COUNTY, OF_COUNTY].above_due_fen == 57_600
    recorded(amount_fen=-57_600, corrects_id=first, document_no="更1", happened_on=date(2023, 7, 1))
    row = standing()[COUNTY, OF_COUNTY]
    assert (row.arrived_fen, row.above_due_fen, row.state) == (6_400, 0, Timeliness.IN_TIME)
    assert balances()["basic", "subsidy_county"] == -6_400
    recorded(amount_fen=5, happened_on=date(2023, 8, 1), document_no="县2")
    recorded(amount_fen=-5, corrects_id=first, document_no="更2", happened_on=date(2024, 1, 5))
    assert standing(date(2024, 2, 1))[COUNTY, OF_COUNTY].state == Timeliness.IN_TIME
    for more, why in (
        ({"amount_fen": -6_401, "corrects_id": first}, "金额为负"),
        ({"amount_fen": -1}, "写明更正"),
        ({"amount_fen": -1, "corrects_id": first, "level": MUNICIPAL}, "没有同县同级"),
        ({"amount_fen": 0}, "为零"),
        ({"document_no": " "}, "缺少文号"),
        ({"county_code": CITY}, "按县"),
        ({"document_no": "县1"}, "已经登记"),
    ):
        with pytest.raises(NotAppropriated, match=why):
            recorded(**{"document_no": "新", **more})
    assert Appropriation.objects.count() == 4 and database_findings() == []


def test_only_where_the_officer_may(database):
    covered()
    county = actor(Role.FINANCE_OFFICER, COUNTY)
    record_appropriation(county, key(), FOR_COUNTY)
    with pytest.raises(NotAllowed):
        record_appropriation(county, key(), replace(FOR_COUNTY, county_code=WESTERN))
    with pytest.raises(NotAllowed):
        record_appropriation(TAX, key(), FOR_COUNTY)
    with pytest.raises(NotAllowed):
        arrivals(county, area_code=CITY, benefit_year=2023, day=DAY)
    rows = arrivals(actor(Role.SUPERVISOR, COUNTY), area_code=COUNTY, benefit_year=2023, day=DAY)
    assert {row.county_code for row in rows} == {COUNTY}


def prefecture() -> None:
    cover = Cover(date(2022, 1, 1), date(2022, 12, 31), 2022, PREFECTURE)
    order = registration(county_code=ITS_COUNTY, covers=(cover,), happened_on=date(2022, 1, 1))
    register(actor(Role.CITY_OFFICER, PREFECTURE), key(), order, today=AT.date())


def test_the_december_report_is_of_city_and_county_money_and_is_in_time_by_mid_december(database):
    prefecture()
    order = AppropriationOrder(ITS_COUNTY, 2022, BOTH, ARRIVED, 3_000, date(2022, 12, 10), "到1")
    record_appropriation(PREFECTURE_FINANCE, key(), order)
    record_appropriation(PREFECTURE_FINANCE, key(), replace(order, level=CENTRAL, amount_fen=48_800))
    assert report_standing(PREFECTURE, 2022, date(2022, 12, 20)).limit.state == Timeliness.RUNNING
    assert report_standing(PREFECTURE, 2022, date(2022, 12, 21)).limit.state == Timeliness.OVERDUE
    sending = ArrivalReportOrder(PREFECTURE, 2022, date(2022, 12, 15), date(2022, 12, 18), "报1")
    said = json.loads(report_arrival(PREFECTURE_FINANCE, key(), sending))
    assert (said["due_fen"], said["arrived_fen"]) == (4_880, 3_000)
    (row,) = json.loads(ArrivalReport.objects.get().body)
    assert (row["county_code"], row["level"], row["outstanding_fen"]) == (ITS_COUNTY, BOTH, 1_880)
    assert BOTH in REPORTED_LEVELS and CENTRAL not in REPORTED_LEVELS
    later = report_standing(PREFECTURE, 2022, date(2022, 12, 31))
    assert (later.limit.state, later.reported_on) == (Timeliness.IN_TIME, [date(2022, 12, 18)])
    with pytest.raises(NotAppropriated, match="已经报送"):
        report_arrival(PREFECTURE_FINANCE, key(), sending)
    with pytest.raises(NotAppropriated, match="晚于"):
        report_arrival(PREFECTURE_FINANCE, key(), replace(sending, as_of=date(2022, 12, 19)))
    report_arrival(
        PREFECTURE_FINANCE, key(), replace(sending, reported_on=date(2022, 12, 28), document_no="报2")
    )
    assert report_standing(PREFECTURE, 2022, date(2022, 12, 31)).limit.state == Timeliness.IN_TIME
    assert database_findings() == []


def test_where_no_document_names_a_day_nothing_is_overdue_or_asked_for(database):
    cover = Cover(date(2023, 1, 1), date(2023, 12, 31), 2023, PREFECTURE)
    order = registration(county_code=ITS_COUNTY, covers=(cover,), happened_on=date(2023, 1, 1))
    register(actor(Role.CITY_OFFICER, PREFECTURE), key(), order, today=AT.date())
    rows = arrivals(PREFECTURE_FINANCE, area_code=PREFECTURE, benefit_year=2023, day=date(2025, 1, 1))
    assert {row.state for row in rows} == {Timeliness.NOT_ASKED} and rows[0].outstanding_fen > 0
    assert report_standing(CITY, 2023, DAY).limit.state == Timeliness.NOT_ASKED
    with pytest.raises(NotAppropriated, match="没有应报送"):
        report_arrival(FINANCE, key(), ArrivalReportOrder(CITY, 2023, DAY, DAY, "报"))


def test_recorded_corrected_and_reported_at_once_happens_once(postgres):
    covered()
    found = raced([lambda n=n: record_appropriation(FINANCE, f"a{n}", FOR_COUNTY) for n in range(5)])
    assert found == ["NotAppropriated"] * 4 + ["str"]
    first = Appropriation.objects.get().pk
    orders = [
        replace(FOR_COUNTY, amount_fen=-4_000, corrects_id=first, document_no=f"更{n}") for n in range(4)
    ]
    found = raced([lambda o=o: record_appropriation(FINANCE, key(), o) for o in orders])
    assert found == ["NotAppropriated"] * 3 + ["str"]
    sending = ArrivalReportOrder(CITY, 2023, DAY, DAY, "报")
    found = raced([lambda n=n: report_arrival(FINANCE, f"r{n}", sending) for n in range(4)])
    assert found == ["NotAppropriated"] * 3 + ["str"]
    assert balances()["basic", "subsidy_county"] == -2_400 and database_findings() == []


def test_a_failure_at_any_statement_changes_nothing(database):
    covered()
    refuses_at_every_statement(lambda: record_appropriation(FINANCE, "a", FOR_COUNTY))
    sending = ArrivalReportOrder(CITY, 2023, DAY, DAY, "报")
    refuses_at_every_statement(lambda: report_arrival(FINANCE, "r", sending))
