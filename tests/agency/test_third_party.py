"""Third parties: the share that is nobody's benefit, the advance that two people decide, and the money that comes back.

The place pays 70 % of what is in scope, so that every amount can be worked by hand.
"""

import json
from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.settling import AT, CHINA, stay
from tests.agency.test_peers import PLAIN, SOMEBODY, insured, places  # noqa: F401 - a fixture

from yibao.benefits.terms import Exclusion, Refusal
from yibao.engine.year import Payer
from yibao.journeys.settlement.recovering import decide_step, propose_step, record_recovery
from yibao.journeys.settlement.reversing import replay, reverse
from yibao.journeys.settlement.settling import settle
from yibao.journeys.settlement.third_party import declare, settle_shared
from yibao.journeys.verifying.database import database_findings, recomputed_findings
from yibao.ledger.books import balance_fen
from yibao.ledger.queries import trial_balance_of
from yibao.payment.models import Designation, Institution
from yibao.rights.actors import NotAllowed
from yibao.rights.approvals import DecidedAlready, SamePerson
from yibao.rights.terms import Role
from yibao.settlement.cases import case_balance, open_cases
from yibao.settlement.failures import (
    AdvanceStands,
    LiabilityWrong,
    NoSuchCase,
    NoSuchSettlement,
    ReversedAlready,
    StepNotAllowed,
)
from yibao.settlement.liability import divided, without_share
from yibao.settlement.models import CaseEvent, Settlement
from yibao.settlement.orders import (
    Declaration,
    LateFact,
    Liability,
    Recovery,
    Reversal,
    SharedBill,
    StepDecision,
    StepOrder,
    Totals,
)
from yibao.settlement.terms import AdvanceCause, CaseStep, LateCause, RecoverySource, ThirdParty

CHECKER = actor(Role.REVIEWER, PLAIN)
FINANCE = actor(Role.FINANCE_OFFICER, PLAIN)
ELSEWHERE = actor(Role.CITY_OFFICER, "990200")
KNOWN_ON = date(2023, 12, 1)
THOUSAND = Totals(class_a_fen=100_000)


@pytest.fixture
def agency(database, places):  # noqa: F811 - a fixture
    prepared()


def prepared() -> None:
    row = Institution.objects.create(code="H-1", name="某院", class_code="third_rate", county_code=PLAIN)
    Designation.objects.create(institution=row, first_day=date(2022, 1, 1))


def liable(share_bp: int, **more: object) -> Liability:
    facts = {"evidence": "认定书1号", "known_on": KNOWN_ON, **more}
    return Liability(ThirdParty.TRAFFIC, share_bp, **facts)  # type: ignore[arg-type]


def shared(who: int, share_bp: int, key: str = "s", **more: object) -> dict[str, int]:
    order = SharedBill(stay(who, 0, totals=THOUSAND, **more), liable(share_bp))
    return json.loads(settle_shared(SOMEBODY, key, order, at=AT))


def proposed(case_id: int, step: CaseStep, key: str = "ask", **more: object) -> int:
    if step is CaseStep.ADVANCED:
        more = {"cause": AdvanceCause.NOT_PAYING, **more}
    said = propose_step(SOMEBODY, key, StepOrder(case_id, step, "申请", **more))  # type: ignore[arg-type]
    return int(json.loads(said)["proposal_id"])


def decided(
    proposal_id: int, key: str = "d", *, approved: bool = True, at: datetime = AT
) -> dict[str, object]:
    order = StepDecision(proposal_id, approved, "情况属实")
    return json.loads(decide_step(CHECKER, key, order, at=at))


def advanced(case_id: int, key: str = "a") -> dict[str, object]:
    return decided(proposed(case_id, CaseStep.ADVANCED, f"p{key}"), f"d{key}")


def recovered(case_id: int, amount_fen: int, no: str, at: datetime = AT) -> dict[str, object]:
    order = Recovery(case_id, amount_fen, RecoverySource.FROM_THIRD_PARTY, no, KNOWN_ON)
    return json.loads(record_recovery(FINANCE, f"r{no}", order, at=at))


def booked(*accounts: str, fund: str = "basic") -> int:
    return balance_fen(trial_balance_of(PLAIN), fund, *accounts)


def test_the_rest_is_settled_and_the_share_is_nobodys_benefit(agency):
    said = shared(insured(PLAIN), 4_000)
    # 1,000 yuan, 40 % of it the third party's: 600 in scope at 70 %
    assert (said["basic_fen"], said["person_fen"], said["refusal"]) == (42_000, 58_000, 0)
    found = case_balance(SOMEBODY, said["case_id"])
    assert (found.share_bp, found.advanced_fen, found.outstanding) == (4_000, 0, {})
    assert database_findings() == [] and recomputed_findings() == []


