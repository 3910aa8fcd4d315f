"""Real terms, generated people: what tests of settlement begin with. The city is one whose policies are on file."""

import json
from datetime import date, datetime, timedelta, timezone
from itertools import count

from tests.agency.acting import actor
from tests.agency.people import registration

from yibao.benefits.models import Certification
from yibao.benefits.terms import VisitKind
from yibao.enrolment.actions import register
from yibao.enrolment.orders import Cover
from yibao.payment.models import Designation, Institution
from yibao.rights.terms import Role
from yibao.settlement.orders import Bill, Totals

CITY = "140100"
COUNTY = "140105"
OFFICER = actor(Role.CITY_OFFICER, CITY)
HOSPITAL = "H-1"
CLINIC = "H-2"
CHINA = timezone(timedelta(hours=8))
AT = datetime(2023, 12, 20, 10, 0, tzinfo=CHINA)
_keys = count(1)


def institutions() -> None:
    for code, of_class in ((HOSPITAL, "third_rate"), (CLINIC, "grass_roots")):
        row = Institution.objects.create(code=code, name="示例机构", class_code=of_class, county_code=COUNTY)
        Designation.objects.create(institution=row, first_day=date(2022, 1, 1))


def person(
    *, last_day: date = date(2023, 12, 31), certified: str = "", born_on: date = date(1980, 5, 1)
) -> int:
    first_day = max(date(2023, 1, 1), born_on)
    cover = Cover(first_day, last_day, 2023, CITY)
    order = registration(county_code=COUNTY, covers=(cover,), born_on=born_on, happened_on=first_day)
    said = register(OFFICER, f"p{next(_keys)}", order, today=AT.date())
    person_id = int(json.loads(said)["person_id"])
    if certified:
        Certification.objects.create(
            person_id=person_id, kind=VisitKind.CHRONIC, disease_code=certified, first_day=date(2023, 1, 1)
        )
    return person_id


def stay(person_id: int, yuan: int, day: date = date(2023, 5, 1), **more: object) -> Bill:
    totals = Totals(own_expense_fen=yuan, class_a_fen=yuan * 70, class_b_fen=yuan * 29)
    facts = {"institution_code": HOSPITAL, "kind": VisitKind.HOSPITAL, "totals": totals, **more}
    return Bill(person_id=person_id, served_on=day, admitted_on=day, **facts)  # type: ignore[arg-type]


def visit(person_id: int, yuan: int, day: date = date(2023, 5, 1), **more: object) -> Bill:
    totals = Totals(class_a_fen=yuan * 60, class_b_fen=yuan * 40)
    facts = {"institution_code": CLINIC, "kind": VisitKind.OUTPATIENT, "totals": totals, **more}
    return Bill(person_id=person_id, served_on=day, **facts)  # type: ignore[arg-type]
