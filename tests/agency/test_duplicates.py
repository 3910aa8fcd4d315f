"""Duplicate enrolments: found, proposed by the table, told, chosen in writing, closed at the end of a month; records merged.

carries_out: ENR-01, ENR-05, ENR-11, FIN-20
"""

import csv
import json
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.listed import (
    AS_OF,
    EMPLOYEE,
    NATIONAL,
    TODAY,
    a_list,
    commit,
    committed,
    enrolled,
    found_elsewhere,
    looked_at,
    number_of,
    row,
    twins,
)
from tests.agency.settling import AT, CITY, COUNTY, OFFICER, institutions, stay
from tests.agency.striking import everything

from yibao.assistance.terms import Category
from yibao.enrolment.gap_failures import (
    ChoiceNotOpen,
    NoSuchDuplicate,
    RecordsTooFull,
    StepNotOpen,
)
from yibao.enrolment.list_failures import StandsOnIt
from yibao.enrolment.models import (
    Address,
    CategoryTag,
    Coverage,
    DuplicateEnrolment,
    DuplicateStep,
    Identity,
    Person,
    PersonMerge,
)
from yibao.enrolment.queries import person_with
from yibao.enrolment.terms import (
    AddressKind,
    Department,
    DuplicateCase,
    DuplicateState,
    EnrolmentState,
    IdentityKind,
    Keep,
)
from yibao.journeys.lists.duplicate_steps import (
    ChoiceOrder,
    StepOrder,
    choose_duplicate,
    close_duplicate,
    dismiss_duplicate,
    notify_duplicate,
)
from yibao.journeys.lists.duplicates import FindOrder, duplicates, find_duplicates, write_duplicates
from yibao.journeys.lists.listing_undo import UndoOrder, undo_list
from yibao.journeys.lists.merging import MergeOrder, merge_people
from yibao.journeys.settlement.settling import settle
from yibao.journeys.verifying.database import database_findings
from yibao.rights.terms import Role
from yibao.settlement.models import AdjustmentRow, Settlement

ON = date(2023, 11, 10)
OTHER_COUNTY = "140106"
RESIDENT = {**EMPLOYEE, "scheme": "居民"}


def notify(duplicate_id: int, key: str = "n") -> Any:
    return json.loads(notify_duplicate(OFFICER, key, StepOrder(duplicate_id, ON, "通知 1"), today=TODAY))


def choose(duplicate_id: int, keep: Keep, key: str = "c", document_no: str = "") -> Any:
    order = ChoiceOrder(duplicate_id, keep, ON, document_no)
    return json.loads(choose_duplicate(OFFICER, key, order, today=TODAY))


def close(duplicate_id: int, key: str = "x", document_no: str = "") -> Any:
    order = StepOrder(duplicate_id, ON, document_no)
    return json.loads(close_duplicate(OFFICER, key, order, today=TODAY))


def test_the_table_proposes_from_a_list_of_cover_elsewhere(database):
    long, short, flexible, resident, student, aided, nothing = (enrolled(f"甲{n}") for n in range(7))
    institutions()
    settle(OFFICER, "s", stay(flexible, 90_000), at=AT)
    rows = [
        row(2, long, employee_months="14", **EMPLOYEE),
        row(3, short, employee_months="3", **EMPLOYEE),
        row(4, flexible, flexible="是", **EMPLOYEE),
        row(5, resident, lives_there="是", **RESIDENT),
        row(6, student, student="是", **RESIDENT),
        row(7, aided, aided="是", **RESIDENT),
        row(8, nothing, **{**RESIDENT, "first_day": "2022-01-01", "last_day": "2022-12-31"}),
        row(9, nothing, **{**RESIDENT, "elsewhere": "x", "scheme": "别的", "last_day": ""}),
    ]
    seen = looked_at(a_list(*rows, **NATIONAL))
    assert seen["verdicts"] == {"CLEAR_ROW": 1, "CROSS_COVER": 6, "UNREADABLE_ROW": 1}
    assert commit(seen)["effects"] == {"CROSS_COVER_FOUND": 6}
    proposed = {d.person_id: (DuplicateCase(d.case), Keep(d.keep)) for d in DuplicateEnrolment.objects.all()}
    assert proposed == {
        long: (DuplicateCase.ACROSS_SCHEMES, Keep.SECOND),
        short: (DuplicateCase.ACROSS_SCHEMES, Keep.PERSON_CHOOSES),
        flexible: (DuplicateCase.ACROSS_SCHEMES_FLEXIBLE, Keep.FIRST),
        resident: (DuplicateCase.RESIDENT_TWICE, Keep.SECOND),
        student: (DuplicateCase.STUDENT_TWICE, Keep.SECOND),
        aided: (DuplicateCase.AIDED_TWICE, Keep.PERSON_CHOOSES),
    }
    again = looked_at(a_list(*rows[:6], **NATIONAL))
    assert again["verdicts"] == {"ALREADY": 6}, "a duplicate is proposed once"


