"""Dated cases (按日期的案例): a table of what a claim comes to on the days where rules, facts and years change.

`dated_cases.yaml` holds them, each with its arithmetic by hand. A case is a person with things that happen in order; each
settlement says what it comes to in yuan. Who is covered in 2022 and 2023 need not say so; all cost is of class A.
"""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.agency.people import registration
from tests.agency.settling import CHINA, CITY, COUNTY, OFFICER

from yibao.assistance.terms import Category
from yibao.benefits.models import Attachment, Certification
from yibao.benefits.terms import (
    AttachmentKind,
    CarePath,
    Delivery,
    FilingKind,
    Refusal,
    SpecialFund,
    VisitKind,
)
from yibao.engine.year import Payer
from yibao.enrolment.actions import cover, recognise_category, register, stop, suspend
from yibao.enrolment.orders import Cover, CoverOrder, LifeOrder, Recognition
from yibao.enrolment.params import LifeCycleParams
from yibao.enrolment.terms import Department, Scheme, StopCause
from yibao.journeys.settlement.filing import FileOrder, file_outside
from yibao.journeys.settlement.reversing import replay, reverse
from yibao.journeys.settlement.settling import settle
from yibao.journeys.settlement.third_party import declare
from yibao.journeys.verifying.database import database_findings, recomputed_findings
from yibao.kernel.money import yuan
from yibao.packs.entries import PolicyFailure
from yibao.payment.models import Designation, Institution
from yibao.rights.actors import Actor, Granted
from yibao.rights.terms import Role
from yibao.settlement.models import Settlement
from yibao.settlement.orders import Bill, Declaration, LateFact, Liability, Reversal, Totals
from yibao.settlement.terms import LateCause, ThirdParty

CASES = yaml.safe_load((Path(__file__).parent / "dated_cases.yaml").read_text("utf-8"))
INSTITUTIONS = {
    "county": ("third_rate", COUNTY),
    "second": ("second_rate_county", COUNTY),
    "city": ("first_rate", COUNTY),
    "clinic": ("grass_roots", COUNTY),
    "outside": ("outside_province", "410102"),
    "level_two": ("level_two", "500112"),
}
CHONGQING = Actor("cq", (Granted(Role.CITY_OFFICER, "500000"),))
AMOUNTS = ("basic", "catastrophic", "assistance", "top_up", "special_fund", "hospital", "person", "total")
NOW = LifeCycleParams((0,) * 5)
SETTLED_AT = datetime(2023, 12, 31, 10, tzinfo=CHINA)


