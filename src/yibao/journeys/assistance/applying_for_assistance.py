"""Assistance on application up to the decision (依申请救助：申请、受理、核对、公示): each step in its order and its days.

The person is locked first, then the application, so that two officers cannot both take one step. What policy says of a step is
that of the day of application, of an objection that of the first application. What a reader would get wrong: a household's income is asked only for categories that have a
line of their own; others are certified by their department, and the check then says so.

carries_out: AID-04
"""

import re
from collections.abc import Callable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.assistance.actions import close, due_after, record
from yibao.assistance.failures import ApplicationWrong, AppliedAlready, NoSuchApplication, OtherStep
from yibao.assistance.models import (
    Application,
    ApplicationDocument,
    HouseholdMember,
    IncomeCheck,
    IncomeSource,
    Objection,
    ObjectionAnswer,
    Publicity,
)
from yibao.assistance.orders import (
    AcceptOrder,
    ApplyOrder,
    CheckOrder,
    ObjectionAnswerOrder,
    ObjectionOrder,
    PublicityOrder,
    WithdrawOrder,
)
from yibao.assistance.params import ApplicationParams, HouseholdIncomeParams
from yibao.assistance.rules.household_income import household_income
from yibao.assistance.terms import (
    STEP_WORDS,
    ApplicationAct,
    ApplicationOutcome,
    ApplicationStep,
)
from yibao.enrolment.models import Person
from yibao.journeys.assistance.application_checks import apply_problems, day_problems
from yibao.journeys.assistance.burdens import totals_of
from yibao.packs.build import params
from yibao.packs.entries import Entry
from yibao.packs.policies import policies
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.models import YearRow

_S = ApplicationStep


def apply(actor: Actor, key: str, order: ApplyOrder, *, at: datetime) -> str:
    """Takes an application in; `{"application_id", "due_on"}`. Raises NoSuchApplication, ApplicationWrong, AppliedAlready."""

    def do() -> dict[str, object]:
        person = Person.objects.select_for_update().filter(pk=order.person_id).first()
        if person is None or not actor.may(Matter.ASSISTANCE_MATTER, Deed.DO, person.county_code):
            raise NoSuchApplication("人员", order.person_id)
        refused = Application.objects.filter(pk=order.objects_to, person=person).first()
        day = order.applied_on if refused is None else policy_day(refused)
        terms, entry = application_entry(person.county_code, day)
        problems = apply_problems(order, person, terms, timezone.localdate(at))
        if problems:
            raise ApplicationWrong(problems)
        application = _written(actor, person, order, entry, due_after(terms, _S.ACCEPT, order.applied_on))
        ApplicationDocument.objects.bulk_create(
            ApplicationDocument(application=application, title=paper.title, content_hash=paper.content_hash)
            for paper in order.documents
        )
        HouseholdMember.objects.bulk_create(
            HouseholdMember(
                application=application,
                person_id=member.person_id,
                relation=member.relation,
                income_fen=member.income_fen,
            )
            for member in order.members
        )
        _note(actor, "apply_for_assistance", application)
        return {"application_id": application.pk, "due_on": application.due_on}

    return once(actor.name, key, "apply_for_assistance", order, do)


def accept(actor: Actor, key: str, order: AcceptOrder, *, at: datetime) -> str:
    """Accepts an application, or closes it with the reason why not. Raises NoSuchApplication, OtherStep, ApplicationWrong."""

    def do(application: Application, terms: ApplicationParams) -> None:
        _at(application, _S.ACCEPT, "受理")
        _sound(
            application,
            order.day,
            at,
            [] if order.accepted or order.words.strip() else ["不予受理的，请写明理由"],
        )
        if order.accepted:
            due_on = due_after(terms, _S.CHECK, order.day)
            record(
                actor,
                application,
                ApplicationAct.ACCEPTANCE,
                order.day,
                order.words,
                step=_S.CHECK,
                due_on=due_on,
            )
        else:
            outcome = ApplicationOutcome.NOT_ACCEPTED
            close(actor, application, ApplicationAct.ACCEPTANCE, order.day, order.words, outcome)

    return _upon(actor, key, "accept_application", order.application_id, order, do)


def check_income(actor: Actor, key: str, order: CheckOrder, *, at: datetime) -> str:
    """Records the check of a household's means. Raises NoSuchApplication, OtherStep, ApplicationWrong."""

    def do(application: Application, terms: ApplicationParams) -> None:
        _at(application, _S.CHECK, "核对")
        problems = [] if order.sources else ["请写明核查来源，至少一处"]
        problems += ["核查收入不能是负数"] * any(source.found_fen < 0 for source in order.sources)
        _sound(application, order.day, at, problems)
        _checked(actor, application, order)
        in_public = terms.publicity_days > 0
        step = _S.PUBLICISE if in_public else _S.DECIDE
        due_on = due_after(terms, step, order.day)
        record(actor, application, ApplicationAct.INCOME_CHECK, order.day, "", step=step, due_on=due_on)

    return _upon(actor, key, "check_income", order.application_id, order, do)


