"""`yibao …`: the whole tool at the terminal. It starts without reading anything heavy;
only the commands of `cli.agency…` need a database."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from yibao.cli.agency import backup, demo, migrate, restore, verify
from yibao.cli.agency_applications import assistance_app
from yibao.cli.agency_apply import certificate, school_list
from yibao.cli.agency_assistance import warning_app
from yibao.cli.agency_financing import financing_app
from yibao.cli.agency_import import import_app
from yibao.cli.agency_ledger import ledger_app
from yibao.cli.agency_lists import list_app
from yibao.cli.agency_serve import officer, seal, serve
from yibao.cli.financing import bill, subsidy
from yibao.cli.notice import notice_app
from yibao.cli.policy import policy_app
from yibao.cli.policy_diff import diff_command
from yibao.cli.policy_list import list_check_command
from yibao.cli.policy_new import new_area_command, new_year_command
from yibao.cli.reform import reform
from yibao.cli.settle import settle
from yibao.cli.settle_batch import settle_batch
from yibao.cli.settle_stream import settle_stream
from yibao.cli.year import year
from yibao.kernel.days import DayUnreadable
from yibao.kernel.money import AmountUnreadable
from yibao.kernel.rates import RateUnreadable
from yibao.packs.entries import PolicyFailure

FAILURES = (PolicyFailure, AmountUnreadable, DayUnreadable, RateUnreadable)
"""What keeps a policy or an input from being used; each writes its own message."""

app = typer.Typer(
    name="yibao",
    help="医保：城乡居民基本医疗保险 (residents' basic medical insurance of a pooling area).",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: the rich one loads a quarter of a second of modules
    add_completion=False,
)
app.command("subsidy")(subsidy)
app.command("bill")(bill)
app.command("settle")(settle)
app.command("settle-batch")(settle_batch)
app.command("settle-stream")(settle_stream)
app.command("year")(year)
app.command("reform")(reform)
for command in (migrate, demo, verify, backup, restore, serve, officer, seal):
    app.command(command.__name__)(command)
app.command("school-list")(school_list)
app.command("certificate")(certificate)
policy_app.command("diff")(diff_command)
policy_app.command("new-year")(new_year_command)
policy_app.command("new-area")(new_area_command)
policy_app.command("list-check")(list_check_command)
app.add_typer(policy_app, name="policy")
app.add_typer(notice_app, name="notice")
app.add_typer(import_app, name="import")
app.add_typer(list_app, name="list")
app.add_typer(ledger_app, name="ledger")
app.add_typer(warning_app, name="warning")
app.add_typer(assistance_app, name="assistance")
app.add_typer(financing_app, name="financing")


@app.callback()
def options(
    policies: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="政策文件夹，代替随包的 policies/ (another folder of policies)"),
    ] = None,
) -> None:
    """医保：城乡居民基本医疗保险 (residents' basic medical insurance of a pooling area)."""
    if policies is not None:
        os.environ["YIBAO_POLICIES"] = str(policies)


def main() -> None:
    """Runs the command line; what keeps a policy or an input from being used is one line and exit code 1."""
    try:
        app()
    except FAILURES as failure:
        typer.echo(str(failure), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
