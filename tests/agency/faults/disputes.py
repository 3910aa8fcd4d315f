"""The actions of third parties, objections, filing outside and special funds, each ready to be done once."""

import json
from datetime import date

from tests.agency.acting import actor
from tests.agency.settling import AT, CITY, OFFICER, institutions, person, stay
from tests.agency.striking import Action

from yibao.benefits.terms import FilingKind, SpecialFund
from yibao.journeys.settlement.ending_filing import ChangeFiling, EndFiling, change_filing, end_filing
from yibao.journeys.settlement.filing import AtAdmission, FileOrder, file_at_admission, file_outside
from yibao.journeys.settlement.objecting import admit, carry_out, object_to, rule_on
from yibao.journeys.settlement.recovering import decide_step, propose_step, record_recovery
from yibao.journeys.settlement.settling import settle
from yibao.journeys.settlement.special_funds import BudgetMoney, receive_budget
from yibao.journeys.settlement.third_party import declare, settle_shared
from yibao.payment.models import Institution
from yibao.rights.terms import Role
from yibao.settlement.orders import (
    Admission,
    CarryingOut,
    Declaration,
    Liability,
    Objecting,
    Recovery,
    Ruling,
    SharedBill,
    StepDecision,
    StepOrder,
)
from yibao.settlement.terms import AdvanceCause, CaseStep, ObjectionSubject, RecoverySource, ThirdParty

TODAY = AT.date()
NEW_YEAR = date(2023, 1, 1)
IN_DECEMBER = date(2023, 12, 1)
FINANCE = actor(Role.FINANCE_OFFICER, CITY)
REVIEWER = actor(Role.REVIEWER, CITY)


def dispute_actions() -> dict[str, Action]:
    """What is there for them, and the actions by name."""
    institutions()
    budget = BudgetMoney(CITY, SpecialFund.COVID_TREATMENT, 100, "1", TODAY)
    return {
        **_third_parties(),
        **_objections(),
        **_filing(),
        "receive budget money": lambda: receive_budget(FINANCE, "bu", budget, at=AT),
    }


def _third_parties() -> dict[str, Action]:
    who, third = person(), person()
    alone = json.loads(settle(OFFICER, "alone", stay(who, 20_000), at=AT))["settlement_id"]
    liable = Liability(ThirdParty.TRAFFIC, 4_000, "认定书", TODAY)
    shared = SharedBill(stay(third, 20_000), liable)
    case_id = json.loads(settle_shared(OFFICER, "shared", shared, at=AT))["case_id"]
    asked = StepOrder(case_id, CaseStep.ADVANCED, "申请", AdvanceCause.NOT_FOUND)
    step = json.loads(propose_step(OFFICER, "step", asked))["proposal_id"]
    paid_back = Recovery(case_id, 5_000, RecoverySource.FROM_PERSON, "N-1", TODAY)
    return {
        "settle a shared bill": lambda: settle_shared(OFFICER, "ta", shared, at=AT),
        "declare a third party": lambda: declare(OFFICER, "tb", Declaration(alone, liable, "认定"), at=AT),
        "propose a step of a case": lambda: propose_step(OFFICER, "tc", asked),
        "decide an advance": lambda: decide_step(REVIEWER, "td", StepDecision(step, True, "属实"), at=AT),
        "record a recovery": lambda: record_recovery(FINANCE, "te", paid_back, at=AT),
    }


def _objections() -> dict[str, Action]:
    """Objections to settlements of a person, each a stage further than the one before; the first is yet to be made."""
    who = person()
    settled = [
        json.loads(settle(OFFICER, f"o{n}", stay(who, 1_000 + n), at=AT))["settlement_id"] for n in range(4)
    ]
    first, *others = (Objecting(who, ObjectionSubject.SETTLED, of, "有误", TODAY, TODAY) for of in settled)
    made, admitted, ruled = (
        json.loads(object_to(OFFICER, f"oo{n}", order, at=AT))["objection_id"]
        for n, order in enumerate(others)
    )
    for number in (admitted, ruled):
        admit(OFFICER, f"oa{number}", Admission(number, True, "受理"), at=AT)
    rule_on(REVIEWER, "or", Ruling(ruled, True, "有误"), at=AT)
    anew = CarryingOut(ruled, "重结", True, stay(who, 100))
    return {
        "object": lambda: object_to(OFFICER, "oa", first, at=AT),
        "admit an objection": lambda: admit(OFFICER, "ob", Admission(made, True, "受理"), at=AT),
        "rule on an objection": lambda: rule_on(REVIEWER, "oc", Ruling(admitted, True, "有误"), at=AT),
        "carry a ruling out": lambda: carry_out(OFFICER, "od", anew, at=AT),
    }


def _filing() -> dict[str, Action]:
    who, third = person(), person()
    Institution.objects.create(code="OUT", name="外院", class_code="outside_province", county_code="410102")
    outside = FileOrder(who, FilingKind.REFERRED_OUTSIDE, "410100", NEW_YEAR, NEW_YEAR, "x")
    living = FileOrder(third, FilingKind.LIVES_OUTSIDE, "410100", NEW_YEAR, NEW_YEAR, "居住")
    ended, changed = (
        int(json.loads(file_outside(OFFICER, key, living))["filing_id"]) for key in ("fa0", "fb0")
    )
    admitted = AtAdmission(who, "OUT", date(2023, 5, 1), False, False, True)
    end = EndFiling(ended, TODAY, IN_DECEMBER, "x")
    change = ChangeFiling(changed, "500000", TODAY, IN_DECEMBER, "x")
    return {
        "file": lambda: file_outside(OFFICER, "fa", outside),
        "file at admission": lambda: file_at_admission(OFFICER, "fb", admitted),
        "end a filing": lambda: end_filing(OFFICER, "fc", end),
        "change a filing": lambda: change_filing(OFFICER, "fd", change),
    }
