"""A demonstration (演示数据): a generated area with a year of history, entered through the same actions as real work.

Nobody in it is real: names are numbers, and identity numbers begin with digits that no division has. Everything is seeded,
so two demonstrations are equal; what was settled is, to the fen, what `simulate.year` says of the same year.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.utils import timezone
from stdnum.iso7064 import mod_11_2

from yibao.assistance.terms import Category
from yibao.benefits.terms import (
    AttachmentKind,
    CarePath,
    Delivery,
    Exclusion,
    SpecialFund,
    TwoDisease,
    VisitKind,
)
from yibao.engine.terms import CHRONIC_SLOTS
from yibao.enrolment.actions import recognise_category, register
from yibao.enrolment.models import Person
from yibao.enrolment.orders import Cover, Document, Recognition, Registration
from yibao.enrolment.terms import Department, IdentityKind
from yibao.journeys.settlement.certifying import Attach, Certify, attach, certify
from yibao.journeys.settlement.reversing import reverse
from yibao.journeys.settlement.settling import settle
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.packs.policies import Area
from yibao.payment.actions import NewInstitution, register_institution
from yibao.rights.actors import Actor, Granted
from yibao.rights.audit import seal
from yibao.rights.terms import Role
from yibao.settlement.accounts import TO_PEOPLE
from yibao.settlement.orders import Bill, Reversal, Totals
from yibao.simulate.claims import claims
from yibao.simulate.institutions import institutions
from yibao.simulate.population import population
from yibao.simulate.posting import books_of_year
from yibao.simulate.year import YearResult, run_year

Progress = Callable[[str, int, int], None]
AT_ONCE = 50
"""People entered in one transaction: a demonstration need not reach the disk after each of them."""

REASON = "演示数据"
NOBODY = "99"
"""What identity numbers begin with: no division's code does."""

BY_RURAL_REVITALISATION = (
    Category.FELL_INTO_POVERTY,
    Category.UNSTABLE_EXIT,
    Category.EDGE_OF_POVERTY,
    Category.SUDDEN_HARDSHIP,
    Category.STABLE_EXIT,
)
BY_DISABLED_FEDERATION = (Category.SEVERELY_DISABLED,)
BY_HEALTH = (Category.SEVERE_MENTAL_DISORDER, Category.FAMILY_PLANNING)


class NotEmpty(ValueError):
    """A database that has people in it."""

    def __init__(self, people: int) -> None:
        super().__init__(
            f"库中已有 {people} 人，演示数据只装入空库；请用 YIBAO_DATABASE 指定另一个库 (database is not empty)"
        )


@dataclass(frozen=True)
class Loaded:
    """What was generated, and the number of each person and claim in the database, in the generator's order."""

    year: YearResult
    person_ids: list[int]
    settlement_ids: dict[str, int]


def load_demo(area: Area, year: int, *, people: int, seed: int, told: Progress) -> Loaded:
    """Fills an empty database. Raises NotEmpty, and the failures of `packs` where the year's policy is not on file."""
    if Person.objects.exists():
        raise NotEmpty(Person.objects.count())
    told("生成 Generating", 0, 1)
    places = institutions(area, seed, year)
    persons = population(area, people, seed, year, places)
    result = run_year(area, year, persons, places, claims(area, persons, places, seed, year))
    told("生成 Generating", 1, 1)
    actor = Actor("demo", (Granted(Role.CITY_OFFICER, area.code),), "demo")
    with transaction.atomic():
        _institutions(actor, area, result.institutions)
        _books(area, result)
    person_ids = _people(actor, area, result, told)
    settlement_ids = _claims(actor, area, result, person_ids, told)
    seal()
    return Loaded(result, person_ids, settlement_ids)