def publicise(actor: Actor, key: str, order: PublicityOrder, *, at: datetime) -> str:
    """Hangs an application out in public. Raises NoSuchApplication, OtherStep, ApplicationWrong."""

    def do(application: Application, terms: ApplicationParams) -> None:
        _at(application, _S.PUBLICISE, "公示")
        days = (order.last_day - order.first_day).days + 1
        problems = (
            [] if days >= terms.publicity_days else [f"公示 {days} 天，规定不少于 {terms.publicity_days} 天"]
        )
        problems += [] if order.place.strip() else ["请写明公示地点"]
        _sound(application, order.first_day, at, problems)
        Publicity.objects.create(
            application=application, first_day=order.first_day, last_day=order.last_day, place=order.place
        )
        due_on = due_after(terms, _S.DECIDE, order.last_day)
        record(
            actor,
            application,
            ApplicationAct.PUBLICITY,
            order.first_day,
            order.place,
            step=_S.DECIDE,
            due_on=due_on,
        )

    return _upon(actor, key, "publicise_application", order.application_id, order, do)


def object_in_public(actor: Actor, key: str, order: ObjectionOrder, *, at: datetime) -> str:
    """Notes an objection raised while an application is in public; `{"objection_id"}`. Raises as `publicise`."""

    def do(application: Application, terms: ApplicationParams) -> dict[str, object]:
        _at(application, _S.DECIDE, "登记公示异议")
        publicity = Publicity.objects.filter(application=application).first()
        inside = publicity is not None and publicity.first_day <= order.day <= publicity.last_day
        problems = [] if inside else [f"{order.day} 不在公示期内"]
        problems += [] if order.words.strip() else ["请写明异议内容"]
        _sound(application, order.day, at, problems)
        row = Objection.objects.create(publicity=publicity, raised_on=order.day, words=order.words)
        _stay(actor, application, ApplicationAct.PUBLIC_OBJECTION, order.day, "")
        return {"objection_id": row.pk}

    return _upon(actor, key, "object_in_public", order.application_id, order, do)


def answer_objection(actor: Actor, key: str, order: ObjectionAnswerOrder, *, at: datetime) -> str:
    """Records what was found of an objection, once. Raises NoSuchApplication, OtherStep, ApplicationWrong."""
    objection = Objection.objects.select_related("publicity").filter(pk=order.objection_id).first()
    if objection is None:
        raise NoSuchApplication("公示异议", order.objection_id)

    def do(application: Application, terms: ApplicationParams) -> None:
        _at(application, _S.DECIDE, "处理公示异议")
        problems = [] if order.words.strip() else ["请写明处理情况"]
        problems += [] if order.day >= objection.raised_on else ["处理日期早于提出日期"]
        if ObjectionAnswer.objects.filter(objection=objection).exists():
            problems.append("该异议已处理")
        if application.proposal_id is not None:
            problems.append("审批意见已提交复核，请先退回")
        _sound(application, order.day, at, problems)
        ObjectionAnswer.objects.create(
            objection=objection,
            upheld=order.upheld,
            answered_on=order.day,
            words=order.words,
            actor=actor.name,
        )
        _stay(actor, application, ApplicationAct.OBJECTION_ANSWER, order.day, order.words)

    return _upon(actor, key, "answer_objection", objection.publicity.application_id, order, do)


def withdraw(actor: Actor, key: str, order: WithdrawOrder, *, at: datetime) -> str:
    """Closes an application that is taken back before it is decided. Raises NoSuchApplication, OtherStep, ApplicationWrong."""

    def do(application: Application, terms: ApplicationParams) -> None:
        if application.step == _S.CLOSED:
            _at(application, _S.DECIDE, "撤回")
        _sound(application, order.day, at, [] if order.words.strip() else ["请写明撤回的原因"])
        outcome = ApplicationOutcome.WITHDRAWN
        close(actor, application, ApplicationAct.WITHDRAWAL, order.day, order.words, outcome)

    return _upon(actor, key, "withdraw_application", order.application_id, order, do)


def application_entry(county_code: str, day: date) -> tuple[ApplicationParams, Entry]:
    """What applications of a county go by on a day, and the entry it comes from. Raises the failures of `packs`."""
    area = policies().area(county_code)
    entry = area.entry("assistance", "on_application", day)
    return params(ApplicationParams, entry, area), entry


def application_terms(application: Application) -> ApplicationParams:
    """What an application goes by. Raises the failures of `packs`."""
    return application_entry(application.county_code, policy_day(application))[0]


