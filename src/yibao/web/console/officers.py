"""Officers and their rights in the console (人员与授权): added, granted, ended, switched off, given another second factor."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from yibao.rights import actions
from yibao.rights.actors import Actor
from yibao.rights.models import ApiToken, Grant, Officer
from yibao.rights.orders import GrantEnd, GrantOrder, NewOfficer, NewToken, OfficerOrder, TokenEnd
from yibao.rights.queries import officers
from yibao.rights.terms import ROLE_WORDS, Matter, Role
from yibao.web.console.doing import DayField, Doing, Done, choices_of, offer
from yibao.web.console.looking import Looking, Shown
from yibao.web.console.site import console
from yibao.web.sign_in import acting

_O = Matter.OFFICER_MATTER


class Officers(Looking):
    """Officers with a grant in the administrator's areas, or none yet. A password is in no column."""

    shown = Shown(_O, "", ("is_active",), personal=False)

    def get_queryset(self, request: HttpRequest) -> Any:
        """The officers whom the administrator may look at."""
        return officers(acting(request))


class OfOfficers(Looking):
    """Tokens of the officers whom the administrator may look at."""

    shown = Shown(_O, "", personal=False)

    def get_queryset(self, request: HttpRequest) -> Any:
        """By their officer."""
        return ApiToken.objects.filter(officer__in=officers(acting(request)))


class Grants(Looking):
    """Grants inside the administrator's areas."""

    shown = Shown(_O, "area_code", ("role",), personal=False)


class NewOfficerForm(forms.Form):
    """Somebody who is to sign in."""

    username = forms.CharField(label="登录名", max_length=64)
    shown_name = forms.CharField(label="姓名", max_length=64)
    password = forms.CharField(
        label="初始密码", widget=forms.PasswordInput, help_text="至少 12 个字符，不能全是数字或常见密码"
    )


class GrantForm(forms.Form):
    """A role in an area."""

    role = forms.ChoiceField(label="角色", choices=choices_of(ROLE_WORDS))
    area_code = forms.CharField(label="地区代码", max_length=12)
    first_day = DayField(label="起始日")
    last_day = DayField(label="终止日", required=False)


class EndForm(forms.Form):
    """The last day of a grant."""

    last_day = DayField(label="终止日")


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label="事由", max_length=200)


class PasswordForm(ReasonForm):
    """A password to be handed over, and why."""

    password = forms.CharField(label="密码", widget=forms.PasswordInput)


class TokenForm(forms.Form):
    """What a token is for, and its last day."""

    label = forms.CharField(label="用途", max_length=64)
    last_day = DayField(label="终止日")


def _add(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    order = NewOfficer(given["username"], given["shown_name"])
    said = actions.add_officer(actor, key, order, given["password"])
    return Done("已添加，请为其授权", "rights.Officer", json.loads(said)["officer_id"])


def _grant(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    order = GrantOrder(
        _username(pk), Role(given["role"]), given["area_code"], given["first_day"], given["last_day"]
    )
    actions.grant(actor, key, order)
    return Done("已授权")


def _end(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    actions.end_grant(actor, key, GrantEnd(pk, given["last_day"]))
    return Done("已终止授权")


def _off(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    actions.switch_off(actor, key, OfficerOrder(_username(pk), given["reason"]))
    return Done("已停用")


def _on(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    actions.switch_on(actor, key, OfficerOrder(_username(pk), given["reason"]))
    return Done("已恢复")


def _forget(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    actions.forget_second_factor(actor, key, OfficerOrder(_username(pk), given["reason"]))
    return Done("已重置，下次登录时重新设置动态口令")


def _password(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    order = OfficerOrder(_username(pk), given["reason"])
    actions.new_password(actor, key, order, given["password"])
    return Done("已更换密码")


def _token(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    order = NewToken(_username(pk), given["label"], given["last_day"])
    said = json.loads(actions.new_token(actor, key, order, today=timezone.localdate()))
    shown = said.get("secret", "（令牌只显示一次，此前已显示）")
    return Done(f"令牌：{shown} 请立即交给接口使用方保存，以后不能再查看")


def _revoke(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    actions.revoke_token(actor, key, TokenEnd(pk, given["reason"]))
    return Done("已吊销")


def _username(pk: int) -> str:
    return str(Officer.objects.get(pk=pk).username)


console.register(Officer, Officers)
console.register(Grant, Grants)
console.register(ApiToken, OfOfficers)

offer(Doing("officer-add", "添加人员", _O, NewOfficerForm, _add))
offer(Doing("officer-grant", "授权", _O, GrantForm, _grant, "rights.Officer"))
offer(Doing("officer-off", "停用", _O, ReasonForm, _off, "rights.Officer"))
offer(Doing("officer-on", "恢复", _O, ReasonForm, _on, "rights.Officer"))
offer(Doing("officer-factor", "重置动态口令", _O, ReasonForm, _forget, "rights.Officer"))
offer(Doing("officer-password", "更换密码", _O, PasswordForm, _password, "rights.Officer"))
offer(Doing("officer-token", "发放接口令牌", _O, TokenForm, _token, "rights.Officer"))
offer(Doing("grant-end", "终止授权", _O, EndForm, _end, "rights.Grant"))
offer(Doing("token-revoke", "吊销", _O, ReasonForm, _revoke, "rights.ApiToken"))
