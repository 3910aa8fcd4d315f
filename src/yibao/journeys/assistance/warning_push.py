"""Pushing the list of early warning to departments, and what they answer (预警推送、反馈).

A batch holds only who is new on the list or has risen a band since the department last heard of that year; the row that
numbers a county's batches is locked first, so of two pushes at once the second finds nobody new. An answer that identifies a
category changes nobody's category: that is certified by `enrolment.actions.recognise_category`, with the department's paper.

carries_out: AID-03
"""

import hashlib
from datetime import date, datetime

from django.db.models import Max
from django.utils import timezone

from yibao.assistance.deadlines import working_day_after
from yibao.assistance.failures import (
    AnswerWrong,
    CaseClosed,
    NoSuchCase,
    NotARecipient,
    NothingNew,
    NotRunYet,
)
from yibao.assistance.models import (
    Warned,
    WarningBatch,
    WarningCase,
    WarningResponse,
    WarningRun,
)
from yibao.assistance.orders import AnswerOrder, PushOrder
from yibao.assistance.terms import Category, WarningAnswer
from yibao.enrolment.models import Person
from yibao.enrolment.terms import DEPARTMENT_WORDS, Department
from yibao.journeys.assistance.warning import warning_terms
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import canonical, once
from yibao.rights.terms import Deed, Matter
from yibao.tables.rows import selected

_NUMBER = """
INSERT INTO assistance_batchnumber (county_code, last) VALUES (%s, 1)
ON CONFLICT (county_code) DO UPDATE SET last = assistance_batchnumber.last + 1 RETURNING last
"""


def push_warning(actor: Actor, key: str, order: PushOrder, *, at: datetime) -> str:
    """Pushes what is new on a day's list to a department; `{"batch_id", "number", "people"}`.

    Raises NotAllowed, NotARecipient, NotRunYet, NothingNew.
    """

    def do() -> dict[str, object]:
        actor.require(Matter.ASSISTANCE_MATTER, Deed.DO, order.county_code)
        handling = warning_terms(order.county_code, order.day).handling
        recipients = [d for d in Department if handling.departments[d] == 1]
        if order.department not in recipients:
            known = [DEPARTMENT_WORDS[d][0] for d in recipients]
            raise NotARecipient(DEPARTMENT_WORDS[order.department][0], known)
        number = int(selected(_NUMBER, [order.county_code])[0][0])
        run = WarningRun.objects.filter(county_code=order.county_code, day=order.day).first()
        if run is None:
            raise NotRunYet(order.county_code, order.day)
        new = _new(run, order.department)
        if not new:
            raise NothingNew(order.county_code, order.day)
        today = timezone.localdate(at)
        batch = WarningBatch.objects.create(
            county_code=order.county_code,
            number=number,
            department=order.department,
            day=today,
            people=len(new),
            content_hash=content_hash(new),
            actor=actor.name,
            recorded_at=timezone.now(),
        )
        due_on = working_day_after(today, handling.respond_working_days)
        WarningCase.objects.bulk_create(
            WarningCase(
                batch=batch,
                warned=warned,
                person_id=warned.person_id,
                year_id=warned.year_id,
                department=order.department,
                band=warned.band,
                due_on=due_on,
            )
            for warned in new
        )
        note(actor, "push_warning", order.county_code, f"warning_batch:{batch.pk}", people=len(new))
        return {"batch_id": batch.pk, "number": number, "people": len(new), "due_on": due_on}

    return once(actor.name, key, "push_warning", order, do)


def answer_warning(actor: Actor, key: str, order: AnswerOrder, *, at: datetime) -> str:
    """Records what a department answered to a warning; `{"response_id": …}`. Raises NoSuchCase, AnswerWrong, CaseClosed."""

    def do() -> dict[str, object]:
        case = WarningCase.objects.select_related("batch").filter(pk=order.case_id).first()
        person = None if case is None else Person.objects.select_for_update().get(pk=case.person_id)
        if case is None or person is None or not _may_answer(actor, person, case):
            raise NoSuchCase("推送对象", order.case_id)
        problems = _problems(order, case, timezone.localdate(at))
        if problems:
            raise AnswerWrong(problems)
        answers = list(WarningResponse.objects.filter(case=case).values_list("answer", flat=True))
        if WarningAnswer.CLOSE in answers:
            raise CaseClosed(case.pk)
        row = WarningResponse.objects.create(
            case=case,
            sequence=len(answers) + 1,
            answer=order.answer,
            category=order.category,
            answered_on=order.answered_on,
            words=order.words,
            actor=actor.name,
            recorded_at=timezone.now(),
        )
        note(
            actor, "answer_warning", person.county_code, f"person:{person.pk}", response=row.pk, case=case.pk
        )
        return {"response_id": row.pk}

    return once(actor.name, key, "answer_warning", order, do)


def content_hash(pushed: list[Warned]) -> str:
    """The hash of what a batch says of its people, in the order of the list."""
    told = [[getattr(warned, name) for name in _TOLD] for warned in pushed]
    return hashlib.sha256(canonical(told).encode()).hexdigest()


_TOLD = (
    "id",
    "person_id",
    "category",
    "reason",
    "burden_in_scope_fen",
    "burden_total_fen",
    "line_fen",
    "band",
    "since",
)


def _may_answer(actor: Actor, person: Person, case: WarningCase) -> bool:
    """Who may do assistance where the person is now, or in the county that pushed."""
    codes = (person.county_code, case.batch.county_code)
    return any(actor.may(Matter.ASSISTANCE_MATTER, Deed.DO, code) for code in codes)


def _new(run: WarningRun, department: Department) -> list[Warned]:
    """Who is on the list and was not told of yet, or only at a lower band."""
    told = dict(
        WarningCase.objects.filter(department=department, year__warned__run=run)
        .order_by()
        .values_list("year_id")
        .annotate(highest=Max("band"))
    )
    listed = Warned.objects.filter(run=run).order_by("id")
    return [warned for warned in listed if warned.band > told.get(warned.year_id, -1)]


def _problems(order: AnswerOrder, case: WarningCase, today: date) -> list[str]:
    found = []
    if (order.category is not None) != (order.answer is WarningAnswer.IDENTIFIED):
        found.append("只有“已认定身份”要写身份类别，且必须写")
    if order.category is Category.ORDINARY:
        found.append("普通居民不是认定的身份")
    if not case.batch.day <= order.answered_on <= today:
        found.append(f"反馈日期 {order.answered_on} 应在推送日 {case.batch.day} 与今天之间")
    if order.answer in (WarningAnswer.NOT_NEEDED, WarningAnswer.ASSISTED) and not order.words.strip():
        found.append("请写明核实或帮扶的情况")
    return found
