"""Lists of departments: a verdict on every row, committed as looked at, and taken back.

carries_out: ENR-11, FIN-20
"""

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.listed import AS_OF, TODAY, a_list, commit, committed, enrolled, looked_at, number_of, row
from tests.agency.settling import AT, COUNTY, OFFICER, institutions, stay
from tests.agency.striking import everything

from yibao.assistance.terms import Category
from yibao.benefits.models import Certification
from yibao.enrolment.actions import change, recognise_category, resume
from yibao.enrolment.list_failures import (
    DryRunStale,
    ListTaken,
    ListWrong,
    NoSuchList,
    NotInState,
    StandsOnIt,
)
from yibao.enrolment.models import CategoryTag, Coverage, DepartmentList, ListEffect, ListRow, Person
from yibao.enrolment.orders import Change, LifeOrder, Recognition
from yibao.enrolment.params import LifeCycleParams
from yibao.enrolment.terms import Department, EnrolmentState, ListKind, ListState, RowVerdict
from yibao.journeys.financing.contributing import BillOrder, bill_person
from yibao.journeys.lists.listing import LookAgain, import_list, look_again
from yibao.journeys.lists.listing_commit import CommitOrder, commit_list
from yibao.journeys.lists.listing_undo import UndoOrder, undo_list
from yibao.journeys.settlement.settling import settle
from yibao.journeys.verifying.database import database_findings, recomputed_findings
from yibao.rights.actors import NotAllowed
from yibao.rights.models import AuditRecord
from yibao.rights.terms import Role
from yibao.settlement.models import AdjustmentRow

CATEGORY = Category.SUBSISTENCE_ALLOWANCE
OTHER_COUNTY = "140106"


def tag(person_id: int, first_day: date = date(2023, 1, 1), category: Category = CATEGORY) -> int:
    order = Recognition(person_id, category, Department.CIVIL_AFFAIRS, first_day, None, "补")
    said = recognise_category(OFFICER, f"t{person_id}{category}{first_day}", order, today=TODAY)
    return int(json.loads(said)["tag_id"])


def verdicts(seen: dict[str, object]) -> dict[int, str]:
    rows = ListRow.objects.filter(department_list_id=seen["list_id"]).order_by("number", "id")
    return {r.number: RowVerdict(r.verdict).name for r in rows}


def undo(list_id: int, key: str = "u") -> dict[str, object]:
    return json.loads(undo_list(OFFICER, key, UndoOrder(list_id, "报错了"), at=AT))


def test_every_row_has_its_verdict_and_all_problems_are_told_at_once(database):
    new, already, other_name, dead, outside = (enrolled(f"甲{n}") for n in "一二三四五")
    tag(already)
    Person.objects.filter(pk=dead).update(died_on=date(2023, 2, 1))
    Person.objects.filter(pk=outside).update(county_code="500112")
    wrong = number_of(new)[:17] + ("0" if number_of(new)[17] != "0" else "1")
    rows = [
        row(2, new),
        row(3, already),
        row(4, other_name, name="别人"),
        row(5, dead),
        row(6, outside),
        row(7),
        row(8, name="无此人", identity_no=wrong),
        row(9, new, county="500112"),
        row(10, new, first_day=str(TODAY + timedelta(days=1))),
        row(11, new, name="=1+1"),
        row(12, new),
        row(13, new, first_day="六月", last_day="2022-13-01", category="不知道", name=""),
        row(14, new, formulas=("address",)),
    ]
    seen = looked_at(a_list(*rows))
    assert verdicts(seen) == {
        2: "NEW",
        3: "ALREADY",
        4: "WRONG_NAME",
        5: "DEAD",
        6: "NOT_FOUND",
        7: "NOT_FOUND",
        8: "WRONG_NUMBER",
        9: "OUTSIDE_AREA",
        10: "FUTURE_DAY",
        11: "FORMULA_CELL",
        12: "GIVEN_TWICE",
        13: "UNREADABLE_ROW",
        14: "FORMULA_CELL",
    }
    problems = json.loads(ListRow.objects.get(department_list_id=seen["list_id"], number=13).problems)
    assert sorted(column for column, *_ in problems) == ["姓名", "认定终止日", "认定起始日", "身份类别"]
    assert all(message and remedy for _, message, remedy in problems)
    kept = ListRow.objects.get(department_list_id=seen["list_id"], number=8)
    assert wrong in kept.given and wrong not in kept.problems
    assert CategoryTag.objects.exclude(person=already).count() == 0, "a dry run writes nothing"


