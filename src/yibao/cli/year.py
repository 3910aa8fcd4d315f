"""`yibao year`: a benefit year of an area from end to end, with its ledger and report, in one folder.

The folder appears whole or not at all. Tables hold no time and no name of a machine: the same seed gives the same content.

carries_out: ORG-02, FND-06
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console
    from rich.progress import Progress

    from yibao.packs.policies import Area
    from yibao.reports.year_gathered import Gathered, Origin
    from yibao.simulate.year import YearResult

UNSOUND = 1
"""Exit code where nothing was made."""

REPORT, WORKBOOK, FINDINGS = "report.html", "report.xlsx", "findings.csv"
TABLES = ("people", "institutions", "claims", "enrolled", "settlements", "journal")
OURS = frozenset({REPORT, WORKBOOK, FINDINGS, *(f"{name}.parquet" for name in TABLES)})
"""What a folder of ours may hold: one with anything else is not replaced."""

MILLION = 1_000_000


class TablesUnfit(ValueError):
    """Tables of an earlier run that do not belong together."""

    def __init__(self, column: str, least: int, most: int, rows: int) -> None:
        super().__init__(
            f"claims.parquet 的 {column} 为 {least}—{most}，但对应的表只有 {rows} 行；"
            f"请用同一次运行的三个文件 (tables of different runs)"
        )


@dataclass(frozen=True)
class Asked:
    """What was asked for."""

    area: str
    year: int
    people: int
    seed: int
    out: Path
    data: Path | None
    opening_reserve_fen: int | None
    assume_lists: bool

    def command(self, people: int = 0) -> str:
        """The command line that gives the same, or the same with more people."""
        source = (
            f"--data {self.data}" if self.data else f"--people {people or self.people} --seed {self.seed}"
        )
        words = [f"yibao year --area {self.area} --year {self.year} {source}"]
        if self.opening_reserve_fen is not None:
            from yibao.kernel.money import yuan

            words.append(f"--opening-reserve {yuan(self.opening_reserve_fen)}")
        if self.assume_lists:
            words.append("--assume-lists")
        out = f"{self.out}-{people}" if people else str(self.out)
        return " ".join([*words, f"--out {out}"])


def year(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="结果文件夹 (folder of results)")],
    area: Annotated[
        str | None,
        typer.Option(
            "--area", metavar="CODE", help="统筹地区；不写为国家政策包里的 first_shown (pooling area)"
        ),
    ] = None,
    year: Annotated[int, typer.Option("--year", help="待遇年度 (benefit year)")] = 2023,
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
    opening_reserve: Annotated[
        str | None,
        typer.Option(
            "--opening-reserve", metavar="YUAN", help="基金期初结余（元）；不给时按全国比例假定 (yuan)"
        ),
    ] = None,
    assume_lists: Annotated[
        bool,
        typer.Option(
            "--assume-lists",
            help="县（市）名单没有补全时，不在名单内的按普通分担演算，标为假定 (unlisted counties: the ordinary split)",
        ),
    ] = False,
) -> None:
    """一个待遇年度从头到尾：参保、应缴、结算、记账、报告 (a whole benefit year, with ledger and report)."""
    from yibao.engine.year import AlreadyPosted, LaterOnesStand, NotPosted
    from yibao.files.whole import OutputRefused
    from yibao.kernel.money import AmountUnreadable, fen_of
    from yibao.packs.benefit_year_check import require_year
    from yibao.packs.policies import policies

    try:
        reserve_fen = None if opening_reserve is None else fen_of(opening_reserve)
        place = policies().area(area or policies().first_shown)
        require_year(policies(), place, year)
        asked = Asked(place.code, year, people, seed, out, data, reserve_fen, assume_lists)
        whole = _run(place, asked)
    except (
        OutputRefused,
        AmountUnreadable,
        TablesUnfit,
        NotPosted,
        LaterOnesStand,
        AlreadyPosted,
    ) as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(UNSOUND) from None
    except OSError as failed:
        what = f"{failed.filename or out}：{failed.strerror or failed}"
        typer.echo(f"写不出结果：{what}。请检查磁盘空间和权限 (cannot write the results)", err=True)
        raise typer.Exit(UNSOUND) from None
    _print(whole, asked)


def _run(place: "Area", asked: Asked) -> "Gathered":
    """Makes the whole year and puts its folder in place."""
    from rich.console import Console

    from yibao.files.whole import whole_folder
    from yibao.reports.year_gathered import gathered
    from yibao.reports.year_report import Reproduction
    from yibao.simulate.year import STAGES, run_year

    screen = Console(stderr=True)
    words = {"generate": "生成人员与就诊"} | {name: of[0] for name, of in STAGES.items()}
    with whole_folder(asked.out, OURS) as draft, stage_bars(screen) as bars:
        told = Told(bars, words)
        made = (
            _brought(place, asked, draft, told)
            if asked.data
            else generated(place, asked.year, people=asked.people, seed=asked.seed, told=told)
        )
        result = run_year(
            place,
            asked.year,
            made.people,
            made.institutions,
            made.claims,
            told,
            assume_lists=asked.assume_lists,
        )
        task = bars.add_task("记账与报告", total=4)
        reproduction = Reproduction(
            command=asked.command(),
            seed=-1 if asked.data else asked.seed,
            kernel_hash=_rules_hash(),
            version=package_version(),
            input_name=str(asked.data or ""),
        )
        whole = gathered(
            result, made.origin, opening_reserve_fen=asked.opening_reserve_fen, reproduction=reproduction
        )
        bars.advance(task)
        _write(result, whole, draft, bars, task)
    return whole


@dataclass(frozen=True)
class Tables:
    """The three tables of a year and where they came from."""

    people: "pa.Table"
    institutions: "pa.Table"
    claims: "pa.Table"
    origin: "Origin"


class Told:
    """Moves a bar a stage; what the pipeline calls with stage, done and of."""

    def __init__(self, bars: "Progress", words: dict[str, str]) -> None:
        self.bars = bars
        self.words = words
        self.tasks: dict[str, Any] = {}

    def __call__(self, stage: str, done: int, of: int) -> None:
        if stage not in self.tasks:
            self.tasks[stage] = self.bars.add_task(self.words.get(stage, stage), total=of or None)
        self.bars.update(self.tasks[stage], completed=done, total=of or None)


def stage_bars(screen: "Console") -> "Progress":
    """Bars of the stages; none where nobody looks."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=screen, disable=not screen.is_terminal)


