"""The kernels a user needs: settlement with its payers, settlement with every step, and enrolment with its bill."""

from yibao.engine.compiled import Recipe
from yibao.engine.enrol import Enrolled, enrol_and_bill
from yibao.engine.enrol_terms import EnrolParams, PersonFacts
from yibao.engine.flat import paths
from yibao.engine.ranges import range_of
from yibao.engine.settle import Settlement, settle_claim
from yibao.engine.terms import Claim, SettlementParams, YearSoFar


def _columns(record: type[tuple[int, ...]]) -> dict[str, str]:
    """The narrowest type for each fact: amounts and flags of diseases eight bytes, days and other flags four, codes one."""
    wide, middle = ("_fen", "disease_tags"), ("day", "tags")
    fields = record._fields  # type: ignore[attr-defined]
    return {f: "int64" if f.endswith(wide) else "int32" if f.endswith(middle) else "int8" for f in fields}


PAYERS = {
    "refusal": "int8",
    "payers.basic_fen": "int64",
    "payers.catastrophic_fen": "int64",
    "payers.assistance_fen": "int64",
    "payers.top_up_fen": "int64",
    "payers.hospital_fen": "int64",
    "payers.special_fund_fen": "int64",
    "payers.person_fen": "int64",
}

SETTLE_PAYERS = Recipe(
    composition=settle_claim,
    params=SettlementParams,
    state=YearSoFar,
    record=Claim,
    result=Settlement,
    columns=_columns(Claim),
    outputs=PAYERS,
    ranges={name: range_of(name) for name in Claim._fields},
)

SETTLE_ALL = SETTLE_PAYERS._replace(outputs=dict.fromkeys(paths(Settlement), "int64"))

ENROL = Recipe(
    composition=enrol_and_bill,
    params=EnrolParams,
    state=None,
    record=PersonFacts,
    result=Enrolled,
    columns=_columns(PersonFacts),
    outputs=dict.fromkeys(paths(Enrolled), "int64"),
    ranges={name: range_of(name) for name in PersonFacts._fields},
)

RECIPES = {"一站式结算": SETTLE_PAYERS, "一站式结算（全部步骤）": SETTLE_ALL, "参保与应缴": ENROL}