def test_a_share_is_rounded_once_a_part_and_the_bill_stays_what_it_was():
    bill = stay(1, 0, totals=Totals(1, 2, 3, 33_333, 66_667))
    rest = without_share(bill, 3_333).totals
    # 33.33 % of 333.33 yuan is 11,109.89 fen, of 666.67 yuan 22,220.11 fen; of 2 and 3 fen 0.67 and 1.00
    assert rest == Totals(1 + 1 + 1 + 11_110 + 22_220, 1, 2, 22_223, 44_447)
    assert without_share(bill, 10_000).exclusion == Exclusion.THIRD_PARTY
    assert without_share(replace(bill, exclusion=Exclusion.THIRD_PARTY), 0) == bill


def test_who_bears_all_leaves_nothing_to_settle(agency):
    said = shared(insured(PLAIN), 10_000)
    assert (said["refusal"], said["basic_fen"], said["person_fen"]) == (Refusal.THIRD_PARTY, 0, 100_000)


def test_found_out_later_the_difference_is_due_from_the_person(agency):
    who = insured(PLAIN)
    first = json.loads(settle(SOMEBODY, "s", stay(who, 0, totals=THOUSAND), at=AT))
    assert first["basic_fen"] == 70_000
    order = Declaration(first["settlement_id"], liable(4_000), "交警认定")
    said = json.loads(declare(SOMEBODY, "k", order, at=AT))
    assert [(a["payer"], a["difference_fen"]) for a in said["adjustments"]] == [(Payer.BASIC, -28_000)]
    assert json.loads(declare(SOMEBODY, "k", order, at=AT)) == said
    again = Declaration(first["settlement_id"], liable(2_500), "复核认定")
    said = json.loads(declare(SOMEBODY, "k2", again, at=AT))
    # 750 in scope at 70 % is 525 yuan, 105 more than at a share of 40 %
    assert [a["difference_fen"] for a in said["adjustments"]] == [10_500]
    assert booked("payable_people") == 17_500
    assert database_findings() == [] and recomputed_findings() == []


def test_an_advance_pays_the_share_and_it_is_recovered_in_instalments(agency):
    case_id = shared(insured(PLAIN), 4_000)["case_id"]
    said = advanced(case_id)
    assert (said["amount_fen"], len(said["adjustments"])) == (28_000, 1)
    assert booked("benefit_hospital") == 70_000 and booked("payable_people") == -28_000
    assert recovered(case_id, 10_000, "1")["outstanding_fen"] == 18_000
    assert [c.outstanding_fen for c in open_cases(SOMEBODY)] == [18_000]
    with pytest.raises(StepNotAllowed, match=r"尚未收回 180\.00 元"):
        recovered(case_id, 18_001, "2")
    assert recovered(case_id, 18_000, "3")["outstanding_fen"] == 0
    assert booked("income_account") == 28_000 and booked("benefit_hospital") == 42_000
    assert open_cases(SOMEBODY) == []
    found = case_balance(SOMEBODY, case_id)
    assert (found.advanced_fen, found.recovered_fen, found.outstanding_fen) == (28_000, 28_000, 0)
    assert database_findings() == [] and recomputed_findings() == []


def test_recovered_in_a_later_year_it_is_other_income(agency):
    case_id = shared(insured(PLAIN), 4_000)["case_id"]
    advanced(case_id)
    recovered(case_id, 28_000, "1", at=datetime(2024, 1, 2, 9, tzinfo=CHINA))
    assert booked("other_income") == -28_000 and booked("benefit_hospital") == 70_000
    assert database_findings() == []


def test_each_fund_has_back_what_it_advanced(agency):
    who = insured(PLAIN)
    case_id = shared(who, 10_000)["case_id"]
    big = SharedBill(stay(who, 0, totals=Totals(class_a_fen=20_000_000)), liable(10_000))
    case_id = json.loads(settle_shared(SOMEBODY, "big", big, at=AT))["case_id"]
    advanced(case_id)
    owed = case_balance(SOMEBODY, case_id).outstanding
    # 70 % of 200,000 yuan reaches the cap of 70,000; catastrophic insurance pays of the 130,000 left
    assert owed[Payer.BASIC] == 7_000_000 and owed[Payer.CATASTROPHIC] > 0
    before = [booked("benefit_hospital"), booked("benefit_catastrophic", fund="catastrophic")]
    assert before == [owed[Payer.BASIC], owed[Payer.CATASTROPHIC]]
    recovered(case_id, 3_333_333, "1")
    recovered(case_id, sum(owed.values()) - 3_333_333, "2")
    assert booked("income_account") == owed[Payer.BASIC]
    assert booked("income_account", fund="catastrophic") == owed[Payer.CATASTROPHIC]
    assert booked("benefit_hospital") == booked("benefit_catastrophic", fund="catastrophic") == 0
    assert database_findings() == []