def test_committing_writes_what_was_looked_at_once_and_taking_it_back_leaves_nothing_of_it(database):
    people = [enrolled(f"甲{n}") for n in range(3)]
    tag(people[2])
    seen = looked_at(a_list(*(row(n + 2, who) for n, who in enumerate(people))))
    said = commit_list(OFFICER, "k", CommitOrder(seen["list_id"], seen["plan_hash"]), at=AT)
    assert json.loads(said)["effects"] == {"TAG_GIVEN": 2}
    held = CategoryTag.objects.filter(person__in=people[:2])
    assert set(held.values_list("first_day", "last_day", "category", "certified_by", "document_no")) == {
        (AS_OF, None, CATEGORY, Department.CIVIL_AFFAIRS, "民〔2023〕6号")
    }
    before = everything()
    assert commit_list(OFFICER, "k", CommitOrder(seen["list_id"], seen["plan_hash"]), at=AT) == said
    assert everything() == before
    with pytest.raises(NotInState, match="已入库"):
        commit(seen)
    assert undo(seen["list_id"])["taken_back"] == 2
    assert list(CategoryTag.objects.values_list("person_id", flat=True)) == [people[2]]
    assert ListEffect.objects.count() == 4
    with pytest.raises(NotInState, match="已撤回"):
        undo(seen["list_id"], "again")
    assert database_findings() == []


def test_a_full_list_ends_what_it_no_longer_names_and_spares_whom_a_bad_row_may_be_of(database):
    stays, ends, elsewhere, doubtful, later = (enrolled(f"甲{n}") for n in "一二三四五")
    for who in (stays, ends, doubtful):
        tag(who)
    tag(later, date(2023, 7, 1))
    tag(elsewhere, category=Category.EXTREME_POVERTY)
    rows = [row(2, stays), row(3, doubtful, name="别的名字")]
    seen = looked_at(a_list(*rows, full=True))
    assert seen["verdicts"] == {"ALREADY": 1, "ENDED": 1, "WRONG_NAME": 1}
    assert commit(seen)["effects"] == {"TAG_ENDED": 1}
    open_still = CategoryTag.objects.filter(last_day=None).values_list("person_id", flat=True)
    assert set(open_still) == {stays, elsewhere, doubtful, later}
    assert CategoryTag.objects.get(person=ends).last_day == AS_OF - timedelta(days=1)
    undo(seen["list_id"])
    assert CategoryTag.objects.get(person=ends).last_day is None


def test_somebody_listed_under_another_category_loses_the_one_before(database):
    who = enrolled()
    tag(who, category=Category.UNSTABLE_EXIT)
    other = enrolled("乙")
    tag(other, category=Category.UNSTABLE_EXIT)
    rows = [row(2, who, category="边缘易致贫户"), row(3, other, category="脱贫不稳定户")]
    seen = looked_at(a_list(*rows, full=True, category=None))
    assert seen["verdicts"] == {"ALREADY": 1, "ENDED": 1, "NEW": 1}
    commit(seen)
    held = CategoryTag.objects.filter(person=who, last_day=None).values_list("category", flat=True)
    assert list(held) == [Category.EDGE_OF_POVERTY]


