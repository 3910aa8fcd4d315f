"""Enrolment on a database: from registration to death, what is refused, and what two officers do at once."""

import dataclasses
import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.agency.acting import CITY, CITY_OFFICER, COUNTY, COUNTY_OFFICER, OTHER_COUNTY, actor
from tests.agency.at_once import at_once
from tests.agency.people import TODAY, identity_no, registration, year_cover
from tests.agency.test_rights import inside_by_levels

from yibao.assistance.terms import Category
from yibao.enrolment.actions import change, cover, recognise_category, register, resume, stop, suspend
from yibao.enrolment.failures import (
    CoverageOverlaps,
    EventNotAllowed,
    FactsWrong,
    IdentityTaken,
    NoSuchPerson,
    NothingToResume,
    StaleEdit,
)
from yibao.enrolment.models import Address, Coverage, Event, Identity, Person
from yibao.enrolment.orders import Change, Cover, CoverOrder, Document, LifeOrder, Place, Recognition
from yibao.enrolment.params import LifeCycleParams
from yibao.enrolment.queries import (
    category_tags_on,
    coverage_on,
    history_of,
    people,
    person_of,
    person_with,
)
from yibao.enrolment.terms import AddressKind, Department, EnrolmentState, IdentityKind, Scheme, StopCause
from yibao.rights.actors import Actor, Granted, NotAllowed
from yibao.rights.models import AuditRecord, Request
from yibao.rights.requests import KeyReused
from yibao.rights.roles import MAY
from yibao.rights.terms import Deed, Matter, Role

AREAS = ["000000", "990000", "990100", "990105", "990106", "990201", "980101"]
ON_THE_DAY = LifeCycleParams((0,) * 5)
AT_MONTH_END = LifeCycleParams((0, 0, 1, 0, 1))


def enrolled(key: str = "r1", **more: object) -> int:
    said = register(CITY_OFFICER, key, registration(covers=(year_cover(),), **more), today=TODAY)
    return int(json.loads(said)["person_id"])


def life(person_id: int, day: date, cause: StopCause = StopCause.ASKED) -> LifeOrder:
    return LifeOrder(person_id, day, "本人申请", cause=cause)


def days_of(person_id: int) -> list[tuple[date, date]]:
    rows = Coverage.objects.filter(person_id=person_id, void=False).order_by("first_day")
    return list(rows.values_list("first_day", "last_day"))


def test_a_life_from_registration_to_death(database):
    person = enrolled()
    suspend(CITY_OFFICER, "s1", life(person, date(2023, 3, 10)), AT_MONTH_END, today=TODAY)
    assert days_of(person) == [(date(2023, 1, 1), date(2023, 3, 31))]
    resume(CITY_OFFICER, "s2", life(person, date(2023, 5, 1)), AT_MONTH_END, today=TODAY)
    assert days_of(person) == [(date(2023, 1, 1), date(2023, 3, 31)), (date(2023, 5, 1), date(2023, 12, 31))]
    assert coverage_on(person, date(2023, 4, 15)) is None
    assert coverage_on(person, date(2023, 5, 1)) is not None
    stop(CITY_OFFICER, "s3", life(person, date(2023, 6, 20), StopCause.DIED), AT_MONTH_END, today=TODAY)
    assert days_of(person)[-1] == (date(2023, 5, 1), date(2023, 6, 20))
    found = Person.objects.get(pk=person)
    assert (found.state, found.died_on) == (EnrolmentState.STOPPED, date(2023, 6, 20))
    history = history_of(CITY_OFFICER, person, reason="核对")
    assert [(e.action, e.effective_on) for e in history] == [
        ("register", date(2023, 1, 1)),
        ("suspend", date(2023, 4, 1)),
        ("resume", date(2023, 5, 1)),
        ("stop", date(2023, 6, 21)),
    ]
    assert all(e.reason and e.actor == CITY_OFFICER.name for e in history)


def test_an_enrolment_suspended_before_it_began_has_no_day(database):
    person = enrolled()
    suspend(CITY_OFFICER, "s1", life(person, date(2023, 1, 1)), ON_THE_DAY, today=TODAY)
    assert days_of(person) == []
    resume(CITY_OFFICER, "s2", life(person, date(2023, 2, 1)), ON_THE_DAY, today=TODAY)
    assert days_of(person) == [(date(2023, 2, 1), date(2023, 12, 31))]


