"""One application from registration to certificate: each step once, taken up where it stopped, whoever goes on with it."""

import itertools
import json
from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.people import identity_no, registration
from tests.agency.settling import CITY, COUNTY, OFFICER
from tests.agency.striking import Struck, everything, struck

from yibao.assistance.terms import Category
from yibao.enrolment.actions import recognise_category, register, stop
from yibao.enrolment.failures import FactsWrong, IdentityTaken
from yibao.enrolment.models import Coverage, Person
from yibao.enrolment.orders import LifeOrder, Recognition
from yibao.enrolment.params import LifeCycleParams
from yibao.enrolment.terms import Department, OneApplicationStep
from yibao.financing.models import ContributionBill, ContributionPayment
from yibao.financing.terms import CollectionChannel
from yibao.journeys.enrolment.applying import (
    EnrolOrder,
    Taken,
    YearAsked,
    apply_to_enrol,
    go_on,
    pay_for,
    supply,
)
from yibao.journeys.financing.contributing import BillOrder, PayOrder, bill_person, pay
from yibao.journeys.financing.contribution_failures import AmountDiffers, NotEnrolled
from yibao.journeys.verifying.database import database_findings
from yibao.public_services.actions import end_application
from yibao.public_services.failures import (
    ApplicationEnded,
    ApplicationWrong,
    NoSuchApplication,
    StepTaken,
)
from yibao.public_services.models import Application, ApplicationStep, Certificate
from yibao.public_services.orders import EndApplication
from yibao.public_services.queries import application_of, overdue_applications
from yibao.public_services.terms import ApplicationEvent, ApplicationState, Paper
from yibao.rights.actors import Actor, Granted, NotAllowed
from yibao.rights.terms import Role

DAY = date(2022, 11, 1)
DUE_FEN = 35_000
TAX = actor(Role.TAX_OFFICER, CITY)
BOTH = Actor("window", (Granted(Role.COUNTY_OFFICER, COUNTY), Granted(Role.TAX_OFFICER, COUNTY)), "test")
SHOWN = (Paper.IDENTITY_PAPER,)
COUNTER = Taken(DUE_FEN, CollectionChannel.COUNTER, "n1", DAY)


def asked(payment: Taken | None = None, *, papers: tuple[Paper, ...] = SHOWN, **facts: object) -> EnrolOrder:
    person = registration(county_code=COUNTY, happened_on=DAY, **facts)
    return EnrolOrder("本人", DAY, person, YearAsked(2023), papers, payment)


def applied(order: EnrolOrder, key: str = "a", who: Actor = OFFICER, today: date = DAY) -> dict:
    return json.loads(apply_to_enrol(who, key, order, today=today))


def done(application_id: int) -> list[ApplicationEvent]:
    rows = ApplicationStep.objects.filter(application_id=application_id).order_by("id")
    return [ApplicationEvent(row.event) for row in rows]


def test_everything_at_one_go_with_the_payment_taken_at_the_counter(database):
    said = applied(asked(COUNTER), who=BOTH)
    assert said["state"] == ApplicationState.COMPLETED and said["next_step"] == -1
    assert (said["first_day"], said["last_day"], said["waiting_last_day"]) == (
        "2023-01-01",
        "2023-12-31",
        None,
    )
    assert len(said["vouchers"]) == len(said["certificates"]) == 1
    assert done(said["application_id"]) == [
        ApplicationEvent.RECEIVED, ApplicationEvent.ACCEPTED, ApplicationEvent.REGISTERED,
        ApplicationEvent.CATEGORY_CHECKED, ApplicationEvent.BILLED, ApplicationEvent.PAID,
        ApplicationEvent.VOUCHER_ISSUED, ApplicationEvent.CERTIFICATE_ISSUED, ApplicationEvent.COMPLETED,
    ]  # fmt: skip
    before = everything()
    assert applied(asked(COUNTER, number=Person.objects.get().identities.get().number), who=BOTH) == said
    assert everything() == before
    assert database_findings() == []


def test_without_a_payment_it_waits_and_whoever_collects_ends_it(database):
    order = asked()
    said = applied(order)
    assert said["state"] == ApplicationState.IN_HAND and said["next_step"] == OneApplicationStep.PAYMENT
    assert said["person_pays_fen"] == DUE_FEN and said["coverage_id"] is None
    with pytest.raises(NotAllowed, match="缴费"):
        applied(replace(asked(COUNTER)), "b")
    with pytest.raises(AmountDiffers):
        pay_for(TAX, "p0", said["application_id"], replace(COUNTER, amount_fen=1), today=DAY)
    paid = pay_for(TAX, "p1", said["application_id"], COUNTER, today=DAY)
    assert pay_for(TAX, "p1", said["application_id"], COUNTER, today=DAY) == paid
    assert json.loads(paid)["state"] == ApplicationState.COMPLETED
    assert applied(order) == json.loads(paid)
    with pytest.raises(ApplicationEnded):
        pay_for(TAX, "p2", said["application_id"], COUNTER, today=DAY)
    with pytest.raises(NoSuchApplication):
        pay_for(actor(Role.TAX_OFFICER, "140106"), "p3", said["application_id"], COUNTER, today=DAY)
    assert database_findings() == []