class Life:
    """One person of a case, and what has been settled so far."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.county = str(case.get("county", COUNTY))
        self.officer = OFFICER if self.county == COUNTY else CHONGQING
        self.settled: list[int] = []
        self.keys = iter(range(1_000))
        born = case.get("born", date(1980, 5, 1))
        order = registration(county_code=self.county, born_on=born, happened_on=max(born, date(2022, 1, 1)))
        self.person = json.loads(register(self.officer, "p", order, today=date(2023, 12, 31)))["person_id"]
        for first, last in case.get(
            "covers", [(date(2022, 1, 1), date(2022, 12, 31)), (date(2023, 1, 1), date(2023, 12, 31))]
        ):
            self.cover(first=first, last=last)

    def key(self) -> str:
        return f"k{next(self.keys)}"

    def cover(self, first: date, last: date, **more: Any) -> None:
        scheme = Scheme[more.pop("scheme", "RESIDENT")]
        area = CITY if self.county == COUNTY else "500000"
        given = Cover(first, last, last.year, area, scheme, more.pop("waits_to", None), **more)
        cover(self.officer, self.key(), CoverOrder(self.person, given, date(2023, 12, 31), "参保"))

    def category(self, of: str, first: date, last: date | None = None) -> None:
        order = Recognition(self.person, Category[of], Department.CIVIL_AFFAIRS, first, last, "认定")
        recognise_category(self.officer, self.key(), order, today=date(2023, 12, 31))

    def file(self, kind: str, first: date, made: date | None = None, lasts_to: date | None = None) -> None:
        order = FileOrder(self.person, FilingKind[kind], "410100", first, made or first, "备案")
        said = json.loads(file_outside(self.officer, self.key(), order))["last_day"]
        assert said == (str(lasts_to) if lasts_to else said)

    def certify(self, disease: str, first: date, last: date | None = None, kind: str = "CHRONIC") -> None:
        Certification.objects.create(
            person_id=self.person, kind=VisitKind[kind], disease_code=disease, first_day=first, last_day=last
        )

    def attach(self, kind: str, to: str, first: date, last: date | None = None) -> None:
        Attachment.objects.create(
            person_id=self.person,
            kind=AttachmentKind[kind],
            institution=Institution.objects.get(code=to),
            first_day=first,
            last_day=last,
        )

    def designate(self, institution: str, spans: list[list[date | None]]) -> None:
        Designation.objects.filter(institution__code=institution).delete()
        row = Institution.objects.get(code=institution)
        for first, last in spans:
            Designation.objects.create(institution=row, first_day=first, last_day=last)

    def suspend(self, day: date) -> None:
        suspend(self.officer, self.key(), LifeOrder(self.person, day, "停保"), NOW, today=date(2023, 12, 31))

    def died(self, day: date) -> None:
        order = LifeOrder(self.person, day, "死亡", cause=StopCause.DIED)
        stop(self.officer, self.key(), order, NOW, today=date(2023, 12, 31))

    def settle(self, amount: float, day: date, at: str = "county", **more: Any) -> dict[str, Any]:
        kind = VisitKind[more.pop("kind", "HOSPITAL")]
        told = {"settled_at": SETTLED_AT, "admitted": day if kind is VisitKind.HOSPITAL else None, **more}
        moment = told.pop("settled_at")
        facts: dict[str, Any] = {"disease_code": told.pop("disease", ""), "admitted_on": told.pop("admitted")}
        for name, enum in (("care_path", CarePath), ("delivery", Delivery), ("special_fund", SpecialFund)):
            if name in told:
                facts[name] = enum[told.pop(name)]
        assert not told, f"unknown: {told}"
        if isinstance(moment, date) and not isinstance(moment, datetime):
            moment = datetime(moment.year, moment.month, moment.day, 10, tzinfo=CHINA)
        totals = Totals(class_a_fen=round(amount * 100))
        bill = Bill(self.person, at, kind, day, totals=totals, **facts)
        said = json.loads(settle(self.officer, self.key(), bill, at=moment))
        self.settled.append(said["settlement_id"])
        return self._found(said)

    def reverse(self, number: int, at: date = date(2023, 12, 31)) -> dict[str, Any]:
        moment = datetime(at.year, at.month, at.day, 10, tzinfo=CHINA)
        order = Reversal(self.settled[number], "录入错误")
        return self._found(json.loads(reverse(self.officer, self.key(), order, at=moment)))

    def replay(self, year: int, cause: str, academic: bool = False) -> dict[str, Any]:
        late = LateFact(self.person, year, LateCause[cause], "补", academic)
        return self._adjusted(
            json.loads(replay(self.officer, self.key(), late, at=SETTLED_AT))["adjustments"]
        )

    def liable(self, number: int, share_bp: int) -> dict[str, Any]:
        liability = Liability(ThirdParty.TRAFFIC, share_bp, "认定书", SETTLED_AT.date())
        order = Declaration(self.settled[number], liability, "认定")
        return self._adjusted(
            json.loads(declare(self.officer, self.key(), order, at=SETTLED_AT))["adjustments"]
        )

    def _found(self, said: dict[str, Any]) -> dict[str, Any]:
        row = Settlement.objects.select_related("year").get(pk=said["settlement_id"])
        found: dict[str, Any] = {name: yuan(said[f"{name}_fen"]) for name in AMOUNTS}
        found |= {"refusal": Refusal(said["refusal"]).name, "category": Category(row.category).name}
        return found | {"year": row.year.benefit_year, "academic": row.year.academic, "posted": row.posted_on}

    def _adjusted(self, made: list[dict[str, int]]) -> dict[str, Any]:
        sums = {
            payer.name.lower(): sum(a["difference_fen"] for a in made if a["payer"] == payer)
            for payer in Payer
        }
        return {name: yuan(fen) for name, fen in sums.items()}


@pytest.fixture
def agency(database):
    for code, (of_class, county) in INSTITUTIONS.items():
        row = Institution.objects.create(code=code, name="示例机构", class_code=of_class, county_code=county)
        Designation.objects.create(institution=row, first_day=date(2021, 1, 1))


def expected(then: dict[str, Any]) -> dict[str, Any]:
    return {name: f"{value:.2f}" if name in AMOUNTS else value for name, value in then.items()}


@pytest.mark.parametrize("case", CASES, ids=[case["name"].replace(" ", "-") for case in CASES])
def test_a_dated_case(agency, case):
    life = Life(case)
    for step in case["steps"]:
        (name, told), = [(n, t) for n, t in step.items() if n not in ("then", "fails")]  # fmt: skip
        act = getattr(life, name)
        if "fails" in step:
            with pytest.raises(PolicyFailure, match=step["fails"]):
                act(**told)
            continue
        found = act(**told)
        if name == "settle" and "refusal" not in step["then"]:
            assert found["refusal"] == "NONE", case["why"]
        then = expected(step.get("then", {}))
        assert {key: found[key] for key in then} == then if then else True, case["why"]
    assert database_findings() == [] and recomputed_findings() == []


def test_the_table_is_long_and_says_why():
    settlements = sum(1 for case in CASES for step in case["steps"] if "settle" in step)
    assert len(CASES) >= 60 and settlements >= 100
    assert all(case["why"] and any(c.isdigit() for c in str(case["why"])) for case in CASES)
    assert len({case["name"] for case in CASES}) == len(CASES)
    for case in CASES:
        for step in case["steps"]:
            assert {"then", "fails"} & set(step) or not {"settle", "reverse", "replay", "liable"} & set(step)
