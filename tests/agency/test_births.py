"""Birth at one go: both paths to cover from birth, the days on which one becomes the other, and what comes later."""

import itertools
import json
from dataclasses import replace
from datetime import date

import pytest
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.people import identity_no, registration
from tests.agency.settling import AT, CITY, COUNTY, OFFICER, institutions, stay
from tests.agency.striking import Struck, struck

from yibao.enrolment.actions import identify, register
from yibao.enrolment.failures import FactsWrong, IdentityTaken
from yibao.enrolment.models import Coverage, Identity, Person
from yibao.enrolment.orders import Document, NewDocument
from yibao.enrolment.queries import person_with
from yibao.enrolment.terms import IdentityKind
from yibao.financing.models import ContributionBill
from yibao.financing.terms import CollectionChannel
from yibao.journeys.enrolment.applying import Taken, pay_for
from yibao.journeys.enrolment.births import BirthOrder, enrol_newborn
from yibao.journeys.financing.contribution_failures import NotEnrolled
from yibao.journeys.settlement.settling import settle
from yibao.journeys.verifying.database import database_findings
from yibao.packs.benefit_years import NoBenefitYear
from yibao.public_services.failures import ApplicationWrong
from yibao.public_services.models import Application
from yibao.public_services.terms import ApplicationState, Paper
from yibao.rights.terms import Role

SHOWN = (Paper.BIRTH_PAPER, Paper.PARENT_IDENTITY_PAPER, Paper.HOUSEHOLD_PAPER)
MOTHER = identity_no(date(1995, 3, 2), sex=2)
TAX = actor(Role.TAX_OFFICER, CITY)
NEXT_YEAR_FEN = 35_000
FULL_FEN = 35_000 + 64_000


def mother(county_code: str = COUNTY, officer=OFFICER) -> int:
    order = registration(
        "母某",
        born_on=date(1995, 3, 2),
        sex=2,
        number=MOTHER,
        county_code=county_code,
        happened_on=date(2022, 1, 1),
    )
    return json.loads(register(officer, "mother", order, today=AT.date()))["person_id"]


def birth(born: str, applied: str, **more: object) -> BirthOrder:
    facts = {
        "name": "新生儿",
        "sex": 1,
        "county_code": COUNTY,
        "papers": SHOWN,
        "birth_certificate_no": "A140000001",
    }
    parent = Document(IdentityKind.IDENTITY_NUMBER, MOTHER)
    days = {"born_on": date.fromisoformat(born), "applied_on": date.fromisoformat(applied)}
    return BirthOrder(applicant="母某", parent=parent, **days, **(facts | more))  # type: ignore[arg-type]


def enrolled(order: BirthOrder, key: str = "b", officer=OFFICER) -> dict:
    return json.loads(enrol_newborn(officer, key, order, today=order.applied_on))


@pytest.mark.parametrize(
    ("born", "applied", "last"),
    [
        ("2023-05-10", "2023-05-10", "2023-12-31"),
        ("2023-05-10", "2023-08-08", "2023-12-31"),  # the ninetieth day
        ("2023-05-10", "2023-08-09", "2023-12-31"),  # the ninety-first: this city sets no such limit
        ("2023-01-01", "2023-12-31", "2023-12-31"),
        (
            "2022-12-31",
            "2022-12-31",
            "2022-12-31",
        ),  # the window of that year is not on file and is not needed
        ("2022-02-28", "2022-11-01", "2022-12-31"),
    ],
)
def test_in_the_year_of_birth_it_is_free_and_covered_from_birth(database, born, applied, last):
    parent = Person.objects.get(pk=mother())
    said = enrolled(birth(born, applied))
    assert said["state"] == ApplicationState.COMPLETED and said["person_pays_fen"] == 0
    assert (said["first_day"], said["last_day"], said["waiting_last_day"]) == (born, last, None)
    assert Person.objects.get(pk=said["person_id"]).household_id == parent.household_id
    assert enrolled(birth(born, applied)) == said and Person.objects.count() == 2
    assert database_findings() == []


@pytest.mark.parametrize(
    ("born", "applied", "full_financing", "due_fen"),
    [
        ("2022-12-31", "2023-01-01", False, NEXT_YEAR_FEN),
        ("2022-12-31", "2023-01-01", True, FULL_FEN),
        ("2022-01-01", "2023-12-31", True, FULL_FEN),
        ("2022-06-01", "2023-12-20", False, NEXT_YEAR_FEN),
    ],
)
def test_not_registered_then_the_next_years_contribution_or_financing_covers_from_birth(
    database, born, applied, full_financing, due_fen
):
    mother()
    order = birth(born, applied, full_financing=full_financing)
    said = enrolled(order)
    due = ContributionBill.objects.get()
    assert (said["person_pays_fen"], due.benefit_year) == (due_fen, 2023)
    assert Coverage.objects.count() == 0
    taken = Taken(due_fen, CollectionChannel.ONLINE, "n1", order.applied_on)
    ended = json.loads(pay_for(TAX, "p", said["application_id"], taken, today=order.applied_on))
    assert (ended["first_day"], ended["last_day"], ended["waiting_last_day"]) == (born, "2023-12-31", None)
    assert database_findings() == []


def test_full_financing_is_the_next_years_own_two_parts(database):
    mother()
    enrolled(birth("2022-12-31", "2023-01-01", full_financing=True))
    bill = ContributionBill.objects.get()
    assert bill.contribution_fen == bill.person_pays_fen == FULL_FEN
    assert bill.aid_assistance_fund_fen + bill.aid_municipal_fen + bill.aid_county_fen == 0


