"""Extending the enrolment window (集中参保期延长) of an area and a year: proposed by one, approved by another.

The printed window is the pack's; whether it may be extended at all is the pack's word too. An extension goes on from the
window as it stands, its own area and all areas above it looked at, so a gap cannot arise. Billing and paying then go by the
longer window, and keep which decision they stand on.

carries_out: FIN-17, FIN-18
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.engine.enrol_terms import EnrolParams
from yibao.enrolment.params import WindowParams
from yibao.financing.models import WindowExtension
from yibao.journeys.two_people import order_in, put_up
from yibao.kernel.days import day_number, day_of
from yibao.packs.enrolment import enrolment_terms
from yibao.packs.policies import policies
from yibao.rights.actors import Actor
from yibao.rights.areas import covers
from yibao.rights.audit import note
from yibao.rights.terms import Matter

ACTION = "extend_window"


@dataclass(frozen=True)
class ExtensionOrder:
    """Days by which the window of an area and benefit year is to be longer, both inside, and the document that says so."""

    area_code: str
    benefit_year: int
    document_no: str
    first_day: date
    last_day: date
    reason: str


class NotExtended(ValueError):
    """A window that is not extended; all problems at once, and nothing was changed."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未延长，请改正后重新提出 (window not extended)")


def propose_extension(actor: Actor, key: str, order: ExtensionOrder) -> str:
    """Puts an extension up for decision; `{"proposal_id": …}`.

    Raises NotAllowed, NotExtended, and the failures of `packs` where the area's window is not on file.
    """

    def checked() -> str:
        _refuse(order)
        return order.area_code

    return put_up(actor, key, ACTION, order, matter=Matter.POLICY_MATTER, area_code=checked)


def extend_within(actor: Actor, proposal_id: int, body: str) -> dict[str, object]:
    """Records an extension that was approved; part of deciding. Raises NotExtended where the window has moved meanwhile."""
    order = order_in(ExtensionOrder, body)
    _refuse(order)
    try:
        with transaction.atomic():
            row = WindowExtension.objects.create(
                area_code=order.area_code,
                benefit_year=order.benefit_year,
                document_no=order.document_no,
                first_day=order.first_day,
                last_day=order.last_day,
                reason=order.reason,
                proposal_id=proposal_id,
                recorded_at=timezone.now(),
            )
    except IntegrityError as refused:
        if "financing_extended_once" not in str(refused) and "windowextension.first_day" not in str(refused):
            raise
        raise NotExtended([f"自 {order.first_day} 起的延长已有一项决定"]) from None
    note(actor, ACTION, order.area_code, f"extension:{row.pk}", order.document_no)
    return {"extension_id": row.pk}


def extended(params: EnrolParams, county_code: str, benefit_year: int) -> EnrolParams:
    """The parameters of enrolling in a county, with the window as long as the decisions on record make it."""
    row = _last_of(county_code, benefit_year)
    if row is None:
        return params
    last_day = max(params.window.extended_to_day, day_number(row.last_day))
    return params._replace(window=params.window._replace(extended_to_day=last_day))


def extension_on(county_code: str, benefit_year: int, day: date) -> WindowExtension | None:
    """The decision by which a day lies in the window of a county; None where it does not, or needs no decision."""
    return next(
        (row for row in _rows(county_code, benefit_year) if row.first_day <= day <= row.last_day), None
    )


def _refuse(order: ExtensionOrder) -> None:
    window = enrolment_terms(policies().area(order.area_code), order.benefit_year).window
    problems = []
    if window.may_extend == 0:
        problems.append(f"{order.area_code} {order.benefit_year} 年度的政策没有规定集中参保期可以延长")
    closes_on = _closes_on(window, order)
    if order.first_day != closes_on + timedelta(days=1):
        problems.append(f"现行集中参保期到 {closes_on} 为止，延长首日应为次日，不是 {order.first_day}")
    if order.last_day < order.first_day:
        problems.append(f"延长末日 {order.last_day} 早于首日 {order.first_day}")
    if not order.document_no.strip():
        problems.append("缺少依据文号")
    if not order.reason.strip():
        problems.append("缺少延长的事由")
    if problems:
        raise NotExtended(problems)


def _closes_on(window: WindowParams, order: ExtensionOrder) -> date:
    row = _last_of(order.area_code, order.benefit_year)
    closes_on = day_of(max(window.closes_day, window.extended_to_day))
    return closes_on if row is None else max(closes_on, row.last_day)


def _last_of(area_code: str, benefit_year: int) -> WindowExtension | None:
    rows = _rows(area_code, benefit_year)
    return rows[-1] if rows else None


def _rows(area_code: str, benefit_year: int) -> list[WindowExtension]:
    """The extensions that hold in an area, its own and those of areas it lies in, by last day."""
    found = WindowExtension.objects.filter(benefit_year=benefit_year).order_by("last_day", "id")
    return [row for row in found if covers(row.area_code, area_code)]
