"""What holds of collecting money and paying it in, whatever the amounts: parts add up, and nothing is late early.

carries_out: FIN-01, FIN-07, FIN-19, FIN-20, FIN-21, FIN-23, FIN-24
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.enrolment.terms import Department
from yibao.financing.params import (
    COLLECTION_STEPS,
    CashDepositParams,
    CollectionModeParams,
    FiscalAccountParams,
    RepeatedPaymentParams,
    SubsidyArrivalParams,
    SubsidyFloorParams,
    SubsidyFloorTerms,
    SubsidyParams,
)
from yibao.financing.rules.arrival import arrival_report, subsidy_arrival
from yibao.financing.rules.collection import cash_deposit, collection
from yibao.financing.rules.collection_mode import collection_duty
from yibao.financing.rules.fiscal_account import fiscal_account
from yibao.financing.rules.repeated_payment import repeated_payment
from yibao.financing.rules.subsidy_floor import subsidy_floor
from yibao.financing.terms import CollectionStep
from yibao.kernel.days import day_from, day_number
from yibao.kernel.shapes import NOT_ON_FILE
from yibao.kernel.time_limits import TimeLimit, Timeliness

pytestmark = pytest.mark.property

FEN = st.integers(0, 10**12)
SMALL_FEN = st.integers(0, 100_000)
DAYS = st.integers(18_000, 21_000)
FLAG = st.integers(0, 1)
CHANNELS = ("online_fen", "counter_fen", "agents_cash_fen")
PLACES = ("with_agents_fen", "transit_fen", "treasury_fen", "refunded_fen")
MID_DECEMBER = SubsidyArrivalParams(
    due_day=day_number(day_from("2022-12-31")), report_by_day=day_number(day_from("2022-12-20"))
)


@given(FEN, FEN)
def test_a_standard_is_refused_exactly_below_the_floor(standard, floor):
    found = subsidy_floor(SubsidyFloorTerms(SubsidyParams(standard), SubsidyFloorParams(floor)))
    assert found.refused == (standard < floor)
    assert found.standard_fen + found.short_fen == max(standard, floor)


@pytest.mark.parametrize(("standard", "refused"), [(60_999, 1), (61_000, 0), (61_001, 0)])
def test_the_610_yuan_of_the_notice_are_a_floor(standard, refused):
    terms = SubsidyFloorTerms(SubsidyParams(standard), SubsidyFloorParams(61_000))
    assert subsidy_floor(terms).refused == refused


@given(FEN, FEN, FEN, DAYS, DAYS, DAYS)
def test_outstanding_and_arrived_are_what_is_due_and_what_came_above_it(
    due, budgeted, arrived, due_day, last, day
):
    found = subsidy_arrival(
        SubsidyArrivalParams(due_day),
        due_fen=due,
        budgeted_fen=budgeted,
        arrived_fen=arrived,
        last_arrival_day=last,
        day=day,
    )
    assert found.outstanding_fen + arrived == due + found.above_due_fen
    assert found.budget_short_fen == max(due - budgeted, 0)
    overdue = due > arrived and day > due_day
    assert (found.limit.state == Timeliness.OVERDUE) == overdue
    assert (found.limit.state == Timeliness.LATE) == (0 < due <= arrived and last > due_day)


@given(FEN, FEN, DAYS, DAYS)
def test_where_no_last_day_is_on_file_nothing_is_overdue(due, arrived, last, day):
    found = subsidy_arrival(
        SubsidyArrivalParams(NOT_ON_FILE),
        due_fen=due,
        budgeted_fen=0,
        arrived_fen=arrived,
        last_arrival_day=last,
        day=day,
    )
    assert found.limit == TimeLimit(0, 0, Timeliness.NOT_ASKED)
    assert found.outstanding_fen == max(due - arrived, 0)


@pytest.mark.parametrize(
    ("day", "reported", "state", "late"),
    [
        ("2022-12-19", 0, Timeliness.RUNNING, 0),
        ("2022-12-20", 0, Timeliness.RUNNING, 0),
        ("2022-12-20", 1, Timeliness.IN_TIME, 0),
        ("2022-12-21", 1, Timeliness.LATE, 1),
        ("2022-12-21", 0, Timeliness.OVERDUE, 1),
    ],
)
def test_a_report_asked_for_by_the_middle_of_december_ends_on_the_twentieth(day, reported, state, late):
    found = arrival_report(MID_DECEMBER, reported=reported, day=day_number(day_from(day)))
    assert (found.state, found.days_late) == (state, late)


@given(st.fixed_dictionaries({name: SMALL_FEN for name in (*CHANNELS, *PLACES, "credited_fen")}))
def test_money_taken_is_found_or_missing_and_kept_money_is_somebodys(facts):
    found = collection(**facts)
    taken = sum(facts[name] for name in CHANNELS)
    lies = sum(facts[name] for name in PLACES)
    assert taken + found.unexplained_fen == lies + found.missing_fen
    assert min(found.unexplained_fen, found.missing_fen) == 0
    assert (
        taken - facts["refunded_fen"] + found.overcredited_fen == facts["credited_fen"] + found.uncredited_fen
    )
    wrong = found.unexplained_fen + found.missing_fen + found.overcredited_fen + found.uncredited_fen
    assert found.conserved == (wrong == 0)


@given(st.fixed_dictionaries({name: SMALL_FEN for name in (*CHANNELS, *PLACES[:3])}), SMALL_FEN)
def test_moving_money_on_never_breaks_a_collection(facts, moved):
    """From the agent to the transit account, and from there to the treasury, nothing is gained or lost."""
    moved = min(moved, facts["with_agents_fen"])
    before = collection(**facts, refunded_fen=0, credited_fen=0)
    on = facts | {
        "with_agents_fen": facts["with_agents_fen"] - moved,
        "treasury_fen": facts["treasury_fen"] + moved,
    }
    assert collection(**on, refunded_fen=0, credited_fen=0) == before


@given(st.integers(0, 30), DAYS, st.integers(0, 60), FLAG)
def test_cash_is_late_from_the_day_after_its_last(deposit_days, taken, later, deposited):
    found = cash_deposit(
        CashDepositParams(deposit_days), taken_day=taken, deposited=deposited, day=taken + later
    )
    assert found.days_late == max(later - deposit_days, 0)


@given(st.builds(RepeatedPaymentParams, FLAG, FLAG), FEN, FEN, FEN, FEN, FLAG)
def test_a_payment_is_accepted_set_off_or_refunded_to_the_fen(params, due, before, payment, other, wants):
    found = repeated_payment(
        params,
        due_fen=due,
        paid_before_fen=before,
        payment_fen=payment,
        other_due_fen=other,
        wants_set_off=wants,
    )
    assert found.accepted_fen + found.set_off_fen + found.refund_fen == payment
    assert min(found[1:]) >= 0
    assert found.set_off_fen <= (other if wants and params.may_set_off else 0)
    if params.once_a_period:
        assert before + found.accepted_fen <= max(due, before)


@given(FLAG, FEN, FEN, FEN)
def test_money_paid_in_lies_somewhere_or_is_untraced(unified, paid, inside, kept):
    found = fiscal_account(
        FiscalAccountParams(unified), paid_fen=paid, in_account_fen=inside, kept_by_county_fen=kept
    )
    assert inside + kept + found.untraced_fen == paid + found.above_paid_fen
    assert found.to_move_fen == (kept if unified else 0)
    if unified and kept:
        assert found.in_order == 0


@given(st.tuples(*[FLAG] * COLLECTION_STEPS), st.sampled_from(CollectionStep))
def test_a_step_is_done_by_one_department_and_the_unified_mode_assesses_and_collects(by_tax, step):
    found = collection_duty(CollectionModeParams(by_tax), step=step)
    assert found.department == (Department.TAX if by_tax[step] else Department.MEDICAL_INSURANCE)
    assert found.unified == (by_tax[CollectionStep.ASSESS] and by_tax[CollectionStep.COLLECT])


@pytest.mark.parametrize("step", CollectionStep)
def test_where_tax_does_everything_but_the_register_the_mode_is_the_unified_one(step):
    params = CollectionModeParams(tuple(int(s != CollectionStep.REGISTER) for s in CollectionStep))
    assert collection_duty(params, step=step).unified == 1