def policy_day(application: Application) -> date:
    """The day whose policy an application goes by: its own, and of an objection that of what it objects to."""
    while application.objects_to is not None:
        application = application.objects_to
    return application.applied_on


def income_terms(county_code: str, day: date) -> tuple[HouseholdIncomeParams, Entry]:
    """The lines on a household's income, and the entry they come from."""
    area = policies().area(county_code)
    entry = area.entry("assistance", "household_income", day)
    return params(HouseholdIncomeParams, entry, area), entry


def locked_application(actor: Actor, application_id: int, deed: Deed) -> Application:
    """An application whose person and row are locked, where the actor may do a deed. Raises NoSuchApplication."""
    owner = Application.objects.filter(pk=application_id).values_list("person_id", flat=True).first()
    if owner is not None:
        Person.objects.select_for_update().get(pk=owner)
        found = Application.objects.select_for_update().get(pk=application_id)
        if actor.may(Matter.ASSISTANCE_MATTER, deed, found.county_code):
            return found  # type: ignore[no-any-return]
    raise NoSuchApplication("申请", application_id)


def burden_total_fen(application: Application, day: date) -> int:
    """All that the year of an application has left to its person by the end of a day."""
    row = YearRow.objects.filter(
        person_id=application.person_id,
        benefit_year=application.benefit_year,
        academic=application.academic,
    ).first()
    return 0 if row is None else totals_of([row.pk], day)[row.pk]


def _upon(
    actor: Actor,
    key: str,
    action: str,
    application_id: int,
    order: object,
    do: Callable[[Application, ApplicationParams], dict[str, object] | None],
) -> str:
    """Does a step of a locked application, once under a key."""

    def locked() -> dict[str, object]:
        application = locked_application(actor, application_id, Deed.DO)
        more = do(application, application_terms(application))
        _note(actor, action, application)
        return {
            "application_id": application.pk,
            "step": application.step,
            "due_on": application.due_on,
            **(more or {}),
        }

    return once(actor.name, key, action, order, locked)


def _written(
    actor: Actor, person: Person, order: ApplyOrder, entry: Entry, due_on: date | None
) -> Application:
    application = Application(
        person=person,
        county_code=person.county_code,
        benefit_year=order.benefit_year,
        academic=order.academic,
        category=order.category,
        applicant=order.applicant,
        applied_on=order.applied_on,
        words=order.words,
        objects_to_id=order.objects_to,
        entry=entry.id,
        standing=entry.standing.name.lower(),
        actor=actor.name,
        recorded_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            record(
                actor,
                application,
                ApplicationAct.APPLICATION,
                order.applied_on,
                "",
                step=_S.ACCEPT,
                due_on=due_on,
            )
    except IntegrityError as refused:
        if not re.search("assistance_one_open|objects_to|assistance_application.person_id", str(refused)):
            raise
        raise AppliedAlready(person.pk, order.benefit_year) from None
    return application


def _checked(actor: Actor, application: Application, order: CheckOrder) -> None:
    terms, entry = income_terms(application.county_code, policy_day(application))
    declared = list(
        HouseholdMember.objects.filter(application=application).values_list("income_fen", flat=True)
    )
    found_fen = sum(source.found_fen for source in order.sources)
    burden_fen = burden_total_fen(application, order.day)
    income_fen = max(sum(declared), found_fen)
    look = household_income(
        terms,
        category=application.category,
        income_fen=income_fen,
        members=len(declared),
        burden_fen=burden_fen,
    )
    row = IncomeCheck.objects.create(
        application=application,
        checked_on=order.day,
        declared_fen=sum(declared),
        found_fen=found_fen,
        income_fen=income_fen,
        members=len(declared),
        burden_total_fen=burden_fen,
        entry=entry.id,
        standing=entry.standing.name.lower(),
        actor=actor.name,
        **look._asdict(),
    )
    IncomeSource.objects.bulk_create(
        IncomeSource(check_of=row, department=s.department, found_fen=s.found_fen, words=s.words)
        for s in order.sources
    )


def _stay(actor: Actor, application: Application, act: ApplicationAct, day: date, words: str) -> None:
    """Writes something that moves the application nowhere."""
    step = ApplicationStep(application.step)
    record(actor, application, act, day, words, step=step, due_on=application.due_on)


def _at(application: Application, step: ApplicationStep, asked: str) -> None:
    if application.step != step:
        raise OtherStep(application.pk, STEP_WORDS[ApplicationStep(application.step)][0], asked)


def _sound(application: Application, day: date, at: datetime, problems: list[str]) -> None:
    found = [*day_problems(application, day, timezone.localdate(at)), *problems]
    if found:
        raise ApplicationWrong(found)


def _note(actor: Actor, action: str, application: Application) -> None:
    note(actor, action, application.county_code, f"application:{application.pk}", step=int(application.step))
