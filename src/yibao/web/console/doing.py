"""What an officer does in the console (办理): a form, an action under a key that the form was given, and where to go then.

The key is made when the form is drawn and comes back with it, so a form that is sent twice is done once. What an action
refuses stands above the form in the action's own words, with everything that was typed still there.
"""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import uuid4

from django import forms
from django.apps import apps
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.debug import sensitive_post_parameters
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from yibao.rights.actors import Actor
from yibao.rights.terms import Deed, Matter
from yibao.web.console.site import console
from yibao.web.failures import is_ours
from yibao.web.sign_in import acting


class Done(NamedTuple):
    """What is said after an action, and the row that is shown then: the label of its table and its number."""

    message: str
    label: str = ""
    pk: int | None = None


class Doing(NamedTuple):
    """Something that may be done: its name in the address, its title, whose right it is, the form, the action.

    `of` is the label of the table whose row it is done to, "" where it begins with none; `begins` gives what the form holds at
    first of that row, `fits` whether it can be done to it.
    """

    name: str
    title: str
    matter: Matter | tuple[Matter, ...]
    form: type[forms.Form]
    do: Callable[[Actor, str, int, dict[str, Any]], Done]
    of: str = ""
    begins: Callable[[Any], dict[str, Any]] = lambda row: {}
    deed: Deed = Deed.DO
    fits: Callable[[Any], bool] = lambda row: True

    def may(self, actor: Actor) -> bool:
        """Whether some grant lets it be done somewhere; where, the action itself asks."""
        matters = self.matter if isinstance(self.matter, tuple) else (self.matter,)
        return any(actor.areas_of(matter, self.deed) for matter in matters)


DOINGS: dict[str, Doing] = {}


def offer(doing: Doing) -> None:
    """Puts something to be done into the console."""
    DOINGS[doing.name] = doing


def doings_of(request: HttpRequest, label: str, row: Any = None) -> list[Doing]:
    """What the officer may do to a row of a table; with "" what begins with no row."""
    actor = acting(request)
    offered = [doing for doing in DOINGS.values() if doing.of == label and doing.may(actor)]
    return offered if row is None else [doing for doing in offered if doing.fits(row)]


@sensitive_post_parameters()
def page(request: HttpRequest, name: str, pk: int = 0) -> HttpResponse:
    """The form of something to be done, and its doing."""
    doing = DOINGS.get(name)
    actor = acting(request)
    if doing is None or bool(doing.of) != bool(pk) or not doing.may(actor):
        raise Http404
    row = _row(request, doing, pk) if doing.of else None
    if request.method == "POST":
        form = doing.form(request.POST, request.FILES)
        key = request.POST.get("key", "")
        if form.is_valid():
            try:
                done = doing.do(actor, key, pk, form.cleaned_data)
            except Exception as failure:
                if not is_ours(failure):
                    raise
                form.add_error(None, str(failure))
            else:
                messages.success(request, done.message)
                return HttpResponseRedirect(_address(doing, done, pk))
    else:
        key = uuid4().hex
        form = doing.form(initial=doing.begins(row))
    _dressed(form)
    told = {**console.each_context(request), "title": doing.title, "form": form, "key": key, "row": row}
    return TemplateResponse(request, "console/form.html", told)


def urls() -> list[URLPattern]:
    """The addresses of everything that is offered."""
    return [
        path("do/<slug:name>/", console.admin_view(page), name="do"),
        path("do/<slug:name>/<int:pk>/", console.admin_view(page), name="do-to"),
    ]


def _row(request: HttpRequest, doing: Doing, pk: int) -> Any:
    """The row, where the officer may look at it: the same filter as its table."""
    table = console.get_model_admin(apps.get_model(doing.of))
    row = table.get_queryset(request).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _address(doing: Doing, done: Done, pk: int) -> str:
    label, number = (done.label, done.pk) if done.label else (doing.of, pk)
    if not label:
        return reverse("admin:index")
    named = "admin:" + label.lower().replace(".", "_")
    return reverse(f"{named}_change", args=[number]) if number else reverse(f"{named}_changelist")


def _dressed(form: forms.Form) -> None:
    """The console's own fields in place of a browser's."""
    for field in form.fields.values():
        held = field.widget
        if isinstance(held, forms.PasswordInput):
            field.widget = UnfoldAdminPasswordWidget(held.attrs)
        elif isinstance(held, forms.Select):
            field.widget = UnfoldAdminSelectWidget(held.attrs, held.choices)
        elif isinstance(held, forms.CheckboxInput):
            field.widget = UnfoldBooleanWidget(held.attrs)
        elif isinstance(held, forms.FileInput):
            field.widget = UnfoldAdminFileFieldWidget(held.attrs)
        elif isinstance(held, forms.NumberInput):
            field.widget = UnfoldAdminIntegerFieldWidget(held.attrs)
        elif isinstance(held, forms.TextInput | forms.DateInput):
            field.widget = UnfoldAdminTextInputWidget(held.attrs)
            field.widget.input_type = held.input_type
            field.widget.format_value = held.format_value


class DayField(forms.DateField):
    """A day as an officer writes it, with the browser's own calendar."""

    widget = forms.DateInput

    def __init__(self, **named: Any) -> None:
        named.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**named)


def choices_of(words: dict[Any, Any]) -> list[tuple[Any, str]]:
    """Members with their Chinese words, for a select."""
    return [(member.value, said if isinstance(said, str) else said[0]) for member, said in words.items()]
