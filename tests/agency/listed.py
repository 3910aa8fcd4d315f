"""Lists of departments for tests: generated people, one row each, and what is done with a list."""

import json
from datetime import date
from itertools import count
from typing import Any

from tests.agency.people import identity_no, registration
from tests.agency.settling import AT, CITY, COUNTY, OFFICER

from yibao.assistance.terms import Category
from yibao.enrolment.actions import register
from yibao.enrolment.models import DuplicateEnrolment, Identity
from yibao.enrolment.orders import Cover
from yibao.enrolment.terms import Department, IdentityKind, ListKind
from yibao.journeys.lists.listing import import_list
from yibao.journeys.lists.listing_commit import CommitOrder, commit_list
from yibao.journeys.lists.listing_rows import GivenRow, ListOrder

TODAY = AT.date()
AS_OF = date(2023, 6, 1)
NATIONAL: dict[str, Any] = {
    "kind": ListKind.COVER_ELSEWHERE_LIST,
    "department": Department.MEDICAL_INSURANCE,
}
EMPLOYEE = {"scheme": "职工", "elsewhere": "410100", "first_day": "2023-03-01", "last_day": "2023-12-31"}
_keys = count(1)


def enrolled(name: str = "甲某", *, covered: bool = True, county: str = COUNTY, **more: object) -> int:
    """A person of a county of the city, covered for 2023."""
    cover = Cover(date(2023, 1, 1), date(2023, 12, 31), 2023, CITY)
    order = registration(
        name, county_code=county, covers=(cover,) if covered else (), happened_on=date(2023, 1, 1), **more
    )
    return int(json.loads(register(OFFICER, f"e{next(_keys)}", order, today=TODAY))["person_id"])


def number_of(person_id: int) -> str:
    return str(Identity.objects.get(person_id=person_id).number)


def row(number: int, person_id: int | None = None, **cells: Any) -> GivenRow:
    """A row of a person by name and number, or of somebody nobody has registered."""
    if person_id is not None:
        held = Identity.objects.select_related("person").get(person_id=person_id)
        cells = {"name": held.person.name, "identity_no": held.number, **cells}
    else:
        cells = {"name": "乙某", "identity_no": identity_no(date(1970, 1, 2)), **cells}
    return GivenRow(number, **cells)


def a_list(*rows: GivenRow, **more: Any) -> ListOrder:
    """A list of people on the subsistence allowance, of a day in June."""
    facts: dict[str, Any] = {
        "area_code": CITY,
        "department": Department.CIVIL_AFFAIRS,
        "kind": ListKind.CATEGORY_LIST,
        "as_of": AS_OF,
        "file_name": "名单.xlsx",
        "file_hash": f"hash-{next(_keys)}",
        "document_no": "民〔2023〕6号",
    }
    if more.get("kind", ListKind.CATEGORY_LIST) is ListKind.CATEGORY_LIST:
        facts["category"] = Category.SUBSISTENCE_ALLOWANCE
    return ListOrder(rows=rows, **(facts | more))


def looked_at(order: ListOrder, actor: Any = OFFICER) -> dict[str, Any]:
    return json.loads(import_list(actor, f"i{next(_keys)}", order, today=TODAY))  # type: ignore[no-any-return]


def commit(seen: dict[str, Any], actor: Any = OFFICER, key: str = "") -> dict[str, Any]:
    order = CommitOrder(seen["list_id"], seen["plan_hash"])
    return json.loads(commit_list(actor, key or f"c{next(_keys)}", order, at=AT))  # type: ignore[no-any-return]


def committed(order: ListOrder) -> dict[str, Any]:
    return commit(looked_at(order))


def found_elsewhere(person_id: int, **cells: str) -> DuplicateEnrolment:
    """The duplicate that a list of cover elsewhere leads to."""
    committed(a_list(row(2, person_id, **(EMPLOYEE | cells)), **NATIONAL))
    return DuplicateEnrolment.objects.latest("id")


def twins(name: str = "李国强", born_on: date = date(1975, 3, 4)) -> tuple[int, int]:
    """One person twice: with a number, and under a passport."""
    first, second = enrolled(name, born_on=born_on), enrolled(name, born_on=born_on)
    passport = Identity.objects.filter(person_id=second)
    passport.update(kind=IdentityKind.PASSPORT, number=f"P{second:07d}")
    return first, second
