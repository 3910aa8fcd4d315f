"""Every kind of filing from first to last: made, automatic, changed, ended, and what it says of settling directly.

carries_out: SVC-04, SVC-05, SVC-07
"""

import json
from datetime import date

import pytest
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.settling import AT, CITY, COUNTY, OFFICER, person, stay
from tests.agency.test_filing import ELSEWHERE, filed, path_of, prepared

from yibao.benefits.models import Filing
from yibao.benefits.terms import CarePath, FilingKind
from yibao.enrolment.actions import suspend
from yibao.enrolment.failures import NoSuchPerson
from yibao.enrolment.orders import LifeOrder
from yibao.enrolment.params import LifeCycleParams
from yibao.journeys.settlement.ending_filing import (
    ChangeFiling,
    EndFiling,
    NoSuchFiling,
    change_filing,
    end_filing,
)
from yibao.journeys.settlement.facts import FILED_PATHS
from yibao.journeys.settlement.filing import AtAdmission, NotFiled, file_at_admission
from yibao.journeys.settlement.outside import StayOutside, direct_settlement
from yibao.journeys.settlement.settling import settle
from yibao.journeys.verifying.database import database_findings
from yibao.packs.entries import PolicyFailure
from yibao.packs.policies import policies
from yibao.payment.models import Institution
from yibao.rights.terms import Role
from yibao.settlement.models import FilingEnd
from yibao.settlement.terms import OUTSIDE_WORDS, OutsideWay

STRANGER = actor(Role.CITY_OFFICER, "410100")


@pytest.fixture
def agency(database):
    prepared()
    yield
    assert database_findings() == []


def filing_id(who: int, kind: FilingKind, first_day: date, key: str = "f") -> int:
    filed(who, kind, first_day, key)
    return Filing.objects.latest("id").pk


def ended(number: int, last_day: date, on: date, key: str = "e") -> str | None:
    return json.loads(end_filing(OFFICER, key, EndFiling(number, last_day, on, "回参保地")))["last_day"]


def changed(
    number: int, first_day: date, on: date, key: str = "c", to_code: str = "500000"
) -> dict[str, object]:
    return json.loads(change_filing(OFFICER, key, ChangeFiling(number, to_code, first_day, on, "搬迁")))


def asked(who: int, discharged_on: date, asked_on: date, **more: object):
    return direct_settlement(OFFICER, StayOutside(who, ELSEWHERE, discharged_on, asked_on, **more))


@pytest.mark.parametrize("kind", list(FilingKind))
def test_every_kind_has_a_path_and_an_action(agency, kind):
    who = person()
    last_day = filed(who, kind, date(2023, 3, 1))
    assert last_day == (None if kind is FilingKind.LIVES_OUTSIDE else "2023-08-31")
    assert path_of(who, date(2023, 8, 31)) == FILED_PATHS[kind]


def admission(who: int, **more: object) -> AtAdmission:
    facts = {"emergency": False, "referred": False, "card_verified": True, **more}
    return AtAdmission(who, "OUT", date(2023, 5, 1), **facts)  # type: ignore[arg-type]


def test_filed_by_itself_at_admission_it_settles_as_the_entry_says(agency):
    entry = policies().area(COUNTY).entry("public_services", "automatic_filing", date(2023, 5, 1))
    assert FILED_PATHS[FilingKind.AUTOMATIC_OUTSIDE] is CarePath[entry.values["settles_as"]]
    who = person()
    said = json.loads(file_at_admission(OFFICER, "a", admission(who)))
    assert said["last_day"] == "2023-10-31"
    assert path_of(who, date(2023, 5, 9)) == CarePath.UNFILED
    assert asked(who, date(2023, 5, 9), date(2023, 5, 9)).way is OutsideWay.SETTLED_DIRECTLY
    better = filing_id(who, FilingKind.REFERRED_OUTSIDE, date(2023, 5, 1))
    assert path_of(who, date(2023, 5, 10)) == CarePath.REFERRED
    assert asked(who, date(2023, 5, 10), date(2023, 5, 10)).filing_id == better


def test_every_condition_of_automatic_filing_that_is_not_met_is_said_at_once(agency):
    who = person()
    suspend(OFFICER, "s", LifeOrder(who, date(2023, 4, 30), "x"), LifeCycleParams((0,) * 5), today=AT.date())
    with pytest.raises(NotFiled) as said:
        file_at_admission(OFFICER, "a", admission(who, emergency=True, referred=True, card_verified=False))
    for part in ("急诊", "转诊", "缴费状态不正常", "未核验"):
        assert part in str(said.value)
    local = AtAdmission(person(), "H-1", date(2023, 5, 1), False, False, True)
    with pytest.raises(NotFiled, match="不必备案"):
        file_at_admission(OFFICER, "b", local)
    with pytest.raises(NotFiled, match="没有机构"):
        file_at_admission(OFFICER, "c", AtAdmission(who, "none", date(2023, 5, 1), False, False, True))
    with pytest.raises(NoSuchPerson):
        file_at_admission(STRANGER, "d", admission(who))
    assert Filing.objects.count() == 0


def test_an_area_without_the_entry_files_nothing_by_itself():
    for code in ("220200", "410100", "500112"):
        with pytest.raises(PolicyFailure, match="automatic_filing"):
            policies().area(code).entry("public_services", "automatic_filing", date(2023, 5, 1))


