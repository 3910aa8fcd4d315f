"""Settle, reverse and replay in any order: the year is always that of the claims that stand, and undoing all leaves nothing."""

import json
import random
from contextlib import suppress
from datetime import date
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.agency.acting import actor
from tests.agency.settling import AT, CITY, COUNTY, OFFICER, institutions, person, stay, visit

from yibao.assistance.terms import Category
from yibao.benefits.terms import VisitKind
from yibao.engine.terms import NOTHING_YET
from yibao.engine.year import Payer, advance, paid_fen, settle_in_order
from yibao.enrolment.actions import recognise_category
from yibao.enrolment.orders import Recognition
from yibao.enrolment.terms import Department
from yibao.journeys.settlement.recovering import decide_step, propose_step
from yibao.journeys.settlement.reversing import replay, reverse
from yibao.journeys.settlement.settling import settle
from yibao.journeys.settlement.third_party import declare
from yibao.journeys.verifying.database import database_findings
from yibao.kernel.days import day_of
from yibao.ledger.queries import trial_balance_of
from yibao.rights.terms import Role
from yibao.settlement.cases import outstanding_of
from yibao.settlement.failures import AdvanceStands, StepNotAllowed
from yibao.settlement.models import ThirdPartyCase, YearRow
from yibao.settlement.orders import Declaration, LateFact, Liability, Reversal, StepDecision, StepOrder
from yibao.settlement.queries import year_of
from yibao.settlement.terms import AdvanceCause, CaseStep, LateCause, ThirdParty
from yibao.settlement.versions import in_force

KEYS = count(1)
REVIEWER = actor(Role.REVIEWER, CITY)
DAYS = st.dates(date(2023, 1, 1), date(2023, 12, 20))


def owed() -> list[tuple[str, str, int]]:
    rows = trial_balance_of(CITY).to_pylist()
    return [(row["fund"], row["account"], row["balance_fen"]) for row in rows if row["balance_fen"]]


