"""`yibao school-list`, `yibao certificate`: a school's list from Excel, and a certificate as PDF, by a named officer."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yibao.cli.agency import agency_database, fail

if TYPE_CHECKING:
    from yibao.journeys.enrolment.school_batch import RowResult
    from yibao.rights.actors import Actor

FEEDBACK = ("行号", "学号", "结果", "个人应缴（元）", "已缴", "说明")
ORIGIN = "cli"


def school_list(
    file: Annotated[Path, typer.Argument(help="学校名单，Excel 或 CSV (the school's list)")],
    officer: Annotated[str, typer.Option("--officer", help="办理人登录名 (officer)")],
    school: Annotated[str, typer.Option("--school", help="学校名称 (school)")],
    county: Annotated[str, typer.Option("--county", help="学籍地县（市、区）代码 (county of the school)")],
    university: Annotated[
        str, typer.Option("--university", help="学校隶属 MINISTRY、PROVINCE、CITY (who runs it)")
    ],
    year: Annotated[int, typer.Option("--year", help="待遇年度 (benefit year)")],
    on: Annotated[str, typer.Option("--on", help="参保日期，如 2022-11-01 (day of enrolment)")],
    commit: Annotated[
        str,
        typer.Option(
            "--commit", metavar="KEY", help="正式办理的幂等键；不写只试算 (key; without it a trial)"
        ),
    ] = "",
    feedback: Annotated[Path | None, typer.Option("--feedback", help="反馈文件 (file to write)")] = None,
) -> None:
    """学校批量参保：先试算，再用一个幂等键正式办理 (enrol a school's list: a trial, then for good under a key)."""
    from yibao.files.school import read_school_list
    from yibao.financing.terms import University
    from yibao.kernel.days import day_from
    from yibao.packs.policies import policies

    if university.upper() not in University.__members__:
        fail(f"学校隶属 {university!r} 不认识；请写 MINISTRY、PROVINCE 或 CITY (unknown university)")
    rows, problems = read_school_list(file, policies().area(county))
    if problems:
        for problem in problems:
            typer.echo(problem.sentence(), err=True)
        fail(f"名单有 {len(problems)} 处问题，未办理；请改正后重新提交 (problems in the file)")
    with agency_database():
        from yibao.journeys.enrolment.school_batch import (
            SchoolList,
            Student,
            enrol_school,
            school_results,
            try_school,
        )
        from yibao.rights.requests import TryAgain

        students = tuple(Student(*row) for row in rows)
        order = SchoolList(school, county, University[university.upper()], year, day_from(on), students)
        actor, today = _officer(officer), _today()
        try:
            if commit:
                import json

                batch_id = int(json.loads(enrol_school(actor, commit, order, today=today))["batch_id"])
                found = school_results(actor, batch_id, reason="学校批量参保反馈")
                typer.echo(f"名单编号 Batch: {batch_id}")
            else:
                found = try_school(actor, order, today=today)
        except (ValueError, PermissionError, TryAgain) as failure:
            fail(str(failure))
        _told(found, trial=not commit)
        if feedback is not None:
            _write(feedback, found)


def certificate(
    to: Annotated[Path, typer.Argument(help="写入的 PDF 文件 (PDF to write)")],
    officer: Annotated[str, typer.Option("--officer", help="办理人登录名 (officer)")],
    number: Annotated[str, typer.Option("--number", help="校验码：补打 (check number: print again)")] = "",
    coverage: Annotated[
        int | None, typer.Option("--coverage", help="参保期编号：参保凭证 (coverage)")
    ] = None,
    payment: Annotated[int | None, typer.Option("--payment", help="缴费编号：缴费凭证 (payment)")] = None,
) -> None:
    """出具或补打参保凭证、缴费凭证 (issue or print again a certificate of enrolment or a payment voucher)."""
    if sum(bool(one) for one in (number, coverage, payment)) != 1:
        fail("请在 --number、--coverage、--payment 中写一个 (give one of the three)")
    with agency_database():
        import json

        from yibao.journeys.enrolment.issuing import IssueOrder, issue_certificate
        from yibao.journeys.enrolment.printing import printed_certificate
        from yibao.public_services.terms import CertificateKind
        from yibao.rights.requests import TryAgain

        actor, today = _officer(officer), _today()
        kind = CertificateKind.ENROLMENT_CERTIFICATE if coverage else CertificateKind.PAYMENT_VOUCHER
        try:
            if not number:
                of = coverage or payment or 0
                key = f"certificate:{kind.name}:{of}:{today}"
                said = json.loads(issue_certificate(actor, key, IssueOrder(kind, of, today)))
                number = said["check_number"]
            to.write_bytes(printed_certificate(actor, number, reason="出具凭证"))
        except (ValueError, OSError, TryAgain) as failure:
            fail(str(failure))
        typer.echo(f"已写入 Written: {to}　校验码 Check number: {number}")


def _officer(name: str) -> "Actor":
    from yibao.rights.actors import actor_of
    from yibao.rights.models import Officer

    found = Officer.objects.filter(username=name).first()
    if found is None:
        fail(f"没有登录名为 {name} 的人员；请核对 --officer (no such officer)")
    return actor_of(found, _today(), ORIGIN)


def _today() -> date:
    from django.utils.timezone import localdate

    return localdate()  # type: ignore[no-any-return]


def _told(found: "Sequence[RowResult]", *, trial: bool) -> None:
    from collections import Counter

    from yibao.kernel.money import yuan
    from yibao.public_services.terms import VERDICT_WORDS

    counted = Counter(result.verdict for result in found)
    for verdict, times in sorted(counted.items()):
        typer.echo(f"{VERDICT_WORDS[verdict][0]} {VERDICT_WORDS[verdict][1]}: {times}")
    due_fen = sum(result.person_pays_fen for result in found if not result.paid)
    for result in found:
        if result.said:
            typer.echo(f"第 {result.row_no} 行：{result.said}", err=True)
    done = "试算，未写入 (a trial: nothing was written)" if trial else "已办理 (done)"
    typer.echo(f"共 {len(found)} 行，待缴 {yuan(due_fen)} 元；{done}")


def _write(to: Path, found: "Sequence[RowResult]") -> None:
    """The feedback file (反馈文件): a line for each row, without names or identity numbers."""
    from yibao.kernel.money import yuan
    from yibao.public_services.terms import VERDICT_WORDS

    with to.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(FEEDBACK)
        for row in found:
            paid = "是" if row.paid else "否"
            words = VERDICT_WORDS[row.verdict][0]
            writer.writerow(
                [row.row_no, _harmless(row.student_no), words, yuan(row.person_pays_fen), paid, row.said]
            )


def _harmless(text: str) -> str:
    """A text that a spreadsheet would run as a formula, with an apostrophe before it."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
