"""Who acts in tests of financing, and what they begin with: billed people, decisions, balances."""

import json
from collections.abc import Callable
from datetime import date
from itertools import count

from tests.agency.acting import actor
from tests.agency.at_once import at_once
from tests.agency.people import registration
from tests.agency.settling import AT, CITY, COUNTY, OFFICER

from yibao.assistance.terms import Category
from yibao.enrolment.actions import recognise_category, register
from yibao.enrolment.orders import Recognition
from yibao.enrolment.terms import Department
from yibao.financing.terms import CollectionChannel
from yibao.journeys.financing.contributing import BillOrder, PayOrder, bill_person, pay
from yibao.journeys.financing.deciding import DecisionOrder, decide_financing
from yibao.ledger.queries import trial_balance_of
from yibao.rights.terms import Role

TAX = actor(Role.TAX_OFFICER, CITY)
FINANCE = actor(Role.FINANCE_OFFICER, CITY)
POLICY = actor(Role.POLICY_OFFICER, CITY)
REVIEWER = actor(Role.REVIEWER, CITY)
IN_WINDOW = date(2022, 11, 1)
DUE_FEN = 35_000
_keys = count(1)


def key() -> str:
    return f"k{next(_keys)}"


def registered(
    *, category: Category | None = None, county_code: str = COUNTY, born_on: date = date(1980, 5, 1)
) -> int:
    order = registration(county_code=county_code, born_on=born_on, happened_on=date(2022, 10, 1))
    who = int(json.loads(register(OFFICER, key(), order, today=AT.date()))["person_id"])
    if category is not None:
        tag = Recognition(who, category, Department.CIVIL_AFFAIRS, date(2022, 1, 1), None, "名单")
        recognise_category(OFFICER, key(), tag, today=AT.date())
    return who


def billed(who: int, *, year: int = 2023, on: date = IN_WINDOW, **more: object) -> int:
    return int(json.loads(bill_person(OFFICER, key(), BillOrder(who, year, on, **more)))["bill_id"])


def paid(
    bill_id: int,
    number: str = "",
    *,
    amount_fen: int = DUE_FEN,
    on: date = IN_WINDOW,
    channel: CollectionChannel = CollectionChannel.ONLINE,
) -> int:
    order = PayOrder(bill_id, amount_fen, channel, number or key(), on)
    return int(json.loads(pay(TAX, key(), order))["payment_id"])


def proposed(said: str) -> int:
    return int(json.loads(said)["proposal_id"])


def decided(proposal_id: int, *, approved: bool = True, by=REVIEWER) -> dict[str, object]:
    return json.loads(decide_financing(by, key(), DecisionOrder(proposal_id, approved, "复核")))


def balances(area_code: str = CITY) -> dict[tuple[str, str], int]:
    return {
        (r["fund"], r["account"]): r["balance_fen"]
        for r in trial_balance_of(area_code).to_pylist()
        if r["balance_fen"]
    }


def raced(works: list[Callable[[], object]]) -> list[str]:
    """The kinds of what came of works done at once."""
    return sorted(type(one).__name__ for one in at_once(works))
