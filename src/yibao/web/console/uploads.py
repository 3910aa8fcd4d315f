"""Files that come in through the console (Excel 导入): a department's list looked at and carried out, a school's list enrolled.

A file is read from a place of its own that is gone when the page is drawn. What is wrong with it is said by row and column, all
of it at once, and nothing is kept then.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from yibao.assistance.terms import CATEGORY_WORDS, Category
from yibao.enrolment.models import DepartmentList
from yibao.enrolment.terms import DEPARTMENT_WORDS, LIST_KIND_WORDS, Department, ListKind
from yibao.files.department_lists import hash_of_file, read_list
from yibao.files.school import read_school_list
from yibao.financing.terms import UNIVERSITY_WORDS, University
from yibao.journeys.enrolment.school_batch import SchoolList, Student, enrol_school, school_results
from yibao.journeys.lists.listing import import_list
from yibao.journeys.lists.listing_commit import CommitOrder, commit_list
from yibao.journeys.lists.listing_rows import ListOrder
from yibao.journeys.lists.listing_undo import UndoOrder, undo_list
from yibao.kernel.findings import Finding
from yibao.packs.policies import policies
from yibao.public_services.terms import VERDICT_WORDS
from yibao.rights.actors import Actor
from yibao.rights.terms import Matter
from yibao.web.console.doing import DayField, Doing, Done, choices_of, offer
from yibao.web.failures import TOO_BIG

_E = Matter.ENROLMENT_MATTER
SHOWN = 30
"""Problems of a file that a page names; a file with more is mended in its own program."""


class FileUnfit(ValueError):
    """A file with something wrong in it; nothing of it was kept."""

    def __init__(self, found: Sequence[Finding]) -> None:
        self.problems = [finding.sentence() for finding in found]
        more = f"；另有 {len(found) - SHOWN} 处" if len(found) > SHOWN else ""
        super().__init__(
            "；".join(self.problems[:SHOWN]) + more + "。未导入，请改正后重新上传 (the file is unfit)"
        )


class FileTooLarge(ValueError):
    """A file larger than one that is taken."""

    def __init__(self) -> None:
        super().__init__(TOO_BIG)


class ListForm(forms.Form):
    """A department's list: who gave it, what it says, the day it is of."""

    file = forms.FileField(label="名单文件（.xlsx 或 .csv）")
    area_code = forms.CharField(label="地区代码", max_length=6)
    department = forms.TypedChoiceField(label="部门", choices=choices_of(DEPARTMENT_WORDS), coerce=int)
    kind = forms.TypedChoiceField(label="名单种类", choices=choices_of(LIST_KIND_WORDS), coerce=int)
    category = forms.TypedChoiceField(
        label="身份类别",
        choices=[("", "以各行为准"), *choices_of(CATEGORY_WORDS)],
        coerce=int,
        required=False,
        empty_value=None,
    )
    as_of = DayField(label="名单日期")
    document_no = forms.CharField(label="文号", max_length=64, required=False)
    full = forms.BooleanField(label="全量名单（不在名单上的终止认定）", required=False)


class CommitForm(forms.Form):
    """The plan that was looked at."""

    plan_hash = forms.CharField(label="办理方案编号", max_length=64)


class UndoForm(forms.Form):
    """Why a list is taken back."""

    reason = forms.CharField(label="撤回事由", max_length=200)


class SchoolForm(forms.Form):
    """A school's list of students for a benefit year."""

    file = forms.FileField(label="学生名单（.xlsx 或 .csv）")
    school = forms.CharField(label="学校", max_length=64)
    county_code = forms.CharField(label="学校所在县（市、区）代码", max_length=6)
    university = forms.TypedChoiceField(label="学校隶属", choices=choices_of(UNIVERSITY_WORDS), coerce=int)
    benefit_year = forms.IntegerField(label="待遇年度", min_value=2000, max_value=2100)
    enrolled_on = DayField(label="参保日期")


def _list(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    file = given.pop("file")
    with _kept_for_a_moment(file) as path:
        rows, found = read_list(path)
        if found:
            raise FileUnfit(found)
        order = ListOrder(
            area_code=given["area_code"],
            department=Department(given["department"]),
            kind=ListKind(given["kind"]),
            as_of=given["as_of"],
            rows=rows,
            file_name=path.name,
            file_hash=hash_of_file(path),
            full=given["full"],
            category=None if given["category"] is None else Category(given["category"]),
            document_no=given["document_no"],
        )
    said = json.loads(import_list(actor, key, order, today=timezone.localdate()))
    waiting = f"，{said['to_decide']} 行待核对" if said["to_decide"] else ""
    return Done(f"已试导入，尚未办理：{len(rows)} 行{waiting}", "enrolment.DepartmentList", said["list_id"])


def _commit(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    said = json.loads(commit_list(actor, key, CommitOrder(pk, given["plan_hash"]), at=timezone.now()))
    return Done(f"已办理 {sum(said['effects'].values())} 人，重算 {said['years_replayed']} 个年度")


def _undo(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    said = json.loads(undo_list(actor, key, UndoOrder(pk, given["reason"]), at=timezone.now()))
    return Done(f"已撤回 {said['taken_back']} 项")


def _school(actor: Actor, key: str, pk: int, given: dict[str, Any]) -> Done:
    with _kept_for_a_moment(given["file"]) as path:
        rows, found = read_school_list(path, policies().area(given["county_code"]))
    if found:
        raise FileUnfit(found)
    order = SchoolList(
        given["school"],
        given["county_code"],
        University(given["university"]),
        given["benefit_year"],
        given["enrolled_on"],
        tuple(Student(*row) for row in rows),
    )
    batch_id = int(json.loads(enrol_school(actor, key, order, today=timezone.localdate()))["batch_id"])
    verdicts = [one.verdict for one in school_results(actor, batch_id, reason="学校批量参保")]
    counted = [f"{VERDICT_WORDS[verdict][0]} {verdicts.count(verdict)}" for verdict in sorted(set(verdicts))]
    return Done("、".join(counted), "public_services.SchoolBatch", batch_id)


@contextmanager
def _kept_for_a_moment(file: UploadedFile) -> Iterator[Path]:
    """A file that was sent, in a folder that nobody else reads and that is gone afterwards."""
    if file.size is None or file.size > settings.LARGEST_UPLOAD:
        raise FileTooLarge
    with TemporaryDirectory() as folder:
        path = Path(folder) / Path(file.name or "list").name
        path.write_bytes(file.read())
        yield path


def _plan(row: DepartmentList) -> dict[str, Any]:
    return {"plan_hash": row.plan_hash}


offer(Doing("list-import", "部门名单导入", _E, ListForm, _list))
offer(Doing("school-import", "学校名单参保", _E, SchoolForm, _school))
offer(
    Doing(
        "list-commit",
        "办理名单",
        _E,
        CommitForm,
        _commit,
        "enrolment.DepartmentList",
        _plan,
        fits=lambda row: row.committed_at is None,
    )
)
offer(
    Doing(
        "list-undo",
        "撤回名单",
        _E,
        UndoForm,
        _undo,
        "enrolment.DepartmentList",
        fits=lambda row: row.committed_at is not None and row.undone_at is None,
    )
)