def test_what_a_state_does_not_allow_is_refused(database):
    person = enrolled()
    with pytest.raises(EventNotAllowed, match=r"正常参保.*不能办理续保"):
        resume(CITY_OFFICER, "s1", life(person, date(2023, 2, 1)), ON_THE_DAY, today=TODAY)
    stop(CITY_OFFICER, "s2", life(person, date(2023, 2, 1)), ON_THE_DAY, today=TODAY)
    for act in (suspend, resume, stop):
        with pytest.raises(EventNotAllowed):
            act(CITY_OFFICER, "s3", life(person, date(2023, 3, 1)), ON_THE_DAY, today=TODAY)
    assert Event.objects.count() == 2


def test_nothing_is_resumed_after_the_year(database):
    person = enrolled()
    suspend(CITY_OFFICER, "s1", life(person, date(2023, 3, 1)), ON_THE_DAY, today=TODAY)
    with pytest.raises(NothingToResume):
        resume(CITY_OFFICER, "s2", life(person, date(2024, 1, 1)), ON_THE_DAY, today=date(2024, 1, 2))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"number": "990105198005010010"}, "校验位不符"),
        ({"number": "99010519800501"}, "18 位"),
        ({"number": identity_no(date(1981, 1, 1), order=7)}, "出生日期不一致"),
        ({"number": identity_no(date(1980, 5, 1), sex=2, order=7)}, "性别不一致"),
        ({"born_on": date(2023, 7, 1)}, "在今天之后"),
        ({"name": " "}, "姓名"),
        ({"county_code": "99010"}, "区划代码"),
        ({"reason": ""}, "事由"),
        ({"happened_on": date(2023, 7, 1)}, "发生日期 2023-07-01 在今天之后"),
    ],
)  # fmt: skip
def test_wrong_facts_are_refused_in_words_and_nothing_changes(database, more, said):
    with pytest.raises(FactsWrong, match=said):
        enrolled(**more)
    assert (Person.objects.count(), Request.objects.count(), AuditRecord.objects.count()) == (0, 0, 0)


def test_all_problems_are_said_at_once(database):
    with pytest.raises(FactsWrong) as found:
        enrolled(name="", reason="", happened_on=date(2030, 1, 1))
    assert len(found.value.problems) == 3


def test_the_same_key_registers_once(database):
    order = registration()
    said = register(CITY_OFFICER, "k", order, today=TODAY)
    assert register(CITY_OFFICER, "k", order, today=TODAY) == said
    with pytest.raises(KeyReused):
        register(CITY_OFFICER, "k", dataclasses.replace(order, name="乙某"), today=TODAY)
    assert Person.objects.count() == 1


def test_a_document_identifies_one_person(database):
    order = registration()
    register(CITY_OFFICER, "k1", order, today=TODAY)
    with pytest.raises(IdentityTaken) as found:
        register(CITY_OFFICER, "k2", dataclasses.replace(order, name="乙某"), today=TODAY)
    assert order.documents[0].number not in str(found.value) and found.value.__cause__ is None
    assert Person.objects.count() == 1


def test_a_passport_stands_in_for_a_number(database):
    order = dataclasses.replace(
        registration(), documents=(Document(IdentityKind.PASSPORT, "E1234567", "UTO"),)
    )
    register(CITY_OFFICER, "k1", order, today=TODAY)
    assert Identity.objects.get().number == "E1234567"


def test_a_change_keeps_before_and_after_and_refuses_a_stale_one(database):
    person = enrolled()
    place = Place(AddressKind.LIVES_AT, "990105001002", "某路 1 号", date(2023, 2, 1))
    change(
        CITY_OFFICER,
        "c1",
        Change(person, 1, date(2023, 2, 1), "改名", name="丙某", address=place),
        today=TODAY,
    )
    with pytest.raises(StaleEdit, match="第 1 版，现为第 2 版"):
        change(CITY_OFFICER, "c2", Change(person, 1, date(2023, 2, 2), "改名", name="丁某"), today=TODAY)
    moved = dataclasses.replace(place, text="某路 2 号", first_day=date(2023, 5, 1))
    change(CITY_OFFICER, "c3", Change(person, 2, date(2023, 5, 1), "迁居", address=moved), today=TODAY)
    event = Event.objects.filter(action="change").first()
    assert (json.loads(event.before)["name"], json.loads(event.after)["name"]) == ("甲某", "丙某")
    assert list(Address.objects.order_by("id").values_list("first_day", "last_day")) == [
        (date(2023, 2, 1), date(2023, 4, 30)),
        (date(2023, 5, 1), None),
    ]