def test_what_the_rule_on_file_does_not_cover_from_birth_is_refused(database):
    mother()
    with pytest.raises(ApplicationWrong, match="不须按次年"):
        enrolled(birth("2023-05-10", "2023-06-01", full_financing=True))
    with pytest.raises(ApplicationWrong, match="早于出生"):
        enrolled(birth("2023-05-10", "2023-05-09"))
    with pytest.raises(NoBenefitYear):
        enrolled(birth("2021-12-31", "2023-01-01"))
    with pytest.raises(ApplicationWrong, match="不能登记为父母"):
        enrolled(birth("1990-01-01", "2023-01-01"))
    with pytest.raises(NotEnrolled, match="户籍"):
        enrolled(birth("2023-05-10", "2023-06-01", parent_hukou_local=False))
    assert Coverage.objects.count() == 0


@pytest.mark.parametrize(("applied", "covered"), [("2023-08-08", True), ("2023-08-09", False)])
def test_an_area_with_a_limit_covers_from_birth_up_to_its_last_day(database, applied, covered):
    officer = actor(Role.CITY_OFFICER, "500000")
    order = birth("2023-05-10", applied, county_code="500112")
    if not covered:
        with pytest.raises(ApplicationWrong, match="90 日登记期限"):
            enrolled(order, officer=officer)
        assert Application.objects.count() == 0
        return
    said = enrolled(order, officer=officer)
    assert said["person_pays_fen"] > 0
    taken = Taken(said["person_pays_fen"], CollectionChannel.ONLINE, "n1", order.applied_on)
    tax = actor(Role.TAX_OFFICER, "500000")
    ended = json.loads(pay_for(tax, "p", said["application_id"], taken, today=order.applied_on))
    assert ended["first_day"] == "2023-05-10" and ended["waiting_last_day"] is None


def test_an_area_without_the_later_path_says_so(database):
    officer = actor(Role.CITY_OFFICER, "410100")
    order = birth("2022-12-31", "2023-01-05", county_code="410105")
    with pytest.raises(ApplicationWrong, match="不能自出生之日起"):
        enrolled(order, officer=officer)


def test_a_parent_who_is_not_registered_here_gives_the_child_a_household_of_its_own(database):
    said = enrolled(birth("2023-05-10", "2023-05-20"))
    assert Person.objects.get(pk=said["person_id"]).household_id is not None
    assert Person.objects.count() == 1
    mother()
    assert enrolled(birth("2023-05-10", "2023-05-20")) == said


def test_a_missing_paper_is_asked_for(database):
    said = enrolled(birth("2023-05-10", "2023-05-20", papers=(Paper.BIRTH_PAPER,)))
    assert said["missing"] == [Paper.HOUSEHOLD_PAPER, Paper.PARENT_IDENTITY_PAPER]
    assert Person.objects.count() == 0


def test_the_identity_number_comes_later_and_leads_to_the_same_person(database):
    said = enrolled(birth("2023-05-10", "2023-05-20"))
    number = identity_no(date(2023, 5, 10), sex=1)
    today = date(2023, 9, 1)
    wrong = NewDocument(said["person_id"], Document(IdentityKind.IDENTITY_NUMBER, MOTHER), today, "上户口")
    with pytest.raises(FactsWrong, match="出生日期不一致"):
        identify(OFFICER, "i0", wrong, today=today)
    right = replace(wrong, document=Document(IdentityKind.IDENTITY_NUMBER, number))
    first = identify(OFFICER, "i", right, today=today)
    assert identify(OFFICER, "i", right, today=today) == first
    for kind, held in (
        (IdentityKind.IDENTITY_NUMBER, number),
        (IdentityKind.BIRTH_CERTIFICATE, "A140000001"),
    ):
        found = person_with(OFFICER, held, reason="查询", kind=kind)
        assert found is not None and found.pk == said["person_id"]
    other = enrolled(birth("2023-05-10", "2023-05-20", birth_certificate_no="A2", name="同日"), "b2")
    with pytest.raises(IdentityTaken):
        identify(OFFICER, "j", replace(right, person_id=other["person_id"]), today=today)


def test_care_between_birth_and_registration_is_settled_by_hand_afterwards(database):
    institutions()
    said = enrolled(birth("2023-05-10", "2023-08-01"))
    bill = stay(said["person_id"], 20_000, date(2023, 5, 20))
    answer = json.loads(settle(OFFICER, "s", bill, at=AT))
    assert answer["refusal"] == 0 and answer["basic_fen"] > 0
    assert database_findings() == []


def test_one_certificate_at_once_is_one_child(postgres):
    mother()
    order = birth("2023-05-10", "2023-05-20")
    same = at_once([lambda: enrolled(order)] * 5)
    assert all(one == same[0] for one in same)
    at_once([lambda n=n: enrolled(order, f"k{n}") for n in range(4)])
    assert Person.objects.count() == 2 and Coverage.objects.count() == 1
    assert Identity.objects.filter(kind=IdentityKind.BIRTH_CERTIFICATE).count() == 1
    assert database_findings() == []


def test_a_failure_at_any_statement_leaves_whole_steps_and_the_same_key_ends_it(database):
    mother()
    for at in itertools.count(1):
        order = birth("2023-05-10", "2023-05-20", birth_certificate_no=f"A{at}")
        try:
            with struck(at, "after"):
                enrolled(order, f"k{at}")
        except Struck:
            assert database_findings() == []
            assert enrolled(order, f"k{at}")["state"] == ApplicationState.COMPLETED
        else:
            break
    assert at > 30 and Coverage.objects.count() == Application.objects.count() == at
    assert database_findings() == []
