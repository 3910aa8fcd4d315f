"""Looking at a department's list (名单试导入), and deciding whose a row is where the machine is not sure.

A list is kept as it was received, with a verdict on each row; nothing else is written until it is committed
(`journeys.lists.listing_commit`). Whoever looks again sees what has changed since; what an officer decided stays.

carries_out: ENR-11
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from yibao.assistance.terms import Category
from yibao.enrolment.list_failures import (
    LONGEST_DOCUMENT_NO,
    LONGEST_REASON,
    ListWrong,
    NobodyFits,
    NoSuchList,
    NoSuchRow,
    NotInState,
    unfit,
)
from yibao.enrolment.models import DepartmentList, ListCandidate, ListRow, Person
from yibao.enrolment.terms import Department, ListKind, ListState, MatchedBy, RowVerdict
from yibao.journeys.lists.listing_plan import (
    FULL_KINDS,
    Head,
    Matched,
    Planned,
    by_number,
    hash_of,
    plan_of,
)
from yibao.journeys.lists.listing_rows import (
    LARGEST_LIST,
    ListOrder,
    RowFacts,
    given_row,
    given_text,
    row_facts,
)
from yibao.journeys.lists.listing_words import disease_of
from yibao.kernel.codes import is_division_code
from yibao.rights.actors import Actor
from yibao.rights.areas import covers
from yibao.rights.audit import note
from yibao.rights.requests import canonical, once
from yibao.rights.terms import Deed, Matter

BY_HAND = (MatchedBy.LINKED, MatchedBy.OFFICER)
"""Matches that stay as they are when a list is looked at again."""

AT_ONCE = 500


@dataclass(frozen=True)
class MatchDecision:
    """Whose a row is, as an officer found; `person_id` None where it is none of those it might be."""

    row_id: int
    person_id: int | None
    reason: str


@dataclass(frozen=True)
class LookAgain:
    """A list to be looked at again."""

    list_id: int


def import_list(actor: Actor, key: str, order: ListOrder, *, today: date) -> str:
    """Keeps a list and says what committing it would write: a dry run; nothing else is changed.

    `{"list_id", "plan_hash", "verdicts": {verdict: rows}, "to_decide"}`. Raises ListWrong, NotAllowed, KeyReused.
    """

    def do() -> dict[str, object]:
        actor.require(Matter.ENROLMENT_MATTER, Deed.DO, order.area_code)
        problems = _list_problems(order, today)
        if problems:
            raise ListWrong(problems)
        rows = [row_facts(row, order, today) for row in order.rows]
        head = _head_of_order(order)
        matched = _matched(head, rows)
        plan = plan_of(head, rows, matched)
        kept = DepartmentList.objects.create(
            area_code=order.area_code,
            department=order.department,
            kind=order.kind,
            category=order.category,
            disease_code=disease_of(order.disease),
            as_of=order.as_of,
            full=order.full,
            document_no=order.document_no,
            file_name=order.file_name,
            file_hash=order.file_hash,
            plan_hash=hash_of(plan),
            received_at=timezone.now(),
            received_by=actor.name,
        )
        _keep_rows(kept, order, plan)
        note(actor, "import_list", order.area_code, f"list:{kept.pk}", order.document_no, rows=len(rows))
        return _told(kept, plan)

    return once(actor.name, key, "import_list", order, do)


def decide_match(actor: Actor, key: str, order: MatchDecision, *, today: date) -> str:
    """Records whose a row is; the dry run as it is then. Raises NoSuchRow, NobodyFits, NotInState."""

    def do() -> dict[str, object]:
        row = ListRow.objects.filter(pk=order.row_id).first()
        if row is None:
            raise NoSuchRow(order.row_id)
        kept = locked_list(actor, row.department_list_id, lambda: NoSuchRow(order.row_id))
        row.refresh_from_db()
        open_row = row.verdict == RowVerdict.AMBIGUOUS or row.matched_by == MatchedBy.OFFICER
        if kept.state != ListState.DRY_RUN or not open_row or unfit(order.reason):
            raise NoSuchRow(order.row_id)
        if order.person_id is not None and not _fits(kept, order.person_id):
            raise NobodyFits(order.person_id)
        ListRow.objects.filter(pk=row.pk).update(
            person=order.person_id,
            matched_by=MatchedBy.OFFICER,
            decided_by=actor.name,
            decided_reason=order.reason,
        )
        note(
            actor, "decide_match", kept.area_code, f"list_row:{row.pk}", order.reason, person=order.person_id
        )
        return _looked_at(kept, today)

    return once(actor.name, key, "decide_match", order, do)


def look_again(actor: Actor, key: str, order: LookAgain, *, today: date) -> str:
    """The dry run of a list by what the register knows now. Raises NoSuchList, NotInState."""

    def do() -> dict[str, object]:
        kept = locked_list(actor, order.list_id, lambda: NoSuchList(order.list_id))
        if kept.state != ListState.DRY_RUN:
            raise NotInState(kept.pk, ListState(kept.state), ListState.DRY_RUN)
        note(actor, "look_again", kept.area_code, f"list:{kept.pk}")
        return _looked_at(kept, today)

    return once(actor.name, key, "look_again", order, do)


def locked_list(actor: Actor, list_id: int, failure: Callable[[], Exception]) -> DepartmentList:
    """A list that an actor may act on, locked until the transaction ends; what is outside the area does not exist."""
    kept = DepartmentList.objects.select_for_update().filter(pk=list_id).first()
    if kept is None or not actor.may(Matter.ENROLMENT_MATTER, Deed.DO, kept.area_code):
        raise failure()
    return kept  # type: ignore[no-any-return]


def head_of(kept: DepartmentList) -> Head:
    """What is the same for all rows of a list that is on file."""
    return Head(
        area_code=kept.area_code,
        department=kept.department,
        kind=ListKind(kept.kind),
        as_of=kept.as_of,
        full=kept.full,
        category=kept.category,
        disease_code=kept.disease_code,
    )


def facts_of(kept: DepartmentList, row: ListRow, today: date) -> RowFacts:
    """What a row of a list that is on file says."""
    return row_facts(given_row(json.loads(row.given)), _order_of(kept), today)


def plan_now(kept: DepartmentList, today: date) -> list[Planned]:
    """What committing a list would write by what the register knows now; rows found by hand stay whose they are."""
    stored = list(kept.rows.filter(number__gt=0).order_by("number"))
    order = _order_of(kept)
    rows = [row_facts(given_row(json.loads(row.given)), order, today) for row in stored]
    head = head_of(kept)
    matched = by_number(head, rows)
    for row, facts in zip(stored, rows, strict=True):
        if facts.row not in matched or row.matched_by in BY_HAND:
            matched[facts.row] = _kept_match(head, row)
    return plan_of(head, rows, matched)


def _matched(head: Head, rows: Sequence[RowFacts]) -> dict[int, Matched]:
    """Whose each row is: by its number, else by all the rest of it."""
    from yibao.journeys.lists.matching import linked

    found = by_number(head, rows)
    rest = [facts for facts in rows if facts.row not in found]
    found |= linked(head, rest) if rest else {}
    return found


def _looked_at(kept: DepartmentList, today: date) -> dict[str, object]:
    """Writes down what a list comes to now, and tells it."""
    plan = plan_now(kept, today)
    kept.plan_hash = hash_of(plan)
    kept.save(update_fields=["plan_hash"])
    rows = {row.number: row for row in kept.rows.filter(number__gt=0)}
    changed = []
    for planned in plan:
        row = rows.get(planned.row)
        if row is not None:
            row.verdict, row.person_id = planned.verdict, planned.matched.person_id
            row.problems = _problems_text(planned)
            changed.append(row)
    ListRow.objects.bulk_update(changed, ["verdict", "person", "problems"], batch_size=AT_ONCE)
    kept.rows.filter(number=0).delete()
    ListRow.objects.bulk_create([_ended_row(kept, p) for p in plan if p.row == 0], batch_size=AT_ONCE)
    return _told(kept, plan)


def _told(kept: DepartmentList, plan: Sequence[Planned]) -> dict[str, object]:
    verdicts = Counter(planned.verdict.name for planned in plan)
    return {
        "list_id": kept.pk,
        "plan_hash": kept.plan_hash,
        "verdicts": dict(sorted(verdicts.items())),
        "to_decide": verdicts[RowVerdict.AMBIGUOUS.name],
    }


def _keep_rows(kept: DepartmentList, order: ListOrder, plan: Sequence[Planned]) -> None:
    given = {row.number: row for row in order.rows}
    rows = []
    for planned in plan:
        if planned.row == 0:
            rows.append(_ended_row(kept, planned))
            continue
        rows.append(
            ListRow(
                department_list=kept,
                number=planned.row,
                given=canonical(given_text(given[planned.row])),
                verdict=planned.verdict,
                problems=_problems_text(planned),
                person_id=planned.matched.person_id,
                matched_by=planned.matched.by,
                score_bp=planned.matched.score_bp,
            )
        )
    ListRow.objects.bulk_create(rows, batch_size=AT_ONCE)
    at = dict(kept.rows.values_list("number", "id"))
    ListCandidate.objects.bulk_create(
        (
            ListCandidate(row_id=at[planned.row], person_id=person_id, score_bp=score_bp)
            for planned in plan
            for person_id, score_bp in planned.matched.candidates
        ),
        batch_size=AT_ONCE,
    )


def _ended_row(kept: DepartmentList, planned: Planned) -> ListRow:
    return ListRow(
        department_list=kept,
        number=0,
        verdict=planned.verdict,
        person_id=planned.matched.person_id,
        matched_by=planned.matched.by,
    )


def _problems_text(planned: Planned) -> str:
    return canonical([list(problem) for problem in planned.problems]) if planned.problems else ""


def _kept_match(head: Head, row: ListRow) -> Matched:
    """A match made by linking or by an officer, as it stands; nobody where the person is no longer in the area."""
    by = MatchedBy(row.matched_by)
    if row.person_id is None:
        candidates = tuple(row.candidates.order_by("id").values_list("person_id", "score_bp"))
        open_still = by is not MatchedBy.OFFICER and candidates
        return Matched(
            by=by,
            candidates=candidates if open_still else (),
            verdict=RowVerdict.AMBIGUOUS if open_still else None,
        )
    if not _fits(row.department_list, row.person_id):
        return Matched(by=by, verdict=RowVerdict.NOT_FOUND)
    return Matched(row.person_id, by, row.score_bp)


def _fits(kept: DepartmentList, person_id: int) -> bool:
    county = Person.objects.filter(pk=person_id).values_list("county_code", flat=True).first()
    return county is not None and covers(kept.area_code, county)


def _head_of_order(order: ListOrder) -> Head:
    return Head(
        area_code=order.area_code,
        department=order.department,
        kind=order.kind,
        as_of=order.as_of,
        full=order.full,
        category=order.category,
        disease_code=disease_of(order.disease),
    )


def _order_of(kept: DepartmentList) -> ListOrder:
    """The order of a list on file, without its rows."""
    return ListOrder(
        area_code=kept.area_code,
        department=Department(kept.department),
        kind=ListKind(kept.kind),
        as_of=kept.as_of,
        rows=(),
        file_name=kept.file_name,
        file_hash=kept.file_hash,
        full=kept.full,
        category=None if kept.category is None else Category(kept.category),
        disease=kept.disease_code,
        document_no=kept.document_no,
    )


def _list_problems(order: ListOrder, today: date) -> list[str]:
    """What keeps a list from being looked at at all."""
    found = []
    if not is_division_code(order.area_code):
        found.append("名单的地区应为 6 位区划代码")
    if order.as_of > today:
        found.append(f"名单截止日 {order.as_of} 在今天之后")
    if order.full and order.kind not in FULL_KINDS:
        found.append("只有身份认定名单和“两病”患者名单可以是全量名单")
    if not order.rows:
        found.append("名单没有数据行；全量名单也要至少一行，以免误停全部人员")
    if len(order.rows) > LARGEST_LIST:
        found.append(f"超过 {LARGEST_LIST:,} 行，请按县（市、区）分开报送")
    if order.kind is not ListKind.CATEGORY_LIST and order.category is not None:
        found.append("只有身份认定名单可以指定身份类别")
    if order.disease and not disease_of(order.disease):
        found.append("不认识指定的病种")
    numbers = [row.number for row in order.rows]
    if len(set(numbers)) != len(numbers) or any(number < 1 for number in numbers):
        found.append("行号应从 1 起，不得重复")
    if not order.file_name.strip() or not order.file_hash.strip():
        found.append("请写明文件名和文件摘要")
    if len(order.file_name) > LONGEST_REASON or len(order.document_no) > LONGEST_DOCUMENT_NO:
        found.append(f"文件名最多 {LONGEST_REASON} 个字符，来文文号最多 {LONGEST_DOCUMENT_NO} 个")
    return found