def test_categories_hold_on_their_days(database):
    person = enrolled()
    order = Recognition(
        person,
        Category.SUBSISTENCE_ALLOWANCE,
        Department.CIVIL_AFFAIRS,
        date(2023, 2, 1),
        date(2023, 4, 30),
        "名单",
    )
    recognise_category(CITY_OFFICER, "t1", order, today=TODAY)
    assert [category_tags_on(person, date(2023, m, 1)) for m in (1, 2, 4, 5)] == [0, 4, 4, 0]
    with pytest.raises(FactsWrong, match="早于起始日"):
        wrong = dataclasses.replace(order, last_day=date(2023, 1, 1))
        recognise_category(CITY_OFFICER, "t2", wrong, today=TODAY)


def test_a_day_is_covered_once_whatever_the_scheme(database):
    person = enrolled()
    for first, last, scheme in (
        (date(2023, 12, 31), date(2024, 12, 31), Scheme.RESIDENT),
        (date(2022, 1, 1), date(2023, 1, 1), Scheme.EMPLOYEE),
        (date(2023, 6, 1), date(2023, 6, 1), Scheme.EMPLOYEE),
    ):
        order = CoverOrder(person, Cover(first, last, 2023, CITY, scheme), date(2023, 1, 1), "参保")
        with pytest.raises(CoverageOverlaps, match="同一天不能重复参保"):
            cover(CITY_OFFICER, f"o{first}", order)
    order = CoverOrder(person, year_cover(2024), date(2023, 1, 1), "下年度")
    cover(CITY_OFFICER, "o", order)
    assert len(days_of(person)) == 2


SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 20), st.sampled_from(["insert", "void", "stretch"])),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SPANS)
def test_the_database_refuses_what_overlaps_and_takes_all_else(database, spans):
    start = date(2023, 1, 1)
    person = Person.objects.create(name="x", sex=1, born_on=start, county_code=COUNTY, state=1)
    held: dict[int, tuple[int, int]] = {}
    for first, length, what in spans:
        row = next(iter(held), None)
        if what == "void" and row is not None:
            Coverage.objects.filter(pk=row).update(void=True)
            del held[row]
            continue
        span = (held[row][0], held[row][1] + length) if what == "stretch" and row else (first, first + length)
        others = [s for key, s in held.items() if what != "stretch" or key != row]
        free = all(span[1] < a or b < span[0] for a, b in others)
        days = {"first_day": start + timedelta(span[0]), "last_day": start + timedelta(span[1])}
        try:
            with transaction.atomic():
                if what == "stretch" and row:
                    Coverage.objects.filter(pk=row).update(**days)
                else:
                    row = Coverage.objects.create(
                        person=person, scheme=0, area_code=CITY, benefit_year=2023,
                        planned_last_day=days["last_day"], **days,
                    ).pk  # fmt: skip
        except IntegrityError:
            assert not free
        else:
            assert free
            held[row] = span


def test_events_are_never_changed(database):
    enrolled()
    for statement in ("UPDATE enrolment_event SET reason = 'x'", "DELETE FROM enrolment_event"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_nobody_sees_or_changes_what_is_outside_the_area(database):
    here = enrolled("a")
    there = enrolled("b", county_code=OTHER_COUNTY)
    assert set(people(COUNTY_OFFICER).values_list("id", flat=True)) == {here}
    assert set(people(CITY_OFFICER).values_list("id", flat=True)) == {here, there}
    with pytest.raises(NoSuchPerson):
        person_of(COUNTY_OFFICER, there, reason="核对")
    number = Identity.objects.get(person_id=there).number
    assert person_with(COUNTY_OFFICER, number, reason="核对") is None
    assert person_with(CITY_OFFICER, number, reason="核对").pk == there
    with pytest.raises(NoSuchPerson):
        suspend(COUNTY_OFFICER, "s", life(there, date(2023, 2, 1)), ON_THE_DAY, today=TODAY)
    with pytest.raises(NotAllowed):
        register(COUNTY_OFFICER, "k", registration(county_code=OTHER_COUNTY), today=TODAY)
    with pytest.raises(NotAllowed):
        register(actor(Role.SUPERVISOR), "k", registration(), today=TODAY)
    with pytest.raises(NotAllowed):
        order = Change(here, 1, date(2023, 2, 1), "迁出", county_code=OTHER_COUNTY)
        change(COUNTY_OFFICER, "m", order, today=TODAY)
    assert Person.objects.get(pk=here).county_code == COUNTY


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(Role), st.sampled_from(AREAS)), max_size=3),
    st.lists(st.sampled_from(AREAS[3:]), min_size=1, max_size=5),
)
def test_nobody_whoever_it_is_sees_or_changes_what_is_outside(database, grants, counties):
    somebody = Actor("s", tuple(Granted(role, area) for role, area in grants))
    there = [
        Person.objects.create(name="x", sex=1, born_on=date(1980, 1, 1), county_code=code, state=1)
        for code in counties
    ]

    def may(person: Person, deed: Deed) -> bool:
        return any(
            (Matter.ENROLMENT_MATTER, deed) in MAY[role] and inside_by_levels(area, person.county_code)
            for role, area in grants
        )

    shown = set(people(somebody).filter(pk__in=[p.pk for p in there]).values_list("pk", flat=True))
    assert shown == {p.pk for p in there if may(p, Deed.LOOK)}
    for person in there:
        order = life(person.pk, date(2023, 3, 1))
        if may(person, Deed.DO):
            suspend(somebody, f"k{person.pk}", order, ON_THE_DAY, today=TODAY)
        else:
            with pytest.raises(NoSuchPerson):
                suspend(somebody, f"k{person.pk}", order, ON_THE_DAY, today=TODAY)
        person.refresh_from_db()
        assert (person.version == 2) == may(person, Deed.DO)
    assert set(Event.objects.filter(person__in=there).values_list("person_id", flat=True)) == {
        p.pk for p in there if may(p, Deed.DO)
    }


