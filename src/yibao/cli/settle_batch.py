"""`yibao settle-batch`: settles a file of claims, with a file of people; every problem of the files is a finding.

All problems are found in one pass. Without `--skip-bad` nothing is settled while there is any; with it the good rows are,
and people with a row left out are marked. The folder of results appears whole or not at all.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from yibao.cli.screen import bars, print_findings

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa
    from rich.console import Console

    from yibao.files.log import FindingLog
    from yibao.packs.entries import Entry
    from yibao.packs.policies import Area

UNSOUND = 1
"""Exit code where there was any finding, also where the good rows were settled."""

FINDINGS = "findings.csv"


class Inputs(NamedTuple):
    """What the files gave: good rows only."""

    people: "pa.Table"
    institutions: "pa.Table"
    claims: "pa.Table"


def settle_batch(
    claims: Annotated[Path, typer.Argument(help="结算文件：CSV、Excel 或 Parquet (claims)")],
    people: Annotated[Path, typer.Option("--people", metavar="FILE", help="人员文件 (people)")],
    area: Annotated[str, typer.Option("--area", metavar="CODE", help="统筹地区，6 位代码 (pooling area)")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="结果文件夹 (folder of results)")],
    institutions: Annotated[
        Path | None,
        typer.Option(
            "--institutions", metavar="FILE", help="机构文件；不给时结算文件里写机构类别 (institutions)"
        ),
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="跳过有问题的行，其余照常结算 (settle the good rows)")
    ] = False,
) -> None:
    """批量结算一个文件，列出全部问题 (settle a file of claims, and list every problem)."""
    from rich.console import Console

    from yibao.engine.fit import ColumnsUnfit
    from yibao.files.whole import OutputRefused
    from yibao.packs.policies import policies

    place = policies().area(area)
    screen = Console(stderr=True)
    try:
        sound = _run(place, Files(claims, people, institutions), out, screen, skip_bad=skip_bad)
    except OutputRefused as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(UNSOUND) from None
    except ColumnsUnfit as unfit:
        typer.echo(
            f"这些行不能结算：{unfit}。请检查本地区和县区的政策是否都在册 (cannot be settled)", err=True
        )
        raise typer.Exit(UNSOUND) from None
    except OSError as failed:
        what = f"{failed.filename or out}：{failed.strerror or failed}"
        typer.echo(f"写不出结果：{what}。请检查磁盘空间和权限 (cannot write the results)", err=True)
        raise typer.Exit(UNSOUND) from None
    except MemoryError:
        typer.echo(
            "内存不够。请按人把文件切成几份，分别结算 (out of memory: cut the files between persons)",
            err=True,
        )
        raise typer.Exit(UNSOUND) from None
    if not sound:
        raise typer.Exit(UNSOUND)


class Files(NamedTuple):
    """The files a user names."""

    claims: Path
    people: Path
    institutions: Path | None


def _run(place: "Area", files: Files, out: Path, screen: "Console", *, skip_bad: bool) -> bool:
    """Reads, settles and writes; whether everything was sound."""
    from yibao.files.claims import incomplete_years
    from yibao.files.log import FindingLog
    from yibao.files.settled import OURS
    from yibao.files.source import file_name
    from yibao.files.whole import findings_beside, whole_folder

    beside = findings_beside(out.absolute())
    with whole_folder(out, OURS | {FINDINGS}) as draft:
        log = FindingLog(draft / FINDINGS)
        inputs = _read(place, files, log, screen)
        if log.stopped or (log.count and not skip_bad) or inputs.claims.num_rows == 0:
            log.finish()
            (draft / FINDINGS).replace(beside)
            print_findings(log, beside, screen)
            typer.echo(_nothing_settled(log, skip_bad=skip_bad), err=True)
            raise typer.Exit(UNSOUND)
        incomplete_years(inputs.claims, inputs.people, file_name(files.claims), log)
        summary = _settle(place, inputs, draft, screen)
        log.finish()
    beside.unlink(missing_ok=True)
    print_findings(log, out / FINDINGS, screen)
    _print_summary(summary, out)
    return log.count == 0


def _nothing_settled(log: "FindingLog", *, skip_bad: bool) -> str:
    if log.stopped:
        return "没有结算：有文件不能用，请先改好 (nothing settled: a file cannot be used)"
    if skip_bad:
        return "没有结算：没有一行是好的 (nothing settled: no good row)"
    return "没有结算：请改好后重新运行；或加 --skip-bad 跳过问题行 (nothing settled: mend the files, or add --skip-bad)"


def _read(place: "Area", files: Files, log: "FindingLog", screen: "Console") -> Inputs:
    """Reads the three files; every problem goes to the log."""
    import pyarrow as pa

    from yibao.files.claims import read_claims
    from yibao.files.institutions import institutions_by_class, read_institutions
    from yibao.files.people import read_people
    from yibao.files.source import file_name

    with bars(screen) as told:
        stand_ins = institutions_by_class(place)
        listed = None
        if files.institutions is not None:
            listed, _ = read_institutions(files.institutions, place, log, told)
        people, _ = read_people(files.people, place, listed, log, told)
        known = stand_ins if listed is None else pa.concat_tables([listed, stand_ins]).unify_dictionaries()
        claims, _ = read_claims(
            files.claims,
            place,
            people,
            known,
            log,
            told,
            from_file=files.institutions is not None,
            checked=not log.stopped,
        )
        if not log.stopped:
            _refuse_two_years(people, claims, file_name(files.people), log)
    return Inputs(people, known, claims)


def _refuse_two_years(people: "pa.Table", claims: "pa.Table", file: str, log: "FindingLog") -> None:
    """A day of payment decides the cover of one benefit year only."""
    import pyarrow.compute as pc

    from yibao.kernel.findings import Finding

    years = sorted(pc.unique(pc.year(claims.column("served_on"))).to_pylist())
    if len(years) > 1 and "covered_from" not in people.column_names:
        message = f"结算文件有 {'、'.join(map(str, years))} 年的就医，缴费日只能定一个年度的参保期 (two benefit years)"
        remedy = "请写 covered_from 和 covered_to，或按年度分开结算 (give the days of cover, or settle year by year)"
        log.stop(Finding(file, 0, "paid_on", "", message, remedy))


class Late(NamedTuple):
    """Reversals and what they led to: counts, the reversed total, and differences either way, in fen, none below zero."""

    reversals: int
    reversed_fen: int
    adjustments: int
    payable_fen: int
    due_fen: int


class Summary(NamedTuple):
    """What is printed at the end: counts, sums in fen by payer, refusals, and the entries below official standing."""

    claims: int
    people: int
    late: Late
    sums_fen: dict[str, int]
    refusals: dict[int, int]
    standings: dict[int, int]
    unsure: "list[Entry]"
    with_excel: bool


def _settle(place: "Area", inputs: Inputs, draft: Path, screen: "Console") -> Summary:
    """Settles, writes the results into the draft folder, and sums them up."""
    from yibao.files.settled import (
        CSV,
        EXCEL,
        EXCEL_ROWS,
        PARQUET,
        named,
        named_adjustments,
        write_adjustments,
        write_csv,
        write_excel,
        write_parquet,
    )
    from yibao.files.settling import entries_used, settle_claims
    from yibao.kernel.standing import Standing

    with bars(screen) as told:
        settled = settle_claims(place, inputs.people, inputs.institutions, inputs.claims, told)
        entries = entries_used(place, inputs.people, settled.results)
        frame = named(settled.results, inputs.people, inputs.institutions)
        adjustments = named_adjustments(settled.adjustments, inputs.people)
        del settled
        steps = 3 if frame.height <= EXCEL_ROWS else 2
        told("写出 (writing)", 0, steps)
        write_parquet(frame, draft / PARQUET)
        told("写出 (writing)", 1, steps)
        write_csv(frame, draft / CSV)
        told("写出 (writing)", 2, steps)
        if frame.height <= EXCEL_ROWS:
            write_excel(frame, draft / EXCEL, lambda done: told("Excel", done, frame.height))
            told("写出 (writing)", 3, steps)
        if adjustments.height:
            write_adjustments(adjustments, draft)
    return Summary(
        claims=frame.height,
        people=frame["person_id"].n_unique(),
        late=_late(frame, adjustments),
        sums_fen={name: int(frame[name].sum()) for name in frame.columns if name.endswith("_fen")},
        refusals=_counts(frame["refusal"].filter(frame["reverses"].is_null())),
        standings=_counts(frame["standing"]),
        unsure=[entry for entry in entries if entry.standing > Standing.OFFICIAL],
        with_excel=frame.height <= EXCEL_ROWS,
    )


def _late(frame: "pl.DataFrame", adjustments: "pl.DataFrame") -> Late:
    reversals = frame["total_fen"].filter(frame["reverses"].is_not_null())
    difference = adjustments["difference_fen"]
    return Late(
        reversals=len(reversals),
        reversed_fen=-int(reversals.sum()),
        adjustments=len(difference),
        payable_fen=int(difference.clip(0).sum()),
        due_fen=-int(difference.clip(upper_bound=0).sum()),
    )


def _counts(codes: "pl.Series") -> dict[int, int]:
    """How often each code stands in a column."""
    return dict(sorted(codes.value_counts().iter_rows()))


def _print_summary(summary: Summary, out: Path) -> None:
    """What was settled, what the fund pays, and which figures no official document gives."""
    from rich.console import Console
    from rich.table import Table

    from yibao.benefits.refusals import REFUSAL_WORDS
    from yibao.benefits.terms import Refusal
    from yibao.files.settled import HEADINGS
    from yibao.kernel.money import yuan_grouped
    from yibao.kernel.standing import STANDING_WORDS, Standing

    screen = Console()
    table = Table(title=f"批量结算：{summary.claims:,} 笔，{summary.people:,} 人 (claims, people)")
    table.add_column("项目 (item)")
    table.add_column("元 (yuan)", justify="right")
    for name, amount_fen in summary.sums_fen.items():
        table.add_row(HEADINGS[name], yuan_grouped(amount_fen))
    screen.print(table)
    _print_late(summary.late, screen)
    for code, times in summary.refusals.items():
        if code != Refusal.NONE:
            words = REFUSAL_WORDS[Refusal(code)]
            screen.print(f"不予支付 {times:,} 笔：{words.chinese} ({words.english})", soft_wrap=True)
    for code, times in summary.standings.items():
        chinese, english = STANDING_WORDS[Standing(code)]
        screen.print(f"{times:,} 笔的依据效力：{chinese} ({english})", soft_wrap=True)
    for entry in summary.unsure:
        chinese, english = STANDING_WORDS[entry.standing]
        line = f"  {entry.label}（{entry.id}）：{chinese} ({english})。{entry.note}"
        screen.print(line, markup=False, highlight=False, soft_wrap=True)
    if not summary.with_excel:
        screen.print("行数超过 1,000,000，没有写 Excel (too many rows for Excel)")
    screen.print(f"结果在 {out} (results)", markup=False, highlight=False, soft_wrap=True)


def _print_late(late: Late, screen: "Console") -> None:
    """How many reversals and how much, and what is payable to people or due from them; nothing where there are none."""
    from yibao.kernel.money import yuan_grouped

    if late.reversals:
        total = yuan_grouped(late.reversed_fen)
        screen.print(f"其中冲销 {late.reversals:,} 笔，医疗费总额 {total} 元 (reversals)", soft_wrap=True)
    if late.adjustments:
        payable, due = yuan_grouped(late.payable_fen), yuan_grouped(late.due_fen)
        screen.print(
            f"以后各笔补差 {late.adjustments:,} 项，未计入上表：应付给个人 {payable} 元 (payable to people)，"
            f"应向个人收回 {due} 元 (due from people)",
            soft_wrap=True,
        )
