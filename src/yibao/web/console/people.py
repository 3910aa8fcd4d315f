"""People in the console (人员): found by a document, registered, changed, certified. No number of theirs is in an address."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from yibao.assistance.terms import CATEGORY_WORDS
from yibao.enrolment import actions
from yibao.enrolment.documents import DOCUMENT_WORDS
from yibao.enrolment.failures import CAUSE_WORDS, NoSuchDocument
from yibao.enrolment.models import Person
from yibao.enrolment.orders import Change, Document, LifeOrder, Recognition, Registration
from yibao.enrolment.queries import person_with
from yibao.enrolment.terms import (
    DEPARTMENT_WORDS,
    Department,
    EnrolmentState,
    IdentityKind,
    LifeEvent,
    StopCause,
)
from yibao.journeys.enrolment.living import live
from yibao.rights.actors import Actor
from yibao.rights.terms import Deed, Matter
from yibao.web.console.doing import DayField, Doing, Done, choices_of, offer
from yibao.web.console.looking import Looking, Shown
from yibao.web.console.site import console
from yibao.web.console.words import SEXES

_E = Matter.ENROLMENT_MATTER
_DOCUMENTS = choices_of(DOCUMENT_WORDS)
_SEXES = list(SEXES.items())


class People(Looking):
    """The people of the officer's areas."""

    shown = Shown(_E, "county_code", ("state", "county_code"))


class FindForm(forms.Form):
    """A document, and why somebody is looked for."""

    kind = forms.TypedChoiceField(label="证件种类", choices=_DOCUMENTS, coerce=int)
    number = forms.CharField(label="证件号码", max_length=32)
    reason = forms.CharField(label="查询事由", max_length=200)


class RegisterForm(forms.Form):
    """A person to be registered."""

    name = forms.CharField(label="姓名", max_length=64)
    sex = forms.TypedChoiceField(label="性别", choices=_SEXES, coerce=int)
    born_on = DayField(label="出生日期")
    kind = forms.TypedChoiceField(label="证件种类", choices=_DOCUMENTS, coerce=int)
    number = forms.CharField(label="证件号码", max_length=32)
    county_code = forms.CharField(label="参保县（市、区）代码", max_length=6)
    household_id = forms.IntegerField(label="户编号", required=False, help_text="不填则新建一户")
    reason = forms.CharField(label="事由", max_length=200)


class ChangeForm(forms.Form):
    """Facts to be changed; `version` is the one that the officer sees."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label="姓名", max_length=64)
    sex = forms.TypedChoiceField(label="性别", choices=_SEXES, coerce=int)
    born_on = DayField(label="出生日期")
    county_code = forms.CharField(label="参保县（市、区）代码", max_length=6)
    reason = forms.CharField(label="变更事由", max_length=200)
    document_no = forms.CharField(label="依据文号", max_length=64, required=False)


class CategoryForm(forms.Form):
    """A department's certification."""

    category = forms.TypedChoiceField(label="身份类别", choices=choices_of(CATEGORY_WORDS), coerce=int)
    certified_by = forms.TypedChoiceField(label="认定部门", choices=choices_of(DEPARTMENT_WORDS), coerce=int)
    first_day = DayField(label="起始日")
    last_day = DayField(label="终止日", required=False)
    reason = forms.CharField(label="事由", max_length=200)
    document_no = forms.CharField(label="认定文号", max_length=64, required=False)


class LifeForm(forms.Form):
    """When it happened, and why."""

    happened_on = DayField(label="发生日期")
    reason = forms.CharField(label="事由", max_length=200)
    document_no = forms.CharField(label="依据文号", max_length=64, required=False)


class StopForm(LifeForm):
    """The same, with the cause of a stop."""

    cause = forms.TypedChoiceField(label="终止原因", choices=choices_of(CAUSE_WORDS), coerce=int)


def _find(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    kind = IdentityKind(given["kind"])
    found = person_with(actor, given["number"], reason=given["reason"], kind=kind)
    if found is None:
        raise NoSuchDocument
    return Done(f"已找到人员 {found.pk}", "enrolment.Person", found.pk)


def _register(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    order = Registration(
        name=given["name"],
        sex=given["sex"],
        born_on=given["born_on"],
        county_code=given["county_code"],
        documents=(Document(IdentityKind(given["kind"]), given["number"]),),
        happened_on=_today(),
        reason=given["reason"],
        household_id=given["household_id"],
    )
    said = actions.register(actor, key, order, today=_today())
    return Done("已登记，请继续核定应缴", "enrolment.Person", json.loads(said)["person_id"])


def _change(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    actions.change(actor, key, Change(person_id=pk, happened_on=_today(), **given), today=_today())
    return Done("已变更")


def _recognise(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    facts = {**given, "certified_by": Department(given["certified_by"])}
    actions.recognise_category(actor, key, Recognition(person_id=pk, **facts), today=_today())
    return Done("已记录认定")


def _as_it_is(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in ("version", "name", "sex", "born_on", "county_code")}


def _lived(event: LifeEvent) -> Callable[[Actor, str, int, dict[str, Any]], Done]:
    def do(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
        cause = StopCause(given.get("cause", StopCause.ASKED))
        order = LifeOrder(pk, given["happened_on"], given["reason"], given["document_no"], cause)
        said = json.loads(live(actor, key, event, order, today=_today()))
        return Done(f"已办理，自 {said['effective_on']} 起生效")

    return do


def _is(*states: EnrolmentState) -> Callable[[Person], bool]:
    return lambda person: person.state in states


def _today() -> date:
    return timezone.localdate()


console.register(Person, People)

offer(Doing("person-find", "按证件查人", _E, FindForm, _find, deed=Deed.LOOK))
offer(Doing("person-register", "参保登记", _E, RegisterForm, _register))
offer(Doing("person-change", "参保变更", _E, ChangeForm, _change, "enrolment.Person", _as_it_is))
offer(Doing("person-category", "身份类别认定", _E, CategoryForm, _recognise, "enrolment.Person"))
offer(
    Doing(
        "person-suspend",
        "停保",
        _E,
        LifeForm,
        _lived(LifeEvent.SUSPEND),
        "enrolment.Person",
        fits=_is(EnrolmentState.ACTIVE),
    )
)
offer(
    Doing(
        "person-resume",
        "续保",
        _E,
        LifeForm,
        _lived(LifeEvent.RESUME),
        "enrolment.Person",
        fits=_is(EnrolmentState.SUSPENDED),
    )
)
offer(
    Doing(
        "person-stop",
        "终止参保",
        _E,
        StopForm,
        _lived(LifeEvent.STOP),
        "enrolment.Person",
        fits=_is(EnrolmentState.ACTIVE, EnrolmentState.SUSPENDED),
    )
)
