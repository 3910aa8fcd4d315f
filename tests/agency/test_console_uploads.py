"""Files that come in through the console: looked at, carried out, taken back; formulas, wrong rows and large files refused."""

import io
from datetime import date

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from tests.agency.offices import Browser, officer, signed_in
from tests.agency.people import identity_no, registration
from tests.agency.settling import AT, CITY, COUNTY, OFFICER
from tests.agency.test_console import submit

from yibao.assistance.terms import Category
from yibao.enrolment.actions import register
from yibao.enrolment.models import CategoryTag, DepartmentList, Person
from yibao.financing.models import ContributionBill
from yibao.public_services.models import SchoolBatch
from yibao.rights.terms import Role

BORN = date(1980, 5, 1)
HEADINGS = ("姓名", "身份证号", "认定日期")


def workbook(*rows: tuple[str, ...], headings: tuple[str, ...] = HEADINGS) -> SimpleUploadedFile:
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    sheet = book.add_worksheet()
    for line, row in enumerate((headings, *rows)):
        for at, text in enumerate(row):
            (sheet.write_formula if text.startswith("=") else sheet.write_string)(line, at, text)
    book.close()
    return SimpleUploadedFile("名单.xlsx", written.getvalue())


def sent(browser: Browser, file: SimpleUploadedFile, **more: object):
    given = {"area_code": CITY, "department": 3, "kind": 0, "as_of": "2023-06-01", "document_no": "文号"}
    given |= {"category": int(Category.EXTREME_POVERTY), "file": file}
    return submit(browser, "/console/do/list-import/", **{**given, **more})


def test_a_list_is_looked_at_carried_out_and_taken_back(database):
    number = identity_no(BORN)
    register(OFFICER, "p", registration("甲某", county_code=COUNTY, number=number), today=AT.date())
    clerk = signed_in(officer("clerk", Role.CITY_OFFICER, CITY))
    seen = sent(clerk, workbook(("甲某", number, "2023-01-01")))
    kept = DepartmentList.objects.get()
    assert "已试导入" in seen.content.decode() and not CategoryTag.objects.exists()
    path = f"/console/do/list-commit/{kept.pk}/"
    stale = submit(clerk, path, plan_hash="0" * 64).content.decode()
    assert "办理名单" in stale and not CategoryTag.objects.exists()
    assert "已办理 1 人" in submit(clerk, path, plan_hash=kept.plan_hash).content.decode()
    assert CategoryTag.objects.get().category == Category.EXTREME_POVERTY
    undone = submit(clerk, f"/console/do/list-undo/{kept.pk}/", reason="发错")
    assert "已撤回 1 项" in undone.content.decode()


def test_a_formula_in_a_list_waits_as_a_wrong_row(database):
    clerk = signed_in(officer("clerk", Role.CITY_OFFICER, CITY))
    sent(clerk, workbook(('=CONCATENATE("甲","某")', identity_no(BORN), "2023-01-01")))
    row = DepartmentList.objects.get().rows.get()
    assert "公式" in row.problems and row.person_id is None


def test_a_file_that_is_no_list_is_refused_with_what_is_missing(database):
    clerk = signed_in(officer("clerk", Role.CITY_OFFICER, CITY))
    said = sent(clerk, workbook(("x",), headings=("别的",))).content.decode()
    assert "姓名" in said and "未导入" in said
    outside = sent(clerk, workbook(("甲某", identity_no(BORN), "2023-01-01")), area_code="410100")
    assert "没有在 410100" in outside.content.decode()
    assert not DepartmentList.objects.exists()


def test_a_file_that_is_too_large_is_refused(database):
    clerk = signed_in(officer("clerk", Role.CITY_OFFICER, CITY))
    with override_settings(LARGEST_UPLOAD=1_000):
        said = sent(clerk, workbook(("甲某", identity_no(BORN), "2023-01-01"))).content.decode()
    assert "过大" in said and not DepartmentList.objects.exists()


def test_a_schools_list_is_enrolled(database):
    clerk = signed_in(officer("clerk", Role.CITY_OFFICER, CITY))
    headings = ("学号", "姓名", "身份证号", "本地户籍")
    born = date(2003, 9, 1)
    file = workbook(("S1", "甲某", identity_no(born), "是"), headings=headings)
    given = {"school": "示例大学", "county_code": COUNTY, "university": 3, "benefit_year": 2023}
    given |= {"enrolled_on": "2022-11-01", "file": file}
    done = submit(clerk, "/console/do/school-import/", **given)
    assert SchoolBatch.objects.get().school == "示例大学", done.content.decode()
    assert ContributionBill.objects.get().person_id == Person.objects.get().pk
    wrong = workbook(("S1", "=1+1", "123", "是"), headings=headings)
    said = submit(clerk, "/console/do/school-import/", **{**given, "file": wrong}).content.decode()
    assert "未导入" in said and SchoolBatch.objects.count() == 1
