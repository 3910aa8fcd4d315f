"""What holds of handling an enrolment, whatever the facts: nobody is lost, and no money of an account disappears.

carries_out: ENR-01, ENR-02, ENR-08, ENR-09, ENR-10, ENR-11, ENR-12, ENR-13, FIN-20
"""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.assistance.terms import Category
from yibao.enrolment.params import (
    DEPARTMENTS,
    LIFE_EVENTS,
    LIST_VERDICTS,
    ONE_APPLICATION_STEPS,
    AccountBalanceParams,
    JointHandlingParams,
    KeyGroupsParams,
    LifeCycleParams,
    ListFeedbackParams,
    OneApplicationParams,
    StudentFilingParams,
    TransferParams,
)
from yibao.enrolment.rules.joint_handling import joint_handling
from yibao.enrolment.rules.key_groups import key_group_gap
from yibao.enrolment.rules.life_cycle import life_cycle
from yibao.enrolment.rules.list_verdict import list_row
from yibao.enrolment.rules.one_application import one_application
from yibao.enrolment.rules.student_filing import student_filing
from yibao.enrolment.rules.transfer import account_balance, transfer_progress
from yibao.enrolment.terms import (
    Department,
    EnrolmentState,
    FilingAdvice,
    FollowUp,
    JointState,
    LifeEvent,
    ListVerdict,
    OneApplicationStep,
    TransferStage,
)
from yibao.kernel.days import day_of
from yibao.kernel.shapes import CATEGORIES

pytestmark = pytest.mark.property

FLAG = st.integers(0, 1)
DAYS = st.integers(18_000, 21_000)
FEN = st.integers(0, 10**9)
TAGS = st.integers(0, 2**CATEGORIES - 1)
STEPS = st.integers(0, 2**ONE_APPLICATION_STEPS - 1)
SAYS = st.integers(0, 2**DEPARTMENTS - 1)