def test_a_row_that_cannot_be_read_ends_nothing_of_its_person(database):
    named, unread = enrolled("甲"), enrolled("乙")
    for who in (named, unread):
        tag(who, category=Category.UNSTABLE_EXIT)
    rows = [row(2, named, category="脱贫不稳定户"), row(3, unread, category="写错了")]
    seen = looked_at(a_list(*rows, full=True, category=None))
    assert seen["verdicts"] == {"ALREADY": 1, "UNREADABLE_ROW": 1}


def test_a_stale_dry_run_is_refused_with_its_rows_and_looking_again_makes_it_good(database):
    first, second = enrolled("甲"), enrolled("乙")
    seen = looked_at(a_list(row(2, first), row(3, second)))
    tag(second)
    with pytest.raises(DryRunStale, match="第 3 行"):
        commit(seen)
    assert CategoryTag.objects.filter(person=first).count() == 0
    with pytest.raises(DryRunStale, match="所看到的结果"):
        commit({**seen, "plan_hash": "another"})
    again = json.loads(look_again(OFFICER, "again", LookAgain(seen["list_id"]), today=TODAY))
    assert again["verdicts"] == {"ALREADY": 1, "NEW": 1} and again["plan_hash"] != seen["plan_hash"]
    assert commit(again)["effects"] == {"TAG_GIVEN": 1}


def test_a_back_dated_category_is_paid_in_the_same_commit_and_taken_back_with_it(database):
    institutions()
    who, nobody = enrolled("甲"), enrolled("乙")
    for at_day in (date(2023, 3, 1), date(2023, 5, 1)):
        settle(OFFICER, f"s{at_day}", stay(who, 90_000, at_day), at=AT)
    settle(OFFICER, "other", stay(nobody, 90_000), at=AT)
    seen = looked_at(a_list(row(2, who, first_day="2023-04-01"), row(3, nobody, first_day="2023-06-01")))
    said = commit(seen)
    assert said["years_replayed"] == 1
    adjusted = AdjustmentRow.objects.all()
    assert said["difference_fen"] == sum(a.difference_fen for a in adjusted) > 0
    assert {a.settlement.served_on for a in adjusted} == {date(2023, 5, 1)}
    back = undo(seen["list_id"])
    assert back["years_replayed"] == 1 and back["difference_fen"] == -said["difference_fen"]
    assert sum(AdjustmentRow.objects.values_list("difference_fen", flat=True)) == 0
    assert database_findings() == [] and recomputed_findings() == []


def test_a_death_ends_cover_takes_back_what_came_after_and_can_be_undone(database):
    institutions()
    who = enrolled()
    settle(OFFICER, "s", stay(who, 90_000, date(2023, 5, 1)), at=AT)
    deaths = {"kind": ListKind.DEATH_LIST, "department": Department.PUBLIC_SECURITY}
    seen = looked_at(a_list(row(2, who, happened_on="2023/4/30"), row(3, enrolled("乙")), **deaths))
    assert verdicts(seen) == {2: "NEW", 3: "UNREADABLE_ROW"}
    said = commit(seen)
    person = Person.objects.get(pk=who)
    assert (person.died_on, person.state) == (date(2023, 4, 30), EnrolmentState.STOPPED)
    assert Coverage.objects.get(person=who).last_day == date(2023, 4, 30)
    assert said["difference_fen"] < 0
    again = looked_at(
        a_list(row(2, who, happened_on="2023-04-30"), row(3, who, happened_on="2023-04-29"), **deaths)
    )
    assert verdicts(again) == {2: "ALREADY", 3: "STATE_FORBIDS"}
    undo(seen["list_id"])
    person.refresh_from_db()
    assert (person.died_on, person.state) == (None, EnrolmentState.ACTIVE)
    assert Coverage.objects.get(person=who).last_day == date(2023, 12, 31)
    assert database_findings() == [] and recomputed_findings() == []


