"""What carrying a list out would write (名单办理方案): the verdict on each row, and the effect on the person it is of.

Looked at twice: at the dry run, and again under the locks of a commit, which goes on only where both say the same. A person
is known by the identity number first; who was found otherwise (`journeys.lists.matching`, or by an officer) comes with the row.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from yibao.benefits.models import Certification
from yibao.benefits.terms import VisitKind
from yibao.enrolment.models import CategoryTag, Coverage, DuplicateEnrolment, Identity, Person
from yibao.enrolment.terms import (
    DuplicateState,
    EnrolmentState,
    IdentityKind,
    ListEffectKind,
    ListKind,
    MatchedBy,
    RowVerdict,
)
from yibao.journeys.lists.listing_rows import Problem, RowFacts, plain_name
from yibao.rights.areas import covers, rows_inside
from yibao.rights.requests import canonical

AT_ONCE = 900
"""Ids in one query: SQLite takes no more than a thousand or so in an expression of an old build."""

FULL_KINDS = (ListKind.CATEGORY_LIST, ListKind.TWO_DISEASE_LIST)
"""Kinds of which a full list ends what it no longer names."""


@dataclass(frozen=True)
class Head:
    """What is the same for all rows of a list."""

    area_code: str
    department: int
    kind: ListKind
    as_of: date
    full: bool
    category: int | None
    disease_code: str


@dataclass(frozen=True)
class Matched:
    """Whose a row is, and by what; `candidates` where an officer has to look: person id and score."""

    person_id: int | None = None
    by: MatchedBy = MatchedBy.NOBODY
    score_bp: int | None = None
    candidates: tuple[tuple[int, int], ...] = ()
    verdict: RowVerdict | None = None


@dataclass(frozen=True)
class Planned:
    """What a row comes to: a verdict, and the effect with its facts where something is written."""

    row: int
    verdict: RowVerdict
    matched: Matched
    problems: tuple[Problem, ...] = ()
    effect: ListEffectKind | None = None
    target_id: int = 0
    first_day: date | None = None
    last_day: date | None = None
    code: str = ""
    document_no: str = ""


@dataclass(frozen=True)
class Register:
    """What the register knows of the people that rows are of."""

    people: Mapping[int, Person]
    tags: Mapping[int, list[CategoryTag]]
    certified: Mapping[int, list[Certification]]
    coverages: Mapping[int, list[Coverage]]


def plan_of(head: Head, rows: Sequence[RowFacts], matched: Mapping[int, Matched]) -> list[Planned]:
    """The verdict on each row in their order, then who is no longer on a full list."""
    register = register_of({m.person_id for m in matched.values() if m.person_id is not None})
    seen: dict[tuple[int | None, str], int] = {}
    found = []
    for facts in rows:
        planned = _row(head, facts, matched[facts.row], register)
        key = (planned.matched.person_id, planned.code)
        if planned.effect is not None and seen.setdefault(key, facts.row) != facts.row:
            note = Problem(
                "", f"与第 {seen[key]} 行重复 (same as row {seen[key]})", "请只保留一行 (keep one row)"
            )
            planned = Planned(facts.row, RowVerdict.GIVEN_TWICE, planned.matched, (*planned.problems, note))
        found.append(planned)
    return found + (list(_ended(head, rows, found)) if head.full else [])


def by_number(head: Head, rows: Iterable[RowFacts]) -> dict[int, Matched]:
    """Rows whose identity number is right and on file, by row; those outside the area have their verdict."""
    wanted = {facts.number: facts for facts in rows if facts.number}
    people: dict[str, Person] = {}
    for chunk in _chunks(sorted(wanted)):
        held = Identity.objects.filter(kind=IdentityKind.IDENTITY_NUMBER, country="", number__in=chunk)
        people |= {row.number: row.person for row in held.select_related("person")}
    found = {}
    for facts in rows:
        person = people.get(facts.number)
        if facts.county and not covers(head.area_code, facts.county):
            found[facts.row] = Matched(verdict=RowVerdict.OUTSIDE_AREA)
        elif person is not None:
            found[facts.row] = _numbered(head, facts, person)
    return found


def hash_of(plan: Iterable[Planned]) -> str:
    """The name of what would be written: rows without an effect do not count."""
    told = [
        [p.row, p.matched.person_id, p.effect, p.target_id, p.first_day, p.last_day, p.code, p.document_no]
        for p in plan
        if p.effect is not None
    ]
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def register_of(person_ids: Iterable[int]) -> Register:
    """The people of some ids with what they are certified as and covered by."""
    ids = sorted(person_ids)
    people: dict[int, Person] = {}
    tags: dict[int, list[CategoryTag]] = {}
    certified: dict[int, list[Certification]] = {}
    coverages: dict[int, list[Coverage]] = {}
    for chunk in _chunks(ids):
        people |= {person.pk: person for person in Person.objects.filter(pk__in=chunk)}
        _by_person(CategoryTag.objects.filter(person_id__in=chunk), tags)
        _by_person(Certification.objects.filter(person_id__in=chunk, kind=VisitKind.TWO_DISEASES), certified)
        _by_person(Coverage.objects.filter(person_id__in=chunk, void=False), coverages)
    return Register(people, tags, certified, coverages)


def _numbered(head: Head, facts: RowFacts, person: Person) -> Matched:
    """A row whose number somebody has; elsewhere "does not exist", as for everybody who looks from this area."""
    if not covers(head.area_code, person.county_code):
        return Matched(verdict=RowVerdict.NOT_FOUND)
    wrong = RowVerdict.WRONG_NAME if plain_name(person.name) != facts.name else None
    return Matched(person.pk, MatchedBy.NUMBER, verdict=wrong)


def _row(head: Head, facts: RowFacts, matched: Matched, register: Register) -> Planned:
    planned = Planned(facts.row, facts.wrong or RowVerdict.NOT_FOUND, matched, facts.problems)
    if facts.wrong is not None:
        return planned
    if matched.verdict is RowVerdict.WRONG_NAME:
        note = Problem(
            "姓名", "与该身份证号登记的姓名不符 (another name)", "请核对姓名和身份证号 (check both)"
        )
        return replace(planned, verdict=RowVerdict.WRONG_NAME, problems=(*facts.problems, note))
    if matched.person_id is None:
        missing = RowVerdict.WRONG_NUMBER if facts.number_given and not facts.number else RowVerdict.NOT_FOUND
        return replace(planned, verdict=matched.verdict or missing)
    return _effect(head, facts, planned, register.people[matched.person_id], register)


def _effect(head: Head, facts: RowFacts, planned: Planned, person: Person, register: Register) -> Planned:
    if head.kind is ListKind.DEATH_LIST:
        return _death(facts, planned, person)
    if person.died_on is not None and person.died_on < head.as_of:
        return replace(planned, verdict=RowVerdict.DEAD)
    if head.kind is ListKind.SUSPENSION_LIST:
        return _suspension(facts, planned, person)
    if facts.first_day < person.born_on:
        note = Problem("认定起始日", "早于出生日期 (before birth)", "请核对日期 (check the day)")
        return replace(planned, verdict=RowVerdict.UNREADABLE_ROW, problems=(*planned.problems, note))
    given = replace(
        planned,
        verdict=RowVerdict.NEW,
        first_day=facts.first_day,
        last_day=facts.last_day,
        code=_code(facts),
        document_no=facts.document_no,
    )
    if head.kind is ListKind.CATEGORY_LIST:
        held = [t for t in register.tags.get(person.pk, ()) if t.category == facts.category]
        if any(_holds(tag, facts) for tag in held):
            return replace(planned, verdict=RowVerdict.ALREADY)
        return replace(given, effect=ListEffectKind.TAG_GIVEN)
    if head.kind is ListKind.TWO_DISEASE_LIST:
        known = [c for c in register.certified.get(person.pk, ()) if c.disease_code == facts.disease]
        if any(_holds(row, facts) for row in known):
            return replace(planned, verdict=RowVerdict.ALREADY)
        return replace(given, effect=ListEffectKind.DISEASE_GIVEN)
    if head.kind is ListKind.COVER_ELSEWHERE_LIST:
        return _crossing(facts, planned, person, register)
    covered = [c for c in register.coverages.get(person.pk, ()) if c.first_day <= head.as_of <= c.last_day]
    return replace(planned, verdict=RowVerdict.CLEAR_ROW if covered else RowVerdict.NOT_COVERED_NOW)


def _holds(held: CategoryTag | Certification, facts: RowFacts) -> bool:
    """Whether what somebody holds covers all the days that a row says."""
    to = held.last_day
    return bool(held.first_day <= facts.first_day) and (
        to is None or (facts.last_day is not None and to >= facts.last_day)
    )


def _death(facts: RowFacts, planned: Planned, person: Person) -> Planned:
    if person.died_on is not None:
        if person.died_on == facts.happened_on:
            return replace(planned, verdict=RowVerdict.ALREADY)
        return _forbidden(planned, "登记的死亡日期不同 (another day of death is on file)", "请核对死亡证明")
    if facts.happened_on is None or facts.happened_on < person.born_on:
        return _forbidden(planned, "死亡日期早于出生日期 (before birth)", "请核对日期 (check the day)")
    if person.state not in (EnrolmentState.ACTIVE, EnrolmentState.SUSPENDED):
        return _forbidden(planned, "已终止参保 (enrolment has stopped)", "请在人员登记中补记死亡日期")
    return replace(
        planned,
        verdict=RowVerdict.NEW,
        effect=ListEffectKind.DEATH_RECORDED,
        first_day=facts.happened_on,
        document_no=facts.document_no,
    )


def _suspension(facts: RowFacts, planned: Planned, person: Person) -> Planned:
    if person.state == EnrolmentState.SUSPENDED:
        return replace(planned, verdict=RowVerdict.ALREADY)
    if person.state != EnrolmentState.ACTIVE:
        return _forbidden(planned, "不是正常参保 (not enrolled)", "请核对参保状态 (check the state)")
    return replace(
        planned,
        verdict=RowVerdict.NEW,
        effect=ListEffectKind.COVER_SUSPENDED,
        first_day=facts.happened_on,
        document_no=facts.document_no,
    )


def _crossing(facts: RowFacts, planned: Planned, person: Person, register: Register) -> Planned:
    """A cover elsewhere on days on which the person is covered here: a duplicate, unless it is known already."""
    assert facts.elsewhere is not None and facts.last_day is not None, "a row without them is not readable"
    here = [
        c
        for c in register.coverages.get(person.pk, ())
        if c.first_day <= facts.last_day and facts.first_day <= c.last_day
    ]
    if not here:
        return replace(planned, verdict=RowVerdict.CLEAR_ROW)
    known = DuplicateEnrolment.objects.filter(
        person=person,
        other=None,
        area_code=facts.elsewhere.area_code,
        scheme=facts.elsewhere.scheme,
        first_day=facts.first_day,
        last_day=facts.last_day,
    )
    if known.exclude(state=DuplicateState.DISMISSED).exists():
        return replace(planned, verdict=RowVerdict.ALREADY)
    return replace(
        planned,
        verdict=RowVerdict.CROSS_COVER,
        effect=ListEffectKind.CROSS_COVER_FOUND,
        target_id=here[0].pk,
        first_day=facts.first_day,
        last_day=facts.last_day,
        code=f"{facts.elsewhere.area_code}/{facts.elsewhere.scheme}/{facts.first_day}/{facts.last_day}",
    )


def _forbidden(planned: Planned, message: str, remedy: str) -> Planned:
    note = Problem("发生日期", message, remedy)
    return replace(planned, verdict=RowVerdict.STATE_FORBIDS, problems=(*planned.problems, note))


def _ended(head: Head, rows: Sequence[RowFacts], planned: Sequence[Planned]) -> Iterator[Planned]:
    """Certifications of the department that a full list no longer names, and that had begun before its day.

    Whoever a row may be of stays: a row that cannot be read does not end anybody's certification.
    """
    named = {(p.matched.person_id, _code(facts)) for p, facts in zip(planned, rows, strict=True)}
    doubtful = {p.matched.person_id for p in planned if p.verdict not in (RowVerdict.NEW, RowVerdict.ALREADY)}
    doubtful |= {person_id for p in planned for person_id, _ in p.matched.candidates}
    last_day = head.as_of - timedelta(days=1)
    for held, effect, code in _standing(head, rows):
        if held.person_id not in doubtful and (held.person_id, code) not in named:
            yield Planned(
                row=0,
                verdict=RowVerdict.ENDED,
                matched=Matched(held.person_id, MatchedBy.NUMBER),
                effect=effect,
                target_id=held.pk,
                last_day=last_day,
                code=code,
            )


def _standing(head: Head, rows: Sequence[RowFacts]) -> Iterator[tuple[Any, ListEffectKind, str]]:
    """What stands on the day of a full list of the kind it is of, in the area it is of."""
    on = Q(last_day=None) | Q(last_day__gte=head.as_of)
    if head.kind is ListKind.CATEGORY_LIST:
        categories = {facts.category for facts in rows if facts.category is not None}
        if head.category is not None:
            categories = {head.category}
        held = CategoryTag.objects.filter(
            on, category__in=categories, certified_by=head.department, first_day__lt=head.as_of
        )
        inside = rows_inside(held, (head.area_code,), "person__county_code").filter(person__died_on=None)
        for tag in inside.order_by("person_id", "id"):
            yield tag, ListEffectKind.TAG_ENDED, str(tag.category)
        return
    certified = Certification.objects.filter(on, kind=VisitKind.TWO_DISEASES, first_day__lt=head.as_of)
    if head.disease_code:
        certified = certified.filter(disease_code=head.disease_code)
    inside = rows_inside(certified, (head.area_code,), "person__county_code").filter(person__died_on=None)
    for row in inside.order_by("person_id", "id"):
        yield row, ListEffectKind.DISEASE_ENDED, row.disease_code


def _code(facts: RowFacts) -> str:
    """What a row certifies: the number of a category, or the name of a disease."""
    return facts.disease or str(int(facts.category or 0))


def _by_person(rows: Any, found: dict[int, list[Any]]) -> None:
    for row in rows.order_by("id"):
        found.setdefault(row.person_id, []).append(row)


def _chunks(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for at in range(0, len(ids), AT_ONCE):
        yield ids[at : at + AT_ONCE]
