"""Certified and not enrolled: nobody is missing from the list, and each is followed up until it is closed.

carries_out: ENR-08, ENR-09, AID-03
"""

import csv
import json
from datetime import date

import fastexcel
import pytest
from django.db import IntegrityError, transaction
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.listed import TODAY, a_list, commit, committed, enrolled, looked_at, number_of, row
from tests.agency.people import identity_no, registration, year_cover
from tests.agency.settling import CITY, COUNTY, OFFICER
from tests.agency.striking import everything

from yibao.assistance.terms import Category
from yibao.enrolment.actions import register, stop
from yibao.enrolment.gap_failures import NoSuchGap, StillMissing
from yibao.enrolment.models import Coverage, GapFollowUp, ListRow, Person
from yibao.enrolment.orders import LifeOrder
from yibao.enrolment.params import LifeCycleParams
from yibao.enrolment.terms import FollowUp, GapState, Scheme, StopCause
from yibao.financing.terms import CollectionChannel
from yibao.journeys.financing.contributing import BillOrder, PayOrder, bill_person, pay
from yibao.journeys.lists.gaps import GapOrder, follow_gap, gaps, write_gaps
from yibao.rights.actors import NotAllowed
from yibao.rights.models import AuditRecord
from yibao.rights.terms import Role

DAY = date(2023, 6, 30)
OTHER_COUNTY = "140106"
OFF = LifeCycleParams((0,) * 5)


def certified(*people: int, **more: object) -> dict[str, object]:
    return committed(a_list(*(row(n + 2, who) for n, who in enumerate(people)), **more))


def found(day: date = DAY, area: str = CITY) -> dict[int, FollowUp]:
    return {gap.person_id or -(gap.row_id or 0): gap.follow_up for gap in gaps(OFFICER, area, day)}


def follow(person_id: int, state: GapState, key: str = "f", **more: object) -> str:
    order = GapOrder(person_id, None, state, DAY, str(more.pop("reason", "外出务工")), **more)
    return follow_gap(OFFICER, key, order, today=TODAY)


def test_everybody_certified_and_not_covered_is_found_with_what_is_to_be_done(database):
    covered, employee, nothing, billed, paid, dead, moved = (
        enrolled(f"甲{n}", covered=n < 2, born_on=date(1980, 5, 1)) for n in range(7)
    )
    Coverage.objects.filter(person=employee).update(scheme=Scheme.EMPLOYEE)
    elsewhere = enrolled("乙", covered=False)
    committed(a_list(row(2, billed), category=Category.STABLE_EXIT, as_of=date(2022, 9, 1)))
    for n, who in enumerate((billed, paid)):
        said = json.loads(bill_person(OFFICER, f"b{n}", BillOrder(who, 2023, date(2022, 11, 1))))
        if who == paid:
            order = PayOrder(
                said["bill_id"], said["person_pays_fen"], CollectionChannel.ONLINE, "n1", date(2022, 11, 2)
            )
            pay(actor(Role.TAX_OFFICER, CITY), "p", order)
    certified(covered, employee, nothing, billed, paid, dead, moved)
    certified(elsewhere, category=Category.ENTITLED_GROUP)
    Person.objects.filter(pk=dead).update(died_on=date(2023, 6, 2))
    stop(
        OFFICER, "m", LifeOrder(moved, date(2023, 6, 5), "迁出", cause=StopCause.MOVED_AWAY), OFF, today=TODAY
    )
    assert found() == {nothing: FollowUp.TO_REGISTER, billed: FollowUp.TO_PAY}
    gap = next(gap for gap in gaps(OFFICER, CITY, DAY) if gap.person_id == billed)
    assert gap.owes_fen > 0 and gap.state is GapState.FOUND_MISSING
    assert found(date(2023, 5, 1)) == {billed: FollowUp.TO_PAY}, "by a certification of 2022"


def test_somebody_on_a_list_whom_nobody_registered_is_a_gap_until_covered(database):
    number = identity_no(date(1960, 1, 1))
    committed(a_list(row(2, name="丙", identity_no=number, county=COUNTY), as_of=date(2023, 5, 1)))
    ((key, todo),) = found().items()
    assert key < 0 and todo is FollowUp.TO_REGISTER
    committed(a_list(row(2, enrolled("甲")), as_of=date(2023, 6, 1)))
    assert found() == {}, "the newest list of the department counts"
    committed(a_list(row(2, name="丙", identity_no=number), as_of=date(2023, 6, 15)))
    assert len(found()) == 1
    row_id = ListRow.objects.latest("id").pk
    closing = GapOrder(None, row_id, GapState.CLOSED_DIED, DAY, "村委会来函")
    with pytest.raises(StillMissing, match="名单行"):
        follow_gap(OFFICER, "x", closing, today=TODAY)
    newcomer = registration(
        "丙", number=number, born_on=date(1960, 1, 1), county_code=COUNTY, covers=(year_cover(),)
    )
    register(OFFICER, "r", newcomer, today=TODAY)
    assert found() == {}