def test_a_suspension_and_two_diseases_are_carried_out_and_taken_back(database):
    who, patient, former = enrolled("甲"), enrolled("乙"), enrolled("丙")
    health = {"kind": ListKind.TWO_DISEASE_LIST, "department": Department.HEALTH}
    committed(a_list(row(2, former, disease="高血压", first_day="2023-01-01"), **health))
    seen = looked_at(a_list(row(2, patient, disease="高血压"), disease="高血压", full=True, **health))
    assert seen["verdicts"] == {"ENDED": 1, "NEW": 1}
    commit(seen)
    assert Certification.objects.get(person=patient).disease_code == "HYPERTENSION"
    assert Certification.objects.get(person=former).last_day == AS_OF - timedelta(days=1)
    undo(seen["list_id"], "u1")
    assert [(c.person_id, c.last_day) for c in Certification.objects.all()] == [(former, None)]
    leaving = a_list(row(2, who, happened_on="2023-05-10"), kind=ListKind.SUSPENSION_LIST)
    gone = looked_at(leaving)
    commit(gone)
    assert Person.objects.get(pk=who).state == EnrolmentState.SUSPENDED
    assert Coverage.objects.get(person=who).last_day == date(2023, 5, 31)
    undo(gone["list_id"], "u2")
    assert Person.objects.get(pk=who).state == EnrolmentState.ACTIVE
    assert Coverage.objects.get(person=who).last_day == date(2023, 12, 31)


def test_a_list_is_not_taken_back_where_something_later_stands_on_it(database):
    billed, ended, moved = enrolled("甲", covered=False), enrolled("乙"), enrolled("丙")
    leaving = looked_at(a_list(row(2, moved, happened_on="2023-05-10"), kind=ListKind.SUSPENSION_LIST))
    commit(leaving)
    resume(OFFICER, "r", LifeOrder(moved, date(2023, 9, 1), "x"), LifeCycleParams((0,) * 5), today=TODAY)
    with pytest.raises(StandsOnIt, match=f"人员 {moved} 的参保登记之后又有变更"):
        undo(leaving["list_id"])
    seen = looked_at(a_list(row(2, billed, first_day="2022-10-01"), row(3, ended)))
    commit(seen)
    bill = json.loads(bill_person(OFFICER, "b", BillOrder(billed, 2023, date(2022, 11, 1))))
    committed(a_list(row(2, billed), full=True, as_of=date(2023, 8, 1)))
    before = everything()
    with pytest.raises(StandsOnIt) as refused:
        undo(seen["list_id"])
    assert f"应缴 {bill['bill_id']} 已按" in str(refused.value) and f"人员 {ended} 的身份认定" in str(
        refused.value
    )
    assert len(refused.value.reasons) == 2
    assert everything() == before