def generated(place: "Area", year: int, *, people: int, seed: int, told: "Told | None" = None) -> Tables:
    """People, institutions and claims from the generator; the same for the same seed."""
    from yibao.reports.year_gathered import Origin
    from yibao.simulate.assumptions import assumptions
    from yibao.simulate.claims import claims
    from yibao.simulate.institutions import institutions
    from yibao.simulate.population import population

    tell = told or _quiet
    tell("generate", 0, 3)
    places = institutions(place, seed, year)
    tell("generate", 1, 3)
    persons = population(place, people, seed, year, places)
    tell("generate", 2, 3)
    visits = claims(place, persons, places, seed, year)
    tell("generate", 3, 3)
    return Tables(persons, places, visits, Origin(generated=True, assumptions=assumptions().lines()))


def _quiet(stage: str, done: int, of: int) -> None:
    pass


def _brought(place: "Area", asked: Asked, draft: Path, told: "Told") -> Tables:
    """The three files of a folder for a year that enrols by the day of payment."""
    from yibao.simulate.tables import PEOPLE

    assert asked.data is not None
    brought = read_folder(place, asked.data, asked.out, draft, told)
    people = brought.people
    if "covered_from" in people.column_names and not people.column("paid_on").is_valid().to_numpy().any():
        typer.echo(
            "没有运行：待遇年度要按缴费日期参保，人员文件只有待遇起止日；请写缴费日期 (paid_on)，"
            "或用 yibao settle-batch 按待遇起止日结算 (a year enrols by the day of payment)",
            err=True,
        )
        raise typer.Exit(UNSOUND)
    return replace(brought, people=people.select(PEOPLE.names))


def read_folder(place: "Area", folder: Path, out: Path, draft: Path, told: "Told") -> Tables:
    """The three files of a folder, people with their days of cover where the file has them.

    Any finding stops the run, and all of them stand in a file beside the results. Raises typer.Exit, TablesUnfit, OSError.
    """
    import pyarrow as pa

    from yibao.files.claims import read_claims
    from yibao.files.institutions import institutions_by_class, read_institutions
    from yibao.files.log import FindingLog
    from yibao.files.people import read_people
    from yibao.files.whole import findings_beside
    from yibao.reports.year_gathered import Origin
    from yibao.simulate.tables import CLAIMS

    ours = _ours(folder)
    if ours is not None:
        return ours
    log = FindingLog(draft / FINDINGS)
    listed, _ = read_institutions(_file(folder, "institutions"), place, log, told)
    institutions = pa.concat_tables([listed, institutions_by_class(place)]).unify_dictionaries()
    people, _ = read_people(_file(folder, "people"), place, listed, log, told)
    claims, _ = read_claims(_file(folder, "claims"), place, people, institutions, log, told)
    if log.stopped or log.count:
        log.finish()
        beside = findings_beside(out.absolute())
        (draft / FINDINGS).replace(beside)
        for finding in log.findings()[:20]:
            typer.echo(finding.sentence(), err=True)
        typer.echo(
            f"没有运行：数据有 {log.count} 处问题，全部见 {beside} (not run: mend the files)", err=True
        )
        raise typer.Exit(UNSOUND)
    (draft / FINDINGS).unlink()
    return Tables(people, institutions, claims.select(CLAIMS.names), Origin(generated=False))


