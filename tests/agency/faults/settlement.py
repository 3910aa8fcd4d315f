"""The actions of settlement, each ready to be done once: settled, reversed, and put in order when a fact comes late."""

import json
from datetime import date

from tests.agency.settling import AT, OFFICER, institutions, person, stay, visit
from tests.agency.striking import Action

from yibao.assistance.terms import Category
from yibao.benefits.terms import ItemClass
from yibao.enrolment.actions import recognise_category
from yibao.enrolment.orders import Recognition
from yibao.enrolment.terms import Department
from yibao.journeys.settlement.reversing import replay, reverse
from yibao.journeys.settlement.settling import settle
from yibao.settlement.orders import BillLine, LateFact, Reversal
from yibao.settlement.terms import LateCause

LINES = (
    BillLine("A1", ItemClass.A, 10_000, 900_000),
    BillLine("B1", ItemClass.B, 10_000, 500_000, 400_000, 1_000),
)


def settlement_actions() -> dict[str, Action]:
    """What is there for them, and the actions by name."""
    institutions()
    who, third = person(), person()
    first, _, last = (
        Reversal(json.loads(settle(OFFICER, f"s{n}", bill, at=AT))["settlement_id"], "错")
        for n, bill in enumerate(stay(who, 20_000, date(2023, month, 1)) for month in (2, 3, 4))
    )
    settle(OFFICER, "v", visit(who, 80), at=AT)
    tag = Recognition(who, Category.EXTREME_POVERTY, Department.CIVIL_AFFAIRS, date(2023, 1, 1), None, "补")
    recognise_category(OFFICER, "t", tag, today=AT.date())
    late = LateFact(who, 2023, LateCause.CATEGORY_BACK_DATED, "补")
    return {
        "settle": lambda: settle(OFFICER, "a", stay(third, 0, totals=None, lines=LINES), at=AT),
        "settle again in a year": lambda: settle(OFFICER, "b", stay(who, 5_000), at=AT),
        "settle by hand": lambda: settle(OFFICER, "c", stay(third, 8_000, manual=True), at=AT),
        "reverse the last": lambda: reverse(OFFICER, "d", last, at=AT),
        "reverse an earlier one": lambda: reverse(OFFICER, "e", first, at=AT),
        "replay": lambda: replay(OFFICER, "f", late, at=AT),
    }
