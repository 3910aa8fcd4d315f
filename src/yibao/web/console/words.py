"""How a value of a table reads in the console (单元格): codes in words, fen as yuan, numbers of documents without their middle."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Field, ForeignKey, Model
from django.utils import timezone

from yibao.assistance import terms as assistance
from yibao.benefits import terms as benefits
from yibao.benefits.refusals import REFUSAL_WORDS
from yibao.enrolment import terms as enrolment
from yibao.enrolment.documents import DOCUMENT_WORDS
from yibao.enrolment.failures import EVENT_WORDS, STATE_WORDS
from yibao.financing import terms as financing
from yibao.kernel.money import yuan
from yibao.ledger.accounts import FUND_WORDS
from yibao.payment import terms as payment
from yibao.public_services import terms as public_services
from yibao.rights import terms as rights
from yibao.settlement import terms as settlement

SEXES = {1: "男", 2: "女"}


def _said(words: Mapping[Any, tuple[str, ...] | str]) -> dict[Any, str]:
    """The Chinese of each member of a table of words, by its value."""
    return {member.value: said if isinstance(said, str) else said[0] for member, said in words.items()}


_CATEGORIES, _DEPARTMENTS = _said(assistance.CATEGORY_WORDS), _said(enrolment.DEPARTMENT_WORDS)
_REFUSALS = {int(refusal): words.chinese for refusal, words in REFUSAL_WORDS.items()} | {0: ""}
CODES: dict[tuple[str, str], dict[Any, str]] = {
    ("person", "sex"): SEXES,
    ("person", "state"): _said(STATE_WORDS),
    ("identity", "kind"): _said(DOCUMENT_WORDS),
    ("categorytag", "category"): _CATEGORIES,
    ("categorytag", "certified_by"): _DEPARTMENTS,
    ("departmentlist", "department"): _DEPARTMENTS,
    ("departmentlist", "kind"): _said(enrolment.LIST_KIND_WORDS),
    ("departmentlist", "state"): _said(enrolment.LIST_STATE_WORDS),
    ("departmentlist", "category"): _CATEGORIES,
    ("listrow", "verdict"): _said(enrolment.ROW_VERDICT_WORDS),
    ("gapfollowup", "state"): _said(enrolment.GAP_STATE_WORDS),
    ("duplicateenrolment", "state"): _said(enrolment.DUPLICATE_STATE_WORDS),
    ("duplicateenrolment", "keep"): _said(enrolment.KEEP_WORDS),
    ("settlement", "category"): _CATEGORIES,
    ("settlement", "refusal"): _REFUSALS,
    ("objection", "subject"): _said(settlement.SUBJECT_WORDS),
    ("objectionstep", "stage"): _said(settlement.STAGE_WORDS),
    ("caseevent", "step"): _said(settlement.CASE_STEP_WORDS),
    ("thirdpartyshare", "third_party"): _said(settlement.THIRD_PARTY_WORDS),
    ("lateevent", "cause"): _said(settlement.LATE_WORDS),
    ("visit", "kind"): _said(benefits.VISIT_WORDS),
    ("visit", "care_path"): _said(benefits.PATH_WORDS),
    ("event", "event"): _said(EVENT_WORDS),
    ("contributionpayment", "channel"): _said(financing.CHANNEL_WORDS),
    ("appropriation", "level"): _said(financing.LEVEL_WORDS),
    ("appropriation", "step"): _said(financing.STEP_WORDS),
    ("taxfileverdict", "verdict"): _said(financing.TAX_VERDICT_WORDS),
    ("warned", "category"): _CATEGORIES,
    ("warningbatch", "department"): _DEPARTMENTS,
    ("warningresponse", "answer"): _said(assistance.ANSWER_WORDS),
    ("application", "step"): _said(assistance.STEP_WORDS),
    ("application", "outcome"): _said(assistance.OUTCOME_WORDS),
    ("application", "state"): _said(public_services.STATE_WORDS),
    ("application", "kind"): _said(public_services.KIND_WORDS),
    ("transfer", "state"): _said(public_services.TRANSFER_WORDS),
    ("schoolrow", "verdict"): _said(public_services.VERDICT_WORDS),
    ("payableitem", "cause"): _said(payment.CAUSE_WORDS),
    ("lineoutcome", "result"): _said(payment.RESULT_WORDS),
    ("entryline", "fund"): _said(FUND_WORDS),
    ("grant", "role"): _said(rights.ROLE_WORDS),
    ("proposal", "matter"): _said(rights.MATTER_WORDS),
}
"""Words of the codes of a column, by model and column."""

HIDDEN_MIDDLE = ("number", "account_no")
_SHOWN_BEFORE, _SHOWN_AFTER = 3, 2


def heading(field: Field) -> str:  # type: ignore[type-arg]
    """What stands above a column."""
    return "编号" if field.primary_key else str(field.verbose_name)


def cell(row: Model, field: Field) -> str:  # type: ignore[type-arg]
    """One value as text."""
    value = getattr(row, field.attname)
    if value is None:
        return ""
    if isinstance(field, ForeignKey):
        return str(value)
    words = CODES.get((row._meta.model_name or "", field.name))
    if words is not None:
        return words.get(value, str(value))
    if field.name.endswith("_fen"):
        return yuan(value)
    if field.name in HIDDEN_MIDDLE:
        return masked(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def masked(number: str) -> str:
    """A number of a document or an account with stars in its middle."""
    hidden = len(number) - _SHOWN_BEFORE - _SHOWN_AFTER
    return number if hidden <= 0 else number[:_SHOWN_BEFORE] + "*" * hidden + number[-_SHOWN_AFTER:]