@pytest.mark.parametrize("amount_fen", [1, 2, 3, 50, 99, 100])
def test_an_instalment_is_divided_to_the_fen(amount_fen):
    owed = {Payer.BASIC: 33, Payer.CATASTROPHIC: 33, Payer.ASSISTANCE: 34}
    parts = divided(amount_fen, owed)
    assert sum(parts.values()) == amount_fen
    assert all(0 < part <= owed[payer] for payer, part in parts.items())


def test_written_off_by_two_it_is_owed_no_more(agency):
    case_id = shared(insured(PLAIN), 4_000)["case_id"]
    advanced(case_id)
    recovered(case_id, 8_000, "1")
    with pytest.raises(StepNotAllowed, match="尚未收回"):
        proposed(case_id, CaseStep.WRITTEN_OFF, "x", amount_fen=20_001)
    decided(proposed(case_id, CaseStep.WRITTEN_OFF, "w", amount_fen=20_000), "w")
    found = case_balance(SOMEBODY, case_id)
    assert (found.written_off_fen, found.outstanding_fen) == (20_000, 0)
    assert database_findings() == []


def test_an_advance_is_withdrawn_and_the_settlement_can_be_reversed(agency):
    said = shared(insured(PLAIN), 4_000)
    case_id, undo = said["case_id"], Reversal(said["settlement_id"], "录入错误")
    advanced(case_id)
    for what in (
        lambda: reverse(SOMEBODY, "u", undo, at=AT),
        lambda: declare(SOMEBODY, "v", Declaration(said["settlement_id"], liable(1), "x"), at=AT),
    ):
        with pytest.raises(AdvanceStands, match="先由两人决定撤销先行支付"):
            what()
    back = decided(proposed(case_id, CaseStep.WITHDRAWN, "w"), "w")
    assert [a["difference_fen"] for a in back["adjustments"]] == [-28_000]
    reverse(SOMEBODY, "u", undo, at=AT)
    assert [row["account"] for row in trial_balance_of(PLAIN).to_pylist() if row["balance_fen"]] == []
    with pytest.raises(ReversedAlready):
        proposed(case_id, CaseStep.ADVANCED, "again")
    assert database_findings() == [] and recomputed_findings() == []


def test_a_later_replay_keeps_share_and_advance(agency):
    who = insured(PLAIN)
    case_id = shared(who, 4_000)["case_id"]
    late = LateFact(who, 2023, LateCause.CATEGORY_BACK_DATED, "核对")
    assert json.loads(replay(SOMEBODY, "l1", late, at=AT)) == {"adjustments": [], "changed": 0}
    advanced(case_id)
    assert json.loads(replay(SOMEBODY, "l2", late, at=AT)) == {"adjustments": [], "changed": 0}
    assert database_findings() == [] and recomputed_findings() == []


def test_two_people_decide_and_only_where_they_may(agency):
    said = shared(insured(PLAIN), 4_000)
    case_id = said["case_id"]
    proposal = proposed(case_id, CaseStep.ADVANCED)
    both = replace(CHECKER, name=SOMEBODY.name)
    with pytest.raises(SamePerson):
        decide_step(both, "d", StepDecision(proposal, True, "x"), at=AT)
    with pytest.raises(NoSuchCase):
        decide_step(SOMEBODY, "d", StepDecision(proposal, True, "x"), at=AT)
    assert decided(proposal, approved=False) == {"approved": False, "amount_fen": 0, "adjustments": []}
    with pytest.raises(DecidedAlready):
        decided(proposal, "d2")
    assert CaseEvent.objects.count() == 0
    with pytest.raises(NoSuchCase):
        propose_step(ELSEWHERE, "e", StepOrder(case_id, CaseStep.ADVANCED, "x", AdvanceCause.NOT_FOUND))
    with pytest.raises(NoSuchSettlement):
        declare(ELSEWHERE, "e", Declaration(said["settlement_id"], liable(1), "x"), at=AT)
    institution = actor(Role.INSTITUTION_USER, PLAIN)
    with pytest.raises(NotAllowed):
        declare(institution, "e", Declaration(said["settlement_id"], liable(1), "x"), at=AT)
    advanced(case_id)
    with pytest.raises(NoSuchCase):
        order = Recovery(case_id, 1, RecoverySource.FROM_PERSON, "9", KNOWN_ON)
        record_recovery(SOMEBODY, "e", order, at=AT)
    for nobody in (ELSEWHERE, FINANCE):
        assert open_cases(nobody) == []
        with pytest.raises(NoSuchCase):
            case_balance(nobody, case_id)