def flags(size: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(*[FLAG] * size)


def test_the_sizes_of_the_tables_are_those_of_their_enums():
    assert len(LifeEvent) == LIFE_EVENTS
    assert len(OneApplicationStep) == ONE_APPLICATION_STEPS
    assert len(ListVerdict) == LIST_VERDICTS
    assert len(Department) == DEPARTMENTS


@given(flags(LIFE_EVENTS), st.sampled_from(EnrolmentState), st.sampled_from(LifeEvent), FLAG, DAYS)
def test_an_event_is_refused_and_changes_nothing_or_holds_from_its_day_to_the_next_month(
    at_month_end, state, event, died, day
):
    found = life_cycle(LifeCycleParams(at_month_end), state=state, event=event, died=died, day=day)
    if not found.allowed:
        assert (found.state, found.from_day) == (state, day)
    else:
        assert day <= found.from_day <= day + 31
        by_month = at_month_end[event] and not (event == LifeEvent.STOP and died)
        first = day_of(found.from_day)
        assert not by_month or (first.day == 1 and (first - timedelta(days=1)).month == day_of(day).month)


@given(st.lists(st.sampled_from(LifeEvent), max_size=12))
def test_whatever_happens_only_a_stop_ends_an_enrolment_and_only_a_registration_begins_one(events):
    state: int = EnrolmentState.NOT_REGISTERED
    for event in events:
        found = life_cycle(LifeCycleParams((0,) * 5), state=state, event=event, died=0, day=19_000)
        if state in (EnrolmentState.NOT_REGISTERED, EnrolmentState.STOPPED):
            assert found.allowed == (event == LifeEvent.REGISTER)
        if found.allowed and found.state == EnrolmentState.STOPPED:
            assert event == LifeEvent.STOP
        state = found.state


@given(flags(ONE_APPLICATION_STEPS), STEPS, FEN)
def test_an_application_is_complete_when_no_step_is_left_and_doing_the_next_always_helps(steps, done, owes):
    params = OneApplicationParams(steps)
    found = one_application(params, done_steps=done, person_pays_fen=owes)
    assert found.complete == (found.left == 0) == (found.next_step == -1)
    if not found.complete:
        then = one_application(params, done_steps=done | 1 << found.next_step, person_pays_fen=owes)
        assert then.left == found.left - 1
        assert not done >> found.next_step & 1


@given(flags(CATEGORIES), TAGS, FLAG, FLAG, FLAG, FLAG, FEN)
def test_nobody_of_a_key_group_is_passed_over(groups, tags, died, moved, employee, registered, owes):
    found = key_group_gap(
        KeyGroupsParams(groups),
        category_tags=tags,
        died=died,
        moved_away=moved,
        in_employee_insurance=employee,
        registered=registered,
        person_owes_fen=owes,
    )
    held = [c for c in range(1, CATEGORIES) if groups[c] and tags >> c & 1]
    assert found.group == (held[0] if held else Category.ORDINARY)
    covered = employee or (registered and owes == 0)
    assert found.missing == bool(held and not died and not moved and not covered)
    if held and not found.missing:
        assert found.follow_up in (FollowUp.ENROLLED, FollowUp.TO_TAKE_OFF_LIST)


@given(
    st.builds(TransferParams, st.integers(0, 30), st.integers(0, 30)), *[st.integers(0, 90)] * 2, FLAG, FLAG
)
def test_neither_agency_answers_for_the_days_of_the_other(params, leaving, arriving, left, arrived):
    found = transfer_progress(
        params,
        leaving_working_days=leaving,
        leaving_done=left,
        arriving_working_days=arriving,
        arriving_done=arrived,
    )
    assert found.leaving_days_late == max(leaving - params.leaving_working_days, 0)
    assert found.arriving_days_late == (max(arriving - params.arriving_working_days, 0) if left else 0)
    assert (found.stage == TransferStage.FINISHED) == (left == 1 and arrived == 1)


@given(st.builds(AccountBalanceParams, FLAG, FLAG, FLAG, FLAG), FEN, FLAG, FLAG, FLAG)
def test_a_balance_goes_whole_to_one_place(params, balance, movable, emigrated, died):
    found = account_balance(params, balance_fen=balance, movable=movable, emigrated=emigrated, died=died)
    assert sum(found) == balance
    assert sorted(found) == [0, 0, 0, balance]
    assert not (died and (found.moves_fen or found.to_person_fen))


@given(flags(LIST_VERDICTS), st.integers(1, 12), FLAG, FLAG, FLAG, FLAG, FLAG, DAYS)
def test_a_row_is_confirmed_only_where_everything_agrees(
    back, months, valid, name, died, employee, enrolled, day
):
    found = list_row(
        ListFeedbackParams(back, months),
        identity_valid=valid,
        name_matches=name,
        died=died,
        in_employee_insurance=employee,
        enrolled=enrolled,
        list_day=day,
    )
    agrees = valid and name and not died and not employee and enrolled
    assert (found.verdict == ListVerdict.CONFIRMED) == bool(agrees)
    assert (found.verdict == ListVerdict.WRONG_DATA) == (not valid or not name)
    assert found.sent_back == back[found.verdict]
    assert found.next_list_day > day


@given(flags(DEPARTMENTS), SAYS, SAYS)
def test_verdicts_add_up_and_only_all_of_those_needed_complete_an_application(needed, agreed, refused):
    found = joint_handling(
        JointHandlingParams(needed), agreed_departments=agreed, refused_departments=refused
    )
    assert found.agreed + found.refused + found.waiting == found.needed == sum(needed)
    wanted = [d for d in range(DEPARTMENTS) if needed[d]]
    refuses = any(refused >> d & 1 for d in wanted)
    assert (found.state == JointState.RETURNED) == refuses
    assert (found.state == JointState.AGREED) == (not refuses and all(agreed >> d & 1 for d in wanted))


@given(st.builds(StudentFilingParams, FLAG, FLAG), FLAG, FLAG, FLAG, FLAG, FLAG)
def test_only_a_student_who_filed_settles_directly(params, student, outside, filed, admitted, settled):
    found = student_filing(
        params, student=student, outside_province=outside, filed=filed, admitted=admitted, settled=settled
    )
    assert found.settles_directly == (found.advice == FilingAdvice.SETTLE_DIRECTLY)
    if found.settles_directly:
        assert student and outside and filed
    if found.advice == FilingAdvice.FILE_BEFORE_SETTLING:
        assert params.before_discharge_settlement and admitted and not settled
