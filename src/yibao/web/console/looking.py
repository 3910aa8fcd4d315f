"""A table in the console (查看): rows of the officer's areas, in words, out to Excel; nothing is changed through it.

Deny by default: an officer sees a table where a grant lets its matter be looked at, and in it what lies inside the grant's
area. Looking at a person, a list of people and what is taken out as a file is written down in the audit. No word that is
searched for travels in an address, so a table with people in it has no search box; people are found on a page of their own.
"""

from io import BytesIO
from typing import Any, NamedTuple

import xlsxwriter
from django.contrib import admin
from django.db.models import BinaryField, DateField, Field, Model, TextField
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import ModelAdmin

from yibao.rights.areas import rows_inside
from yibao.rights.audit import note
from yibao.rights.models import AuditRecord
from yibao.rights.terms import Matter
from yibao.web.console.doing import doings_of
from yibao.web.console.words import cell, heading
from yibao.web.sign_in import acting

NATION = "000000"
LARGEST_FILE = 50_000
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TOO_LARGE = "所选 {found} 行，超过一次导出的 {most} 行；请先筛选 (too many rows for one file)"


class Shown(NamedTuple):
    """How a table is shown: by which matter, inside which area, with which filters.

    `area` is the path to the division code of a row, "" where a table is the same for every area. `personal` tables hold
    what is known of people.
    """

    matter: Matter
    area: str
    filters: tuple[str, ...] = ()
    personal: bool = True


class Looking(ModelAdmin):  # type: ignore[misc]
    """One table, to be looked at."""

    shown: Shown
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-pk",)
    actions = ("to_excel",)
    change_form_before_template = "console/doings.html"

    def __init__(self, model: type[Model], site: admin.AdminSite) -> None:
        self.columns = [field for field in model._meta.concrete_fields if _is_listed(field)]
        self.list_display = [_column(field) for field in self.columns]
        self.list_filter = list(self.shown.filters)
        self.list_display_links = self.list_display[:1]
        super().__init__(model, site)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """The same columns on a row's own page."""
        return list(self.list_display)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """All of them."""
        return list(self.list_display)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the menu has the table."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether some grant lets the matter be looked at; where, the rows themselves are asked."""
        return bool(acting(request).areas_of(self.shown.matter))

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: what is added, an action adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: what is changed, an action changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        """The rows inside the areas in which the officer may look: the one filter of every page, file and link."""
        rows = super().get_queryset(request)
        areas = acting(request).areas_of(self.shown.matter)
        return rows_inside(rows, areas, self.shown.area) if self.shown.area else rows

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list; that people were listed is written down."""
        answer = super().changelist_view(request, extra_context)
        if self.shown.personal and request.method == "GET" and hasattr(answer, "context_data"):
            found = answer.context_data.get("cl")
            note(acting(request), "look_at_list", NATION, self._named("list"), rows=len(found.result_list))
        return answer

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One row; that it was looked at is written down."""
        row = self.get_queryset(request).filter(pk=object_id).first() if object_id else None
        doings = [] if row is None else doings_of(request, self.opts.label, row)
        told = {**(extra_context or {}), "doings": doings}
        answer = super().changeform_view(request, object_id, form_url, told)
        if self.shown.personal and request.method == "GET" and object_id and answer.status_code == 200:
            note(acting(request), "look_at_row", NATION, self._named(object_id))
        return answer

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the audit says of a row: who did or looked at what, when and why."""
        if not self.get_queryset(request).filter(pk=object_id).exists():
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        subjects = [self._named(object_id), f"{self.opts.model_name}:{object_id}"]
        records = AuditRecord.objects.filter(subject__in=subjects).order_by("-pk")[: self.list_per_page]
        told = {
            **self.admin_site.each_context(request),
            "title": f"{self.opts.verbose_name} {object_id} 的办理记录",
            "opts": self.opts,
            "object_id": object_id,
            "records": records,
        }
        return TemplateResponse(request, "console/history.html", told)

    @admin.action(description="导出 Excel（所选）")
    def to_excel(self, request: HttpRequest, rows: Any) -> HttpResponse | None:
        """The chosen rows as a workbook of text: nothing in it is a formula."""
        found = rows.count()
        if found > LARGEST_FILE:
            self.message_user(request, TOO_LARGE.format(found=found, most=LARGEST_FILE), "error")
            return None
        note(acting(request), "take_out", NATION, self._named("file"), rows=found)
        answer = HttpResponse(self._workbook(rows), content_type=EXCEL)
        day = timezone.localdate().strftime("%Y%m%d")
        answer["Content-Disposition"] = f'attachment; filename="{self.opts.model_name}-{day}.xlsx"'
        return answer

    def _workbook(self, rows: Any) -> bytes:
        written = BytesIO()
        book = xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False})
        sheet = book.add_worksheet(str(self.opts.verbose_name)[:31])
        bold = book.add_format({"bold": True})
        for at, field in enumerate(self.columns):
            sheet.write_string(0, at, heading(field), bold)
        for line, row in enumerate(rows.order_by("pk"), start=1):
            for at, field in enumerate(self.columns):
                sheet.write_string(line, at, cell(row, field))
        sheet.freeze_panes(1, 0)
        sheet.autofit()
        book.close()
        return written.getvalue()

    def _named(self, what: str) -> str:
        return f"{self.opts.db_table}:{what}"


def _is_listed(field: Field) -> bool:  # type: ignore[type-arg]
    return not isinstance(field, BinaryField | TextField) and not field.name.endswith("hash")


def is_short(field: Field) -> bool:  # type: ignore[type-arg]
    """Whether a column is better read on one line: days and amounts."""
    return isinstance(field, DateField) or field.name.endswith("_fen")


def _column(field: Field) -> Any:  # type: ignore[type-arg]
    @admin.display(description=heading(field), ordering=field.attname)
    def shown(row: Model) -> str:
        text = cell(row, field)
        return format_html('<span class="whitespace-nowrap">{}</span>', text) if is_short(field) else text

    shown.__name__ = field.name
    return shown
