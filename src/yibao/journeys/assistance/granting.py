"""Deciding an application and paying it (依申请救助：审批、救助金): proposed by one, decided by another, paid as it is decided.

A granted category recognised on application holds from the day the area's entry says; the year is settled again with it, and
what the assistance fund owes differently is the payment. Where the area has an entry for one-off assistance of the category,
an amount is paid once instead, toward settlements that nobody was paid for before. Either is owed to the person from the day
of the decision; the bank's part is not done here.

carries_out: AID-04
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from yibao.assistance.actions import close, record
from yibao.assistance.deadlines import months_before
from yibao.assistance.failures import (
    ApplicationWrong,
    AssistedTwice,
    OtherStep,
    SameChecker,
)
from yibao.assistance.models import (
    Application,
    AssistanceDecision,
    AssistancePayment,
    AssistedCost,
    IncomeCheck,
    Objection,
    Publicity,
)
from yibao.assistance.orders import DecideOrder, ProposeOrder
from yibao.assistance.params import ApplicationParams, OneOffParams
from yibao.assistance.rules.on_application import application_decision
from yibao.assistance.rules.one_off import one_off
from yibao.assistance.terms import (
    OUTCOME_WORDS,
    STEP_WORDS,
    ApplicationAct,
    ApplicationOutcome,
    ApplicationStep,
    AssistanceKind,
    Category,
    IncomeResult,
)
from yibao.engine.terms import YearSoFar
from yibao.engine.year import Adjustment
from yibao.enrolment.actions import recognise_within
from yibao.enrolment.models import Person
from yibao.enrolment.orders import Recognition
from yibao.enrolment.queries import category_tags_on
from yibao.enrolment.terms import Department
from yibao.journeys.assistance.applying_for_assistance import (
    application_terms,
    locked_application,
    policy_day,
)
from yibao.journeys.assistance.burdens import settled_burdens
from yibao.journeys.settlement.facts import insured
from yibao.journeys.settlement.reversing import BY_ASSISTANCE_FUND, replay_year_within
from yibao.kernel.shapes import NOT_ON_FILE
from yibao.ledger.accounts import Fund
from yibao.ledger.actions import post_entry
from yibao.ledger.books import Line
from yibao.packs.benefit_years import years_named
from yibao.packs.build import params
from yibao.packs.entries import NoSuchEntry
from yibao.packs.policies import policies
from yibao.payment.payables import owe
from yibao.payment.terms import PayableCause
from yibao.rights.actors import Actor
from yibao.rights.approvals import decide, propose
from yibao.rights.audit import note
from yibao.rights.models import Proposal
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter
from yibao.settlement.accounts import TO_PEOPLE, owed_to_people
from yibao.settlement.models import YearRow
from yibao.settlement.orders import LateFact
from yibao.settlement.terms import LateCause
from yibao.settlement.vectors import unpacked
from yibao.settlement.versions import pooling_area


@dataclass(frozen=True)
class Found:
    """What the rule says of an application on a day, and what it says it of."""

    outcome: ApplicationOutcome
    burden_fen: int
    kind: AssistanceKind
    year: YearRow | None


def propose_decision(actor: Actor, key: str, order: ProposeOrder, *, at: datetime) -> str:
    """Puts an application up for decision; `{"proposal_id", "outcome"}`. Raises NoSuchApplication, OtherStep, ApplicationWrong."""

    def do() -> dict[str, object]:
        application = locked_application(actor, order.application_id, Deed.DO)
        terms = application_terms(application)
        today = timezone.localdate(at)
        _at_decision(application, "拟定审批意见")
        problems = _proposal_problems(application, order, today)
        if problems:
            raise ApplicationWrong(problems)
        found = _found(application, terms, order.category, today)
        body = {
            "application": application.pk,
            "category": order.category,
            "certified_by": order.certified_by,
            "document_no": order.document_no,
            "words": order.words,
            "outcome": found.outcome,
        }
        application.proposal_id = propose(
            actor, Matter.ASSISTANCE_MATTER, application.county_code, body, fund=Fund.ASSISTANCE
        )
        step, due_on = ApplicationStep.DECIDE, application.due_on
        record(actor, application, ApplicationAct.PROPOSAL, today, order.words, step=step, due_on=due_on)
        return {"proposal_id": application.proposal_id, "outcome": found.outcome}

    return once(actor.name, key, "propose_assistance", order, do)


def decide_application(actor: Actor, key: str, order: DecideOrder, *, at: datetime) -> str:
    """Decides what was proposed and pays what is granted; `{"outcome", "amount_fen"}`, or sends it back.

    A refusal is answered with its reason and the last day to object.

    Raises NoSuchApplication, OtherStep, AssistedTwice, SameChecker, and SamePerson and NotAllowed of `rights`.
    """

    def do() -> dict[str, object]:
        application = locked_application(actor, order.application_id, Deed.LOOK)
        if application.proposal_id is None or application.step != ApplicationStep.DECIDE:
            raise OtherStep(application.pk, _step_words(application) + "（无待复核意见）", "审批")
        _refuse_same_checker(actor, application)
        proposal_id, today = application.proposal_id, timezone.localdate(at)
        done: list[dict[str, object]] = []

        def carry_out(body: str) -> None:
            done.append(_decided(actor, application, json.loads(body), order.words, at))

        decide(actor, proposal_id, approved=order.approved, reason=order.words, carry_out=carry_out)
        if not order.approved:
            application.proposal_id = None
            step, due_on = ApplicationStep.DECIDE, application.due_on
            record(actor, application, ApplicationAct.RETURN, today, order.words, step=step, due_on=due_on)
        told = done[0] if done else {"outcome": None, "amount_fen": 0}
        note(actor, "decide_assistance", application.county_code, f"application:{application.pk}", **told)
        return {"application_id": application.pk, **told}

    return once(actor.name, key, "decide_assistance", order, do)


def _decided(
    actor: Actor, application: Application, body: dict[str, object], words: str, at: datetime
) -> dict[str, object]:
    """Writes the decision and what it pays, and closes the application."""
    terms = application_terms(application)
    category, today = Category(int(str(body["category"]))), timezone.localdate(at)
    found = _found(application, terms, category, today)
    granted = found.outcome is ApplicationOutcome.GRANTED
    proposal = Proposal.objects.get(pk=application.proposal_id)
    effective_on = _recognised(actor, application, terms, category, body, today) if granted else None
    decision = AssistanceDecision.objects.create(
        application=application,
        proposal=proposal,
        outcome=found.outcome,
        category=category,
        kind=found.kind,
        effective_on=effective_on,
        burden_in_scope_fen=found.burden_fen,
        decided_on=today,
        words=words or str(body["words"]),
        maker=proposal.maker,
        checker=actor.name,
    )
    amount_fen = 0
    if granted:
        pay = _settled_again if found.kind is AssistanceKind.SETTLED_AGAIN else _paid_once
        amount_fen = pay(actor, application, decision, found, at).amount_fen
    close(actor, application, ApplicationAct.DECISION, today, decision.words, found.outcome)
    told: dict[str, object] = {"outcome": found.outcome, "kind": found.kind, "amount_fen": amount_fen}
    if granted:
        return told
    return {**told, "reason": OUTCOME_WORDS[found.outcome][0], "object_by": _object_by(terms, today)}


def _object_by(terms: ApplicationParams, refused_on: date) -> date | None:
    """The last day on which a refusal can be objected to; None where the entry gives no limit."""
    return None if terms.objection_days == NOT_ON_FILE else refused_on + timedelta(days=terms.objection_days)


def _found(application: Application, terms: ApplicationParams, category: Category, day: date) -> Found:
    """What the rule decides from what is on record: certified, in public, objected to, burdened."""
    year = YearRow.objects.filter(
        person_id=application.person_id,
        benefit_year=application.benefit_year,
        academic=application.academic,
    ).first()
    kind = AssistanceKind.SETTLED_AGAIN
    terms_once = _one_off_terms(application)
    if terms_once is not None and terms_once.categories[category] == 1:
        kind = AssistanceKind.ONE_OFF
    burden_fen = 0
    if year is not None:
        burden_fen = unpacked(YearSoFar, year.so_far).burden_in_scope_fen
        if kind is AssistanceKind.ONE_OFF:
            burden_fen = sum(_not_assisted(year, day).values())
    publicity = Publicity.objects.filter(application=application).first()
    upheld = Objection.objects.filter(publicity=publicity, answered__upheld=True).exists()
    decision = application_decision(
        terms,
        category=category,
        certified=int(_certified(application, category, day)),
        days_in_public=0 if publicity is None else (publicity.last_day - publicity.first_day).days + 1,
        objection_upheld=int(publicity is not None and upheld),
        burden_in_scope_fen=burden_fen,
    )
    return Found(ApplicationOutcome(decision.outcome), decision.burden_fen, kind, year)


def _certified(application: Application, category: Category, day: date) -> bool:
    """Certified by a department today, or within the line of a check made for this category."""
    if category_tags_on(application.person_id, day) >> category & 1:
        return True
    check = IncomeCheck.objects.filter(application=application).first()
    return check is not None and check.result == IncomeResult.WITHIN and category == application.category


def _recognised(
    actor: Actor,
    application: Application,
    terms: ApplicationParams,
    category: Category,
    body: dict[str, object],
    today: date,
) -> date:
    """The day from which the category holds: as certified by a department, or as the entry says, and then recorded."""
    area = policies().area(application.county_code)
    year = years_named(area, application.benefit_year, student=application.academic)[0]
    person = Person.objects.get(pk=application.person_id)
    first_day = max(months_before(policy_day(application), terms.back_months), year.first_day, person.born_on)
    check = IncomeCheck.objects.get(application=application)
    if check.result != IncomeResult.WITHIN or category_tags_on(person.pk, first_day) >> category & 1:
        return first_day
    order = Recognition(
        person_id=person.pk,
        category=category,
        certified_by=Department(int(str(body["certified_by"]))),
        first_day=first_day,
        last_day=year.last_day,
        reason=f"依申请救助 {application.pk}",
        document_no=str(body["document_no"]),
    )
    recognise_within(actor, person, order, today=today)
    return first_day


def _settled_again(
    actor: Actor, application: Application, decision: AssistanceDecision, found: Found, at: datetime
) -> AssistancePayment:
    """Settles the year again with the category; what the assistance fund owes differently is the payment."""
    person = insured(application.person_id, lock=True)
    assert person is not None and found.year is not None, "there is a burden, so there is a year"
    fact = LateFact(
        person.person_id,
        application.benefit_year,
        LateCause.CATEGORY_BACK_DATED,
        f"依申请救助 {application.pk}",
        academic=application.academic,
    )
    event, _, adjustments = replay_year_within(actor, person, fact, at=at)
    by_fund = [made for made in adjustments if made.payer in BY_ASSISTANCE_FUND]
    amount_fen = sum(made.difference_fen for made in by_fund)
    payment = AssistancePayment.objects.create(
        decision=decision,
        person_id=person.person_id,
        year=found.year,
        kind=AssistanceKind.SETTLED_AGAIN,
        amount_fen=amount_fen,
        other_fen=sum(made.difference_fen for made in adjustments) - amount_fen,
        posted_on=timezone.localdate(at),
        late_event=event,
    )
    _keep_costs(payment, _costs(by_fund))
    return payment


def _paid_once(
    actor: Actor, application: Application, decision: AssistanceDecision, found: Found, at: datetime
) -> AssistancePayment:
    """Pays an amount toward the settlements of the year that nobody was paid for before."""
    terms, year = _one_off_terms(application), found.year
    assert terms is not None and year is not None, "the rule granted it"
    today = timezone.localdate(at)
    costs = _not_assisted(year, today)
    paid_once = AssistancePayment.objects.filter(year=year, kind=AssistanceKind.ONE_OFF)
    before = paid_once.aggregate(paid=Sum("amount_fen"))
    look = one_off(terms, burden_in_scope_fen=sum(costs.values()), paid_before_fen=before["paid"] or 0)
    reference = f"application:{application.pk}"
    lines = [
        Line(1, today, account, Fund.ASSISTANCE, sign * look.pays_fen, "one_off_assistance", reference)
        for account, sign in (("direct_assistance", 1), (TO_PEOPLE, -1))
    ]
    area_code = pooling_area(application.county_code)
    payment = AssistancePayment.objects.create(
        decision=decision,
        person_id=application.person_id,
        year=year,
        kind=AssistanceKind.ONE_OFF,
        amount_fen=look.pays_fen,
        other_fen=0,
        posted_on=today,
        entry_id=post_entry(area_code, lines),
    )
    owed, cause = owed_to_people(lines), PayableCause.ONE_OFF_ASSISTANCE
    owe(application.person_id, area_code, cause, reference, owed, payment.entry_id, today)
    _keep_costs(payment, costs)
    return payment


def _costs(adjustments: list[Adjustment]) -> dict[int, int]:
    """What the assistance fund pays more toward each settlement."""
    found: dict[int, int] = {}
    for made in adjustments:
        found[int(made.claim_id)] = found.get(int(made.claim_id), 0) + made.difference_fen
    return {settlement_id: amount for settlement_id, amount in found.items() if amount > 0}


def _keep_costs(payment: AssistancePayment, costs: dict[int, int]) -> None:
    """Names the settlements that are assisted. Settled again, one may stand already from an earlier time it was so.

    Raises AssistedTwice.
    """
    kept = dict(
        AssistedCost.objects.filter(settlement_id__in=costs).values_list("settlement_id", "payment__kind")
    )
    again = payment.kind == AssistanceKind.SETTLED_AGAIN
    twice = [one for one, kind in kept.items() if not again or kind != AssistanceKind.SETTLED_AGAIN]
    try:
        with transaction.atomic():
            AssistedCost.objects.bulk_create(
                AssistedCost(payment=payment, settlement_id=settlement_id, burden_fen=amount)
                for settlement_id, amount in sorted(costs.items())
                if settlement_id in twice or settlement_id not in kept
            )
    except IntegrityError:
        raise AssistedTwice(sorted(twice or costs)) from None


def _not_assisted(year: YearRow, day: date) -> dict[int, int]:
    """The in-scope burden that each standing settlement of a year left and nobody was paid for, by settlement."""
    left = settled_burdens(year.pk, day)
    assisted = set(
        AssistedCost.objects.filter(settlement_id__in=left).values_list("settlement_id", flat=True)
    )
    return {one: amount for one, amount in left.items() if one not in assisted and amount > 0}


def _one_off_terms(application: Application) -> OneOffParams | None:
    """The area's terms of one-off assistance on the day of application; None where it has no such entry."""
    area = policies().area(application.county_code)
    try:
        return params(OneOffParams, area.entry("assistance", "one_off", policy_day(application)), area)
    except NoSuchEntry:
        return None


def _proposal_problems(application: Application, order: ProposeOrder, today: date) -> list[str]:
    found = [] if order.words.strip() else ["请写明审批意见"]
    if application.proposal_id is not None:
        found.append("已有待复核的审批意见")
    publicity = Publicity.objects.filter(application=application).first()
    if publicity is not None and today <= publicity.last_day:
        found.append(f"公示到 {publicity.last_day} 才期满")
    if Objection.objects.filter(publicity=publicity, answered=None).exists() and publicity is not None:
        found.append("公示异议还没有处理")
    return found


def _refuse_same_checker(actor: Actor, application: Application) -> None:
    if application.objects_to_id is not None:
        before = AssistanceDecision.objects.filter(application_id=application.objects_to_id).first()
        if before is not None and before.checker == actor.name:
            raise SameChecker(actor.name)


def _at_decision(application: Application, asked: str) -> None:
    if application.step != ApplicationStep.DECIDE:
        raise OtherStep(application.pk, _step_words(application), asked)


def _step_words(application: Application) -> str:
    return STEP_WORDS[ApplicationStep(application.step)][0]
