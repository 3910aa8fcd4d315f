"""Settlement by hand in the console (手工结算): a bill of totals settled or reimbursed, a settlement reversed, care filed."""

import json
from typing import Any

from django import forms
from django.utils import timezone

from yibao.benefits.terms import PATH_WORDS, VISIT_WORDS, CarePath, FilingKind, VisitKind
from yibao.journeys.settlement.filing import FileOrder, file_outside
from yibao.journeys.settlement.reversing import reverse
from yibao.journeys.settlement.settling import settle
from yibao.kernel.money import fen_of, yuan
from yibao.rights.actors import Actor
from yibao.rights.terms import Matter
from yibao.settlement.models import Settlement
from yibao.settlement.orders import Bill, Reversal, Totals
from yibao.web.console.doing import DayField, Doing, Done, choices_of, offer

_E, _S = Matter.ENROLMENT_MATTER, Matter.SETTLEMENT_MATTER
AMOUNTS = {
    "own_expense": "全自费（元）",
    "over_standard": "超限价自付（元）",
    "initial_self_pay": "先行自付（元）",
    "class_a": "甲类政策范围内（元）",
    "class_b": "乙类政策范围内（元）",
}
FILING_CHOICES = [
    (int(FilingKind.LIVES_OUTSIDE), "异地长期居住"),
    (int(FilingKind.REFERRED_OUTSIDE), "异地转诊"),
    (int(FilingKind.EMERGENCY_OUTSIDE), "异地急诊抢救"),
    (int(FilingKind.OTHER_OUTSIDE), "其他临时外出就医"),
]


class BillForm(forms.Form):
    """A bill whose lines are split and added up."""

    institution_code = forms.CharField(label="机构代码", max_length=32)
    kind = forms.TypedChoiceField(label="医疗类别", choices=choices_of(VISIT_WORDS), coerce=int)
    served_on = DayField(label="出院或就诊日期")
    admitted_on = DayField(label="入院日期", required=False)
    care_path = forms.TypedChoiceField(label="就医方式", choices=choices_of(PATH_WORDS), coerce=int)
    disease_code = forms.CharField(label="病种代码", max_length=32, required=False)
    own_expense = forms.CharField(label=AMOUNTS["own_expense"], initial="0")
    over_standard = forms.CharField(label=AMOUNTS["over_standard"], initial="0")
    initial_self_pay = forms.CharField(label=AMOUNTS["initial_self_pay"], initial="0")
    class_a = forms.CharField(label=AMOUNTS["class_a"], initial="0")
    class_b = forms.CharField(label=AMOUNTS["class_b"], initial="0")
    manual = forms.BooleanField(label="手工报销（个人已垫付，基金应付转给本人）", required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label="事由", max_length=200)


class FilingForm(forms.Form):
    """Care outside the area from a day on."""

    kind = forms.TypedChoiceField(label="备案类型", choices=FILING_CHOICES, coerce=int)
    to_code = forms.CharField(label="就医地代码", max_length=6)
    first_day = DayField(label="起始日")
    reason = forms.CharField(label="事由", max_length=200)


def _settle(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    totals = Totals(**{f"{name}_fen": fen_of(given.pop(name)) for name in AMOUNTS})
    kind, path = VisitKind(given.pop("kind")), CarePath(given.pop("care_path"))
    bill = Bill(person_id=pk, kind=kind, care_path=path, totals=totals, **given)
    said = json.loads(settle(actor, key, bill, at=timezone.now()))
    words = f"总额 {yuan(said['total_fen'])} 元，个人负担 {yuan(said['person_fen'])} 元"
    return Done(f"结算 {said['settlement_id']}：{words}", "settlement.Settlement", said["settlement_id"])


def _reverse(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    said = json.loads(reverse(actor, key, Reversal(pk, given["reason"]), at=timezone.now()))
    return Done("已撤销", "settlement.Settlement", said["settlement_id"])


def _file(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    kind, today = FilingKind(given["kind"]), timezone.localdate()
    order = FileOrder(pk, kind, given["to_code"], given["first_day"], today, given["reason"])
    last_day = json.loads(file_outside(actor, key, order))["last_day"]
    return Done(f"已备案，有效期至 {last_day}" if last_day else "已备案，变更或取消前有效")


def _may_be_reversed(row: Settlement) -> bool:
    return row.reverses_id is None and not Settlement.objects.filter(reverses=row).exists()


offer(Doing("person-settle", "手工结算", _S, BillForm, _settle, "enrolment.Person"))
offer(Doing("person-file", "异地就医备案", _E, FilingForm, _file, "enrolment.Person"))
offer(
    Doing(
        "settlement-reverse",
        "撤销结算",
        _S,
        ReasonForm,
        _reverse,
        "settlement.Settlement",
        fits=_may_be_reversed,
    )
)