class YearMachine(RuleBasedStateMachine):
    """One person's year; what stands is remembered beside the database."""

    def __init__(self) -> None:
        super().__init__()
        self.person = person(certified="dialysis")
        self.standing: list[int] = []
        self.cases: dict[int, int] = {}
        self.advanced: set[int] = set()
        self.before = owed()

    @rule(yuan=st.integers(1, 120_000), day=DAYS)
    def settle_a_stay(self, yuan: int, day: date) -> None:
        self._settle(stay(self.person, yuan, day))

    @rule(yuan=st.integers(1, 120_000), day=DAYS)
    def settle_a_stay_by_hand(self, yuan: int, day: date) -> None:
        self._settle(stay(self.person, yuan, day, manual=True))

    @rule(yuan=st.integers(1, 400), day=DAYS)
    def settle_a_visit(self, yuan: int, day: date) -> None:
        self._settle(visit(self.person, yuan, day))

    @rule(yuan=st.integers(1, 9_000), day=DAYS)
    def settle_a_chronic_visit(self, yuan: int, day: date) -> None:
        bill = visit(
            self.person, yuan, day, kind=VisitKind.CHRONIC, disease_code="dialysis", institution_code="H-1"
        )
        self._settle(bill)

    @rule(draw=st.randoms(use_true_random=False))
    def reverse_any(self, draw: random.Random) -> None:
        if self.standing:
            self._reverse(self.standing.pop(draw.randrange(len(self.standing))))

    @rule(category=st.sampled_from([Category.EXTREME_POVERTY, Category.UNSTABLE_EXIT]), day=DAYS)
    def certify_late(self, category: Category, day: date) -> None:
        order = Recognition(self.person, category, Department.CIVIL_AFFAIRS, day, None, "补认定")
        recognise_category(OFFICER, f"c{next(KEYS)}", order, today=AT.date())
        if self.standing:
            late = LateFact(self.person, 2023, LateCause.CATEGORY_BACK_DATED, "补认定")
            replay(OFFICER, f"l{next(KEYS)}", late, at=AT)

    @rule(share_bp=st.integers(0, 10_000), draw=st.randoms(use_true_random=False))
    def find_a_third_party(self, share_bp: int, draw: random.Random) -> None:
        free = [settlement_id for settlement_id in self.standing if settlement_id not in self.advanced]
        if free:
            found = draw.choice(free)
            liability = Liability(ThirdParty.TRAFFIC, share_bp, "认定书", AT.date())
            said = declare(OFFICER, f"d{next(KEYS)}", Declaration(found, liability, "认定"), at=AT)
            self.cases[found] = json.loads(said)["case_id"]

    @rule(draw=st.randoms(use_true_random=False))
    def pay_in_advance(self, draw: random.Random) -> None:
        free = [one for one in self.standing if one in self.cases and one not in self.advanced]
        if free:
            found = draw.choice(free)
            with suppress(
                StepNotAllowed
            ):  # a third party that bears nothing, or nothing that a fund would pay
                said = self._decided(
                    StepOrder(self.cases[found], CaseStep.ADVANCED, "x", AdvanceCause.NOT_FOUND)
                )
                self.advanced.add(found)
                assert sum(outstanding_of(ThirdPartyCase.objects.get(pk=self.cases[found])).values()) == said

    @rule(draw=st.randoms(use_true_random=False))
    def withdraw_an_advance(self, draw: random.Random) -> None:
        if self.advanced:
            self._withdraw(draw.choice(sorted(self.advanced)))

    @invariant()
    def the_year_is_that_of_what_stands(self) -> None:
        row = YearRow.objects.filter(person_id=self.person).first()
        if row is None:
            return
        year, so_far = year_of(row), NOTHING_YET
        assert [int(filed.claim_id) for filed in year.standing] == self.standing
        settled = settle_in_order(lambda day: in_force(COUNTY, day_of(day)).terms.params, year.standing)
        for before, working in settled:
            so_far = advance(before, working.change)
        assert year.so_far == so_far
        if year.replayed_to == len(year.postings):
            for filed, (_, working) in zip(year.standing, settled, strict=True):
                assert [paid_fen(year, filed.claim_id, p) for p in Payer] == [
                    working.payers[p] for p in Payer
                ]

    def teardown(self) -> None:
        random.Random(len(self.standing)).shuffle(self.standing)
        while self.standing:
            self._reverse(self.standing.pop())
        row = YearRow.objects.filter(person_id=self.person).first()
        assert row is None or year_of(row).so_far == NOTHING_YET
        assert owed() == self.before

    def _settle(self, bill) -> None:
        said = json.loads(settle(OFFICER, f"s{next(KEYS)}", bill, at=AT))
        self.standing.append(said["settlement_id"])

    def _decided(self, order: StepOrder) -> int:
        proposal = json.loads(propose_step(OFFICER, f"p{next(KEYS)}", order))["proposal_id"]
        said = decide_step(REVIEWER, f"q{next(KEYS)}", StepDecision(proposal, True, "x"), at=AT)
        return int(json.loads(said)["amount_fen"])

    def _withdraw(self, settlement_id: int) -> None:
        self._decided(StepOrder(self.cases[settlement_id], CaseStep.WITHDRAWN, "x"))
        self.advanced.remove(settlement_id)
        assert outstanding_of(ThirdPartyCase.objects.get(pk=self.cases[settlement_id])) == {}

    def _reverse(self, settlement_id: int) -> None:
        if settlement_id in self.advanced:
            with pytest.raises(AdvanceStands):
                reverse(OFFICER, f"r{next(KEYS)}", Reversal(settlement_id, "错"), at=AT)
            self._withdraw(settlement_id)
        reverse(OFFICER, f"r{next(KEYS)}", Reversal(settlement_id, "错"), at=AT)


@pytest.mark.property
@pytest.mark.slow
def test_any_interleaving_is_the_year_of_what_stands_and_undone_leaves_nothing(database):
    institutions()
    run_state_machine_as_test(
        YearMachine,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
    assert database_findings() == []