def test_the_database_keeps_a_committed_list_as_it_was(database):
    seen = looked_at(a_list(row(2, enrolled())))
    ListRow.objects.update(decided_reason="可以改")
    commit(seen)
    for change_of in (
        lambda: ListRow.objects.update(person=None),
        lambda: ListRow.objects.all().delete(),
        lambda: DepartmentList.objects.update(state=ListState.DRY_RUN),
        lambda: DepartmentList.objects.update(plan_hash="x"),
        lambda: ListEffect.objects.update(after="{}"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change_of()
    undo(seen["list_id"])
    with pytest.raises(IntegrityError), transaction.atomic():
        DepartmentList.objects.update(undo_reason="另一")


def test_the_same_file_for_the_same_day_is_committed_once(database):
    who = enrolled()
    order = a_list(row(2, who))
    first, second = looked_at(order), looked_at(order)
    commit(first)
    second = json.loads(look_again(OFFICER, "again", LookAgain(second["list_id"]), today=TODAY))
    with pytest.raises(ListTaken):
        commit(second)
    undo(first["list_id"])
    second = json.loads(look_again(OFFICER, "again 2", LookAgain(second["list_id"]), today=TODAY))
    assert commit(second)["effects"] == {"TAG_GIVEN": 1}


def test_what_is_outside_the_area_does_not_exist(database):
    here, there = enrolled("甲", county=COUNTY), enrolled("乙", county=OTHER_COUNTY)
    officer = actor(Role.COUNTY_OFFICER, COUNTY)
    with pytest.raises(NotAllowed):
        looked_at(a_list(row(2, here)), officer)
    seen = looked_at(a_list(row(2, here), row(3, there), area_code=COUNTY), officer)
    assert verdicts(seen) == {2: "NEW", 3: "NOT_FOUND"}
    with pytest.raises(NoSuchList):
        commit(seen, actor(Role.COUNTY_OFFICER, OTHER_COUNTY))
    tag(there)
    full = looked_at(a_list(row(2, here), area_code=COUNTY, full=True), officer)
    assert full["verdicts"] == {"NEW": 1}, "a county's full list ends nobody of the next county"
    acceptor = actor(Role.TOWNSHIP_ACCEPTOR, COUNTY)
    institutions()
    settle(OFFICER, "s", stay(here, 90_000), at=AT)
    early = looked_at(a_list(row(2, here, first_day="2023-04-01"), area_code=COUNTY), acceptor)
    before = everything()
    with pytest.raises(NotAllowed, match="迟到事项"):
        commit(early, acceptor)
    assert everything() == before


def test_a_list_that_cannot_be_is_refused_with_all_that_is_wrong(database):
    with pytest.raises(ListWrong) as refused:
        looked_at(
            a_list(
                row(0),
                row(0),
                as_of=TODAY + timedelta(days=1),
                kind=ListKind.DEATH_LIST,
                full=True,
                category=CATEGORY,
                disease="不知道",
                file_hash="",
            )
        )
    assert len(refused.value.problems) == 6
    assert DepartmentList.objects.count() == 0


def test_nobody_is_named_in_audit_or_messages(database):
    who = enrolled("欧阳示例")
    other = enrolled("司马示例")
    seen = looked_at(a_list(row(2, who), row(3, other, name="不符"), row(4, name="诸葛示例", identity_no="")))
    commit(seen)
    undo(seen["list_id"])
    told = " ".join(map(str, AuditRecord.objects.values_list("action", "subject", "reason", "detail")))
    assert "示例" not in told and number_of(who) not in told and "list:" in told


def test_a_person_changed_between_looking_and_committing_is_not_written(database):
    who = enrolled("甲")
    seen = looked_at(a_list(row(2, who)))
    change(OFFICER, "c", Change(who, 1, date(2023, 6, 1), "改名", name="甲改"), today=TODAY)
    with pytest.raises(DryRunStale, match="第 2 行"):
        commit(seen)


def test_one_list_committed_by_two_at_once_is_written_once(postgres):
    people = [enrolled(f"甲{n}") for n in range(5)]
    seen = looked_at(a_list(*(row(n + 2, who) for n, who in enumerate(people))))
    order = CommitOrder(seen["list_id"], seen["plan_hash"])
    said = at_once([lambda n=n: commit_list(OFFICER, f"k{n}", order, at=AT) for n in range(4)])
    assert sorted("done" if isinstance(one, str) else type(one).__name__ for one in said) == [
        *["NotInState"] * 3,
        "done",
    ]
    assert CategoryTag.objects.count() == ListEffect.objects.count() == 5
    same = looked_at(a_list(row(2, people[0], first_day="2023-01-01")))
    order = CommitOrder(same["list_id"], same["plan_hash"])
    said = at_once([lambda: commit_list(OFFICER, "same", order, at=AT)] * 4)
    assert len(set(said)) == 1 and CategoryTag.objects.count() == 6
    assert database_findings() == []


def test_a_list_looked_at_again_by_two_at_once_gives_one_plan(postgres):
    list_id = looked_at(a_list(row(2, enrolled())))["list_id"]
    said = at_once(
        [lambda n=n: look_again(OFFICER, f"a{n}", LookAgain(list_id), today=TODAY) for n in range(4)]
    )
    plans = {json.loads(one)["plan_hash"] for one in said}
    assert plans == {DepartmentList.objects.get(pk=list_id).plan_hash}


def test_commit_and_undo_at_once_leave_all_or_nothing(postgres):
    people = [enrolled(f"甲{n}") for n in range(5)]
    seen = looked_at(a_list(*(row(n + 2, who) for n, who in enumerate(people))))
    order = CommitOrder(seen["list_id"], seen["plan_hash"])
    said = at_once(
        [
            lambda: commit_list(OFFICER, "c", order, at=AT),
            lambda: undo_list(OFFICER, "u", UndoOrder(seen["list_id"], "x"), at=AT),
        ]
    )
    kept = DepartmentList.objects.get()
    done = [isinstance(one, str) for one in said]
    assert done[0] and kept.state == (ListState.UNDONE if done[1] else ListState.COMMITTED)
    assert CategoryTag.objects.count() == (0 if done[1] else 5)
    assert database_findings() == []


def test_two_lists_of_the_same_people_at_once_and_imports_at_once(postgres):
    people = [enrolled(f"甲{n}") for n in range(6)]
    one = looked_at(a_list(*(row(n + 2, who) for n, who in enumerate(people))))
    backwards = list(enumerate(reversed(people)))
    two = looked_at(a_list(*(row(n + 2, who) for n, who in backwards), category=Category.EXTREME_POVERTY))
    said = at_once([lambda: commit(one, key="1"), lambda: commit(two, key="2")])
    assert [len(one["effects"]) for one in said] == [1, 1]
    assert CategoryTag.objects.count() == 12
    order = a_list(row(2, people[0]))
    said = at_once([lambda: import_list(OFFICER, "same", order, today=TODAY)] * 4)
    assert len(set(said)) == 1
    assert DepartmentList.objects.filter(file_hash=order.file_hash).count() == 1


def test_a_list_that_is_only_compared_tells_who_is_covered_and_writes_nothing(database):
    covered, uncovered = enrolled("甲"), enrolled("乙", covered=False)
    school = {"kind": ListKind.COMPARED_LIST, "department": Department.EDUCATION}
    seen = looked_at(a_list(row(2, covered), row(3, uncovered), row(4), **school))
    assert verdicts(seen) == {2: "CLEAR_ROW", 3: "NOT_COVERED_NOW", 4: "NOT_FOUND"}
    before = CategoryTag.objects.count(), Person.objects.get(pk=covered).version
    assert commit(seen)["effects"] == {}
    assert (CategoryTag.objects.count(), Person.objects.get(pk=covered).version) == before


def test_an_end_in_the_past_takes_back_what_the_category_had_paid(database):
    institutions()
    stays, ends = enrolled("甲"), enrolled("乙")
    for who in (stays, ends):
        tag(who)
        settle(OFFICER, f"s{who}", stay(who, 90_000, date(2023, 7, 1)), at=AT)
    said = committed(a_list(row(2, stays), full=True))
    assert said["years_replayed"] == 1 and said["difference_fen"] < 0
    assert {a.settlement.visit.person_id for a in AdjustmentRow.objects.all()} == {ends}
    assert database_findings() == [] and recomputed_findings() == []


def test_a_list_and_settlements_of_its_people_at_once_add_up(postgres):
    institutions()
    people = [enrolled(f"甲{n}") for n in range(4)]
    for who in people:
        settle(OFFICER, f"first{who}", stay(who, 90_000, date(2023, 4, 1)), at=AT)
    seen = looked_at(a_list(*(row(n + 2, who, first_day="2023-03-01") for n, who in enumerate(people))))
    works = [lambda w=w: settle(OFFICER, f"s{w}", stay(w, 50_000, date(2023, 8, 1)), at=AT) for w in people]
    said = at_once([lambda: commit(seen), *works])
    assert not [one for one in said if isinstance(one, Exception)]
    assert CategoryTag.objects.count() == 4
    assert database_findings() == [] and recomputed_findings() == []
