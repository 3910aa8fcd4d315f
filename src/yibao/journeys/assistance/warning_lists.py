"""The list of early warning as people read it (预警名单): masked identity, group, burden, line, since when, and why.

Whatever leaves the agency shows the first character of a name and the ends of a number. A line that no document gives says
so in every row.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q

from yibao.assistance.models import Warned, WarningBatch, WarningCase, WarningResponse
from yibao.assistance.queries import batch_of, cases, warned
from yibao.assistance.terms import CATEGORY_WORDS, REASON_WORDS, Category, WarningAnswer, WarningReason
from yibao.enrolment.models import CategoryTag, Identity
from yibao.enrolment.terms import IdentityKind
from yibao.kernel.money import yuan
from yibao.kernel.standing import Standing
from yibao.rights.actors import Actor

KEPT_AT_BEGINNING, KEPT_AT_END = 6, 4
ASKED = 500

HEADINGS = (
    "推送对象编号",
    "姓名（脱敏）",
    "证件号码（脱敏）",
    "县（市、区）",
    "户编号",
    "身份类别",
    "待遇年度",
    "政策范围内个人负担（元）",
    "个人负担合计（元）",
    "预警线（元）",
    "超过（元）",
    "档次",
    "自何日起",
    "原因",
    "预警线依据",
)
"""The columns of a list, in order; the first is empty on a list that was not pushed."""


class Line(NamedTuple):
    """One row of a list, every cell as the text it shows."""

    case_id: str
    name: str
    number: str
    county_code: str
    household: str
    category: str
    benefit_year: str
    burden_in_scope: str
    burden_total: str
    line: str
    over_line: str
    band: str
    since: str
    reason: str
    basis: str


def warning_list(actor: Actor, area_code: str, day: date) -> list[Line]:
    """The list of an area for a day, the heaviest first; looking is written down."""
    rows = list(warned(actor, area_code, day).select_related("year"))
    return _lines(rows, {})


def batch_list(actor: Actor, batch_id: int) -> tuple[WarningBatch, list[Line]]:
    """A batch and its rows as they were pushed; looking is written down. Raises NoSuchCase."""
    batch = batch_of(actor, batch_id)
    pushed = list(
        WarningCase.objects.filter(batch=batch)
        .select_related("warned__person", "warned__run", "warned__year")
        .order_by("id")
    )
    return batch, _lines([case.warned for case in pushed], {case.warned_id: case.pk for case in pushed})


def identified_not_certified(actor: Actor, area_code: str, day: date) -> Any:
    """The answers inside an area that identified a category which the person does not hold on a day, oldest first, as a query.

    Each waits for the category to be certified by `enrolment.actions.recognise_category` and the year to be settled again.
    """
    held = CategoryTag.objects.filter(
        Q(last_day=None) | Q(last_day__gte=day),
        person_id=OuterRef("case__person_id"),
        category=OuterRef("category"),
        first_day__lte=day,
    )
    identified = WarningResponse.objects.filter(
        answer=WarningAnswer.IDENTIFIED, case__in=cases(actor, area_code).values("pk")
    )
    return identified.filter(~Exists(held)).select_related("case__batch").order_by("answered_on", "id")


def masked_name(name: str) -> str:
    """A name with only its first character."""
    return name[:1] + "*" * max(len(name) - 1, 1)


def masked_number(number: str) -> str:
    """A document's number with only its ends; a short one with nothing but its last characters."""
    if len(number) <= KEPT_AT_BEGINNING + KEPT_AT_END:
        return "*" * max(len(number) - KEPT_AT_END, 0) + number[-KEPT_AT_END:]
    hidden = len(number) - KEPT_AT_BEGINNING - KEPT_AT_END
    return number[:KEPT_AT_BEGINNING] + "*" * hidden + number[-KEPT_AT_END:]


def basis_words(row: Warned) -> str:
    """The entry a line comes from; where no document gives it, that it is assumed."""
    return f"假定：{row.entry}" if row.standing == Standing.ASSUMED.name.lower() else row.entry


def _lines(rows: Sequence[Warned], case_ids: dict[int, int]) -> list[Line]:
    numbers = _numbers([row.person_id for row in rows])
    return [_line(row, case_ids.get(row.pk), numbers.get(row.person_id, "")) for row in rows]


def _line(row: Warned, case_id: int | None, number: str) -> Line:
    return Line(
        case_id="" if case_id is None else str(case_id),
        name=masked_name(row.person.name),
        number=masked_number(number),
        county_code=row.run.county_code,
        household=str(row.household_id or ""),
        category=CATEGORY_WORDS[Category(row.category)][0],
        benefit_year=str(row.year.benefit_year) + ("（学年）" if row.year.academic else ""),
        burden_in_scope=yuan(row.burden_in_scope_fen),
        burden_total=yuan(row.burden_total_fen),
        line=yuan(row.line_fen),
        over_line=yuan(row.over_line_fen),
        band=str(row.band),
        since=row.since.isoformat(),
        reason=_reason(row),
        basis=basis_words(row),
    )


def _reason(row: Warned) -> str:
    words = REASON_WORDS[WarningReason(row.reason)][0]
    if row.reason == WarningReason.SINGLE_OVER_LINE:
        return f"{words}：{yuan(row.single_fen)} 元，单次线 {yuan(row.single_line_fen)} 元"
    return words


def _numbers(person_ids: Sequence[int]) -> dict[int, str]:
    """One document's number of each person, the identity number first."""
    found: dict[int, str] = {}
    for some in _some(sorted(set(person_ids))):
        held = Identity.objects.filter(person_id__in=some).order_by("id")
        for person_id, kind, number in held.values_list("person_id", "kind", "number"):
            if kind == IdentityKind.IDENTITY_NUMBER or person_id not in found:
                found[person_id] = number
    return found


def _some(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + ASKED] for at in range(0, len(ids), ASKED))