@pytest.mark.parametrize(
    ("filed_on", "too_early", "first_allowed"),
    [
        ("2023-01-31", "2023-07-30", "2023-07-31"),
        ("2022-08-31", "2023-02-27", "2023-02-28"),  # no 31st of February: its last day
        ("2023-02-28", "2023-08-27", "2023-08-28"),
    ],
)
def test_who_lives_outside_changes_after_six_months_to_the_day(agency, filed_on, too_early, first_allowed):
    who = person()
    day, early, allowed = map(date.fromisoformat, (filed_on, too_early, first_allowed))
    number = filing_id(who, FilingKind.LIVES_OUTSIDE, day)
    for attempt in (lambda: changed(number, early, early), lambda: ended(number, early, early)):
        with pytest.raises(NotFiled, match=f"满 6 个月（{first_allowed}）"):
            attempt()
    said = changed(number, allowed, allowed)
    assert said["last_day"] is None
    assert path_of(who, early) == CarePath.FILED and path_of(who, allowed) == CarePath.UNFILED
    old, new = Filing.objects.order_by("id")
    assert (old.last_day, new.first_day, new.to_code) == (early, allowed, "500000")
    assert FilingEnd.objects.get().followed_by_id == new.pk


def test_a_temporary_filing_ends_any_day_and_one_not_begun_is_void(agency):
    who = person()
    number = filing_id(who, FilingKind.REFERRED_OUTSIDE, date(2023, 3, 1))
    assert ended(number, date(2023, 4, 10), date(2023, 4, 10)) == "2023-04-10"
    assert path_of(who, date(2023, 4, 10)) == CarePath.REFERRED
    assert path_of(who, date(2023, 4, 11)) == CarePath.UNFILED
    assert ended(number, date(2023, 4, 10), date(2023, 4, 10)) == "2023-04-10", "the same key again"
    with pytest.raises(NoSuchFiling, match="或已终止"):
        ended(number, date(2023, 4, 9), date(2023, 4, 9), "again")
    later = filing_id(who, FilingKind.REFERRED_OUTSIDE, date(2023, 6, 1), "g")
    assert ended(later, date(2023, 5, 1), date(2023, 5, 1), "h") is None
    assert path_of(who, date(2023, 6, 1)) == CarePath.UNFILED
    assert asked(who, date(2023, 6, 1), date(2023, 6, 1)).filing_id is None


def test_an_end_does_not_reach_back_nor_past_the_end_there_is(agency):
    who = person()
    number = filing_id(who, FilingKind.REFERRED_OUTSIDE, date(2023, 3, 1))
    with pytest.raises(NotFiled, match="早于办理日"):
        ended(number, date(2023, 4, 9), date(2023, 4, 10))
    with pytest.raises(NotFiled, match="自行到期"):
        ended(number, date(2023, 8, 31), date(2023, 4, 10))
    with pytest.raises(NotFiled, match="不必备案"):
        changed(number, date(2023, 4, 10), date(2023, 4, 10), to_code="140106")
    for nobody in (STRANGER, actor(Role.INSTITUTION_USER, CITY)):
        with pytest.raises(NoSuchFiling):
            end_filing(nobody, "x", EndFiling(number, date(2023, 5, 1), date(2023, 5, 1), "x"))
    assert FilingEnd.objects.count() == 0 and Filing.objects.get().last_day == date(2023, 8, 31)


def test_made_up_before_discharge_it_is_direct_and_after_paying_oneself_it_is_by_hand(agency):
    who, out = person(), date(2023, 4, 20)
    before = asked(who, out, out)
    assert (before.way, before.path) == (OutsideWay.FILE_FIRST, CarePath.UNFILED)
    # admitted on the 10th, filed on the day of discharge for the time from admission
    number = filing_id(who, FilingKind.REFERRED_OUTSIDE, date(2023, 4, 10))
    Filing.objects.filter(pk=number).update(filed_on=out)
    assert asked(who, out, date(2023, 4, 19)).way is OutsideWay.FILE_FIRST, "not filed yet on that day"
    found = asked(who, out, out)
    assert (found.way, found.path, found.filing_id) == (
        OutsideWay.SETTLED_DIRECTLY,
        CarePath.REFERRED,
        number,
    )
    bill = stay(who, 20_000, out, institution_code="OUT", care_path=CarePath.UNFILED)
    referred = json.loads(settle(OFFICER, "s", bill, at=AT))["basic_fen"]
    unfiled = json.loads(
        settle(
            OFFICER,
            "t",
            stay(person(), 20_000, out, institution_code="OUT", care_path=CarePath.UNFILED),
            at=AT,
        )
    )["basic_fen"]
    assert referred > unfiled
    paid = asked(who, out, date(2023, 5, 8), self_paid=True)
    assert (paid.way, paid.path) == (OutsideWay.BY_HAND, CarePath.REFERRED)
    assert set(OUTSIDE_WORDS) == set(OutsideWay)
    with pytest.raises(NoSuchPerson):
        direct_settlement(STRANGER, StayOutside(who, ELSEWHERE, out, out))


def test_filed_at_admission_ended_and_changed_at_once_it_is_done_once(postgres):
    prepared()
    who = person()
    said = at_once([lambda: file_at_admission(OFFICER, "k", admission(who))] * 4)
    assert len(set(said)) == 1 and Filing.objects.count() == 1
    number = Filing.objects.get().pk
    works = [lambda n=n: ended(number, date(2023, 6, 1), date(2023, 6, 1), f"e{n}") for n in range(3)]
    works += [lambda n=n: changed(number, date(2023, 6, 2), date(2023, 6, 1), f"c{n}") for n in range(3)]
    found = at_once(works)
    assert sorted(type(one).__name__ for one in found).count("NoSuchFiling") == 5
    assert FilingEnd.objects.count() == 1
    assert Institution.objects.count() == 3