def test_paid_at_the_tax_office_it_is_taken_up_by_another_officer(database):
    said = applied(asked())
    pay(TAX, "tax", PayOrder(said["bill_id"], DUE_FEN, CollectionChannel.ONLINE, "t1", DAY))
    other = actor(Role.COUNTY_OFFICER, COUNTY)
    ended = json.loads(go_on(other, said["application_id"], today=date(2022, 11, 3)))
    assert ended["state"] == ApplicationState.COMPLETED and ended["first_day"] == "2023-01-01"
    voucher = Certificate.objects.get(check_number=ended["vouchers"][0])
    assert json.loads(voucher.facts)["external_no"] == "t1"
    assert database_findings() == []


def test_who_has_nothing_to_pay_is_covered_at_once_with_a_voucher_of_who_paid(database):
    order = asked()
    who = json.loads(register(OFFICER, "r", order.registration, today=DAY))["person_id"]
    tag = Recognition(who, Category.EXTREME_POVERTY, Department.CIVIL_AFFAIRS, date(2022, 1, 1), None, "名单")
    recognise_category(OFFICER, "c", tag, today=DAY)
    said = applied(order)
    assert said["person_id"] == who and Person.objects.count() == 1
    assert said["state"] == ApplicationState.COMPLETED and said["first_day"] == "2023-01-01"
    facts = json.loads(Certificate.objects.get(check_number=said["vouchers"][0]).facts)
    assert (facts["amount_fen"], facts["payment_id"]) == (0, None)
    assert facts["contribution_fen"] == facts["aid_assistance_fund_fen"] == DUE_FEN
    assert ApplicationEvent.PAID not in done(said["application_id"])
    assert database_findings() == []


def test_a_missing_paper_stops_everything_until_it_comes_and_the_limit_begins_then(database):
    said = applied(asked(papers=()))
    assert (said["state"], said["missing"], said["due_on"]) == (
        ApplicationState.WAITING_FOR_PAPERS,
        [Paper.IDENTITY_PAPER],
        None,
    )
    assert Person.objects.count() == 0
    again = json.loads(supply(OFFICER, "s", said["application_id"], SHOWN, today=date(2022, 11, 10)))
    assert (again["next_step"], again["due_on"]) == (OneApplicationStep.PAYMENT, "2022-11-17")
    later = supply(OFFICER, "s", said["application_id"], SHOWN, today=date(2022, 11, 11))
    assert json.loads(later) == again
    late = overdue_applications(OFFICER, date(2022, 11, 18))
    assert [row.pk for row in late] == [said["application_id"]]
    assert not overdue_applications(OFFICER, date(2022, 11, 17)).exists()
    assert not overdue_applications(actor(Role.CITY_OFFICER, "140200"), date(2022, 12, 1)).exists()


def test_a_failure_in_a_later_step_leaves_the_earlier_ones_and_the_same_key_goes_on(database):
    order = asked()
    order = replace(order, year=YearAsked(2023, hukou_local=False))
    with pytest.raises(NotEnrolled):
        applied(order)
    row = Application.objects.get()
    assert (row.state, row.bill, row.person_id) == (ApplicationState.IN_HAND, None, Person.objects.get().pk)
    with pytest.raises(NotEnrolled):
        applied(order)
    assert Application.objects.count() == 1
    ended = EndApplication(row.pk, DAY, "不符合参保条件")
    end_application(OFFICER, "e", ended)
    assert applied(order)["state"] == ApplicationState.TURNED_DOWN
    with pytest.raises(ApplicationEnded):
        end_application(OFFICER, "e2", ended)


def test_a_person_whose_facts_do_not_agree_or_who_is_elsewhere_is_not_taken_for_another(database):
    number = identity_no(date(1980, 5, 1))
    applied(asked(number=number))
    with pytest.raises(ApplicationWrong, match="不一致"):
        applied(asked(number=number, name="乙某"), "b")
    elsewhere = registration(county_code="140106", number=number, happened_on=DAY)
    with pytest.raises(ApplicationWrong, match="登记在 140105"):
        applied(EnrolOrder("本人", DAY, elsewhere, YearAsked(2023), SHOWN), "c")
    with pytest.raises(IdentityTaken):
        applied(
            EnrolOrder("本人", DAY, elsewhere, YearAsked(2023), SHOWN),
            "d",
            actor(Role.COUNTY_OFFICER, "140106"),
        )
    with pytest.raises(FactsWrong):
        applied(asked(born_on=date(1980, 5, 2), number=identity_no(date(1980, 5, 1))), "e")
    assert Person.objects.count() == 1


