"""Certified and not enrolled (认定未参保): who of the key groups is missing, and what has been done about each.

Found anew each time from what the register knows on a day, so whoever enrols or dies is off the list by that alone; what
an officer writes down is kept beside it. Rows of lists that nobody has registered are gaps too, the hardest ones. What a
reader would get wrong: either basic insurance covers, and only a cover elsewhere has to be shown with evidence.

carries_out: ENR-08, ENR-09, AID-03
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils import timezone

from yibao.assistance.terms import CATEGORY_WORDS, Category
from yibao.enrolment.gap_failures import NoSuchGap, StillMissing
from yibao.enrolment.list_failures import LONGEST_REASON, unfit
from yibao.enrolment.models import (
    CategoryTag,
    Coverage,
    DepartmentList,
    Event,
    GapFollowUp,
    Identity,
    ListRow,
    Person,
)
from yibao.enrolment.params import KeyGroupsParams
from yibao.enrolment.rules.key_groups import key_group_gap
from yibao.enrolment.terms import (
    GAP_STATE_WORDS,
    EnrolmentState,
    FollowUp,
    GapState,
    IdentityKind,
    ListKind,
    ListState,
    RowVerdict,
    Scheme,
    StopCause,
)
from yibao.financing.models import ContributionBill
from yibao.journeys.lists.listing_words import category_of
from yibao.packs.build import params
from yibao.packs.policies import policies
from yibao.rights.actors import Actor
from yibao.rights.areas import rows_inside
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter

AT_ONCE = 900
CLOSED = (GapState.CLOSED_ENROLLED, GapState.CLOSED_DIED, GapState.CLOSED_ELSEWHERE)
FOLLOW_UP_WORDS = {
    FollowUp.TO_PAY: "已登记，待缴费",
    FollowUp.TO_REGISTER: "未登记参保",
}
NOBODY = (RowVerdict.NOT_FOUND, RowVerdict.WRONG_NUMBER)
"""Rows of a list that are of nobody in the register."""


@dataclass(frozen=True)
class Gap:
    """Somebody certified and not enrolled: a person, or a row of a list whom nobody has registered (`person_id` None)."""

    county_code: str
    person_id: int | None
    row_id: int | None
    group: Category
    follow_up: FollowUp
    owes_fen: int
    state: GapState
    promised_on: date | None
    reason: str
    overdue: bool


@dataclass(frozen=True)
class GapOrder:
    """What was done about a gap on a day, of a person or of a row of a list; `evidence` is what shows a closing."""

    person_id: int | None
    row_id: int | None
    state: GapState
    done_on: date
    reason: str
    promised_on: date | None = None
    evidence: str = ""


def gaps(actor: Actor, area_code: str, day: date) -> list[Gap]:
    """Everybody of the key groups who is missing on a day, by county. Raises NotAllowed.

    Failures of `packs` where a county has no entry on key groups.
    """
    actor.require(Matter.ENROLMENT_MATTER, Deed.LOOK, area_code)
    found = [*_of_people(area_code, day), *_of_rows(area_code, day)]
    return sorted(found, key=lambda gap: (gap.county_code, gap.group, gap.person_id or 0, gap.row_id or 0))


def follow_gap(actor: Actor, key: str, order: GapOrder, *, today: date) -> str:
    """Writes down what was done about a gap; `{"follow_up_id": …}`.

    Raises NoSuchGap, and StillMissing where it is closed as enrolled or died and the register does not say so.
    """

    def do() -> dict[str, int]:
        county_code = _locked(actor, order)
        too_long = unfit(order.reason) or len(order.evidence) > LONGEST_REASON
        if too_long or order.done_on > today:
            raise NoSuchGap([f"请写明原因（最多 {LONGEST_REASON} 个字符），跟进日期不得在今天之后"])
        if order.state is GapState.PROMISED and order.promised_on is None:
            raise NoSuchGap(["请写明承诺参保日期"])
        if order.state is GapState.CLOSED_ELSEWHERE and not order.evidence.strip():
            raise NoSuchGap(["在别处参保的，请写明凭证"])
        if order.state in (GapState.CLOSED_ENROLLED, GapState.CLOSED_DIED):
            _refuse_open(order)
        row = GapFollowUp.objects.create(
            person_id=order.person_id,
            row_id=order.row_id,
            benefit_year=order.done_on.year,
            state=order.state,
            done_on=order.done_on,
            reason=order.reason,
            promised_on=order.promised_on,
            evidence=order.evidence,
            actor=actor.name,
            recorded_at=timezone.now(),
        )
        note(actor, "follow_gap", county_code, f"gap:{row.pk}", state=int(order.state))
        return {"follow_up_id": row.pk}

    return once(actor.name, key, "follow_gap", order, do)


def write_gaps(actor: Actor, area_code: str, day: date, path: Path, *, reason: str) -> int:
    """Writes the gaps of an area to a workbook (.xlsx) or a CSV, with names and numbers; how many. It is written down."""
    from yibao.journeys.lists.listing_feedback import write_rows

    found = gaps(actor, area_code, day)
    note(actor, "take_gaps", area_code, f"area:{area_code}", reason, rows=len(found))
    headings = (
        "县（市、区）",
        "姓名",
        "身份证号",
        "身份类别",
        "跟进事项",
        "跟进状态",
        "承诺日期",
        "是否逾期",
        "原因",
    )
    rows = [_cells(gap, *who) for gap, who in zip(found, _who(found), strict=True)]
    if path.suffix.lower() != ".xlsx":
        write_rows(headings, rows, path)
        return len(found)
    import xlsxwriter

    from yibao.reports.year_excel import COUNT, Sheet

    counted = {gap.county_code: 0 for gap in found}
    for gap in found:
        counted[gap.county_code] += 1
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = Sheet(book, "分县", (16, 12))
        sheet.title(f"{area_code} {day} 认定未参保 {len(found)} 人")
        sheet.table(("县（市、区）", "人数"), list(counted.items()), ("", COUNT))
        Sheet(book, "名单", (14, 14, 22, 20, 18, 16, 14, 10, 40)).table(headings, rows, ("",) * len(headings))
    return len(found)


def _of_people(area_code: str, day: date) -> Iterator[Gap]:
    on = Q(last_day=None) | Q(last_day__gte=day)
    held = rows_inside(CategoryTag.objects, (area_code,), "person__county_code").filter(
        on, first_day__lte=day
    )
    tags: dict[int, int] = {}
    for person_id, category in held.values_list("person_id", "category"):
        tags[person_id] = tags.get(person_id, 0) | 1 << category
    ids = sorted(tags)
    groups: dict[str, KeyGroupsParams] = {}
    for begin in range(0, len(ids), AT_ONCE):
        chunk = ids[begin : begin + AT_ONCE]
        facts = _facts(chunk, day)
        noted = _follow_ups({"person_id__in": chunk}, day.year)
        for person in Person.objects.filter(pk__in=chunk).order_by("pk"):
            county = person.county_code
            groups[county] = groups.get(county) or _groups(county, day)
            gap = _gap(person, tags[person.pk], groups[county], facts, noted.get(person.pk), day)
            if gap is not None:
                yield gap


def _gap(
    person: Person,
    tags: int,
    groups: KeyGroupsParams,
    facts: dict[str, Any],
    noted: GapFollowUp | None,
    day: date,
) -> Gap | None:
    owed = facts["owed"].get(person.pk)
    covered = (person.pk, Scheme.RESIDENT) in facts["covered"]
    found = key_group_gap(
        groups,
        category_tags=tags,
        died=int(person.died_on is not None and person.died_on < day),
        moved_away=int(person.pk in facts["moved"]),
        in_employee_insurance=int((person.pk, Scheme.EMPLOYEE) in facts["covered"]),
        registered=int(covered or owed is not None),
        person_owes_fen=0 if covered else (owed or 0),
    )
    state = GapState(noted.state) if noted is not None else GapState.FOUND_MISSING
    if not found.missing or state is GapState.CLOSED_ELSEWHERE:
        return None
    return Gap(
        county_code=person.county_code,
        person_id=person.pk,
        row_id=None,
        group=Category(found.group),
        follow_up=FollowUp(found.follow_up),
        owes_fen=owed or 0,
        **_noted(noted, state, day),
    )


def _facts(ids: Sequence[int], day: date) -> dict[str, Any]:
    """What the register knows of some people on a day: by whom covered, what is unpaid, and who has moved away."""
    covered = Coverage.objects.filter(
        person_id__in=ids, void=False, first_day__lte=day, last_day__gte=day
    ).values_list("person_id", "scheme")
    unpaid = ContributionBill.objects.filter(person_id__in=ids, void=False, benefit_year=day.year)
    unpaid = unpaid.exclude(payments__in=_standing_payments(ids))
    stopped = Event.objects.filter(
        person_id__in=ids, action="stop", person__state=EnrolmentState.STOPPED
    ).order_by("id")
    causes = {e.person_id: json.loads(e.after or "{}").get("cause") for e in stopped}
    return {
        "covered": set(covered),
        "owed": dict(unpaid.values_list("person_id", "person_pays_fen")),
        "moved": {who for who, cause in causes.items() if cause == StopCause.MOVED_AWAY},
    }


def _standing_payments(ids: Sequence[int]) -> Any:
    from yibao.financing.models import ContributionPayment

    return ContributionPayment.objects.filter(bill__person_id__in=ids, contributionrefund=None)


def _of_rows(area_code: str, day: date) -> Iterator[Gap]:
    """Rows of the newest committed list of each department and category that are of nobody in the register."""
    newest: dict[tuple[str, int, int | None], DepartmentList] = {}
    lists = rows_inside(DepartmentList.objects, (area_code,), "area_code").filter(
        kind=ListKind.CATEGORY_LIST, state=ListState.COMMITTED, as_of__lte=day
    )
    for kept in lists.order_by("as_of", "id"):
        newest[kept.area_code, kept.department, kept.category] = kept
    rows = list(
        ListRow.objects.filter(department_list__in=newest.values(), verdict__in=NOBODY, person=None)
        .select_related("department_list")
        .order_by("id")
    )
    noted = _follow_ups({"row_id__in": [row.pk for row in rows]}, day.year, of="row_id")
    here = _covered_numbers([json.loads(row.given).get("identity_no", "") for row in rows], day)
    for row in rows:
        given = json.loads(row.given)
        last = noted.get(row.pk)
        state = GapState(last.state) if last is not None else GapState.FOUND_MISSING
        category = category_of(given.get("category", "")) or row.department_list.category
        county = str(given.get("county", ""))[:6] or row.department_list.area_code
        if state in CLOSED or given.get("identity_no", "").upper() in here or category is None:
            continue
        if not _groups(row.department_list.area_code, day).groups[category]:
            continue
        yield Gap(
            county_code=county,
            person_id=None,
            row_id=row.pk,
            group=Category(category),
            follow_up=FollowUp.TO_REGISTER,
            owes_fen=0,
            **_noted(last, state, day),
        )


def _covered_numbers(numbers: Sequence[str], day: date) -> set[str]:
    """Which of some numbers are of people who have come to be covered since the list."""
    found: set[str] = set()
    for begin in range(0, len(numbers), AT_ONCE):
        chunk = [number.upper() for number in numbers[begin : begin + AT_ONCE]]
        held = Identity.objects.filter(
            kind=IdentityKind.IDENTITY_NUMBER,
            number__in=chunk,
            person__coverages__void=False,
            person__coverages__first_day__lte=day,
            person__coverages__last_day__gte=day,
        )
        found |= set(held.values_list("number", flat=True))
    return found


def _follow_ups(which: dict[str, Any], year: int, of: str = "person_id") -> dict[int, GapFollowUp]:
    """The newest follow-up of each, of a benefit year."""
    rows = GapFollowUp.objects.filter(benefit_year=year, **which).order_by("id")
    return {getattr(row, of): row for row in rows}


def _noted(noted: GapFollowUp | None, state: GapState, day: date) -> dict[str, Any]:
    promised_on = None if noted is None else noted.promised_on
    return {
        "state": state,
        "promised_on": promised_on,
        "reason": "" if noted is None else noted.reason,
        "overdue": promised_on is not None and promised_on < day,
    }


def _groups(county_code: str, day: date) -> KeyGroupsParams:
    area = policies().area(county_code)
    return params(KeyGroupsParams, area.entry("enrolment", "key_groups", day), area)


def _locked(actor: Actor, order: GapOrder) -> str:
    """The county of the person or row a follow-up is of, its row locked. Raises NoSuchGap."""
    county: str | None = None
    if order.person_id is not None and order.row_id is None:
        person = Person.objects.select_for_update().filter(pk=order.person_id).first()
        county = None if person is None else person.county_code
    elif order.row_id is not None and order.person_id is None:
        rows = ListRow.objects.select_for_update(of=("self",)).select_related("department_list")
        row = rows.filter(pk=order.row_id, verdict__in=NOBODY).first()
        county = None if row is None else row.department_list.area_code
    if county is None or not actor.may(Matter.ENROLMENT_MATTER, Deed.DO, county):
        raise NoSuchGap(["没有这个人员或名单行，或不在您的管辖地区"])
    return county


def _refuse_open(order: GapOrder) -> None:
    """A closing that the register does not bear out. A row nobody has registered is closed by evidence."""
    if order.row_id is not None:
        if not order.evidence.strip():
            raise StillMissing(f"名单行 {order.row_id}", GAP_STATE_WORDS[order.state][0])
        return
    person = Person.objects.get(pk=order.person_id)
    covered = Coverage.objects.filter(
        person=person, void=False, first_day__lte=order.done_on, last_day__gte=order.done_on
    )
    borne_out = person.died_on is not None if order.state is GapState.CLOSED_DIED else covered.exists()
    if not borne_out:
        raise StillMissing(f"人员 {person.pk}", GAP_STATE_WORDS[order.state][0])


def _who(found: Iterable[Gap]) -> Iterator[tuple[str, str]]:
    """The name and number of each."""
    found = list(found)
    ids = [gap.person_id for gap in found if gap.person_id is not None]
    names: dict[int, str] = {}
    numbers: dict[int, str] = {}
    for begin in range(0, len(ids), AT_ONCE):
        chunk = ids[begin : begin + AT_ONCE]
        names |= dict(Person.objects.filter(pk__in=chunk).values_list("pk", "name"))
        held = Identity.objects.filter(person_id__in=chunk, kind=IdentityKind.IDENTITY_NUMBER)
        numbers |= dict(held.order_by("-id").values_list("person_id", "number"))
    given = ListRow.objects.in_bulk([gap.row_id for gap in found if gap.row_id is not None])
    for gap in found:
        if gap.person_id is not None:
            yield names[gap.person_id], numbers.get(gap.person_id, "")
        else:
            written = json.loads(given[gap.row_id].given)
            yield written.get("name", ""), written.get("identity_no", "")


def _cells(gap: Gap, name: str, number: str) -> tuple[str, ...]:
    return (
        gap.county_code,
        name,
        number,
        CATEGORY_WORDS[gap.group][0],
        FOLLOW_UP_WORDS[gap.follow_up],
        GAP_STATE_WORDS[gap.state][0],
        "" if gap.promised_on is None else str(gap.promised_on),
        "是" if gap.overdue else "否",
        gap.reason,
    )