def _institutions(actor: Actor, area: Area, table: pa.Table) -> None:
    codes = area.codes("institution_classes")
    for row in table.to_pylist():
        order = NewInstitution(
            code=row["institution_code"],
            name=row["name"],
            class_code=codes[row["institution_class"]],
            county_code=row["county_code"] or "",
            area_code=area.code,
            first_day=row["designated_from"] or date(1970, 1, 1),
            last_day=row["designated_to"],
            gives_pooling=bool(row["gives_pooling"]),
        )
        register_institution(actor, f"institution-{order.code}", order)


def _books(area: Area, result: YearResult) -> None:
    """What the books say besides settlements: contributions, subsidies, transfers, payments, as the year has them.

    What is drawn for people after late events stays in the expense account: they are paid by batches (`paying_people`).
    """
    books = books_of_year(
        result.people,
        result.institutions,
        result.enrolled,
        result.settlements,
        first_day=result.first_day,
        last_day=result.last_day,
        catastrophic_funding_fen=result.catastrophic_funding.funding_fen,
        adjustments=result.adjustments,
    )
    entry: list[Line] = []
    for row in books.journal.to_pylist():
        if row["memo"] in ("settlement", "adjustment"):
            continue
        if entry and entry[0].entry != row["entry_no"]:
            _post(area, entry)
            entry = []
        line = Line(row["entry_no"], row["posted_on"], row["account"], row["fund"], row["amount_fen"])
        entry.append(line._replace(memo=row["memo"], reference=row["reference"] or ""))
    _post(area, entry)


def _post(area: Area, entry: list[Line]) -> None:
    if all(line.account != TO_PEOPLE for line in entry):
        post_entry(area.code, entry)


def _people(actor: Actor, area: Area, result: YearResult, told: Progress) -> list[int]:
    numbers = _identity_numbers()
    rows = zip(result.people.to_pylist(), result.enrolled.to_pylist(), strict=True)
    ids: list[int] = []
    for batch in _batches(list(enumerate(rows)), AT_ONCE):
        with transaction.atomic():
            for place, (person, enrolled) in batch:
                ids.append(_person(actor, area, result, place, person, enrolled, next_number=numbers))
        told("参保 Enrolling", len(ids), result.people.num_rows)
    return ids


def _person(
    actor: Actor,
    area: Area,
    result: YearResult,
    place: int,
    person: dict[str, Any],
    enrolled: dict[str, Any],
    *,
    next_number: Callable[[str, date, int], str],
) -> int:
    key, today, born_on = person["person_id"], result.last_day, person["born_on"]
    covers: tuple[Cover, ...] = ()
    if enrolled["eligible"] and enrolled["covered_from"] is not None:
        covers = (
            Cover(
                first_day=enrolled["covered_from"],
                last_day=enrolled["covered_to"],
                benefit_year=result.year,
                area_code=area.code,
                waiting_last_day=enrolled["waiting_to"],
                group=person["group"],
                tier=person["tier"],
            ),
        )
    order = Registration(
        name=f"示例{place + 1:06d}",
        sex=person["sex"],
        born_on=born_on,
        county_code=person["county_code"],
        documents=(
            Document(
                IdentityKind.IDENTITY_NUMBER, next_number(person["county_code"], born_on, person["sex"])
            ),
        ),
        happened_on=max(person["enrolled_on"] or result.first_day, born_on),
        reason=REASON,
        covers=covers,
    )
    person_id = int(json.loads(register(actor, f"{key}-register", order, today=today))["person_id"])
    first_day = max(result.first_day, born_on)
    for category in (c for c in Category if c and person["category_tags"] >> c & 1):
        tag = Recognition(person_id, category, _department(category), first_day, None, REASON)
        recognise_category(actor, f"{key}-category-{category}", tag, today=today)
    _benefit_facts(actor, area, result, key, person_id, person, first_day)
    return person_id