def _ours(folder: Path) -> Tables | None:
    """The three tables as an earlier run left them, codes and all; None where a file has another form."""
    import pyarrow.compute as pc
    from pyarrow import parquet

    from yibao.reports.year_gathered import Origin
    from yibao.simulate.tables import CLAIMS, INSTITUTIONS, PEOPLE

    read = {}
    for name, schema in (("people", PEOPLE), ("institutions", INSTITUTIONS), ("claims", CLAIMS)):
        path = folder / f"{name}.parquet"
        if not path.exists() or parquet.read_schema(path).names != schema.names:
            return None
        read[name] = parquet.read_table(path).cast(schema)
    for column, name in (("person", "people"), ("institution", "institutions")):
        rows = pc.min_max(read["claims"][column]).as_py()
        if rows["max"] is not None and not 0 <= rows["min"] <= rows["max"] < read[name].num_rows:
            raise TablesUnfit(column, rows["min"], rows["max"], read[name].num_rows)
    return Tables(read["people"], read["institutions"], read["claims"], Origin(generated=False))


def _file(folder: Path, name: str) -> Path:
    """The file of a name in a folder, whatever its form. The reader says so where there is none."""
    for ending in (".parquet", ".csv", ".xlsx"):
        if (folder / f"{name}{ending}").exists():
            return folder / f"{name}{ending}"
    raise FileNotFoundError(2, f"没有 {name}.parquet、{name}.csv 或 {name}.xlsx (no such file)", str(folder))


def _write(result: "YearResult", whole: "Gathered", draft: Path, bars: "Progress", task: Any) -> None:
    """Writes tables, page and workbook into the draft folder."""
    from pyarrow import parquet

    from yibao.reports.year_excel import write_year_excel
    from yibao.reports.year_html import year_html

    for name in TABLES:
        table = whole.books.journal if name == "journal" else getattr(result, name)
        parquet.write_table(table, draft / f"{name}.parquet", compression="zstd", compression_level=1)
    bars.advance(task)
    (draft / REPORT).write_text(year_html(whole.report), "utf-8")
    bars.advance(task)
    write_year_excel(whole.report, draft / WORKBOOK)
    bars.advance(task)


def _print(whole: "Gathered", asked: Asked) -> None:
    """The key figures, where the report is, and how to run a million people."""
    from rich.console import Console
    from rich.table import Table

    from yibao.reports.year_words import indicator_row, tiles

    report, screen = whole.report, Console()
    figures = Table(title=f"{report.area[0]} {report.year} 年度", title_justify="left", show_header=False)
    for tile in tiles(report):
        figures.add_row(
            f"{tile.chinese} [dim]{tile.english}[/dim]", f"[bold]{tile.value}[/bold] {tile.unit}", tile.note
        )
    screen.print(figures)
    heads = ("编号", "指标", "数值", "目标", "评价")
    listed = Table(*heads, title="指标与目标 Indicators and targets", title_justify="left")
    listed.columns[1].overflow = "fold"
    for indicator in report.indicators:
        row = indicator_row(indicator)
        listed.add_row(row["id"], row["chinese"], row["value"], row["target"], row["verdict_words"][0])
    screen.print(listed)
    typer.echo(f"报告 Report:      {asked.out / REPORT}")
    typer.echo(f"工作簿 Workbook:  {asked.out / WORKBOOK}")
    if asked.data is None and asked.people < MILLION:
        typer.echo(f"一百万人 A million people:\n  {asked.command(MILLION)}")


def _rules_hash() -> str:
    """The hash in the name of the compiled rules."""
    from yibao.engine.compiled import kernel
    from yibao.engine.recipes import SETTLE_PAYERS

    return kernel(SETTLE_PAYERS).name.removeprefix("yibao_kernel_")


def package_version() -> str:
    """The version of the program."""
    from importlib.metadata import version

    return version("yibao")
