"""How a value of a table reads in the console (单元格): codes in words, fen as yuan, numbers of documents without their middle."""

from datetime import date, datetime
from typing import Any

from django.db.models import Field, ForeignKey, Model
from django.utils import timezone

from yibao.assistance.terms import CATEGORY_WORDS, Category
from yibao.benefits.terms import VISIT_WORDS, VisitKind
from yibao.enrolment.documents import DOCUMENT_WORDS
from yibao.enrolment.failures import EVENT_WORDS, STATE_WORDS
from yibao.enrolment.terms import EnrolmentState, IdentityKind, LifeEvent
from yibao.kernel.money import yuan
from yibao.rights.terms import MATTER_WORDS, ROLE_WORDS, Matter, Role

SEXES = {1: "男", 2: "女"}
CODES: dict[tuple[str, str], dict[Any, str]] = {
    ("person", "sex"): SEXES,
    ("person", "state"): {int(state): STATE_WORDS[state] for state in EnrolmentState},
    ("identity", "kind"): {int(kind): DOCUMENT_WORDS[kind] for kind in IdentityKind},
    ("categorytag", "category"): {int(category): CATEGORY_WORDS[category][0] for category in Category},
    ("settlement", "category"): {int(category): CATEGORY_WORDS[category][0] for category in Category},
    ("visit", "kind"): {int(kind): VISIT_WORDS[kind][0] for kind in VisitKind},
    ("event", "event"): {int(event): EVENT_WORDS[event] for event in LifeEvent},
    ("grant", "role"): {role.value: ROLE_WORDS[role][0] for role in Role},
    ("proposal", "matter"): {matter.value: MATTER_WORDS[matter][0] for matter in Matter},
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