def _benefit_facts(
    actor: Actor,
    area: Area,
    result: YearResult,
    key: str,
    person_id: int,
    person: dict[str, Any],
    first_day: date,
) -> None:
    diseases = area.codes("chronic_diseases")
    held = [person[f"chronic_{slot + 1}"] for slot in range(CHRONIC_SLOTS)]
    certified = [(VisitKind.CHRONIC, diseases[at]) for at in held if at >= 0]
    certified += [(VisitKind.TWO_DISEASES, d.name) for d in TwoDisease if person["two_diseases"] >> d & 1]
    for kind, code in certified:
        certify(actor, f"{key}-{code}", Certify(person_id, kind, code, first_day, None, REASON))
    if person["contracted"]:
        order = Attach(person_id, AttachmentKind.FAMILY_DOCTOR, "", first_day, None, REASON)
        attach(actor, f"{key}-doctor", order)
    if person["first_choice"] >= 0:
        code = result.institutions["institution_code"][person["first_choice"]].as_py()
        order = Attach(person_id, AttachmentKind.FIRST_CHOICE, code, first_day, None, REASON)
        attach(actor, f"{key}-choice", order)


def _claims(
    actor: Actor, area: Area, result: YearResult, person_ids: list[int], told: Progress
) -> dict[str, int]:
    codes = result.institutions["institution_code"].to_pylist()
    diseases = area.codes("chronic_diseases")
    rows = result.claims.to_pylist()
    made: dict[str, int] = {}
    for batch in _batches(rows, 4 * AT_ONCE):
        with transaction.atomic():
            for row in batch:
                at = timezone.make_aware(row["settled_at"])
                made[row["claim_id"]] = _claim(actor, row, made, at, codes, diseases, person_ids)
        told("结算 Settling", len(made), len(rows))
    return made


def _claim(
    actor: Actor,
    row: dict[str, Any],
    made: dict[str, int],
    at: datetime,
    codes: list[str],
    diseases: list[str],
    person_ids: list[int],
) -> int:
    key = row["claim_id"]
    if row["reverses"] is not None:
        said = reverse(actor, key, Reversal(made[row["reverses"]], REASON), at=at)
        return int(json.loads(said)["settlement_id"])
    kind, disease = VisitKind(row["kind"]), ""
    if kind is VisitKind.CHRONIC:
        disease = diseases[row["disease"]]
    if kind is VisitKind.TWO_DISEASES:
        disease = TwoDisease(row["disease"]).name
    bill = Bill(
        person_id=person_ids[row["person"]],
        institution_code=codes[row["institution"]],
        kind=kind,
        served_on=row["served_on"],
        totals=Totals(**{name: row[name] for name in Totals.__dataclass_fields__}),
        care_path=CarePath(row["care_path"]),
        disease_code=disease,
        delivery=Delivery(max(row["delivery"], 0)),
        exclusion=Exclusion(row["exclusion"]),
        special_fund=SpecialFund(row["special_fund"]),
        continues_episode=bool(row["continues_episode"]),
        properly_referred=bool(row["properly_referred"]),
    )
    return int(json.loads(settle(actor, key, bill, at=at))["settlement_id"])


def _identity_numbers() -> Callable[[str, date, int], str]:
    """Numbers with a right check digit, none given twice; the sex stands in the last digit of the order."""
    given: dict[tuple[str, date, int], int] = {}

    def number(county_code: str, born_on: date, sex: int) -> str:
        order = given[county_code, born_on, sex] = given.get((county_code, born_on, sex), -1) + 1
        body = f"{NOBODY}{county_code[2:]}{born_on:%Y%m%d}{2 * order + (1 if sex == 1 else 0):03d}"
        return body + mod_11_2.calc_check_digit(body)

    return number


def _department(category: Category) -> Department:
    if category in BY_RURAL_REVITALISATION:
        return Department.RURAL_REVITALISATION
    if category in BY_DISABLED_FEDERATION:
        return Department.DISABLED_FEDERATION
    return Department.HEALTH if category in BY_HEALTH else Department.CIVIL_AFFAIRS


def _batches(rows: list[Any], size: int) -> Iterator[list[Any]]:
    for begin in range(0, len(rows), size):
        yield rows[begin : begin + size]