def test_whoever_looks_is_written_down(database):
    person = enrolled()
    before = AuditRecord.objects.count()
    person_of(actor(Role.SUPERVISOR), person, reason="举报核查")
    found = AuditRecord.objects.last()
    assert AuditRecord.objects.count() == before + 1
    assert (found.action, found.subject, found.reason) == ("look_at_person", f"person:{person}", "举报核查")


def outcomes(said: list[object]) -> list[str]:
    return sorted("done" if isinstance(one, str) else type(one).__name__ for one in said)


def test_two_registrations_of_one_number_at_once_are_one(postgres):
    order = registration()
    said = at_once([lambda n=n: register(CITY_OFFICER, f"k{n}", order, today=TODAY) for n in range(6)])
    assert outcomes(said) == ["IdentityTaken"] * 5 + ["done"]
    assert (Person.objects.count(), Identity.objects.count()) == (1, 1)


def test_two_officers_at_once_change_one_after_the_other(postgres):
    person = enrolled()
    orders = [Change(person, 1, date(2023, 2, 1), "改名", name=f"名{n}") for n in range(6)]
    said = at_once(
        [lambda o=o, n=n: change(CITY_OFFICER, f"k{n}", o, today=TODAY) for n, o in enumerate(orders)]
    )
    assert outcomes(said) == ["StaleEdit"] * 5 + ["done"]
    assert Person.objects.get().version == 2


@pytest.mark.parametrize("act", [suspend, resume, stop])
def test_an_event_at_once_happens_once(postgres, act):
    person = enrolled()
    if act is resume:
        suspend(CITY_OFFICER, "s", life(person, date(2023, 2, 1)), ON_THE_DAY, today=TODAY)
    before = Event.objects.count()
    order = life(person, date(2023, 3, 1))
    said = at_once([lambda n=n: act(CITY_OFFICER, f"k{n}", order, ON_THE_DAY, today=TODAY) for n in range(6)])
    assert outcomes(said) == ["EventNotAllowed"] * 5 + ["done"]
    assert Event.objects.count() == before + 1


def test_coverages_at_once_never_overlap(postgres):
    person = enrolled()
    order = CoverOrder(person, year_cover(2024), date(2023, 1, 1), "下年度")
    said = at_once([lambda n=n: cover(CITY_OFFICER, f"k{n}", order) for n in range(6)])
    assert outcomes(said) == ["CoverageOverlaps"] * 5 + ["done"]


def test_raw_coverages_at_once_never_overlap(postgres):
    person = enrolled()

    def insert() -> str:
        Coverage.objects.create(
            person_id=person, scheme=1, area_code=CITY, benefit_year=2024, first_day=date(2024, 1, 1),
            last_day=date(2024, 6, 30), planned_last_day=date(2024, 6, 30),
        )  # fmt: skip
        return "in"

    assert outcomes(at_once([insert] * 6)) == ["IntegrityError"] * 5 + ["done"]


def test_certifications_at_once_all_stand(postgres):
    person = enrolled()
    orders = [
        Recognition(person, c, Department.CIVIL_AFFAIRS, date(2023, 1, 1), None, "名单") for c in range(1, 7)
    ]
    said = at_once(
        [lambda o=o: recognise_category(CITY_OFFICER, f"k{o.category}", o, today=TODAY) for o in orders]
    )
    assert outcomes(said) == ["done"] * 6
    assert category_tags_on(person, TODAY) == 0b1111110
