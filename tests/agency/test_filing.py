"""Filing for care outside: six months to the day, in time or late, and what a settlement outside goes by."""

import json
from datetime import date

import pytest
from tests.agency.at_once import at_once
from tests.agency.settling import AT, OFFICER, institutions, person, stay

from yibao.benefits.models import Filing
from yibao.benefits.terms import CarePath, FilingKind
from yibao.engine.terms import Claim
from yibao.journeys.settlement.filing import FileOrder, NotFiled, file_outside
from yibao.journeys.settlement.reversing import replay
from yibao.journeys.settlement.settling import settle
from yibao.journeys.verifying.database import database_findings
from yibao.payment.models import Designation, Institution
from yibao.settlement.models import Settlement
from yibao.settlement.orders import LateFact
from yibao.settlement.terms import LateCause
from yibao.settlement.vectors import unpacked

ELSEWHERE = "410102"


@pytest.fixture
def agency(database):
    prepared()


def prepared() -> None:
    institutions()
    row = Institution.objects.create(
        code="OUT", name="外院", class_code="outside_province", county_code=ELSEWHERE
    )
    Designation.objects.create(institution=row, first_day=date(2022, 1, 1))


def filed(who: int, kind: FilingKind, first_day: date, key: str = "f", to_code: str = "410100") -> str | None:
    order = FileOrder(who, kind, to_code, first_day, first_day, "外出就医")
    return json.loads(file_outside(OFFICER, key, order))["last_day"]


def path_of(who: int, day: date, said: CarePath = CarePath.UNFILED) -> CarePath:
    bill = stay(who, 20_000, day, institution_code="OUT", care_path=said)
    answer = json.loads(settle(OFFICER, f"s{day}-{said}", bill, at=AT))
    return CarePath(unpacked(Claim, Settlement.objects.get(pk=answer["settlement_id"]).claim).care_path)


@pytest.mark.parametrize(
    ("first", "last"),
    [("2023-01-15", "2023-07-14"), ("2023-02-28", "2023-08-27"), ("2022-08-31", "2023-02-27"), ("2023-01-01", "2023-06-30")],
)  # fmt: skip
def test_a_temporary_filing_holds_six_months_to_the_day(agency, first, last):
    who = person()
    first_day, last_day = date.fromisoformat(first), date.fromisoformat(last)
    assert filed(who, FilingKind.REFERRED_OUTSIDE, first_day) == last
    days = [last_day, last_day.fromordinal(last_day.toordinal() + 1)]
    assert [path_of(who, day) for day in days] == [CarePath.REFERRED, CarePath.UNFILED]
    assert database_findings() == []


def test_who_lives_there_is_filed_until_cancelled_and_for_that_place_only(agency):
    who = person()
    assert filed(who, FilingKind.LIVES_OUTSIDE, date(2022, 3, 1)) is None
    assert path_of(who, date(2023, 12, 1)) == CarePath.FILED
    other = person()
    filed(other, FilingKind.LIVES_OUTSIDE, date(2022, 3, 1), "g", to_code="500000")
    assert path_of(other, date(2023, 11, 1)) == CarePath.UNFILED


def test_what_the_institution_says_stands_and_the_best_filing_counts(agency):
    who = person()
    filed(who, FilingKind.EMERGENCY_OUTSIDE, date(2023, 3, 1), "f1")
    filed(who, FilingKind.REFERRED_OUTSIDE, date(2023, 3, 1), "f2")
    filed(who, FilingKind.OTHER_OUTSIDE, date(2023, 3, 1), "f3")
    assert path_of(who, date(2023, 4, 1)) == CarePath.REFERRED
    assert path_of(who, date(2023, 4, 2), CarePath.EMERGENCY) == CarePath.EMERGENCY


def test_filed_after_the_settlement_it_is_paid_as_an_adjustment(agency):
    who = person()
    assert path_of(who, date(2023, 4, 1)) == CarePath.UNFILED
    filed(who, FilingKind.REFERRED_OUTSIDE, date(2023, 3, 20))
    late = LateFact(who, 2023, LateCause.FILING_LATE, "补办备案")
    found = json.loads(replay(OFFICER, "l", late, at=AT))
    assert found["changed"] == 1 and sum(a["difference_fen"] for a in found["adjustments"]) > 0
    assert database_findings() == []


def test_what_needs_no_filing_or_cannot_be_is_refused(agency):
    who = person()
    for code, said in (("140106", "不必备案"), ("4101", "区划代码")):
        with pytest.raises(NotFiled, match=said):
            filed(who, FilingKind.REFERRED_OUTSIDE, date(2023, 1, 1), to_code=code)
    assert Filing.objects.count() == 0


def test_filed_twice_at_once_under_one_key_is_filed_once(postgres):
    prepared()
    who = person()
    said = at_once([lambda: filed(who, FilingKind.REFERRED_OUTSIDE, date(2023, 1, 1))] * 6)
    assert said == ["2023-06-30"] * 6
    assert Filing.objects.count() == 1
