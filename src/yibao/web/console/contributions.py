"""Bills and payments in the console (应缴、缴费): a person billed, a bill paid at the counter, a payment given back."""

import json
from typing import Any

from django import forms
from django.utils import timezone

from yibao.financing.models import ContributionBill, ContributionPayment
from yibao.financing.terms import CHANNEL_WORDS, CollectionChannel, ContributionGroup
from yibao.journeys.financing.contributing import BillOrder, RefundOrder, bill_person, pay, refund
from yibao.journeys.financing.paying import PayOrder
from yibao.kernel.money import fen_of, yuan
from yibao.rights.actors import Actor
from yibao.rights.terms import Matter
from yibao.web.console.doing import DayField, Doing, Done, offer

_E, _C = Matter.ENROLMENT_MATTER, Matter.CONTRIBUTION_MATTER
_GROUPS = [(int(ContributionGroup.RESIDENT), "居民"), (int(ContributionGroup.STUDENT), "学生")]
_CHANNELS = [
    (int(one), CHANNEL_WORDS[one][0]) for one in (CollectionChannel.COUNTER, CollectionChannel.ONLINE)
]


class BillForm(forms.Form):
    """A year that a person is billed for."""

    benefit_year = forms.IntegerField(label="待遇年度", min_value=2000, max_value=2100)
    group = forms.TypedChoiceField(label="人群", choices=_GROUPS, coerce=int)
    tier = forms.IntegerField(label="缴费档次", required=False, help_text="不分档的地区不填")
    hukou_local = forms.BooleanField(label="本地户籍", required=False, initial=True)
    residence_permit = forms.BooleanField(label="持有居住证", required=False)
    flexible_worker = forms.BooleanField(label="灵活就业", required=False)


class PayForm(forms.Form):
    """A payment of the whole bill."""

    amount = forms.CharField(label="金额（元）")
    channel = forms.TypedChoiceField(label="渠道", choices=_CHANNELS, coerce=int)
    external_no = forms.CharField(label="渠道流水号", max_length=64)
    paid_on = DayField(label="缴费日期")


class RefundForm(forms.Form):
    """When and why a payment is given back."""

    refunded_on = DayField(label="退费日期")
    reason = forms.CharField(label="事由", max_length=200)
    through_bank = forms.BooleanField(label="转入本人银行账户（不勾选为原路退回）", required=False)


def _bill(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    order = BillOrder(
        person_id=pk,
        benefit_year=given["benefit_year"],
        enrolled_on=timezone.localdate(),
        group=ContributionGroup(given["group"]),
        tier=given["tier"] or 0,
        hukou_local=given["hukou_local"],
        residence_permit=given["residence_permit"],
        flexible_worker=given["flexible_worker"],
    )
    said = json.loads(bill_person(actor, key, order))
    return Done(f"应缴 {said['bill_id']}：个人实缴 {yuan(said['person_pays_fen'])} 元")


def _pay(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    channel = CollectionChannel(given["channel"])
    order = PayOrder(pk, fen_of(given["amount"]), channel, given["external_no"], given["paid_on"])
    said = json.loads(pay(actor, key, order))
    return Done(f"缴费 {said['payment_id']} 已入账，参保期 {said['coverage_id']} 已生成")


def _refund(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    refund(actor, key, RefundOrder(pk, given["refunded_on"], given["reason"], given["through_bank"]))
    return Done("已退费")


def _what_is_due(bill: ContributionBill) -> dict[str, Any]:
    return {"amount": yuan(bill.person_pays_fen), "paid_on": timezone.localdate()}


def _is_unpaid(bill: ContributionBill) -> bool:
    standing = ContributionPayment.objects.filter(bill=bill, contributionrefund=None)
    return not bill.void and bill.person_pays_fen > 0 and not standing.exists()


def _stands(payment: ContributionPayment) -> bool:
    return not hasattr(payment, "contributionrefund")


offer(Doing("person-bill", "核定应缴", _E, BillForm, _bill, "enrolment.Person"))
offer(
    Doing("bill-pay", "缴费", _C, PayForm, _pay, "financing.ContributionBill", _what_is_due, fits=_is_unpaid)
)
offer(Doing("payment-refund", "退费", _C, RefundForm, _refund, "financing.ContributionPayment", fits=_stands))