def test_what_cannot_be_is_refused_in_words_and_nothing_changes(agency):
    who = insured(PLAIN)
    with pytest.raises(LiabilityWrong) as wrong:
        order = SharedBill(
            stay(who, 0, totals=THOUSAND, exclusion=Exclusion.ABROAD),
            liable(10_001, evidence=" ", known_on=date(2023, 12, 21)),
        )
        settle_shared(SOMEBODY, "x", order, at=AT)
    assert len(wrong.value.problems) == 4
    assert Settlement.objects.count() == 0
    case_id = shared(who, 4_000)["case_id"]
    for step, more, said in (
        (CaseStep.WITHDRAWN, {}, "没有先行支付"),
        (CaseStep.WRITTEN_OFF, {"amount_fen": 1}, "没有先行支付"),
        (CaseStep.ADVANCED, {"cause": None}, "请写明"),
    ):
        with pytest.raises(StepNotAllowed, match=said):
            proposed(case_id, step, "x", **more)
    advanced(case_id)
    for step, more, said in (
        (CaseStep.ADVANCED, {}, "不能重复支付"),
        (CaseStep.WRITTEN_OFF, {"amount_fen": 0}, "大于零"),
        (CaseStep.RECOVERED, {}, "直接登记"),
    ):
        with pytest.raises(StepNotAllowed, match=said):
            proposed(case_id, step, "x", **more)
    recovered(case_id, 1, "1")
    with pytest.raises(StepNotAllowed, match="已入账"):
        order = Recovery(case_id, 1, RecoverySource.FROM_PERSON, "1", KNOWN_ON)
        record_recovery(FINANCE, "other", order, at=AT)
    with pytest.raises(StepNotAllowed, match="不能撤销"):
        proposed(case_id, CaseStep.WITHDRAWN, "x")
    none = shared(insured(PLAIN, "q"), 0, "none")["case_id"]
    with pytest.raises(StepNotAllowed, match="不必先行支付"):
        proposed(none, CaseStep.ADVANCED, "x")


def test_records_are_kept_and_the_verifier_finds_what_does_not_add_up(agency):
    case_id = shared(insured(PLAIN), 4_000)["case_id"]
    advanced(case_id)
    for table in ("thirdpartycase", "thirdpartyshare", "caseevent", "caseamount"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE settlement_{table} SET id = id")
    step = CaseEvent.objects.get()
    broken = CaseEvent.objects.create(
        case_id=case_id,
        step=CaseStep.RECOVERED,
        external_no="1",
        happened_on=KNOWN_ON,
        posted_on=KNOWN_ON,
        actor="x",
        recorded_at=AT,
    )
    assert [f.message for f in database_findings()] == []
    broken.amounts.create(payer=Payer.BASIC, amount_fen=28_001)
    said = [f.message for f in database_findings()]
    assert any("多于先行支付" in one for one in said) and any("与其依据不一致" in one for one in said)
    assert step.amounts.get().amount_fen == 28_000


def test_decided_and_recovered_at_once_it_is_done_once(postgres, places):  # noqa: F811 - a fixture
    prepared()
    case_id = shared(insured(PLAIN), 4_000)["case_id"]
    first, second = (proposed(case_id, CaseStep.ADVANCED, key) for key in "ab")
    said = at_once([lambda p=p, n=n: decided(p, f"d{p}{n}") for p in (first, second) for n in range(3)])
    outcomes = sorted("done" if isinstance(one, dict) else type(one).__name__ for one in said)
    assert outcomes.count("done") == 1 and set(outcomes) <= {"done", "DecidedAlready", "StepNotAllowed"}
    said = at_once([lambda n=n: recovered(case_id, 10_000, f"{n}") for n in range(5)])
    assert sorted(type(one).__name__ for one in said) == ["StepNotAllowed"] * 3 + ["dict"] * 2
    assert case_balance(SOMEBODY, case_id).outstanding_fen == 8_000
    assert database_findings() == []