def test_follow_up_is_kept_and_closes_only_what_the_register_or_evidence_bears_out(database):
    who, promised = enrolled("甲", covered=False), enrolled("乙", covered=False)
    certified(who, promised)
    follow(promised, GapState.PROMISED, "p", promised_on=date(2023, 6, 15))
    follow(who, GapState.CONTACTED, "c")
    state = {gap.person_id: (gap.state, gap.overdue, gap.reason) for gap in gaps(OFFICER, CITY, DAY)}
    assert state == {
        who: (GapState.CONTACTED, False, "外出务工"),
        promised: (GapState.PROMISED, True, "外出务工"),
    }
    for closing in (GapState.CLOSED_ENROLLED, GapState.CLOSED_DIED):
        with pytest.raises(StillMissing, match=f"人员 {who}"):
            follow(who, closing, "no")
    for wrong in (
        {"state": GapState.CLOSED_ELSEWHERE},
        {"state": GapState.PROMISED},
        {"state": GapState.CONTACTED, "reason": " "},
    ):
        with pytest.raises(NoSuchGap):
            follow(who, key="no", **wrong)
    follow(who, GapState.CLOSED_ELSEWHERE, "e", evidence="参保证明 12 号")
    assert set(found()) == {promised}
    Coverage.objects.create(
        person_id=promised, scheme=Scheme.RESIDENT, area_code=CITY, benefit_year=2023, first_day=date(2023, 6, 20),
        last_day=date(2023, 12, 31), planned_last_day=date(2023, 12, 31),
    )  # fmt: skip
    follow(promised, GapState.CLOSED_ENROLLED, "done")
    assert found() == {}
    with pytest.raises(IntegrityError), transaction.atomic():
        GapFollowUp.objects.update(reason="改")
    assert GapFollowUp.objects.filter(person=promised).count() == 2


def test_what_is_outside_the_area_does_not_exist(database):
    here, there = enrolled("甲", covered=False), enrolled("乙", covered=False, county=OTHER_COUNTY)
    certified(here, there)
    officer = actor(Role.COUNTY_OFFICER, COUNTY)
    assert [gap.person_id for gap in gaps(officer, COUNTY, DAY)] == [here]
    assert set(found()) == {here, there}
    with pytest.raises(NotAllowed):
        gaps(officer, CITY, DAY)
    before = everything()
    with pytest.raises(NoSuchGap):
        follow_gap(officer, "x", GapOrder(there, None, GapState.CONTACTED, DAY, "x"), today=TODAY)
    with pytest.raises(NoSuchGap):
        follow_gap(officer, "y", GapOrder(None, 999, GapState.CONTACTED, DAY, "x"), today=TODAY)
    assert everything() == before


def test_the_file_of_gaps_is_by_county_and_taking_it_is_written_down(database, tmp_path):
    here, there = enrolled("甲", covered=False), enrolled("乙", covered=False, county=OTHER_COUNTY)
    certified(here, there)
    Person.objects.filter(pk=there).update(name="=乙")
    commit(looked_at(a_list(row(2, name="丙", identity_no="", county=COUNTY), category=Category.STABLE_EXIT)))
    assert write_gaps(OFFICER, CITY, DAY, tmp_path / "gaps.xlsx", reason="督办") == 3
    sheet = fastexcel.read_excel(tmp_path / "gaps.xlsx").load_sheet(0, header_row=None).to_polars()
    assert [sheet.row(2)[0], sheet.row(3)[0]] == [COUNTY, OTHER_COUNTY]
    assert [int(float(sheet.row(at)[1])) for at in (2, 3)] == [2, 1]
    assert write_gaps(OFFICER, CITY, DAY, tmp_path / "gaps.csv", reason="督办") == 3
    with (tmp_path / "gaps.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    assert [cells[1] for cells in rows] == ["甲", "丙", "'=乙"] and rows[0][2] == number_of(here)
    assert AuditRecord.objects.filter(action="take_gaps").count() == 2


def test_follow_ups_at_once_are_all_kept_and_one_under_one_key(postgres):
    who = enrolled("甲", covered=False)
    certified(who)
    said = at_once([lambda n=n: follow(who, GapState.CONTACTED, f"k{n}") for n in range(4)])
    assert len(set(said)) == 4
    said = at_once([lambda: follow(who, GapState.CONTACTED, "same")] * 4)
    assert len(set(said)) == 1 and GapFollowUp.objects.count() == 5
