"""`yibao reform`: what a change of policy does to the funds, the institutions and people, on the same people and claims.

carries_out: BEN-01
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from yibao.cli.year import Told
    from yibao.packs.policies import Area
    from yibao.reports.reform_report import ReformReport
    from yibao.simulate.reform import Data, Reform

UNSOUND = 1
"""Exit code where nothing was made."""


@dataclass(frozen=True)
class Asked:
    """What was asked for."""

    area: str
    year: int
    people: int
    seed: int
    data: Path | None
    incomes: Path | None
    changes: tuple[str, ...]
    opening_reserve: str | None
    out: Path | None

    def command(self) -> str:
        """The command line that gives the same."""
        from shlex import quote

        source = f"--data {self.data}" if self.data else f"--people {self.people} --seed {self.seed}"
        words = [f"yibao reform --area {self.area} --year {self.year} {source}"]
        words += [f"--incomes {self.incomes}"] if self.incomes else []
        words += [f"--change {quote(change)}" for change in self.changes]
        words += [f"--opening-reserve {self.opening_reserve}"] if self.opening_reserve else []
        words += [f"--out {self.out}"] if self.out else []
        return " ".join(words)


def reform(
    area: Annotated[
        str | None,
        typer.Option(
            "--area", metavar="CODE", help="统筹地区；不写为国家政策包里的 first_shown (pooling area)"
        ),
    ] = None,
    year: Annotated[int, typer.Option("--year", help="待遇年度 (benefit year)")] = 2023,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--change",
            metavar="KEY=VALUE|FILE",
            help="改一个数字，如 benefits.hospital.rate.<类别>=70%；或一个 YAML 文件；可多次 (a change of policy)",
        ),
    ] = None,
    people: Annotated[int, typer.Option("--people", min=1, help="生成多少人 (people to generate)")] = 50_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="随机种子 (seed)")] = 1,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="DIR",
            help="自己的数据：内有 people、institutions、claims 三个文件 (your own data)",
        ),
    ] = None,
    incomes: Annotated[
        Path | None,
        typer.Option(
            "--incomes", metavar="FILE", help="人均可支配收入、家庭编号，按人 (incomes, households)"
        ),
    ] = None,
    opening_reserve: Annotated[
        str | None,
        typer.Option(
            "--opening-reserve", metavar="YUAN", help="基金期初结余（元）；不给时按全国比例假定 (yuan)"
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="结果文件夹；不写只在屏幕上列出 (results)")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，金额以分为单位 (print JSON)")] = False,
) -> None:
    """同一批人、现行政策与改革方案各结算一遍，差额到分 (the same people under today's and a changed policy)."""
    from yibao.cli.files.whole import OutputRefused
    from yibao.cli.year import TablesUnfit
    from yibao.engine.year import AlreadyPosted, LaterOnesStand, NotPosted
    from yibao.packs.policies import policies

    place = policies().area(area or policies().first_shown)
    asked = Asked(place.code, year, people, seed, data, incomes, tuple(change or ()), opening_reserve, out)
    try:
        report = _run(place, asked)
    except (OutputRefused, TablesUnfit, NotPosted, LaterOnesStand, AlreadyPosted) as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(UNSOUND) from None
    except OSError as failed:
        typer.echo(
            f"读写失败：{failed.filename or ''} {failed.strerror or failed} (cannot read or write)", err=True
        )
        raise typer.Exit(UNSOUND) from None
    if as_json:
        from yibao.cli.policy import print_json
        from yibao.reports.reform_json import facts

        return print_json(facts(report))
    return _print(report, asked)


def _run(place: "Area", asked: Asked) -> "ReformReport":
    """Settles both sides, and writes the results where a folder is named."""
    from rich.console import Console

    from yibao.cli.year import Told, stage_bars
    from yibao.kernel.money import fen_of
    from yibao.packs.change_text import read_changes
    from yibao.packs.overlay import overlay
    from yibao.packs.policies import policies
    from yibao.simulate.reform import STAGES, reform, year_days

    reserve_fen = None if asked.opening_reserve is None else fen_of(asked.opening_reserve)
    read = read_changes(place, asked.changes)
    overlay(policies(), place, read, *year_days(place, asked.year))
    words = {"generate": "生成人员与就诊"} | {name: of[0] for name, of in STAGES.items()}
    with stage_bars(Console(stderr=True)) as bars:
        told = Told(bars, words)
        found = reform(
            place, asked.year, _data(place, asked, told), read, opening_reserve_fen=reserve_fen, progress=told
        )
    return _report(found, asked)


def _data(place: "Area", asked: Asked, told: "Told") -> "Data":
    """Generated tables, or those of a folder, with incomes where a file has them. Findings stop the run."""
    from yibao.cli.year import generated
    from yibao.simulate.reform import Data

    if asked.data is None:
        made = generated(place, asked.year, people=asked.people, seed=asked.seed, told=told)
        data = Data(made.people, made.institutions, made.claims, True, tuple(made.origin.assumptions))
    else:
        data = _brought(place, asked, told)
    return data if asked.incomes is None else _with_incomes(data, asked)


def _brought(place: "Area", asked: Asked, told: "Told") -> "Data":
    from tempfile import TemporaryDirectory

    from yibao.cli.year import read_folder
    from yibao.simulate.reform import Data
    from yibao.simulate.tables import PEOPLE

    assert asked.data is not None
    with TemporaryDirectory() as draft:
        made = read_folder(place, asked.data, asked.out or Path("reform"), Path(draft), told)
    people = made.people
    if "covered_from" in people.column_names and people.column("paid_on").null_count < people.num_rows:
        people = people.select(PEOPLE.names)
    return Data(people, made.institutions, made.claims)


def _with_incomes(data: "Data", asked: Asked) -> "Data":
    from dataclasses import replace

    from yibao.cli.files.incomes import read_incomes
    from yibao.cli.files.log import FindingLog

    assert asked.incomes is not None
    log = FindingLog()
    found = read_incomes(asked.incomes, data.people, log)
    if log.stopped or log.count:
        for finding in log.findings()[:20]:
            typer.echo(finding.sentence(), err=True)
        typer.echo(f"没有运行：收入文件有 {log.count} 处问题 (not run: mend the file)", err=True)
        raise typer.Exit(UNSOUND)
    return replace(data, income_fen=found.income_fen, household=found.household)


def _report(found: "Reform", asked: Asked) -> "ReformReport":
    from yibao.cli.year import package_version
    from yibao.reports.reform_report import ReformReport, Reproduction
    from yibao.reports.year_gathered import area_words

    reproduction = Reproduction(
        command=asked.command(),
        seed=-1 if asked.data else asked.seed,
        version=package_version(),
        input_name=str(asked.data or ""),
        rules_before=_rules_hash(None),
        rules_after=_rules_hash(found),
    )
    return ReformReport(found, reproduction, area_words(found.area))


def _rules_hash(found: "Reform | None") -> str:
    """The hash in the name of the compiled rules."""
    from yibao.engine.compiled import kernel
    from yibao.engine.rule_set import TODAY

    recipe = (TODAY if found is None else found.rules).settle_payers
    return kernel(recipe).name.removeprefix("yibao_kernel_")


def _print(report: "ReformReport", asked: Asked) -> None:
    """What changed, who bears what, whom it reaches, what the fund is left with."""
    from rich.console import Console
    from rich.table import Table

    from yibao.reports.reform_report import change_rows, fund_rows, layer_rows, notices, signed, tiles
    from yibao.reports.year_words import wan

    reform, screen = report.reform, Console()
    made = "生成的人口，不是真实数据 (generated people)" if reform.data.generated else "用户数据 (your data)"
    changes = Table(
        "条目",
        "数字",
        "现行",
        "改为",
        title=f"{report.area[0]} {reform.year} 年度改革测算：{made}",
        title_justify="left",
    )
    for row in change_rows(reform):
        changes.add_row(f"{row.label}\n{row.entry}", row.figure, row.before, row.after)
    for rule in reform.rules.replaced:
        changes.add_row("规则", rule, "在册规则", "文件中的规则")
    screen.print(changes)
    typer.echo(
        "改动均为假定 (every change is assumed)" if changes.row_count else "没有改动 (nothing changed)"
    )
    for title, rows in (
        ("按资金（万元） By fund", fund_rows(reform)),
        ("按支付方（万元） By payer", layer_rows(reform)),
    ):
        table = Table("", "现行", "改革后", "差额", title=title, title_justify="left")
        for column in table.columns[1:]:
            column.justify = "right"
        for of in rows:
            if of.before_fen or of.after_fen:
                table.add_row(
                    f"{of.words[0]} [dim]{of.words[1]}[/dim]",
                    wan(of.before_fen),
                    wan(of.after_fen),
                    signed(of.difference_fen),
                )
        screen.print(table)
    figures = Table(title="主要数字 Key figures", title_justify="left", show_header=False)
    for tile in tiles(reform):
        figures.add_row(
            f"{tile.chinese} [dim]{tile.english}[/dim]", f"[bold]{tile.value}[/bold] {tile.unit}", tile.note
        )
    screen.print(figures)
    for chinese, english in notices(reform):
        typer.echo(f"{chinese} ({english})")