def test_billed_it_cannot_be_withdrawn_and_without_a_bill_it_can(database):
    said = applied(asked())
    with pytest.raises(StepTaken):
        end_application(OFFICER, "e", EndApplication(said["application_id"], DAY, "本人撤回", withdrawn=True))
    other = applied(asked(papers=()), "b")
    end_application(OFFICER, "f", EndApplication(other["application_id"], DAY, "本人撤回", withdrawn=True))
    row = application_of(OFFICER, other["application_id"], reason="查询")
    assert (row.state, row.reason) == (ApplicationState.WITHDRAWN, "本人撤回")
    with pytest.raises(NoSuchApplication):
        application_of(actor(Role.CITY_OFFICER, "140200"), other["application_id"], reason="查询")


def test_who_was_stopped_is_registered_again(database):
    order = asked()
    who = json.loads(register(OFFICER, "r", order.registration, today=DAY))["person_id"]
    stop(OFFICER, "x", LifeOrder(who, DAY, "迁出"), LifeCycleParams((0,) * 5), today=DAY)
    said = applied(order)
    assert said["person_id"] == who and said["next_step"] == OneApplicationStep.PAYMENT


def test_raw_sql_changes_no_step_and_opens_no_ended_application(database):
    said = applied(asked(COUNTER), who=BOTH)
    for statement in (
        "UPDATE public_services_applicationstep SET event = 9",
        "DELETE FROM public_services_certificate",
        "UPDATE public_services_application SET reason = 'x'",
        "DELETE FROM public_services_application",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert said["state"] == ApplicationState.COMPLETED


def test_what_was_put_into_an_application_by_hand_is_found(database):
    one, two = applied(asked(), "k1"), applied(asked(), "k2")
    assert database_findings() == []
    rows = Application.objects
    rows.filter(pk=one["application_id"]).update(done_steps=63, person_id=two["person_id"])
    rows.filter(pk=two["application_id"]).update(state=ApplicationState.COMPLETED, ended_on=DAY)
    found = {(finding.row, finding.column) for finding in database_findings()}
    assert found == {
        (one["application_id"], "done_steps"),
        (one["application_id"], "bill"),
        (two["application_id"], "state"),
    }


def test_one_key_at_once_is_one_application_and_one_payment(postgres):
    order = asked(COUNTER)
    found = at_once([lambda: applied(order, who=BOTH)] * 6)
    assert all(one == found[0] for one in found) and found[0]["state"] == ApplicationState.COMPLETED
    assert (Application.objects.count(), ContributionPayment.objects.count(), Coverage.objects.count()) == (
        1,
        1,
        1,
    )
    assert database_findings() == []


def test_two_applications_of_one_person_at_once_bill_once(postgres):
    order = asked()
    found = at_once([lambda n=n: applied(order, f"k{n}") for n in range(4)])
    assert Person.objects.count() == 1 and ContributionBill.objects.count() == 1
    assert sum(isinstance(one, dict) for one in found) == 1, found
    assert database_findings() == []


def test_a_failure_at_any_statement_leaves_whole_steps_and_going_on_ends_the_same(database):
    for at in itertools.count(1):
        key, order = f"k{at}", asked(replace(COUNTER, external_no=f"n{at}"))
        try:
            with struck(at, "after"):
                applied(order, key, BOTH)
        except Struck:
            assert database_findings() == []
            assert applied(order, key, BOTH)["state"] == ApplicationState.COMPLETED
        else:
            break
    assert at > 40
    assert Application.objects.count() == ContributionPayment.objects.count() == Person.objects.count() == at
    assert database_findings() == []


def test_a_bill_of_before_is_said(database):
    order = asked()
    who = json.loads(register(OFFICER, "r", order.registration, today=DAY))["person_id"]
    bill_person(OFFICER, "b", BillOrder(who, 2023, DAY))
    with pytest.raises(ValueError, match="已有应缴"):
        applied(order)


def test_officers_who_go_on_at_once_all_see_it_end_once(postgres):
    said = applied(asked())
    pay(TAX, "tax", PayOrder(said["bill_id"], DUE_FEN, CollectionChannel.ONLINE, "t1", DAY))
    officers = [actor(Role.COUNTY_OFFICER, COUNTY, f"officer{n}") for n in range(4)]
    found = at_once([lambda who=who: go_on(who, said["application_id"], today=DAY) for who in officers])
    assert all(isinstance(one, str) and one == found[0] for one in found), found
    assert done(said["application_id"]).count(ApplicationEvent.PAID) == 1
    assert Certificate.objects.count() == 2
    assert database_findings() == []
