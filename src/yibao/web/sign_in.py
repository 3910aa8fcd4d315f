"""Signing in (登录): name and password, then a second factor; five wrong passwords lock a name for a quarter of an hour.

Whoever has no second factor yet sets one up after the first password; until then nothing else opens. Sign-ins, failures and
lock-outs go into the audit by number of the officer, never by what was typed.
"""

from http import HTTPStatus
from io import BytesIO
from typing import Any

import qrcode
from axes.signals import user_locked_out
from django import forms
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import login as verified_login
from django_otp import match_token, user_has_device
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathFillImage
from unfold.forms import AuthenticationForm

from yibao.rights.actors import Actor, actor_of
from yibao.rights.audit import note
from yibao.rights.models import Officer

NATION = "000000"
DEVICE = "authenticator"
LOCKED = (
    "登录失败次数过多，该登录名已锁定 15 分钟；请稍后再试，忘记密码请由管理员重置 (locked for 15 minutes)"
)
WRONG = "登录名、密码或动态口令不正确；请核对后重试，连续 5 次失败将锁定 15 分钟 (name, password or code is wrong)"
NEEDED = "请输入手机验证器上的 6 位动态口令 (the six digits of your authenticator)"


class SignInForm(AuthenticationForm):
    """Name, password and, for who has set one up, the digits of the second factor."""

    error_messages = {"invalid_login": WRONG, "inactive": WRONG}  # noqa: RUF012 - as Django reads it
    otp_token = forms.CharField(
        label="动态口令",
        required=False,
        max_length=8,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self.fields["otp_token"].widget.attrs["class"] = self.fields["username"].widget.attrs["class"]

    def confirm_login_allowed(self, user: Officer) -> None:
        """Anybody who is active signs in; what may be done then, grants say."""
        if not user.is_active:
            raise forms.ValidationError(WRONG, code="inactive")

    def clean(self) -> dict[str, Any]:
        """Asks for the second factor of whoever has one."""
        cleaned: dict[str, Any] = super().clean()
        officer = self.get_user()
        if officer is None or not user_has_device(officer):
            return cleaned
        if not cleaned.get("otp_token"):
            raise forms.ValidationError(NEEDED, code="token_required")
        officer.otp_device = match_token(officer, cleaned["otp_token"])
        if officer.otp_device is None:
            user_login_failed.send(
                sender=__name__, credentials={"username": officer.username}, request=self.request
            )
            raise forms.ValidationError(WRONG, code="invalid_login")
        return cleaned


class TokenForm(forms.Form):
    """The six digits that show that a second factor works."""

    otp_token = forms.CharField(label="动态口令", max_length=8)


@sensitive_post_parameters("otp_token")
def second_factor(request: HttpRequest) -> HttpResponse:
    """Sets up the second factor of somebody who has signed in by password and has none (设置第二因素)."""
    if not request.user.is_authenticated or user_has_device(request.user):
        return HttpResponseRedirect(reverse("admin:index"))
    device, _ = TOTPDevice.objects.get_or_create(user=request.user, name=DEVICE, confirmed=False)
    wrong = ""
    if request.method == "POST":
        form = TokenForm(request.POST)
        if form.is_valid() and device.verify_token(form.cleaned_data["otp_token"]):
            device.confirmed = True
            device.save()
            verified_login(request, device)
            _noted(request, request.user, "set_up_second_factor")
            return HttpResponseRedirect(reverse("admin:index"))
        wrong = "动态口令不正确，或手机时间不准；请核对后重新输入 (the code is wrong)"
    told = {"picture": _picture(device.config_url), "secret": _spelled(device), "wrong": wrong}
    return render(request, "second_factor.html", told)


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, str] | None
) -> HttpResponse:
    """The answer to whoever is locked out."""
    told = {"message": LOCKED, "status": int(HTTPStatus.TOO_MANY_REQUESTS)}
    return render(request, "failed.html", told, status=HTTPStatus.TOO_MANY_REQUESTS)


def acting(request: HttpRequest) -> Actor:
    """Who acts in a page: the officer who has signed in, with what is granted today."""
    return actor_of(request.user, timezone.localdate(), "console")


@receiver(user_logged_in)
def _signed_in(sender: object, request: HttpRequest, user: Officer, **more: object) -> None:
    _noted(request, user, "sign_in")


@receiver(user_logged_out)
def _signed_out(sender: object, request: HttpRequest, user: Officer | None, **more: object) -> None:
    if user is not None:
        _noted(request, user, "sign_out")


@receiver(user_login_failed)
def _not_signed_in(sender: object, credentials: dict[str, str], **more: object) -> None:
    _noted_by_name(credentials.get("username", ""), "sign_in_failed")


@receiver(user_locked_out)
def _locked(sender: object, username: str | None = None, **more: object) -> None:
    _noted_by_name(username or "", "locked_out")


def _noted_by_name(username: str, action: str) -> None:
    """An attempt under a name: kept by the officer's number, and by none where the name is nobody's."""
    officer = Officer.objects.filter(username=username).first()
    note(Actor("sign-in", ()), action, NATION, f"officer:{officer.pk if officer else 0}")


def _noted(request: HttpRequest, officer: Officer, action: str) -> None:
    note(Actor(officer.username, (), "console"), action, NATION, f"officer:{officer.pk}")


def _picture(address: str) -> str:
    drawn = BytesIO()
    qrcode.make(address, image_factory=SvgPathFillImage, box_size=12, border=2).save(drawn)
    return drawn.getvalue().decode().partition("?>")[2]


def _spelled(device: TOTPDevice) -> str:
    """The secret in groups of four, for who cannot point a telephone at the screen."""
    secret = device.config_url.partition("secret=")[2].partition("&")[0]
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
