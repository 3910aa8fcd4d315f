"""Parts of the agency's commands (经办命令): the database opened, who acts, options, tables and files.

What cannot be done is one line and exit code 1. Without `--officer` a command acts as the system, with a city officer's rights
in the area it was given.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from yibao.cli.agency import agency_database, fail
from yibao.kernel.days import day_from

if TYPE_CHECKING:
    from yibao.rights.actors import Actor

SYSTEM = "terminal-system"
SHOWN = 30
"""Rows that the terminal shows; all of them are in a file."""

WIDE = 200
"""Columns of a table that goes elsewhere than to a terminal."""

AREA = typer.Option("--area", metavar="CODE", help="县、市或统筹地区代码 (county or pooling area)")
DAY = typer.Option("--day", metavar="DAY", help="日期，缺省为今天 (a day; today where left out)")
OFFICER = typer.Option(
    "--officer", metavar="NAME", help="以哪位人员的权限办理 (act with an officer's rights)"
)
OUT = typer.Option("--out", metavar="FILE", help="写入 .xlsx 或 .csv 文件 (write a file)")


@contextmanager
def agency() -> Iterator[None]:
    """The agency's database; what cannot be done is one line and exit code 1."""
    with agency_database():
        from yibao.assistance.failures import AssistanceFailure
        from yibao.files.list_file import ListUnwritable
        from yibao.rights.requests import TryAgain

        try:
            yield
        except (AssistanceFailure, ListUnwritable, PermissionError, TryAgain) as failure:
            fail(str(failure))


def actor_for(officer: str | None, area_code: str) -> "Actor":
    """Who a command acts as."""
    from yibao.rights.actors import Actor, Granted, actor_of
    from yibao.rights.models import Officer
    from yibao.rights.terms import Role

    if officer is None:
        return Actor(SYSTEM, (Granted(Role.CITY_OFFICER, area_code),), "terminal")
    found = Officer.objects.filter(username=officer).first()
    if found is None:
        fail(f"没有人员 {officer}；请核对登录名 (no such officer)")
    return actor_of(found, moment().date(), "terminal")


def written(path: Path, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Writes a list to a file and says so."""
    from yibao.files.list_file import write_list

    write_list(path, title, headings, rows)
    typer.echo(f"{title}，已写入 {path} (written)")


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Shows the first rows of a list."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(title=title, title_justify="left")
    for heading in headings:
        shown.add_column(heading, overflow="fold")
    for row in rows[:SHOWN]:
        shown.add_row(*row)
    wide = None if Console().is_terminal else WIDE
    Console(width=wide, markup=False, highlight=False).print(shown)
    if len(rows) > SHOWN:
        typer.echo(f"只显示前 {SHOWN} 行，全部请用 --out 写入文件 (the first {SHOWN} of {len(rows)})")


def area_code(code: str | None) -> str:
    """The area of a command; the first shown where none is named."""
    from yibao.packs.policies import policies

    return policies().area(code or policies().first_shown).code


def day_of(text: str | None) -> date:
    """The day of a command; today where none is named."""
    return moment().date() if text is None else day_from(text)


def moment() -> datetime:
    """Now, where the agency is."""
    from django.utils import timezone

    return timezone.localtime()  # type: ignore[no-any-return]