def test_the_loser_here_is_closed_at_month_end_and_what_was_paid_stays(database):
    institutions()
    who = enrolled("甲")
    settle(OFFICER, "s", stay(who, 90_000, date(2023, 11, 5)), at=AT)
    paid = Settlement.objects.get().basic_fen
    duplicate = found_elsewhere(who, employee_months="14")
    for early in (lambda: choose(duplicate.pk, Keep.SECOND), lambda: close(duplicate.pk)):
        with pytest.raises(StepNotOpen):
            early()
    notify(duplicate.pk)
    with pytest.raises(StepNotOpen, match="书面声明"):
        choose(duplicate.pk, Keep.FIRST)
    with pytest.raises(ChoiceNotOpen, match="保留第二条"):
        choose(duplicate.pk, Keep.FIRST, document_no="声明 1")
    choose(duplicate.pk, Keep.SECOND)
    said = close(duplicate.pk)
    assert said["effective_on"] == "2023-12-01"
    assert Coverage.objects.get(person=who).last_day == date(2023, 11, 30)
    assert Person.objects.get(pk=who).state == EnrolmentState.STOPPED
    assert (Settlement.objects.get().basic_fen, AdjustmentRow.objects.count()) == (paid, 0)
    states = list(DuplicateStep.objects.order_by("id").values_list("state", flat=True))
    assert states == [
        DuplicateState.PROPOSED,
        DuplicateState.NOTIFIED,
        DuplicateState.CHOSEN,
        DuplicateState.CLOSED_HERE,
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        DuplicateStep.objects.update(reason="改")
    assert database_findings() == []


def test_a_written_statement_keeps_ours_and_the_other_place_closes_its_own(database):
    duplicate = found_elsewhere(enrolled("甲"), **RESIDENT, lives_there="是")
    assert duplicate.keep == Keep.SECOND
    notify(duplicate.pk)
    choose(duplicate.pk, Keep.FIRST, document_no="声明 7")
    with pytest.raises(StepNotOpen, match="回执"):
        close(duplicate.pk)
    close(duplicate.pk, document_no="回执 9")
    duplicate.refresh_from_db()
    assert (duplicate.state, duplicate.keep) == (DuplicateState.CLOSED_THERE, Keep.FIRST)
    assert Person.objects.get(pk=duplicate.person_id).state == EnrolmentState.ACTIVE
    assert Coverage.objects.get(person=duplicate.person_id).last_day == date(2023, 12, 31)


def test_a_list_of_cover_elsewhere_is_taken_back_until_the_person_was_told(database):
    first = looked_at(a_list(row(2, enrolled("甲"), **EMPLOYEE), **NATIONAL))
    commit(first)
    undo_list(OFFICER, "u1", UndoOrder(first["list_id"], "错"), at=AT)
    duplicate = DuplicateEnrolment.objects.get()
    assert duplicate.state == DuplicateState.DISMISSED
    again = looked_at(a_list(row(2, duplicate.person_id, **EMPLOYEE), **NATIONAL))
    assert again["verdicts"] == {"CROSS_COVER": 1}
    commit(again)
    notify(DuplicateEnrolment.objects.latest("id").pk)
    with pytest.raises(StandsOnIt, match="已通知本人"):
        undo_list(OFFICER, "u2", UndoOrder(again["list_id"], "错"), at=AT)


def test_two_records_of_one_person_are_found_closed_and_merged(database):
    first, second = twins()
    enrolled("李国强", born_on=date(1975, 3, 4))
    Address.objects.create(
        person_id=first, kind=AddressKind.LIVES_AT, division_code=COUNTY, first_day=date(2020, 1, 1)
    )
    said = json.loads(find_duplicates(OFFICER, "f", FindOrder(CITY, ON)))
    pairs = {(d.person_id, d.other_id): d for d in DuplicateEnrolment.objects.all()}
    assert (first, second) in pairs and len(said["new"]) == len(pairs) == 2, "never two with two numbers"
    duplicate = pairs[first, second]
    assert (duplicate.case, duplicate.keep) == (DuplicateCase.RESIDENT_TWICE, Keep.FIRST)
    assert json.loads(find_duplicates(OFFICER, "g", FindOrder(CITY, ON)))["new"] == []
    other = next(d for d in pairs.values() if d != duplicate)
    dismiss_duplicate(OFFICER, "d", StepOrder(other.pk, ON, reason="不是同一人"), today=TODAY)
    notify(duplicate.pk)
    choose(duplicate.pk, Keep.FIRST)
    with pytest.raises(StepNotOpen):
        merge_people(OFFICER, "m0", MergeOrder(duplicate.pk, ON, "同一人"))
    close(duplicate.pk)
    assert Coverage.objects.get(person=second).last_day == date(2023, 11, 30)
    answer = json.loads(merge_people(OFFICER, "m", MergeOrder(duplicate.pk, ON, "同一人")))
    assert answer == {"kept": first, "gone": second}
    found = person_with(OFFICER, f"P{second:07d}", reason="查", kind=IdentityKind.PASSPORT)
    assert found is not None and found.pk == first and Person.objects.filter(pk=second).exists()
    merge = PersonMerge.objects.get()
    assert json.loads(merge.identities) == list(
        Identity.objects.filter(kind=IdentityKind.PASSPORT).values_list("pk", flat=True)
    )
    with pytest.raises(StepNotOpen):
        merge_people(OFFICER, "m2", MergeOrder(duplicate.pk, ON, "再来"))
    assert database_findings() == []


def test_a_record_with_money_or_certifications_is_not_merged_and_says_what_to_do(database):
    institutions()
    first, second = twins()
    settle(OFFICER, "s", stay(second, 90_000), at=AT)
    committed(a_list(row(2, second, name="李国强", identity_no="", born_on="1975-03-04", sex="男")))
    CategoryTag.objects.create(
        person_id=second, category=Category.SEVERELY_DISABLED, certified_by=Department.DISABLED_FEDERATION,
        first_day=AS_OF, recorded_at=AT,
    )  # fmt: skip
    find_duplicates(OFFICER, "f", FindOrder(CITY, ON))
    duplicate = DuplicateEnrolment.objects.get()
    notify(duplicate.pk)
    choose(duplicate.pk, Keep.FIRST, document_no="声明 2")
    close(duplicate.pk)
    before = everything()
    with pytest.raises(RecordsTooFull) as refused:
        merge_people(OFFICER, "m", MergeOrder(duplicate.pk, ON, "同一人"))
    assert f"先撤销，再在保留的记录 {first}" in str(refused.value) and "身份认定" in str(refused.value)
    assert everything() == before


def test_what_is_outside_the_area_does_not_exist(database, tmp_path):
    here, there = enrolled("甲"), enrolled("=乙", county=OTHER_COUNTY)
    Person.objects.filter(pk=there).update(name="乙")
    for who in (here, there):
        found_elsewhere(who)
    Person.objects.filter(pk=there).update(name="=乙")
    officer = actor(Role.COUNTY_OFFICER, COUNTY)
    assert [d.person_id for d in duplicates(officer, COUNTY)] == [here]
    theirs = DuplicateEnrolment.objects.get(person=there).pk
    for duplicate_id in (theirs, 999):
        with pytest.raises(NoSuchDuplicate):
            notify_duplicate(officer, "x", StepOrder(duplicate_id, ON, "1"), today=TODAY)
    assert write_duplicates(OFFICER, CITY, tmp_path / "d.csv", reason="核查") == 2
    with (tmp_path / "d.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert [cells[3] for cells in rows[1:]] == ["甲", "'=乙"] and rows[1][4] == number_of(here)


def test_steps_at_once_are_taken_once(postgres):
    duplicate = found_elsewhere(enrolled("甲"), employee_months="14")
    order = StepOrder(duplicate.pk, ON, "通知 1")
    said = at_once([lambda n=n: notify_duplicate(OFFICER, f"n{n}", order, today=TODAY) for n in range(4)])
    assert sorted(type(one).__name__ for one in said) == [*["StepNotOpen"] * 3, "str"]
    said = at_once(
        [
            lambda: choose(duplicate.pk, Keep.SECOND, "a"),
            lambda: dismiss_duplicate(OFFICER, "b", StepOrder(duplicate.pk, ON, reason="x"), today=TODAY),
        ]
    )
    assert sorted(isinstance(one, Exception) for one in said) == [False, True]
    if DuplicateEnrolment.objects.get().state == DuplicateState.CHOSEN:
        closed = at_once([lambda n=n: close(duplicate.pk, f"x{n}") for n in range(4)])
        assert sorted(type(one).__name__ for one in closed) == [*["StepNotOpen"] * 3, "dict"]
        assert Person.objects.get().version == 2


def test_pairs_and_merges_at_once_are_one(postgres):
    first, _ = twins()
    said = at_once([lambda n=n: find_duplicates(OFFICER, f"f{n}", FindOrder(CITY, ON)) for n in range(3)])
    assert sorted(len(json.loads(one)["new"]) for one in said) == [0, 0, 1]
    duplicate = DuplicateEnrolment.objects.get()
    notify(duplicate.pk)
    choose(duplicate.pk, Keep.FIRST, document_no="声明 2")
    close(duplicate.pk)
    order = MergeOrder(duplicate.pk, ON, "同一人")
    said = at_once([lambda n=n: merge_people(OFFICER, f"m{n}", order) for n in range(3)])
    assert sorted(type(one).__name__ for one in said) == ["StepNotOpen", "StepNotOpen", "str"]
    assert PersonMerge.objects.count() == 1 and Identity.objects.filter(person=first).count() == 2


def test_two_lists_of_the_same_cover_at_once_propose_it_once(postgres):
    who = enrolled("甲")
    seen = [looked_at(a_list(row(2, who, **EMPLOYEE), **NATIONAL)) for _ in range(3)]
    said = at_once([lambda s=s: commit(s) for s in seen])
    assert sorted(type(one).__name__ for one in said) == ["DryRunStale", "DryRunStale", "dict"]
    assert DuplicateEnrolment.objects.count() == 1
