"""Filing for care outside the area (异地就医备案): what a later settlement there goes by, and an earlier one if replayed.

Who lives outside files until it is changed or cancelled; any other filing holds for the months that the area's entry gives,
and for as many visits as there are. Filed before the settlement at discharge it counts at once; filed later, the year is
replayed (`journeys.settlement.reversing.replay`).

carries_out: SVC-04, SVC-05, SVC-07
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yibao.benefits.models import Filing
from yibao.benefits.terms import FilingKind
from yibao.enrolment.failures import NoSuchPerson
from yibao.enrolment.models import Person
from yibao.enrolment.queries import coverage_on
from yibao.enrolment.rules.months import months_later
from yibao.kernel.codes import is_division_code
from yibao.kernel.days import day_number, day_of
from yibao.packs.policies import policies
from yibao.payment.models import Institution
from yibao.rights.actors import Actor
from yibao.rights.areas import covers
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.versions import pooling_area


@dataclass(frozen=True)
class FileOrder:
    """A filing to be made for a person from a day on; `to_code` is the division where care is sought."""

    person_id: int
    kind: FilingKind
    to_code: str
    first_day: date
    filed_on: date
    reason: str


@dataclass(frozen=True)
class AtAdmission:
    """A person admitted at an institution elsewhere: how, and whether a voucher or card was verified."""

    person_id: int
    institution_code: str
    admitted_on: date
    emergency: bool
    referred: bool
    card_verified: bool


class NotFiled(ValueError):
    """A filing that cannot be made or cancelled; nothing was changed."""


def file_outside(actor: Actor, key: str, order: FileOrder) -> str:
    """Files care outside the area; `{"filing_id": …, "last_day": …}`.

    Raises NotFiled, NoSuchPerson, and the failures of `packs` where the area does not say how long a filing holds.
    """

    def do() -> dict[str, object]:
        person = locked(actor, order.person_id, Matter.ENROLMENT_MATTER)
        row = file_within(actor, person, order)
        return {"filing_id": row.pk, "last_day": row.last_day}

    return once(actor.name, key, "file_outside", order, do)


def file_at_admission(actor: Actor, key: str, order: AtAdmission) -> str:
    """Files by itself for who is admitted elsewhere neither urgently nor referred; `{"filing_id": …, "last_day": …}`.

    Raises NotFiled where a condition of the area's entry is not met, NoSuchPerson, and the failures of `packs` where the
    area has no automatic filing.
    """

    def do() -> dict[str, object]:
        person = locked(actor, order.person_id, Matter.SETTLEMENT_MATTER)
        institution = Institution.objects.filter(code=order.institution_code).first()
        if institution is None:
            raise NotFiled(f"没有机构 {order.institution_code}；请核对机构代码 (no such institution)")
        area = policies().area(person.county_code)
        asked = area.entry("public_services", "automatic_filing", order.admitted_on).values
        unmet = _unmet(person, order, asked)
        if unmet:
            raise NotFiled("；".join(unmet) + "。不能自动备案，请按类型办理备案 (not filed by itself)")
        day = order.admitted_on
        told = FileOrder(
            person.pk, FilingKind.AUTOMATIC_OUTSIDE, institution.county_code[:6], day, day, "入院自动备案"
        )
        row = file_within(actor, person, told)
        return {"filing_id": row.pk, "last_day": row.last_day}

    return once(actor.name, key, "file_at_admission", order, do)


def file_within(actor: Actor, person: Person, order: FileOrder) -> Filing:
    """Files for a person who is locked, in the transaction of what asks for it. Raises NotFiled."""
    problems = _problems(person, order)
    if problems:
        raise NotFiled("；".join(problems) + "。未备案，请改正 (not filed)")
    last_day = None
    if order.kind is not FilingKind.LIVES_OUTSIDE:
        last_day = _last_day(person, order.first_day, order.filed_on)
    row = Filing.objects.create(
        person=person,
        kind=order.kind,
        to_code=order.to_code,
        first_day=order.first_day,
        last_day=last_day,
        filed_on=order.filed_on,
    )
    note(actor, "file_outside", person.county_code, f"person:{person.pk}", order.reason, filing=row.pk)
    return row  # type: ignore[no-any-return]


def _unmet(person: Person, order: AtAdmission, asked: dict[str, Any]) -> list[str]:
    """The conditions of automatic filing that an admission does not meet, as the area's entry asks them."""
    cover = coverage_on(person.pk, order.admitted_on)
    waits_to = None if cover is None else cover.waiting_last_day
    normal = cover is not None and (waits_to is None or waits_to < order.admitted_on)
    found = []
    if order.emergency and not asked["emergency"]:
        found.append("急诊不适用自动备案")
    if order.referred and not asked["referred"]:
        found.append("转诊不适用自动备案")
    if asked["contribution_normal"] and not normal:
        found.append(f"{order.admitted_on} 参保缴费状态不正常")
    if asked["card_verified_at_admission"] and not order.card_verified:
        found.append("入院时未核验医保电子凭证或社会保障卡")
    return found


def _last_day(person: Person, first_day: date, filed_on: date) -> date:
    """The last day of a temporary filing, by the area's entry on the day it is made."""
    entry = policies().area(person.county_code).entry("public_services", "temporary_filing", filed_on)
    months = int(entry.values["valid_months"])
    return day_of(months_later(day=day_number(first_day), months=months)) - timedelta(days=1)


def _problems(person: Person, order: FileOrder) -> list[str]:
    found = []
    if not is_division_code(order.to_code):
        found.append("就医地应为 6 位区划代码")
    elif covers(pooling_area(person.county_code), order.to_code):
        found.append(f"就医地 {order.to_code} 在统筹地区内，不必备案")
    if order.first_day < person.born_on:
        found.append("起始日早于出生日期")
    if person.died_on is not None and order.first_day > person.died_on:
        found.append("起始日晚于死亡日期")
    return found


def locked(actor: Actor, person_id: int, matter: Matter) -> Person:
    """A person, locked, where the actor may act in a matter. Raises NoSuchPerson."""
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None or not actor.may(matter, Deed.DO, person.county_code):
        raise NoSuchPerson(person_id)
    return person  # type: ignore[no-any-return]
