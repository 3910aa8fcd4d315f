"""The enrolment window extended by a decision of two people: who pays in the longer window is covered as if in the printed one.

carries_out: FIN-17
"""

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from tests.agency.acting import actor
from tests.agency.financing import (
    POLICY,
    REVIEWER,
    TAX,
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

from yibao.assistance.terms import Category
from yibao.enrolment.models import Coverage
from yibao.financing.models import ContributionBill, ContributionPayment, WindowExtension
from yibao.journeys.financing.deciding import DecisionOrder, decide_financing
from yibao.journeys.financing.extending import ExtensionOrder, NotExtended, propose_extension
from yibao.journeys.verifying.database import database_findings
from yibao.rights.actors import NotAllowed
from yibao.rights.approvals import DecidedAlready, NoSuchProposal, SamePerson, propose
from yibao.rights.models import Proposal
from yibao.rights.terms import Matter, Role

LONGER = ExtensionOrder(CITY, 2023, "并医保发〔2022〕99号", date(2022, 12, 21), date(2023, 1, 15), "疫情影响")
IN_EXTENSION = date(2023, 1, 10)


def extend(order: ExtensionOrder = LONGER) -> int:
    return int(decided(proposed(propose_extension(POLICY, key(), order)))["extension_id"])


def first_days() -> list[tuple[date, date | None]]:
    return list(Coverage.objects.order_by("id").values_list("first_day", "waiting_last_day"))


def test_paid_in_the_extension_it_covers_the_whole_year_and_keeps_the_decision(database):
    before, after = billed(registered()), billed(registered())
    paid(before, on=IN_EXTENSION)
    extension = extend()
    paid(after, on=IN_EXTENSION)
    late = first_days()[0]
    assert late[0] == IN_EXTENSION and late[1] is not None
    assert first_days()[1] == (date(2023, 1, 1), None)
    assert list(ContributionPayment.objects.order_by("id").values_list("extension_id", flat=True)) == [
        None,
        extension,
    ]
    assert database_findings() == []


def test_both_its_days_count_and_the_day_after_does_not(database):
    extension = extend()
    paid(billed(registered()), on=LONGER.first_day)
    assert ContributionPayment.objects.get().extension_id == extension
    paid(billed(registered()), on=LONGER.last_day)
    paid(billed(registered()), on=date(2023, 1, 16))
    assert [day for day, _ in first_days()] == [date(2023, 1, 1), date(2023, 1, 1), date(2023, 1, 16)]


def test_who_has_nothing_to_pay_is_billed_by_the_decision_and_a_county_has_its_own(database):
    of_county = replace(LONGER, area_code=COUNTY)
    extension = extend(of_county)
    billed(registered(category=Category.EXTREME_POVERTY), on=IN_EXTENSION)
    billed(registered(category=Category.EXTREME_POVERTY, county_code="140106"), on=IN_EXTENSION)
    billed(registered(category=Category.EXTREME_POVERTY))
    assert list(ContributionBill.objects.order_by("id").values_list("extension_id", flat=True)) == [
        extension,
        None,
        None,
    ]
    assert [day for day, _ in first_days()] == [date(2023, 1, 1), IN_EXTENSION, date(2023, 1, 1)]


def test_what_is_not_approved_extends_nothing_and_no_one_approves_alone(database):
    number = proposed(propose_extension(POLICY, key(), LONGER))
    with pytest.raises(NotAllowed):
        decided(number, by=TAX)
    with pytest.raises(SamePerson):
        decided(number, by=actor(Role.REVIEWER, CITY, POLICY.name))
    assert decided(number, approved=False) == {"approved": False}
    with pytest.raises(DecidedAlready):
        decided(number)
    assert WindowExtension.objects.count() == 0
    with pytest.raises(NotAllowed):
        propose_extension(TAX, key(), LONGER)


def test_all_problems_of_an_extension_are_told_at_once(database):
    with pytest.raises(NotExtended) as found:
        propose_extension(
            POLICY,
            key(),
            replace(LONGER, first_day=date(2022, 12, 25), last_day=date(2022, 12, 24), reason=" "),
        )
    assert len(found.value.problems) == 3 and "2022-12-20" in str(found.value)
    with pytest.raises(NotExtended, match="没有规定"):
        propose_extension(
            actor(Role.POLICY_OFFICER, "500000"),
            key(),
            replace(LONGER, area_code="500112", first_day=date(2023, 1, 1)),
        )
    assert Proposal.objects.count() == 0


def test_a_second_extension_goes_on_from_the_first(database):
    first = extend()
    with pytest.raises(NotExtended, match="2023-01-15"):
        propose_extension(POLICY, key(), LONGER)
    second = extend(replace(LONGER, first_day=date(2023, 1, 16), last_day=date(2023, 1, 31)))
    paid(billed(registered()), on=date(2023, 1, 20))
    paid(billed(registered()), on=IN_EXTENSION)
    assert list(ContributionPayment.objects.order_by("id").values_list("extension_id", flat=True)) == [
        second,
        first,
    ]


def test_a_proposal_of_something_else_is_not_decided_here(database):
    number = propose(actor(Role.FINANCE_OFFICER, CITY), Matter.FUND_MATTER, CITY, {"pay": 1})
    with pytest.raises(NoSuchProposal):
        decided(number)


def test_a_decision_stays_as_it_was_written(database):
    extend()
    paid(billed(registered()))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE financing_windowextension SET last_day = '2023-12-31'")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE financing_contributionpayment SET amount_fen = 1")


def test_two_extensions_from_one_day_at_once_are_one(postgres):
    numbers = [proposed(propose_extension(POLICY, key(), LONGER)) for _ in range(4)]
    found = raced(
        [lambda n=n: decide_financing(REVIEWER, f"d{n}", DecisionOrder(n, True, "")) for n in numbers]
    )
    assert found == ["NotExtended"] * 3 + ["str"]
    assert WindowExtension.objects.count() == 1


def test_a_failure_at_any_statement_changes_nothing(database):
    refuses_at_every_statement(lambda: propose_extension(POLICY, "p", LONGER))
    order = DecisionOrder(Proposal.objects.get().pk, True, "同意")
    refuses_at_every_statement(lambda: decide_financing(REVIEWER, "d", order))
