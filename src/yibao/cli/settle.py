"""`yibao settle`: settles one claim from a file and shows its working, without a database.

Nothing heavy is imported before it is needed: the answer should stand there as the key is let go.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from yibao.cli.case_claim import Prepared
    from yibao.reports.slip import Slip

UNSOUND = 1
"""Exit code where the case has problems; each is a line on standard error."""


def settle(
    case: Annotated[Path | None, typer.Argument(help="案例文件，YAML 或 JSON (a case file)")] = None,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", metavar="FILE", help="另存为 PDF 结算单 (also as PDF)")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="输出 JSON，用国家接口的字段名 (interface's field names)")
    ] = False,
    schema: Annotated[bool, typer.Option("--schema", help="打印案例文件的 JSON Schema")] = False,
) -> None:
    """结算一笔医疗费，逐步说明 (settle one claim, step by step)."""
    if schema:
        from yibao.cli.case import case_schema_text

        return typer.echo(case_schema_text(), nl=False)
    if case is None:
        typer.echo(
            "请写案例文件；examples/ 里每个地区有现成的案例 (which case file?)",
            err=True,
        )
        raise typer.Exit(2)
    from yibao.cli.case_claim import prepare
    from yibao.packs.policies import policies

    prepared = prepare(case, policies())
    if isinstance(prepared, list):
        for finding in prepared:
            typer.echo(finding.sentence(), err=True)
        raise typer.Exit(UNSOUND)
    made = settled(prepared)
    if pdf is not None:
        _write_pdf(made, pdf)
    if as_json:
        from yibao.reports.slip_json import slip_json_text

        return typer.echo(slip_json_text(made), nl=False)
    from rich.console import Console

    from yibao.reports.slip_text import slip_text

    return Console().print(slip_text(made))


def settled(prepared: "Prepared") -> "Slip":
    """The slip of a sound case: earlier claims first, then the one it is about."""
    from yibao.engine.settle import settle_claim
    from yibao.engine.year import advance, settle_in_order
    from yibao.reports.slip import slip

    before = prepared.start
    for so_far, settlement in settle_in_order(prepared.params_on, prepared.earlier, before):
        before = advance(so_far, settlement.change)
    settlement = settle_claim(prepared.terms.params, before, prepared.claim)
    after = advance(before, settlement.change)
    return slip(prepared.facts(), prepared.terms, prepared.claim, settlement, after)


def _write_pdf(made: "Slip", pdf: Path) -> None:
    from yibao.reports.slip_pdf import slip_pdf

    document = slip_pdf(made)
    try:
        pdf.write_bytes(document)
    except OSError as refused:
        typer.echo(f"写不出 {pdf}：{refused.strerror}。请换一个可写的位置 (cannot write the PDF)", err=True)
        raise typer.Exit(UNSOUND) from None
    typer.echo(f"PDF：{pdf}", err=True)
